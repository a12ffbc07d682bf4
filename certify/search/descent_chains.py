"""Boxes of starts, each followed by boxes until the target; boxes that are too wide for that are halved.

The boxes of all followed pieces run at once.  Afterwards every chain is joined to an earlier one as soon as one of its
boxes lies in one of the earlier one's, so that most chains are short.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic

import numpy as np

from relucert.certify.search.descent_images import at_points
from relucert.certify.search.descent_model import Model
from relucert.certify.search.formula_arrays import Floats

LOOK_AHEAD = 10  # steps after which the sides of a piece are compared
Progress = Callable[[int, int], None]


class TooManyPiecesError(Exception):
    """The pieces, or the time, ran out; the box that was not followed to the target, and why."""

    def __init__(self, reason: str, low: Floats, high: Floats) -> None:
        super().__init__(reason)
        self.reason, self.low, self.high = reason, low, high


@dataclass
class Piece:
    """A part of the starts: divided at a number, or followed; ``boxes`` are those after 1, 2, ... steps."""

    low: Floats
    high: Floats
    variable: int = 0
    number: float = 0.0
    parts: tuple[Piece, Piece] | None = None
    boxes: list[tuple[Floats, Floats]] = field(default_factory=list)


def follow(model: Model, steps: int, *, most: int, deadline: float, progress: Progress) -> tuple[Piece, list[Piece]]:
    """The starts as a tree of pieces, and its leaves, each with boxes that lead to the target in so many steps."""
    root = Piece(model.start_low, model.start_high)
    waiting, followed = [root], list[Piece]()
    while waiting:
        failed = _run(model, waiting, steps, deadline)
        followed += [piece for piece in waiting if not failed.get(id(piece), False)]
        waiting = [piece for piece in waiting if failed.get(id(piece), False)]
        progress(len(followed), len(followed) + len(waiting))
        if len(followed) + 2 * len(waiting) > most:
            raise TooManyPiecesError(
                f"more than {most} pieces of the starts are needed", waiting[0].low, waiting[0].high
            )
        waiting = _halved(model, waiting, steps)
    return root, followed


def _run(model: Model, pieces: list[Piece], steps: int, deadline: float) -> dict[int, bool]:
    """Which pieces do not get to the target in time; the others have their boxes."""
    low, high = np.stack([piece.low for piece in pieces]), np.stack([piece.high for piece in pieces])
    active, failed = np.arange(len(pieces)), {id(piece): True for piece in pieces}
    for step in range(steps + 1):
        there = model.in_target(low, high)
        for place in active[there]:
            failed[id(pieces[place])] = False
        active, low, high = active[~there], low[~there], high[~there]
        if step == steps or not len(active):
            break
        if monotonic() >= deadline:
            raise TooManyPiecesError("the limit of time is reached", low[0], high[0])
        low, high, good = model.images(low, high)
        active, low, high = active[good], low[good], high[good]
        for place, a, b in zip(active, low, high, strict=True):
            pieces[place].boxes.append((a, b))
    for piece in pieces:
        if failed[id(piece)]:
            piece.boxes = []
    return failed


def _halved(model: Model, pieces: list[Piece], steps: int) -> list[Piece]:
    """Halves across the variable whose two ends are farthest apart after a few steps."""
    found = list[Piece]()
    ahead = min(LOOK_AHEAD, max(1, steps // 2))
    for piece in pieces:
        piece.variable = _widest(model, piece, ahead)
        a, b = piece.low[piece.variable], piece.high[piece.variable]
        piece.number = _between(float(a), float(b))
        if not a < piece.number < b:
            raise TooManyPiecesError("a piece is too small to be divided", piece.low, piece.high)
        lower_end, upper_end = piece.high.copy(), piece.low.copy()
        lower_end[piece.variable] = upper_end[piece.variable] = piece.number
        piece.parts = Piece(piece.low, lower_end), Piece(upper_end, piece.high)
        found += piece.parts
    return found


def _widest(model: Model, piece: Piece, steps: int) -> int:
    middle, n = (piece.low + piece.high) / 2, len(piece.low)
    ends = np.tile(middle, (2 * n, 1))
    for j in range(n):
        ends[2 * j, j], ends[2 * j + 1, j] = piece.low[j], piece.high[j]
    for _ in range(steps):
        ends = at_points(model.map, ends)
    apart = np.abs(ends[::2] - ends[1::2])
    apart = np.where(np.isfinite(apart), apart, 1e300).sum(axis=1)
    splittable = piece.high - piece.low > 1e-12 * np.maximum(1.0, np.abs(piece.high))
    return int(np.argmax(np.where(splittable, apart, -1.0)))


def _between(a: float, b: float) -> float:
    """The middle, with few bits."""
    grid = 2.0 ** (np.floor(np.log2(b - a)) - 3) if b > a else 1.0
    return float(np.round((a + b) / 2 / grid) * grid)


@dataclass
class Cells:
    """Boxes from which the target is reached, with the steps that takes and the cell after one step (-1: target)."""

    low: Floats
    high: Floats
    steps: list[int] = field(default_factory=list)
    after: list[int] = field(default_factory=list)

    def holding(self, low: Floats, high: Floats, most: int) -> int:
        """The cell with the fewest steps that holds a box; -1 if there is none with so few."""
        count = len(self.steps)
        if not count:
            return -1
        inside = (self.low[:count] <= low).all(axis=1) & (self.high[:count] >= high).all(axis=1)
        candidates = np.flatnonzero(inside)
        if not len(candidates):
            return -1
        best = min(candidates, key=lambda place: self.steps[place])
        return int(best) if self.steps[best] <= most else -1

    def add(self, low: Floats, high: Floats, after: int) -> int:
        """A new cell; its place."""
        place = len(self.steps)
        if place == len(self.low):
            self.low, self.high = np.concatenate([self.low, self.low]), np.concatenate([self.high, self.high])
        self.low[place], self.high[place] = low, high
        self.steps.append(0 if after < 0 else self.steps[after] + 1)
        self.after.append(after)
        return place


def join(model: Model, pieces: list[Piece], steps: int) -> tuple[Cells, dict[int, int]]:
    """Cells for all pieces, and for every piece (by id) the cell after the first step; -1: it lies in the target."""
    count = len(model.low)
    cells, first = Cells(np.empty((64, count)), np.empty((64, count))), dict[int, int]()
    if model.trap is not None:
        cells.add(np.maximum(model.trap[0], model.low), np.minimum(model.trap[1], model.high), -1)
    for piece in sorted(pieces, key=lambda piece: -len(piece.boxes)):
        link, new = -1, list[tuple[Floats, Floats]]()
        for place, box in enumerate(piece.boxes, start=1):
            link = cells.holding(*box, steps - place)
            if link >= 0:
                break
            new.append(box)
        for box in reversed(new):
            link = cells.add(*box, link)
        first[id(piece)] = link
    return cells, first
