"""One inequality on many cells: enclosures of upper - lower, of its derivatives, and the mean value form."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf

import numpy as np

from relucert.certify.formula import Node
from relucert.certify.search.formula_arrays import (
    Arrays,
    Boxes,
    Flags,
    Floats,
    at,
    is_nonnegative,
    is_positive,
    negative,
    select,
)
from relucert.certify.search.formula_cells import Cells
from relucert.certify.search.formula_goal import Atom
from relucert.certify.search.formula_values import Expressions, Slope

POINT_BYTES = 1 << 26  # of intermediate values at points
ROUNDING = 1e-13  # float values below so many parts of the largest intermediate one may be rounding errors


@dataclass(frozen=True)
class Enclosed:
    """g = upper - lower on cells, with the values of all expressions."""

    difference: Boxes
    defined: Flags
    known: dict[int, Boxes]


class Difference:
    """upper - lower of one inequality."""

    def __init__(self, nodes: Sequence[Node], atom: Atom, deadline: float = inf) -> None:
        self.atom = atom
        self.expressions = Expressions(nodes, (atom.lower, atom.upper), deadline)
        uses = self.expressions.uses
        self.variables = sorted(uses[atom.lower] | uses[atom.upper])

    def values(self, boxes: list[Boxes], count: int) -> Enclosed:
        """The enclosure by interval arithmetic."""
        known, defined = self.expressions.values(boxes, count)
        with np.errstate(all="ignore"):
            difference = Arrays(count).subtract(known[self.atom.upper], known[self.atom.lower])
        return Enclosed(_full(difference, count), defined, known)

    def holds(self, value: Boxes, defined: Flags) -> Flags:
        """Where the enclosure proves the inequality."""
        good = is_positive(value) if self.atom.strict else is_nonnegative(value)
        return np.asarray(good & defined)

    def slope(self, enclosed: Enclosed, variable: int, count: int) -> tuple[Boxes, Flags]:
        """The enclosure of the derivative in one variable."""
        found, defined = self.expressions.slopes(enclosed.known, variable, count)
        upper, lower = found[self.atom.upper], found[self.atom.lower]
        with np.errstate(all="ignore"):
            value = _difference(upper, lower, count)
        return _full(value, count), defined & enclosed.defined

    def mean_value(self, cells: Cells, slopes: dict[int, tuple[Boxes, Flags]]) -> Flags:
        """Where g(c) + sum of the slopes times (x_i - c_i) proves the inequality."""
        count = len(cells)
        bounded = np.all(np.isfinite(cells.low) & np.isfinite(cells.high), axis=1)
        closed = np.zeros(count, dtype=bool)
        centre, sides = [], []
        with np.errstate(all="ignore"):
            arrays = Arrays(count)
            for i in range(cells.low.shape[1]):
                middle = cells.low[:, i] / 2 + cells.high[:, i] / 2
                middle = np.where(np.isfinite(middle), middle, 0.0)
                centre.append(Boxes(middle, middle, closed, closed))
                sides.append(arrays.subtract(Boxes(cells.low[:, i], cells.high[:, i], closed, closed), centre[-1]))
            value = self.values(centre, count)
            total, defined = value.difference, value.defined & bounded
            for i in self.variables:
                slope, known = slopes[i]
                constant = cells.low[:, i] == cells.high[:, i]
                part = arrays.multiply(slope, sides[i])
                total = arrays.add(total, select(constant, at(0.0), part))
                defined = defined & (known | constant)
            return self.holds(total, defined)

    def points(self, points: Floats) -> tuple[Floats, Floats]:
        """Float values of g at points, and the size of the largest intermediate value there.

        Where g is not defined its value is not a number and the size is finite, unless numbers became too large.
        """
        some = max(1, POINT_BYTES // (8 * len(self.expressions.order)))
        parts = [self._points(points[k : k + some]) for k in range(0, len(points), some)]
        return np.concatenate([value for value, _ in parts]), np.concatenate([size for _, size in parts])

    def _points(self, points: Floats) -> tuple[Floats, Floats]:
        known = self.expressions.points(points)
        with np.errstate(all="ignore"):
            value = known[self.atom.upper] - known[self.atom.lower]
            largest = np.zeros(len(points))
            for values in known.values():
                largest = np.fmax(largest, np.abs(values))
                value = np.where(np.isnan(values), np.nan, value)
        return np.broadcast_to(value, (len(points),)), largest

    def vanishes(self, points: Floats) -> Flags:
        """Where g may be zero, as far as floats can tell."""
        value, largest = self.points(points)
        with np.errstate(all="ignore"):
            return np.asarray((np.abs(value) <= ROUNDING * largest) & np.isfinite(largest))


def _difference(upper: Slope, lower: Slope, count: int) -> Boxes:
    if lower is None:
        return at(0.0) if upper is None else upper
    return negative(lower) if upper is None else Arrays(count).subtract(upper, lower)


def _full(x: Boxes, count: int) -> Boxes:
    shape = (count,)
    low, high = np.broadcast_to(x.low, shape), np.broadcast_to(x.high, shape)
    return Boxes(low, high, np.broadcast_to(x.low_open, shape), np.broadcast_to(x.high_open, shape))
