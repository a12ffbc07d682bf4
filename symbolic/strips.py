"""Gaussian means in the plane when all kinks are parallel lines, through the origin or not: neurons with biases.

Along one coordinate the integrand is a polynomial between its kinks: its mean there follows from the moments of the
truncated normal law.  What remains is an entire function of the other coordinate, for which the trapezoidal rule
converges exponentially.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import mpmath as mp

Line = tuple[Any, Any, Any]  # a, b, c of the kink a x + b y + c = 0


def parallel(lines: Sequence[Line]) -> bool:
    """Whether all these lines have the same direction, and have one."""
    small = mp.mpf(10) ** (-mp.mp.dps // 2)
    (a, b, _) = lines[0]
    return all(
        abs(a * other[1] - b * other[0]) <= small * abs(other[0] + 1j * other[1]) * abs(a + 1j * b)
        and (other[0], other[1]) != (0, 0)
        for other in lines
    )


def strip_mean(function: Callable[[Any, Any], Any], lines: Sequence[Line], degree: int) -> Any:
    """The mean of function(x, y), a polynomial of the degree between parallel lines."""
    if abs(lines[0][0]) > abs(lines[0][1]):  # the lines cross the inner coordinate at 45 degrees or more

        def turned(x: Any, y: Any) -> Any:
            return function(y, x)

        return strip_mean(turned, [(b, a, c) for a, b, c in lines], degree)
    decay = (mp.mp.dps + 5) * mp.log(10)
    spacing = mp.pi / mp.sqrt(decay)
    count = int(mp.sqrt(2 * decay) / spacing) + 1
    total = mp.mpf(0)
    for number in range(-count, count + 1):
        x = spacing * number
        cuts = [-mp.inf, *sorted(-(a * x + c) / b for a, b, c in lines), mp.inf]
        total += spacing * mp.npdf(x) * mp.fsum(_piece(function, x, low, high, degree) for low, high in pairwise(cuts))
    return total


def _piece(function: Callable[[Any, Any], Any], x: Any, low: Any, high: Any, degree: int) -> Any:
    """The mean over low < y < high, where the function is a polynomial."""
    if not low < high:
        return mp.mpf(0)
    if mp.isinf(low):
        places = [high - number for number in range(1, degree + 2)] if mp.isfinite(high) else range(degree + 1)
    elif mp.isinf(high):
        places = [low + number for number in range(1, degree + 2)]
    else:
        places = [low + (high - low) * mp.mpf(number) / (degree + 2) for number in range(1, degree + 2)]
    powers = mp.matrix([[place**power for power in range(degree + 1)] for place in places])
    coefficients = mp.lu_solve(powers, mp.matrix([function(x, mp.mpf(place)) for place in places]))
    moments = _truncated_moments(low, high, degree)
    return mp.fsum(coefficients[power] * moments[power] for power in range(degree + 1))


def _truncated_moments(low: Any, high: Any, degree: int) -> list[Any]:
    """The integrals of t^j times the normal density over (low, high)."""

    def edge(t: Any, power: int) -> Any:
        return mp.mpf(0) if mp.isinf(t) else t**power * mp.npdf(t)

    moments = [mp.ncdf(high) - mp.ncdf(low), edge(low, 0) - edge(high, 0)]
    for power in range(2, degree + 1):
        moments.append((power - 1) * moments[power - 2] + edge(low, power - 1) - edge(high, power - 1))
    return moments
