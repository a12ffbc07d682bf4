"""Interval arithmetic: what an operation gives for members lies in what it gives for the intervals."""

from __future__ import annotations

import random
from fractions import Fraction
from typing import Any

import pytest
from flint import arb

from relucert.certify.check.real.dyadic import ONE, ZERO, Dyadic, less, minus, plus, times
from relucert.certify.check.real.interval import (
    REALS,
    Arithmetic,
    Interval,
    UndefinedError,
    above,
    at,
    intersection,
    is_nonnegative,
    is_positive,
    is_zero,
    negative,
)
from tests.certify.check.real.dyadics import ball, interval, member

EXACT: dict[str, Any] = {
    "add": plus,
    "multiply": times,
    "minimum": lambda a, b: a if less(a, b) else b,
    "maximum": lambda a, b: b if less(a, b) else a,
}
REFERENCES: dict[str, Any] = {
    "exp": arb.exp,
    "log": arb.log,
    "arctan": arb.atan,
    "arccos": arb.acos,
    "sin": arb.sin,
    "cos": arb.cos,
    "inverse": lambda a: 1 / a,
    "absolute": abs,
}
MOST = {"exp": 8, "arccos": 0}


def well_formed(x: Interval) -> bool:
    if (x.low is None and not x.low_open) or (x.high is None and not x.high_open):
        return False
    if x.low is None or x.high is None:
        return True
    return less(x.low, x.high) or (not less(x.high, x.low) and not x.low_open and not x.high_open)


def holds(x: Interval, a: Dyadic) -> bool:
    """Whether the number is a member."""
    return intersection(x, at(a)) is not None


def may_hold(x: Interval, a: arb) -> bool:
    return not (x.low is not None and a < ball(x.low)) and not (x.high is not None and a > ball(x.high))


@pytest.mark.parametrize("name", EXACT)
def test_exact_results_of_members_are_members(name: str) -> None:
    generator = random.Random(name)
    for _ in range(2000):
        arithmetic, x, y = Arithmetic(generator.choice([24, 64])), interval(generator), interval(generator)
        result = getattr(arithmetic, name)(x, y)
        a, b = member(generator, x), member(generator, y)
        assert well_formed(result), (x, y, result)
        assert holds(result, EXACT[name](a, b)), (x, y, a, b, result)


@pytest.mark.parametrize("name", REFERENCES)
def test_functions_of_members_are_members(name: str) -> None:
    generator, seen = random.Random(name), 0
    for _ in range(2000):
        arithmetic = Arithmetic(generator.choice([24, 64]))
        x = interval(generator, MOST.get(name, generator.choice([3, 20, 70])))
        x = arithmetic.absolute(x) if name == "log" else x
        try:
            result = getattr(arithmetic, name)(x)
        except UndefinedError:
            continue
        a = member(generator, x)
        assert well_formed(result), (x, result)
        assert may_hold(result, REFERENCES[name](ball(a))), (x, a, result)
        seen += 1
    assert seen > 500


def test_powers_and_roots_of_members_are_members() -> None:
    generator, seen = random.Random(5), 0
    for _ in range(3000):
        arithmetic, x, degree = Arithmetic(64), interval(generator), generator.randint(2, 6)
        a = member(generator, x)
        assert holds(arithmetic.power(x, degree), (a[0] ** degree, a[1] * degree))
        try:
            result = arithmetic.root(x, degree)
        except UndefinedError:
            continue
        true = ball(a).root(degree) if a[0] >= 0 else -((-ball(a)).root(degree))
        assert may_hold(result, true), (x, degree, a)
        seen += 1
    assert seen > 1000


def test_open_ends_decide_where_a_function_is_defined() -> None:
    arithmetic = Arithmetic(64)
    open_zero, closed_zero = Interval(ZERO, ONE, True, False), Interval(ZERO, ONE, False, False)
    inverse = arithmetic.inverse(open_zero)
    assert inverse.high is None
    assert holds(inverse, ONE)
    assert not holds(inverse, (1023, -10))
    assert arithmetic.log(open_zero) == Interval(None, ZERO, True, False)
    for function in (arithmetic.inverse, arithmetic.log):
        with pytest.raises(UndefinedError):
            function(closed_zero)
    # the flag survives sums and products: (1, 2] - 1 and (0, 1]·(0, 1]
    moved = arithmetic.add(Interval(ONE, (2, 0), True, False), at((-1, 0)))
    assert is_positive(moved)
    assert is_positive(arithmetic.multiply(open_zero, open_zero))
    assert not is_positive(arithmetic.multiply(open_zero, closed_zero))
    assert not is_positive(arithmetic.multiply(closed_zero, above(ZERO, strictly=True)))
    with pytest.raises(UndefinedError):
        arithmetic.root(Interval(minus(ONE), ONE, False, False), 2)
    with pytest.raises(UndefinedError):
        arithmetic.arccos(Interval(ZERO, (2, 0), False, False))


def test_signs_and_intersections() -> None:
    assert is_zero(at(ZERO))
    assert not is_zero(REALS)
    assert is_nonnegative(at(ZERO))
    assert not is_positive(at(ZERO))
    half_open = Interval(ZERO, ONE, False, True)
    assert intersection(half_open, at(ONE)) is None
    assert intersection(half_open, at(ZERO)) == at(ZERO)
    assert intersection(half_open, negative(half_open)) == at(ZERO)
    assert intersection(Interval(ZERO, ONE, True, False), negative(half_open)) is None
    assert intersection(REALS, half_open) == half_open


def test_constants_are_enclosed() -> None:
    arithmetic = Arithmetic(64)
    assert may_hold(arithmetic.pi(), arb.pi())
    third = arithmetic.rational(Fraction(1, 3))
    assert third.low is not None
    assert third.high is not None
    assert less(third.low, third.high)
    assert may_hold(third, arb(1) / 3)
    assert arithmetic.rational(Fraction(-5, 8)) == at((-5, -3)) or holds(arithmetic.rational(Fraction(-5, 8)), (-5, -3))


@pytest.mark.parametrize(("name", "places"), [("sin", [1, 5, 9]), ("cos", [0, 4, 8])])
def test_extreme_values_are_found(name: str, places: list[int]) -> None:
    arithmetic, half = Arithmetic(64), arb.pi() / 2
    for n in places:
        middle = int((n * half * 2**20).floor().unique_fmpz())
        x = Interval((middle - 5, -20), (middle + 5, -20), False, False)
        result = getattr(arithmetic, name)(x)
        assert result.high == ONE
        assert holds(result, ONE)
        assert not holds(result, minus(ONE))
        beside = Interval((middle + 5, -20), (middle + 9, -20), False, False)
        assert not holds(getattr(arithmetic, name)(beside), ONE)
