"""LaTeX is read back by the reader of the derivations, which shares nothing with the printer."""

from __future__ import annotations

from fractions import Fraction

import mpmath
import pytest
import sympy

from relucert.certify.language.parse import parse_claim
from relucert.certify.language.to_latex import expression_latex, name_latex, to_latex
from relucert.certify.language.to_sympy import symbols
from relucert.symbolic.printers.parse_latex import parse_latex
from tests.certify.language.values import expression_values

POINT = {"x": Fraction(3, 7), "t": Fraction(2, 5)}
RANGES = ["x, t in (0, 1)"]


@pytest.mark.parametrize(
    "text",
    [
        "x + t - 2*x*t",
        "2*3*t*4/5 - x*7",
        "x - (t - 1) + (x - t)*-3",
        "-x^2 - (-x)^2 + x^-2*t",
        "(x + t)^3*(x/t)^2 + 2^t",
        "1/3*t - x*(1/7) - -2/3",
        "sqrt(x)^3 + sqrt(x + t)*x^(-1/2)",
        "exp(x*t)^2 - exp(2) + e^(x/2)",
        "sin(x)^2*cos(t)^-1 + sin(x)^-2 + cos(x*t)",
        "log(t)^2 + atan(x)*acos(t)^2",
        "abs(x - t)^3*max(x, min(t, 1/4))",
        "G(x)/(2*pi) + tanh(t)",
        "x/t/2 - x/(t/2) + x*(t*2)",
        "loss_A(3, x, t)",
    ],
)
def test_what_is_printed_has_the_same_value(text: str) -> None:
    claim = parse_claim(f"{text} + x*t > 7", RANGES)
    place = claim.formulas[claim.conclusion][2]
    names = symbols(claim)
    read = parse_latex(expression_latex(claim, place), names)
    value = read.subs({name: sympy.Rational(str(POINT[name.name])) for name in names})
    expected = expression_values(claim, POINT)[place]
    with mpmath.workdps(40):
        expected = mpmath.mpf(expected.numerator) / expected.denominator if isinstance(expected, Fraction) else expected
        assert abs(sympy.N(value, 40)._to_mpmath(140) - expected) < mpmath.mpf(10) ** -30


def latex(text: str, ranges: str = "x, t real") -> str:
    return to_latex(parse_claim(text, [ranges])).conclusion


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x >= 0 or not t < 1 and x != t", r"x \geq 0 \vee \neg \left( t < 1 \right) \wedge x \neq t"),
        ("(x > 0 or t > 0) and x = t", r"\left( x > 0 \vee t > 0 \right) \wedge x = t"),
        ("0 < x <= t", r"0 < x \leq t"),
        ("x/t*2 <= -1/3", r"\frac{x}{t} \cdot 2 \leq -\frac{1}{3}"),
        ("x + t > 1/3", r"x + t > \frac{1}{3}"),
        ("sqrt(x) > t*(x + 1)", r"t \left( x + 1 \right) < \sqrt{x}"),
        ("cbrt(x)^2 > root(t, 5)", r"\sqrt[5]{t} < \left( \sqrt[3]{x} \right)^{2}"),
        ("exp(x) > abs(t)", r"\left\lvert t \right\rvert < \mathrm{e}^{x}"),
    ],
)
def test_pieces(text: str, expected: str) -> None:
    assert latex(text) == expected


def test_ranges() -> None:
    ranges = ["theta in [0, pi)", "x1 in (-inf, 1/2]", "k in 2..10", "n >= 1 integer", "y real"]
    printed = to_latex(parse_claim("theta + x1 + k + n + y > 0", ranges))
    assert printed.ranges == (
        r"\theta \in [0, \pi)",
        r"x_{1} \in (-\infty, \frac{1}{2}]",
        r"k \in \{2, \dots, 10\}",
        r"n \in [1, \infty) \cap \mathbb{Z}",
        r"y \in (-\infty, \infty)",
    )


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("x", "x"),
        ("theta", r"\theta"),
        ("theta_0", r"\theta_{0}"),
        ("x12", "x_{12}"),
        ("w_star", r"w_{\mathit{star}}"),
        ("w_1_2", "w_{1, 2}"),
        ("phi_alpha", r"\phi_{\alpha}"),
        ("loss", r"\mathit{loss}"),
        ("epsilon", r"\varepsilon"),
        ("_x", r"\mathit{\_x}"),
        ("a1b", r"\mathit{a1b}"),
    ],
)
def test_names(name: str, expected: str) -> None:
    assert name_latex(name) == expected


def test_names_that_look_alike_are_written_in_full() -> None:
    assert latex("x1 < x_1 + y", "x1, x_1, y real") == r"\mathit{x1} < \mathit{x\_1} + y"


def test_long_claims_are_printed_with_definitions() -> None:
    printed = to_latex(parse_claim("G(" * 20 + "t" + ")" * 20 + " >= 0", ["t in [0, pi]"]))
    assert printed.definitions[0] == r"u_{1} = \left( \pi - t \right) \cos\left( t \right) + \sin\left( t \right)"
    assert len(printed.definitions) == 19
