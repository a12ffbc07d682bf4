"""The cache: everything that can change an answer changes its key; a damaged entry is none."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from relucert.claims import cache
from relucert.claims.cache import Cache, default_folder, key_of
from relucert.claims.outcome import Settled, Status
from tests.claims.ledgers import OPEN, SINE, claim

FOUND = Settled(
    Status.PROVED,
    "words",
    "message",
    "cure",
    "exact",
    {"x": "1/2"},
    {"interval": 3},
    {"loss": "1"},
    {"margin": None, "where": {"x": [0.0, 1.0]}},
    b"\x00\xffbytes",
    ("SymPy",),
    ("note",),
    1.5,
    0.5,
)


def test_what_is_put_is_got(tmp_path: Path) -> None:
    store = Cache(tmp_path / "new")
    assert store.get("ab" * 32) is None
    store.put("ab" * 32, FOUND)
    assert store.get("ab" * 32) == FOUND
    assert store.get("ac" * 32) is None
    assert Cache(None).get("ab" * 32) is None


def test_a_damaged_entry_is_none(tmp_path: Path) -> None:
    store, key = Cache(tmp_path), "ab" * 32
    store.put(key, FOUND)
    (path,) = [path for path in tmp_path.rglob("*") if path.is_file()]
    whole = path.read_bytes()
    for damaged in (b"", whole[:-1], whole[: len(whole) // 2], whole.replace(b"proved", b"refute"), b"\n" + whole):
        path.write_bytes(damaged)
        assert store.get(key) is None
    other = tmp_path / "cd" / f"{'cd' * 31}.json"
    other.parent.mkdir()
    other.write_bytes(whole)
    assert store.get("cd" * 32) is None  # an entry under another key
    path.write_bytes(whole)
    assert store.get(key) == FOUND


@pytest.mark.parametrize(
    "status", [Status.CRASHED, Status.ERROR, Status.REFUSED, Status.DRIFTED, Status.MISSING, Status.NUMERIC]
)
def test_what_may_not_come_again_is_not_kept(tmp_path: Path, status: Status) -> None:
    store = Cache(tmp_path)
    store.put("ab" * 32, replace(FOUND, status=status))
    assert store.get("ab" * 32) is None


def test_a_cache_that_cannot_be_written_is_no_failure(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    Cache(tmp_path / "file").put("ab" * 32, FOUND)


def test_the_key_is_that_of_the_formal_content_and_the_files(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(b"a")
    sine = replace(claim(tmp_path, SINE), certificate="a.json", sha256="0" * 64)
    key = key_of(sine)
    assert key is not None
    same = replace(sine, statement="other words", expect="refuted", id="b", label=None, note="n")
    assert key_of(same) == key
    for change in (
        {"prove": "sin(x) <= 2*x"}, {"ranges": ("x in [0, 2]",)}, {"where": ("x > 0",)}, {"let": ("a = 1",)},
        {"time": Fraction(1)}, {"grade": "exact"}, {"sha256": "1" * 64}, {"certificate": None}, {"kind": "identity"},
        {"assumptions": ("w",)},
    ):  # fmt: skip
        assert key_of(replace(sine, **change)) not in (key, None)  # type: ignore[arg-type]
    (tmp_path / "a.json").write_bytes(b"b")
    assert key_of(sine) not in (key, None)


def test_model_and_data_are_in_the_key(tmp_path: Path) -> None:
    (tmp_path / "m").write_bytes(b"m")
    (tmp_path / "d").write_bytes(b"d")
    text = '[[claim]]\nid = "g"\nkind = "training-gap"\nstatement = "s"\nmodel = "m"\ndata = "d"\n'
    gap = claim(tmp_path, text + "options = { weight_decay = 1, gap = 0.1 }\n")
    keys = {key_of(gap), key_of(replace(gap, options={**gap.options, "gap": Fraction(1, 5)}))}
    for name in ("m", "d"):
        (tmp_path / name).write_bytes(b"other")
        keys.add(key_of(gap))
    assert len(keys) == 4 and None not in keys


def test_another_program_has_other_keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sine = claim(tmp_path, SINE)
    key = key_of(sine)
    monkeypatch.setattr(cache, "engine_sha256", lambda: "another")
    assert key_of(sine) != key


def test_the_program_is_all_its_rooms(monkeypatch: pytest.MonkeyPatch) -> None:
    before = cache.engine_sha256()
    cache.engine_sha256.cache_clear()
    monkeypatch.setattr(cache, "ROOMS", ("certify",))
    assert cache.engine_sha256() != before
    cache.engine_sha256.cache_clear()


def test_code_and_nothing_have_no_key(tmp_path: Path) -> None:
    assert key_of(claim(tmp_path, OPEN)) is None
    assert key_of(replace(claim(tmp_path, OPEN), python="a:b")) is None
    assert key_of(replace(claim(tmp_path, SINE), certificate="none.json", sha256="0" * 64)) is None


def test_the_folder_can_be_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "/x")
    monkeypatch.delenv("RELUCERT_CACHE", raising=False)
    assert default_folder() == Path("/x/relucert/claims")
    monkeypatch.setenv("RELUCERT_CACHE", "/y")
    assert default_folder() == Path("/y")
