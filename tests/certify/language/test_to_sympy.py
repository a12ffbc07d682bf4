"""SymPy: the same values and truths at random points; sums of many terms in one step."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import mpmath
import pytest
import sympy
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from relucert.certify.language.errors import LanguageError
from relucert.certify.language.parse import parse_claim
from relucert.certify.language.to_sympy import expression_sympy, formula_sympy, symbols, to_sympy
from tests.certify.language.texts import NAMES, RANGES, expressions
from tests.certify.language.values import expression_values, truths

numbers = st.fractions(-3, 3, max_denominator=7)
points = st.fixed_dictionaries({name: numbers for name in NAMES})


def at(expression: Any, claim: Any, point: dict[str, Fraction]) -> Any:
    return expression.subs({name: sympy.Rational(str(point[name.name])) for name in symbols(claim)})


@settings(max_examples=60, deadline=None)
@given(expressions, points)
def test_values(text: str, point: dict[str, Fraction]) -> None:
    try:
        claim = parse_claim(f"{text} = 12345 or a = b = c", RANGES)
    except LanguageError:  # a constant that has no value
        assume(False)
    place = claim.formulas[0][1]
    expected = expression_values(claim, point)[place]
    assume(expected is not None and abs(expected) < 10**9)
    found = sympy.N(at(expression_sympy(claim, place), claim, point), 30)
    with mpmath.workdps(40):
        expected = mpmath.mpf(expected.numerator) / expected.denominator if isinstance(expected, Fraction) else expected
        # where numbers are beyond what floats hold, or cancel, SymPy tells less
        assume(found.is_number and abs(expected) > mpmath.mpf(10) ** -10)
        assert abs(sympy.re(found)._to_mpmath(140) / expected - 1) < mpmath.mpf(10) ** -15


@pytest.mark.parametrize(
    "text",
    [
        "a < b and not (b <= c) or a != c",
        "a < b => b < c",
        "a = b or a > c and min(a, b) < c",
        "0 <= a < b",
        "a^2*b < sqrt(abs(c))",
        "cbrt(a) < 0 and a^(2/3) > 0",
    ],
)
@given(point=points)
def test_truths(text: str, point: dict[str, Fraction]) -> None:
    claim = parse_claim(f"({text}) and (a + b + c < 100)", RANGES)
    expected = truths(claim, point)[claim.conclusion]
    assert bool(at(formula_sympy(claim, claim.conclusion), claim, point)) is expected


def test_a_whole_claim() -> None:
    claim = parse_claim("x*k > 0", ["x in (0, pi]", "k >= 1 integer"], ["x != k"])
    x, k = symbols(claim)
    assert (x.is_real, k.is_integer, x.is_integer) == (True, True, None)
    expected = sympy.Implies(sympy.And(x > 0, x <= sympy.pi, k >= 1, sympy.Ne(x, k)), k * x > 0)
    assert to_sympy(claim) == expected
    vacuous = parse_claim("x > 0", ["x in [0, 1]"], ["x > 2"], assertion="vacuous")
    (x,) = symbols(vacuous)
    assert to_sympy(vacuous) == sympy.Not(sympy.And(x >= 0, x <= 1, x > 2))


def test_roots_of_negative_numbers_are_real() -> None:
    claim = parse_claim("cbrt(x) < 1", ["x real"])
    root = expression_sympy(claim, claim.formulas[0][1])
    assert root.subs(symbols(claim)[0], -8) == -2


def test_large_sums_and_products() -> None:
    many = 5000
    terms = " + ".join(f"{n}*x" if n % 3 else f"(-{n})*y - x" for n in range(many))
    claim = parse_claim(f"{terms} > x*y" + "*(x + 1)" * 500, ["x, y real"])
    left, right = (expression_sympy(claim, place) for place in claim.formulas[0][:0:-1])
    x, y = symbols(claim)
    divisible = range(0, many, 3)
    assert left == (sum(range(many)) - sum(divisible) - len(divisible)) * x - sum(divisible) * y
    assert right == x * y * (x + 1) ** 500
