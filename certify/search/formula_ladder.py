"""Which identities are tried for a polynomial that should not be negative, the cheap ones first.

Summands are squares times products of some of the facts (Putinar, Schmuedgen), of growing degree; the polynomial is
multiplied by 1, by sums of squares or of distances that are given (Reznick, Polya), or by one that is sought (Artin).
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import comb

from relucert.certify.search.formula_facts import Facts, Generator
from relucert.certify.search.formula_gram import Block, Free, Program, Reduce
from relucert.certify.search.formula_monomials import classes, is_homogeneous, monomials, signs, zeros
from relucert.certify.search.formula_terms import ONE, Polynomial, Symbol, add, constant, degree, multiply, symbols

MOST_BASIS = 90
MOST_GENERATORS = 60
UNIT = Generator((), constant(1), positive=True)


@dataclass(frozen=True)
class Multiplier:
    """A sum of terms, each a product of factors; `terms` is ``None`` for 1."""

    polynomial: Polynomial
    terms: tuple[tuple[object, ...], ...] | None = None


@dataclass(frozen=True)
class Rung:
    """One attempt: the target times the multiplier as a sum of that degree.

    sought : instead of the multiplier, generators whose sum with squares for coefficients is the multiplier.
    cost : the number of unknowns, at most.
    """

    multiplier: Multiplier
    degree: int
    generators: Sequence[Generator]
    cost: int
    sought: Sequence[Generator] = ()


class Ladder:
    """The attempts for one polynomial.

    Parameters
    ----------
    facts : places of further expressions.
    target : what should not be negative (above zero if `strict`).
    known : what is known not to be negative.
    low : those of the known that are distances from lower ends.
    equal : what is known to be zero, with both signs.
    tried : points at which the target is zero, perhaps.
    dense : whether a multiplier may be zero somewhere: nothing is assumed.
    reduced : normal forms, if there are relations between the symbols.
    """

    def __init__(
        self,
        facts: Facts,
        target: Polynomial,
        known: Sequence[Generator],
        low: Sequence[Generator],
        equal: Sequence[tuple[Generator, Generator]],
        *,
        tried: Sequence[dict[Symbol, Fraction]],
        strict: bool,
        dense: bool,
        reduced: Reduce | None,
    ) -> None:
        self.facts, self.target, self.known, self.low, self.equal = facts, target, known, low, equal
        self.tried, self.strict, self.dense, self.reduced = tried, strict, dense, reduced
        fixed = [target, *(g.polynomial for g in known), *(pair[0].polynomial for pair in equal)]
        self.names = symbols(*fixed)
        self.turned = signs(self.names, fixed) if reduced is None else []

    def rungs(self) -> list[Rung]:
        """The cheap ones first."""
        plain = Multiplier(constant(1))
        most = len(self.known)
        levels = sorted({0, min(1, most), min(2, most), min(3, most)})
        given = [plain]
        atoms = len(self._variables()) < len(symbols(self.target))
        if self.dense:
            given += [m for m in (self._linear(), self._definite(1), self._definite(2)) if m is not None]
        found: dict[tuple[object, ...], Rung] = {}
        for multiplier, extra in [*((m, 0) for m in given), (plain, 2), (plain, 4)]:
            whole = degree(self.target) + degree(multiplier.polynomial) + extra
            even = whole + whole % 2
            for level in levels:
                generators = self.generators(even, level)
                if len(generators) <= MOST_GENERATORS and (most or self.equal or not extra):
                    rung = Rung(multiplier, even, generators, self._cost(even, generators))
                    found.setdefault((multiplier.terms, even, len(generators)), rung)
        rungs = [*found.values(), *(self._sought(extra) for extra in (2, 4) if self.dense and not atoms)]
        return sorted((rung for rung in rungs if rung.cost), key=lambda rung: rung.cost)

    def _sought(self, extra: int) -> Rung:
        """With a multiplier of that degree, or one less, that is an unknown."""
        whole = degree(self.target) + extra
        whole -= whole % 2
        generators = self.generators(whole, min(3, len(self.low)), self.low)
        sought = [g for g in self.generators(whole - degree(self.target), len(self.low), self.low)]
        if len(generators) > MOST_GENERATORS:
            return Rung(Multiplier(constant(1)), 0, (), 0)
        turned = [self._against(g) for g in sought]
        return Rung(Multiplier({}), whole, generators, self._cost(whole, [*generators, *turned]), sought)

    def _against(self, g: Generator) -> Generator:
        return Generator(g.factors, self._reduced(multiply(add({}, self.target, -1), g.polynomial)))

    def _reduced(self, p: Polynomial) -> Polynomial:
        return p if self.reduced is None else self.reduced(p)

    def _cost(self, most: int, generators: Sequence[Generator]) -> int:
        total, count = 0, len(self.names)
        for generator in generators:
            room = (most - degree(generator.polynomial)) // 2
            total += comb(comb(count + room, room) + 1, 2)
        return total

    def _definite(self, power: int) -> Multiplier:
        """The sum of the squares of the variables, and one where the target is not homogeneous."""
        places = {name: self.facts.monomial(frozenset({(name, 1)})) for name in self._variables()}
        parts = [((place, place), {frozenset({(name, 2)}): Fraction(1)}) for name, place in places.items()]
        return self._power([*self._one(), *parts], power)

    def _linear(self) -> Multiplier | None:
        """The sum of the distances from the lower ends, and one where the target is not homogeneous."""
        if not self.low or len(self.low) < len(self._variables()):
            return None
        return self._power([*self._one(), *((g.factors, g.polynomial) for g in self.low)], 1)

    def _variables(self) -> list[Symbol]:
        return [name for name in symbols(self.target) if name[0] == "variable"]

    def _one(self) -> list[tuple[tuple[object, ...], Polynomial]]:
        return [] if is_homogeneous(self.target) else [((), constant(1))]

    def _power(self, parts: Sequence[tuple[tuple[object, ...], Polynomial]], power: int) -> Multiplier:
        total, whole = constant(1), dict[frozenset[tuple[Symbol, int]], Fraction]()
        for _, p in parts:
            whole = add(whole, p)
        for _ in range(power):
            total = multiply(total, whole)
        chosen = itertools.product(parts, repeat=power)
        terms = tuple(tuple(itertools.chain(*(factors for factors, _ in own))) for own in chosen)
        return Multiplier(self._reduced(total), terms)

    def generators(self, most: int, level: int, facts: Sequence[Generator] | None = None) -> list[Generator]:
        """Products of so many facts, of at most that degree."""
        found = [UNIT]
        for size in range(1, level + 1):
            for chosen in itertools.combinations(self.known if facts is None else facts, size):
                if sum(degree(g.polynomial) for g in chosen) > most:
                    continue
                product = constant(1)
                for g in chosen:
                    product = multiply(product, g.polynomial)
                factors = tuple(itertools.chain(*(g.factors for g in chosen)))
                found.append(Generator(factors, self._reduced(product), all(g.positive for g in chosen)))
                if len(found) > MOST_GENERATORS:
                    return found
        return found

    @cached_property
    def zeros(self) -> list[dict[Symbol, Fraction]]:
        """Some points at which the target is zero, and what is known not negative."""
        known = [g.polynomial for g in (*self.known, *itertools.chain(*self.equal))]
        return zeros(self.target, self.names, known, self.tried)

    def program(self, rung: Rung) -> Program | None:
        """The unknowns and equations, without what vanishes with the target; ``None`` if it would be too large."""
        product = self._reduced(multiply(self.target, rung.multiplier.polynomial))
        if comb(len(self.names) + rung.degree // 2, rung.degree // 2) > 4 * MOST_BASIS:
            return None
        own = product or self.target
        widest = {
            name: max([2, *(dict(m).get(name, 0) for m in own)]) + rung.degree - degree(own) for name in self.names
        }
        blocks: list[Block] = []
        for generator in rung.generators:
            basis = monomials(self.names, (rung.degree - degree(generator.polynomial)) // 2, widest)
            if self.strict and generator.positive:
                blocks.append(Block(generator, [ONE]))
            blocks += [Block(generator, part) for part in classes(basis, self.turned)]
        for generator in rung.sought:
            against = self._against(generator)
            basis = monomials(self.names, (rung.degree - degree(against.polynomial)) // 2, widest)
            if is_homogeneous(self.target):
                top = max(sum(exponent for _, exponent in m) for m in basis)
                basis = [m for m in basis if sum(exponent for _, exponent in m) == top]
            blocks += [Block(against, part, scaled=True) for part in classes(basis, self.turned)]
        free = [Free(*pair, monomials(self.names, rung.degree - degree(pair[0].polynomial), widest))
                for pair in self.equal]  # fmt: skip
        if any(len(block.basis) > MOST_BASIS for block in blocks) and not free:
            return None
        program = Program(product, blocks, free, self.reduced)
        if self.reduced is None and not self.strict:
            program.touch(self.zeros)
        return program
