"""Decisions whose certificates the checker has accepted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

from relucert.certify.check.decision.kernel import check_decision
from relucert.certify.claim import spell_rational
from relucert.certify.non_overlap import NonOverlapInstance, NonOverlapTraining
from relucert.reductions.solve import sat
from relucert.reductions.solve.decision import Decision
from relucert.reductions.solve.proof import Proof, certificate_text


class Refused(Exception):
    """The checker did not accept a certificate that was made here: a mistake of this package, never a wrong answer."""


def yes(instance: NonOverlapInstance, filter: Sequence[Fraction], backend: str) -> Decision:
    """The decision that a filter (p numbers) fits, with its certificate; Refused if the checker does not accept it."""
    evidence = {"filter": [spell_rational(value) for value in filter]}
    data = certificate_text(NonOverlapTraining("reachable", instance), evidence, ())
    return _checked(Decision("yes", tuple(filter), data, backend))


def no(data: bytes, backend: str) -> Decision:
    """The decision that no filter fits, by a certificate; Refused if the checker does not accept it."""
    return _checked(Decision("no", None, data, backend))


def refuted(proof: Proof, steps: Sequence[int], backend: str, tick: Callable[[], None] = lambda: None) -> Decision:
    """The decision that no filter fits, because the clauses of some steps are unsatisfiable."""
    _, refutation = sat.solve([proof.clauses[step] for step in steps], tick)
    if refutation is None:
        raise Refused("the clauses that should be refuted are satisfiable")
    return no(proof.certificate(steps, refutation), backend)


def _checked(decision: Decision) -> Decision:
    verdict = check_decision(decision.certificate or b"")
    if not verdict.valid:
        raise Refused(verdict.reason)
    return decision
