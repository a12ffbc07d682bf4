"""Nodes and weights along a ray from the origin and on an arc of the circle; the common line of planes in space."""

from __future__ import annotations

from functools import lru_cache
from itertools import product as cartesian
from typing import Any

import mpmath as mp

Point = tuple[Any, ...]
Rule = tuple[tuple[Any, Any], ...]


@lru_cache(maxsize=64)
def radial_rule(power: int, low: int, high: int, digits: int) -> Rule:
    """Gauss rule on (0, inf) for the law with density proportional to r^power exp(-r²/2).

    Exact for polynomials with terms of degree `low` to `high`; a single term needs one node only.
    """
    del digits  # the cache's key: the rule is as precise as the context
    norm = _moment(power, 0)
    if low == high:
        return ((mp.mpf(1), _moment(power, low) / norm),)
    size = high // 2 + 1
    moments = [_moment(power, degree) / norm for degree in range(2 * size)]
    hankel = mp.matrix(size, size)
    for i, j in cartesian(range(size), range(size)):
        hankel[i, j] = moments[i + j]
    last = mp.lu_solve(hankel, mp.matrix([-moments[size + i] for i in range(size)]))
    roots = mp.polyroots([1, *[last[i] for i in reversed(range(size))]], maxsteps=400, extraprec=200)
    powers = mp.matrix(size, size)
    for i, j in cartesian(range(size), range(size)):
        powers[i, j] = mp.re(roots[j]) ** i
    weights = mp.lu_solve(powers, mp.matrix(moments[:size]))
    return tuple((mp.re(roots[i]), weights[i]) for i in range(size))


def _moment(power: int, degree: int) -> Any:
    """The integral of r^(power + degree) exp(-r²/2) over (0, inf)."""
    order = mp.mpf(power + degree + 1) / 2
    return 2 ** (order - 1) * mp.gamma(order)


def arc_rule(start: Any, stop: Any, degree: int) -> list[tuple[Any, Any]]:
    """Angles and weights, exact for trigonometric polynomials of the degree on the arc: 2 degree + 1 nodes.

    The weights solve a linear system that is worse conditioned on a short arc: it is solved in more digits.
    """
    middle, half = (start + stop) / 2, (stop - start) / 2
    size = 2 * degree + 1
    if half < 100 * mp.eps:  # between kinks that differ by rounding only
        return []
    lost = int(2 * degree * max(0, -mp.log10(half / degree))) if degree else 0
    with mp.extradps(10 + lost + 2 * degree):
        places = [half * mp.cos(mp.pi * (number + mp.mpf(1) / 2) / size) for number in range(size)]
        # the places are symmetric about the middle: equal weights on both sides leave the cosines only
        matrix, integrals = mp.matrix(degree + 1, degree + 1), mp.matrix(degree + 1, 1)
        integrals[0] = 2 * half
        for frequency in range(1, degree + 1):
            integrals[frequency] = 2 * mp.sin(frequency * half) / frequency
        for column, place in enumerate(places[: degree + 1]):
            for frequency in range(degree + 1):
                matrix[frequency, column] = (1 if column == degree else 2) * mp.cos(frequency * place)
        weights = mp.lu_solve(matrix, integrals)
    return [(middle + place, +weights[min(number, size - 1 - number)]) for number, place in enumerate(places)]


def common_line(normals: list[Point]) -> tuple[Point, Point, Point] | None:
    """An orthonormal basis whose first vector is orthogonal to all these; None when there is none in space."""
    small = mp.mpf(10) ** (-mp.mp.dps // 2)
    planes = [_unit(normal) for normal in normals if _length(normal) > 0]
    for extra in ((1, 0, 0), (0, 1, 0), (0, 0, 1)):  # until two are independent
        if max((_length(_cross(planes[0], plane)) for plane in planes), default=0) < small:
            planes.append(tuple(mp.mpf(entry) for entry in extra))
    axis = _unit(max((_cross(planes[0], plane) for plane in planes), key=_length))
    if any(abs(_dot(axis, plane)) > small for plane in planes):
        return None
    return axis, planes[0], _cross(axis, planes[0])


def _dot(one: Point, two: Point) -> Any:
    return mp.fsum(p * q for p, q in zip(one, two, strict=True))


def _length(vector: Point) -> Any:
    return mp.sqrt(_dot(vector, vector))


def _unit(vector: Point) -> Point:
    length = _length(vector)
    return tuple(entry / length for entry in vector)


def _cross(one: Point, two: Point) -> Point:
    return (
        one[1] * two[2] - one[2] * two[1],
        one[2] * two[0] - one[0] * two[2],
        one[0] * two[1] - one[1] * two[0],
    )
