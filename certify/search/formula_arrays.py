"""Interval arithmetic on many boxes at once, in floats rounded outward.

It imitates the checker's arithmetic operation by operation, with enclosures that are never narrower, so that what is
proved here is proved there.  Bounds carry a flag that says *this value is not taken*: 1/x on (0, 1] is defined.
Sums and products are rounded only where they are not exact, because bounds that are exactly zero decide a lot.
"""

from __future__ import annotations

from collections.abc import Callable
from math import pi
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

LARGEST = float(np.finfo(float).max)
ULPS = 2.0**-50  # four units in the last place, for functions of NumPy
TINY = 5e-324


class Boxes(NamedTuple):
    """low <= x <= high for every box; strictly where a flag says so; infinite bounds are not taken."""

    low: Floats
    high: Floats
    low_open: Flags
    high_open: Flags


def negative(x: Boxes) -> Boxes:
    """-x."""
    return Boxes(-x.high, -x.low, x.high_open, x.low_open)


def is_positive(x: Boxes) -> Flags:
    """Every number is above zero."""
    return np.asarray((x.low > 0) | ((x.low == 0) & x.low_open))


def is_nonnegative(x: Boxes) -> Flags:
    """No number is below zero."""
    return np.asarray(x.low >= 0)


def select(mask: Flags, x: Boxes, y: Boxes) -> Boxes:
    """x where the mask is set, else y."""
    return Boxes(*[np.where(mask, a, b) for a, b in zip(x, y, strict=True)])


def at(value: float) -> Boxes:
    """One float."""
    bound, closed = np.array([value]), np.array([False])
    return Boxes(bound, bound, closed, closed)


def _below(value: Floats) -> Floats:
    return np.nextafter(value, -np.inf)


# ---- lower bounds of sums and products, and whether they are exact; upper bounds are mirror images


def _sum(a: Floats, b: Floats) -> tuple[Floats, Floats]:
    """a + b rounded to nearest and what is missing from it (not a number where it is infinite)."""
    s = a + b
    part = s - a
    return s, (a - (s - part)) + (b - part)


def _product(a: Floats, b: Floats) -> tuple[Floats, Floats]:
    """a·b rounded to nearest and what is missing from it; not a number where that is not known."""
    p = a * b
    zero = (a == 0) | (b == 0)
    p = np.where(zero, 0.0, p)
    c, d = 134217729.0 * a, 134217729.0 * b
    a_high, b_high = c - (c - a), d - (d - b)
    a_low, b_low = a - a_high, b - b_high
    error = ((a_high * b_high - p) + a_high * b_low + a_low * b_high) + a_low * b_low
    size = np.abs(p)
    known = (size > 1e-280) & (size < 1e290) & (np.abs(a) < 1e290) & (np.abs(b) < 1e290)
    return p, np.where(zero, 0.0, np.where(known, error, np.nan))


def _down(value: Floats, error: Floats, infinite: Flags) -> tuple[Floats, Flags]:
    """A lower bound of value + error, and whether it is it; `infinite`: an operand is."""
    lower = np.where(error >= 0, value, _below(value))
    lower = np.where(infinite, value, lower)
    return np.minimum(lower, np.where(infinite, np.inf, LARGEST)), (error == 0) | infinite


def _add_low(a: Floats, b: Floats) -> tuple[Floats, Flags]:
    value, error = _sum(a, b)
    return _down(value, error, np.isinf(a) | np.isinf(b))


def _power(a: Floats, exponent: int, up: bool) -> Floats:
    """a^n for a >= 0, rounded down or up."""
    result, square, left = np.ones_like(a), a, exponent
    while left:
        if left & 1:
            result = _times(result, square, up)
        left >>= 1
        square = _times(square, square, up) if left else square
    return result


def _times(a: Floats, b: Floats, up: bool) -> Floats:
    """a·b for a, b >= 0."""
    value, error = _product(a, b)
    infinite = np.isinf(a) | np.isinf(b)
    if up:
        return np.where(infinite | (error <= 0), value, np.nextafter(value, np.inf))
    lower = np.where(infinite | (error >= 0), value, np.maximum(_below(value), 0.0))
    return np.where(infinite, lower, np.minimum(lower, LARGEST))


def _monotone(x: Boxes, f: Callable[[Floats], tuple[Floats, Floats, Flags]]) -> Boxes:
    """An increasing function with lower and upper bounds and whether they are exact."""
    low, _, low_exact = f(x.low)
    _, high, high_exact = f(x.high)
    return Boxes(low, high, x.low_open | ~low_exact, x.high_open | ~high_exact)


def _around(value: Floats, exact: Flags, relative: float = ULPS) -> tuple[Floats, Floats, Flags]:
    finite = np.clip(value, -LARGEST, LARGEST)
    slack = np.abs(finite) * relative + TINY
    low = np.where(exact | np.isneginf(value), value, finite - slack)
    high = np.where(exact | np.isposinf(value), value, finite + slack)
    return low, high, exact


def _wave_around(value: Floats, x: Floats) -> tuple[Floats, Floats, Flags]:
    """Of sin and cos; near their zeros the checker's digits are those of the number 1."""
    low, high, exact = _around(value, x == 0)
    slack = np.where(np.abs(x) > 0.5, 2.0**-72, 0.0)
    return low - slack, high + slack, exact


class Arrays:
    """The operations; `defined` remembers for which boxes all of them were."""

    def __init__(self, count: int) -> None:
        self.defined: Flags = np.ones(count, dtype=bool)

    def _require(self, mask: Flags, x: Boxes) -> Boxes:
        """x where a function is defined, the number 1 elsewhere, which is then given up."""
        if np.all(mask):
            return x
        self.defined = self.defined & mask
        return select(mask, x, at(1.0))

    def sign(self, x: Boxes) -> Floats:
        """1 where all numbers are above zero, -1 where all are below."""
        above, below = is_positive(x), is_positive(negative(x))
        if not np.all(above | below):
            self.defined = self.defined & (above | below)
        return np.where(above, 1.0, -1.0)

    def signed(self, sign: Floats, x: Boxes) -> Boxes:
        """x or -x."""
        return x if np.all(sign > 0) else select(sign > 0, x, negative(x))

    def add(self, x: Boxes, y: Boxes) -> Boxes:
        """x + y."""
        low, low_exact = _add_low(x.low, y.low)
        high, high_exact = _add_low(-x.high, -y.high)
        return Boxes(low, -high, x.low_open | y.low_open | ~low_exact, x.high_open | y.high_open | ~high_exact)

    def subtract(self, x: Boxes, y: Boxes) -> Boxes:
        """x - y."""
        return self.add(x, negative(y))

    def multiply(self, x: Boxes, y: Boxes) -> Boxes:
        """x·y; zero times an unbounded factor is zero."""
        ends_x, ends_y = ((x.low, x.low_open), (x.high, x.high_open)), ((y.low, y.low_open), (y.high, y.high_open))
        if x.low is x.high:
            ends_x = ends_x[:1]  # type: ignore[assignment]
        if y.low is y.high:
            ends_y = ends_y[:1]  # type: ignore[assignment]
        low: Floats | None = None
        for a, a_open in ends_x:
            for b, b_open in ends_y:
                value, error = _product(a, b)
                infinite = np.isinf(a) | np.isinf(b)
                down, exact = _down(value, error, infinite)
                turned, _ = _down(-value, -error, infinite)
                zero = (a == 0) | (b == 0)
                taken = ((a == 0) & ~a_open) | ((b == 0) & ~b_open)
                is_open = np.where(zero, ~taken, a_open | b_open | ~exact)
                if low is None:
                    low, low_open, high, high_open = down, is_open, -turned, is_open
                    continue
                low_open = np.where(down < low, is_open, np.where(down > low, low_open, low_open & is_open))
                high_open = np.where(-turned > high, is_open, np.where(-turned < high, high_open, high_open & is_open))
                low, high = np.minimum(low, down), np.maximum(high, -turned)
        assert low is not None
        # factors of known signs: underflow does not lose the sign of their product
        above = ((x.low >= 0) & (y.low >= 0)) | ((x.high <= 0) & (y.high <= 0))
        below = ((x.low >= 0) & (y.high <= 0)) | ((x.high <= 0) & (y.low >= 0))
        nonzero = (is_positive(x) | is_positive(negative(x))) & (is_positive(y) | is_positive(negative(y)))
        low_open = np.where(above & (low < 0), nonzero, low_open)
        high_open = np.where(below & (high > 0), nonzero, high_open)
        low, high = np.where(above, np.maximum(low, 0.0), low), np.where(below, np.minimum(high, 0.0), high)
        return Boxes(low, high, low_open, high_open)

    def scaled(self, factor: float, x: Boxes) -> Boxes:
        """factor·x."""
        return self.multiply(at(factor), x)

    def inverse(self, x: Boxes) -> Boxes:
        """1/x."""
        sign = self.sign(x)
        x = self._require(is_positive(x) | is_positive(negative(x)), x)
        positive = self.signed(sign, x)
        low, high = 1.0 / positive.high, 1.0 / (positive.low + 0.0)  # no negative zero
        exact_low = np.frexp(positive.high)[0] == 0.5
        exact_high = (np.frexp(positive.low)[0] == 0.5) | (positive.low == 0)
        lower = np.where(exact_low, low, np.maximum(_below(low), 0.0))
        upper = np.where(exact_high, high, np.nextafter(high, np.inf))
        result = Boxes(lower, upper, positive.high_open | ~exact_low | (lower == 0), positive.low_open | ~exact_high)
        return self.signed(sign, result)

    def power(self, x: Boxes, exponent: int) -> Boxes:
        """x^n for a whole number."""
        if exponent < 0:
            return self.inverse(self.power(x, -exponent))
        if exponent == 0:
            return at(1.0)
        if exponent % 2 == 0:
            x = self.absolute(x)

        def bounds(a: Floats) -> tuple[Floats, Floats, Flags]:
            size = np.abs(a)
            low, high = _power(size, exponent, False), _power(size, exponent, True)
            return np.where(a < 0, -high, low), np.where(a < 0, -low, high), low == high

        return _monotone(x, bounds)

    def absolute(self, x: Boxes) -> Boxes:
        """|x|."""
        above, below, turned = is_nonnegative(x), is_nonnegative(negative(x)), negative(x)
        high = np.maximum(turned.high, x.high)
        high_open = np.where(turned.high > x.high, turned.high_open, x.high_open)
        high_open = np.where(turned.high == x.high, turned.high_open & x.high_open, high_open)
        mixed = Boxes(np.zeros_like(high), high, np.zeros_like(high_open), high_open)
        return select(above, x, select(below, turned, mixed))

    def minimum(self, x: Boxes, y: Boxes) -> Boxes:
        """min(x, y)."""
        low_open = np.where(x.low < y.low, x.low_open, np.where(y.low < x.low, y.low_open, x.low_open & y.low_open))
        high_open = np.where(x.high < y.high, x.high_open, np.where(y.high < x.high, y.high_open,
                                                                  x.high_open | y.high_open))  # fmt: skip
        return Boxes(np.minimum(x.low, y.low), np.minimum(x.high, y.high), low_open, high_open)

    def maximum(self, x: Boxes, y: Boxes) -> Boxes:
        """max(x, y)."""
        return negative(self.minimum(negative(x), negative(y)))

    # ---- functions

    def exp(self, x: Boxes) -> Boxes:
        """exp x, which is above zero."""
        value = _monotone(x, lambda a: _around(np.exp(a), a == 0))
        clipped = value.low <= 0
        return value._replace(low=np.maximum(value.low, 0.0), low_open=value.low_open | clipped)

    def log(self, x: Boxes) -> Boxes:
        """log x for x > 0."""
        x = self._require(is_positive(x), x)
        return _monotone(x, lambda a: _around(np.log(a), (a == 1) | np.isinf(a)))

    def root(self, x: Boxes, degree: int) -> Boxes:
        """The real root; an even one for x >= 0."""
        if degree % 2 == 0:
            x = self._require(is_nonnegative(x), x)

        def bounds(a: Floats) -> tuple[Floats, Floats, Flags]:
            size = np.abs(a)
            found = np.sqrt(size) if degree == 2 else np.cbrt(size) if degree == 3 else size ** (1.0 / degree)
            exact = np.isinf(a) | ((_power(found, degree, False) == size) & (_power(found, degree, True) == size))
            low, high, _ = _around(found, exact, ULPS if degree <= 3 else 2.0**-43)
            return np.where(a < 0, -high, np.maximum(low, 0.0)), np.where(a < 0, -np.maximum(low, 0.0), high), exact

        return _monotone(x, bounds)

    def arctan(self, x: Boxes) -> Boxes:
        """arctan x, between -pi/2 and pi/2."""
        return _monotone(x, lambda a: _around(np.arctan(a), a == 0))

    def arccos(self, x: Boxes) -> Boxes:
        """arccos x for -1 <= x <= 1, decreasing."""
        x = self._require((x.low >= -1) & (x.high <= 1), x)
        return _monotone(negative(x), lambda a: _around(np.arccos(-a), a == -1))

    def sin(self, x: Boxes) -> Boxes:
        """sin x."""
        return self._wave(x, np.sin, 0.5)

    def cos(self, x: Boxes) -> Boxes:
        """cos x."""
        return self._wave(x, np.cos, 0.0)

    def _wave(self, x: Boxes, f: Callable[[Floats], Floats], shift: float) -> Boxes:
        """f has its extreme values (-1)^n at (shift + n) pi."""
        known = np.maximum(np.abs(x.low), np.abs(x.high)) < 1e8
        a, b = np.where(known, x.low, 0.0), np.where(known, x.high, 0.0)
        first, last = a / pi - shift, b / pi - shift
        first = np.ceil(first - 1e-15 * (np.abs(a) + shift) - 2.0**-62)
        last = np.floor(last + 1e-15 * (np.abs(b) + shift) + 2.0**-62)
        low_a, high_a, exact_a = _wave_around(f(a), a)
        low_b, high_b, exact_b = _wave_around(f(b), b)
        open_a, open_b = x.low_open | ~exact_a, x.high_open | ~exact_b
        low, high = np.maximum(np.minimum(low_a, low_b), -1.0), np.minimum(np.maximum(high_a, high_b), 1.0)
        low_open = np.where(low_a < low_b, open_a, np.where(low_b < low_a, open_b, open_a & open_b))
        high_open = np.where(high_a > high_b, open_a, np.where(high_b > high_a, open_b, open_a & open_b))
        inside = last - first
        even = first % 2 == 0
        top = ~known | (inside >= 1) | ((inside == 0) & even)
        bottom = ~known | (inside >= 1) | ((inside == 0) & ~even)
        return Boxes(np.where(bottom, -1.0, low), np.where(top, 1.0, high), np.where(bottom, False, low_open),
                     np.where(top, False, high_open))  # fmt: skip
