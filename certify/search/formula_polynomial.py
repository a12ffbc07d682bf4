"""Polynomial inequalities as sums of products of what is known to be not negative, found by linear programming.

Candidates for the products: distances of variables from the ends of their ranges, opposites of the clause's other
inequalities, and squares of linear forms that vanish where the inequality touches zero.  The linear program runs in
floats; its support is solved again in rationals, and the checker replays the identity.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from relucert.certify.formula import Node, RealFormula, arguments
from relucert.certify.search.formula_goal import Atom, Clause

Exponents = tuple[int, ...]
Polynomial = dict[Exponents, Fraction]
Record = list[object]
MOST_DEGREE, MOST_TERMS, MOST_CANDIDATES = 8, 400, 1500


@dataclass(frozen=True)
class Generator:
    """Something that is not negative: how a record spells it, its polynomial, and whether it is above zero."""

    factors: tuple[object, ...]
    polynomial: Polynomial
    positive: bool = False


class NotPolynomialError(Exception):
    """An expression that is no polynomial with rational coefficients, or too large a one."""


def constant(value: Fraction | int, variables: int) -> Polynomial:
    """A number."""
    return {(0,) * variables: Fraction(value)} if value else {}


def variable(place: int, variables: int) -> Polynomial:
    """One variable."""
    return {tuple(int(i == place) for i in range(variables)): Fraction(1)}


def add(p: Polynomial, q: Polynomial, factor: Fraction | int = 1) -> Polynomial:
    """p + factor·q."""
    total = dict(p)
    for exponents, coefficient in q.items():
        total[exponents] = total.get(exponents, Fraction(0)) + factor * coefficient
    return {exponents: c for exponents, c in total.items() if c}


def multiply(p: Polynomial, q: Polynomial) -> Polynomial:
    """p·q."""
    if len(p) * len(q) > MOST_TERMS**2 // 4:
        raise NotPolynomialError
    total: Polynomial = {}
    for (a, c), (b, d) in itertools.product(p.items(), q.items()):
        key = tuple(i + j for i, j in zip(a, b, strict=True))
        total[key] = total.get(key, Fraction(0)) + c * d
    return {exponents: c for exponents, c in total.items() if c}


def degree(p: Polynomial) -> int:
    """The total degree."""
    return max((sum(exponents) for exponents in p), default=0)


def polynomial(nodes: Sequence[Node], place: int, variables: int) -> Polynomial:
    """An expression of the claim; raises NotPolynomialError."""
    needed = {place}
    for part in range(place, -1, -1):
        if part in needed:
            needed.update(arguments(nodes[part]))
    known: dict[int, Polynomial] = {}
    for part in sorted(needed):
        known[part] = _apply(nodes[part], known, variables)
        if len(known[part]) > MOST_TERMS or degree(known[part]) > MOST_DEGREE:
            raise NotPolynomialError
    return known[place]


def _apply(node: Node, known: dict[int, Polynomial], variables: int) -> Polynomial:
    kind, *rest = node
    if kind == "rational":
        return constant(rest[0], variables)
    if kind == "variable":
        return variable(rest[0], variables)
    if kind == "neg":
        return add({}, known[rest[0]], -1)
    if kind in ("add", "sub"):
        return add(known[rest[0]], known[rest[1]], 1 if kind == "add" else -1)
    if kind == "mul":
        return multiply(known[rest[0]], known[rest[1]])
    if kind == "div" and known[rest[1]] and degree(known[rest[1]]) == 0:
        return add({}, known[rest[0]], 1 / next(iter(known[rest[1]].values())))
    if kind == "power" and 0 <= rest[1] <= MOST_DEGREE:
        result = constant(1, variables)
        for _ in range(rest[1]):
            result = multiply(result, known[rest[0]])
        return result
    raise NotPolynomialError


def combination(claim: RealFormula, clause: Clause, touching: Sequence[Sequence[Fraction]] = ()) -> Record | None:
    """One record that proves the clause on the whole of its ranges, or ``None``.

    Parameters
    ----------
    touching : points, of the claim's variables, at which an inequality of the clause is zero, perhaps.
    """
    count = len(claim.variables)
    try:
        differences = [_difference(claim, atom, count) for atom in clause]
    except NotPolynomialError:
        return None
    for own, target in enumerate(differences):
        record = _search(claim, clause, own, target, differences, touching)
        if record is not None:
            return record
    return None


def _difference(claim: RealFormula, atom: Atom, count: int) -> Polynomial:
    return add(polynomial(claim.nodes, atom.upper, count), polynomial(claim.nodes, atom.lower, count), -1)


def _search(
    claim: RealFormula,
    clause: Clause,
    own: int,
    target: Polynomial,
    differences: list[Polynomial],
    touching: Sequence[Sequence[Fraction]],
) -> Record | None:
    basis = _sides(claim)
    basis += [
        Generator((("assume", j),), add({}, p, -1), not clause[j].strict) for j, p in enumerate(differences) if j != own
    ]
    nodes, squares = _squares(claim, touching)
    try:
        candidates = _products(basis, squares, max(2, degree(target) + degree(target) % 2), len(claim.variables))
        found = _nonnegative_solution(target, candidates, strict=clause[own].strict)
    except NotPolynomialError:
        return None
    if found is None:
        return None
    terms = [[str(c), [list(f) if isinstance(f, tuple) else f for f in candidates[k].factors]] for k, c in found]
    return ["combination", own, nodes, [], terms]


def _sides(claim: RealFormula) -> list[Generator]:
    """Distances from finite rational ends."""
    count, found = len(claim.variables), []
    for place, own in enumerate(claim.variables):
        for which, end, sign, is_open in (("low", own.low, 1, own.low_open), ("high", own.high, -1, own.high_open)):
            if end is not None and claim.nodes[end][0] == "rational":
                distance = add(variable(place, count), constant(claim.nodes[end][1], count), -1)
                found.append(Generator((("side", place, which),), add({}, distance, sign), is_open))
    return found


def _squares(claim: RealFormula, touching: Sequence[Sequence[Fraction]]) -> tuple[list[list[object]], list[Generator]]:
    """Linear forms, to be squared: variables, sums and differences, from the origin and from touching points."""
    count, first = len(claim.variables), len(claim.nodes)
    centres = [tuple(point) for point in touching] or [(Fraction(0),) * count]
    forms: dict[frozenset[tuple[Exponents, Fraction]], Polynomial] = {}
    for centre in centres[:3]:
        moved = [add(variable(i, count), constant(centre[i], count), -1) for i in range(count)]
        pairs = [add(p, q, sign) for p, q in itertools.combinations(moved, 2) for sign in (1, -1)] if count <= 6 else []
        for form in [*moved, *pairs]:
            forms.setdefault(frozenset(form.items()), form)
    nodes: list[list[object]] = []
    found = []
    for form in forms.values():
        total: int | None = None
        for exponents, coefficient in sorted(form.items()):
            nodes.append(["rational", str(coefficient)])
            term = first + len(nodes) - 1
            if any(exponents):
                nodes.append(["variable", exponents.index(1)])
                nodes.append(["mul", term, term + 1])
                term += 2
            if total is not None:
                nodes.append(["add", total, term])
                term = first + len(nodes) - 1
            total = term
        if total is not None:
            found.append(Generator((total, total), multiply(form, form)))
    return nodes, found


def _products(basis: list[Generator], squares: list[Generator], most: int, count: int) -> list[Generator]:
    """Products of generators and squares up to a degree, simple ones first."""
    one = Generator((), constant(1, count), positive=True)
    found, layer = [one], [one]
    seen: set[tuple[object, ...]] = {()}
    for _ in range(most):
        following = []
        for left, right in itertools.product(layer, [*basis, *squares]):
            factors = tuple(sorted([*left.factors, *right.factors], key=repr))
            if factors in seen or degree(left.polynomial) + degree(right.polynomial) > most:
                continue
            seen.add(factors)
            product = multiply(left.polynomial, right.polynomial)
            following.append(Generator(factors, product, left.positive and right.positive))
            if len(found) + len(following) >= MOST_CANDIDATES:
                return found + following
        found, layer = found + following, following
    return found


def _nonnegative_solution(
    target: Polynomial, candidates: list[Generator], *, strict: bool
) -> list[tuple[int, Fraction]] | None:
    """Rational c >= 0 with target = sum of c_k p_k; when it is strict, some c_k of a positive product above zero."""
    from scipy.optimize import linprog

    monomials = sorted(set(target).union(*(g.polynomial for g in candidates)))
    rows = {monomial: row for row, monomial in enumerate(monomials)}
    matrix = np.zeros((len(monomials), len(candidates)))
    for k, generator in enumerate(candidates):
        for monomial, coefficient in generator.polynomial.items():
            matrix[rows[monomial], k] = float(coefficient)
    right = np.array([float(target.get(monomial, 0)) for monomial in monomials])
    sizes = np.array([1.0 + len(g.factors) for g in candidates])
    if strict:
        sizes -= 100.0 * np.array([g.positive for g in candidates])
    solved = linprog(sizes, A_eq=matrix, b_eq=right, bounds=(0, None), method="highs")
    if solved.status != 0:
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
    monomials = sorted(set(target).union(*columns)) if columns else sorted(target)
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
