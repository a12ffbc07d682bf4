"""Rational functions modulo the squares of their symbols."""

from __future__ import annotations

import pytest
from sympy import QQ, Expr, Rational, symbols
from sympy.polys.orderings import lex
from sympy.polys.rings import PolyRing

from relucert.symbolic.rational import Relation, quotient, vanishes

a, b, c, r, s = symbols("a b c r s")
ROOT = (r, a**2 + b**2)
NESTED = (s, r + a / b)  # a radicand with an earlier root and a denominator
STEP = (c, c)


@pytest.mark.parametrize(
    ("expression", "relations"),
    [
        (a / (a + b) + b / (a + b) - 1, []),
        (1 / a - 1 / b - (b - a) / (a * b), []),
        ((a + b) ** 3 / (2 * a + 2 * b) - (a**2 + 2 * a * b + b**2) / 2, []),
        (1 / (r - a) - (r + a) / b**2, [ROOT]),
        (r**5 - r * (a**2 + b**2) ** 2, [ROOT]),
        (1 / r - r / (a**2 + b**2), [ROOT]),
        (s**4 - r**2 - 2 * r * a / b - a**2 / b**2, [ROOT, NESTED]),
        (c**5 - c, [STEP]),
        (Rational(1, 3) - Rational(1, 3) * a / a, []),
    ],
)
def test_zero(expression: Expr, relations: list[Relation]) -> None:
    assert vanishes(expression, relations)


@pytest.mark.parametrize(
    ("expression", "relations"),
    [
        (a / (a + b) + b / (a - b) - 1, []),
        (r - a - b, [ROOT]),
        (r**3 - a**2 - b**2, [ROOT]),
        (s**2 - r, [ROOT, NESTED]),
        (c**2 - 1, [STEP]),
        (a - a + Rational(1, 3), []),
        ((a - b) / (a**2 - b**2 - (a - b) * (a + b)), []),  # it divides by zero
    ],
)
def test_not_zero(expression: Expr, relations: list[Relation]) -> None:
    assert not vanishes(expression, relations)


def test_denominators_are_shared() -> None:
    ring = PolyRing([a, b], QQ, lex)
    found = quotient(1 / (2 * a + 2 * b) + 1 / (3 * a**2 * (a + b)) + 1 / (a + b) ** 2, ring)
    x, y = ring.gens
    assert found.bottom == {x: 2, x + y: 2}
    assert found.top == (x**2 * (x + y) / 2) + (x + y) / 3 + x**2
