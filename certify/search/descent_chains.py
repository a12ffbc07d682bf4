"""Boxes of starts, each followed by boxes until the target; boxes that are too wide for that are halved.

All pieces run at once, until a box lies in the target, or in a cell from which that is known to be reached in time.
The boxes on the way become cells, as large as the next one allows, so that later pieces end sooner.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic

import numpy as np
from numpy.typing import NDArray

from relucert.certify.search.descent_images import at_points
from relucert.certify.search.descent_model import Model, Record, spelled
from relucert.certify.search.formula_arrays import Flags, Floats

Integers = NDArray[np.int64]
LOOK_AHEAD = 10  # steps after which the sides of a piece are compared
BLOCK = 1000  # cells that are compared with boxes at once
GROWTH = (4.0, 2.0, 1.0, 0.5, 0.25, 0.1)  # parts of the width by which cells are widened
Progress = Callable[[int, int], None]


class TooManyPiecesError(Exception):
    """The pieces, or the time, ran out; the box that was not followed to the target, and why."""

    def __init__(self, reason: str, low: Floats, high: Floats) -> None:
        super().__init__(reason)
        self.reason, self.low, self.high = reason, low, high


@dataclass
class Piece:
    """A box that iterates are in after ``spent`` steps: divided at a number, or followed.

    boxes : after 1, 2, ... more steps, until one lies in the target or in a cell, or becomes too wide.
    link : that cell, -1 for the target.  tail : the last box, when it is divided itself.
    """

    low: Floats
    high: Floats
    spent: int = 0
    variable: int = 0
    number: float = 0.0
    parts: tuple[Piece, Piece] | None = None
    boxes: list[tuple[Floats, Floats]] = field(default_factory=list)
    link: int | None = None
    tail: Piece | None = None


def follow(
    model: Model, steps: int, *, most: int, deadline: float, progress: Progress
) -> tuple[list[Record], int, Cells]:
    """The records that divide the starts, how many steps they take, and the cells through which they lead."""
    root, cells = Piece(model.start_low, model.start_high), Cells(model)
    waiting, done = [root], 0
    while waiting:
        _run(model, cells, waiting, steps, deadline)
        ended = [piece for piece in waiting if piece.link is not None]
        for piece in sorted(ended, key=lambda piece: -len(piece.boxes)):
            cells.join(piece, steps - piece.spent, grow=len(waiting) > 1)
            done += 1
        waiting = [piece for piece in waiting if piece.link is None]
        progress(done, done + len(waiting))
        if done + 2 * len(waiting) > most:
            raise TooManyPiecesError(f"more than {most} pieces are needed", waiting[0].low, waiting[0].high)
        waiting = [part for piece in waiting for part in _halved(model, piece, steps)]
    records, longest = cells.close(root)
    return records, longest, cells


def _run(model: Model, cells: Cells, pieces: list[Piece], steps: int, deadline: float) -> None:
    """Gives a link to those pieces that get to the target in time."""
    low, high = np.stack([piece.low for piece in pieces]), np.stack([piece.high for piece in pieces])
    active, left = np.arange(len(pieces)), np.array([steps - piece.spent for piece in pieces])
    for step in range(steps + 1):
        links = np.where(model.in_target(low, high), -1, -2)
        if step:
            found = cells.holding(low, high, left)
            links = np.where(found >= 0, found, links)
        for place, link in zip(active, links, strict=True):
            if link > -2:
                pieces[place].link = int(link)
        going = (links == -2) & (left > 0)
        active, low, high, left = active[going], low[going], high[going], left[going] - 1
        if not len(active):
            break
        if monotonic() >= deadline:
            raise TooManyPiecesError("the limit of time is reached", low[0], high[0])
        low, high, good = model.images(low, high)
        active, low, high, left = active[good], low[good], high[good], left[good]
        for place, a, b in zip(active, low, high, strict=True):
            pieces[place].boxes.append((a, b))


def _halved(model: Model, piece: Piece, steps: int) -> tuple[Piece, Piece]:
    """Halves of a piece that was too wide; of its last box that was not wider than itself, if it has one."""
    scale = np.maximum(model.start_high - model.start_low, 1e-9)
    widths = [float(((high - low) / scale).max()) for low, high in [(piece.low, piece.high), *piece.boxes]]
    narrow = max(place for place, width in enumerate(widths) if width <= widths[0])
    if 0 < narrow < len(widths) - 1:
        piece.boxes = piece.boxes[:narrow]
        piece.tail = Piece(*piece.boxes[-1], piece.spent + narrow)
        piece = piece.tail
    piece.boxes = []
    piece.variable = _widest(model, piece, min(LOOK_AHEAD, max(1, steps // 2)))
    a, b = piece.low[piece.variable], piece.high[piece.variable]
    piece.number = _between(float(a), float(b))
    if not a < piece.number < b:
        raise TooManyPiecesError("a piece is too small to be divided", piece.low, piece.high)
    lower_end, upper_end = piece.high.copy(), piece.low.copy()
    lower_end[piece.variable] = upper_end[piece.variable] = piece.number
    piece.parts = Piece(piece.low, lower_end, piece.spent), Piece(upper_end, piece.high, piece.spent)
    return piece.parts


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


class Cells:
    """Boxes from which the target is reached, with the steps that takes and the records of their pieces."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.low, self.high = np.empty((64, len(model.low))), np.empty((64, len(model.low)))
        self.steps, self.records = np.zeros(64, dtype=np.int64), list[list[Record]]()
        if model.trap is not None:
            self._link(np.maximum(model.trap[0], model.low), np.minimum(model.trap[1], model.high), -1)

    def holding(self, low: Floats, high: Floats, most: Integers) -> Integers:
        """For every box the cell with the fewest steps that holds it; -1 if there is none with so few."""
        count = len(self.records)
        result = np.full(len(low), -1)
        if count:
            fewest = most + 1
            for first in range(0, count, BLOCK):
                part = slice(first, min(first + BLOCK, count))
                inside = (self.low[None, part] <= low[:, None]) & (self.high[None, part] >= high[:, None])
                taken = np.where(inside.all(axis=2), self.steps[None, part], most[:, None] + 1)
                best = taken.argmin(axis=1)
                better = taken[np.arange(len(low)), best] < fewest
                fewest = np.where(better, taken[np.arange(len(low)), best], fewest)
                result = np.where(better, best + first, result)
        return result

    def join(self, piece: Piece, steps: int, *, grow: bool) -> None:
        """New cells for the boxes of a piece, as far as they are not in other ones; its link becomes the first cell.

        grow : the cells are made larger where that is possible, for other pieces.
        """
        if not piece.boxes:
            return
        link, boxes = -1 if piece.link is None else piece.link, piece.boxes
        low, high = np.stack([box[0] for box in boxes]), np.stack([box[1] for box in boxes])
        if link >= 0:  # the last box lies in it
            low, high = low[:-1], high[:-1]
        for place in range(len(low)):
            left = np.array([steps - place - 1])
            found = int(self.holding(low[place : place + 1], high[place : place + 1], left)[0])
            if found >= 0:
                link, low, high = found, low[:place], high[:place]
                break
        for a, b in zip(low[::-1], high[::-1], strict=True):
            wide_low, wide_high = self._grown(a, b, link) if grow else (a, b)
            link = self._link(wide_low, wide_high, link)
        piece.link, piece.boxes = link, boxes[:1]

    def close(self, root: Piece) -> tuple[list[Record], int]:
        """The records of a piece whose parts are all followed, and how many steps it takes; new cells for tails."""
        known: dict[int, tuple[list[Record], int]] = {}
        stack = [root]
        while stack:
            piece = stack[-1]
            inner = list(piece.parts or ()) + ([] if piece.tail is None else [piece.tail])
            missing = [part for part in inner if id(part) not in known]
            if missing:
                stack += missing
                continue
            stack.pop()
            known[id(piece)] = self._closed(piece, [known[id(part)] for part in inner])
        return known[id(root)]

    def _closed(self, piece: Piece, inner: list[tuple[list[Record], int]]) -> tuple[list[Record], int]:
        if piece.parts is not None:
            split: Record = ["split", piece.variable, spelled(piece.number)]
            return [split, *inner[0][0], *inner[1][0]], max(inner[0][1], inner[1][1])
        if piece.tail is not None:
            link = self._add(piece.tail.low, piece.tail.high, *inner[0])
            for low, high in piece.boxes[-2::-1]:
                link = self._link(low, high, link)
        elif not piece.boxes or piece.link is None:
            return [["target"]], 0
        else:
            link = piece.link
        return [["image", link]], int(self.steps[link]) + 1

    def _link(self, low: Floats, high: Floats, after: int) -> int:
        """A cell that lies in the target (-1), or that the map takes into another one."""
        if after < 0:
            return self._add(low, high, [["target"]], 0)
        return self._add(low, high, [["image", after]], int(self.steps[after]) + 1)

    def _add(self, low: Floats, high: Floats, records: list[Record], steps: int) -> int:
        place = len(self.records)
        if place == len(self.low):
            self.low, self.high = np.concatenate([self.low, self.low]), np.concatenate([self.high, self.high])
            self.steps = np.concatenate([self.steps, self.steps])
        self.low[place], self.high[place], self.steps[place] = low, high, steps
        self.records.append(records)
        return place

    def _grown(self, low: Floats, high: Floats, after: int) -> tuple[Floats, Floats]:
        """A larger box with the same cell after one step: other pieces lie in it, too."""
        n, width = len(low), high - low
        sides = np.concatenate([np.ones((1, 2 * n)), np.eye(2 * n)])  # all sides at once, or one of them
        factors = np.concatenate([factor * sides for factor in GROWTH])
        grid = 2.0 ** (np.floor(np.log2(np.maximum(width, 1e-14))) - 10)
        lows = np.ceil((low - factors[:, :n] * width) / grid) * grid
        highs = np.floor((high + factors[:, n:] * width) / grid) * grid
        lows = np.minimum(np.maximum(lows, self.model.low), low)
        highs = np.maximum(np.minimum(highs, self.model.high), high)
        volume = np.where(self._leads(lows, highs, after), (highs - lows).prod(axis=1), 0.0)
        if volume.max() > width.prod():
            low, high = lows[volume.argmax()], highs[volume.argmax()]
        return low, high

    def _leads(self, low: Floats, high: Floats, after: int) -> Flags:
        if after < 0:
            return self.model.in_target(low, high)
        least, most, good = self.model.images(low, high)
        inside = (least >= self.low[after]).all(axis=1) & (most <= self.high[after]).all(axis=1)
        return np.asarray(good & inside)
