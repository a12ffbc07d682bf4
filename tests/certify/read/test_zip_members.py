"""Damaged zip archives."""

from __future__ import annotations

import io
import zipfile

import pytest

from relucert.certify.read.errors import InputError
from relucert.certify.read.zip_members import ZipMembers


def archive() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as target:
        target.writestr("a", b"content of a")
        target.writestr("b", b"content of b")
    return buffer.getvalue()


def test_reads() -> None:
    members = ZipMembers(archive(), "f", cure="write it again")
    assert members.names == ["a", "b"]
    assert members.read("b") == b"content of b"
    with pytest.raises(InputError, match="f: the archive has no member 'c'; write it again"):
        members.read("c")


def test_a_changed_byte_is_noticed() -> None:
    content = archive().replace(b"content of a", b"content of x")
    with pytest.raises(InputError, match=r"the member 'a' of the archive is damaged .*CRC"):
        ZipMembers(content, "f", cure="write it again").read("a")


def test_every_truncation_is_one_error() -> None:
    content = archive()
    for length in range(len(content)):
        with pytest.raises(InputError, match="not a valid zip archive"):
            ZipMembers(content[:length], "f", cure="write it again")
