"""Files that appear complete or not at all."""

from __future__ import annotations

import os
import stat
import tempfile
from pathlib import Path

from relucert.cli.output import UserError


def write_atomically(path: Path, data: bytes) -> None:
    """Write the whole file, or leave what was there untouched.

    As :func:`relucert.claims.files.write_atomically`, but pipes and devices (``/dev/stdout``), which cannot be renamed
    over, are written to directly.

    Raises
    ------
    UserError
        The directory does not exist, is not writable, or the disk is full.
    """
    from relucert.claims.files import write_atomically as replace_file

    try:
        mode = _mode(path)
        if mode is not None and stat.S_ISDIR(mode):
            raise UserError(f"{path} is a folder", cure="name a file inside it")
        if mode is not None and not stat.S_ISREG(mode):
            path.write_bytes(data)
            return
        replace_file(path, data)
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
