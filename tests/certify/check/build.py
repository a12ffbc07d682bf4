"""Tiny training-gap certificates as plain JSON values, and the tags under which the checker refuses them."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from relucert.certify.check.kernel import check_bytes
from relucert.certify.check.verdict import Verdict
from relucert.certify.claim import spell_hex_float, spell_rational

Json = Any
Number = int | float | Fraction


def hexes(values: Sequence[Number]) -> list[str]:
    """Hex floats of dyadic numbers."""
    return [spell_hex_float(Fraction(value)) for value in values]


def rational(value: Number | str) -> str:
    return spell_rational(Fraction(value))


def training_problem(
    X: Sequence[Sequence[Number]],
    y: Sequence[Number],
    *,
    loss: str = "half-sum",
    penalty: str = "sum-of-squares",
    decay: Number | str = 1,
    output_decay: Number | str | None = None,
    hidden_bias: str = "none",
    output_bias: str = "none",
) -> Json:
    """The "problem" of a claim; X : (n, d), y : (n,); one decay for both layers unless output_decay is given."""
    return {
        "loss": loss,
        "penalty": penalty,
        "hidden_weight_decay": rational(decay),
        "output_weight_decay": rational(decay if output_decay is None else output_decay),
        "hidden_bias": hidden_bias,
        "output_bias": output_bias,
        "X": [hexes(row) for row in X],
        "Y": [hexes([value]) for value in y],
    }


def network(
    problem: Json,
    hidden_weights: Sequence[Sequence[Number]] = (),
    output_weights: Sequence[Number] = (),
    hidden_bias: Sequence[Number] | None = None,
    output_bias: Number = 0,
) -> Json:
    """A network that fits the problem; without arguments the one with no hidden unit and f = 0."""
    shifts = hidden_bias if hidden_bias is not None else [0] * len(hidden_weights)
    return {
        "hidden_weights": [hexes(row) for row in hidden_weights],
        "hidden_bias": None if problem["hidden_bias"] == "none" else hexes(shifts),
        "output_weights": [hexes([value]) for value in output_weights],
        "output_bias": None if problem["output_bias"] == "none" else hexes([output_bias]),
    }


def certificate(
    problem: Json,
    *,
    nu: Sequence[int],
    proofs: tuple[Json, Json],
    trees: Sequence[Json] = (),
    threshold: Number | str = 1,
    scale: Number | str = 1,
    exponent: int = 0,
    lower_bound: Number | str = 0,
    net: Json = None,
    refuted_gap: Number | str | None = None,
    better: Json = None,
) -> Json:
    """All fields in the order of the format."""
    return {
        "format": "relucert-certificate",
        "version": 1,
        "claim": {
            "kind": "training-gap",
            "problem": problem,
            "network": network(problem) if net is None else net,
            "lower_bound": rational(lower_bound),
            "refuted_gap": None if refuted_gap is None else rational(refuted_gap),
        },
        "evidence": {
            "dual": {
                "dual_variable": {"exponent": exponent, "mantissas": list(nu)},
                "threshold": rational(threshold),
                "scale": rational(scale),
                "proofs": {"+": proofs[0], "-": proofs[1]},
            },
            "better_network": better,
        },
        "trees": list(trees),
    }


def cone_cover(*basis: Sequence[int]) -> Json:
    return {"rule": "cone_cover", "basis": [list(row) for row in basis]}


def singular_value(bound: Number | str) -> Json:
    return {"rule": "singular_value", "bound": rational(bound)}


SIGN_TREE: Json = {"rule": "sign_tree"}


def free_bias_split(*parts: tuple[int, Json]) -> Json:
    return {"rule": "free_bias_split", "parts": [{"kink": kink, "proof": proof} for kink, proof in parts]}


def text_of(certificate: Json) -> str:
    return json.dumps(certificate, separators=(",", ":"))


def check(certificate: Json, jobs: int = 1) -> Verdict:
    """The verdict on a JSON value."""
    return check_bytes(text_of(certificate).encode("ascii"), jobs=jobs)


_TAG = re.compile(r"[^,]*, rule ([a-z_]+), (S[1-9]): ", re.DOTALL)


def tag(verdict: Verdict) -> str:
    """ "VALID", or the rule and side condition that failed, as in "split S2"."""
    if verdict.valid:
        return "VALID"
    match = _TAG.match(verdict.reason)
    assert match is not None, verdict.reason
    return f"{match[1]} {match[2]}"


Edit = Callable[[Json], None]
_MISSING = object()


def edited(certificate: Json, *edits: Edit | tuple[str, Json]) -> Json:
    """A copy with fields replaced: ("evidence.dual.scale", "2"), or functions that change the copy in place.

    A number in a path is an index; a function as the new value is applied to the old one.
    """
    copy = json.loads(json.dumps(certificate))
    for edit in edits:
        if callable(edit):
            edit(copy)
            continue
        path, value = edit
        *parents, last = [int(part) if part.lstrip("-").isdigit() else part for part in path.split(".")]
        target = copy
        for part in parents:
            target = target[part]
        target[last] = value(target[last]) if callable(value) else value
    return copy


@contextmanager
def ignoring(condition: str) -> Iterator[None]:
    """Switch one side condition of the checker off, as in ignoring("split S2").

    A certificate that is VALID inside and refused outside breaks this condition and no other one.
    """
    modules = [module for name, module in sys.modules.items() if name.startswith("relucert.certify.check.")]
    users = [module for module in modules if hasattr(module, "require")]

    def require(holds: bool, step: str, rule: str, number: str, detail: str) -> None:
        if f"{rule} {number}" != condition:
            genuine(holds, step, rule, number, detail)

    genuine = users[0].require
    for module in users:
        module.require = require  # type: ignore[attr-defined]
    try:
        yield
    finally:
        for module in users:
            module.require = genuine  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Refused:
    """A row of a rule's table: a certificate that breaks one side condition.

    alone : whether the certificate is VALID once this condition is switched off.  It cannot be when the condition
    guards the shape that later code reads, or when another one follows from it.
    """

    name: str
    certificate: Json
    condition: str
    alone: bool = True

    def verify(self) -> None:
        verdict = check(self.certificate)
        assert tag(verdict) == self.condition, verdict.reason
        if self.alone:
            with ignoring(self.condition):
                verdict = check(self.certificate)
            assert verdict.valid, verdict.reason
