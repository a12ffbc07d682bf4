"""The margin of a claim about one or two variables, with the boxes of its proof."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from fractions import Fraction
from math import pi
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from relucert.certify.formula import RealFormula, nodes_from_json
from relucert.certify.search.formula_atoms import Difference
from relucert.certify.search.formula_goal import clauses
from relucert.certify.search.formula_values import Expressions
from relucert.cli.output import UserError
from relucert.numeric import figures

KINDS = (".svg", ".png", ".pdf")
WINDOW = 10.0  # how far an infinite range is shown from its finite end, or from zero
RULES = ("interval", "mean_value", "taylor_touch", "corner_touch", "exact_form", "monotone", "combination", "slope")
HATCHES = ("", "//", "xx", "..", "\\\\", "--", "++", "||")
Box = tuple[tuple[float, float], ...]


class Piece(NamedTuple):
    """A box of the proof and the rule that closes it."""

    box: Box
    rule: str


def require_plottable(claim: RealFormula, path: Path) -> None:
    """Before long work.

    Raises
    ------
    UserError
        Neither one nor two variables, or an unknown kind of file.
    """
    if not 1 <= len(claim.variables) <= 2:
        raise UserError("--plot shows one or two variables", cure=f"leave it out for {len(claim.variables)}")
    if path.suffix.lower() not in KINDS:
        raise UserError(f"--plot {path}: unknown kind of picture", cure=f"use {', '.join(KINDS)}")


def draw(claim: RealFormula, certificate: bytes | None, path: Path) -> bytes:
    """The picture: the least margin (upper side minus lower side) over the ranges, and the boxes of the first tree."""
    from matplotlib.figure import Figure

    figure = Figure()
    window = _window(claim)
    pieces = [] if certificate is None else list(_pieces(json.loads(certificate), window))
    if len(window) == 1:
        _one(figure, claim, window[0], pieces)
    else:
        _two(figure, claim, window, pieces)
    buffer = io.BytesIO()
    kind = path.suffix.lower()[1:]
    metadata = {"svg": {"Date": None}, "png": {"Software": None}, "pdf": {"CreationDate": None}}[kind]
    figure.savefig(buffer, format=kind, dpi=150, metadata=metadata)
    return buffer.getvalue()


def _window(claim: RealFormula) -> Box:
    """The ranges, as far as they are shown."""
    found = []
    for variable in claim.variables:
        ends = [None if place is None else _number(claim, place) for place in (variable.low, variable.high)]
        low, high = ends
        low = low if low is not None else (0.0 if high is None else high) - WINDOW
        high = high if high is not None else (low if ends[0] is not None else 0.0) + WINDOW
        found.append((low, high))
    return tuple(found)


def _number(claim: RealFormula, place: int) -> float:
    return float(np.ravel(Expressions(claim.nodes, (place,)).points(np.zeros((1, 0)))[place])[0])


def _margin(claim: RealFormula, points: np.ndarray[Any, np.dtype[np.float64]]) -> Any:
    """At each point the least over the clauses of the best of their inequalities; not a number where undefined."""
    least = np.full(len(points), np.inf)
    for clause in clauses(claim):
        values = [Difference(claim.nodes, atom).points(points)[0] for atom in clause]
        least = np.minimum(least, np.fmax.reduce(values))
    return least


def _pieces(document: Any, window: Box) -> Iterator[Piece]:
    """The boxes of the first tree, in preorder as the checker reads it."""
    stack = [(window, True)]
    for record in document["trees"][0] if document["trees"] else []:
        if not stack:
            return
        box, shown = stack.pop()
        if record[0] in ("split", "cut"):
            parts = _parts(box, record[1], _value(record[2]), three=record[0] == "cut")
            stack += [(part, shown) for part in reversed(parts)]
            continue
        if record[0] in ("lemma", "branch", "rewrite"):  # the last subtree is about the same box
            stack += [(box, shown), (box, False)][: 1 if record[0] == "rewrite" else 2]
            continue
        if record[0] in ("monotone", "slope"):  # the face has no area; before it comes the derivative
            stack += [(box, False)] * (2 if record[0] == "slope" else 1)
        if shown:
            yield Piece(box, record[0])


def _parts(box: Box, place: int, value: float, *, three: bool) -> list[Box]:
    low, high = box[place]
    ends = [(low, value), (value, value), (value, high)] if three else [(low, value), (value, high)]
    kept = [end for end in ends if end[0] < end[1] or (three and end == (value, value))]
    return [(*box[:place], end, *box[place + 1 :]) for end in kept]


def _value(text: str | list[list[Any]]) -> float:
    if isinstance(text, list):
        nodes, last = nodes_from_json(text, 0, 0), len(text) - 1
        return float(np.ravel(Expressions(nodes, (last,)).points(np.zeros((1, 0)))[last])[0])
    return float(Fraction(text.removesuffix("*pi"))) * (pi if text.endswith("*pi") else 1.0)


def _one(figure: Any, claim: RealFormula, window: tuple[float, float], pieces: list[Piece]) -> None:
    (axes,) = figures.panels(figure, 1, width=6.4)
    x = np.linspace(*window, 1201)
    axes.plot(x, _margin(claim, x[:, None]), color="black", linewidth=1.5, label="margin")
    axes.axhline(0, color="0.4", linewidth=0.8)
    bottom, top = axes.get_ylim()
    height = 0.05 * (top - bottom)
    for number, rule in enumerate(RULES):
        spans = [(piece.box[0][0], piece.box[0][1] - piece.box[0][0]) for piece in pieces if piece.rule == rule]
        if spans:
            style = {
                "facecolor": figures.COLOURS[number % len(figures.COLOURS)],
                "edgecolor": "white",
                "hatch": HATCHES[number],
            }
            axes.broken_barh(spans, (bottom - 1.5 * height, height), label=rule, **style)
    axes.set_xlim(*window)
    axes.set_xlabel(claim.variables[0].name)
    axes.set_ylabel("upper side − lower side")
    axes.legend(fontsize=8, frameon=False)


def _two(figure: Any, claim: RealFormula, window: Box, pieces: list[Piece]) -> None:
    (axes,) = figures.panels(figure, 1, width=6.4, height=5.0)
    grids = np.meshgrid(*(np.linspace(*ends, 201) for ends in window))
    points = np.stack([grid.ravel() for grid in grids], axis=-1)
    margin = np.asarray(_margin(claim, points)).reshape(grids[0].shape)
    filled = axes.contourf(*grids, np.ma.masked_invalid(margin), levels=14, cmap=figures.AREA)
    figure.colorbar(filled, ax=axes, label="upper side − lower side")
    from matplotlib.patches import Rectangle

    for piece in pieces:
        (left, right), (low, high) = piece.box
        axes.add_patch(Rectangle((left, low), right - left, high - low, fill=False, edgecolor="white", linewidth=0.5))
    axes.set_xlim(*window[0])
    axes.set_ylim(*window[1])
    axes.set_xlabel(claim.variables[0].name)
    axes.set_ylabel(claim.variables[1].name)
    axes.set_title(f"{len(pieces)} boxes" if pieces else "no proof", fontsize=10)
