"""Files appear complete or not at all."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

import pytest

from relucert.cli.files import require_writable, write_atomically
from relucert.cli.output import UserError


def test_a_new_file_and_nothing_else_appears(tmp_path: Path) -> None:
    target = tmp_path / "net.cert.json"
    write_atomically(target, b"new")
    assert target.read_bytes() == b"new"
    assert os.listdir(tmp_path) == ["net.cert.json"]


def test_an_interrupted_write_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "net.cert.json"
    target.write_bytes(b"old")

    def interrupt(_: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("os.fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_atomically(target, b"new")
    assert target.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["net.cert.json"]


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX permissions")
def test_permissions_are_the_users_choice(tmp_path: Path) -> None:
    fresh, kept = tmp_path / "fresh", tmp_path / "kept"
    kept.write_bytes(b"old")
    kept.chmod(0o640)
    umask = os.umask(0o022)
    try:
        write_atomically(fresh, b"new")
        write_atomically(kept, b"new")
    finally:
        os.umask(umask)
    assert stat.S_IMODE(fresh.stat().st_mode) == 0o644
    assert stat.S_IMODE(kept.stat().st_mode) == 0o640


@pytest.mark.skipif(sys.platform == "win32", reason="symbolic links need a privilege there")
def test_a_symbolic_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "folder" / "real")
    write_atomically(link, b"new")
    assert link.is_symlink()
    assert (tmp_path / "folder" / "real").read_bytes() == b"new"


@pytest.mark.skipif(not Path("/dev/null").is_char_device(), reason="no such device")
def test_a_device_is_written_to_and_not_replaced() -> None:
    write_atomically(Path("/dev/null"), b"new")
    assert Path("/dev/null").is_char_device()


def test_the_longest_possible_name_can_be_written(tmp_path: Path) -> None:
    target = tmp_path / ("n" * 255)
    write_atomically(target, b"new")
    assert target.read_bytes() == b"new"


def test_a_place_that_cannot_be_written_is_a_user_error(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="is a folder"):
        write_atomically(tmp_path, b"new")
    with pytest.raises(UserError, match=r"cannot write .*missing"):
        write_atomically(tmp_path / "missing" / "file", b"new")
    with pytest.raises(UserError, match="cannot write"):
        write_atomically(tmp_path / "nul\0byte", b"new")


def test_whether_a_file_can_be_written_is_known_before(tmp_path: Path) -> None:
    require_writable(tmp_path / "new")
    assert list(tmp_path.iterdir()) == []
    for path, text in ((tmp_path, "is a folder"), (tmp_path / "missing" / "file", "is not a directory")):
        with pytest.raises(UserError, match=text):
            require_writable(path)


@pytest.mark.skipif(not Path("/proc/self").is_dir(), reason="needs a folder that nobody can write into")
def test_a_folder_that_cannot_be_written_into_is_known_before() -> None:
    with pytest.raises(UserError, match="cannot write into /proc"):
        require_writable(Path("/proc/file"))
