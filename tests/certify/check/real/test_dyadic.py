"""Dyadic numbers: rounding keeps its direction, quotients and roots enclose."""

from __future__ import annotations

import random
from fractions import Fraction

import pytest

from relucert.certify.check.real.dyadic import (
    LARGEST,
    ONE,
    ZERO,
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
    up,
)
from tests.certify.check.real.dyadics import number


def value(a: Dyadic | None) -> Fraction:
    assert a is not None
    return a[0] * Fraction(2) ** a[1]


@pytest.mark.parametrize("seed", range(20))
def test_arithmetic_is_exact_and_rounding_keeps_its_direction(seed: int) -> None:
    generator = random.Random(seed)
    for _ in range(200):
        a, b = number(generator, -80, 80), number(generator, -80, 80)
        assert value(plus(a, b)) == value(a) + value(b)
        assert value(times(a, b)) == value(a) * value(b)
        assert less(a, b) == (value(a) < value(b))
        assert Fraction(2) ** (magnitude(a) - 1) <= abs(value(a)) < Fraction(2) ** magnitude(a)
        bits = generator.randint(2, 70)
        low, high = down(a, bits), up(a, bits)
        assert value(low) <= value(a) <= value(high)
        assert value(high) - value(low) <= abs(value(a)) / 2 ** (bits - 1)
        assert fixed(a, 10) <= value(a) * 2**10 < fixed(a, 10) + 1


def test_numbers_out_of_range_move_outwards() -> None:
    assert down((1, LARGEST + 1), 10) == (1, LARGEST - 1)
    assert up((1, LARGEST + 1), 10) is None
    assert down((-1, LARGEST + 1), 10) is None
    assert down((1, -LARGEST - 9), 10) == ZERO
    assert up((1, -LARGEST - 9), 10) == (1, -LARGEST)
    assert down((-1, -LARGEST - 9), 10) == (-1, -LARGEST)


@pytest.mark.parametrize("seed", range(10))
def test_quotients_and_roots_enclose_and_are_equal_only_when_exact(seed: int) -> None:
    generator = random.Random(seed)
    for _ in range(100):
        p, q = generator.randint(-(10**30), 10**30), generator.randint(1, 10**20)
        low, high = quotient(p, q, 40)
        assert value(low) <= Fraction(p, q) <= value(high)
        assert (low == high) == (value(low) == Fraction(p, q))
        a, degree = number(generator, -100, 100), generator.randint(2, 7)
        a = a if a[0] > 0 else minus(a)
        low, high = root(a, degree, 40)
        assert value(low) ** degree <= value(a) <= value(high) ** degree
        assert (low == high) == (value(low) ** degree == value(a))
        assert value(high) - value(low) <= value(high) / 2**38


def test_exact_roots() -> None:
    assert [value(end) for end in root((9, 2), 2, 20)] == [6, 6]
    assert [value(end) for end in root((27, -3), 3, 20)] == [Fraction(3, 2)] * 2
    assert [value(end) for end in root(ZERO, 5, 20)] == [0, 0]
    assert [value(end) for end in root(ONE, 5, 20)] == [1, 1]
