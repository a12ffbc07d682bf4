"""Integers, dyadic scaling and square roots."""

from __future__ import annotations

from fractions import Fraction
from math import isqrt

from hypothesis import given
from hypothesis import strategies as st

from relucert.certify.check.numbers import common_exponent, dot, scaled, sqrt_interval, sqrt_up


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False)))
def test_scaling_is_exact(values: list[float]) -> None:
    exact = [Fraction(value) for value in values]
    exponent = common_exponent(exact)
    assert [Fraction(v, 1 << exponent) for v in scaled(exact, exponent)] == exact
    assert exponent == 0 or any((v * 2 ** (exponent - 1)).denominator == 2 for v in exact)


@given(st.integers(0, 10**60))
def test_sqrt_up(value: int) -> None:
    root = sqrt_up(value)
    assert root * root >= value and (root == 0 or (root - 1) ** 2 < value)
    assert sqrt_up(isqrt(value) ** 2) == isqrt(value)


@given(st.fractions(min_value=0))
def test_sqrt_interval(value: Fraction) -> None:
    low, high = sqrt_interval(value)
    assert 0 <= low <= high and low * low <= value <= high * high
    assert (high - low) * 2**96 <= high
    assert sqrt_interval(value * value) == (value, value)


def test_sqrt_interval_at_the_ends_of_the_scale() -> None:
    for value in (Fraction(0), Fraction(1, 2**4000), Fraction(2**4001), Fraction(3, 10**2000)):
        low, high = sqrt_interval(value)
        assert low * low <= value <= high * high and (high - low) * 2**96 <= high


def test_dot() -> None:
    assert dot([], []) == 0 and dot([1, 2], [3, -4]) == -5 and dot((2**200,), [2**200]) == 2**400
