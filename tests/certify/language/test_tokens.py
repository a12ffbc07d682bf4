"""Words: exact numbers, names with Greek letters, marks in their Unicode forms, and what is refused."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relucert.certify.language.errors import LanguageError, Source
from relucert.certify.language.tokens import MAX_TEXT, Token, Tokens, exact_number


def words(text: str) -> list[tuple[str, str]]:
    """Kinds and texts of all words."""
    tokens = Tokens(Source("text", text))
    found = []
    while tokens.peek().kind != "end":
        found.append(tokens.take()[:2])
    return found


def number(text: str) -> Fraction:
    source = Source("text", text)
    return exact_number(Tokens(source).take(), source)


def message(text: str) -> str:
    with pytest.raises(LanguageError) as caught:
        words(text)
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0", Fraction(0)),
        ("007", Fraction(7)),
        ("0.1", Fraction(1, 10)),
        (".25", Fraction(1, 4)),
        ("3.", Fraction(3)),
        ("1e-6", Fraction(1, 10**6)),
        ("2.5E+3", Fraction(2500)),
        ("1e0001000", Fraction(10**1000)),
        ("3.14159265358979323846264338327950288419716939937510", Fraction(
            314159265358979323846264338327950288419716939937510, 10**50)),
    ],
)  # fmt: skip
def test_numbers_are_exact(text: str, value: Fraction) -> None:
    assert number(text) == value


@given(st.integers(0, 10**30), st.integers(0, 40), st.integers(-60, 60))
def test_decimals_are_exact(digits: int, places: int, exponent: int) -> None:
    text = f"{digits:0{places + 1}d}"
    point = len(text) - places
    assert (
        number(f"{text[:point]}.{text[point:]}e{exponent}") == Fraction(digits) / 10**places * Fraction(10) ** exponent
    )


@pytest.mark.parametrize("text", ["1" * 1001, "1e1001", "1e-1001", "1e99999999999999999999", "0." + "1" * 1000])
def test_long_numbers_are_refused(text: str) -> None:
    with pytest.raises(LanguageError, match=r"is too long \(text, column 1\): at most 1000 digits"):
        number(text)


def test_a_range_of_whole_numbers_is_no_decimal() -> None:
    assert [text for _, text in words("2..10 0...5")] == ["2", "..", "10", "0", "..", ".5"]


def test_names() -> None:
    assert words("x x_1 Theta2 _a") == [("name", name) for name in ("x", "x_1", "Theta2", "_a")]
    assert words("θ φ_2 λ ϑ Δx π") == [("name", name) for name in ("theta", "phi_2", "lambda", "theta", "Deltax", "pi")]
    assert words("and or not implies in") == [*((w, w) for w in ("and", "or", "not", "implies")), ("name", "in")]


def test_marks() -> None:
    kinds = [kind for kind, _ in words("≤ ≥ ≠ == ** × · ÷ − ∧ ∨ ¬ ⇒ => <= ∈ ∞")]
    assert kinds == ["<=", ">=", "!=", "=", "^", "*", "*", "/", "-", "and", "or", "not", "implies", "implies", "<=",
                     "name", "name"]  # fmt: skip


def test_columns_count_characters_from_one() -> None:
    tokens = Tokens(Source("text", " θ  <=\t10"))
    assert [tokens.take() for _ in range(4)] == [
        Token("name", "theta", 2), Token("<=", "<=", 5), Token("number", "10", 8), Token("end", "", 10),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x # y", "unknown character '#' (text, column 3): only numbers, names, + - * / ^ < > = ! ( ) [ ] and commas "
                  "are read"),
        ("|x|", "unknown character '|' (text, column 1): write abs(x) for the absolute value, or for either-or"),
        ("x²", "unknown character '²' (text, column 2): write ^2"),
        ("x ! y", "unknown character '!' (text, column 3): write not, or != for unequal"),
        ("x \x00", "unknown character '\\x00' (text, column 3): only numbers, names, + - * / ^ < > = ! ( ) [ ] and "
                   "commas are read"),
        ("１", "unknown character '１' (text, column 1): only numbers, names, + - * / ^ < > = ! ( ) [ ] and commas are "
              "read"),
        ("x" * 41, f"the name '{'x' * 37}...' is too long (text, column 1): at most 40 characters"),
    ],
)  # fmt: skip
def test_unknown_characters(text: str, expected: str) -> None:
    assert message(text) == expected


def test_the_length_of_a_text_is_bounded() -> None:
    assert (
        message(" " * (MAX_TEXT + 1)) == f"the text has {MAX_TEXT + 1} characters (text): at most {MAX_TEXT} are read"
    )


@given(st.text(max_size=30))
def test_any_text_is_read_or_refused_in_one_line(text: str) -> None:
    try:
        words(text)
    except LanguageError as error:
        assert str(error).isprintable()
        assert error.pointer().count("\n") == 1
