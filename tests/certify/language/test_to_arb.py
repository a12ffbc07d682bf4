"""Balls of python-flint: they contain the values, and say of formulas only what is so."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import mpmath
import pytest
from flint import arb, fmpq
from hypothesis import assume, given
from hypothesis import strategies as st

from relucert.certify.language.errors import LanguageError
from relucert.certify.language.parse import parse_claim
from relucert.certify.language.to_arb import arb_function, arb_truth
from tests.certify.language.texts import NAMES, RANGES, expressions, formulas
from tests.certify.language.values import expression_values, truths

numbers = st.fractions(-3, 3, max_denominator=7)
boxes = st.fixed_dictionaries({name: st.tuples(numbers, st.fractions(0, 1, max_denominator=9)) for name in NAMES})
positions = st.fixed_dictionaries({name: st.fractions(-1, 1, max_denominator=5) for name in NAMES})


def ball(middle: Fraction, radius: Fraction = Fraction(0)) -> Any:
    low, high = (fmpq(number.numerator, number.denominator) for number in (middle - radius, middle + radius))
    return arb(low).union(arb(high))


@given(expressions, boxes, positions)
def test_balls_contain_the_values(text: str, box: Any, position: dict[str, Fraction]) -> None:
    try:
        claim = parse_claim(f"{text} = 12345 or a = b = c", RANGES)
    except LanguageError:  # a constant that has no value
        assume(False)
    place = claim.formulas[0][1]
    found = arb_function(claim, place)([ball(*box[name]) for name in NAMES])
    point = {name: box[name][0] + position[name] * box[name][1] for name in NAMES}
    expected = expression_values(claim, point)[place]
    if expected is None:
        assert found.is_nan()
    elif not found.is_nan():
        assert found.overlaps(ball(expected) if isinstance(expected, Fraction) else _near(expected))


def _near(number: Any) -> Any:
    """A ball round a number that is known to 40 digits."""
    with mpmath.workdps(50):
        return arb(mpmath.nstr(number, 45)) * arb(1, 1e-30) + arb(0, 1e-35)


@given(formulas, boxes, positions)
def test_truths(text: str, box: Any, position: dict[str, Fraction]) -> None:
    try:
        claim = parse_claim(f"({text}) or a = b = c", RANGES)
    except LanguageError:
        assume(False)
    found = arb_truth(claim, claim.conclusion)([ball(*box[name]) for name in NAMES])
    point = {name: box[name][0] + position[name] * box[name][1] for name in NAMES}
    expected = truths(claim, point)[claim.conclusion]
    assert found is None or found is expected


def test_values_are_tight_at_points() -> None:
    claim = parse_claim("sin(t) + (pi - t)*cos(t) + cbrt(-t) + t^0 > root(t, 4)", ["t in [0, pi]"])
    for place in claim.formulas[0][1:]:
        value = arb_function(claim, place, bits=200)([arb(1)])
        assert value.is_finite()
        assert value.rel_accuracy_bits() > 180
    assert arb_truth(claim, claim.conclusion)([arb(1)]) is True
    assert arb_truth(claim, claim.conclusion)([arb(4)]) is False
    assert arb_truth(claim, claim.conclusion)([arb(2, 2)]) is None


@pytest.mark.parametrize(
    ("text", "number", "expected"),
    [
        ("cbrt(x) = 0", 0, True),
        ("sqrt(x) = 0", 0, True),
        ("cbrt(x) < -1", -8, True),
        ("x^0 = 1", 0, True),
        ("log(x)^0 = 1", 0, None),
        ("sqrt(x) >= 0", -1, None),
        ("not sqrt(x) >= 0", -1, None),
        ("x < 0 or sqrt(x) >= 0", -1, True),
        ("x > 0 and sqrt(x) >= 0", -1, False),
        ("min(x, log(x)) < 5", 0, None),
        ("x != 0", 0, False),
    ],
)
def test_where_it_is_undefined(text: str, number: int, expected: bool | None) -> None:
    claim = parse_claim(text, ["x real"])
    assert arb_truth(claim, claim.conclusion)([arb(number)]) is expected
