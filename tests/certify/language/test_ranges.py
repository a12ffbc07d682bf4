"""Ranges: all the ways of writing them, and what is refused with its column."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from relucert.certify.formula import RealFormula
from relucert.certify.language.errors import LanguageError
from relucert.certify.language.parse import parse_claim


def claim(*ranges: str) -> RealFormula:
    """A claim in which every variable occurs that one of the usual names has."""
    names = [
        name for name in "tuvxyk" if any(name in text.replace("integer", "").replace("in ", "") for text in ranges)
    ]
    return parse_claim(" + ".join(names) + " > 0", ranges)


def box(text: str) -> tuple[Any, Any, bool, bool, bool]:
    """Of the only variable: ends as rationals or words, which of them are open, whether whole."""
    found = claim(text)
    (variable,) = found.variables
    ends = [None if end is None else found.nodes[end][1] if found.nodes[end][0] == "rational" else found.expression(end)
            for end in (variable.low, variable.high)]  # fmt: skip
    return *ends, variable.low_open, variable.high_open, variable.integer  # type: ignore[return-value]


def message(*ranges: str) -> str:
    with pytest.raises(LanguageError) as caught:
        parse_claim("x > 0", ranges)
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("t in [0, pi]", (0, "pi", False, False, False)),
        ("t ∈ [−π/2, ∞)", ("-pi/2", None, False, True, False)),
        ("x in (0, 10]", (0, 10, True, False, False)),
        ("x in (0, inf)", (0, None, True, True, False)),
        ("x in (-inf, inf)", (None, None, True, True, False)),
        ("x in (-inf, 1/3)", (None, Fraction(1, 3), True, True, False)),
        ("x in [-1e-3, max(1, 2)]", (Fraction(-1, 1000), "max(1, 2)", False, False, False)),
        ("k in 2..10", (2, 10, False, False, True)),
        ("k in -3..inf", (-3, None, False, True, True)),
        ("k in [2, 10) integer", (2, 10, False, True, True)),
        ("integer k in [2, 10]", (2, 10, False, False, True)),
        ("k >= 2 integer", (2, None, False, True, True)),
        ("k integer", (None, None, True, True, True)),
        ("x real", (None, None, True, True, False)),
        ("x > 0", (0, None, True, True, False)),
        ("x <= 3", (None, 3, True, False, False)),
        ("0 < x", (0, None, True, True, False)),
        ("0 < x <= 1", (0, 1, True, False, False)),
        ("1 > x >= 0", (0, 1, False, True, False)),
        ("-1 < x < 1 integer", (-1, 1, True, True, True)),
        ("x = 3", (3, 3, False, False, False)),
        ("3 = x", (3, 3, False, False, False)),
    ],
)
def test_ranges(text: str, expected: tuple[Any, ...]) -> None:
    assert box(text) == expected


def test_several() -> None:
    found = claim("t in [0, pi], x > 0", "u, v in (0, 1)", "0 <= y <= 2, k in 2..3")
    assert [found.range(variable) for variable in found.variables] == [
        "t in [0, pi]", "x in (0, inf)", "u in (0, 1)", "v in (0, 1)", "y in [0, 2]", "integer k in [2, 3]",
    ]  # fmt: skip
    assert claim("x, y > 0") == claim("x > 0", "y > 0") == claim("x in (0, inf), y in (0, inf)")


def test_ends_may_use_definitions() -> None:
    found = parse_claim("x < 9", ["x in [0, side]"], definitions=["side = 2*pi"])
    assert found.range(found.variables[0]) == "x in [0, 2*pi]"


EXAMPLE = "write e.g. x in [0, 1], x > 0 or k in 2..10"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x in [2, 1]", "there is no number in the range of x (range, column 1): give the lower end first"),
        ("x in (1, 1)", "there is no number in the range of x (range, column 1): give the lower end first"),
        ("x in (pi, pi]", "there is no number in the range of x (range, column 1): give the lower end first"),
        ("x in (1, 2) integer", "there is no whole number in the range of x (range, column 1): give the lower end "
                                "first"),
        ("x in 10..2", "there is no whole number in the range of x (range, column 1): give the lower end first"),
        ("x in [0, inf]", "an infinite end does not belong to the range (range, column 13): write inf)"),
        ("x in [-inf, 0]", "an infinite end does not belong to the range (range, column 6): write (-inf"),
        ("x in (0, -inf)", "infinity has the wrong sign (range, column 10): write (-inf, ...) or (..., inf)"),
        ("x in (inf, 0)", "infinity has the wrong sign (range, column 7): write (-inf, ...) or (..., inf)"),
        ("x in (0, 2*inf)", "inf is no number (range, column 12): only the ends of ranges can be infinite"),
        ("x in [0, y], y real", "an end of the range of x depends on a variable (range, column 10): give constant "
                                "ends, and the rest as a condition"),
        ("x in [0, z]", "unknown name 'z' (range, column 10): give its range, e.g. z in [0, 1]"),
        ("x in [0; 1]", "unknown character ';' (range, column 8): only numbers, names, + - * / ^ < > = ! ( ) [ ] and "
                        "commas are read"),
        ("x in [0 1]", "an operator is missing before '1' (range, column 9): write products with *"),
        ("x in [0]", f"expected a comma between the ends of the range, found ']' (range, column 8): {EXAMPLE}"),
        ("x in [0, 1", f"expected ] or ) behind the range, found the end (range, column 11): {EXAMPLE}"),
        ("x in 3", f"expected '[', '(' or a range like 2..10, found the end (range, column 7): {EXAMPLE}"),
        ("x in", "expected a number, a name or '(', found the end (range, column 5)"),
        ("x", f"expected 'in' or a comparison after x, found the end (range, column 2): {EXAMPLE}"),
        ("x, 3 > 0", f"expected the name of a variable, found '3' (range, column 4): {EXAMPLE}"),
        ("x in [0, 1] [", f"unexpected '[' behind a range (range, column 13): {EXAMPLE}"),
        ("x > 0,", "expected a number, a name or '(', found the end (range, column 7)"),
        ("x != 0", f"this is no range (range, column 1): {EXAMPLE}"),
        ("0 < x > 1", f"this is no range (range, column 1): {EXAMPLE}"),
        ("0 < x < 1 < 2", f"this is no range (range, column 1): {EXAMPLE}"),
        ("2*x > 0", f"this is no range (range, column 1): {EXAMPLE}"),
        ("0 > 1", f"this is no range (range, column 1): {EXAMPLE}"),
        ("x in [0, 1], x > 0", "x occurs twice (range, column 14): give each name one range or definition"),
        ("pi in [0, 1]", f"expected the name of a variable, found 'pi' (range, column 1): {EXAMPLE}"),
        ("sin in [0, 1]", "sin has a meaning already (range, column 1): choose another name"),
        ("G > 0", "G has a meaning already (range, column 1): choose another name"),
        ("x in [0, 1], y in [0, 1]", "y does not occur in the claim (range, column 14): remove its range, or correct "
                                     "the claim"),
        ("", "the text is empty (range, column 1): " + EXAMPLE),
    ],
)  # fmt: skip
def test_what_is_refused(text: str, expected: str) -> None:
    assert message(text) == expected


def test_messages_say_which_of_several_texts() -> None:
    assert message("y > 0", "x in [2, 1]").startswith("there is no number in the range of x (range 2, column 1)")
    assert message("x > 0", "y > 0").startswith("y does not occur in the claim (range 2, column 1)")


def test_the_number_of_variables_is_bounded() -> None:
    names = ", ".join(f"x{n}" for n in range(65))
    assert message(f"{names} > 0").startswith("more than 64 variables (range, column 311)")
