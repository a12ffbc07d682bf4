"""Shared options, errors and numbers of the command line."""

from __future__ import annotations

import argparse
import json
from fractions import Fraction

import pytest

from relucert.cli.output import (
    ExitCode,
    Parser,
    UserError,
    add_output_options,
    decimal_argument,
    emit_json,
    one_line,
    positive_argument,
    seed_argument,
)


def test_exit_codes_are_those_of_the_documentation() -> None:
    assert {code.name: code.value for code in ExitCode} == {
        "PROVED": 0,
        "REFUTED": 1,
        "INPUT_ERROR": 2,
        "MODULO": 3,
        "UNDECIDED": 4,
        "NOTHING_TO_CHECK": 5,
        "INTERNAL_ERROR": 70,
    }


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (UserError("too small"), "too small"),
        (UserError("too small", where="--gap"), "too small (--gap)"),
        (UserError("too small", cure="give more"), "too small: give more"),
        (UserError("too small", where="--gap", cure="give more"), "too small (--gap): give more"),
        (UserError("two\nlines\tand \x1b[31mcolour"), "two lines and \\x1b[31mcolour"),
    ],
)
def test_a_user_error_is_one_line(error: UserError, line: str) -> None:
    assert str(error) == line


def test_one_line_escapes_every_unprintable_character() -> None:
    assert one_line("a\x07b\u200bc\u2028d\udcff") == "a\\x07b\\u200bc d\\udcff"
    assert one_line("Größe ≤ ν") == "Größe ≤ ν"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0.1", Fraction(1, 10)),
        ("-2.50", Fraction(-5, 2)),
        (".5", Fraction(1, 2)),
        ("5.", Fraction(5)),
        ("1e-6", Fraction(1, 10**6)),
        ("+2E3", Fraction(2000)),
        ("1/3", Fraction(1, 3)),
        ("-4/6", Fraction(-2, 3)),
    ],
)
def test_typed_numbers_are_exact(text: str, value: Fraction) -> None:
    assert decimal_argument(text) == value


@pytest.mark.parametrize(
    "text",
    ["", "abc", "nan", "inf", "1_0", " 1", "1 ", "1,5", "1/0", "1/-2", "1.5/2", "1e", "e3", "٣", "1e1001", "0x10"],
)
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="is not a number: write a decimal"):
        decimal_argument(text)


def test_an_endless_number_is_refused_and_not_repeated() -> None:
    with pytest.raises(argparse.ArgumentTypeError) as refusal:
        decimal_argument("9" * 100_000)
    assert len(str(refusal.value)) < 150


def test_json_is_one_line_and_strict(capsys: pytest.CaptureFixture[str]) -> None:
    emit_json({"verdict": "proved", "gap": "1/3"})
    text = capsys.readouterr().out
    assert text.count("\n") == 1
    assert json.loads(text) == {"verdict": "proved", "gap": "1/3"}
    with pytest.raises(ValueError, match="JSON"):
        emit_json({"gap": float("nan")})


def test_parsers_raise_and_take_no_abbreviations() -> None:
    parser = Parser(prog="relucert probe")
    add_output_options(parser)
    assert parser.parse_args(["--json", "--quiet"]) == argparse.Namespace(json=True, quiet=True)
    with pytest.raises(UserError, match="see relucert probe --help"):
        parser.parse_args(["--js"])


def test_limits_are_above_zero() -> None:
    assert positive_argument(float)("2.5") == 2.5 and positive_argument(int)("3") == 3
    for text in ("0", "-1", "nan", "inf", "x", "", "9" * 5000):
        with pytest.raises(argparse.ArgumentTypeError, match="is not a whole number above 0"):
            positive_argument(int)(text)
    with pytest.raises(argparse.ArgumentTypeError, match="is not a number above 0"):
        positive_argument(float)("1e999")


def test_seeds_are_whole_numbers() -> None:
    assert seed_argument("0") == 0 and seed_argument("17") == 17
    for text in ("-1", "1.0", "٣", "", "9" * 19):
        with pytest.raises(argparse.ArgumentTypeError, match="from 0 on"):
            seed_argument(text)
