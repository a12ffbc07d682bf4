"""Intervals with dyadic ends, each open or closed, rounded outward: they contain what a function takes on a set.

An interval stands for the set of real numbers between its bounds; a bound may be infinite, and a bound that is marked
open is known not to be taken.  So ``1/x`` on (0, 1] is defined, and is [1, infinity).
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import NamedTuple

from relucert.certify.check.real import functions
from relucert.certify.check.real.dyadic import (
    LARGEST,
    ONE,
    ZERO,
    Bound,
    Dyadic,
    down,
    fixed,
    less,
    magnitude,
    minus,
    plus,
    quotient,
    root,
    times,
)


class UndefinedError(ArithmeticError):
    """A function is perhaps not defined somewhere on the interval."""


class Interval(NamedTuple):
    """low <= x <= high; strictly where a flag says so.  ``None`` is infinite, and always open."""

    low: Bound
    high: Bound
    low_open: bool
    high_open: bool


MOST_KEPT = 4096
REALS = Interval(None, None, True, True)


def at(a: Dyadic) -> Interval:
    """One number."""
    return Interval(a, a, False, False)


def above(a: Dyadic, *, strictly: bool) -> Interval:
    """All numbers from a on."""
    return Interval(a, None, strictly, True)


def is_positive(x: Interval) -> bool:
    """Every number is above zero."""
    return x.low is not None and (x.low[0] > 0 or (x.low[0] == 0 and x.low_open))


def is_nonnegative(x: Interval) -> bool:
    """No number is below zero."""
    return x.low is not None and x.low[0] >= 0


def is_zero(x: Interval) -> bool:
    """The number is zero."""
    return x.low is not None and x.high is not None and x.low[0] == 0 and x.high[0] == 0


def negative(x: Interval) -> Interval:
    """-x."""
    low = None if x.high is None else minus(x.high)
    high = None if x.low is None else minus(x.low)
    return Interval(low, high, x.high_open, x.low_open)


def intersection(x: Interval, y: Interval) -> Interval | None:
    """What lies in both; ``None`` when nothing does."""
    low, low_open = _larger((x.low, x.low_open), (y.low, y.low_open))
    turned, high_open = _larger(_turned(x.high, x.high_open), _turned(y.high, y.high_open))
    high = None if turned is None else minus(turned)
    if low is not None and high is not None and (less(high, low) or (not less(low, high) and (low_open or high_open))):
        return None
    return Interval(low, high, low_open, high_open)


_End = tuple[Bound, bool]


def _turned(bound: Bound, is_open: bool) -> _End:
    return (None if bound is None else minus(bound)), is_open


def _larger(a: _End, b: _End) -> _End:
    """The larger of two lower bounds; at the same number the open one."""
    if a[0] is None or b[0] is None:
        return b if a[0] is None else a
    if less(a[0], b[0]):
        return b
    return a if less(b[0], a[0]) or a[1] else b


class Arithmetic:
    """Interval arithmetic with so many significant binary digits."""

    def __init__(self, bits: int) -> None:
        self.bits = bits
        self._rationals: dict[Fraction, Interval] = {}  # the weights of series come again and again

    # ---- ends

    def _low(self, a: Dyadic | None, is_open: bool) -> _End:
        """A lower bound with few digits; rounding moves it away from the numbers."""
        if a is None:
            return None, True
        rounded = down(a, self.bits)
        if rounded is None:
            return None, True
        return rounded, is_open or less(rounded, a)

    def _interval(self, low: _End, high: _End) -> Interval:
        bound, low_open = self._low(*low)
        turned, high_open = self._low(*_turned(*high))
        return Interval(bound, None if turned is None else minus(turned), low_open, high_open)

    def rational(self, value: Fraction) -> Interval:
        """The smallest interval round a rational."""
        known = self._rationals.get(value)
        if known is None:
            low, high = quotient(value.numerator, value.denominator, self.bits)
            known = self._interval((low, False), (high, False))
            if len(self._rationals) < MOST_KEPT:
                self._rationals[value] = known
        return known

    def pi(self) -> Interval:
        """The number pi."""
        low, high = functions.pi(self.bits)
        return Interval((low, -self.bits), (high, -self.bits), True, True)

    # ---- arithmetic

    def sign(self, x: Interval) -> int:
        """1 where all numbers are above zero, -1 where all are below."""
        if is_positive(x):
            return 1
        if is_positive(negative(x)):
            return -1
        raise UndefinedError("a sign is not known")

    def positive(self, x: Interval) -> Interval:
        """Of the numbers those above zero, if there are some."""
        return intersection(x, Interval(ZERO, None, True, True)) or x

    def negative(self, x: Interval) -> Interval:
        """-x."""
        return negative(x)

    def add(self, x: Interval, y: Interval) -> Interval:
        """x + y."""
        low = None if x.low is None or y.low is None else plus(x.low, y.low)
        high = None if x.high is None or y.high is None else plus(x.high, y.high)
        return self._interval((low, x.low_open or y.low_open), (high, x.high_open or y.high_open))

    def multiply(self, x: Interval, y: Interval) -> Interval:
        """x·y; zero times an unbounded factor is zero, for every number of a set is finite."""
        x_above, y_above = is_nonnegative(x), is_nonnegative(y)
        if not x_above and is_nonnegative(negative(x)):
            return negative(self.multiply(negative(x), y))
        if not y_above and is_nonnegative(negative(y)):
            return negative(self.multiply(x, negative(y)))
        (a, b), (c, d) = _ends(x), _ends(y)
        high = _product(b, d)
        if x_above and y_above:
            low = _product(a, c)
        elif x_above:
            low = _product(b, c)
        elif y_above:
            low = _product(a, d)
        else:  # both have numbers of both signs
            low = min_end(_product(a, d), _product(b, c))
            opposite = _product(a, c)
            high = _turned(*min_end(_turned(*high), _turned(*opposite)))
        return self._interval(low, high)

    def inverse(self, x: Interval) -> Interval:
        """1/x."""
        if is_positive(x):
            low = self._quotient(x.high)[0]
            high = None if x.low is None or x.low[0] == 0 else self._quotient(x.low)[1]
            # 1/x is above zero, whatever the lower bound
            return self._interval((low, x.high_open or low == ZERO), (high, x.low_open))
        if is_positive(negative(x)):
            return negative(self.inverse(negative(x)))
        raise UndefinedError("a denominator may be zero")

    def _quotient(self, a: Bound) -> tuple[Dyadic, Dyadic]:
        if a is None:
            return ZERO, ZERO
        low, high = quotient(1, a[0], self.bits)
        return (low[0], low[1] - a[1]), (high[0], high[1] - a[1])

    def power(self, x: Interval, exponent: int) -> Interval:
        """x^exponent for a whole number."""
        if exponent < 0:
            return self.inverse(self.power(x, -exponent))
        if exponent == 0:
            return at(ONE)
        if exponent % 2 == 0:
            x = self.absolute(x)
        low = None if x.low is None else (x.low[0] ** exponent, x.low[1] * exponent)
        high = None if x.high is None else (x.high[0] ** exponent, x.high[1] * exponent)
        return self._interval((low, x.low_open), (high, x.high_open))

    def absolute(self, x: Interval) -> Interval:
        """|x|."""
        if is_nonnegative(x):
            return x
        if is_nonnegative(negative(x)):
            return negative(x)
        high = _turned(*min_end(_turned(x.high, x.high_open), (x.low, x.low_open)))
        return Interval(ZERO, high[0], False, high[1])

    def minimum(self, x: Interval, y: Interval) -> Interval:
        """min(x, y)."""
        low = min_end((x.low, x.low_open), (y.low, y.low_open))
        return self._interval(low, _smaller_high(x, y))

    def maximum(self, x: Interval, y: Interval) -> Interval:
        """max(x, y)."""
        return negative(self.minimum(negative(x), negative(y)))

    # ---- functions

    def _increasing(self, x: Interval, f: Callable[[Dyadic, int], tuple[Bound, Bound]]) -> Interval:
        low = None if x.low is None else f(x.low, self.bits)[0]
        high = None if x.high is None else f(x.high, self.bits)[1]
        return self._interval((low, x.low_open), (high, x.high_open))

    def exp(self, x: Interval) -> Interval:
        """exp x, which is above zero."""
        value = self._increasing(x, functions.exp)
        return value if value.low is not None and value.low[0] > 0 else value._replace(low=ZERO, low_open=True)

    def log(self, x: Interval) -> Interval:
        """log x for x > 0."""
        if not is_positive(x):
            raise UndefinedError("the argument of log may be zero or negative")
        from_zero = x.low is None or x.low[0] == 0
        return self._increasing(x._replace(low=None) if from_zero else x, functions.log)

    def root(self, x: Interval, degree: int) -> Interval:
        """The real root; an even one for x >= 0."""
        if is_nonnegative(x):
            return self._increasing(x, lambda a, bits: root(a, degree, bits))
        if degree % 2 == 0:
            raise UndefinedError("the argument of an even root may be negative")

        def both_signs(a: Dyadic, bits: int) -> tuple[Dyadic, Dyadic]:
            if a[0] >= 0:
                return root(a, degree, bits)
            low, high = root(minus(a), degree, bits)
            return minus(high), minus(low)

        return self._increasing(x, both_signs)

    def arctan(self, x: Interval) -> Interval:
        """arctan x, between -pi/2 and pi/2."""
        value = self._increasing(x, functions.arctan)
        half = self.multiply(self.pi(), at((1, -1)))
        bounds = Interval(negative(half).low, half.high, True, True)
        return intersection(value, bounds) or value

    def arccos(self, x: Interval) -> Interval:
        """arccos x for -1 <= x <= 1, decreasing."""
        if x.low is None or x.high is None or less(x.low, minus(ONE)) or less(ONE, x.high):
            raise UndefinedError("the argument of acos may be outside of [-1, 1]")
        low, high = functions.arccos(x.high, self.bits)[0], functions.arccos(x.low, self.bits)[1]
        return self._interval((low, x.high_open), (high, x.low_open))

    def sin(self, x: Interval) -> Interval:
        """sin x."""
        return self._wave(x, 0)

    def cos(self, x: Interval) -> Interval:
        """cos x."""
        return self._wave(x, 1)

    def _wave(self, x: Interval, which: int) -> Interval:
        everything = Interval(minus(ONE), ONE, False, False)
        if x.low is None or x.high is None or max(magnitude(x.low), magnitude(x.high)) > LARGEST // 8:
            return everything
        ends = [functions.sin_cos(bound, self.bits)[which] for bound in (x.low, x.high)]
        low = min_end((ends[0][0], x.low_open), (ends[1][0], x.high_open))
        high = _turned(*min_end(_turned(ends[0][1], x.low_open), _turned(ends[1][1], x.high_open)))
        # sin is 1 or -1 at pi/2 + n pi, cos at n pi: which whole n may lie in the interval?  The sign is that of (-1)^n
        scale = self.bits + max(0, magnitude(x.low), magnitude(x.high))
        pi_low, pi_high = functions.pi(scale)
        first, last = fixed(x.low, scale), fixed(x.high, scale) + 1
        if which == 0:
            first, last = first - (pi_high + 1 >> 1), last - (pi_low >> 1)
        n_low, n_high = min(-(-first // pi_low), -(-first // pi_high)), max(last // pi_low, last // pi_high)
        if n_high - n_low >= 1:
            return everything
        if n_high == n_low:
            if n_low % 2 == 0:
                high = (ONE, False)
            else:
                low = (minus(ONE), False)
        return self._interval(low, high)


def _ends(x: Interval) -> tuple[_End, _End]:
    return (x.low, x.low_open), (x.high, x.high_open)


def _product(a: _End, b: _End) -> _End:
    """The product of two bounds as a bound; open unless it is taken."""
    for bound, other in ((a, b), (b, a)):
        if bound[0] is not None and bound[0][0] == 0:
            taken = not bound[1] or (other[0] is not None and other[0][0] == 0 and not other[1])
            return ZERO, not taken
    if a[0] is None or b[0] is None:
        return None, True
    return times(a[0], b[0]), a[1] or b[1]


def min_end(a: _End, b: _End) -> _End:
    """The lower of two lower bounds; at the same number the closed one."""
    if a[0] is None or b[0] is None:
        return None, True
    if less(a[0], b[0]):
        return a
    return b if less(b[0], a[0]) or a[1] else a


def _smaller_high(x: Interval, y: Interval) -> _End:
    """The lower of two upper bounds; at the same number the open one."""
    return _turned(*_larger(_turned(x.high, x.high_open), _turned(y.high, y.high_open)))
