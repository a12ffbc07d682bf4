"""Exact integers: one common scaling, and square roots rounded outward."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from math import isqrt
from operator import mul

IntVector = list[int]
IntMatrix = list[IntVector]


def common_exponent(values: Iterable[Fraction]) -> int:
    """The least k >= 0 such that every dyadic value times 2^k is an integer."""
    return max((value.denominator.bit_length() - 1 for value in values), default=0)


def scaled(values: Sequence[Fraction], exponent: int) -> IntVector:
    """The integers ``value * 2^exponent`` (exponent from :func:`common_exponent`)."""
    return [(value.numerator << exponent) // value.denominator for value in values]


def dot(left: Sequence[int], right: Sequence[int]) -> int:
    return sum(map(mul, left, right))


def sqrt_up(value: int) -> int:
    """The least integer r >= 0 with r*r >= value."""
    root = isqrt(value)
    return root if root * root == value else root + 1


def sqrt_interval(value: Fraction) -> tuple[Fraction, Fraction]:
    """A rational enclosure of the square root, of relative width about 2^-96; a point when the root is rational."""
    # numerator * denominator is brought to at least 200 bits, so that the integer root has at least 100
    product = value.numerator * value.denominator
    shift = max(0, 200 - product.bit_length())
    shift += shift & 1
    low, high = isqrt(product << shift), sqrt_up(product << shift)
    unit = value.denominator << (shift // 2)
    return Fraction(low, unit), Fraction(high, unit)
