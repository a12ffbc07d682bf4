"""Texts to claims: what they say, their spelling in JSON, definitions, and messages for what is no claim."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relucert.certify.formula import MAX_VARIABLES, RealFormula, Variable
from relucert.certify.language import meaning
from relucert.certify.language.builder import MAX_NODES
from relucert.certify.language.errors import LanguageError
from relucert.certify.language.functions import BUILT_IN, CONSTANTS
from relucert.certify.language.parse import parse_claim
from relucert.certify.language.tokens import MAX_DIGITS, MAX_NAME, MAX_TEXT
from tests.certify.language.values import holds
from tests.house.tree import ROOT

XY = ["x, y real"]


def refused(
    conclusion: str = "x > 0",
    ranges: list[str] | None = None,
    where: tuple[str, ...] = (),
    define: tuple[str, ...] = (),
) -> str:
    with pytest.raises(LanguageError) as caught:
        parse_claim(conclusion, ["x real"] if ranges is None else ranges, where, define)
    return str(caught.value)


def test_the_whole_of_a_claim() -> None:
    claim = parse_claim("sin(t) + (pi - t)*cos(t) >= k", ["t in [0, pi)", "k >= 2 integer"], ["t > 1/3", "t != k"])
    assert claim == RealFormula(
        "holds",
        (Variable("t", 0, 1, False, True, False), Variable("k", 2, None, False, True, True)),
        (
            ("rational", Fraction(0)),
            ("pi",),
            ("rational", Fraction(2)),
            ("rational", Fraction(1, 3)),
            ("variable", 0),
            ("variable", 1),
            ("sin", 4),
            ("sub", 1, 4),
            ("cos", 4),
            ("mul", 7, 8),
            ("add", 6, 9),
        ),
        (("<", 3, 4), ("!=", 4, 5), ("and", 0, 1), ("<=", 5, 10)),
        2,
        3,
    )
    assert RealFormula.from_json(json.loads(json.dumps(claim.to_json()))) == claim


def test_assertions() -> None:
    assert parse_claim("x > 0", ["x real"], assertion="fails").assertion == "fails"
    assert parse_claim("exp(1) < 3").variables == ()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("x > y", "y < x"),
        ("x >= y", "y ≤ x"),
        ("x == y", "x = y"),
        ("x ≠ y", "x != y"),
        ("0 < x <= y", "0 < x and x <= y"),
        ("x < y => y > 0", "not (x < y) or 0 < y"),
        ("x < y implies y > 0", "x < y ⇒ y > 0"),
        ("x·y − π ÷ x × 2", "x*y - pi/x*2"),
        ("x**2", "x^2"),
        ("x > 0 and y > 0 and x < y", "(x > 0 and y > 0) and x < y"),
        ("x > 0 or y > 0 or x < y", "(x > 0 or y > 0) or x < y"),
        ("atan(x) + ln(y)", "arctan(x) + log(y)"),
        ("((x))", "x"),
        ("+x", "x"),
    ],
)
def test_ways_of_writing_the_same(one: str, other: str) -> None:
    both = [text if any(sign in text for sign in "<>=≤≥≠") else f"{text} > 7 + x*y" for text in (one, other)]
    assert parse_claim(both[0], XY) == parse_claim(both[1], XY)


def test_conditions_are_joined() -> None:
    assert parse_claim("x > 0", XY, ["x < y", "y < 1"]) == parse_claim("x > 0", XY, ["x < y and y < 1"])


def test_greek_names() -> None:
    assert parse_claim("sin(θ) > 0", ["θ in (0, π)"]) == parse_claim("sin(theta) > 0", ["theta in (0, pi)"])


# ---- definitions


def test_definitions_of_numbers_and_functions() -> None:
    defined = parse_claim("f(u, 2) >= v", XY, [], ["u = sin(x)", "f(a, n) = a^n + y", "v = f(u, 1/2)"])
    assert defined == parse_claim("sin(x)^2 + y >= sqrt(sin(x)) + y", XY)


def test_a_definition_may_be_a_formula() -> None:
    defined = parse_claim("small(x) => (small(y) or apart)", XY, [], ["small(a) = abs(a) < 1", "apart = x != y"])
    assert defined == parse_claim("abs(x) < 1 => (abs(y) < 1 or x != y)", XY)


def test_arguments_are_not_substituted_as_text() -> None:
    assert parse_claim("f(x + y) > 0", XY, [], ["f(a) = a*a^2"]) == parse_claim("(x + y)*(x + y)^2 > 0", XY)


def test_a_parameter_hides_a_variable() -> None:
    assert parse_claim("f(y) > x", XY, [], ["f(x) = x^2"]) == parse_claim("y^2 > x", XY)


def test_functions_of_functions_are_worked_out_once() -> None:
    chain = ["f0(a) = a + 1", *(f"f{n}(a) = f{n - 1}(a) + f{n - 1}(a)" for n in range(1, 40))]
    assert len(parse_claim("f39(x) > 0", ["x real"], [], chain).nodes) == 43


@pytest.mark.parametrize(
    ("define", "expected"),
    [
        (("u",), "expected '=' after u, found the end (definition, column 2): write e.g. u = sin(t)"),
        (("3 = x",), "a definition begins with the name that it defines, found '3' (definition, column 1): write e.g. "
                     "u = sin(t)"),
        (("x = 1",), "x occurs twice (definition, column 1): give each name one range or definition"),
        (("u = 1", "u = 2"), "u occurs twice (definition 2, column 1): give each name one range or definition"),
        (("sin(a) = a",), "sin has a meaning already (definition, column 1): choose another name"),
        (("G = x",), "G has a meaning already (definition, column 1): choose another name"),
        (("f(a) = a", "f(a) = 2*a"), "f has a meaning already (definition 2, column 1): choose another name"),
        (("f(pi) = 1",), "pi has a meaning already (definition, column 3): choose another name"),
        (("f(a, a) = a",), "the parameter a occurs twice (definition, column 6): rename one"),
        (("f() = x",), "expected the name of a parameter, found ')' (definition, column 3)"),
        (("f(a b) = a",), "expected ',' or ')' after a parameter, found 'b' (definition, column 5)"),
        (("f(a) = a + z",), "unknown name 'z' (definition, column 12): give its range, e.g. z in [0, 1]"),
        (("f(a) = f(a - 1)",), "unknown function 'f' (definition, column 8): the functions are listed in "
                               "docs/language.md"),
        (("u = 1/0",), "division by zero (definition, column 6): remove it: it has no value"),
        (("u = x)",), "this ')' closes nothing (definition, column 6): remove it, or open it before"),
    ],
)  # fmt: skip
def test_wrong_definitions(define: tuple[str, ...], expected: str) -> None:
    assert refused(define=define) == expected


def test_wrong_calls_of_defined_functions() -> None:
    define = ("f(a, b) = a/b",)
    assert refused("f(x) > 0", define=define) == "f takes 2 arguments, not 1 (conclusion, column 1): write f(a, b)"
    assert refused("x + f(x, 0) > 0", define=define) == (
        "in f(a, b): division by zero (conclusion, column 5): remove it: it has no value"
    )
    define = (*define, "g(c) = 1 + f(c, c - c)", "h(c) = g(c - 1)")
    assert refused("h(1) > x", define=define) == (
        "in f(a, b): division by zero (conclusion, column 1): remove it: it has no value"
    )
    assert refused("f > 0", define=define) == "f is a function (conclusion, column 1): write f(...)"


def test_the_depth_of_definitions_is_bounded() -> None:
    chain = ("f0(a) = a", *(f"f{n}(a) = f{n - 1}(a)" for n in range(1, 51)))
    assert refused(define=chain) == "f50 needs more than 50 functions inside each other (definition 51, column 1)"


def test_the_number_of_steps_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    # every call is another one
    chain = ["f0(a, b) = a", *(f"f{n}(a, b) = f{n - 1}(a, b + {3**n}) + f{n - 1}(a, b - {3**n})" for n in range(1, 40))]
    monkeypatch.setattr(meaning, "MAX_STEPS", 1000)
    message = refused("f39(x, 0) > 0", define=tuple(chain))
    assert message.endswith(": the claim takes more than 1000 steps (conclusion, column 1): split it")
    assert message.count("in f") == 1


# ---- the page


def test_what_the_page_says() -> None:
    page = (ROOT / "docs" / "language.md").read_text(encoding="utf-8")
    names: dict[str, Any] = {}
    exec(page.partition("```python\n")[2].partition("```")[0], names)
    assert names["claim"].hypothesis == 0
    assert holds(names["claim"], t=2) is True
    for limit in (MAX_TEXT, MAX_NODES, meaning.MAX_STEPS, MAX_VARIABLES, meaning.MAX_DEPTH, MAX_DIGITS, MAX_NAME):
        assert f" {limit:,} " in page or f" {limit} " in page or f" {limit}." in page, limit
    for name in (*BUILT_IN, *CONSTANTS):
        assert f"`{name}" in page, name
    for text, x, expected in (("x = 0 or 1/x != 0", 0, True), ("1/x != 0", 0, None), ("0*log(x) = 0", -1, None)):
        assert holds(parse_claim(text, ["x real"]), x=x) is expected
    assert parse_claim("(-8)^(1/3) + x = x - 2", ["x real"]).nodes[1] == ("root", 0, 3)


# ---- messages


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "the text is empty (conclusion, column 1): write an inequality, e.g. x^2 >= 0"),
        ("x + 1", "this is an expression, no formula (conclusion): compare it with something, e.g. >= 0"),
        ("x > ", "expected a number, a name or '(', found the end (conclusion, column 5)"),
        ("(x > 0", "this '(' is not closed (conclusion, column 1): write ) behind its content"),
        ("x + (x*(x + 1) > 0", "this '(' is not closed (conclusion, column 5): write ) behind its content"),
        ("sin(x > 0", "this '(' is not closed (conclusion, column 4): write ) behind its content"),
        ("x*(", "expected a number, a name or '(', found the end (conclusion, column 4): close the brackets"),
        ("x) > 0", "this ')' closes nothing (conclusion, column 2): remove it, or open it before"),
        ("2x > 0", "an operator is missing before 'x' (conclusion, column 2): write products with *"),
        ("x (x) > 0", "x is no function (conclusion, column 1): write x*(...)"),
        ("pi(x) > 0", "pi is no function (conclusion, column 1): write pi*(...)"),
        ("sin x > 0", "an operator is missing before 'x' (conclusion, column 5): write products with *, and arguments "
                      "in brackets: sin(...)"),
        ("sin > 0", "sin is a function (conclusion, column 1): write sin(...)"),
        ("sin() > 0", "sin() lacks its argument (conclusion, column 1): write sin(x)"),
        ("(x, 1) > 0", "a comma between brackets that follow no function (conclusion, column 3): name the function, "
                       "e.g. max(a, b)"),
        ("x, 1 > 0", "unexpected ',' (conclusion, column 2): give several claims one by one"),
        ("x > 0 x < 1", "an operator is missing before 'x' (conclusion, column 7): write products with *"),
        ("x in [0, 1]", "unexpected 'in' (conclusion, column 3): give ranges apart from the claim"),
        ("[x] > 0", "unexpected '[' (conclusion, column 1): group with ( and )"),
        ("x =< 1", "unknown comparison '=<' (conclusion, column 3): write <="),
        ("x > = 1", "'> =' is no comparison (conclusion, column 5): write it without a space"),
        ("x => 1", "'=>' (implies) takes formulas, not an expression (conclusion, column 3): write >= for at least"),
        ("x and x > 0", "and takes formulas, not an expression (conclusion, column 3): compare it with something, "
                        "e.g. > 0"),
        ("(x > 0) + 1 > 0", "'+' takes expressions, not a formula (conclusion, column 2)"),
        ("1 + (x > 0) > 0", "'+' takes expressions, not a formula (conclusion, column 6)"),
        ("-(x > 0) < 1", "'-' takes expressions, not a formula (conclusion, column 3)"),
        ("sin(x > 0) > 0", "sin takes expressions, not a formula (conclusion, column 5)"),
        ("x < (x < 1)", "a comparison takes expressions, not a formula (conclusion, column 6)"),
        ("y > 0", "unknown name 'y' (conclusion, column 1): give its range, e.g. y in [0, 1]"),
        ("sine(x) > 0", "unknown function 'sine' (conclusion, column 1): did you mean sin or sinh or asin?"),
        ("abc(x) > 0", "unknown function 'abc' (conclusion, column 1): did you mean abs?"),
        ("zzz(x) > 0", "unknown function 'zzz' (conclusion, column 1): the functions are listed in docs/language.md"),
        ("x < inf", "inf is no number (conclusion, column 5): only the ends of ranges can be infinite"),
        ("integer > 0", "unexpected 'integer' (conclusion, column 1)"),
        ("x > 1e1001", "the number '1e1001' is too long (conclusion, column 5): at most 1000 digits and exponents "
                       "up to 1000"),
    ],
)  # fmt: skip
def test_messages(text: str, expected: str) -> None:
    assert refused(text) == expected


def test_near_names() -> None:
    message = refused("thta + x > 0", ["theta, x real"])
    assert message == "unknown name 'thta' (conclusion, column 1): did you mean theta?"


def test_messages_say_which_condition() -> None:
    assert refused(where=("x < 1", "x +")).endswith("found the end (condition 2, column 4)")
    assert refused(where=("x",)).startswith("this is an expression, no formula (condition)")


def test_unused_variables() -> None:
    expected = "y does not occur in the claim (range, column 4): remove its range, or correct the claim"
    assert refused(ranges=["x, y real"]) == expected
    assert parse_claim("x > 0", XY, ["y > x"]).variables[1].name == "y"
    assert parse_claim("x + 0*y > 0", XY).variables[1].name == "y"


TEXT = st.text(alphabet=st.sampled_from("xy12.,()[]+-*/^<>=!& inosecpabtu"), max_size=40)


@given(TEXT, TEXT)
def test_any_text_is_a_claim_or_one_line(conclusion: str, bounds: str) -> None:
    for ranges in (XY, [bounds]):
        try:
            parse_claim(conclusion, ranges)
        except LanguageError as error:
            assert str(error).isprintable()
            assert error.pointer()


@given(st.fractions(max_denominator=1000), st.integers(0, 30))
def test_decimals_are_compared_exactly(value: Fraction, digits: int) -> None:
    scaled = round(value * 10**digits)
    text = f"{scaled}e-{digits}"
    claim = parse_claim(f"x = {text} and 0.1 + 0.2 = 0.3", ["x real"])
    assert holds(claim, x=Fraction(scaled, 10**digits)) is True
    assert holds(claim, x=Fraction(scaled, 10**digits) + Fraction(1, 10**60)) is False
