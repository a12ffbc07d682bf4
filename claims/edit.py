"""Writes certificates into a ledger without touching anything else: comments, order and spelling stay the author's."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping

from relucert.claims.errors import LedgerError
from relucert.claims.toml_text import exact, parse

_STRING = r"""("(?:\\.|[^"\\\n])*"|'[^'\n]*')"""


def quoted(text: str) -> str:
    """A TOML string."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def with_keys(
    text: str, name: str, claims: Mapping[int, Mapping[str, str]], head: Mapping[str, str] | None = None
) -> str:
    """The text of a ledger with other values for some keys of its claims (by their number) and of its head.

    Raises
    ------
    LedgerError
        The keys are written in a way that is not changed by machine; the values to write are named.
    """
    data, places = parse(text, name)
    entries, at = data.get("claim", []), places.get("claim", [])
    lines = text.split("\n")
    changes: list[tuple[int, int, list[str]]] = []  # the first line (from 0), how many lines go, what comes
    for number, values in claims.items():
        if len(at) != len(entries):
            raise _by_hand(name, 1, values)
        place, entry = at[number], entries[number]
        new = []
        for key, value in values.items():
            if key in entry:
                line = place.of(key) - 1
                changes.append((line, 1, [_replaced(lines[line], key, value, name, values)]))
            else:
                new.append(f"{key} = {quoted(value)}")
            entry[key] = value
        end = (place.end or len(lines) + 1) - 1
        while end > place.line and (not lines[end - 1].strip() or lines[end - 1].lstrip().startswith("#")):
            end -= 1
        if new:
            changes.append((end, 0, new))
    for key, value in (head or {}).items():
        line = places[""][0].of(key)
        changes.append((line - 1, 1, [_replaced(lines[line - 1], key, value, name, {key: value})]))
        data[key] = value
    for first, gone, new in sorted(changes, key=lambda change: -change[0]):
        lines[first : first + gone] = new
    result = "\n".join(lines)
    if _read(result) != data:
        raise _by_hand(name, 1, next(iter(claims.values()), head or {}))
    return result


def _replaced(line: str, key: str, value: str, name: str, values: Mapping[str, str]) -> str:
    found = re.fullmatch(rf"(\s*{key}\s*=\s*){_STRING}(\s*(?:#.*)?)", line)
    if found is None:
        raise _by_hand(name, 1, values)
    return f"{found[1]}{quoted(value)}{found[3]}"


def _read(text: str) -> object:
    try:
        return tomllib.loads(text, parse_float=exact)
    except ValueError:
        return None


def _by_hand(name: str, line: int, values: Mapping[str, str]) -> LedgerError:
    said = ", ".join(f"{key} = {quoted(value)}" for key, value in values.items())
    return LedgerError("the ledger is written in a way that is not changed by machine", f"{name}, line {line}", said)
