"""Enclosures: they hold the values, are exact where derivatives have a sign, and survive where there are none."""

from __future__ import annotations

import random
from collections.abc import Callable
from fractions import Fraction
from math import sin

import pytest

from relucert.certify.check.real.enclosure import enclosure
from relucert.certify.check.real.interval import Arithmetic, Interval
from relucert.certify.check.real.jacobian import System
from tests.certify.check.real.claims import claim

ARITHMETIC = Arithmetic(64)


def system(text: str) -> System:
    formula = claim(f"{text} >= 0", "x in [0, 4]", "y in [0, 4]", where=["x + y >= 0"])
    return System(formula.nodes, [formula.formulas[formula.conclusion][2]], ARITHMETIC)


def box(*sides: tuple[str, str]) -> list[Interval]:
    ends = [(ARITHMETIC.rational(Fraction(a)).low, ARITHMETIC.rational(Fraction(b)).high) for a, b in sides]
    return [Interval(low, high, False, False) for low, high in ends]


def bounds(x: Interval) -> tuple[float, float]:
    assert x.low is not None and x.high is not None
    return x.low[0] * 2.0 ** x.low[1], x.high[0] * 2.0 ** x.high[1]


@pytest.mark.parametrize(
    ("text", "sides", "expected"),
    [
        ("x*(4 - x) + y - y", (("0", "1"), ("0", "1")), (0.0, 3.0)),  # increasing: the ends are taken
        ("x - x*y", (("1", "2"), ("0", "1")), (0.0, 2.0)),  # the derivative 1 - y has one sign
        ("y - x*y", (("0", "1"), ("1", "2")), (0.0, 2.0)),
        ("abs(x - 1) + y - y", (("0", "2"), ("0", "0")), (0.0, 1.0)),  # no derivative: plain values
    ],
)
def test_ends_on_faces(text: str, sides: tuple[tuple[str, str], ...], expected: tuple[float, float]) -> None:
    (found,) = enclosure(system(text), box(*sides))
    assert bounds(found) == expected


def test_values_lie_inside() -> None:
    functions: dict[str, Callable[[float, float], float]] = {
        "x^3 - x*y + sin(y)": lambda x, y: x**3 - x * y + sin(y),
        "x*(x - y)^2 - 2*x": lambda x, y: x * (x - y) ** 2 - 2 * x,
    }
    generator = random.Random(1)
    for text, function in functions.items():
        compiled = system(text)
        for _ in range(20):
            corner = [Fraction(generator.randrange(0, 300), 100) for _ in range(2)]
            width = Fraction(generator.randrange(1, 100), 100)
            (found,) = enclosure(compiled, box(*((str(c), str(c + width)) for c in corner)))
            low, high = bounds(found)
            for _ in range(20):
                value = function(*(float(c) + float(width) * generator.random() for c in corner))
                assert low - 1e-12 <= value <= high + 1e-12, text


def test_undefined_expressions_are_refused() -> None:
    with pytest.raises(ArithmeticError):
        enclosure(system("1/(x - 1) + y"), box(("0", "2"), ("0", "1")))
