"""What has to be proved about a claim over the reals: clauses, of each of which one inequality must hold everywhere.

The checker takes a claim apart by itself; a certificate has one tree for each of its clauses, in its order.  This file
finds the same clauses in the same order (tests/certify/search/test_formula_goal.py compares them).
"""

from __future__ import annotations

from itertools import product
from typing import NamedTuple

from relucert.certify.formula import CONNECTIVES, Node, RealFormula, arguments

MAX_ATOMS = 1000


class TooManyCasesError(Exception):
    """The formula has more clauses than the checker accepts."""


class Atom(NamedTuple):
    """upper - lower >= 0 for two expressions of the claim, or > 0."""

    lower: int
    upper: int
    strict: bool


Clause = tuple[Atom, ...]


def clauses(claim: RealFormula) -> list[Clause]:
    """not hypothesis, or conclusion; of a claim that is vacuous: not hypothesis."""
    conclusion = [] if claim.assertion == "vacuous" else _clauses(claim, claim.conclusion, negated=False)
    if claim.hypothesis is None:
        return conclusion if claim.assertion != "vacuous" else [()]
    outside = _clauses(claim, claim.hypothesis, negated=True)
    return outside if claim.assertion == "vacuous" else _either(outside, conclusion)


def _relation(formula: Node, negated: bool) -> list[Clause]:
    kind, a, b = formula
    if kind in ("<", "<="):
        strict = (kind == "<") != negated
        return [(Atom(b, a, strict),)] if negated else [(Atom(a, b, strict),)]
    if (kind == "=") != negated:
        return [(Atom(a, b, False),), (Atom(b, a, False),)]
    return [(Atom(a, b, True), Atom(b, a, True))]


def _clauses(claim: RealFormula, place: int, *, negated: bool) -> list[Clause]:
    """Without recursion, as formulas may be deep."""
    known: dict[tuple[int, bool], list[Clause]] = {}
    wanted = [(place, negated)]
    while wanted:
        part, opposite = wanted[-1]
        kind, *rest = claim.formulas[part]
        if kind not in CONNECTIVES:
            known[part, opposite] = _relation(claim.formulas[part], opposite)
            wanted.pop()
            continue
        inner = [(i, opposite != (kind == "not")) for i in rest]
        missing = [key for key in inner if key not in known]
        if missing:
            wanted += missing
            continue
        parts = [known[key] for key in inner]
        if kind == "not":
            known[part, opposite] = parts[0]
        elif (kind == "and") != opposite:
            known[part, opposite] = _small(parts[0] + parts[1])
        else:
            known[part, opposite] = _either(parts[0], parts[1])
        wanted.pop()
    return known[place, negated]


def _either(first: list[Clause], second: list[Clause]) -> list[Clause]:
    if len(first) * len(second) > MAX_ATOMS:
        raise TooManyCasesError
    return _small([tuple(dict.fromkeys(a + b)) for a, b in product(first, second)])


def _small(found: list[Clause]) -> list[Clause]:
    if sum(map(len, found)) > MAX_ATOMS:
        raise TooManyCasesError
    return list(dict.fromkeys(found))


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
