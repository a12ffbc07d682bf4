"""Covers the ranges of a claim with cells on each of which one inequality of a clause is proved."""

from __future__ import annotations

import time

import numpy as np

from relucert.certify.formula import RealFormula
from relucert.certify.search.formula_arrays import Boxes, Flags, Floats
from relucert.certify.search.formula_atoms import Difference, Enclosed
from relucert.certify.search.formula_cells import Cells, Mark, Ranges, spelled
from relucert.certify.search.formula_corners import Corners, Ends, at_corner
from relucert.certify.search.formula_goal import Clause
from relucert.certify.search.formula_limits import Limits, Stuck
from relucert.certify.search.formula_oracle import Oracle
from relucert.certify.search.formula_reserve import seconds_for_operation
from relucert.certify.search.formula_tree import Record, Tree

BATCH = 1024
MOST_COMPARED = 256  # cells for the report: by then the time may have passed
LEAST_WIDTH = 2.0**-46  # of the range (of 1 where that is infinite): smaller cells are given up
SMALL = 2.0**-8  # below so much of the range the checker itself is asked, with more digits
MOST_REFUSALS = 200  # more digits did not help so often: the difference is zero there, not lost in rounding
BITS = (64, 128, 256)


class Cover:
    """The search for the tree of one clause."""

    def __init__(
        self,
        claim: RealFormula,
        clause: Clause,
        ranges: Ranges,
        oracle: Oracle,
        limits: Limits,
        corners: Corners = (),
    ) -> None:
        self.corners = corners
        self.clause, self.ranges, self.oracle, self.limits = clause, ranges, oracle, limits
        self.differences = [Difference(claim.nodes, atom, limits.deadline) for atom in clause]
        self.used = sorted({i for difference in self.differences for i in difference.variables})
        self.tree, self.bits, self.refusals = Tree(), BITS[0], 0
        span = ranges.cells.high[0] - ranges.cells.low[0]
        self.span = np.where(np.isfinite(span) & (span > 0), span, 1.0)
        self.operations = max((len(difference.expressions.order) for difference in self.differences), default=1)
        self.batch = int(max(1, min(BATCH, limits.memory / (40 * self.operations * (1 + len(self.used))))))

    def run(self, cells: Cells, splits: list[tuple[int, Mark]] | None = None) -> Stuck | None:
        """Proves the clause on the cells, or says where that fails.  `splits` are made first (variable, number)."""
        if self._identity(cells):
            return None
        stack = [cells]
        for variable, mark in splits or []:
            stack = [part for old in stack for part in self._split_exactly(old, variable, mark)]
        return self._loop(stack)

    def _identity(self, cells: Cells) -> bool:
        """Whether normal forms prove one of the inequalities everywhere."""
        middles = cells.middles()
        near = np.concatenate([middles, middles * 0.7 + 0.1 * np.clip(cells.low, -1, 1), middles * 0.9 - 0.01])
        for number, difference in enumerate(self.differences):
            record = ["exact_form", number]
            touches = not difference.atom.strict and bool(np.all(difference.vanishes(near)))
            if touches and self.oracle.identity(cells, 0, difference.atom):
                self.tree.close(int(cells.tree[0]), record)
                return True
        return False

    def _loop(self, stack: list[Cells]) -> Stuck | None:
        while stack:
            batch = self._pop(stack)
            limit = self.limits.reached(len(self.tree), sum(map(len, stack)), self.replay())
            if limit:
                return self._worst(Cells.joined([batch, *stack[-100:]]), f"the limit of {limit} is reached")
            left, faces = self._step(batch)
            stack += [part for part in faces if len(part)]
            if len(left):
                stuck = self._split(left, stack)
                if stuck is not None:
                    return stuck
        return None

    def replay(self) -> float:
        """About how many seconds the checker needs for the tree: in proportion to the operations of its rules."""
        weights = {
            "interval": 1,
            "exact_form": 5,
            "monotone": 5,
            "mean_value": 1 + 4 * len(self.used),
            "taylor_touch": 20,
            "corner_touch": 40,
        }
        return (
            self.operations
            * seconds_for_operation()
            * sum(weights.get(rule, 0) * n for rule, n in self.tree.tally.items())
        )

    def reopen(self, index: int) -> Stuck | None:
        """Divides the cell of a record (counted in the checker's order) and proves the parts."""
        stack = [(0, self.ranges.cells)]
        for _ in range(index):
            node, cells = stack.pop()
            children = self.tree.children[node]
            stack += reversed(list(zip(children, self._parts(cells, self.tree.records[node] or []), strict=False)))
        node, cells = stack.pop()
        cells = cells.take(np.arange(1))
        self.tree.records[node], self.tree.children[node], cells.tree[0] = None, (), node
        parts: list[Cells] = []
        return self._split(cells, parts) or self._loop(parts)

    def _parts(self, cells: Cells, record: Record) -> list[Cells]:
        """The cells below a record."""
        if record[0] == "monotone":
            face = self.ranges.face(cells, record[2], record[3])
            face.only[:] = record[1]
            return [face]
        if record[0] not in ("split", "cut"):
            return []
        mark = Mark.parse(record[2])
        if record[0] == "cut":
            *parts, inside = self.ranges.cut_end(cells, record[1], mark)
            return parts if np.any(inside) else list(self.ranges.cut(cells, record[1], mark)[:3])
        low, high = mark.around()
        if low == high:
            return list(self.ranges.split(cells, np.array([record[1]]), np.array([low])))
        return list(self.ranges.split_exactly(cells, record[1], mark)[:2])

    def _pop(self, stack: list[Cells]) -> Cells:
        parts, count = [], 0
        while stack and count < self.batch:
            part = stack.pop()
            room = self.batch - count
            if len(part) > room:
                stack.append(part.take(np.arange(room, len(part))))
                part = part.take(np.arange(room))
            parts.append(part)
            count += len(part)
        return Cells.joined(parts) if len(parts) > 1 else parts[0]

    # ---- the rules, in the order of their cost

    def _step(self, cells: Cells) -> tuple[Cells, list[Cells]]:
        """What no rule proves, and faces that are left to prove."""
        faces: list[Cells] = []
        cells = self._by_interval(cells)
        for number in range(len(self.clause)):
            if not len(cells):
                break
            cells = self._by_slopes(cells, number, faces)
        for number in range(len(self.clause)):
            cells = self._by_checker(cells, number)
        return cells, faces

    def _may(self, cells: Cells, number: int) -> Flags:
        return np.asarray((cells.only == -1) | (cells.only == number))

    def _by_interval(self, cells: Cells) -> Cells:
        for number, difference in enumerate(self.differences):
            which = np.flatnonzero(self._may(cells, number))
            if not len(which):
                continue
            part = cells.take(which)
            value = difference.values(part.boxes(), len(part))
            cells = self._closed(cells, which[difference.holds(value.difference, value.defined)], ["interval", number])
        return cells

    def _closed(self, cells: Cells, which: np.ndarray[tuple[int], np.dtype[np.intp]], record: list[object]) -> Cells:
        for node in cells.tree[which]:
            self.tree.close(int(node), record)
        if not len(which):
            return cells
        left = np.ones(len(cells), dtype=bool)
        left[which] = False
        return cells.take(left)

    def _by_slopes(self, cells: Cells, number: int, faces: list[Cells]) -> Cells:
        """Mean value forms, and faces on which the difference is least."""
        difference = self.differences[number]
        which = np.flatnonzero(self._may(cells, number))
        if not len(which) or not difference.variables:
            return cells
        part = cells.take(which)
        closed = difference.values(part.boxes(closed=True), len(part))
        slopes = {i: difference.slope(closed, i, len(part)) for i in difference.variables}
        proved = difference.mean_value(part, slopes)
        done = proved.copy()
        for k in np.flatnonzero(proved):
            self.tree.close(int(part.tree[k]), ["mean_value", number])
        for i in difference.variables:
            for end in ("low", "high"):
                chosen = self._monotone(part, number, i, end, slopes[i], closed, ~done & ~part.pinned[:, i])
                for place, child in chosen:
                    if child is not None:
                        faces.append(child)
                    done[place] = True
        left = np.ones(len(cells), dtype=bool)
        left[which[done]] = False
        return cells.take(left) if np.any(done) else cells

    def _monotone(self, part: Cells, number: int, i: int, end: str, slope: tuple[Boxes, Flags], closed: Enclosed,
                  free: Flags) -> list[tuple[int, Cells | None]]:  # fmt: skip
        """Cells that are left for one of their faces: place in `part` and the face if that is still to prove."""
        difference = self.differences[number]
        finite = np.isfinite(part.low[:, i] if end == "low" else part.high[:, i])
        again = np.flatnonzero(free & finite & ~slope[1])
        value, defined = slope
        signed = defined & closed.defined & ((value.low >= 0) if end == "low" else (value.high <= 0))
        if len(again):  # the derivative may be defined inside
            some = part.take(again)
            inner = difference.values(some.boxes(opened=i), len(some))
            inner_slope, inner_defined = difference.slope(inner, i, len(some))
            side = some.boxes()
            closed_end = np.zeros(len(some), dtype=bool)
            side[i] = side[i]._replace(low_open=closed_end) if end == "low" else side[i]._replace(high_open=closed_end)
            inner_defined &= difference.values(side, len(some)).defined
            signed = signed.copy()
            signed[again] = inner_defined & ((inner_slope.low >= 0) if end == "low" else (inner_slope.high <= 0))
        which = np.flatnonzero(free & finite & signed)
        if not len(which):
            return []
        face = self.ranges.face(part.take(which), i, end)
        face.only[:] = number
        middles = face.middles()
        vanishes, values = difference.vanishes(middles), difference.points(middles)[0]
        enclosed = difference.values(face.boxes(), len(face))
        proved = difference.holds(enclosed.difference, enclosed.defined)
        result: list[tuple[int, Cells | None]] = []
        for k, place in enumerate(which):
            node, record = int(part.tree[place]), ["monotone", number, i, end]
            if proved[k]:
                (child,) = self.tree.grow(node, record, 1)
                self.tree.close(child, ["interval", number])
                result.append((int(place), None))
                continue
            single = len(self.clause) == 1 or part.only[place] == number
            if not single or not (vanishes[k] or values[k] > 0):
                continue
            if vanishes[k] and self._is_point(face, k, number):
                leaf = self._at_point(face, k, number)
                if leaf is not None:
                    (child,) = self.tree.grow(node, record, 1)
                    self.tree.close(child, leaf)
                    result.append((int(place), None))
                continue
            if vanishes[k] and difference.atom.strict:
                continue
            (child,) = self.tree.grow(node, record, 1)
            one = face.take(np.array([k]))
            one.tree[0] = child
            result.append((int(place), one))
        return result

    def _is_point(self, cells: Cells, which: int, number: int) -> bool:
        return all(cells.pinned[which, i] for i in self.differences[number].variables)

    def _at_point(self, cells: Cells, which: int, number: int) -> Record | None:
        """Normal forms or many digits, where floats cannot tell the difference from zero."""
        for bits in BITS:
            for rule in ("exact_form", "interval")[bits > BITS[0] :]:
                if not self.oracle.ask(cells, which, self.differences[number].atom, [rule, 0], max(bits, self.bits)):
                    self.bits = max(bits, self.bits) if rule == "interval" else self.bits
                    return [rule, number]
        return None

    # ---- what only the checker decides: normal forms, Taylor coefficients at ends, many digits

    def _by_checker(self, cells: Cells, number: int) -> Cells:
        if not len(cells):
            return cells
        difference = self.differences[number]
        middles = cells.middles()
        width = np.max(np.where(cells.pinned, 0, cells.high - cells.low) / self.span, axis=1, initial=0.0)
        zero = difference.vanishes(middles)
        faces: list[tuple[int, str, Flags]] = []
        for i in difference.variables:
            for end, ends in (("low", cells.low), ("high", cells.high)):
                points = middles.copy()
                points[:, i] = np.where(np.isfinite(ends[:, i]), ends[:, i], np.nan)
                faces.append((i, end, difference.vanishes(points) & ~cells.pinned[:, i]))
        enclosed = difference.values(cells.boxes(), len(cells)).difference
        doubtful = (width <= SMALL) & (zero | ~np.isfinite(enclosed.low) | ~np.isfinite(enclosed.high))
        corners = at_corner(cells, self.corners, difference.variables, difference.vanishes)
        asked = self._may(cells, number) & np.any([zero, doubtful, *(face[2] for face in faces)], axis=0)
        asked[list(corners)] = True
        done = []
        for place in np.flatnonzero(asked):
            if time.monotonic() >= self.limits.deadline:
                break
            touching = [(i, end) for i, end, flags in faces if flags[place]]
            touch = corners.get(int(place))
            record = self._asked(cells, int(place), number, bool(zero[place]), touching, bool(doubtful[place]), touch)
            if record is not None:
                self.tree.close(int(cells.tree[place]), record)
                done.append(place)
        left = np.ones(len(cells), dtype=bool)
        left[np.array(done, dtype=int)] = False
        return cells.take(left) if done else cells

    def _asked(self, cells: Cells, place: int, number: int, zero: bool, touching: list[tuple[int, str]],
               doubtful: bool, ends: Ends | None) -> list[object] | None:  # fmt: skip
        atom, ask = self.differences[number].atom, self.oracle.ask
        if zero and self._is_point(cells, place, number):
            return self._at_point(cells, place, number)
        if zero and not atom.strict and self.oracle.identity(cells, place, atom):
            return ["exact_form", number]
        if ends is not None and not atom.strict:
            record = ["corner_touch", number, ends]
            if not ask(cells, place, atom, record, self.bits):
                return record
        for i, end in touching:
            order = self.oracle.order(cells, place, atom, i, end)
            record = ["taylor_touch", number, i, end, order]
            if order > 0 and not ask(cells, place, atom, record, self.bits):
                return record
        if doubtful and not touching and self.refusals < MOST_REFUSALS:
            for bits in BITS if zero else BITS[:1]:
                for rule in ("interval", "mean_value"):
                    if not ask(cells, place, atom, [rule, 0], max(bits, self.bits)):
                        self.bits = max(bits, self.bits)
                        return [rule, number]
            self.refusals += 1
        return None

    # ---- bisection

    def _split_exactly(self, cells: Cells, variable: int, mark: Mark) -> list[Cells]:
        """At a number where the difference is zero; left out of both sides if they may need another inequality."""
        kind = "cut" if len(self.clause) > 1 else "split"
        *parts, inside = self.ranges.cut_end(cells, variable, mark)
        if kind == "split":
            *parts, inside = self.ranges.split_exactly(cells, variable, mark)
        elif not np.any(inside):
            *parts, inside = self.ranges.cut(cells, variable, mark)
        record = [kind, variable, mark.text()]
        for k, node in enumerate(cells.tree[inside]):
            for part, place in zip(parts, self.tree.grow(int(node), record, len(parts)), strict=True):
                part.tree[k] = place
        return [part for part in (cells.take(~inside), *parts) if len(part)]

    def _split(self, cells: Cells, stack: list[Cells]) -> Stuck | None:
        """Puts both halves of every cell on the stack; or says that a cell is too small for that."""
        if not self.used:
            return self._worst(cells, "no rule proves it")
        variable = self._variables(cells)
        every = np.arange(len(cells))
        low, high = cells.low[every, variable], cells.high[every, variable]
        value = self.ranges.split_points(cells, variable)
        with np.errstate(invalid="ignore"):
            small = np.isfinite(low) & np.isfinite(high) & (high - low <= LEAST_WIDTH * self.span[variable])
        whole = self.ranges.integer[variable]
        fits = np.where(whole, (value >= low) & (value < high), (value > low) & (value < high) & ~small)
        if not np.all(fits):
            return self._worst(cells.take(~fits), "the cells have become too small")
        below, above = self.ranges.split(cells, variable, value)
        for k, node in enumerate(cells.tree):
            record = ["split", int(variable[k]), spelled(float(value[k]))]
            below.tree[k], above.tree[k] = self.tree.grow(int(node), record, 2)
        stack += [above, below]
        return None

    def _variables(self, cells: Cells) -> np.ndarray[tuple[int], np.dtype[np.intp]]:
        """In which variable to bisect: where the slope times the width is largest."""
        count = len(cells)
        score = np.full((count, len(cells.low[0])), -1.0)
        free = ~cells.pinned & (cells.high > cells.low)
        with np.errstate(all="ignore"):
            width = np.where(free, cells.high - cells.low, 0.0)
            relative = width / self.span
            for difference in self.differences:
                enclosed = difference.values(cells.boxes(closed=True), count) if len(self.used) > 1 else None
                for i in difference.variables:
                    size: Floats = relative[:, i]
                    if enclosed is not None:
                        slope, defined = difference.slope(enclosed, i, count)
                        size = np.maximum(np.abs(slope.low), np.abs(slope.high)) * width[:, i]
                        size = np.where(defined & np.isfinite(size), size + 1e-9 * relative[:, i],
                                        1e200 * relative[:, i])  # fmt: skip
                    score[:, i] = np.maximum(score[:, i], np.where(free[:, i], size, -1.0))
        best: np.ndarray[tuple[int], np.dtype[np.intp]] = np.argmax(score, axis=1)
        return best

    def _worst(self, cells: Cells, reason: str) -> Stuck:
        """The cell with the lowest lower bound, for the report."""
        cells = cells.take(np.arange(min(len(cells), MOST_COMPARED)))
        margin = np.full(len(cells), -np.inf)
        for number, difference in enumerate(self.differences):
            value = difference.values(cells.boxes(), len(cells))
            low = np.where(value.defined & self._may(cells, number), value.difference.low, -np.inf)
            margin = np.maximum(margin, low)
        place = int(np.argmin(margin))
        return Stuck(reason, tuple(cells.low[place].tolist()), tuple(cells.high[place].tolist()), float(margin[place]))
