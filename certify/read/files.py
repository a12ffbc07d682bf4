"""Bytes and text of a file, with the operating system's refusals turned into one-line errors."""

from __future__ import annotations

import os
from pathlib import Path

from relucert.certify.read.errors import InputError

PathLike = str | os.PathLike[str]


def read_bytes(path: PathLike) -> bytes:
    """The whole file; `InputError` when it is missing, a folder, unreadable or empty."""
    try:
        content = Path(path).read_bytes()
    except FileNotFoundError:
        raise InputError("no such file", file=path, cure="check the path") from None
    except IsADirectoryError:
        raise InputError("is a folder", file=path, cure="give the file inside it") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise InputError(f"cannot be read ({reason})", file=path, cure="check the path and its permissions") from None
    if not content:
        raise InputError("the file is empty", file=path, cure="write it again")
    return content


def decode_text(content: bytes, path: PathLike) -> str:
    """The bytes as UTF-8 without a byte order mark; other encodings and binary content are refused."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise InputError("the text is UTF-16", file=path, cure="save it as UTF-8")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise InputError("the text is not UTF-8", file=path, line=line, cure="save it as UTF-8") from None
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise InputError("NUL character: this is not a text file", file=path, line=line, cure="check the format")
    return text
