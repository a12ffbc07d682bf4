"""Goals of calculus, and what proves one without another: enclosures, mean value forms, Taylor coefficients at ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property

import numpy as np

from relucert.certify.check.real.algebra import Algebra
from relucert.certify.check.real.evaluate import Program
from relucert.certify.check.real.forms import Form, Forms
from relucert.certify.check.real.interval import Arithmetic, Interval, is_nonnegative, is_positive, is_zero, negative
from relucert.certify.check.real.region import middle
from relucert.certify.formula import Node
from relucert.certify.search.formula_arrays import Floats
from relucert.certify.search.formula_boxes import (
    Box,
    Number,
    Range,
    Record,
    accepts,
    changed,
    face,
    is_bounded,
    refusal,
    samples,
    split,
)
from relucert.certify.search.formula_cells import Mark
from relucert.certify.search.formula_goal import needed
from relucert.certify.search.formula_values import float_values

BITS = 64
ZERO: Node = ("rational", Fraction(0))
ROUNDING = 1e-11
MOST_ORDER = 8
FAR = 4.0


def floats(nodes: Sequence[Node], place: int, points: Floats) -> dict[int, Floats]:
    """Float values of an expression and of its parts."""
    return float_values(nodes, needed(list(nodes), (place,)), points)


@dataclass(frozen=True)
class Target:
    """upper - lower >= 0, or > 0, on the box.

    number : of the inequality in the clause of the goal.  positive : places of what lemmas show to be above zero, of
    which there are so many (known).
    """

    nodes: tuple[Node, ...]
    lower: int
    upper: int
    strict: bool
    box: Box
    number: int = 0
    positive: frozenset[int] = frozenset()
    known: int = 0

    @property
    def place(self) -> int:
        """Of the difference, which comes after the nodes."""
        return len(self.nodes)

    @cached_property
    def extended(self) -> tuple[Node, ...]:
        """The nodes, and the difference."""
        return (*self.nodes, ("sub", self.upper, self.lower))

    def on(self, box: Box) -> Target:
        """The same on a part."""
        return replace(self, box=box)


class Leaves:
    """Asks for one goal at a time."""

    def __init__(self) -> None:
        self.arithmetic, self.halvings = Arithmetic(BITS), 2  # of a part
        self.known_boxes: dict[Box, list[Interval]] = {}

    def variables(self, nodes: Sequence[Node], place: int) -> list[int]:
        """Numbers of the variables that the expression at the place depends on, ascending."""
        return sorted({nodes[k][1] for k in needed(list(nodes), (place,)) if nodes[k][0] == "variable"})

    def values(self, target: Target) -> tuple[Floats, Floats, Floats]:
        """The difference at samples of the box (points,), the largest number on the way (points,), and the samples.

        Not a number: undefined there; infinite: too large for floats to say anything.
        """
        points = samples(target.box)
        known = floats(target.extended, target.place, points)
        size, overflow = np.zeros(len(points)), np.zeros(len(points), dtype=bool)
        for value in known.values():
            size = np.fmax(size, np.where(np.isfinite(value), np.abs(value), 0))
            overflow |= np.isinf(value)
        value = np.broadcast_to(known[target.place], (len(points),))
        good = ~overflow & (np.abs(value) < 1e100)  # what became too large says nothing
        return np.where(good | (np.isnan(value) & ~overflow), value, np.inf), size, points

    def interval(self, number: Number | None) -> Interval | None:
        """The checker's enclosure of an end; ``None`` if it is infinite."""
        if number is None:
            return None
        return Program(number.nodes, len(number.nodes) - 1, self.arithmetic).value(())

    def boxes(self, box: Box) -> list[Interval]:
        """Enclosures of the ranges, as the checker has them."""
        if box in self.known_boxes:
            return self.known_boxes[box]
        found = []
        for side in box:
            low, high = self.interval(side.low), self.interval(side.high)
            found.append(Interval(
                None if low is None else low.low, None if high is None else high.high,
                low is None or side.low_open or low.low_open, high is None or side.high_open or high.high_open,
            ))  # fmt: skip
        self.known_boxes[box] = found
        return found

    def forms(self, target: Target) -> tuple[Program[Form], list[Form]]:
        """The program that makes normal forms of the expressions, and those of the variables on the box."""
        ring, values = Forms(self.arithmetic), []
        for i, (side, box) in enumerate(zip(target.box, self.boxes(target.box), strict=True)):
            known = None
            if side.pinned and side.low is not None:
                known = Program(side.low.nodes, len(side.low.nodes) - 1, Algebra()).value(())
            values.append(ring.variable(i, box, known))
        return Program(target.extended, target.place, ring, positive=target.positive), values

    def form(self, target: Target) -> Form | None:
        """The difference as a fraction of normal forms; ``None`` if it has none."""
        try:
            program, values = self.forms(target)
            return program.value(values)
        except (ArithmeticError, RecursionError):
            return None

    def sign(self, nodes: Sequence[Node], place: int, box: Box, positive: frozenset[int]) -> int:
        """1 or -1 if the expression has that sign on the whole box, else 0: unknown."""
        try:
            value = Program(nodes, place, self.arithmetic, positive=positive).value(self.boxes(box))
        except ArithmeticError:
            return 0
        return 1 if is_positive(value) else -1 if is_positive(negative(value)) else 0

    def leaves(self, target: Target, halvings: int) -> list[Record] | None:
        """A leaf, or a few of them."""
        values, sizes, _ = self.values(target)
        leaf = self.leaf(target, values, sizes)
        if leaf is not None:
            return [leaf]
        free = [i for i in self.variables(target.extended, target.place) if not target.box[i].pinned]
        if halvings == 0 or not free or not all(np.all(np.isfinite(target.box[k].ends())) for k in free):
            return None
        i = max(free, key=lambda k: target.box[k].ends()[1] - target.box[k].ends()[0])
        low, high = target.box[i].ends()
        middle = self.middle(low, high)
        if not low < middle < high or target.box[i].integer:
            return None
        number = Number.at(Mark(Fraction(middle)))
        records: list[Record] = [["split", i, number.spelled()]]
        for part in split(target.box, i, number, cut=False):
            own = self.leaves(target.on(part), halvings - 1)
            if own is None:
                return None
            records += own
        return records

    def leaf(self, target: Target, values: Floats, sizes: Floats) -> Record | None:
        """One leaf that the checker accepts, the cheapest rule first; values and sizes as :meth:`values` has them."""
        nodes, place, strict, box, number = target.extended, target.place, target.strict, target.box, target.number

        def accepted(record: Record, bits: int = BITS) -> bool:
            return accepts(nodes, place, strict, box, [[record[0], 0, *record[2:]]], bits)

        if self.holds(target):
            return ["interval", number]

        if (
            not strict
            and np.all((np.abs(values) <= ROUNDING * sizes) | np.isinf(values))
            and accepted(["exact_form", number])
        ):
            return ["exact_form", number]
        if all(side.pinned for side in box):
            return None
        if is_bounded(box) and self.mean_value(target):
            return ["mean_value", number]
        for i in self.variables(nodes, place):
            for which in ("low", "high"):
                end = box[i].low if which == "low" else box[i].high
                if end is None or box[i].pinned or not self.vanishes(target, face(box, i, which)):
                    continue
                for order in range(1, MOST_ORDER + 1):
                    reason = refusal(nodes, place, strict, box, [["taylor_touch", 0, i, which, order]])
                    if not reason:
                        return ["taylor_touch", number, i, which, order]
                    if " S4:" not in reason:
                        break
        return None

    def holds(self, target: Target) -> bool:
        """By an enclosure, with what lemmas say."""
        try:
            program = Program(target.extended, target.place, self.arithmetic, positive=target.positive)
            value = program.value(self.boxes(target.box))
        except ArithmeticError:
            return False
        return is_positive(value) if target.strict else is_nonnegative(value)

    def mean_value(self, target: Target) -> bool:
        """As the checker's rule."""
        box = [x._replace(low_open=False, high_open=False) for x in self.boxes(target.box)]
        program = Program(target.extended, target.place, self.arithmetic)
        centre = [c for x in box if (c := middle(x)) is not None]
        try:
            total = program.value(centre)
            for i in self.variables(target.extended, target.place):
                distance = self.arithmetic.add(box[i], negative(centre[i]))
                slopes = [] if is_zero(distance) else program.taylor(box, i, 1)
                if len(slopes) > 1:
                    total = self.arithmetic.add(total, self.arithmetic.multiply(slopes[1], distance))
        except ArithmeticError:
            return False
        return is_positive(total) if target.strict else is_nonnegative(total)

    def vanishes(self, target: Target, box: Box) -> bool:
        """The difference seems to be zero at all samples of the box, up to roundings."""
        values, sizes, _ = self.values(target.on(box))
        return not np.any(np.isnan(values)) and bool(np.all(np.abs(values) <= ROUNDING * sizes))

    def touches(self, target: Target, i: int, number: Number) -> bool:
        """The difference seems to vanish where variable i is the number."""
        side = Range(number, number, low_open=False, high_open=False, pinned=True)
        return self.vanishes(target, changed(target.box, i, side))

    def middle(self, low: float, high: float) -> float:
        """A number of few digits near the middle; on unbounded sides one farther out."""
        if np.isinf(low) and np.isinf(high):
            return 0.0
        if np.isinf(high):
            return 1.0 if low < 0.5 else FAR * low
        if np.isinf(low):
            return -1.0 if high > -0.5 else FAR * high
        step = 2.0 ** np.floor(np.log2(max(high - low, 1e-300)) - 3)
        return float(round((low + high) / 2 / step) * step)
