"""TOML that strangers wrote: read within limits, every number exact, and every key with its line.

The standard parser says no lines and takes quadratic time for long dotted keys, so the text is looked over first:
strings and comments are blanked, and what is left shows tables, keys and brackets.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from relucert.claims.errors import LedgerError, shortened

MAX_BYTES = 4 << 20
MAX_PARTS = 8  # of a dotted key
MAX_DEPTH = 20  # of brackets
MAX_DIGITS, MAX_EXPONENT = 1000, 1000  # of a number, as on the command line

_PIECE = re.compile(
    r'""'  # the three quotes of long strings first
    r'"(?:\\.|[^\\])*?"{3,5}' + r"|'''.*?'{3,5}" + r'|(?!"")"(?:\\.|[^"\\\n])*"|(?!"{3})""' + r"|(?!''')'[^'\n]*'"
    r"|\#[^\n]*|[^\"'\#]+|.",
    re.DOTALL,
)
_BARE = r"(?:[A-Za-z0-9_-]+|\x00+)"
_KEY = re.compile(rf"\s*({_BARE}(?:\s*\.\s*{_BARE})*+)\s*=")
_HEADER = re.compile(r"\s*(\[\[?)([^\[\]]*)\]")
_PARTS = re.compile(r"[^\n=\[\]{},]*")
_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?(?:[eE]([+-]?\d{1,4}))?", re.ASCII)


@dataclass
class Places:
    """Where a table stands: the line of its header and of its keys, those of inner tables with dots.

    end : the line of the next header; 0 at the end of the file.
    """

    line: int
    keys: dict[str, int] = field(default_factory=dict)
    end: int = 0

    def of(self, key: str) -> int:
        """The line of a key; of the table when the key is not there."""
        return self.keys.get(key, self.line)


def parse(text: str, name: str) -> tuple[dict[str, Any], dict[str, list[Places]]]:
    """The data, floats as exact fractions, and the places of the tables by their names (of arrays in their order).

    Raises
    ------
    LedgerError
        No TOML, or beyond the limits.
    """
    blank = _blanked(text, name)
    _refuse_bombs(blank, name)
    try:
        data = tomllib.loads(text, parse_float=exact)
    except tomllib.TOMLDecodeError as error:
        raise LedgerError(f"not TOML: {error}", name, "correct it there") from None
    except LedgerError as error:
        raise LedgerError(error.what, name, error.cure) from None
    except (RecursionError, ValueError) as error:  # a whole number of more digits than Python reads
        raise LedgerError(f"not TOML that can be read: {error}", name, "shorten it") from None
    return data, places(blank)


def exact(text: str) -> Fraction:
    """The number that the digits say, not the nearest binary one."""
    plain = text.replace("_", "")
    found = _NUMBER.fullmatch(plain) if len(plain) <= MAX_DIGITS else None
    if found is None or abs(int(found[1] or "0")) > MAX_EXPONENT:
        raise LedgerError(f"{shortened(text, 40)} is no number", cure=f"use exponents up to {MAX_EXPONENT}")
    return Fraction(plain)


def places(blank: str) -> dict[str, list[Places]]:
    """The lines of all tables and keys of a text without strings and comments; the top of the file has the name ''."""
    top = Places(1)
    found: dict[str, list[Places]] = {"": [top]}
    current, prefix, depth = top, "", 0
    for number, line in enumerate(blank.split("\n"), start=1):
        header = _HEADER.match(line) if depth == 0 else None
        if header is not None:
            name = re.sub(r"\s", "", header[2])
            outer, _, inner = name.partition(".")
            current.end = current.end or number
            if inner and outer in found:
                current, prefix = found[outer][-1], f"{inner}."
                current.keys.setdefault(inner, number)
            else:
                current, prefix = Places(number), ""
                found.setdefault(name, []).append(current)
            continue
        key = _KEY.match(line) if depth == 0 else None
        if key is not None:
            name = re.sub(r"\s", "", key[1])
            current.keys.setdefault(prefix + name, number)
            current.keys.setdefault(prefix + name.partition(".")[0], number)
        depth = max(0, depth + sum(line.count(c) for c in "[{") - sum(line.count(c) for c in "]}"))
    return found


def _blanked(text: str, name: str) -> str:
    """The text with every character of a string as NUL and of a comment as a space; line breaks stay."""

    def blank(piece: re.Match[str]) -> str:
        found = piece[0]
        if found[0] == "#":
            return " " * len(found)
        if found in ("'", '"'):
            line = text.count("\n", 0, piece.start()) + 1
            raise LedgerError("a string does not end", f"{name}, line {line}", "close it with the quote that opens it")
        return re.sub(r"[^\n]", "\0", found) if found[0] in "\"'" else found

    return _PIECE.sub(blank, text.replace("\r\n", "\n").replace("\0", " "))


def _refuse_bombs(blank: str, name: str) -> None:
    depth = 0
    for number, line in enumerate(blank.split("\n"), start=1):
        where = f"{name}, line {number}"
        if line.count(".") > MAX_PARTS and any(part.count(".") > MAX_PARTS for part in _PARTS.findall(line)):
            raise LedgerError(f"a key of more than {MAX_PARTS} parts", where, "use fewer dots")
        if "[" in line or "]" in line or "{" in line or "}" in line:
            for character in line:
                depth += (character in "[{") - (character in "]}")
                if depth > MAX_DEPTH:
                    raise LedgerError(f"brackets nested deeper than {MAX_DEPTH}", where, "flatten it")
