"""Equal parts are one, numbers are worked out, nothing else is simplified, and claims hold only what they need."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relucert.certify.formula import RealFormula, Variable
from relucert.certify.language import builder as builder_module
from relucert.certify.language.builder import Builder
from relucert.certify.language.errors import ExpressionError, LanguageError
from relucert.certify.language.parse import parse_claim

rationals = st.fractions(max_denominator=50)


def test_equal_parts_are_one() -> None:
    b = Builder()
    x = b.node("variable", 0)
    assert b.add(x, b.function("sin", x)) == b.add(x, b.function("sin", x))
    assert len(b.nodes) == 3
    less = b.formula("<", x, b.rational(0))
    assert b.formula("not", less) == b.formula("not", less) == 1


def test_numbers_that_are_equal_are_one_part_and_kinds_are_told_apart() -> None:
    b = Builder()
    assert b.rational(Fraction(2, 4)) == b.rational(Fraction(1, 2))
    x = b.node("variable", 1)
    assert b.power(x, 2) != b.root(x, 2)


@given(rationals, rationals)
def test_arithmetic_of_numbers(p: Fraction, q: Fraction) -> None:
    b = Builder()
    x, y = b.rational(p), b.rational(q)
    assert [b.number(place) for place in (b.add(x, y), b.subtract(x, y), b.multiply(x, y), b.negative(x))] == [
        p + q, p - q, p * q, -p,
    ]  # fmt: skip
    if q:
        assert b.number(b.divide(x, y)) == p / q
        assert b.number(b.power(y, -3)) == q**-3


def test_undefined_numbers() -> None:
    b = Builder()
    zero, below = b.rational(0), b.rational(-1)
    for undefined in (
        lambda: b.divide(below, zero),
        lambda: b.power(zero, -1),
        lambda: b.root(below, 2),
        lambda: b.function("log", zero),
        lambda: b.function("arccos", b.rational(-2)),
    ):
        with pytest.raises(ExpressionError):
            undefined()
    assert b.number(b.power(zero, 0)) == 1
    assert b.nodes[b.root(below, 3)] == ("root", below, 3)


def test_constants() -> None:
    b = Builder()
    x = b.node("variable", 0)
    assert b.is_constant(b.add(b.node("pi"), b.rational(1)))
    assert not b.is_constant(b.multiply(b.rational(0), x))


def test_a_claim_holds_what_it_needs_in_the_order_of_reading() -> None:
    b = Builder()
    b.node("pi")  # nobody asks for it
    one, x = b.rational(1), b.node("variable", 0)
    end, root = b.rational(7), b.root(x, 2)
    square = b.power(x, 2)
    b.formula("<", one, x)
    conclusion = b.formula("not", b.formula("<=", square, root))
    hypothesis = b.formula("<", x, one)
    claim = b.claim("holds", [Variable("x", None, end, True, False, False)], hypothesis, conclusion)
    assert claim == RealFormula(
        "holds",
        (Variable("x", None, 0, True, False, False),),
        (("rational", Fraction(7)), ("variable", 0), ("rational", Fraction(1)), ("power", 1, 2), ("root", 1, 2)),
        (("<", 1, 2), ("<=", 3, 4), ("not", 1)),
        0,
        2,
    )


def test_the_number_of_parts_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(builder_module, "MAX_NODES", 5)
    text = "x + x^2 + x^3 + x^4 > 0"
    with pytest.raises(LanguageError, match=r"^the claim has more than 5 different parts \(conclusion, column \d+\)"):
        parse_claim(text, ["x real"])
    with pytest.raises(LanguageError, match=r"^the claim has more than 5 different parts \(conclusion\): split it"):
        parse_claim("x > 0", ["x real"], ["x > 0", "x < 0", "x != 0"])
