"""What has to be proved about a claim over the reals, as the checker takes it apart, and questions about its parts."""

from __future__ import annotations

from relucert.certify.check.errors import CertificateError
from relucert.certify.check.real import goal
from relucert.certify.check.real.goal import Clause
from relucert.certify.check.real.goal import Inequality as Atom
from relucert.certify.formula import Node, RealFormula, arguments

__all__ = ["Atom", "Clause", "TooManyCasesError", "clauses", "is_algebraic", "needed", "uses_extremes"]


class TooManyCasesError(Exception):
    """The formula has more clauses than the checker accepts."""


def clauses(claim: RealFormula) -> list[Clause]:
    """not hypothesis, or conclusion; of a claim that is vacuous: not hypothesis."""
    try:
        return goal.clauses(claim)
    except CertificateError as error:
        raise TooManyCasesError from error


def is_algebraic(claim: RealFormula, clause: Clause) -> bool:
    """Nothing but arithmetic and roots."""
    return _kinds(claim, clause) <= {"rational", "variable", "neg", "add", "sub", "mul", "div", "power", "root"}


def uses_extremes(claim: RealFormula, clause: Clause) -> bool:
    """Minima or maxima."""
    return bool(_kinds(claim, clause) & {"min", "max"})


def _kinds(claim: RealFormula, clause: Clause) -> set[str]:
    return {claim.nodes[i][0] for i in needed(claim.nodes, tuple(place for atom in clause for place in atom[:2]))}


def needed(nodes: tuple[Node, ...] | list[Node], places: tuple[int, ...]) -> list[int]:
    """The places of the expressions that these are made of, themselves included, in order."""
    marked = set(places)
    for place in range(max(places, default=-1), -1, -1):
        if place in marked:
            marked.update(arguments(nodes[place]))
    return sorted(marked)
