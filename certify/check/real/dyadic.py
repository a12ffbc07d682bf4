"""Dyadic numbers m·2^e as pairs (m, e) of integers, and rounding them to few bits in a stated direction."""

from __future__ import annotations

from math import isqrt

Dyadic = tuple[int, int]
Bound = Dyadic | None  # None is infinite: minus infinity as a lower bound, infinity as an upper bound

ZERO: Dyadic = (0, 0)
ONE: Dyadic = (1, 0)
LARGEST = 1 << 14  # numbers beyond 2^LARGEST round to infinity, numbers below 2^-LARGEST to zero


def plus(a: Dyadic, b: Dyadic) -> Dyadic:
    """a + b, exactly."""
    (m, e), (n, f) = a, b
    return (m + (n << f - e), e) if e <= f else ((m << e - f) + n, f)


def times(a: Dyadic, b: Dyadic) -> Dyadic:
    """a·b, exactly."""
    return a[0] * b[0], a[1] + b[1]


def minus(a: Dyadic) -> Dyadic:
    """-a, exactly."""
    return -a[0], a[1]


def less(a: Dyadic, b: Dyadic) -> bool:
    """a < b."""
    return plus(a, minus(b))[0] < 0


def magnitude(a: Dyadic) -> int:
    """The least t with |a| < 2^t; a is not zero."""
    return a[0].bit_length() + a[1]


def down(a: Dyadic, bits: int) -> Bound:
    """A number of at most so many bits that is at most a; None where that would be below -2^LARGEST."""
    m, e = a
    if m == 0:
        return ZERO
    size = magnitude(a)
    if size > LARGEST:
        return (1, LARGEST - 1) if m > 0 else None
    if size < -LARGEST:
        return ZERO if m > 0 else (-1, -LARGEST)
    extra = m.bit_length() - bits
    return (m >> extra, e + extra) if extra > 0 else a


def up(a: Dyadic, bits: int) -> Bound:
    """A number of at most so many bits that is at least a; None where that would be above 2^LARGEST."""
    bound = down(minus(a), bits)
    return None if bound is None else minus(bound)


def quotient(a: int, b: int, bits: int) -> tuple[Dyadic, Dyadic]:
    """Dyadic numbers at most and at least a/b; b > 0.  They are equal only if a/b is dyadic and short."""
    shift = max(0, bits + b.bit_length() - a.bit_length())
    low, rest = divmod(a << shift, b)
    return (low, -shift), (low + (rest > 0), -shift)


def fixed(a: Dyadic, scale: int) -> int:
    """The integer part of a·2^scale, rounded down."""
    shift = a[1] + scale
    return a[0] << shift if shift >= 0 else a[0] >> -shift


def root(a: Dyadic, degree: int, bits: int) -> tuple[Dyadic, Dyadic]:
    """Dyadic numbers at most and at least the root of a >= 0; they are equal only if they are the root."""
    m, e = a
    wanted = degree * bits - m.bit_length()
    shift = max(0, wanted)
    shift += (e - shift) % degree  # the exponent that is left is a multiple of the degree
    radicand, exponent = m << shift, (e - shift) // degree
    low = isqrt(radicand) if degree == 2 else _integer_root(radicand, degree)
    return (low, exponent), (low + (low**degree != radicand), exponent)


def _integer_root(number: int, degree: int) -> int:
    """The greatest integer whose power is at most number >= 0 (bisection)."""
    low, high = 0, 1 << -(-number.bit_length() // degree)
    while high - low > 1:  # low^degree <= number < high^degree, or number is itself high^degree
        middle = low + high >> 1
        low, high = (middle, high) if middle**degree <= number else (low, middle)
    return high if high**degree <= number else low
