"""Files of a ledger stay inside its folder, have a size, and appear whole."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from relucert.claims.errors import LedgerError
from relucert.claims.files import inside, read_bytes, write_atomically
from relucert.claims.ledger import Place

PLACE = Place(Path("claims.toml"), 3)


@pytest.mark.parametrize(
    "name",
    ["/etc/passwd", "../x", "a/../../x", "a/..", "..", "", ".", "C:/x", "a\\b", "a\nb", "a\0b", "x" * 501, "\x1b[31m"],
)
def test_names_that_lead_out_are_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(LedgerError, match="no path inside") as caught:
        inside(tmp_path, name, PLACE)
    assert caught.value.where == "claims.toml, line 3"
    assert "\n" not in str(caught.value) and "\x1b" not in str(caught.value)


def test_names_inside_are_taken(tmp_path: Path) -> None:
    assert inside(tmp_path, "certificates/a.json", PLACE) == tmp_path / "certificates" / "a.json"


def test_a_link_that_leads_out_is_refused(tmp_path: Path) -> None:
    home, outside = tmp_path / "home", tmp_path / "outside"
    home.mkdir()
    outside.mkdir()
    (outside / "secret").write_text("x")
    (home / "folder").symlink_to(outside)
    (home / "file").symlink_to(outside / "secret")
    (home / "fine").symlink_to(home / "target")
    for name in ("folder/secret", "folder/new", "file"):
        with pytest.raises(LedgerError, match="leads out"):
            inside(home, name, PLACE)
    assert inside(home, "fine", PLACE) == home / "fine"


def test_only_regular_files_within_the_limit_are_read(tmp_path: Path) -> None:
    path = tmp_path / "data"
    path.write_bytes(b"1234")
    assert read_bytes(path, 4, PLACE) == b"1234"
    with pytest.raises(LedgerError, match="at most"):
        read_bytes(path, 3, PLACE)
    with pytest.raises(LedgerError, match="folder"):
        read_bytes(tmp_path, 4, PLACE)
    with pytest.raises(FileNotFoundError):
        read_bytes(tmp_path / "none", 4, PLACE)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_a_pipe_does_not_block(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(LedgerError, match="is no file"):
        read_bytes(tmp_path / "pipe", 4, PLACE)


def test_a_write_that_fails_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "file"
    write_atomically(path, b"old")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_atomically(path, b"new")
    assert path.read_bytes() == b"old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["file"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="POSIX permissions and links")
def test_a_file_that_is_there_keeps_its_permissions_and_links_to_it(tmp_path: Path) -> None:
    path, link = tmp_path / "file", tmp_path / "link"
    path.write_bytes(b"old")
    path.chmod(0o600)
    link.symlink_to(path)
    write_atomically(link, b"new", durable=False)
    assert link.is_symlink() and path.read_bytes() == b"new" and path.stat().st_mode & 0o777 == 0o600
