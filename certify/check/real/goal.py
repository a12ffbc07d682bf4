"""What has to be proved, as clauses: of the inequalities in each, one must hold at every point."""

from __future__ import annotations

from itertools import product
from typing import NamedTuple

from relucert.certify.check.errors import require
from relucert.certify.formula import CONNECTIVES, RealFormula

MAX_ATOMS = 1000


class Inequality(NamedTuple):
    """lower <= upper for two expressions of the claim, or lower < upper."""

    lower: int
    upper: int
    strict: bool


Clause = tuple[Inequality, ...]


def clauses(claim: RealFormula) -> list[Clause]:
    """not hypothesis, or conclusion; of a claim that is vacuous: not hypothesis.  In conjunctive normal form."""
    conclusion = [] if claim.assertion == "vacuous" else _clauses(claim, claim.conclusion, negated=False)
    if claim.hypothesis is None:
        return conclusion if claim.assertion != "vacuous" else [()]
    outside = _clauses(claim, claim.hypothesis, negated=True)
    return outside if claim.assertion == "vacuous" else _either(outside, conclusion)


def relation(claim: RealFormula, place: int, *, negated: bool) -> list[Clause]:
    """One relation, or its opposite, as clauses."""
    kind, a, b = claim.formulas[place]
    if kind in ("<", "<="):
        strict = (kind == "<") != negated
        return [(Inequality(b, a, strict),)] if negated else [(Inequality(a, b, strict),)]
    if (kind == "=") != negated:
        return [(Inequality(a, b, strict=False),), (Inequality(b, a, strict=False),)]
    return [(Inequality(a, b, strict=True), Inequality(b, a, strict=True))]


def _clauses(claim: RealFormula, place: int, *, negated: bool) -> list[Clause]:
    """Without recursion: a formula and its opposite are worked out from those of its parts, in order."""
    known: dict[tuple[int, bool], list[Clause]] = {}
    wanted = [(place, negated)]
    while wanted:
        part, opposite = wanted[-1]
        kind, *rest = claim.formulas[part]
        if kind not in CONNECTIVES:
            known[part, opposite] = relation(claim, part, negated=opposite)
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
    require(len(first) * len(second) <= MAX_ATOMS, "claim", "goal", "S1", "the formula has too many cases")
    return _small([tuple(dict.fromkeys(a + b)) for a, b in product(first, second)])


def _small(found: list[Clause]) -> list[Clause]:
    require(sum(map(len, found)) <= MAX_ATOMS, "claim", "goal", "S1", "the formula has too many cases")
    return list(dict.fromkeys(found))
