"""Fractions of normal forms: laws of fractions, branches by enclosures."""

from __future__ import annotations

import pytest

from relucert.certify.check.real.evaluate import Program
from relucert.certify.check.real.forms import Form, Forms
from relucert.certify.check.real.interval import Arithmetic, Interval
from relucert.certify.language.parse import parse_claim

RING = Forms(Arithmetic(64))
ABOVE, BELOW = Interval((1, 0), (2, 0), False, False), Interval((-2, 0), (-1, 0), False, False)


def form(text: str, *boxes: Interval) -> Form:
    """Of an expression in x and y."""
    claim = parse_claim(f"{text} >= x + y", ["x in [1, 2]", "y in [1, 2]"])
    place = claim.formulas[claim.conclusion][2]
    values = [RING.variable(i, box) for i, box in enumerate(boxes or (ABOVE, ABOVE))]
    return Program(claim.nodes, place, RING).value(values)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("x/y + y/x", "(x^2 + y^2)/(x*y)"),
        ("1/(1 + 1/x)", "x/(1 + x)"),
        ("1/(x - 3) - 1/(x + 3)", "6/(x^2 - 9)"),
        ("(1/(x + y))^2*(x + y)", "1/(x + y)"),
        ("exp(x)/exp(y)", "exp(x - y)"),
        ("sqrt(exp(2*x))", "exp(x)"),
        ("x/sqrt(x)", "sqrt(x)"),
        ("abs(x)", "x"),
        ("max(x, -y)", "x"),
        ("min(x, 3)", "x"),
        ("log(6)", "log(2) + log(3)"),
        ("log(3/4)", "log(3) - 2*log(2)"),
        ("log(17/19)", "log(17) - log(19)"),
    ],
)
def test_equal_expressions(one: str, other: str) -> None:
    assert RING.same(form(one), form(other))
    assert not RING.same(form(one), form(f"({other}) + 1"))
    assert not RING.same(form(one), form(f"2*({other})"))


def test_the_other_branch() -> None:
    assert RING.same(form("abs(x)", BELOW, ABOVE), form("-x"))
    assert RING.same(form("min(x, y)", BELOW, ABOVE), form("x"))
    assert RING.same(form("max(x, y)", BELOW, ABOVE), form("y"))


@pytest.mark.parametrize("text", ["abs(x - 3/2)", "min(x, y)", "1/(x - 1)", "1/(x - x)"])
def test_what_enclosures_do_not_tell(text: str) -> None:
    with pytest.raises(ArithmeticError):
        form(text)


def test_the_box_is_the_enclosure() -> None:
    assert form("x + y").box == Interval((2, 0), (4, 0), False, False)
    assert form("x*y").box == Interval((1, 0), (4, 0), False, False)
