"""Parts of the ranges of a claim, many at once: every variable between two ends that are floats or known exactly."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor, inf, isfinite, nextafter, pi
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from relucert.certify.claim import spell_rational
from relucert.certify.formula import RealFormula
from relucert.certify.search.formula_arrays import Boxes, Flags, Floats
from relucert.certify.search.formula_values import Expressions, around

Integers = NDArray[np.int32]
PLAIN = -1  # the code of an end that is the float itself


class Mark(NamedTuple):
    """A number at which ranges are split: a rational, or one times pi."""

    value: Fraction
    times_pi: bool = False

    def text(self) -> str:
        """As in a record."""
        return spell_rational(self.value) + ("*pi" if self.times_pi else "")

    @staticmethod
    def parse(text: str) -> Mark:
        """The opposite."""
        return Mark(Fraction(text.removesuffix("*pi")), text.endswith("*pi"))

    def around(self) -> tuple[float, float]:
        """The floats at most and at least the number, or their neighbours."""
        low, high = around(self.value)
        if not self.times_pi:
            return low, high
        ends = [low * pi, low * nextafter(pi, 4), high * pi, high * nextafter(pi, 4)]
        return nextafter(min(ends), -inf), nextafter(max(ends), inf)


@dataclass(frozen=True)
class Exact:
    """An end that is no float: a place of a constant expression of the claim, or a number at which it is split."""

    low: float
    high: float
    mark: Mark | None
    place: int | None = None


@dataclass
class Cells:
    """Arrays of shape (cells, variables); `only`: the one inequality to prove, or -1; `tree`: place in the tree."""

    low: Floats
    high: Floats
    low_open: Flags
    high_open: Flags
    low_code: Integers
    high_code: Integers
    pinned: Flags
    only: Integers
    tree: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.only)

    def take(self, which: NDArray[np.intp] | Flags) -> Cells:
        """Some of the cells, as copies."""
        return Cells(*[getattr(self, name)[which] for name in Cells.__annotations__])

    @staticmethod
    def joined(parts: list[Cells]) -> Cells:
        """All cells of the parts."""
        return Cells(*[np.concatenate([getattr(part, name) for part in parts]) for name in Cells.__annotations__])

    def boxes(self, *, closed: bool = False, opened: int | None = None) -> list[Boxes]:
        """The ranges for interval arithmetic: as they are, with all finite ends, or without those of one variable."""
        result = []
        for i in range(self.low.shape[1]):
            low, high = self.low[:, i], self.high[:, i]
            low_open, high_open = self.low_open[:, i], self.high_open[:, i]
            if closed:
                low_open, high_open = np.isinf(low), np.isinf(high)
            elif opened == i:
                low_open = high_open = np.ones(len(low), dtype=bool)
            result.append(Boxes(low, high, low_open, high_open))
        return result

    def middles(self) -> Floats:
        """A point of every cell, near its centre; of unbounded ones some finite point."""
        low = np.where(np.isinf(self.low), np.minimum(-1.0, 2 * np.where(np.isinf(self.high), 0, self.high)), self.low)
        high = np.where(np.isinf(self.high), np.maximum(1.0, 2 * low), self.high)
        low = np.where(np.isinf(self.low), np.minimum(low, high - 1), self.low)
        return np.asarray(low + (high - low) / 2)


class Ranges:
    """The ranges of the claim, and the exact ends that occur."""

    def __init__(self, claim: RealFormula) -> None:
        self.claim, self.count = claim, len(claim.variables)
        self.integer = np.array([v.integer for v in claim.variables], dtype=bool)
        self.exact: list[Exact] = []
        self.empty = False
        self.defined = True
        low, high, low_open, high_open, codes = [], [], [], [], []
        for variable in claim.variables:
            ends = [self._end(place) for place in (variable.low, variable.high)]
            a = -inf if ends[0] is None else ends[0].low
            b = inf if ends[1] is None else ends[1].high
            a_open, b_open = ends[0] is None or variable.low_open, ends[1] is None or variable.high_open
            if variable.integer:
                a, b, a_open, b_open = _whole(a, b, a_open, b_open)
            self.empty |= a > b or (a == b and (a_open or b_open))
            low.append(a)
            high.append(b)
            low_open.append(a_open)
            high_open.append(b_open)
            codes.append([PLAIN if variable.integer else self._code(end) for end in ends])
        row = [np.array([values]) for values in (low, high)]
        flags = [np.array([values], dtype=bool) for values in (low_open, high_open)]
        code = np.array(codes, dtype=np.int32).reshape(self.count, 2)
        self.cells = Cells(row[0].astype(float), row[1].astype(float), flags[0], flags[1], code[None, :, 0],
                           code[None, :, 1], np.zeros((1, self.count), dtype=bool),
                           np.full(1, -1, dtype=np.int32), np.zeros(1, dtype=np.int64))  # fmt: skip

    def _end(self, place: int | None) -> Exact | None:
        if place is None:
            return None
        node = self.claim.nodes[place]
        if node[0] == "rational":
            low, high = around(node[1])
            return Exact(low, high, Mark(node[1]), place)
        expressions = Expressions(self.claim.nodes, (place,))
        self.defined &= expressions.constants_defined
        value = expressions.constants[place]
        return Exact(float(value.low[0]), float(value.high[0]), None, place)

    def _code(self, end: Exact | None) -> int:
        if end is None or (end.low == end.high and end.mark is not None):
            return PLAIN
        self.exact.append(end)
        return len(self.exact) - 1

    def rational(self, variable: int, which: str) -> Fraction | None:
        """The end of a range: itself if it is rational, else a float inside; None if it is infinite."""
        cells = self.cells
        code, value = (cells.low_code, cells.low) if which == "low" else (cells.high_code, cells.high)
        if np.isinf(value[0, variable]):
            return None
        end = self.end_text(int(code[0, variable]), float(value[0, variable]))
        if end.mark is not None and not end.mark.times_pi:
            return end.mark.value
        return Fraction(end.high if which == "low" else end.low)

    def code(self, mark: Mark) -> tuple[int, float, float]:
        """How an end at a number is held."""
        low, high = mark.around()
        if low == high:
            return PLAIN, low, high
        known = [i for i, end in enumerate(self.exact) if end.mark == mark]
        return known[0] if known else self._code(Exact(low, high, mark)), low, high

    def around(self, code: Integers, value: Floats) -> tuple[Floats, Floats]:
        """Floats at most and at least the ends with these codes, where `value` is the end if it is plain."""
        low = np.array([end.low for end in self.exact] or [0.0])
        high = np.array([end.high for end in self.exact] or [0.0])
        plain = code == PLAIN
        return np.where(plain, value, low[code]), np.where(plain, value, high[code])

    def split(self, cells: Cells, variable: NDArray[np.intp], value: Floats) -> tuple[Cells, Cells]:
        """Both parts of every cell; floats inside the ranges (whole variables: up to the number, and above it)."""
        every = np.arange(len(cells))
        below, above = cells.take(every), cells.take(every)
        whole = self.integer[variable]
        value = np.where(whole, np.floor(value), value)
        below.high[every, variable], above.low[every, variable] = value, np.where(whole, value + 1, value)
        below.high_open[every, variable] = above.low_open[every, variable] = False
        below.high_code[every, variable] = above.low_code[every, variable] = PLAIN
        return below, above

    def split_exactly(self, cells: Cells, variable: int, mark: Mark) -> tuple[Cells, Cells, Flags]:
        """Both parts of the cells that have a number inside, and which these are."""
        code, low, high = self.code(mark)
        inside = (cells.low[:, variable] < low) & (high < cells.high[:, variable])
        parts = cells.take(inside)
        below, above = self.split(parts, np.full(len(parts), variable), np.full(len(parts), low))
        if code != PLAIN:
            below.high[:, variable], above.low[:, variable] = high, low
            below.high_code[:, variable] = above.low_code[:, variable] = code
        return below, above, inside

    def cut(self, cells: Cells, variable: int, mark: Mark) -> tuple[Cells, Cells, Cells, Flags]:
        """Below, at and above a number, of the cells that have it inside, and which these are."""
        below, above, inside = self.split_exactly(cells, variable, mark)
        at = self.face(below, variable, "high")
        below.high_open[:, variable] = above.low_open[:, variable] = True
        return below, at, above, inside

    def cut_end(self, cells: Cells, variable: int, mark: Mark) -> tuple[Cells, Cells, Flags]:
        """An end that is a float, and the rest, of the cells that have it as an end; in the order of the checker."""
        code, low, _ = self.code(mark)
        closed = (
            ~cells.low_open[:, variable] & (cells.low[:, variable] == low),
            ~cells.high_open[:, variable] & (cells.high[:, variable] == low),
        )
        inside = (closed[0] | closed[1]) & (code == PLAIN) & (cells.low[:, variable] < cells.high[:, variable])
        rest = cells.take(inside)
        upper = closed[1][inside]
        face = self.face(rest, variable, "high" if np.any(upper) else "low")
        (rest.high_open if np.any(upper) else rest.low_open)[:, variable] = True
        return (rest, face, inside) if np.any(upper) else (face, rest, inside)

    def face(self, cells: Cells, variable: int, which: str) -> Cells:
        """Where a variable is at its lower or upper end."""
        result = cells.take(np.arange(len(cells)))
        code, value = (cells.low_code, cells.low) if which == "low" else (cells.high_code, cells.high)
        low, high = self.around(code[:, variable], value[:, variable])
        result.low[:, variable], result.high[:, variable] = low, high
        result.low_open[:, variable] = result.high_open[:, variable] = code[:, variable] != PLAIN
        result.low_code[:, variable] = result.high_code[:, variable] = code[:, variable]
        result.pinned[:, variable] = True
        return result

    def split_points(self, cells: Cells, variable: NDArray[np.intp]) -> Floats:
        """Short dyadic numbers near the middle; along infinite ranges numbers that grow."""
        every = np.arange(len(cells))
        low, high = cells.low[every, variable], cells.high[every, variable]
        with np.errstate(all="ignore"):
            width = high - low
            step = np.exp2(np.floor(np.log2(np.where(np.isfinite(width) & (width > 0), width, 1.0))) - 2)
            middle = np.round((low / 2 + high / 2) / step) * step
            up, down = _farther(low), -_farther(-high)
        result = np.where(np.isinf(high), np.where(np.isinf(low), 0.0, up), np.where(np.isinf(low), down, middle))
        whole = self.integer[variable]
        return np.asarray(np.where(whole, np.minimum(np.floor(result), high - 1), result))

    def end_text(self, code: int, value: float) -> Exact:
        """An end that a cell has."""
        return self.exact[code] if code != PLAIN else Exact(value, value, Mark(Fraction(value)))


def _farther(a: Floats) -> Floats:
    """Some number beyond a: 1, 4, 16, 64, 4096, ... to split [a, infinity)."""
    near = np.where(a < 1, np.where(a < 0, 0.0, 1.0), np.where(a < 64, 4 * a, a * a))
    return np.asarray(np.where(near > a, np.minimum(np.exp2(np.round(np.log2(np.maximum(near, 0.5)))) * (near > 0),
                                                    1e300), 1e300))  # fmt: skip


def _whole(low: float, high: float, low_open: bool, high_open: bool) -> tuple[float, float, bool, bool]:
    if isfinite(low):
        low = float(floor(low) + 1 if low_open else ceil(low))
    if isfinite(high):
        high = float(ceil(high) - 1 if high_open else floor(high))
    return low, high, low == -inf, high == inf


def spelled(value: float) -> str:
    """A float as an exact rational."""
    return spell_rational(Fraction(value))
