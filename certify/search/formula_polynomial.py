"""Inequalities as sums of products of what is known to be not negative, found by linear programming.

Candidates for the products: distances of variables from the ends of their ranges, distances of atoms (pi, and
functions) from the ends of their enclosures, opposites of the clause's other inequalities, and squares of linear forms
that vanish where the inequality touches zero.  Denominators are multiplied away.  The linear program runs in floats;
its support is solved again in rationals, and the checker replays the identity.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Sequence
from fractions import Fraction
from math import inf
from time import monotonic

import numpy as np

from relucert.certify.formula import RealFormula
from relucert.certify.search.formula_cells import Ranges
from relucert.certify.search.formula_facts import Facts, Generator, spelled
from relucert.certify.search.formula_goal import Clause
from relucert.certify.search.formula_terms import (
    Monomial,
    Polynomial,
    Symbol,
    Terms,
    TooLargeError,
    add,
    constant,
    degree,
    multiply,
    symbol,
    symbols,
)
from relucert.certify.search.formula_values import Expressions

Record = list[object]
MOST_CANDIDATES = 1500
MOST_SYMBOLS = 10
MOST_PRODUCTS = 20
LONGEST = 5.0  # seconds of a linear program


def combination(
    claim: RealFormula,
    clause: Clause,
    ranges: Ranges,
    touching: Sequence[Sequence[Fraction]] = (),
    deadline: float = inf,
) -> Record | None:
    """One record that proves the clause on the whole of its ranges, or ``None``.

    Parameters
    ----------
    touching : points, of the claim's variables, at which an inequality of the clause is zero, perhaps.
    deadline : when to give up, on the clock `time.monotonic`.
    """
    places = tuple({place for atom in clause for place in (atom.upper, atom.lower)})
    if not Expressions(claim.nodes, places).values(ranges.cells.boxes(), 1)[1].all():
        return None
    try:
        terms = Terms(claim.nodes, places)
        differences = [add(terms.known[atom.upper], terms.known[atom.lower], -1) for atom in clause]
        # the product with the sum of the two sides compares their squares, which have no square roots
        for own, squared in itertools.product(range(len(clause)), (False, True)):
            search = _Search(claim, clause, ranges, terms, touching)
            record = search.record(own, differences, squared=squared, deadline=deadline)
            if record is not None or monotonic() >= deadline:
                return record
    except (TooLargeError, OverflowError):  # too many terms, or digits for floats
        return None
    return None


class _Search:
    def __init__(
        self, claim: RealFormula, clause: Clause, ranges: Ranges, terms: Terms, touching: Sequence[Sequence[Fraction]]
    ) -> None:
        self.claim, self.clause, self.terms, self.touching = claim, clause, terms, touching
        self.facts = Facts(claim, clause, ranges, terms)

    def record(self, own: int, differences: list[Polynomial], *, squared: bool, deadline: float) -> Record | None:
        """The record that proves one inequality of the clause, or the one of the squares of its sides."""
        target, multipliers = self.terms.cleared(differences[own])
        if squared:
            atom = self.clause[own]
            if multipliers or all(name[0] == "variable" for name in symbols(target)):
                return None
            target = self.terms.reduced(
                multiply(target, add(self.terms.known[atom.upper], self.terms.known[atom.lower]))
            )
            multipliers = [self.facts.node("add", atom.upper, atom.lower)]
        names = symbols(target, *(p for j, p in enumerate(differences) if j != own))
        if len(names) > MOST_SYMBOLS or any(name[0] == "inverse" for name in names):
            return None
        basis = [*self.facts.sides(), *self.facts.atoms([name[1] for name in names if name[0] == "atom"])]
        basis += self.facts.assumed(own, differences)
        most = max(2, degree(target) + degree(target) % 2)
        candidates = [*self._products(basis, self._squares(names), most), *self._binomials(names, most // 2)]
        found = _nonnegative_solution(target, candidates, strict=self.clause[own].strict, deadline=deadline)
        if found is None:
            return None
        nodes, places = self.facts.used([*multipliers, *(f for k, _ in found for f in candidates[k].factors)])
        terms = [[str(c), [spelled(factor, places) for factor in candidates[k].factors]] for k, c in found]
        return ["combination", own, nodes, [places.get(place, place) for place in multipliers], terms]

    def _squares(self, names: list[Symbol]) -> list[Generator]:
        """Linear forms, squared: variables, atoms, their sums and differences, from touching points or the origin."""
        variables = [name[1] for name in names if name[0] == "variable"]
        count = len(self.claim.variables)
        centres = [tuple(point) for point in self.touching] or [(Fraction(0),) * count]
        forms: dict[frozenset[tuple[Monomial, Fraction]], Polynomial] = {}
        for centre in centres[:3]:
            moved = [add(symbol(("variable", i)), constant(centre[i]), -1) for i in variables]
            moved += [symbol(name) for name in names if name[0] == "atom"]
            pairs = [add(p, q, sign) for p, q in itertools.combinations(moved, 2) for sign in (1, -1)]
            ones = [add(symbol(name), constant(1), -1) for name in names if name[0] == "atom"]
            for form in [*moved, *ones, *(pairs if len(names) <= 6 else [])]:
                forms.setdefault(frozenset(form.items()), form)
        return [Generator((place, place), self.terms.reduced(multiply(form, form))) for form in forms.values()
                for place in [self.facts.form(form)]]  # fmt: skip

    def _binomials(self, names: list[Symbol], most: int) -> list[Generator]:
        """Squares of sums and differences of two products of so many variables and atoms, and of one of them."""
        products = [{frozenset(Counter(chosen).items()): Fraction(1)} for size in range(2, most + 1)
                    for chosen in itertools.combinations_with_replacement(names, size)]  # fmt: skip
        smaller = [constant(1), *(symbol(name) for name in names)]
        if len(products) > MOST_PRODUCTS:
            return []
        forms = [*products]
        for one, other in itertools.chain(itertools.combinations(products, 2), itertools.product(products, smaller)):
            forms += [add(one, other, sign) for sign in (1, -1)]
        return [Generator((place, place), self.terms.reduced(multiply(form, form)))
                for form in forms for place in [self.facts.form(form)]]  # fmt: skip

    def _products(self, basis: list[Generator], squares: list[Generator], most: int) -> list[Generator]:
        """Products of generators and squares up to a degree, simple ones first."""
        one = Generator((), constant(1), positive=True)
        found, layer = [one], [one]
        seen: set[tuple[object, ...]] = {()}
        for _ in range(most):
            following: list[Generator] = []
            for left, right in itertools.product(layer, [*basis, *squares]):
                factors = tuple(sorted([*left.factors, *right.factors], key=repr))
                if factors in seen or degree(left.polynomial) + degree(right.polynomial) > most:
                    continue
                seen.add(factors)
                product = self.terms.reduced(multiply(left.polynomial, right.polynomial))
                following.append(Generator(factors, product, left.positive and right.positive))
                if len(found) + len(following) >= MOST_CANDIDATES:
                    return found + following
            found, layer = found + following, following
        return found


def _nonnegative_solution(
    target: Polynomial, candidates: list[Generator], *, strict: bool, deadline: float
) -> list[tuple[int, Fraction]] | None:
    """Rational c >= 0 with target = sum of c_k p_k; when it is strict, some c_k of a positive product above zero."""
    from scipy.optimize import linprog

    if monotonic() >= deadline:
        return None
    monomials = list(dict.fromkeys(itertools.chain(target, *(g.polynomial for g in candidates))))
    rows = {monomial: row for row, monomial in enumerate(monomials)}
    matrix = np.zeros((len(monomials), len(candidates)))
    for k, generator in enumerate(candidates):
        for monomial, coefficient in generator.polynomial.items():
            matrix[rows[monomial], k] = float(coefficient)
    right = np.array([float(target.get(monomial, 0)) for monomial in monomials])
    sizes = np.array([1.0 + len(g.factors) for g in candidates])
    if strict:
        sizes -= 100.0 * np.array([g.positive for g in candidates])
    bound = 1e6 * (1 + np.abs(right).max(initial=0))
    limit = {"time_limit": max(0.01, min(LONGEST, deadline - monotonic()))}
    solved = linprog(sizes, A_eq=matrix, b_eq=right, bounds=(0, bound), method="highs", options=limit)
    if solved.status != 0 or monotonic() >= deadline:
        return None
    support = [int(k) for k in np.flatnonzero(solved.x > 1e-9)]
    exact = _solved(target, [candidates[k].polynomial for k in support])
    if exact is None or any(c < 0 for c in exact):
        return None
    found = [(k, c) for k, c in zip(support, exact, strict=True) if c]
    if strict and not any(candidates[k].positive for k, _ in found):
        return None
    return found


def _solved(target: Polynomial, columns: list[Polynomial]) -> list[Fraction] | None:
    """The exact solution of target = sum of c_k columns_k, free unknowns zero; ``None`` if there is none."""
    monomials = list(dict.fromkeys(itertools.chain(target, *columns)))
    rows = [[p.get(m, Fraction(0)) for p in columns] + [target.get(m, Fraction(0))] for m in monomials]
    pivots: list[int] = []
    for column in range(len(columns)):
        place = next((r for r in range(len(pivots), len(rows)) if rows[r][column]), None)
        if place is None:
            continue
        top = len(pivots)
        rows[top], rows[place] = rows[place], rows[top]
        rows[top] = [value / rows[top][column] for value in rows[top]]
        for r in range(len(rows)):
            if r != top and rows[r][column]:
                factor = rows[r][column]
                rows[r] = [a - factor * b for a, b in zip(rows[r], rows[top], strict=True)]
        pivots.append(column)
    if any(row[-1] for row in rows[len(pivots) :]):
        return None
    solution = [Fraction(0)] * len(columns)
    for row, column in enumerate(pivots):
        solution[column] = rows[row][-1]
    return solution
