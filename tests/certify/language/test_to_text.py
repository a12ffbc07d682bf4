"""Printed claims are read back to the same claim, with as few brackets as the grammar needs."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relucert.certify.formula import RealFormula, Variable
from relucert.certify.language.errors import LanguageError
from relucert.certify.language.layout import Printed, PrintError
from relucert.certify.language.parse import parse_claim
from relucert.certify.language.to_text import expression_text, to_text
from tests.certify.language.texts import RANGES, formulas
from tests.certify.language.values import truths


def read(text: Printed) -> RealFormula:
    return parse_claim(text.conclusion, text.ranges, text.where, text.definitions, assertion=text.assertion)


@pytest.mark.parametrize(
    "text",
    [
        "x + y - 2*x*y >= 0",
        "x - (y - 1) < x + (y - 1)",
        "x/y/2 != x/(y/2)",
        "x*(y*2) = x*y*2",
        "-x^2 <= (-x)^2",
        "-x*y < (-x)*y",
        "x - -y^(-2) < 1",
        "x^2^3 = (x^2)^3",
        "1/3*x < x*(1/3)",
        "-1/3 < x + (-1/3)",
        "2/(3*x) < (-2)*x",
        "sqrt(x) + cbrt(y) + root(x, 5) < sqrt(x)^3",
        "min(x, y) <= max(min(x, 1), abs(y))",
        "exp(x) + log(y) + sin(x) + cos(y) + arctan(x) + arccos(y) > pi",
        "0 < x <= y",
        "0 < x <= y and y < 1",
        "x < 0 or y < 0 and x = y",
        "(x < 0 or y < 0) and x = y",
        "x < 0 and (y < 0 and x = y)",
        "not (x < 0) or not (not (y != 0))",
        "not (x < 0 and y < 0)",
    ],
)
def test_what_is_printed_is_read_back(text: str) -> None:
    claim = parse_claim(text, ["x real", "y real"][: 1 + ("y" in text)])
    printed = to_text(claim)
    assert read(printed) == claim
    assert printed.definitions == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("((x)) + ((y)) >= (0)", "x + y >= 0"),
        ("0 <= x + y", "x + y >= 0"),
        ("x < 1 => y > 0", "not (x < 1) or y > 0"),
        ("x-(-y)", "x - (-y) > 0"),
        ("-(-x)", "-(-x) > 0"),
        ("(x*y)/2", "x*y/2 > 0"),
        ("(x^2)*y^-1", "x^2*y^(-1) > 0"),
        ("0.125*x", "1/8*x > 0"),
        ("x*0.125", "x*(1/8) > 0"),
        ("1 < 2 or x < y", "1 < 2 or x < y"),
    ],
)
def test_brackets_are_few(text: str, expected: str) -> None:
    claim = parse_claim(
        text if "<" in text or "=" in text else f"{text} > 0", ["x real", "y real"][: 1 + ("y" in text)]
    )
    assert to_text(claim).conclusion == expected


def test_one_expression() -> None:
    claim = parse_claim("x*(x + 1) > 0", ["x real"])
    assert [expression_text(claim, place) for place in range(5)] == ["0", "x", "1", "x + 1", "x*(x + 1)"]


def test_ranges_and_conditions() -> None:
    ranges = ("t in [0, pi)", "x in (-inf, 1/2]", "k in 2..10", "n in (0, inf) integer", "u in (-inf, inf)")
    claim = parse_claim("t + x + k + n + u > 0", ranges, ["0 < x < 1", "t != x"], assertion="vacuous")
    printed = to_text(claim)
    assert printed.ranges == ranges
    assert printed.where == ("x > 0", "x < 1", "t != x")
    assert printed.assertion == "vacuous"
    assert read(printed) == claim


@given(formulas, st.lists(formulas, max_size=2))
def test_every_claim_is_read_back(conclusion: str, where: list[str]) -> None:
    try:
        claim = parse_claim(f"({conclusion}) or a = b = c", RANGES, where)
    except LanguageError:  # a constant that has no value
        return
    assert read(to_text(claim)) == claim


@given(formulas)
def test_definitions_change_nothing(conclusion: str) -> None:
    # made long, so that parts get names
    try:
        claim = parse_claim(f"f(a) = 1 or f(a)^2 < 3 or ({conclusion}) or a = b = c", RANGES, [],
                            ["f(a) = " + "arctan(" * 200 + "a + b" + ")" * 200])  # fmt: skip
    except LanguageError:
        return
    printed = to_text(claim)
    assert printed.definitions
    assert read(printed) == claim


def test_long_claims_are_printed_with_definitions() -> None:
    nested = "G(" * 40 + "t" + ")" * 40
    claim = parse_claim(f"{nested} >= 0", ["t in [0, pi]", "u1 real"], ["u1 = 0"])
    printed = to_text(claim)
    assert printed.definitions[:2] == ("u2 = (pi - t)*cos(t) + sin(t)", "u3 = (pi - u2)*cos(u2) + sin(u2)")
    assert read(printed) == claim
    assert sum(map(len, printed.definitions)) < 3000


def test_repeated_formulas_are_defined_too() -> None:
    definitions = ["f0 = x < y", *(f"f{n} = (f{n - 1} and not f{n - 1})" for n in range(1, 40))]
    claim = parse_claim("f39", ["x, y real"], [], definitions)
    printed = to_text(claim)
    assert any("and not" in text for text in printed.definitions)
    assert read(printed) == claim


def test_a_claim_from_elsewhere_keeps_its_meaning() -> None:
    half, third = ("rational", Fraction(1, 2)), ("rational", Fraction(-1, 3))
    nodes = (half, third, ("add", 0, 1), ("variable", 0), ("power", 2, -2), ("neg", 1), ("mul", 4, 3), ("sub", 6, 5))
    claim = RealFormula("holds", (Variable("x", None, None, True, True, False),), nodes, (("<", 7, 0),), None, 0)
    again = read(to_text(claim))
    assert to_text(claim).conclusion == "(1/2 + (-1/3))^(-2)*x - (-(-1/3)) < 1/2"
    for number in (Fraction(1, 200), Fraction(1, 200) + Fraction(1, 10**9), Fraction(3)):
        assert truths(claim, {"x": number}) == truths(again, {"x": number})


def test_too_long_a_text_is_refused() -> None:
    claim = parse_claim(" + ".join(f"x/{n}e900" for n in range(1, 1200)) + " > 0", ["x real"])
    with pytest.raises(PrintError, match="the claim takes more than 1000000 characters"):
        to_text(claim)


def test_deep_claims() -> None:
    claim = parse_claim("sin(" * 20_000 + "x" + ")" * 20_000 + " > 0" + " + x" * 20_000, ["x real"])
    assert read(to_text(claim)) == claim
