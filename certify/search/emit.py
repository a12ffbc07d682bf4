"""Writing a certificate: the canonical text of claim and evidence."""

from __future__ import annotations

import gzip
import json
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from relucert.certify.claim import Network, TrainingGap, canonical_json, spell_rational
from relucert.certify.search.rounding import DualVariable

Tree = Sequence[Any]


@dataclass(frozen=True)
class Evidence:
    """What a certificate carries besides its claim; ``proofs`` are the JSON proofs of phi_nu and phi_{-nu} <= T |u|."""

    dual: DualVariable
    threshold: Fraction
    scale: Fraction
    proofs: tuple[Any, Any]
    trees: Sequence[Tree]
    better_network: Network | None = None


def certificate_bytes(claim: TrainingGap, evidence: Evidence) -> bytes:
    """The certificate as ASCII JSON: one line for the header, one for every record of a tree."""
    dual = {
        "dual_variable": {"exponent": evidence.dual.exponent, "mantissas": evidence.dual.mantissas},
        "threshold": spell_rational(evidence.threshold),
        "scale": spell_rational(evidence.scale),
        "proofs": {"+": evidence.proofs[0], "-": evidence.proofs[1]},
    }
    better = None if evidence.better_network is None else evidence.better_network.to_json()
    header = {
        "format": "relucert-certificate",
        "version": 1,
        "claim": claim.to_json(),
        "evidence": {"dual": dual, "better_network": better},
    }
    trees = ",\n".join(_tree_text(tree) for tree in evidence.trees)
    return f'{canonical_json(header)[:-1]},"trees":[\n{trees}]}}\n'.encode("ascii")


def _tree_text(tree: Tree) -> str:
    encode = json.JSONEncoder(separators=(",", ":")).encode
    return "[" + ",\n".join([encode(record) for record in tree]) + "]"


def pack(data: bytes, path: str) -> bytes:
    """Compress when the file name asks for it; no time stamp, so that equal certificates are equal files."""
    return gzip.compress(data, mtime=0) if path.endswith(".gz") else data
