"""What is known to be not negative about a clause, as polynomials, and how a record of the checker spells it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from relucert.certify.formula import RealFormula
from relucert.certify.search.formula_cells import Ranges
from relucert.certify.search.formula_goal import Clause
from relucert.certify.search.formula_terms import Monomial, Polynomial, Terms, add, constant, symbol
from relucert.certify.search.formula_values import Expressions


@dataclass(frozen=True)
class Generator:
    """Something that is not negative: how a record spells it, its polynomial, and whether it is above zero."""

    factors: tuple[object, ...]
    polynomial: Polynomial
    positive: bool = False


class Facts:
    """Distances from ends of ranges and of enclosures, opposites of inequalities; further expressions of a record."""

    def __init__(self, claim: RealFormula, clause: Clause, ranges: Ranges, terms: Terms) -> None:
        self.claim, self.clause, self.ranges, self.terms = claim, clause, ranges, terms
        self.nodes: list[list[object]] = []
        self._monomials: dict[Monomial, int] = {}

    def node(self, *parts: object) -> int:
        """A further expression of the record: its place."""
        self.nodes.append(list(parts))
        return len(self.claim.nodes) + len(self.nodes) - 1

    def form(self, polynomial: Polynomial) -> int:
        """The place of a polynomial in variables and atoms, written out."""
        total = -1
        for monomial, coefficient in sorted(polynomial.items(), key=lambda term: sorted(term[0])):
            term = self.node("rational", str(coefficient))
            for name, exponent in sorted(monomial):
                own = self.node("variable", name[1]) if name[0] == "variable" else name[1]
                for _ in range(exponent):
                    term = self.node("mul", term, own)
            total = term if total < 0 else self.node("add", total, term)
        return total

    def monomial(self, monomial: Monomial) -> int:
        """The place of a product of variables and atoms; equal ones have one place."""
        if monomial not in self._monomials:
            powers = []
            for name, exponent in sorted(monomial):
                own = self.node("variable", name[1]) if name[0] == "variable" else name[1]
                powers.append(own if exponent == 1 else self.node("power", own, exponent))
            total = powers[0] if powers else self.node("rational", "1")
            for power in powers[1:]:
                total = self.node("mul", total, power)
            self._monomials[monomial] = total
        return self._monomials[monomial]

    def used(self, factors: Sequence[object]) -> tuple[list[list[object]], dict[int, int]]:
        """The further expressions that the factors are made of, and their new places."""
        first = len(self.claim.nodes)
        wanted = {place for place in factors if isinstance(place, int) and place >= first}
        for place in range(first + len(self.nodes) - 1, first - 1, -1):
            if place in wanted:
                wanted.update(i for i in _parts(self.nodes[place - first]) if i >= first)
        places = {place: first + k for k, place in enumerate(sorted(wanted))}
        kept: list[list[object]] = []
        for place in sorted(wanted):
            own = self.nodes[place - first]
            inner = [places.get(i, i) for i in _parts(own)]
            kept.append([own[0], *inner, *own[1 + len(inner) :]])
        return kept, places

    def sides(self) -> list[Generator]:
        """Distances from finite rational ends."""
        found = []
        for place, own in enumerate(self.claim.variables):
            for which, end, sign, is_open in (("low", own.low, 1, own.low_open), ("high", own.high, -1, own.high_open)):
                if end is not None and self.claim.nodes[end][0] == "rational":
                    distance = add(symbol(("variable", place)), constant(self.claim.nodes[end][1]), -1)
                    found.append(Generator((("side", place, which),), add({}, distance, sign), is_open))
        return found

    def assumed(self, own: int, differences: Sequence[Polynomial]) -> list[Generator]:
        """The opposites of the other inequalities of the clause."""
        return [
            Generator((("assume", j),), add({}, p, -1), not self.clause[j].strict)
            for j, p in enumerate(differences)
            if j != own
        ]

    def atoms(self, places: Sequence[int]) -> list[Generator]:
        """An atom above a lower bound and below an upper one, as far as its enclosure on the ranges tells."""
        found: list[Generator] = []
        if not places:
            return found
        known, defined = Expressions(self.claim.nodes, tuple(places)).values(self.ranges.cells.boxes(), 1)
        if not bool(defined[0]):
            return found
        for place in places:
            for bound, sign in ((known[place].low, 1), (known[place].high, -1)):
                value = float(np.ravel(bound)[0])
                if not np.isfinite(value):
                    continue
                # a simple number outside of the enclosure: zero and one stay what they are
                end = Fraction(round(value)) if abs(value - round(value)) < 1e-9 else _outside(value, sign)
                p = add(symbol(("atom", place)), constant(end), -1)
                number = self.node("rational", str(end))
                distance = self.node("sub", place, number) if sign > 0 else self.node("sub", number, place)
                found.append(Generator((distance,), add({}, p, sign), end != round(value)))
        return found


def spelled(factor: object, places: dict[int, int]) -> object:
    """As it stands in a record."""
    if isinstance(factor, int):
        return places.get(factor, factor)
    return list(factor) if isinstance(factor, tuple) else factor


def _parts(node: list[object]) -> list[int]:
    """The places that a further expression names."""
    count = {"add": 2, "sub": 2, "mul": 2, "power": 1}.get(str(node[0]), 0)
    return [place for place in node[1 : 1 + count] if isinstance(place, int)]


def _outside(value: float, sign: int) -> Fraction:
    """A rational with few digits at most (sign 1) or at least (sign -1) a float."""
    scaled = Fraction(value) * 1024
    whole = scaled.numerator // scaled.denominator
    return Fraction(whole if sign > 0 else whole + 1, 1024)
