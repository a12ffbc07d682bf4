"""Files that appear complete or not at all."""

from __future__ import annotations

import contextlib
import os
import stat
import tempfile
from pathlib import Path

from relucert.cli.output import UserError


def write_atomically(path: Path, data: bytes) -> None:
    """Write the whole file, or leave what was there untouched.

    The bytes go to a temporary file in the same directory, are flushed to the disk and then renamed over `path`.
    A symbolic link is followed, so its target is what changes.  Pipes and devices (``/dev/stdout``) cannot be
    renamed over and are written to directly.

    Raises
    ------
    UserError
        The directory does not exist, is not writable, or the disk is full.
    """
    try:
        target = Path(os.path.realpath(path))
        mode = _mode(path)
        if mode is not None and stat.S_ISDIR(mode):
            raise UserError(f"{path} is a folder", cure="name a file inside it")
        if mode is not None and not stat.S_ISREG(mode):
            path.write_bytes(data)
            return
        _replace(target, data, mode)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UserError(f"cannot write {path}", where=reason, cure="choose another file or make room for it") from None


def require_writable(path: Path) -> None:
    """Find out before long work whether the file can be written after it.

    Raises
    ------
    UserError
        As :func:`write_atomically` would.
    """
    if not path.parent.is_dir():
        raise UserError(f"{path.parent} is not a directory", cure="create it or choose another file")
    if path.is_dir():
        raise UserError(f"{path} is a folder", cure="name a file inside it")
    if path.exists() and not path.is_file():
        return  # a pipe or a device is written directly
    folder = Path(os.path.realpath(path)).parent
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise UserError(f"cannot write into {folder}", where=error.strerror, cure="choose another folder") from None


def _mode(path: Path) -> int | None:
    """Type and permissions of what is there already."""
    try:
        return path.stat().st_mode
    except FileNotFoundError:
        return None


def _replace(target: Path, data: bytes, mode: int | None) -> None:
    # a name of fixed length, because the target's own may already have the greatest length allowed
    temporary = target.parent / f".relucert-{os.urandom(8).hex()}.tmp"
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    descriptor = os.open(temporary, flags, 0o666)  # the umask applies, as to any new file
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if mode is not None:
            os.chmod(temporary, stat.S_IMODE(mode))
        os.replace(temporary, target)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise
    _sync_directory(target.parent)


def _sync_directory(folder: Path) -> None:
    """Make the rename itself durable, where the system can do that."""
    with contextlib.suppress(OSError, AttributeError):
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
