"""TOML of strangers: lines of keys, exact numbers, and bombs that are refused before they cost anything."""

from __future__ import annotations

from fractions import Fraction

import pytest

from relucert.claims.errors import LedgerError
from relucert.claims.toml_text import exact, parse

TEXT = '''# a = 1
title = "a # [[claim]]"
long = """
[[claim]]
id = "no"
"""
[paper]
tex = 'x'

[[claim]]   # first
id = "one"
for = [
  "x = [1, 2]", # id = 2
  "y",
]
[claim.options]
gap = 0.1

[[claim]]
options.gap = 0.10
  id = "two"
'''


def test_every_key_has_its_line() -> None:
    _, places = parse(TEXT, "t")
    assert places[""][0].keys == {"title": 2, "long": 3}
    assert places["paper"][0].keys == {"tex": 8}
    first, second = places["claim"]
    assert (first.line, second.line) == (10, 19)
    assert first.keys == {"id": 11, "for": 12, "options": 16, "options.gap": 17}
    assert second.keys == {"options.gap": 20, "options": 20, "id": 21}
    assert (first.end, second.end) == (16, 0)


def test_the_line_of_a_missing_key_is_that_of_its_table() -> None:
    _, places = parse(TEXT, "t")
    assert places["claim"][1].of("for") == 19


def test_decimals_are_exact() -> None:
    data, _ = parse("a = 0.1\nb = 1e-3\nc = -2.50", "t")
    assert data == {"a": Fraction(1, 10), "b": Fraction(1, 1000), "c": Fraction(-5, 2)}


@pytest.mark.parametrize("text", ["1e999999999", "inf", "nan", "9" * 2000 + ".0", "1e-5000"])
def test_numbers_beyond_the_limits_are_refused(text: str) -> None:
    with pytest.raises(LedgerError, match="is no number"):
        exact(text)
    with pytest.raises(LedgerError, match="is no number"):
        parse(f"a = {text}", "t")


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (".".join("a" * 100_000) + " = 1", "parts"),
        ("x = 1\n[" + " . ".join("a" * 1000) + "]", "parts"),
        ("x = {" + ".".join("a" * 1000) + " = 1}", "parts"),
        (".".join('"a"' for _ in range(1000)) + " = 1", "parts"),
        ("x = " + "[" * 100_000, "nested"),
        ("x = " + "{a = " * 1000 + "1" + "}" * 1000, "nested"),
        ("x = [\n" * 500, "nested"),
        ('x = """' + "a" * 100, "does not end"),
        ('x = "a\n', "does not end"),
        ("x = " + "9" * 5000, "cannot|can be read"),
        ("x = ", "not TOML"),
        ("x = 1\nx = 2", "not TOML"),
    ],
    ids=range(12),
)
def test_bombs_and_broken_text_are_refused_with_a_reason(text: str, what: str) -> None:
    with pytest.raises(LedgerError, match=what):
        parse(text, "t")


def test_the_place_of_a_bomb_is_said() -> None:
    with pytest.raises(LedgerError) as caught:
        parse("a = 1\nb = " + "[" * 50, "t")
    assert caught.value.where == "t, line 2"


def test_many_quotes_take_no_quadratic_time() -> None:
    # a long text of empty strings and long strings is read at once
    parse("x = [" + '"", """a"b""", ' * 10_000 + "]", "t")
