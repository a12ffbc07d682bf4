"""Bases of monomials for sums of squares, symmetries of signs, and simple zeros of polynomials."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache

import numpy as np

from relucert.certify.search.formula_arrays import Floats
from relucert.certify.search.formula_terms import ONE, Monomial, Polynomial, Symbol

MOST_POINTS, MOST_ZEROS = 3000, 40
SIMPLE = tuple(Fraction(x) for x in ("0", "1", "-1", "2", "1/2", "-2", "-1/2", "3", "1/3", "-3", "2/3", "-1/3", "3/2"))


def times(a: Monomial, b: Monomial) -> Monomial:
    """The product."""
    exponents = dict(a)
    for name, exponent in b:
        exponents[name] = exponents.get(name, 0) + exponent
    return frozenset(exponents.items())


def is_homogeneous(p: Polynomial) -> bool:
    """All terms have the same degree."""
    return len({sum(exponent for _, exponent in monomial) for monomial in p}) <= 1


def monomials(names: Sequence[Symbol], most: int, widest: dict[Symbol, int]) -> list[Monomial]:
    """All of at most that degree whose squares have about no higher powers of a symbol than named."""
    found: list[Monomial] = [ONE]
    layer: list[Monomial] = [ONE]
    for _ in range(most):
        layer = list(dict.fromkeys(times(m, frozenset({(name, 1)})) for m in layer for name in names
                                   if 2 * (dict(m).get(name, 0) + 1) <= widest[name] + 1))  # fmt: skip
        found += layer
    return found


def signs(names: Sequence[Symbol], polynomials: Sequence[Polynomial]) -> list[frozenset[Symbol]]:
    """The sets of symbols whose signs may be turned together without a change of the polynomials."""
    supports = {m for p in polynomials for m in p}
    odd = [{name for name, exponent in m if exponent % 2} for m in supports]
    return [frozenset(chosen) for size in range(1, len(names) + 1) for chosen in itertools.combinations(names, size)
            if all(len(part.intersection(chosen)) % 2 == 0 for part in odd)]  # fmt: skip


def classes(basis: Sequence[Monomial], turned: Sequence[frozenset[Symbol]]) -> list[list[Monomial]]:
    """Monomials that change their signs together: squares need no products of others."""
    found: dict[tuple[int, ...], list[Monomial]] = {}
    for monomial in basis:
        key = tuple(sum(exponent for name, exponent in monomial if name in chosen) % 2 for chosen in turned)
        found.setdefault(key, []).append(monomial)
    return list(found.values())


def value(p: Polynomial, point: dict[Symbol, Fraction]) -> Fraction:
    """At a point."""
    total = Fraction(0)
    for monomial, coefficient in p.items():
        for name, exponent in monomial:
            coefficient *= point[name] ** exponent
        total += coefficient
    return total


@lru_cache(maxsize=16)
def _grid(names: int) -> Floats:
    """Points of so many simple coordinates."""
    count = min(len(SIMPLE), max(2, int(MOST_POINTS ** (1 / max(1, names)))))
    axes = np.meshgrid(*[np.array([float(x) for x in SIMPLE[:count]])] * names, indexing="ij")
    return np.stack([axis.ravel() for axis in axes], axis=1) if names else np.zeros((1, 0))


def _values(p: Polynomial, names: Sequence[Symbol], points: Floats) -> tuple[Floats, Floats]:
    """p at points, and the sum of the sizes of its terms."""
    total, size = np.zeros(len(points)), np.zeros(len(points))
    for monomial, coefficient in p.items():
        term = np.full(len(points), float(coefficient))
        for name, exponent in monomial:
            term *= points[:, names.index(name)] ** exponent
        total, size = total + term, size + np.abs(term)
    return total, size


def zeros(
    p: Polynomial,
    names: Sequence[Symbol],
    known: Sequence[Polynomial],
    tried: Sequence[dict[Symbol, Fraction]],
) -> list[dict[Symbol, Fraction]]:
    """Points with simple coordinates at which p is zero and the known polynomials are not negative; and those tried.

    Of a ray on which a homogeneous p is zero there is one point.
    """
    points = _grid(len(names))
    total, size = _values(p, names, points)
    good = np.abs(total) <= 1e-12 * size
    for q in known:
        height, size = _values(q, names, points)
        good &= height >= -1e-12 * size
    simple = {float(x): x for x in SIMPLE}
    near = [dict(zip(names, map(simple.__getitem__, row), strict=True)) for row in points[good].tolist()]
    found: dict[tuple[Fraction, ...], dict[Symbol, Fraction]] = {}
    seen: set[tuple[Fraction, ...]] = set()
    for point in [*tried, *near]:
        largest = max(map(abs, point.values()), default=Fraction(0))
        if is_homogeneous(p) and largest:
            point = {name: (x / largest).limit_denominator(100) for name, x in point.items()}
        key = tuple(point[name] for name in names)
        if key not in seen and value(p, point) == 0 and all(value(q, point) >= 0 for q in known):
            found[key] = point
        seen.add(key)
        if len(found) >= MOST_ZEROS:
            break
    return list(found.values())
