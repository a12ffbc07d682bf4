"""A cover for zero sets: boxes are halved until a function keeps away from zero, or until they lie round a zero.

Outside of the boxes round the zeros nothing touches zero, so that enclosures and mean values on smaller and smaller
boxes suffice; all boxes of one size are tried at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from time import monotonic

import numpy as np

from relucert.certify.claim import spell_rational
from relucert.certify.formula import Node, RealFormula
from relucert.certify.search.formula_arrays import Boxes, Flags, Floats, is_positive, negative
from relucert.certify.search.formula_cells import Ranges
from relucert.certify.search.formula_goal import Atom, Clause, clauses
from relucert.certify.search.formula_limits import Stuck
from relucert.certify.search.formula_tree import Record, Tree
from relucert.certify.search.formula_values import Expressions
from relucert.certify.zero_set import Box, ZeroSet

MOST_NODES, MOST_CELLS = 200_000, 20_000
SAFE = 1e-11  # of a mean value, because the checker's centre is not the same float
FAR = 8.0
THINNEST = 16.0  # the longest side of a box over the shortest, roughly
GROWTH = 2.0  # of the numbers at which unbounded ranges are split


class ZeroCover:
    """The cover of one claim without a hypothesis."""

    # the inequalities of the clause that a function above zero proves, and one below
    above: list[int]
    below: list[int | None]

    def __init__(self, claim: ZeroSet, wide: Sequence[Box], deadline: float) -> None:
        (clause,) = clauses(claim.outside(wide))
        equations = claim.equations()
        self._prepare(claim.formula, equations, wide, deadline)
        self.below = [clause.index(Atom(a, b, True)) for a, b in equations]
        self.above = [clause.index(Atom(b, a, True)) for a, b in equations]
        self.inside = [clause.index(atom) for atom in clause if not atom.strict]

    def _prepare(
        self, formula: RealFormula, pairs: Sequence[tuple[int, int]], wide: Sequence[Box], deadline: float
    ) -> None:
        """The functions are the differences of these pairs of nodes."""
        self.deadline, self.count = deadline, len(formula.variables)
        nodes: list[Node] = [*formula.nodes, *[("sub", a, b) for a, b in pairs]]
        self.places = tuple(range(len(formula.nodes), len(nodes)))
        self.expressions = Expressions(nodes, self.places, deadline)
        # an end that is no float is rounded inward
        self.wide = np.array([[[_up(low), _down(high)] for low, high in box] for box in wide]).reshape(
            -1, self.count, 2
        )
        self.root = Ranges(formula).cells
        self.tree = Tree()

    def run(self) -> list[Record] | Stuck:
        """The records, or where it got stuck."""
        low, high = self.root.low.astype(float), self.root.high.astype(float)
        nodes = np.zeros(1, dtype=np.int64)
        while len(nodes):
            if monotonic() > self.deadline or len(self.tree) > MOST_NODES or len(nodes) > MOST_CELLS:
                reason = "the limit of time is reached" if monotonic() > self.deadline else "too many boxes"
                return Stuck(reason, tuple(low[0].tolist()), tuple(high[0].tolist()), 0.0)
            open_cells, slopes = self._closed(low, high, nodes)
            low, high, nodes = low[open_cells], high[open_cells], nodes[open_cells]
            if len(nodes):
                low, high, nodes = self._halved(low, high, nodes, slopes[open_cells])
        return self.tree.written()

    def _boxes(self, low: Floats, high: Floats, *, closed: bool) -> list[Boxes]:
        found = []
        for i in range(self.count):
            a, b = low[:, i], high[:, i]
            at_low = (a == self.root.low[0, i]) & self.root.low_open[0, i]
            at_high = (b == self.root.high[0, i]) & self.root.high_open[0, i]
            low_open, high_open = (
                (np.isinf(a), np.isinf(b)) if closed else (at_low | np.isinf(a), at_high | np.isinf(b))
            )
            found.append(Boxes(a, b, low_open, high_open))
        return found

    def _closed(self, low: Floats, high: Floats, nodes: np.ndarray) -> tuple[Flags, Floats]:
        """Gives leaves to the cells that are settled; the others, and how much their functions vary along variables."""
        size = len(nodes)
        left = np.ones(size, dtype=bool)
        for box, which in zip(self.wide, self.inside, strict=True):
            within = left & np.all((low >= box[:, 0]) & (high <= box[:, 1]), axis=1)
            self._close(nodes, within, ["interval", which])
            left &= ~within
        with np.errstate(all="ignore"):
            known, defined = self.expressions.values(self._boxes(low, high, closed=False), size)
            for place, below, above in zip(self.places, self.below, self.above, strict=True):
                self._close_positive(nodes, left, defined, known[place], above)
                if below is not None:
                    self._close_positive(nodes, left, defined, negative(known[place]), below)
            return left, self._by_mean_values(low, high, nodes, left)

    def _close_positive(self, nodes: np.ndarray, left: Flags, defined: Flags, value: Boxes, which: int) -> None:
        settled = left & defined & is_positive(value)
        self._close(nodes, settled, ["interval", which])
        left &= ~settled

    def _by_mean_values(self, low: Floats, high: Floats, nodes: np.ndarray, left: Flags) -> Floats:
        nearer = np.minimum(np.abs(low), np.abs(high))
        size_there = 1 + np.where(np.isfinite(nearer), nearer, 0.0)
        far = np.where(size_there < FAR, np.inf, FAR / size_there)  # far out the other variables come first
        variation = np.where(np.isfinite(high - low), (high - low) / size_there, far)
        bounded = np.flatnonzero(left & np.isfinite(high - low).all(axis=1))
        if not len(bounded):
            return variation
        size, near, beyond = len(bounded), low[bounded], high[bounded]
        middle = near + (beyond - near) / 2
        half = np.maximum(beyond - middle, middle - near)
        at_centre, defined = self.expressions.values(self._boxes(middle, middle, closed=True), size)
        known, also = self.expressions.values(self._boxes(near, beyond, closed=True), size)
        defined = defined & also
        changes = np.zeros((len(self.places), size, self.count))
        for variable in range(self.count):
            found, also = self.expressions.slopes(known, variable, size)
            defined = defined & also
            for row, place in enumerate(self.places):
                slope = found[place]
                if slope is not None:
                    changes[row, :, variable] = np.maximum(np.abs(slope.low), np.abs(slope.high)) * half[:, variable]
        spread = changes.sum(axis=2)
        for row, place in enumerate(self.places):
            value = at_centre[place]
            sides: list[tuple[Floats, int | None]] = [(value.low, self.above[row]), (-value.high, self.below[row])]
            for lowest, which in sides:
                if which is None:
                    continue
                good = np.asarray(defined & (lowest - spread[row] > SAFE * (1 + spread[row])))
                settled = np.zeros(len(nodes), dtype=bool)
                settled[bounded[good]] = True
                settled &= left
                self._close(nodes, settled, ["mean_value", which])
                left &= ~settled
        # the function that is nearest to be settled says which variable is to be divided
        lengths = [np.broadcast_to(np.maximum(np.abs(at_centre[place].low), 1e-9), size) for place in self.places]
        nearest = np.nan_to_num(spread / np.stack(lengths), nan=np.inf).argmin(axis=0)
        part = changes[nearest, np.arange(size)]
        usable = np.asarray(defined & np.isfinite(part).all(axis=1) & (part.max(axis=1) > 0))
        # a function that is zero at the centre would have its variable divided for ever, or never
        widths = variation[bounded]
        part = np.where(THINNEST * widths < widths.max(axis=1, keepdims=True), 0.0, part)
        usable &= np.asarray(part.max(axis=1) > 0)
        variation[bounded[usable]] = part[usable]
        return variation

    def _close(self, nodes: np.ndarray, which: Flags, record: Record) -> None:
        for node in nodes[which].tolist():
            self.tree.close(node, list(record))

    def _halved(
        self, low: Floats, high: Floats, nodes: np.ndarray, variation: Floats
    ) -> tuple[Floats, Floats, np.ndarray]:
        """Two cells from each, along the variable that matters most; unbounded ones first."""
        chosen = variation.argmax(axis=1)
        rows = np.arange(len(nodes))
        a, b = low[rows, chosen], high[rows, chosen]
        cut = _cut(a, b)
        lows, highs, places = [], [], []
        for row in rows.tolist():
            record: Record = ["split", int(chosen[row]), spell_rational(Fraction(float(cut[row])))]
            first, second = self.tree.grow(int(nodes[row]), record, 2)
            places += [first, second]
            lows += [low[row], np.where(np.arange(self.count) == chosen[row], cut[row], low[row])]
            highs += [np.where(np.arange(self.count) == chosen[row], cut[row], high[row]), high[row]]
        return np.array(lows), np.array(highs), np.array(places, dtype=np.int64)


class ClauseCover(ZeroCover):
    """The cover of a clause none of whose inequalities need touch zero: at every point one of them holds with room."""

    def __init__(self, formula: RealFormula, clause: Clause, deadline: float) -> None:
        self._prepare(formula, [(atom[1], atom[0]) for atom in clause], (), deadline)
        self.below, self.above, self.inside = [None] * len(clause), list(range(len(clause))), []


def _cut(low: Floats, high: Floats) -> Floats:
    """A number between, with few digits; of unbounded ranges farther and farther out."""
    with np.errstate(all="ignore"):
        finite = low + (high - low) / 2
        step = 2.0 ** np.floor(np.log2(np.maximum(high - low, 1e-300)) - 5)
        short = np.round(finite / step) * step
        upward, downward = np.where(low > 0.5, GROWTH * low, 1.0), np.where(high < -0.5, GROWTH * high, -1.0)
        upward, downward = np.ceil(upward), np.floor(downward)
    cut = np.where(np.isfinite(low) & np.isfinite(high), short, np.where(np.isfinite(low), upward, downward))
    return np.where(np.isinf(low) & np.isinf(high), 0.0, cut)


def _down(value: Fraction) -> float:
    nearest = float(value)
    return nearest if Fraction(nearest) <= value else float(np.nextafter(nearest, -np.inf))


def _up(value: Fraction) -> float:
    return -_down(-value)
