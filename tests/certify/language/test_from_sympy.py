"""SymPy to the language and back."""

from __future__ import annotations

import pytest
import sympy
from sympy import Abs, Eq, Max, Min, Ne, Rational, acos, atan, cos, exp, log, pi, sin, sqrt, tan, tanh

from relucert.certify.language.from_sympy import from_sympy
from relucert.certify.language.parse import parse_claim
from relucert.certify.language.to_sympy import expression_sympy, formula_sympy

x, y = sympy.symbols("x y", real=True)


@pytest.mark.parametrize(
    "expression",
    [
        x + y - 2 * x * y,
        -(x**2) / 3 + (-x) ** 3 - 1 / y,
        x ** Rational(-3, 2) + sqrt(y) / sqrt(x),
        (x + y) ** (x - y) * 2**x,
        sin(x) ** 2 + cos(y) / tan(x) - acos(x / 5) * atan(y),
        exp(-x) + log(y) - sympy.E * pi,
        Abs(x - y) + Max(x, y, 1) - Min(x, 2),
        tanh(x) + sympy.sinh(y) * sympy.cosh(x) + sympy.asin(y / 9),
        Rational(7, 3) - x / Rational(7, 3),
    ],
)
def test_expressions(expression: sympy.Expr) -> None:
    names = [name for name in (x, y) if name in expression.free_symbols]
    claim = parse_claim(f"{from_sympy(expression)} < 777", [f"{name} real" for name in names])
    back = expression_sympy(claim, claim.formulas[0][1])
    point = {x: Rational(3, 4), y: Rational(5, 3)}
    assert abs(sympy.N(back.subs(point) - expression.subs(point), 40)) < sympy.Float("1e-30", 40)


@pytest.mark.parametrize(
    "formula",
    [x < y, x >= 1, Eq(x, y), Ne(x, y), (x < y) & (y < 1), (x < y) | ((y < 1) & (x > -1)), (x < y) & ~Eq(y, 1)],
)
def test_formulas(formula: sympy.Basic) -> None:
    claim = parse_claim(from_sympy(formula), ["x real", "y real"][: len(formula.free_symbols)])
    assert formula_sympy(claim, claim.conclusion) == formula


def test_further_functions_are_calls() -> None:
    g = sympy.Function("G")
    assert from_sympy(g(x) / pi, functions=("G",)) == "G(x)/pi"


@pytest.mark.parametrize(
    "expression",
    [
        sympy.gamma(x),
        sympy.Function("f")(x),
        sympy.Integral(x, (x, 0, y)),
        sympy.oo,
        x + sympy.I,
        sympy.Symbol("e") + 1,
        sympy.Symbol("x'"),
        sympy.Float("0.1") * x,
        sympy.Piecewise((x, x > 0), (y, True)),
    ],
)
def test_what_the_language_has_no_word_for(expression: sympy.Basic) -> None:
    with pytest.raises(ValueError, match=r"^there is no word for"):
        from_sympy(expression)
