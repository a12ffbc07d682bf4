"""Narrow enclosures of several expressions on a box: where a derivative has one sign, the ends are taken on a face."""

from __future__ import annotations

from collections.abc import Sequence

from relucert.certify.check.real.dyadic import ZERO
from relucert.certify.check.real.interval import Interval, at, intersection, is_nonnegative, negative
from relucert.certify.check.real.jacobian import Matrix, System
from relucert.certify.check.real.region import middle

Box = Sequence[Interval]


def enclosure(system: System, box: Box) -> list[Interval]:
    """What the expressions take on a closed box with finite ends, and perhaps more.

    A lower bound of F_i: to the end of every variable in which F_i has a derivative of one sign, where F_i is least;
    from there by the mean value theorem to the centre c of the others, F_i(point) + sum of d_j F_i(box) (x_j - c_j).
    The values on the box itself bound it too.  ArithmeticError: the expressions are not known to be defined there.
    """
    plain = system.values(box)
    try:
        slopes = system.jacobian(box)
    except ArithmeticError:
        return plain
    known: dict[tuple[Interval, ...], list[Interval]] = {}
    result = []
    for place, value in enumerate(plain):
        low = _least(system, box, slopes, place, known, turned=False)
        high = _least(system, box, slopes, place, known, turned=True)
        narrow = Interval(low.low, high.high, low.low_open, high.high_open)
        result.append(intersection(value, narrow) or value)
    return result


def _least(
    system: System, box: Box, slopes: Matrix, place: int, known: dict[tuple[Interval, ...], list[Interval]], *,
    turned: bool,
) -> Interval:  # fmt: skip
    """An interval whose lower end bounds an expression from below; turned: whose upper end bounds it from above."""
    arithmetic = system.arithmetic
    point, rest = [], at(ZERO)
    for x, slope in zip(box, slopes[place], strict=True):
        centre = middle(x)
        if x.low is None or x.high is None or centre is None:
            raise ArithmeticError("the box is not bounded")
        if is_nonnegative(slope):
            point.append(at(x.high if turned else x.low))
        elif is_nonnegative(negative(slope)):
            point.append(at(x.low if turned else x.high))
        else:
            point.append(centre)
            rest = arithmetic.add(rest, arithmetic.multiply(slope, arithmetic.add(x, negative(centre))))
    key = tuple(point)
    if key not in known:
        known[key] = system.values(point)
    return arithmetic.add(known[key][place], rest)
