"""Numbers from text: nearest for decimals, exact for hexadecimal floats, nothing else."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relucert.certify.read.number_text import NotANumber, is_number, parse_number, rounding_note


@pytest.mark.parametrize(
    ("text", "value", "exact"),
    [
        ("0.5", 0.5, True),
        ("0.1", 0.1, False),
        ("-1.5e3", -1500.0, True),
        ("+7", 7.0, True),
        (".25", 0.25, True),
        ("3.", 3.0, True),
        ("9007199254740993", 9007199254740992.0, False),
        ("1e-400", 0.0, False),
        ("1e-99999999999999999999999", 0.0, False),
        ("0e5", 0.0, True),
        ("0x1.8p+1", 3.0, True),
        ("-0X1P-1074", -(2.0**-1074), True),
        ("0x10", 16.0, True),
        ("0x.8", 0.5, True),
        ("0x1.fffffffffffffp+1023", 1.7976931348623157e308, True),
        ("0x0p+0", 0.0, True),
    ],
)
def test_readings(text: str, value: float, exact: bool) -> None:
    assert parse_number(text) == (value, exact)


def test_negative_zero_keeps_its_sign() -> None:
    assert math.copysign(1, parse_number("-0x0p+0").value) == -1


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_round_trip_of_both_spellings(value: float) -> None:
    assert parse_number(value.hex()) == (value, True)
    assert parse_number(repr(value)).value == value


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "missing"),
        ("NA", "missing"),
        ("nan", "missing"),
        ("?", "missing"),
        ("inf", "infinite"),
        ("-Infinity", "infinite"),
        ("1e999", "exceeds the range"),
        ("1,5", "decimal comma"),
        ("1/3", "quotient"),
        ("abc", "not a number"),
        ("1_000", "not a number"),
        ("١٢", "not a number"),
        ("1 2", "not a number"),
        ("0x", "not a number"),
        ("0x.p1", "not a number"),
        ("--1", "not a number"),
        ("1e", "not a number"),
        ("0x1.00000000000001p+0", "not a binary64"),
        ("0x1p-1075", "not a binary64"),
        ("0x1p+1024", "not a binary64"),
        ("0x1p+999999", "not a binary64"),
    ],
)
def test_refusals(text: str, reason: str) -> None:
    with pytest.raises(NotANumber, match=reason) as caught:
        parse_number(text)
    assert caught.value.cure


def test_is_number_looks_at_the_form_only() -> None:
    assert is_number("1e999") and is_number("0x1p+0")
    assert not is_number("x") and not is_number("") and not is_number("nan")


def test_notes() -> None:
    assert rounding_note(0, 4) == "all 4 numbers of the file are exact in binary64"
    assert rounding_note(3, 4).startswith("3 of 4 decimals")
