"""Missing, unreadable, empty and wrongly encoded files."""

from __future__ import annotations

from pathlib import Path

import pytest

from relucert.certify.read.errors import InputError
from relucert.certify.read.files import decode_text, read_bytes


def test_reads(tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(b"abc")
    assert read_bytes(tmp_path / "f") == b"abc"
    assert decode_text(b"\xef\xbb\xbfx\xc3\xa9", "f") == "xé"


def test_refusals(tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    for path, reason in (
        (tmp_path / "absent", "no such file"),
        (tmp_path, "is a folder"),
        (tmp_path / "empty", "the file is empty"),
        (Path("a\0b"), "cannot be read"),
    ):
        with pytest.raises(InputError, match=reason):
            read_bytes(path)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("a,b".encode("utf-16"), "f: the text is UTF-16"),
        (b"a\nb\xff\n", "f, line 2: the text is not UTF-8"),
        (b"a\n\nb\0", "f, line 3: NUL"),
    ],
)
def test_encodings(content: bytes, reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        decode_text(content, "f")
