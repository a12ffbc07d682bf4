"""Formulas that the algebra proves to be zero, and near misses that it must not."""

from __future__ import annotations

import pytest
from sympy import Abs, Derivative, Expr, Rational, acos, cos, pi, sin, sqrt, symbols, tan

from relucert.symbolic.expressions import G, leaky_relu, normal_cdf, normal_pdf, relu, step
from relucert.symbolic.zero import is_zero

x, y, t = symbols("x y t", real=True)
p = symbols("p", positive=True)

ZERO = {
    "circle": sin(t) ** 4 - cos(t) ** 4 + cos(2 * t),
    "tangent": tan(t) * cos(t) - sin(t),
    "root in a denominator": 1 / sqrt(x**2 + y**2) - sqrt(x**2 + y**2) / (x**2 + y**2),
    "nested roots": sqrt(1 + sqrt(1 + x**2)) ** 4 - 2 - 2 * sqrt(1 + x**2) - x**2,
    "odd arc": acos(-x) - pi + acos(x),
    "ramp and step": relu(x) - x * step(x),
    "powers of a step": step(x) ** 4 - step(x) ** 3,
    "both ramps": relu(p * x) - relu(-p * x) - p * x,
    "leaky ramp": leaky_relu(x, p) - p * x - (1 - p) * relu(x),
    "modulus": Abs(x * y) ** 2 - x**2 * y**2,
    "angular part": Derivative(G(t), t) + (pi - t) * sin(t),
    "normal law": Derivative(normal_cdf(2 * t), t) - 2 * normal_pdf(2 * t),
}


@pytest.mark.parametrize("name", ZERO)
def test_zero(name: str) -> None:
    assert is_zero(ZERO[name])


@pytest.mark.parametrize("name", ZERO)
def test_a_term_more_is_not_zero(name: str) -> None:
    assert not is_zero(ZERO[name] + Rational(1, 10**12) * x)


@pytest.mark.parametrize(
    "expression",
    [
        sqrt(x**2 + y**2) - x - y,
        sin(t) ** 2 - cos(t) ** 2 + 1,
        step(x) + step(-x) - 1,  # at x = 0
        relu(x) + relu(-x),
        sqrt(x**2) - x,
        acos(x) + acos(y),
        (x - y) / (x**2 - y**2 - (x - y) * (x + y)),  # it divides by zero
    ],
)
def test_not_zero(expression: Expr) -> None:
    assert not is_zero(expression)
