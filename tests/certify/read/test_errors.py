"""The message of `InputError`: one line, place first, cure last."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from relucert.certify.read.errors import InputError, listed, quoted


def test_all_parts_in_order() -> None:
    error = InputError("'abc' is not a number", file=Path("a.csv"), line=3, field="column 'x1'", cure="write 0.5")
    assert str(error) == "a.csv, line 3, column 'x1': 'abc' is not a number; write 0.5"
    assert isinstance(error, ValueError)


def test_without_place_or_cure() -> None:
    assert str(InputError("no data")) == "no data"


@pytest.mark.parametrize("text", ["two\nlines", "a\r\nb", "bell\x07", "escape \x1b[31m", "sep\u2028arator"])
def test_stays_on_one_harmless_line(text: str) -> None:
    message = str(InputError(text, file=text, field=text, cure=text))
    assert len(message.splitlines()) == 1
    assert message.isprintable()


def test_survives_pickling_between_processes() -> None:
    error = InputError("what", file="f", cure="cure")
    assert str(pickle.loads(pickle.dumps(error))) == str(error)


def test_long_texts_are_cut() -> None:
    assert len(quoted("x" * 1000)) < 80
    assert listed(range(100)).endswith("11 and 88 more")
    assert listed([]) == "none"
