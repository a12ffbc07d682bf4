"""Changing keys of a ledger by machine: everything else stays, byte for byte."""

from __future__ import annotations

import tomllib

import pytest

from relucert.claims.edit import quoted, with_keys
from relucert.claims.errors import LedgerError

TEXT = '''# head
checker = "00000000"  # old

[[claim]] # one
id = "one"
for = [ # not here
  "certificate = 1",
]
# after one

[[claim]]
id = "two"
certificate = 'old.json'   # kept
sha256 = "00"
[claim.options]
gap = 0.10

[[claim]]
id = "three"'''


def test_keys_are_added_at_the_end_of_their_table() -> None:
    text = with_keys(TEXT, "t", {0: {"certificate": "a.json", "sha256": "11"}})
    assert text == TEXT.replace("]\n# after one", ']\ncertificate = "a.json"\nsha256 = "11"\n# after one')


def test_keys_are_replaced_where_they_stand() -> None:
    text = with_keys(TEXT, "t", {1: {"certificate": "b.json", "sha256": "22"}}, {"checker": "11111111"})
    assert text == (
        TEXT.replace("'old.json'   # kept", '"b.json"   # kept').replace('sha256 = "00"', 'sha256 = "22"')
        .replace('"00000000"  # old', '"11111111"  # old')
    )  # fmt: skip


def test_the_last_claim_without_a_line_break() -> None:
    assert with_keys(TEXT, "t", {2: {"sha256": "33"}}).endswith('id = "three"\nsha256 = "33"')


def test_several_claims_at_once() -> None:
    text = with_keys(TEXT, "t", {n: {"certificate": f"{n}.json"} for n in range(3)})
    assert [entry["certificate"] for entry in tomllib.loads(text)["claim"]] == ["0.json", "1.json", "2.json"]


@pytest.mark.parametrize(
    "text",
    [
        'claim = [{id = "one"}]',
        '[[claim]]\nid = "one"\nsha256 = """\n00"""',
        '[[claim]]\nid = "one"\n"sha256" = "00"',
    ],
)
def test_what_is_not_changed_by_machine_is_said(text: str) -> None:
    with pytest.raises(LedgerError, match="not changed by machine") as caught:
        with_keys(text, "t", {0: {"sha256": "11"}})
    assert caught.value.cure == 'sha256 = "11"'


@pytest.mark.parametrize("text", ["plain", 'a"b\\c', "tab\tline\nend", "π ≤ 3", "\x7f\x01"])
def test_quoted_texts_are_read_back(text: str) -> None:
    assert tomllib.loads(f"a = {quoted(text)}") == {"a": text}
