"""Strict JSON: everything that is not exactly the format is refused, and nothing raises anything else."""

from __future__ import annotations

import gzip
import json
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relucert.certify.check import stream
from relucert.certify.check.errors import CertificateError
from relucert.certify.check.kernel import check_bytes
from relucert.certify.check.stream import Stream, decode_text
from tests.certify.check.build import Json, check, edited, tag, text_of
from tests.certify.check.catalogue import CATALOGUE, pretty

BASE = CATALOGUE["cone_cover_with_split"]
TEXT = text_of(BASE)


def tag_of(text: str | bytes, jobs: int = 1) -> str:
    data = text if isinstance(text, bytes) else text.encode("utf-8")
    return tag(check_bytes(data, jobs=jobs))


def changed(old: str, new: str) -> str:
    assert old in TEXT
    return TEXT.replace(old, new, 1)


REFUSED = {
    "nothing": ("", "format S1"),
    "white space": (" \n", "format S1"),
    "an empty object": ("{}", "format S1"),
    "an array": ("[]", "format S1"),
    "null": ("null", "format S1"),
    "truncated": (TEXT[:-1], "format S1"),
    "half": (TEXT[: len(TEXT) // 2], "format S1"),
    "text after": (TEXT + "x", "format S1"),
    "second object": (TEXT + TEXT, "format S1"),
    "a NUL after": (TEXT + "\0", "format S1"),
    "a field after trees": (TEXT[:-1] + ',"more":1}', "format S1"),
    "a comma after trees": (TEXT[:-1] + ",}", "format S1"),
    "single quotes": (TEXT.replace('"', "'"), "format S1"),
    "a comment": ("/* */" + TEXT, "format S1"),
    "a form feed": ("\f" + TEXT, "format S1"),
    "a byte order mark": ("\ufeff" + TEXT, "format S3"),
    "UTF-16": (TEXT.encode("utf-16"), "format S3"),
    "an escape": (changed('"format"', '"f\\u006frmat"'), "format S3"),
    "an escaped value": (changed("half-sum", "half\\u002dsum"), "format S3"),
    "other digits": (changed('"threshold":"16/7"', '"threshold":"１6/7"'), "format S3"),
    "minus zero": (changed("[0,14]", "[-0,14]"), "format S3"),
    "minus zero in a string": (changed('"lower_bound":"7"', '"lower_bound":"-0"'), "format S3"),
    "minus zero, decimal": (changed("[0,14]", "[-0.0,14]"), "format S3"),
    "4001 digits": (changed("[0,14]", f"[0,{'1' * 4001}]"), "format S3"),
    "5000 digits, negative": (changed("[0,14]", f"[0,-{'1' * 5000}]"), "format S3"),
    "5000 digits in a string": (changed('"lower_bound":"7"', f'"lower_bound":"{"7" * 5000}"'), "format S3"),
    "duplicate key in the claim": (changed('"kind":', '"kind":"training-gap","kind":'), "format S4"),
    "duplicate key in the dual": (changed('"scale":"1"', '"scale":"1","scale":"1"'), "format S4"),
    "duplicate proof": (changed('"proofs":{"+":', '"proofs":{"+":{"rule":"sign_tree"},"+":'), "format S4"),
    "duplicate rule": (changed('"rule":', '"rule":"sign_tree","rule":'), "format S4"),
    "a float": (changed("[0,14]", "[0,14.0]"), "format S5"),
    "an exponent": (changed("[0,14]", "[0,14e0]"), "format S5"),
    "NaN": (changed("[0,14]", "[0,NaN]"), "format S5"),
    "Infinity": (changed("[0,14]", "[0,Infinity]"), "format S5"),
    "-Infinity": (changed('"lower_bound":"7"', '"lower_bound":-Infinity'), "format S5"),
    "leading zero": (changed("[0,14]", "[0,014]"), "format S1"),
    "plus sign": (changed("[0,14]", "[0,+14]"), "format S1"),
    "hexadecimal": (changed("[0,14]", "[0,0x0e]"), "format S1"),
    "underscore": (changed("[0,14]", "[0,1_4]"), "format S1"),
    "trailing comma in a record": (changed("[0,14]", "[0,14,]"), "format S1"),
    "trailing comma in a tree": (changed('[["S",0,1,1,1],', '[["S",0,1,1,1],,'), "format S1"),
    "trailing comma after the trees": (TEXT[:-2] + ",]}", "format S9"),
    "an object of trees": (changed('"trees":[', '"trees":{'), "format S1"),
    "version 2": (changed('"version":1', '"version":2'), "format S6"),
    "version true": (changed('"version":1', '"version":true'), "format S6"),
    "version as text": (changed('"version":1', '"version":"1"'), "format S6"),
    "version 1.0": (changed('"version":1', '"version":1.0'), "format S5"),
    "another format": (changed("relucert-certificate", "relucert-Certificate"), "format S6"),
    "format null": (changed('"relucert-certificate"', "null"), "format S6"),
    "version before format": (
        TEXT.replace('"format":"relucert-certificate","version":1', '"version":1,"format":"relucert-certificate"'),
        "format S1",
    ),
    "no trees": (TEXT[: TEXT.index(',"trees"')] + "}", "format S1"),
    "trees null": (TEXT[: TEXT.index('"trees"')] + '"trees":null}', "format S1"),
    "trees empty": (TEXT[: TEXT.index('"trees"')] + '"trees":[]}', "format S9"),
    "trees twice": (TEXT[:-1] + "," + TEXT[TEXT.index('"trees"') :], "format S1"),
    "a tree that is a number": (changed('"trees":[', '"trees":[0,'), "format S9"),
    "a tab in a key": (changed('"kind"', '"\tkind"'), "format S1"),
}


@pytest.mark.parametrize("name", REFUSED)
@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
def test_refused(name: str, packed: bool) -> None:
    text, expected = REFUSED[name]
    data = text if isinstance(text, bytes) else text.encode("utf-8")
    assert tag_of(gzip.compress(data) if packed else data) == expected


@pytest.mark.parametrize("name", [name for name in REFUSED if REFUSED[name][1] in ("format S1", "format S9")])
def test_several_processes_refuse_the_same_texts(name: str) -> None:
    assert tag_of(REFUSED[name][0], jobs=2) == REFUSED[name][1]


def test_accepted_spellings() -> None:
    """White space and gzip are the only freedom."""
    assert tag_of(TEXT) == tag_of(pretty(BASE)) == tag_of(json.dumps(BASE, indent=4)) == "VALID"
    assert tag_of(" \t\r\n" + TEXT.replace(",", " ,\n") + "\n") == "VALID"
    assert tag_of(gzip.compress(TEXT.encode())) == "VALID"
    data = TEXT.encode()
    assert tag_of(gzip.compress(data[:100]) + gzip.compress(data[100:])) == "VALID"  # two members are one file
    assert tag_of(changed("[0,14]", f"[0,{10**20}]")).endswith("S5")


@pytest.mark.parametrize("end", [0, 1, 2, 3, 9, 10, 11, 40, -1, -4, -8, -9])
def test_truncated_gzip(end: int) -> None:
    data = gzip.compress(TEXT.encode())
    assert tag_of(data[:end]) == "format S1"


def test_damaged_gzip() -> None:
    """Any flipped byte of the packed data is refused (or leaves the text as it was), and nothing is raised."""
    data = gzip.compress(TEXT.encode(), mtime=0)
    for k in range(2, len(data)):
        damaged = data[:k] + bytes([data[k] ^ 0xFF]) + data[k + 1 :]
        result = tag_of(damaged)
        assert result != "VALID" or decode_text(damaged) == TEXT


def test_garbage_after_gzip() -> None:
    assert tag_of(gzip.compress(TEXT.encode()) + b"garbage") == "format S1"
    assert tag_of(gzip.compress(TEXT.encode()) + b"\0" * 20) == "VALID"  # zero padding is part of the gzip format
    assert tag_of(zlib.compress(TEXT.encode())) == "format S3"
    assert tag_of(gzip.compress(gzip.compress(TEXT.encode()))) in ("format S1", "format S3")


def test_gzip_bomb(monkeypatch: pytest.MonkeyPatch) -> None:
    """A small file that unpacks beyond the limit is refused, also when what lies within the limit is a certificate."""
    monkeypatch.setattr(stream, "MAX_BYTES", len(TEXT) + 50)
    assert tag_of(gzip.compress(TEXT.encode() + b" " * 50)) == "VALID"
    assert tag_of(gzip.compress(TEXT.encode() + b" " * 51)) == "format S2"
    assert tag_of(gzip.compress(TEXT.encode() + b" " * 10_000_000)) == "format S2"
    assert tag_of(TEXT + " " * 51) == "format S2"


@pytest.mark.parametrize("depth", [5, 100, 900, 960, 970, 980, 985, 988, 989, 990, 995, 1000, 5000, 100_000])
@pytest.mark.parametrize("place", ["claim", "loss", "basis", "record", "tree"])
def test_deep_nesting(depth: int, place: str) -> None:
    deep = "[" * depth + "]" * depth
    text = {
        "claim": TEXT[: TEXT.index('{"kind"')] + deep + TEXT[TEXT.index(',"evidence"') :],
        "loss": changed('"half-sum"', deep),
        "basis": changed('"basis":[[1,0]', '"basis":[' + deep),
        "record": changed('["S",0,1,1,1]', deep),
        "tree": changed('[["S",0,1,1,1]', deep),
    }[place]
    assert tag_of(text) != "VALID"


@pytest.mark.parametrize("depth", [960, 972, 975, 978, 984, 2000])
def test_deep_nesting_in_several_processes(depth: int) -> None:
    """The call stack of a worker is deeper than that of its parent."""
    assert tag_of(changed('"basis":[[1,0]', '"basis":[' + "[" * depth + "]" * depth), jobs=2) != "VALID"


def test_a_null_does_not_end_a_tree() -> None:
    """Trees that are never closed: not JSON, although every record is a proof."""
    records = [",".join(json.dumps(record) for record in tree) for tree in BASE["trees"]]
    text = TEXT[: TEXT.index('"trees"')] + '"trees":[' + ",".join(f"[{tree},null" for tree in records) + "]}"
    with pytest.raises(ValueError):
        json.loads(text)
    assert tag_of(text) == tag_of(text, jobs=2) == "cone_cover S4" or tag_of(text, jobs=2) == "format S1"
    assert tag_of(text) != "VALID" and tag_of(text, jobs=2) != "VALID"


@settings(max_examples=400, deadline=None)
@given(st.integers(0, len(TEXT) - 1), st.text(alphabet=st.characters(max_codepoint=127), max_size=3), st.integers(0, 3))
def test_small_changes_of_the_text(position: int, inserted: str, removed: int) -> None:
    """What is VALID after a change of a few characters is still JSON with the same fields."""
    text = TEXT[:position] + inserted + TEXT[position + removed :]
    if tag_of(text) == "VALID":
        assert list(json.loads(text)) == list(BASE)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=60))
def test_random_bytes(data: bytes) -> None:
    assert check_bytes(data).kind == "INVALID"
    assert check_bytes(b"\x1f\x8b" + data).kind == "INVALID"


def test_items_are_read_one_at_a_time() -> None:
    source = Stream("[ [1] , null , 2 ] rest")
    items = source.items()
    assert next(items) == [1] and source.text[source.position] == " "
    assert list(items) == [None, 2]
    assert source.peek() == "r"
    assert list(Stream("[]").items()) == []
    with pytest.raises(CertificateError):
        list(Stream("[1 2]").items())


def order(value: Json) -> Json:
    return dict(reversed(value.items()))


@pytest.mark.parametrize(
    "path",
    [
        "claim",
        "claim.problem",
        "claim.network",
        "evidence",
        "evidence.dual",
        "evidence.dual.dual_variable",
        "evidence.dual.proofs",
        "evidence.dual.proofs.+",
    ],
)
def test_objects_have_exactly_their_fields_in_order(path: str) -> None:
    expected = "format S8" if path.startswith("claim") else "format S7"
    value = BASE
    for key in path.split("."):
        value = value[key]
    wrong = [order(value), value | {"note": 1}, {}, [], None, "x", 0, list(value.items())]
    wrong += [{(key + "s" if key == name else key): entry for key, entry in value.items()} for name in value]
    wrong += [{key: entry for key, entry in value.items() if key != name} for name in value]
    wrong += [
        {(key.upper() if key == name else key): entry for key, entry in value.items()}
        for name in value
        if name.islower()
    ]
    for other in wrong:
        assert tag(check(edited(BASE, (path, other)))) == expected, other
