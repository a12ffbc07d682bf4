"""Enclosures of elementary functions at dyadic numbers, in integer arithmetic.

Every function returns dyadic numbers low <= f(a) <= high, equal only where both are f(a); ``None`` stands for infinity.
Inside, a number x is held as an integer X = x·2^scale, and a "unit" is 2^-scale.  docs/theory/inequalities.md proves
the bounds on the rounding errors that stand in the comments.
"""

from __future__ import annotations

from functools import lru_cache
from math import isqrt

from relucert.certify.check.real.dyadic import LARGEST, ONE, ZERO, Bound, Dyadic, fixed, less, magnitude, minus, plus

GUARD = 16
Units = tuple[int, int]  # an enclosure in units
Enclosure = tuple[Dyadic, Bound]


@lru_cache(maxsize=256)
def _inverse_tangents(terms: tuple[tuple[int, int], ...], scale: int, sign: int) -> Units:
    """The sum of factor·arctan(1/n), or factor·artanh(1/n) when sign = 1, over the terms (factor, n).

    Quotients of quotients by integers are quotients: a term is cut off by less than one unit, and so is the rest of the
    series.  Sixteen more binary digits are rounded away at the end.
    """
    low = high = 0
    for factor, n in terms:
        power, total, degree, turn = (1 << scale + 16) // n, 0, 1, 1
        while power:
            total += turn * (power // degree)
            power, degree, turn = power // (n * n), degree + 2, sign * turn
        ends = factor * (total - degree), factor * (total + degree)
        low, high = low + min(ends), high + max(ends)
    return low >> 16, -(-high >> 16)


def pi(scale: int) -> Units:
    """Machin: pi = 16 arctan(1/5) - 4 arctan(1/239)."""
    return _inverse_tangents(((16, 5), (-4, 239)), scale, -1)


def log_two(scale: int) -> Units:
    """log 2 = 18 artanh(1/26) - 2 artanh(1/4801) + 8 artanh(1/8749)."""
    return _inverse_tangents(((18, 26), (-2, 4801), (8, 8749)), scale, 1)


def _power_series(first: int, factor: int, scale: int, step: int, start: int) -> Units:
    """first·(1 + q/(s+1)..(s+step) + ...), q = factor·2^-scale: the series of exp (step 1), cos and sin (step 2).

    For |q| <= 0.65: a term is off by less than 3 units when its predecessor is, and the rest is below the last term.
    """
    total = term = first
    place = start
    while abs(term) > 1:
        divisor = 1
        for _ in range(step):
            place += 1
            divisor *= place
        term = (term * factor >> scale) // divisor
        total += term
    error = 3 * (place + 2)
    return total - error, total + error


def _odd_series(x: int, scale: int, sign: int) -> Units:
    """artanh x (sign = 1) or arctan x (sign = -1) for |x| <= 1/5.

    A power is off by less than 2 units, a term by less than 3, and the rest is below the last term.
    """
    square = x * x >> scale
    power = total = x
    degree = 1
    while abs(power) > 1:
        power, degree = sign * (power * square >> scale), degree + 2
        total += power // degree
    error = 3 * (degree + 2)
    return total - error, total + error


def _rounded(low: int, high: int, scale: int) -> Enclosure:
    return (low, -scale), (high, -scale)


def exp(a: Dyadic, bits: int) -> Enclosure:
    """exp a = 2^k exp(a - k log 2)."""
    if a[0] == 0:
        return ONE, ONE
    size = max(0, magnitude(a))
    if size > 14:  # |a| >= 2^14 and exp(2^14) > 2^LARGEST
        return ((1, LARGEST), None) if a[0] > 0 else (ZERO, (1, -LARGEST))
    scale = bits + GUARD + size
    x = fixed(a, scale)
    low, high = log_two(scale)
    k = (2 * x + low) // (2 * low)  # the nearest integer to a/log 2, or its neighbour
    below, above = x - max(k * low, k * high), x + 1 - min(k * low, k * high)
    # exp is increasing; |below|, |above| <= 0.35·2^scale
    return (_power_series(1 << scale, below, scale, 1, 0)[0], k - scale), (
        _power_series(1 << scale, above, scale, 1, 0)[1],
        k - scale,
    )


def log(a: Dyadic, bits: int) -> Enclosure:
    """log a for a > 0: a = f·2^k with 3/4 <= f < 3/2, and log f = 2 artanh((f - 1)/(f + 1))."""
    k = magnitude(a)  # a·2^-k lies in [1/2, 1)
    m, e = a[0], a[1] - k
    if 4 * m < 3 << -e:
        k, e = k - 1, e + 1
    one = 1 << -e if e <= 0 else 0  # in units of 2^e: f = m, 1 = one
    if e > 0:
        m, one = m << e, 1
    if m == one:
        if k == 0:
            return ZERO, ZERO
        f_low = f_high = 0
        scale = bits + GUARD
    else:
        # without the multiple of log 2 the result is small when f is near 1: digits for its leading zeros
        small = one.bit_length() - abs(m - one).bit_length() if k == 0 else 0
        scale = bits + GUARD + max(0, small)
        z = (m - one << scale) // (m + one)  # -1/7 <= (f - 1)/(f + 1) < 1/5
        f_low, f_high = 2 * _odd_series(z, scale, 1)[0], 2 * _odd_series(z + 1, scale, 1)[1]
    low, high = log_two(scale)
    return _rounded(f_low + min(k * low, k * high), f_high + max(k * low, k * high), scale)


def arctan(a: Dyadic, bits: int) -> Enclosure:
    """arctan a, by 1/a for |a| > 1 and three halvings of the angle."""
    if a[0] == 0:
        return ZERO, ZERO
    if a[0] < 0:
        low, high = _positive_arctan(minus(a), bits)
        return minus(high), minus(low)
    return _positive_arctan(a, bits)


def _positive_arctan(a: Dyadic, bits: int) -> tuple[Dyadic, Dyadic]:
    size = magnitude(a)
    scale = bits + GUARD + max(0, -size)
    if not less(ONE, a):
        x = fixed(a, scale)
        low, high = _arctan_units(x, scale)[0], _arctan_units(x + 1, scale)[1]
    else:
        # pi/2 - arctan(1/a), 1/a between q and q + 1 units
        shift = scale - a[1]
        q = (1 << shift) // a[0] if shift >= 0 else 0
        pi_low, pi_high = pi(scale)
        low = (pi_low >> 1) - _arctan_units(q + 1, scale)[1]
        high = (pi_high + 1 >> 1) - _arctan_units(q, scale)[0]
    return (max(0, low), -scale), (high, -scale)


def _arctan_units(x: int, scale: int) -> Units:
    """arctan x for 0 <= x <= 1 (and one unit more): arctan x = 2 arctan(x/(1 + sqrt(1 + x^2)))."""
    one = 1 << scale
    low = high = x
    for _ in range(3):
        low = (low << scale) // (one + isqrt(one * one + low * low) + 1)
        high = -(-(high << scale) // (one + isqrt(one * one + high * high)))
    return 8 * _odd_series(low, scale, -1)[0], 8 * _odd_series(high, scale, -1)[1]


def arccos(a: Dyadic, bits: int) -> Enclosure:
    """arccos a = 2 arctan(sqrt((1 - a)/(1 + a))) for -1 < a <= 1; pi at -1."""
    above, below = plus(ONE, minus(a)), plus(ONE, a)
    if above[0] == 0:
        return ZERO, ZERO
    if below[0] == 0:
        low, high = pi(bits + GUARD)
        return _rounded(low, high, bits + GUARD)
    e = min(above[1], below[1])
    p, q = above[0] << above[1] - e, below[0] << below[1] - e
    shift = 2 * max(bits + GUARD, bits + GUARD + (q.bit_length() - p.bit_length()) // 2)
    low = isqrt((p << shift) // q)  # sqrt(p/q)·2^(shift/2), rounded down; one unit more is above it
    half = -(shift // 2)
    lower, upper = _positive_arctan((low, half), bits)[0] if low else ZERO, _positive_arctan((low + 1, half), bits)[1]
    return (lower[0], lower[1] + 1), (upper[0], upper[1] + 1)


def sin_cos(a: Dyadic, bits: int) -> tuple[tuple[Dyadic, Dyadic], tuple[Dyadic, Dyadic]]:
    """sin a and cos a: a = n pi/2 + r with |r| <= pi/4 and a little; |a| < 2^LARGEST."""
    if a[0] == 0:
        return (ZERO, ZERO), (ONE, ONE)
    size = magnitude(a)
    scale = bits + GUARD + abs(size)
    x = fixed(a, scale)
    low, high = pi(scale + 2)  # pi/2 in units, with three more binary digits
    n = (16 * x + low) // (2 * low)
    n_low, n_high = min(n * low, n * high), max(n * low, n * high)
    r, width = (8 * x - n_high) >> 3, -((8 * x + 8 - n_low - (8 * x - n_high)) // -8) + 1
    square = -(r * r >> scale)
    ends = [_power_series(r, square, scale, 2, 1), _power_series(1 << scale, square, scale, 2, 0)]
    # r is below the true one by at most its width, and neither function changes by more than its argument
    sine, cosine = ((max(-(1 << scale), p - width), min(1 << scale, q + width)) for p, q in ends)
    turned = [
        (sine, cosine),
        (cosine, _negative(sine)),
        (_negative(sine), _negative(cosine)),
        (_negative(cosine), sine),
    ]
    first, second = turned[n % 4]
    return ((first[0], -scale), (first[1], -scale)), ((second[0], -scale), (second[1], -scale))


def _negative(units: Units) -> Units:
    return -units[1], -units[0]
