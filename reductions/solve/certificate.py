"""Certificates of decisions: their text, and what the checker says about it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Any

from relucert.certify.check.decision.kernel import check_decision
from relucert.certify.claim import canonical_json, spell_rational
from relucert.certify.non_overlap import NonOverlapInstance, NonOverlapTraining
from relucert.reductions.solve.decision import Decision

Atom = tuple[str, int, int]


class Refused(Exception):
    """The checker did not accept a certificate that was made here: a mistake of this package, never a wrong answer."""


def yes(instance: NonOverlapInstance, filter: Sequence[Fraction], backend: str) -> Decision:
    """The decision that a filter fits."""
    evidence = {"filter": [spell_rational(value) for value in filter]}
    return _checked(instance, "reachable", evidence, (), tuple(filter), backend)


def no(instance: NonOverlapInstance, atoms: Sequence[Atom], steps: Iterable[Any], backend: str) -> Decision:
    """The decision that steps refute the instance."""
    return _checked(instance, "unreachable", {"atoms": [list(atom) for atom in atoms]}, steps, None, backend)


def _checked(
    instance: NonOverlapInstance, assertion: str, evidence: Any, steps: Iterable[Any], witness: Any, backend: str
) -> Decision:
    data = text(NonOverlapTraining(assertion, instance), evidence, steps)
    verdict = check_decision(data)
    if not verdict.valid:
        raise Refused(verdict.reason)
    return Decision("yes" if assertion == "reachable" else "no", witness, data, backend)


def text(claim: NonOverlapTraining, evidence: Any, steps: Iterable[Any]) -> bytes:
    """The certificate as ASCII JSON: one line for the header, one for every step."""
    header = {"format": "relucert-certificate", "version": 1, "claim": claim.to_json(), "evidence": evidence}
    rows = ",\n".join(json.dumps(step, separators=(",", ":")) for step in steps)
    return f'{canonical_json(header)[:-1]},"steps":[\n{rows}\n]}}\n'.encode("ascii")
