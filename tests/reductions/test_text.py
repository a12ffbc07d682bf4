"""Numbers as they are written, and strict JSON."""

from __future__ import annotations

from fractions import Fraction

import pytest

from relucert.reductions.problem import ProblemError
from relucert.reductions.text import exact, lines, load_json, rational


@pytest.mark.parametrize(
    ("text", "value"),
    [("3", 3), ("-0.1", Fraction(-1, 10)), ("1e-6", Fraction(1, 10**6)), ("1/3", Fraction(1, 3)), 
     (".5", Fraction(1, 2)),     ("+2E1", 20), ("-4/6", Fraction(-2, 3))],
)  # fmt: skip
def test_exact_numbers(text: str, value: Fraction) -> None:
    assert exact(text) == value


@pytest.mark.parametrize(
    "text", ["", "x", "1/0", "1/-2", "nan", "inf", "0x1", "1_0", "1e9999999", "1 2", "١", "1" * 4001]
)
def test_what_is_no_number(text: str) -> None:
    with pytest.raises(ValueError, match=r"is not a number|exponent|4001 characters"):
        exact(text)


def test_json_has_no_floats() -> None:
    assert load_json('{"a": [0.1, 1e2, 3, "1/3"]}', "f") == {"a": [Fraction(1, 10), Fraction(100), 3, "1/3"]}
    assert type(load_json("0.5", "f")) is Fraction


@pytest.mark.parametrize(
    "text", ["", "{", "[1,]", "NaN", "-Infinity", '{"a": 1, "a": 2}', "[" * 10**5, "1" * 5000, "1e99999"]
)
def test_json_that_is_refused(text: str) -> None:
    with pytest.raises(ProblemError):
        load_json(text, "f")


def test_json_errors_name_the_line() -> None:
    with pytest.raises(ProblemError, match=r"\(f:3\)"):
        load_json('{\n"a": 1,\n"b" 2}', "f")


def test_rationals_of_json() -> None:
    assert rational("2/6", "f") == Fraction(1, 3) and rational(2, "f") == 2
    for wrong in (True, None, [], {}, "x"):
        with pytest.raises(ProblemError, match="is not a number"):
            rational(wrong, "f")


def test_lines_have_numbers() -> None:
    assert list(lines("a b\n\n # x\nc # d\n", "#")) == [(1, ["a", "b"]), (4, ["c"])]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"a": "NaN",\n"b": [1, NaN]}', "NaN is not a number (f:2): write 3, 0.25 or '1/3'"),
        ("[\n1e9999]", "the exponent of '1e9999' is too large (f:2): write exponents from -1100 to 1100"),
        ('{"a": 1,\n"a": 2}', "the field 'a' is given twice (f): keep one of them"),
    ],
)
def test_places_in_json(text: str, message: str) -> None:
    with pytest.raises(ProblemError) as error:
        load_json(text, "f")
    assert str(error.value) == message
