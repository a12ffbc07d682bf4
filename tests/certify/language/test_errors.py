"""Messages are one line, with a caret for whoever can show two."""

from __future__ import annotations

from relucert.certify.language.errors import LanguageError, Source, quoted, suggestion

TEXT = Source("conclusion", "sin(x) >= 0")


def test_one_line() -> None:
    error = LanguageError("unknown name 'x'", TEXT, 5, "give its range")
    assert str(error) == "unknown name 'x' (conclusion, column 5): give its range"
    assert (error.what, error.where, error.cure) == ("unknown name 'x'", "conclusion, column 5", "give its range")
    assert str(LanguageError("the text is long", TEXT)) == "the text is long (conclusion)"


def test_the_caret_stands_below_the_column() -> None:
    assert LanguageError("?", TEXT, 5).pointer() == "sin(x) >= 0\n    ^"
    assert LanguageError("?", TEXT, 12).pointer() == "sin(x) >= 0\n           ^"
    assert LanguageError("?", TEXT).pointer() == "sin(x) >= 0"
    assert LanguageError("?", Source("range", "a\tb\nc"), 3).pointer() == "a b c\n  ^"


def test_of_a_long_text_only_the_neighbourhood_is_shown() -> None:
    text = "x" * 500 + "!" + "y" * 500
    for source, column in ((text, 501), (text, 1), (text, len(text)), ("!" * 80, 80)):
        shown, caret = LanguageError("?", Source("conclusion", source), column).pointer().split("\n")
        assert len(shown) == 72
        assert shown[len(caret) - 1] == source[column - 1]


def test_quotations_are_short_and_printable() -> None:
    assert quoted("a\nb") == r"'a\nb'"
    assert quoted("x" * 100) == f"'{'x' * 37}...'"


def test_suggestions() -> None:
    assert suggestion("thta", ["theta", "phi"], "no") == "did you mean theta?"
    assert suggestion("zzz", ["theta", "phi"], "give its range") == "give its range"
