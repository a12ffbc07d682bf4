"""What an expression or formula of a claim is made of."""

from __future__ import annotations

from collections.abc import Iterable

from relucert.certify.formula import CONNECTIVES, RealFormula, arguments


def needed_expressions(claim: RealFormula, places: Iterable[int]) -> list[int]:
    """The expressions that these are made of, themselves included, in order."""
    needed = set(places)
    for place in range(max(needed, default=-1), -1, -1):
        if place in needed:
            needed.update(arguments(claim.nodes[place]))
    return sorted(needed)


def needed_formulas(claim: RealFormula, places: Iterable[int]) -> list[int]:
    """The formulas that these are made of, themselves included, in order."""
    needed = set(places)
    for place in range(max(needed, default=-1), -1, -1):
        if place in needed:
            needed.update(inner_formulas(claim, place))
    return sorted(needed)


def inner_formulas(claim: RealFormula, place: int) -> tuple[int, ...]:
    """The formulas that a connective connects; none of a relation."""
    kind, *rest = claim.formulas[place]
    return tuple(rest) if kind in CONNECTIVES else ()


def sides(claim: RealFormula, formulas: Iterable[int]) -> set[int]:
    """The expressions that these formulas compare."""
    return {side for place in formulas if not inner_formulas(claim, place) for side in claim.formulas[place][1:]}


def stated(claim: RealFormula) -> list[int]:
    """The formulas that a claim states: its hypothesis, if it has one, and its conclusion."""
    return [place for place in (claim.hypothesis, claim.conclusion) if place is not None]


def ends(claim: RealFormula) -> list[int]:
    """The expressions that are ends of ranges."""
    return [end for variable in claim.variables for end in (variable.low, variable.high) if end is not None]
