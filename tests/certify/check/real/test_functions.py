"""Elementary functions at dyadic numbers: python-flint never lies outside, and the enclosure is narrow."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest
from flint import arb

from relucert.certify.check.real import functions
from relucert.certify.check.real.dyadic import LARGEST, ONE, ZERO, Dyadic, minus, plus
from tests.certify.check.real.dyadics import ball, number

Draw = Callable[[random.Random], Dyadic]


def positive(least: int, most: int) -> Draw:
    def draw(generator: random.Random) -> Dyadic:
        m, e = number(generator, least, most)
        return abs(m), e

    return draw


def signed(least: int, most: int) -> Draw:
    return lambda generator: number(generator, least, most)


def near_one(generator: random.Random) -> Dyadic:
    """Inside of [-1, 1] and close to an end."""
    inside = plus(ONE, minus(positive(-150, -1)(generator)))
    return inside if generator.random() < 0.5 else minus(inside)


def near_multiples(generator: random.Random) -> Dyadic:
    """Close to a multiple of pi/2: where sine and cosine vanish or turn."""
    scale = generator.randint(10, 200)
    low, _ = functions.pi(scale)
    return generator.randint(-50, 50) * low + generator.randint(-3, 3), -scale - 1


CASES: dict[str, tuple[Any, Any, Draw]] = {
    "exp": (functions.exp, arb.exp, signed(-100, 13)),
    "log": (functions.log, arb.log, positive(-1000, 1000)),
    "log near 1": (functions.log, arb.log, lambda generator: plus(ONE, number(generator, -300, -1))),
    "arctan": (functions.arctan, arb.atan, signed(-300, 300)),
    "arccos": (functions.arccos, arb.acos, signed(-60, 0)),
    "arccos near the ends": (functions.arccos, arb.acos, near_one),
    "sin": (lambda a, bits: functions.sin_cos(a, bits)[0], arb.sin, signed(-200, 90)),
    "cos": (lambda a, bits: functions.sin_cos(a, bits)[1], arb.cos, signed(-100, 90)),
    "sin near multiples": (lambda a, bits: functions.sin_cos(a, bits)[0], arb.sin, near_multiples),
    "cos near multiples": (lambda a, bits: functions.sin_cos(a, bits)[1], arb.cos, near_multiples),
}


@pytest.mark.parametrize("bits", [24, 64, 200])
@pytest.mark.parametrize("name", CASES)
def test_flint_lies_within(name: str, bits: int) -> None:
    function, reference, draw = CASES[name]
    generator = random.Random(f"{name}/{bits}")
    for _ in range(400):
        a = draw(generator)
        low, high = function(a, bits)
        true = reference(ball(a))
        if low == high:
            assert true.contains(ball(low)), a
            continue
        assert not true < ball(low), a
        assert not true > ball(high), a
        width = ball(high) - ball(low)
        assert width <= abs(true) / 2 ** (bits - 2) or width <= arb(2) ** (1 - bits), a


def test_exact_values() -> None:
    assert functions.exp(ZERO, 20) == (ONE, ONE)
    assert functions.log(ONE, 20) == (ZERO, ZERO)
    assert functions.log((4, -2), 20) == (ZERO, ZERO)
    assert functions.arctan(ZERO, 20) == (ZERO, ZERO)
    assert functions.arccos(ONE, 20) == (ZERO, ZERO)
    assert functions.sin_cos(ZERO, 20) == ((ZERO, ZERO), (ONE, ONE))


def test_exponentials_out_of_range() -> None:
    assert functions.exp((1, 20), 20) == ((1, LARGEST), None)
    assert functions.exp((-1, 20), 20) == (ZERO, (1, -LARGEST))


@pytest.mark.parametrize("scale", [24, 40, 100, 1000])
def test_constants(scale: int) -> None:
    for function, true in ((functions.pi, arb.pi()), (functions.log_two, arb(2).log())):
        low, high = function(scale)
        assert high - low <= 2
        scaled = true * arb(2) ** scale
        assert not scaled < low
        assert not scaled > high
