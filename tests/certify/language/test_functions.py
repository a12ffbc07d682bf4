"""Functions and powers: values against mpmath, nodes where the form matters, and where they are not defined."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import mpmath
import pytest

from relucert.certify.formula import RealFormula
from relucert.certify.language.errors import LanguageError
from relucert.certify.language.functions import BUILT_IN, CONSTANTS
from relucert.certify.language.parse import parse_claim
from relucert.certify.language.to_text import expression_text
from tests.certify.language.values import DIGITS, expression_values

POINTS = {"x": Fraction(3, 7), "y": Fraction(-5, 4)}


def left(text: str) -> tuple[RealFormula, int]:
    """A claim about an expression, and where that is."""
    names = [name for name in "xy" if name in text.replace("exp", "").replace("max", "")]
    claim = parse_claim(f"{text} != 12345", [f"{name} real" for name in names])
    return claim, claim.formulas[claim.conclusion][1]


def value(text: str, x: Any = POINTS["x"], y: Any = POINTS["y"]) -> Any:
    claim, place = left(text)
    return expression_values(claim, {"x": Fraction(x), "y": Fraction(y)})[place]


def refused(text: str) -> str:
    with pytest.raises(LanguageError) as caught:
        left(text)
    return str(caught.value)


REFERENCES: dict[str, Any] = {
    "sqrt(x)": lambda x, y: mpmath.sqrt(x),
    "cbrt(y)": lambda x, y: -mpmath.cbrt(-y),
    "root(x, 5)": lambda x, y: mpmath.root(x, 5),
    "exp(y)": lambda x, y: mpmath.exp(y),
    "log(x)": lambda x, y: mpmath.log(x),
    "ln(x)": lambda x, y: mpmath.log(x),
    "sin(y)": lambda x, y: mpmath.sin(y),
    "cos(y)": lambda x, y: mpmath.cos(y),
    "tan(y)": lambda x, y: mpmath.tan(y),
    "asin(x)": lambda x, y: mpmath.asin(x),
    "arcsin(-x)": lambda x, y: mpmath.asin(-x),
    "acos(-x)": lambda x, y: mpmath.acos(-x),
    "arccos(x)": lambda x, y: mpmath.acos(x),
    "atan(y)": lambda x, y: mpmath.atan(y),
    "arctan(y)": lambda x, y: mpmath.atan(y),
    "sinh(y)": lambda x, y: mpmath.sinh(y),
    "cosh(y)": lambda x, y: mpmath.cosh(y),
    "tanh(y)": lambda x, y: mpmath.tanh(y),
    "abs(y)": lambda x, y: abs(y),
    "min(x, y)": lambda x, y: min(x, y),
    "max(x, y, 1/2)": lambda x, y: mpmath.mpf(1) / 2,
    "relu(y)": lambda x, y: 0,
    "relu(x)": lambda x, y: x,
    "pi": lambda x, y: mpmath.pi,
    "e": lambda x, y: mpmath.e,
    "x^y": lambda x, y: x**y,
    "x^pi": lambda x, y: x**mpmath.pi,
    "e^y": lambda x, y: mpmath.exp(y),
    "2^y": lambda x, y: mpmath.mpf(2) ** y,
    "x^(2/3)": lambda x, y: x ** (mpmath.mpf(2) / 3),
    "x^0.75": lambda x, y: x ** (mpmath.mpf(3) / 4),
    "x^(-1/2)": lambda x, y: 1 / mpmath.sqrt(x),
    "y^-3": lambda x, y: y**-3,
    "y^(2/3)": lambda x, y: mpmath.cbrt(-y) ** 2,
    "y^(-1/3)": lambda x, y: -1 / mpmath.cbrt(-y),
}


@pytest.mark.parametrize("text", REFERENCES)
def test_values(text: str) -> None:
    with mpmath.workdps(DIGITS):
        x, y = (mpmath.mpf(v.numerator) / v.denominator for v in POINTS.values())
        found = value(text)
        number = mpmath.mpf(found.numerator) / found.denominator if isinstance(found, Fraction) else found
        assert abs(number - REFERENCES[text](x, y)) < mpmath.mpf(10) ** (5 - DIGITS)


def test_every_function_has_a_reference() -> None:
    assert {text.partition("(")[0] for text in REFERENCES} >= {*BUILT_IN, *CONSTANTS}


@pytest.mark.parametrize(
    ("text", "x", "defined"),
    [
        ("sqrt(x)", 0, True),
        ("sqrt(x)", -1, False),
        ("x^(3/2)", -1, False),
        ("x^(3/2)", 0, True),
        ("x^(2/4)", -1, False),
        ("x^(2/6)", -1, True),
        ("cbrt(x)", -8, True),
        ("root(x, 4)", -1, False),
        ("x^0", 0, True),
        ("x^-1", 0, False),
        ("x^(-1/3)", 0, False),
        ("x^pi", 0, False),
        ("x^pi", -1, False),
        ("2^x", -1, True),
        ("e^x", -1, True),
        ("log(x)", 0, False),
        ("asin(x)", 1, True),
        ("asin(x)", Fraction(11, 10), False),
        ("1/x", 0, False),
        ("0*log(x)", 0, False),
        ("log(x) - log(x)", 0, False),
        ("tanh(x)", 0, True),
    ],
)
def test_where_functions_are_defined(text: str, x: Any, defined: bool) -> None:
    assert (value(text, x=x) is not None) is defined


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x^3", "x^3"),
        ("x^(4/2)", "x^2"),
        ("x^(2/3)", "cbrt(x)^2"),
        ("x^0.5", "sqrt(x)"),
        ("x^(-5/7)", "root(x, 7)^(-5)"),
        ("x^y", "exp(y*log(x))"),
        ("e^(x/2)", "exp(x/2)"),
        ("e^2", "exp(2)"),
        ("tanh(x)", "1 - 2/(exp(2*x) + 1)"),
        ("relu(x)", "max(0, x)"),
        ("max(x, y, 2)", "max(max(x, y), 2)"),
        ("2*3 + 4/8 - 2^-3", "51/8"),
        ("2/3*x", "2/3*x"),
        ("1e-3", "1/1000"),
        ("-2^2", "-4"),
        ("(2/3)^-2", "9/4"),
        ("2^10^2", str(2**100)),
        ("sqrt(4)", "sqrt(4)"),
        ("x*1 + 0", "x*1 + 0"),
    ],
)
def test_forms(text: str, expected: str) -> None:
    assert expression_text(*left(text)) == expected


def test_large_numbers_stay_unevaluated() -> None:
    claim, place = left("(10^1000)^1000")
    assert claim.nodes[place] == ("power", place - 1, 1000)
    claim, place = left("1e900*1e900*1e900")
    assert claim.nodes[place][0] == "mul"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1/0", "division by zero (conclusion, column 2): remove it: it has no value"),
        ("x/(1 - 1)", "division by zero (conclusion, column 2): remove it: it has no value"),
        ("0^-1", "zero has no negative power (conclusion, column 2): remove it: it has no value"),
        ("sqrt(-1)", "an even root of a negative number (conclusion, column 1): remove it: it is not real"),
        ("log(0)", "a logarithm of a number that is not positive (conclusion, column 1): remove it: it is not real"),
        (
            "acos(1.5)",
            "an arc cosine or arc sine of a number beyond 1 (conclusion, column 1): remove it: it is not real",
        ),
        ("root(x, y)", "the degree of a root is a whole number (conclusion, column 1): write root(x, 5), or x^(1/n)"),
        ("root(x, 1)", "there is no root of degree 1 (conclusion, column 1): take one from 2 to 1000"),
        ("x^1001", "the exponent 1001 is beyond 1000 (conclusion, column 2): write a power of a power"),
        ("x^(1/1001)", "there is no root of degree 1001 (conclusion, column 2): take one from 2 to 1000"),
        ("sin(x, y)", "sin takes 1 argument, not 2 (conclusion, column 1)"),
        ("max(x)", "max takes 2 or more arguments, not 1 (conclusion, column 1)"),
        ("root(x)", "root takes 2 arguments, not 1 (conclusion, column 1)"),
    ],
)
def test_what_is_refused(text: str, expected: str) -> None:
    assert refused(text) == expected
