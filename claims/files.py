"""Files of a ledger: inside its folder or not at all, within a size, and written whole."""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
from pathlib import Path, PurePosixPath

from relucert.claims.errors import LedgerError, shortened
from relucert.claims.ledger import Place

MAX_CERTIFICATE = 1 << 28
MAX_INPUT = 1 << 30  # a model or data


def inside(folder: Path, text: str, place: Place) -> Path:
    """The path of a file that is named relative to the ledger's folder.

    Raises
    ------
    LedgerError
        The name is absolute, climbs out with ``..``, or leads out through a symbolic link.
    """
    where, cure = str(place), "name a file inside the ledger's folder, with / between the parts"
    name = PurePosixPath(text)
    plain = text.isprintable() and "\\" not in text and ":" not in text and name.parts
    if not plain or name.is_absolute() or ".." in name.parts or len(text) > 500:
        raise LedgerError(f"{shortened(text)} is no path inside the ledger's folder", where, cure)
    path = folder / name
    try:
        real, home = Path(os.path.realpath(path)), Path(os.path.realpath(folder))
    except OSError as error:
        raise LedgerError(f"{shortened(text)} cannot be followed: {error.strerror}", where, cure) from None
    if not real.is_relative_to(home):
        raise LedgerError(f"{shortened(text)} leads out of the ledger's folder", where, cure)
    return path


def input_file(folder: Path, text: str, place: Place) -> Path:
    """As :func:`inside`, for a file that some reader opens: it is there, a regular file, and not too large.

    Raises
    ------
    LedgerError
        It is not.
    """
    path = inside(folder, text, place)
    try:
        state = os.stat(path)
    except OSError as error:
        raise LedgerError(f"cannot read {text}: {error.strerror}", str(place), "check the path") from None
    if not stat.S_ISREG(state.st_mode):
        raise LedgerError(f"{text} is no file", str(place), "name a file")
    if state.st_size > MAX_INPUT:
        raise LedgerError(
            f"{text} has {state.st_size / 1e6:.1f} MB", str(place), f"at most {MAX_INPUT / 1e6:.0f} are read"
        )
    return path


def read_bytes(path: Path, limit: int, place: Place) -> bytes:
    """The bytes of a regular file that is not larger than the limit.

    Raises
    ------
    FileNotFoundError
        There is none.
    LedgerError
        It is a folder, a pipe or a device, too large, or cannot be read.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        with os.fdopen(descriptor, "rb") as file:
            state = os.fstat(file.fileno())
            if not stat.S_ISREG(state.st_mode):
                raise LedgerError(f"{path} is no file", str(place), "name a file")
            if state.st_size > limit:
                size = f"{state.st_size / 1e6:.1f} MB"
                raise LedgerError(f"{path} has {size}", str(place), f"at most {limit / 1e6:.0f} MB are read")
            data = file.read(limit + 1)
    except FileNotFoundError:
        raise
    except IsADirectoryError:
        raise LedgerError(f"{path} is no file but a folder", str(place), "name a file") from None
    except OSError as error:
        raise LedgerError(f"cannot read {path}: {error.strerror}", str(place), "check the path") from None
    if len(data) > limit:
        raise LedgerError(f"{path} grows while it is read", str(place), "try again")
    return data


def sha256(data: bytes) -> str:
    """As hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def write_atomically(path: Path, data: bytes, *, durable: bool = True) -> None:
    """Write the whole file or leave what was there: a temporary name in the same folder, then a rename.

    A symbolic link is followed, so that its target changes; permissions of a file that is there already stay.

    durable : on the disk before the rename; not needed for what can be made again and is read with its hash.

    Raises
    ------
    OSError
        There is no such folder, it is not writable, the disk is full, or the path is a folder.
    """
    target = Path(os.path.realpath(path))
    mode = None
    with contextlib.suppress(FileNotFoundError):
        mode = stat.S_IMODE(os.stat(target).st_mode)
    # a name of fixed length, because the target's own may already have the greatest length allowed
    temporary = target.parent / f".relucert-{os.urandom(8).hex()}.tmp"
    try:
        with open(temporary, "xb") as file:  # the umask applies, as to any new file
            file.write(data)
            if durable:
                file.flush()
                os.fsync(file.fileno())
        if mode is not None:
            os.chmod(temporary, mode)
        os.replace(temporary, target)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise
    if durable:
        _sync_directory(target.parent)


def _sync_directory(folder: Path) -> None:
    """Make the rename itself durable, where the system can do that."""
    with contextlib.suppress(OSError, AttributeError):
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
