"""The --layout hint."""

from __future__ import annotations

import pytest

from relucert.certify.read.errors import InputError
from relucert.certify.read.layout import Layout, parse_layout


def test_parses() -> None:
    assert parse_layout("hidden=a.weight, output=b.weight") == Layout("a.weight", "b.weight")
    assert parse_layout("output=b,hidden_bias=none,hidden=a.T,output_bias=c") == Layout("a.T", "b", "none", "c")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "not ROLE=KEY"),
        ("hidden", "not ROLE=KEY"),
        ("hidden=,output=b", "not ROLE=KEY"),
        ("hidden=a", "no key for output"),
        ("hidden=a,hidden=b", "given twice"),
        ("first=a,output=b", "unknown role 'first'"),
    ],
)
def test_refusals(text: str, reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        parse_layout(text)
