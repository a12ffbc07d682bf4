"""Going on from an earlier certificate of the same problem: its splits are repeated as long as they are needed.

A certificate is its own checkpoint.  Split trees guide a search whatever the dual variable: nothing else is taken over.
"""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from relucert.certify.claim import TrainingProblem


@dataclass(frozen=True)
class Start:
    """The cone trees of one sign: basis (r, D) of integers, kinks of a free_bias_split or None, 2^r trees each."""

    basis: NDArray[Any]
    kinks: list[int] | None
    trees: list[list[Any]]


def read_start(data: bytes, problem: TrainingProblem) -> dict[int, Start]:
    """The cone trees of a certificate by sign; empty where it was proved in another way.

    Raises
    ------
    ValueError
        When the bytes are no certificate, or one of another problem.
    """
    try:
        document = json.loads(gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data)
        stated = document["claim"]["problem"]
        proofs, trees = document["evidence"]["dual"]["proofs"], document["trees"]
    except (ValueError, KeyError, TypeError, OSError, EOFError, RecursionError):
        raise ValueError("not a certificate") from None
    if stated != problem.to_json():
        raise ValueError("the certificate is about other data or another objective")
    starts: dict[int, Start] = {}
    used = 0
    for sign, name in ((1, "+"), (-1, "-")):
        parts = proofs[name].get("parts")
        listed = [proofs[name]] if parts is None else [part["proof"] for part in parts]
        counts = [_trees_of(proof) for proof in listed]
        mine = trees[used : used + sum(counts)]
        used += sum(counts)
        bases = [proof.get("basis") for proof in listed]
        if bases and bases[0] is not None and all(basis == bases[0] for basis in bases):
            kinks = None if parts is None else [part["kink"] for part in parts]
            starts[sign] = Start(np.array(bases[0], dtype=object), kinks, mine)
    return starts


def _trees_of(proof: dict[str, Any]) -> int:
    if proof["rule"] == "cone_cover":
        return 1 << len(proof["basis"])
    return 1 if proof["rule"] == "sign_tree" else 0
