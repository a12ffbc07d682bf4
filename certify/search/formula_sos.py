"""Polynomial inequalities as sums of squares times what is known to be not negative, found by semidefinite programming.

The ladder: products of more of the facts (Putinar, Schmuedgen), higher degrees, and multipliers that are sums of
squares or of distances (Artin, Reznick, Polya).  Every identity is exact; the checker replays it.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import comb
from time import monotonic
from typing import Any

from relucert.certify.formula import RealFormula
from relucert.certify.search.formula_cells import Ranges
from relucert.certify.search.formula_facts import Facts, Generator, spelled
from relucert.certify.search.formula_goal import Clause
from relucert.certify.search.formula_gram import Block, Found, Free, Program, Vector, times
from relucert.certify.search.formula_sdp import is_installed
from relucert.certify.search.formula_terms import (
    ONE,
    Monomial,
    Polynomial,
    Symbol,
    Terms,
    TooLargeError,
    add,
    constant,
    degree,
    multiply,
    symbols,
)

Record = list[object]
Term = list[Any]  # as in a record
MOST_SYMBOLS = 8
MOST_DEGREE = 12
MOST_BASIS = 90
MOST_COST = 20_000
MOST_GENERATORS = 60
UNIT = Generator((), constant(1), positive=True)


@dataclass(frozen=True)
class Multiplier:
    """A sum of terms, each a product of factors; ``None`` stands for 1."""

    polynomial: Polynomial
    terms: tuple[tuple[object, ...], ...] | None = None


@dataclass(frozen=True)
class Rung:
    """One attempt: the target times the multiplier is sought among sums of that degree."""

    multiplier: Multiplier
    degree: int
    generators: Sequence[Generator]
    cost: int


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
    if not is_installed():
        return None
    places = tuple({place for atom in clause for place in (atom.upper, atom.lower)})
    try:
        terms = Terms(claim.nodes, places)
        differences = [add(terms.known[atom.upper], terms.known[atom.lower], -1) for atom in clause]
        for own in reversed(range(len(clause))):  # the conclusion comes behind the hypotheses
            search = _Search(claim, clause, Facts(claim, clause, ranges, terms), own, differences)
            record = search.record(touching, deadline, cost)
            if record is not None or monotonic() >= deadline:
                return record
    except (TooLargeError, OverflowError):  # too many terms, or digits for floats
        return None
    return None


class _Search:
    """For one inequality of the clause."""

    def __init__(
        self, claim: RealFormula, clause: Clause, facts: Facts, own: int, differences: Sequence[Polynomial]
    ) -> None:
        self.claim, self.facts, self.own, self.terms = claim, facts, own, facts.terms
        self.strict = clause[own].strict
        self.target, self.denominators = self.terms.cleared(differences[own])
        others = [p for j, p in enumerate(differences) if j != own]
        self.names = symbols(self.target, *others)
        atoms = [name[1] for name in self.names if name[0] == "atom"]
        kinds = {claim.nodes[place][0] for place in atoms}
        self.reduced = self.terms.reduced if "root" in kinds or {"sin", "cos"} <= kinds else None
        self.possible = len(self.names) <= MOST_SYMBOLS and all(
            name[0] == "variable" or (name[0] == "atom" and claim.nodes[name[1]][0] not in ("abs", "min", "max"))
            for name in self.names
        )
        if self.possible:
            used = {name[1] for name in self.names if name[0] == "variable"}
            self.sides = [g for g in facts.sides() if symbols(g.polynomial)[0][1] in used]
            self.assumed, self.equal = _equalities(facts.assumed(own, differences))
            self.bounds = facts.atoms(atoms)

    def record(self, touching: Sequence[Sequence[Fraction]], deadline: float, cost: tuple[int, int]) -> Record | None:
        """The first rung of the ladder that holds, among those within the cost."""
        if not self.possible or degree(self.target) > MOST_DEGREE:
            return None
        for rung in self._ladder():
            if monotonic() >= deadline:
                return None
            if not cost[0] <= rung.cost < cost[1]:
                continue
            product = self._reduced(multiply(self.target, rung.multiplier.polynomial))
            found = self._solved(product, rung.degree, rung.generators, touching, deadline, strict=self.strict)
            if found is not None:
                return self._written(rung.multiplier, found, deadline)
        return None

    def _reduced(self, p: Polynomial) -> Polynomial:
        return p if self.reduced is None else self.reduced(p)

    # ---- what is tried

    def _ladder(self) -> list[Rung]:
        """What is cheap comes first."""
        plain = Multiplier(constant(1))
        most = len(self.sides) + len(self.assumed) + len(self.bounds)
        levels = sorted({0, min(1, most), min(2, most), min(3, most)})
        multipliers = [plain]
        if not self.assumed and not self.equal:
            multipliers += [m for m in (self._linear(), self._definite(1), self._definite(2)) if m is not None]
        found: dict[tuple[object, ...], Rung] = {}
        for multiplier, extra in [*((m, 0) for m in multipliers), (plain, 2), (plain, 4)]:
            even = self._even(multiplier) + extra
            for level in levels:
                generators = self._generators(even, level)
                if len(generators) <= MOST_GENERATORS and (most or self.equal or not extra):
                    rung = Rung(multiplier, even, generators, self._cost(even, generators))
                    found.setdefault((multiplier.terms, even, len(generators)), rung)
        return sorted(found.values(), key=lambda rung: rung.cost)

    def _cost(self, most: int, generators: Sequence[Generator]) -> int:
        """The number of unknowns, at most."""
        total, count = 0, len(self.names)
        for generator in generators:
            room = (most - degree(generator.polynomial)) // 2
            total += comb(comb(count + room, room) + 1, 2)
        return total

    def _even(self, multiplier: Multiplier) -> int:
        """The least even degree for the product."""
        whole = degree(self.target) + degree(multiplier.polynomial)
        return whole + whole % 2

    def _definite(self, power: int) -> Multiplier:
        """The sum of the squares of the symbols, and one where the target is not homogeneous."""
        places = {name: self.facts.monomial(frozenset({(name, 1)})) for name in symbols(self.target)}
        one: list[tuple[tuple[object, ...], Polynomial]] = [] if _is_homogeneous(self.target) else [((), constant(1))]
        parts = one + [((place, place), {frozenset({(name, 2)}): Fraction(1)}) for name, place in places.items()]
        return self._power(parts, power)

    def _linear(self) -> Multiplier | None:
        """The sum of the distances from the lower ends, and one where the target is not homogeneous."""
        low = [g for g in self.sides if g.factors[0][2] == "low"]  # type: ignore[index]
        if len(low) < len(symbols(self.target)):
            return None
        one: list[tuple[tuple[object, ...], Polynomial]] = [] if _is_homogeneous(self.target) else [((), constant(1))]
        return self._power(one + [(g.factors, g.polynomial) for g in low], 1)

    def _power(self, parts: list[tuple[tuple[object, ...], Polynomial]], power: int) -> Multiplier:
        total: Polynomial = constant(1)
        terms: list[tuple[object, ...]] = []
        whole: Polynomial = {}
        for _, p in parts:
            whole = add(whole, p)
        for _ in range(power):
            total = multiply(total, whole)
        for chosen in itertools.product(parts, repeat=power):
            terms.append(tuple(itertools.chain(*(factors for factors, _ in chosen))))
        return Multiplier(self._reduced(total), tuple(terms))

    def _solved(
        self,
        target: Polynomial,
        most: int,
        generators: Sequence[Generator],
        touching: Sequence[Sequence[Fraction]],
        deadline: float,
        *,
        strict: bool,
    ) -> Found | None:
        names = symbols(target, *(g.polynomial for g in generators), *(f[0].polynomial for f in self.equal))
        if comb(len(names) + most // 2, most // 2) > 4 * MOST_BASIS:
            return None
        signs = [] if self.reduced is not None else _signs(names, [target, *(g.polynomial for g in generators),
                                                           *(f[0].polynomial for f in self.equal)])  # fmt: skip
        widest = {name: max([2, *(dict(m).get(name, 0) for m in target)]) + most - degree(target) for name in names}
        blocks: list[Block] = []
        for generator in generators:
            room = most - degree(generator.polynomial)
            basis = _monomials(names, room // 2, widest)
            if strict and generator.positive:
                blocks.append(Block(generator, [ONE]))
            blocks += [Block(generator, part) for part in _classes(basis, signs)]
        free = [Free(*pair, _monomials(names, most - degree(pair[0].polynomial), widest)) for pair in self.equal]
        if any(len(block.basis) > MOST_BASIS for block in blocks) and not free:
            return None
        program = Program(target, blocks, free, self.reduced)
        if self.reduced is None:
            self._touch(program, target, touching)
        found = program.solve(deadline)
        if found is None or not strict:
            return found
        sure = any(b.generator.positive and b.basis == [ONE] and gram[0][0] > 0 for b, gram in found.blocks)
        return found if sure else None

    def _generators(self, most: int, level: int) -> list[Generator]:
        """Products of so many facts, of at most that degree."""
        facts = [*self.sides, *self.assumed, *self.bounds]
        found = [UNIT]
        for size in range(1, level + 1):
            for chosen in itertools.combinations(facts, size):
                if sum(degree(g.polynomial) for g in chosen) > most:
                    continue
                product: Polynomial = constant(1)
                for g in chosen:
                    product = multiply(product, g.polynomial)
                factors = tuple(itertools.chain(*(g.factors for g in chosen)))
                found.append(Generator(factors, self._reduced(product), all(g.positive for g in chosen)))
                if len(found) > MOST_GENERATORS:
                    return found
        return found

    def _touch(self, program: Program, target: Polynomial, touching: Sequence[Sequence[Fraction]]) -> None:
        """At zeros of the target, exactly, every square vanishes whose generator is above zero."""
        if any(name[0] != "variable" for name in symbols(target, *(b.generator.polynomial for b in program.blocks))):
            return
        seen: set[tuple[Fraction, ...]] = set()
        for point in [*touching, *(_scaled(p) for p in touching if _is_homogeneous(target))]:
            if tuple(point) in seen or _value(target, point) != 0:
                continue
            seen.add(tuple(point))
            heights = [_value(block.generator.polynomial, point) for block in program.blocks]
            if min(heights) < 0:
                continue
            for block, height in zip(program.blocks, heights, strict=True):
                if height > 0:
                    program.touch(block, lambda monomial, at=point: _value({monomial: Fraction(1)}, at))  # type: ignore[misc]

    # ---- the record

    def _written(self, multiplier: Multiplier, found: Found, deadline: float) -> Record:
        terms = self._terms(found)
        multipliers: list[Any] = []
        if multiplier.terms is not None:
            multipliers.append([["1", list(factors)] for factors in multiplier.terms])
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
        for level in (1, 2):
            even = degree(target) + degree(target) % 2
            found = self._solved(target, even, self._generators(even, level), (), deadline, strict=True)
            if found is not None:
                return self._terms(found)
        return None

    def _terms(self, found: Found) -> list[Term]:
        terms: list[Term] = []
        for block, gram in found.blocks:
            terms += self._quadratic(gram, block.generator.factors, block.basis)
        for own, coefficients in found.free:
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


def _is_homogeneous(p: Polynomial) -> bool:
    return len({sum(exponent for _, exponent in monomial) for monomial in p}) <= 1


def _monomials(names: Sequence[Symbol], most: int, widest: dict[Symbol, int]) -> list[Monomial]:
    """All of at most that degree whose squares have no higher powers of a symbol than named."""
    found: list[Monomial] = [ONE]
    layer: list[Monomial] = [ONE]
    for _ in range(most):
        layer = list(dict.fromkeys(times(m, frozenset({(name, 1)})) for m in layer for name in names
                                   if 2 * (dict(m).get(name, 0) + 1) <= widest[name] + 1))  # fmt: skip
        found += layer
    return found


def _signs(names: Sequence[Symbol], polynomials: Sequence[Polynomial]) -> list[frozenset[Symbol]]:
    """The sets of symbols whose signs may be turned together."""
    supports = {m for p in polynomials for m in p}
    odd = [{name for name, exponent in m if exponent % 2} for m in supports]
    return [frozenset(chosen) for size in range(1, len(names) + 1) for chosen in itertools.combinations(names, size)
            if all(len(part.intersection(chosen)) % 2 == 0 for part in odd)]  # fmt: skip


def _classes(basis: Sequence[Monomial], signs: Sequence[frozenset[Symbol]]) -> list[list[Monomial]]:
    """Monomials that change their signs together."""
    found: dict[tuple[int, ...], list[Monomial]] = {}
    for monomial in basis:
        key = tuple(sum(exponent for name, exponent in monomial if name in chosen) % 2 for chosen in signs)
        found.setdefault(key, []).append(monomial)
    return list(found.values())


def _value(p: Polynomial, point: Sequence[Fraction]) -> Fraction:
    total = Fraction(0)
    for monomial, coefficient in p.items():
        for name, exponent in monomial:
            coefficient *= point[name[1]] ** exponent
        total += coefficient
    return total


def _scaled(point: Sequence[Fraction]) -> list[Fraction]:
    """The point of the same ray whose largest coordinate is 1, with simple coordinates."""
    largest = max(map(abs, point), default=Fraction(0))
    return [(x / largest).limit_denominator(100) if largest else x for x in point]
