"""Reading a ledger: what is right is read in full; every mistake names the claim, the key, the line and a cure."""

from __future__ import annotations

import json
import tomllib
from fractions import Fraction
from importlib.resources import files
from pathlib import Path

import pytest

from relucert.claims.errors import LedgerError
from relucert.claims.ledger import CONTENTS, EXPECTED, GRADES, KINDS
from relucert.claims.read import KEYS, read_ledger
from tests.claims.ledgers import FALSE, OPEN, SINE, VACUOUS, read, written

FULL = """
title = "All keys"
checker = "0123456789abcdef"
[paper]
tex = "paper.tex"
theorems = "satz"
[defaults]
time = 2.5
grade = "interval"
[[claim]]
id = "base"
kind = "numeric"
statement = "Sampled."
python = "samples:run"
[[claim]]
id = "full"
label = "thm:full"
kind = "inequality"
statement = "In words."
prove = "y*x >= 0"
for = ["x in [0, 1]", "y in [0, 1]"]
where = ["x <= y"]
let = "z = x"
assumptions = ["the inputs are Gaussian"]
expect = "refuted"
grade = "exact"
time = 0.1
certificate = "certificates/full.json"
sha256 = "0000000000000000000000000000000000000000000000000000000000000000"
depends = ["base"]
source = "Somebody 2017"
note = "restated"
[[claim]]
id = "gap"
kind = "training-gap"
statement = "Optimal."
model = "net.npz"
data = "data.csv"
options = { weight_decay = 0.1, gap = 1e-6 }
"""


def test_all_keys_are_read(tmp_path: Path) -> None:
    ledger = read(tmp_path, FULL)
    assert (ledger.title, ledger.checker, ledger.paper and ledger.paper.tex) == (
        "All keys",
        "0123456789abcdef",
        "paper.tex",
    )
    base, full, gap = ledger.claims
    assert (base.time, base.grade, base.content) == (Fraction(5, 2), "interval", "python")
    assert (full.time, full.grade, full.expect, full.content) == (Fraction(1, 10), "exact", "refuted", "prove")
    assert (full.ranges, full.where, full.let) == (("x in [0, 1]", "y in [0, 1]"), ("x <= y",), ("z = x",))
    assert (full.depends, full.source, full.note) == (("base",), "Somebody 2017", "restated")
    assert gap.options == {"weight_decay": Fraction(1, 10), "gap": Fraction(1, 10**6)}
    assert full.at("prove").line == FULL.split("\n").index('prove = "y*x >= 0"') + 1


@pytest.mark.parametrize(
    ("change", "line", "what"),
    [
        (("statement", "statment"), 5, "unknown key 'statment'.*did you mean statement"),
        (('kind = "inequality"', 'kind = "lemma"'), 4, "not one of identity, inequality"),
        (('id = "sine"', 'id = "../sine"'), 2, "shape"),
        (('id = "sine"', "id = 3"), 2, "is no text"),
        (('id = "sine"\n', ""), 1, "id is missing"),
        (('statement = "The sine lies below the identity."\n', ""), 1, "statement is missing"),
        (("The sine lies below the identity.", " "), 5, "statement is empty"),
        (('prove = "sin(x) <= x"\n', ""), 6, "for means nothing without prove"),
        (('for = "x in [0, 1]"', 'for = "x in [0, 1]"\nderivation = "relu-kernel"'), 8, "both say what is claimed"),
        (('for = "x in [0, 1]"', "for = [1]"), 7, "no list of texts"),
        (('for = "x in [0, 1]"', 'for = "x in [0, 1]"\ntime = 0'), 8, "out of range"),
        (('for = "x in [0, 1]"', 'for = "x in [0, 1]"\ntime = "1"'), 8, "is no number"),
        (('for = "x in [0, 1]"', 'for = "x in [0, 1]"\ntime = true'), 8, "is no number"),
        (('for = "x in [0, 1]"', 'for = "x in [0, 1]"\nexpect = "true"'), 8, "not one of proved"),
        (('for = "x in [0, 1]"', 'for = "x in [0, 1]"\nsha256 = "00"'), 8, "shape"),
        (('for = "x in [0, 1]"', 'for = "x in [0, 1]"\ndepends = "other"'), 8, "is no claim"),
        (("lem:sine", "lem sine"), 3, "shape"),
        (("inequality", "training-gap"), 4, "is not settled by prove"),
        (("inequality", "numeric"), 4, "is not settled by prove"),
        (("sin(x) <= x", "1" * 100_001), 6, "100001 characters"),
        (("[[claim]]", "[claim]"), 0, "no list of tables"),
        (("[[claim]]", "claims = 1\n[[claim]]"), 1, "unknown key 'claims'.*did you mean claim"),
        (("[[claim]]", 'checker = "x"\n[[claim]]'), 1, "is no sha256"),
        (("[[claim]]", "[paper]\n[[claim]]"), 1, "has no tex"),
        (("[[claim]]", '[paper]\ntext = "a"\n[[claim]]'), 2, "did you mean tex"),
    ],
    ids=range(25),
)
def test_a_mistake_names_its_line(tmp_path: Path, change: tuple[str, str], line: int, what: str) -> None:
    text = SINE.lstrip().replace(*change)
    with pytest.raises(LedgerError, match=what) as caught:
        read(tmp_path, text)
    where = f"{tmp_path / 'claims.toml'}" + (f", line {line}" if line else "")
    assert caught.value.where == where
    assert caught.value.cure


@pytest.mark.parametrize("content", ["", FULL.split("[[claim]]")[0]])
def test_a_ledger_without_claims_is_read(tmp_path: Path, content: str) -> None:
    assert read(tmp_path, content).claims == ()


def test_ids_and_labels_are_unique(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="the id 'sine' is also in line 3") as caught:
        read(tmp_path, SINE + SINE)
    assert "line 11" in str(caught.value)
    with pytest.raises(LedgerError, match="the label 'lem:sine' is also in line 4"):
        read(tmp_path, SINE + SINE.replace('"sine"', '"other"'))


def test_formal_content_is_needed_unless_open(tmp_path: Path) -> None:
    assert read(tmp_path, OPEN).claims[0].content is None
    with pytest.raises(LedgerError, match="no formal content"):
        read(tmp_path, OPEN.replace('expect = "open"\n', ""))


def test_files_that_are_no_ledgers(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="there is no ledger"):
        read_ledger(tmp_path / "none.toml")
    with pytest.raises(LedgerError, match="is no file"):
        read_ledger(tmp_path)
    path = tmp_path / "latin.toml"
    path.write_bytes(b'title = "a"\n# \xe9\n')
    with pytest.raises(LedgerError, match="not UTF-8") as caught:
        read_ledger(path)
    assert caught.value.where == f"{path}, line 2"


def test_a_huge_file_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "claims.toml"
    with path.open("wb") as file:
        file.truncate(1 << 30)
    with pytest.raises(LedgerError, match=r"1073\.7 MB"):
        read_ledger(path)


# ---- the published schema


def _schema() -> dict[str, object]:
    found: dict[str, object] = json.loads(files("relucert.claims").joinpath("claims.schema.json").read_text())
    return found


def _valid(text: str) -> bool:
    jsonschema = pytest.importorskip("jsonschema")
    return bool(jsonschema.Draft202012Validator(_schema()).is_valid(tomllib.loads(text)))


def test_the_schema_knows_the_same_words() -> None:
    claim = _schema()["$defs"]["claim"]["properties"]  # type: ignore[index]
    assert list(claim) and set(claim) == set(KEYS)
    assert tuple(claim["kind"]["enum"]) == KINDS
    assert tuple(claim["expect"]["enum"]) == EXPECTED
    assert tuple(claim["grade"]["enum"]) == GRADES


@pytest.mark.parametrize("text", ["", FULL, SINE, FALSE, OPEN, VACUOUS])
def test_the_schema_accepts_what_is_read(tmp_path: Path, text: str) -> None:
    read(tmp_path, text)
    assert _valid(text)


@pytest.mark.parametrize(
    "change",
    [
        ("statement", "statment"),
        ('kind = "inequality"', 'kind = "lemma"'),
        ('"sine"', '"../sine"'),
        ('prove = "sin(x) <= x"\n', ""),
        ('for = "x in [0, 1]"', 'for = "x in [0, 1]"\nderivation = "relu-kernel"'),
        ('for = "x in [0, 1]"', 'for = "x in [0, 1]"\ntime = 0'),
        ('for = "x in [0, 1]"', 'for = "x in [0, 1]"\nsha256 = "00"'),
        ("inequality", "training-gap"),
        ("inequality", "numeric"),
        ('prove = "sin(x) <= x"\nfor = "x in [0, 1]"\n', ""),
        ('for = "x in [0, 1]"', 'for = "x in [0, 1]"\ncertificate = "/etc/passwd"'),
        ('for = "x in [0, 1]"', 'for = "x in [0, 1]"\ncertificate = "a/../../b"'),
    ],
)
def test_the_schema_refuses_what_is_refused(change: tuple[str, str]) -> None:
    assert _valid(SINE) and not _valid(SINE.replace(*change))


def test_every_content_has_a_kind() -> None:
    assert {kind for kinds in CONTENTS.values() for kind in kinds} == set(KINDS)


def test_line_endings_of_windows(tmp_path: Path) -> None:
    path = written(tmp_path, "")
    path.write_bytes(SINE.replace("\n", "\r\n").encode())
    assert read_ledger(path).claims[0].at("prove").line == 7


def test_a_byte_order_mark_is_named(tmp_path: Path) -> None:
    path = tmp_path / "claims.toml"
    path.write_bytes(b"\xef\xbb\xbf" + SINE.encode())
    with pytest.raises(LedgerError, match="byte order mark"):
        read_ledger(path)
