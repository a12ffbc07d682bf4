"""The graph of reductions as text for Graphviz, and as a picture that needs no Graphviz.

In the picture problems stand in columns, each to the right of those that are reduced to it; a reduction is a card
between them with its bounds on sizes and its marks.  Boundaries, where the complexity changes, are dashed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise
from textwrap import wrap
from typing import Any, Protocol

from relucert.reductions.problem import Problem
from relucert.reductions.reduction import Reduction

Problems = Sequence[type[Problem[Any]]]
Reductions = Sequence[type[Reduction[Any, Any, Any, Any]]]

LINE, PAD, GAP, COLUMN_GAP, MARGIN = 15, 9, 16, 46, 24
CARD_WIDTH, PROBLEM_WIDTH = 268, 176
_MARKS = (
    ("=", "one to one", "parsimonious: witnesses correspond one to one", "#2f7d4f"),
    ("⊥", "proofs of NO", "a proof of NO is carried over as well", "#9c4a1a"),
)
_STYLE = """
text { font: 11px sans-serif; fill: #222 }
.title { font-weight: bold; font-size: 12px }
.small { font-size: 10px; fill: #555 }
.mono { font-family: monospace; font-size: 10px; fill: #333 }
.problem rect { fill: #dce8f7; stroke: #3b6ea8; stroke-width: 1.4 }
.card rect { fill: #fff; stroke: #999 }
.boundary rect { fill: #f7f3e8; stroke: #8a7440; stroke-dasharray: 5 3 }
.edge { fill: none; stroke: #555; stroke-width: 1.2 }
.dashed { stroke-dasharray: 5 3; stroke: #8a7440 }
"""


class Bordering(Protocol):
    """What a boundary says of itself."""

    @property
    def title(self) -> str: ...
    @property
    def remark(self) -> str: ...
    @property
    def near(self) -> type[Problem[Any]]: ...
    @property
    def harder(self) -> bool: ...
    @property
    def citation(self) -> str: ...


@dataclass
class Box:
    """A rectangle with lines of text; (class, text) each, the first is the title."""

    kind: str
    lines: list[tuple[str, str]]
    width: int
    x: float = 0
    y: float = 0
    marks: tuple[bool, ...] = ()

    @property
    def height(self) -> int:
        return LINE * len(self.lines) + 2 * PAD

    @property
    def middle(self) -> float:
        return self.y + self.height / 2

    @property
    def right(self) -> float:
        return self.x + self.width


def dot(problems: Problems, reductions: Reductions, boundaries: Sequence[Bordering]) -> str:
    """Text for ``dot -Tsvg``."""
    rows = ["digraph reductions {", "  rankdir=LR;", '  node [shape=box, style="rounded,filled", fillcolor="#dce8f7"];']
    rows += [f"  {_quoted(problem.name)} [tooltip={_quoted(problem.question)}];" for problem in problems]
    for link in reductions:
        label = "\\n".join([link.name, *_bounds(link), *(words for _, words, _, _ in _marks(link))])
        rows.append(f"  {_quoted(link.source.name)} -> {_quoted(link.target.name)} [label={_quoted(label)}];")
    for boundary in boundaries:
        rows.append(f"  {_quoted(boundary.title)} [style=dashed, tooltip={_quoted(boundary.remark)}];")
        ends = (boundary.near.name, boundary.title) if boundary.harder else (boundary.title, boundary.near.name)
        rows.append(f'  {_quoted(ends[0])} -> {_quoted(ends[1])} [style=dashed, label="special case of"];')
    return "\n".join([*rows, "}", ""])


def svg(problems: Problems, reductions: Reductions, boundaries: Sequence[Bordering]) -> str:
    """A picture that stands alone."""
    level = _levels(problems, reductions)
    boxes = {problem: _problem_box(problem) for problem in problems}
    columns: list[list[Box]] = [[] for _ in range(2 * max(level.values()) + 2)]
    for problem, box in boxes.items():
        columns[2 * level[problem]].append(box)
    routes: list[list[Box]] = []
    for link in reductions:
        first, last = 2 * level[link.source] + 1, 2 * level[link.target]
        lanes = [Box("lane", [], 0) for _ in range(first + 1, last)]  # keep other boxes out of the way of long edges
        for column, box in zip(columns[first:], (_card(link), *lanes), strict=False):
            column.append(box)
        routes.append([boxes[link.source], columns[first][-1], *lanes, boxes[link.target]])
    borders = [_boundary_box(boundary) for boundary in boundaries]
    columns[-1] += borders
    dashed = [(boxes[boundary.near], box) for boundary, box in zip(boundaries, borders, strict=True)]
    height = _place(columns, [pair for route in routes for pair in pairwise(route)] + dashed)
    edges = [_arrow(a, b, head=b.kind == "problem") for route in routes for a, b in pairwise(route)]
    edges += [_dashed(a, b, harder=boundary.harder) for (a, b), boundary in zip(dashed, boundaries, strict=True)]
    every = [box for column in columns for box in column]
    width = max(box.right for box in every) + MARGIN
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height + 64:.0f}" '
        f'width="{width:.0f}" height="{height + 64:.0f}">',
        f"<style>{_STYLE}</style>",
        '<defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
        '<path d="M0 0L8 4L0 8z" fill="#555"/></marker></defs>',
        '<rect width="100%" height="100%" fill="#fcfcfa"/>',
        *edges,
        *(_drawn(box) for box in every if box.lines),
        _legend(MARGIN, height),
        "</svg>",
        "",
    ])  # fmt: skip


def _levels(problems: Problems, reductions: Reductions) -> dict[type[Problem[Any]], int]:
    """The length of the longest chain that ends in each problem; reductions to the same problem do not count."""
    level = dict.fromkeys(problems, 0)
    for _ in problems:
        for link in reductions:
            if link.source is not link.target:
                level[link.target] = max(level[link.target], level[link.source] + 1)
    return level


def _place(columns: Sequence[Sequence[Box]], links: Sequence[tuple[Box, Box]]) -> float:
    """Give every box its place: columns from left to right, boxes near the boxes they are linked to; the height."""
    neighbours: dict[int, list[Box]] = {}
    for a, b in links:
        neighbours.setdefault(id(a), []).append(b)
        neighbours.setdefault(id(b), []).append(a)
    x: float = MARGIN
    for column in columns:
        width = max(box.width for box in column)
        for box in column:
            box.x, box.width = x, width
        x += width + COLUMN_GAP
        _stack(column)
    for _ in range(30):
        for column in columns:
            wanted = {id(box): _mean([n.middle for n in neighbours.get(id(box), [box])]) for box in column}
            _settle(sorted(column, key=lambda box: wanted[id(box)]), wanted)
    top = min(box.y for column in columns for box in column) - MARGIN
    for column in columns:
        for box in column:
            box.y -= top
    return max(box.y + box.height for column in columns for box in column) + MARGIN


def _stack(boxes: Iterable[Box]) -> None:
    y = 0.0
    for box in boxes:
        box.y = y
        y += box.height + GAP


def _settle(boxes: Sequence[Box], wanted: dict[int, float]) -> None:
    """Place the boxes of a column in this order as near as possible to where they want to be (groups are averaged)."""
    groups: list[tuple[list[Box], float]] = []  # boxes one below the other, and the top that suits them on average
    for box in boxes:
        members, top = [box], wanted[id(box)] - box.height / 2
        while groups and groups[-1][1] + sum(b.height + GAP for b in groups[-1][0]) > top:
            members = groups.pop()[0] + members
            tops, offset = [], 0.0
            for member in members:
                tops.append(wanted[id(member)] - member.height / 2 - offset)
                offset += member.height + GAP
            top = _mean(tops)
        groups.append((members, top))
    for members, top in groups:
        for member in members:
            member.y = top
            top += member.height + GAP


def _mean(numbers: Sequence[float]) -> float:
    return sum(numbers) / len(numbers)


def _problem_box(problem: type[Problem[Any]]) -> Box:
    lines = [("title", problem.name), *(("small", line) for line in wrap(problem.question, 31))]
    return Box("problem", lines, PROBLEM_WIDTH)


def _boundary_box(boundary: Bordering) -> Box:
    lines = [("title", boundary.title)]
    lines += [("small", line) for line in wrap(boundary.remark, 46)]
    lines += [("small", line) for line in wrap(f"({boundary.citation})", 46)]
    return Box("boundary", lines, CARD_WIDTH)


def _card(link: type[Reduction[Any, Any, Any, Any]]) -> Box:
    lines = [("title", link.name), *(("mono", line) for line in _bounds(link))]
    return Box("card", lines, CARD_WIDTH, marks=(link.parsimonious, link.refutes))


def _bounds(link: type[Reduction[Any, Any, Any, Any]]) -> list[str]:
    """One line per parameter: what it is at most."""
    return [line for name, bound in link.size_bound.items() for line in wrap(f"{name} ≤ {_short(bound)}", 42)]


def _short(formula: str) -> str:
    return formula.replace(" * ", "·")


def _marks(link: type[Reduction[Any, Any, Any, Any]]) -> list[tuple[str, str, str, str]]:
    return [mark for mark, shown in zip(_MARKS, (link.parsimonious, link.refutes), strict=True) if shown]


def _drawn(box: Box) -> str:
    texts = [
        f'<text class="{kind}" x="{box.x + PAD:.0f}" y="{box.y + PAD + LINE * (i + 0.8):.0f}">{escape(text)}</text>'
        for i, (kind, text) in enumerate(box.lines)
    ]
    badges = [mark for mark, shown in zip(_MARKS, box.marks, strict=False) if shown]
    for i, (sign, _, meaning, color) in enumerate(badges):
        texts.append(_badge(box.right - PAD - 9 - 22 * i, box.y + PAD + 6, sign, color, meaning))
    radius = 9 if box.kind == "problem" else 3
    return (
        f'<g class="{box.kind}"><rect x="{box.x:.0f}" y="{box.y:.0f}" width="{box.width}" height="{box.height}" '
        f'rx="{radius}"/>{"".join(texts)}</g>'
    )


def _badge(x: float, y: float, sign: str, color: str, meaning: str) -> str:
    return (
        f'<g><title>{escape(meaning)}</title><circle cx="{x:.0f}" cy="{y:.0f}" r="8.5" style="fill:{color}"/>'
        f'<text x="{x:.0f}" y="{y + 4:.0f}" text-anchor="middle" style="fill:#fff;font-weight:bold">{sign}</text></g>'
    )


def _arrow(a: Box, b: Box, *, head: bool) -> str:
    """A curve from a's right side to b's left side; back to b's right side when b is not further to the right."""
    marker = ' marker-end="url(#head)"' if head else ""
    if b.x < a.right:
        y, low = a.middle + 8, b.y + b.height - 8
        curve = f"M{a.x:.0f} {y:.0f}C{a.x - 24:.0f} {y:.0f} {b.right + 24:.0f} {low:.0f} {b.right:.0f} {low:.0f}"
        return f'<path class="edge" d="{curve}"{marker}/>'
    through = f"M{a.x:.0f} {a.middle:.0f}H{a.right:.0f}" if a.kind == "lane" else f"M{a.right:.0f} {a.middle:.0f}"
    return f'<path class="edge" d="{through}{_curve(a, b)}"{marker}/>'


def _curve(a: Box, b: Box) -> str:
    """From the middle of a's right side to that of b's left side."""
    bend = (b.x - a.right) / 2
    return f"C{a.right + bend:.0f} {a.middle:.0f} {b.x - bend:.0f} {b.middle:.0f} {b.x:.0f} {b.middle:.0f}"


def _dashed(a: Box, b: Box, *, harder: bool) -> str:
    label = "is a case of" if harder else "contains"
    return (
        f'<path class="edge dashed" d="M{a.right:.0f} {a.middle:.0f}{_curve(a, b)}"/>'
        f'<text class="small" x="{b.x + PAD:.0f}" y="{b.y - 4:.0f}">{label}:</text>'
    )


def _legend(x: float, y: float) -> str:
    """What the marks mean."""
    parts = [f'<text class="small" x="{x:.0f}" y="{y + 16:.0f}">Every reduction has maps of witnesses both ways.  '
             "Formulas bound the size of the target by that of the source.</text>"]  # fmt: skip
    for sign, _, meaning, color in _MARKS:
        parts.append(_badge(x + 9, y + 36, sign, color, meaning))
        parts.append(f'<text class="small" x="{x + 24:.0f}" y="{y + 40:.0f}">{escape(meaning)}</text>')
        x += 300
    return "".join(parts)


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '\\"') + '"'
