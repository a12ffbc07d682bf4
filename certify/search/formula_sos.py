"""Polynomial inequalities as sums of squares times what is known to be not negative, found by semidefinite programming.

Every identity is exact; the checker replays it as a combination.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from fractions import Fraction
from time import monotonic
from typing import Any

from relucert.certify.formula import RealFormula
from relucert.certify.search.formula_cells import Ranges
from relucert.certify.search.formula_facts import Facts, Generator, spelled
from relucert.certify.search.formula_goal import Clause
from relucert.certify.search.formula_gram import Block, Found, Vector
from relucert.certify.search.formula_ladder import Ladder, Multiplier, Rung
from relucert.certify.search.formula_sdp import is_installed
from relucert.certify.search.formula_terms import (
    ONE,
    Monomial,
    Polynomial,
    Symbol,
    Terms,
    TooLargeError,
    add,
    degree,
    symbols,
)
from relucert.certify.search.formula_values import Expressions

Record = list[object]
Term = list[Any]  # as in a record
MOST_SYMBOLS = 8
MOST_DEGREE = 12
MOST_COST = 20_000


def squares(
    claim: RealFormula,
    clause: Clause,
    ranges: Ranges,
    touching: Sequence[Sequence[Fraction]],
    deadline: float,
    cost: tuple[int, int] = (0, MOST_COST),
) -> Record | None:
    """One record that proves the clause on the whole of its ranges, or ``None``.

    Parameters
    ----------
    touching : points, of the claim's variables, at which an inequality of the clause is zero, perhaps.
    deadline : when to give up, on the clock `time.monotonic`.
    cost : only attempts with at least and with less than so many unknowns.
    """
    places = tuple({place for atom in clause for place in (atom.upper, atom.lower)})
    if not is_installed() or not Expressions(claim.nodes, places).values(ranges.cells.boxes(), 1)[1].all():
        return None
    try:
        terms = Terms(claim.nodes, places)
        differences = [add(terms.known[atom.upper], terms.known[atom.lower], -1) for atom in clause]
        for own in reversed(range(len(clause))):  # the conclusion comes behind the hypotheses
            search = _Search(claim, clause, Facts(claim, clause, ranges, terms), own, differences)
            record = search.record(touching, deadline, cost)
            if record is not None or monotonic() >= deadline:
                return record
    except TooLargeError:
        return None
    return None


class _Search:
    """For one inequality of the clause."""

    def __init__(
        self, claim: RealFormula, clause: Clause, facts: Facts, own: int, differences: Sequence[Polynomial]
    ) -> None:
        self.facts, self.own, self.terms = facts, own, facts.terms
        self.strict = clause[own].strict
        self.target, self.denominators = self.terms.cleared(differences[own])
        self.names = symbols(self.target, *(p for j, p in enumerate(differences) if j != own))
        atoms = [name[1] for name in self.names if name[0] == "atom"]
        kinds = {claim.nodes[place][0] for place in atoms}
        self.reduced = self.terms.reduced if "root" in kinds or {"sin", "cos"} <= kinds else None
        self.possible = len(self.names) <= MOST_SYMBOLS and degree(self.target) <= MOST_DEGREE
        self.possible = self.possible and not kinds & {"abs", "min", "max"}
        self.possible = self.possible and all(name[0] != "inverse" for name in symbols(self.target))
        if self.possible:
            used = {name[1] for name in self.names if name[0] == "variable"}
            self.sides = [g for g in facts.sides() if symbols(g.polynomial)[0][1] in used]
            assumed, self.equal = _equalities(facts.assumed(own, differences))
            self.known = [*self.sides, *assumed, *facts.atoms(atoms)]
            self.dense = not assumed and not self.equal

    def record(self, touching: Sequence[Sequence[Fraction]], deadline: float, cost: tuple[int, int]) -> Record | None:
        """The first rung of the ladder that holds, among those within the cost."""
        if not self.possible:
            return None
        if not self.target and not self.strict:
            return ["combination", self.own, [], list(self.denominators), []]
        tried: list[dict[Symbol, Fraction]] = []
        if all(name[0] == "variable" for name in self.names):
            tried = [{name: point[name[1]] for name in self.names} for point in touching]
        ladder = self._ladder(self.target, tried, strict=self.strict)
        seen: set[object] = set()
        for rung in ladder.rungs():
            if monotonic() >= deadline:
                return None
            program = ladder.program(rung) if rung.cost < 4 * cost[1] else None  # most get smaller when they are set up
            shape = None if program is None else (rung.multiplier.terms, program.shape())
            if program is None or shape in seen or not cost[0] <= program.unknowns < cost[1]:
                continue
            seen.add(shape)
            found = program.solve(deadline)
            if found is not None and (not self.strict or _is_positive(found)):
                return self._written(rung, found, deadline)
        return None

    def _ladder(self, target: Polynomial, tried: Sequence[dict[Symbol, Fraction]], *, strict: bool) -> Ladder:
        low = [g for g in self.sides if g.factors[0][2] == "low"]  # type: ignore[index]
        return Ladder(self.facts, target, self.known, low, self.equal, tried=tried, strict=strict, dense=self.dense,
                      reduced=self.reduced)  # fmt: skip

    # ---- the record

    def _written(self, rung: Rung, found: Found, deadline: float) -> Record:
        terms, sought = self._terms(found, scaled=False), self._terms(found, scaled=True)
        multipliers: list[Any] = [sought] if rung.sought else []
        if rung.multiplier.terms is not None:
            multipliers.append([["1", list(factors)] for factors in rung.multiplier.terms])
        for place in self.denominators:
            multipliers.append(self._above_zero(place, deadline) or place)
        parts = [terms, *(m if isinstance(m, list) else [["1", [m]]] for m in multipliers)]
        every = [factor for part in parts for term in part for factor in itertools.chain(*term[1:])]
        nodes, places = self.facts.used(every)
        moved = [_moved(m, places) if isinstance(m, list) else spelled(m, places) for m in multipliers]
        return ["combination", self.own, nodes, moved, _moved(terms, places)]

    def _above_zero(self, place: int, deadline: float) -> list[Term] | None:
        """A denominator as a sum of terms above zero."""
        target = self.terms.known[place]
        if any(name not in self.names or name[0] == "inverse" for name in symbols(target)):
            return None
        ladder = self._ladder(target, (), strict=True)
        even = degree(target) + degree(target) % 2
        for level in (1, 2):
            program = ladder.program(Rung(Multiplier({ONE: Fraction(1)}), even, ladder.generators(even, level), 0))
            found = None if program is None else program.solve(deadline)
            if found is not None and _is_positive(found):
                return self._terms(found, scaled=False)
        return None

    def _terms(self, found: Found, *, scaled: bool) -> list[Term]:
        terms: list[Term] = []
        for block, gram in found.blocks:
            if block.scaled == scaled:
                terms += self._quadratic(gram, block.generator.factors, block.basis)
        for own, coefficients in [] if scaled else found.free:
            # p q = p (q + 1)^2/4 + (-p) (q - 1)^2/4
            if any(coefficients):
                one = own.basis.index(ONE)
                for sign, generator in ((1, own.positive), (-1, own.negative)):
                    form = [(c + (sign if k == one else 0)) / 2 for k, c in enumerate(coefficients)]
                    terms += self._quadratic([[a * b for b in form] for a in form], generator.factors, own.basis)
        return terms

    def _quadratic(self, gram: list[Vector], factors: tuple[object, ...], basis: Sequence[Monomial]) -> list[Term]:
        kept = [i for i in range(len(basis)) if gram[i][i]]
        if len(kept) <= 1:
            forms = [[self.facts.monomial(basis[i])] * 2 if basis[i] != ONE else [] for i in kept]
            return [[str(gram[i][i]), [*factors, *form]] for i, form in zip(kept, forms, strict=True)]
        matrix = [[str(gram[i][j]) for j in kept[k:]] for k, i in enumerate(kept)]
        return [[matrix, list(factors), [self.facts.monomial(basis[i]) for i in kept]]]


def _is_positive(found: Found) -> bool:
    """Some summand is above zero."""
    return any(_is_constant(block) and gram[0][0] > 0 for block, gram in found.blocks)


def _is_constant(block: Block) -> bool:
    return block.generator.positive and not block.scaled and block.basis == [ONE]


def _moved(terms: list[Term], places: dict[int, int]) -> list[Term]:
    """As they stand in the record."""
    return [[first, *([spelled(factor, places) for factor in part] for part in lists)] for first, *lists in terms]


def _equalities(facts: Sequence[Generator]) -> tuple[list[Generator], list[tuple[Generator, Generator]]]:
    """Facts that hold with both signs, apart from the others; without those that have denominators."""
    plain = [g for g in facts if all(name[0] != "inverse" for name in symbols(g.polynomial))]
    pairs: list[tuple[Generator, Generator]] = []
    single: list[Generator] = []
    while plain:
        first = plain.pop(0)
        other = next((g for g in plain if not add(first.polynomial, g.polynomial)), None)
        if other is None:
            single.append(first)
        else:
            plain.remove(other)
            pairs.append((first, other))
    return single, pairs
