"""Derivatives of several expressions on a box, against those by hand."""

from __future__ import annotations

from fractions import Fraction

import pytest

from relucert.certify.check.real.dyadic import less
from relucert.certify.check.real.interval import Arithmetic, Interval, is_zero
from relucert.certify.check.real.jacobian import System
from relucert.certify.language.parse import parse_claim

ARITHMETIC = Arithmetic(80)


def system(*texts: str) -> System:
    """The left sides of equations f = 0 in x and y, which lie anywhere."""
    conclusion = " or ".join(f"{text} != 0" for text in texts)
    claim = parse_claim(conclusion, ["x in (-inf, inf)", "y in (-inf, inf)"])
    places = [formula[1] for formula in claim.formulas if formula[0] == "!="]
    return System(claim.nodes, places, ARITHMETIC)


def between(low: str, high: str) -> Interval:
    a, b = ARITHMETIC.rational(Fraction(low)), ARITHMETIC.rational(Fraction(high))
    return Interval(a.low, b.high, False, False)


def holds(box: Interval, value: Fraction) -> bool:
    x = ARITHMETIC.rational(value)
    assert None not in (box.low, box.high, x.low, x.high)
    return not less(x.low, box.low) and not less(box.high, x.high)  # type: ignore[arg-type]


def test_derivatives_by_hand() -> None:
    matrix = system("x^2*y + 3*x", "x/y").jacobian([between("2", "2"), between("4", "4")])
    by_hand = [[19, 4], [Fraction(1, 4), Fraction(-1, 8)]]  # 2xy + 3, x^2; 1/y, -x/y^2
    assert all(holds(matrix[i][j], Fraction(by_hand[i][j])) for i in (0, 1) for j in (0, 1))
    assert not holds(matrix[0][0], Fraction(20))


def test_a_variable_that_does_not_occur() -> None:
    matrix = system("sin(x)", "y").jacobian([between("0", "1"), between("0", "1")])
    assert is_zero(matrix[0][1])
    assert is_zero(matrix[1][0])


def test_mean_value_is_narrower_than_the_values() -> None:
    box = [between("0.9", "1.1"), between("0.9", "1.1")]
    pair = system("x*y - x", "x + y")
    centre = [between("1", "1"), between("1", "1")]
    assert holds(pair.values(box)[0], Fraction(-28, 100))  # 0.81 - 1.1 = -0.29 without the mean value theorem
    refined = pair.mean_value(box, centre)
    assert not holds(refined[0], Fraction(-28, 100))
    assert holds(refined[0], Fraction(11, 100))  # taken at the corner (1.1, 1.1)
    assert holds(refined[1], Fraction(22, 10))


def test_no_derivative_where_the_sign_is_not_known() -> None:
    with pytest.raises(ArithmeticError):
        system("abs(x)", "y").jacobian([between("-1", "1"), between("0", "1")])
