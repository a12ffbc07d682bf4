r"""Displays that fit the page: how wide a formula is, and where to break one that is too wide.

A formula is broken before a relation, a sum's sign or, last, between factors; inside brackets only when it must be, and
then ``\left( ... \right)`` becomes ``\Bigl( ... \Bigr)``, which may stand on different lines.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

TOKEN = re.compile(r"\\(?:[A-Za-z]+|.)|\s+|.", re.DOTALL)
LINE = 62.0  # widths of a digit that a display may take
_WIDE = {"=": 2.2, "<": 2.2, ">": 2.2, "+": 2.0, "-": 2.0, r"\leq": 2.2, r"\geq": 2.2, r"\neq": 2.2, r"\cdot": 1.2}
_OPERATORS = {
    r"\sin": 2.8,
    r"\cos": 3.0,
    r"\tan": 3.0,
    r"\log": 3.0,
    r"\exp": 3.2,
    r"\max": 4.0,
    r"\min": 3.8,
    r"\lim": 3.6,
    r"\arccos": 6.0,
    r"\arcsin": 6.0,
    r"\arctan": 6.2,
    r"\sum": 3.2,
    r"\prod": 3.0,
    r"\int": 2.0,
    r"\nabla": 1.7,
    r"\quad": 2.0,
}
_NOTHING = {r"\left", r"\right", r"\,", r"\Bigl", r"\Bigr", r"\biggl", r"\biggr", "&", r"\mathrm", r"\mathbf"}
_NOTHING |= {r"\mathbb", r"\operatorname", r"\hat", r"\bar", r"\tilde", r"\boldsymbol", r"\text", r"\!"}
_BELOW = {r"\sum", r"\prod", r"\lim"}  # limits stand above and below
_OPENING = {"(", "[", r"\langle", r"\lVert", r"\lvert"}
_CLOSING = {")", "]", r"\rangle", r"\rVert", r"\rvert"}
_RELATIONS = {"=", "<", ">", r"\leq", r"\geq", r"\neq"}


def tokens(text: str) -> list[str]:
    """Macros, single characters and spaces."""
    return TOKEN.findall(text)


@lru_cache(maxsize=4096)
def width(text: str) -> float:
    """About how wide the formula is set in display style, in widths of a digit."""
    parts = [token for token in tokens(text) if not token.isspace()]
    found, place = _width(parts, 0)
    assert place == len(parts), text
    return found


def _width(parts: list[str], place: int) -> tuple[float, int]:
    total, before = 0.0, ""
    while place < len(parts) and parts[place] != "}":
        token = parts[place]
        if token in (r"\frac", r"\binom"):
            top, place = _group(parts, place + 1)
            bottom, place = _group(parts, place)
            total += max(top, bottom) + 0.5
        elif token in ("^", "_"):
            inner, place = _group(parts, place + 1)
            other = 0.0
            if place < len(parts) and parts[place] in ("^", "_"):
                other, place = _group(parts, place + 1)
            script = 0.7 * max(inner, other)
            total += max(0.0, script - _OPERATORS.get(before, 1.0)) if before in _BELOW else script
        elif token == r"\sqrt":
            inner, place = _group(parts, place + 1)
            total += inner + 1.6
        elif token == r"\begin":
            end = parts.index(r"\end", place)
            body = parts[place:end]
            rows = "".join(f"{part} " for part in body[body.index("}") + 1 :]).split(r"\\")
            total += max(width(row) for row in rows) + 3
            place = parts.index("}", end) + 1
        elif token == "{":
            inner, place = _group(parts, place)
            total += inner
        else:
            total += 0.0 if token in _NOTHING else _OPERATORS.get(token, _WIDE.get(token, _letter(token)))
            place += 1
        before = token
    return total, place


def _letter(token: str) -> float:
    if token in _OPENING | _CLOSING or token in ",!/.|":
        return 0.8
    return 1.1 if token.startswith("\\") or token.isalpha() else 1.0


def _group(parts: list[str], place: int) -> tuple[float, int]:
    if parts[place] != "{":
        return _letter(parts[place]), place + 1
    inner, place = _width(parts, place + 1)
    return inner, place + 1


@dataclass(frozen=True)
class _Break:
    """A place where a line may begin."""

    place: int  # of the first token of the new line
    depth: int  # brackets around it
    cost: float
    relation: bool


def display(text: str, limit: float = LINE) -> str:
    r"""The body of an equation: the formula itself, or a ``split`` of it when it is wider than the page."""
    if width(text) <= limit:
        return text
    parts = tokens(text)
    chosen = _chosen(parts, limit)
    if not chosen:
        return text
    return _split(parts, chosen, limit)


def _breaks(parts: list[str]) -> list[_Break]:
    found: list[_Break] = []
    braces, depth, environment = 0, 0, 0
    before = ""
    for place, token in enumerate(parts):
        if token.isspace():
            continue
        if token == "{":
            braces += 1
        elif token == "}":
            braces -= 1
        elif token in (r"\begin", r"\end"):
            environment += 1 if token == r"\begin" else -1
        elif braces == 0 and environment == 0:
            if token in _OPENING:
                if token == "(" and before in (")", "}", "]"):
                    found.append(_Break(place, depth, 6.0 + 3.0 * depth, False))
                depth += 1
            elif token in _CLOSING:
                depth -= 1
            elif token in _RELATIONS:
                found.append(_Break(place, depth, 0.5 + 4.0 * depth, depth == 0))
            elif token in "+-" and before and before not in (*_OPENING, r"\left", *_RELATIONS, ","):
                found.append(_Break(place, depth, 1.0 + 2.5 * depth, False))
            elif before == "," and depth:
                found.append(_Break(place, depth, 2.0 + 3.0 * depth, False))
            elif token in (r"\mathbb", r"\int", r"\sum") and before not in ("", *_OPENING, *_RELATIONS, "+", "-", ","):
                found.append(_Break(place, depth, 5.0 + 3.0 * depth, False))
        before = token
    return found


def _chosen(parts: list[str], limit: float) -> list[_Break]:
    """The cheapest choice of breaks: lines that fit, few lines, breaks outside of brackets."""
    breaks = _breaks(parts)
    ends = [*(entry.place for entry in breaks), len(parts)]
    starts: list[_Break | None] = [None, *breaks]
    aligned = _aligned(breaks, parts, limit)
    best: list[tuple[float, list[_Break]]] = [(0.0, [])]
    for number, end in enumerate(ends):
        options = []
        for first in range(number + 1):
            start = starts[first]
            begin = 0 if start is None else start.place
            indent = 0.0 if start is None or start.relation else 2.0 + 2.0 * start.depth
            line = _line_width(parts[begin:end]) + indent + (aligned if start is not None else 0.0)
            over = max(0.0, line - limit)
            cost, chosen = best[first]
            price = cost + 2.0 + (start.cost if start else 0.0) + 20.0 * over + (100.0 if over else 0.0)
            price += 1.5 * max(0.0, 1 - line / limit) if end != len(parts) else 0.0
            hidden = any(entry.relation and begin < entry.place < end for entry in breaks)
            price += 6.0 if hidden and not aligned else 0.0  # a relation after a long left side begins a line
            options.append((price, [*chosen, *([start] if start else [])]))
        best.append(min(options, key=lambda option: option[0]))
    return best[-1][1]


def _aligned(breaks: list[_Break], parts: list[str], limit: float) -> float:
    """How far right the lines after the first begin: at the first relation, when the left side is short."""
    first = next((entry for entry in breaks if entry.relation), None)
    if first is None:
        return 0.0
    left = _line_width(parts[: first.place])
    return left if left <= 0.3 * limit else 0.0


def _line_width(parts: list[str]) -> float:
    return width("".join(parts))


def _split(parts: list[str], chosen: list[_Break], limit: float) -> str:
    breaks = _breaks(parts)
    first = next((entry for entry in breaks if entry.relation), None)
    aligned = _aligned(breaks, parts, limit) > 0
    sized = _sized(parts, {entry.place for entry in chosen})
    marks = {entry.place: entry for entry in chosen}
    lines = [""] if aligned else ["& "]
    for place, token in enumerate(sized):
        entry = marks.get(place)
        if entry is not None:
            indent = r"\quad " * (1 + entry.depth) if not entry.relation else ("" if aligned else r"\quad ")
            # an empty group before the sign: TeX sets it as a binary operation
            lines.append(f"& {indent}{{}}" if token in "+-" or entry.relation else f"& {indent}")
        elif aligned and first is not None and place == first.place:
            lines[-1] = lines[-1].rstrip() + " &"
        lines[-1] += token
    body = " \\\\\n".join(line.strip() for line in lines)
    return f"\\begin{{split}}\n{body}\n\\end{{split}}"


def _sized(parts: list[str], places: set[int]) -> list[str]:
    r"""The tokens, with ``\Bigl`` and ``\Bigr`` where a break separates a bracket from its partner."""
    result = list(parts)
    stack: list[int] = []
    for place, token in enumerate(parts):
        if token in _OPENING:
            stack.append(place)
        elif token in _CLOSING and stack:
            opening = stack.pop()
            if any(opening < cut <= place for cut in places):
                size = "bigg" if r"\frac" in parts[opening:place] else "Big"
                for where, side in ((opening, "l"), (place, "r")):
                    scaled = f"\\{size}{side}"
                    if where and parts[where - 1] in (r"\left", r"\right"):
                        result[where - 1] = scaled
                    else:
                        result[where] = scaled + token if side == "l" else scaled + parts[where]
                result[opening] = result[opening] if parts[opening - 1] == r"\left" else f"\\{size}l{parts[opening]}"
    return result
