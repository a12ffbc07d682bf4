"""What a map makes of thousands of boxes at once, in floats: the checker's enclosure, but for roundings."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from relucert.certify.formula import Node
from relucert.certify.search.formula_arrays import Boxes, Flags, Floats
from relucert.certify.search.formula_values import Expressions


def enclosures(expressions: Expressions, low: Floats, high: Floats) -> tuple[Floats, Floats, Flags]:
    """Lower and upper bounds (boxes, expressions) on boxes (boxes, variables), and where they are defined.

    As in ``certify/check/real/enclosure.py``: where a derivative has one sign the ends are taken on a face, and the
    mean value theorem bounds the rest.  Values at points are not rounded outward: widen what comes out a little.
    """
    size, variables = low.shape
    closed = np.zeros(size, dtype=bool)
    box = [Boxes(low[:, j], high[:, j], closed, closed) for j in range(variables)]
    known, defined = expressions.values(box, size)
    slopes: list[dict[int, Boxes | None]] = []
    smooth = np.ones(size, dtype=bool)
    for j in range(variables):
        found, known_there = expressions.slopes(known, j, size)
        slopes.append(found)
        smooth &= known_there
    centre, half = (low + high) / 2, (high - low) / 2
    lower, upper = np.empty((size, len(expressions.places))), np.empty((size, len(expressions.places)))
    for i, place in enumerate(expressions.places):
        down, up, slack = centre.copy(), centre.copy(), np.zeros(size)
        for j in range(variables):
            slope = slopes[j][place]
            d_low, d_high = (0.0, 0.0) if slope is None else (slope.low, slope.high)
            rising, falling = np.broadcast_to(d_low, size) >= 0, np.broadcast_to(d_high, size) <= 0
            down[:, j] = np.where(rising, low[:, j], np.where(falling, high[:, j], centre[:, j]))
            up[:, j] = np.where(rising, high[:, j], np.where(falling, low[:, j], centre[:, j]))
            size_of = np.maximum(np.abs(d_low), np.abs(d_high))
            slack += np.where(rising | falling, 0.0, size_of * half[:, j])
        plain = known[place]
        with np.errstate(all="ignore"):
            from_below = np.where(smooth, expressions.points(down)[place] - slack, -np.inf)
            from_above = np.where(smooth, expressions.points(up)[place] + slack, np.inf)
            lower[:, i] = np.fmax(from_below, plain.low)
            upper[:, i] = np.fmin(from_above, plain.high)
    return lower, upper, defined & np.isfinite(lower).all(axis=1) & np.isfinite(upper).all(axis=1)


def row_sums(expressions: Expressions, low: Floats, high: Floats, widths: Floats) -> Floats:
    """For every box and expression i an upper bound of the sum over j of |d_j F_i| w_j, over w_i."""
    size, variables = low.shape
    closed = np.zeros(size, dtype=bool)
    box = [Boxes(low[:, j], high[:, j], closed, closed) for j in range(variables)]
    known, defined = expressions.values(box, size)
    total = np.zeros((size, len(expressions.places)))
    for j in range(variables):
        found, smooth = expressions.slopes(known, j, size)
        defined = defined & smooth
        for i, place in enumerate(expressions.places):
            slope = found[place]
            if slope is not None:
                total[:, i] += np.maximum(np.abs(slope.low), np.abs(slope.high)) * widths[j] / widths[i]
    return np.asarray(np.where(defined[:, None], total, np.inf))


def at_points(expressions: Expressions, points: Floats) -> Floats:
    """Float values (points, expressions)."""
    known = expressions.points(points)
    return np.stack([np.broadcast_to(known[place], len(points)) for place in expressions.places], axis=1)


def constants(nodes: Sequence[Node], places: Sequence[int]) -> Floats:
    """Float values of constant expressions."""
    known = Expressions(nodes, tuple(places)).points(np.zeros((1, 1)))
    return np.array([float(known[place][0]) for place in places])
