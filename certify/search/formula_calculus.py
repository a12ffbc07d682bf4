"""Proofs in the manner of calculus: clear denominators, differentiate, look at the ends; cut where a slope turns.

Every step is one of the checker's reductions (`rewrite`, `slope`, `lemma`) or a leaf about which the checker was asked.
Float values at sample points say which step is worth trying: one that would need something false is left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from time import monotonic

import numpy as np

from relucert.certify.check.real.algebra import TooLargeError
from relucert.certify.check.real.forms import Form
from relucert.certify.formula import Node, RealFormula
from relucert.certify.search.formula_boxes import (
    Box,
    Number,
    Record,
    face,
    inside,
    near,
    samples,
    spelled,
    split,
    whole,
)
from relucert.certify.search.formula_cells import Mark
from relucert.certify.search.formula_goal import Clause, needed
from relucert.certify.search.formula_leaves import ROUNDING, ZERO, Target, floats
from relucert.certify.search.formula_points import Lowest
from relucert.certify.search.formula_steps import Step, Steps

MOST_LEMMAS = 3
STAGES = ((1, 1), (2, 2), (3, 3), (4, 4), (6, 5))  # derivatives one below another, cuts
MOST_MARKS = 4


def calculus(claim: RealFormula, clause: Clause, lowest: Lowest, *, goals: int, deadline: float) -> list[Record] | None:
    """The records of a tree that proves the clause on the ranges of the claim, or ``None``."""
    found: dict[tuple[int, Number], int] = {}
    for point in lowest.points[lowest.touching()].tolist():
        for i, x in enumerate(point):
            number = near(x)
            if number is not None:
                found[i, number] = found.get((i, number), 0) + 1
    marks = sorted(found, key=lambda key: -found[key])[:MOST_MARKS]
    search = Calculus(goals, deadline, marks)
    try:
        for depth, cuts in STAGES:
            search.halvings = cuts + 1
            records = search.settle(claim.nodes, clause, whole(claim), depth, cuts)
            if records is not None:
                return records
    except (OutOfBudgetError, TooLargeError, RecursionError):
        pass
    return None


class OutOfBudgetError(Exception):
    """Too many goals, or too late."""


class Calculus(Steps):
    """A search with a budget of goals."""

    def __init__(self, goals: int, deadline: float, marks: Sequence[tuple[int, Number]] = ()) -> None:
        super().__init__(marks)
        self.goals, self.deadline = goals, deadline
        self.failed: dict[object, tuple[int, int]] = {}  # goals by their normal forms, and what did not suffice

    def settle(self, nodes: Sequence[Node], clause: Clause, box: Box, depth: int, cuts: int) -> list[Record] | None:
        """One of the inequalities, or different ones on different parts."""
        for number, own in enumerate(clause):
            target = Target(tuple(nodes), own.lower, own.upper, own.strict, box, number)
            found = self.prove(target, depth, cuts)
            if found is not None:
                return found
        if len(clause) == 1 or cuts == 0:
            return None
        for i, at in self.marks:
            low, high = box[i].ends()
            if not low <= at.low <= at.high <= high or box[i].pinned or box[i].integer:
                continue
            parts = split(box, i, at, cut=True)
            if at == box[i].low and not box[i].low_open:
                parts = parts[1:]
            elif at == box[i].high and not box[i].high_open:
                parts = parts[:2]
            elif not low < at.low <= at.high < high:
                continue
            records: list[Record] = [["cut", i, at.spelled()]]
            for part in parts:
                rest = self.settle(nodes, clause, part, depth, cuts - 1)
                if rest is None:
                    return None
                records += rest
            return records
        return None

    def prove(self, target: Target, depth: int, cuts: int) -> list[Record] | None:
        """The records of a tree."""
        self.goals -= 1
        if self.goals < 0 or monotonic() >= self.deadline:
            raise OutOfBudgetError
        values, sizes, _ = self.values(target)
        if np.any(np.isnan(values)) or np.any(values < -ROUNDING * sizes):
            return None
        known = self._defined(target, depth)
        if known is not None:
            return known
        form = self.form(target)
        key = None if form is None else (form.top, frozenset(form.bottom.items()), target.strict, target.box)
        if key in self.failed and self.failed[key] >= (depth, cuts):
            return None
        found = self._proved(target, form, depth, cuts)
        if found is None and key is not None:
            self.failed[key] = max(self.failed.get(key, (0, 0)), (depth, cuts))
        return found

    def _proved(self, target: Target, form: Form | None, depth: int, cuts: int) -> list[Record] | None:
        leaves = self.leaves(target, self.halvings)
        if leaves is not None:
            return leaves
        free = [i for i in self.variables(target.extended, target.place) if not target.box[i].pinned]
        if not free:
            step = self.step(target, form) if form is not None and not form.top and not target.strict else None
            return None if step is None else [self.record("rewrite", target, [], step), ["interval", target.number]]
        if depth > 0 and form is not None:
            found = self._reduced(target, form, free, depth)
            if found is not None:
                return found
        if cuts > 0:
            found = self._branched(target, depth, cuts) or self._cut(target, free, depth, cuts)
            if found is not None:
                return found
        return None

    def _branched(self, target: Target, depth: int, cuts: int) -> list[Record] | None:
        """Both branches of an absolute value, a minimum or a maximum, if the claim holds for both everywhere."""
        for place in needed(list(target.nodes), (target.lower, target.upper)):
            kind, *parts = target.nodes[place]
            if kind not in ("abs", "min", "max"):
                continue
            records: list[Record] = [["branch", place]]
            other = ("neg", parts[0]) if kind == "abs" else ("power", parts[1], 1)
            for node in (("power", parts[0], 1), other):
                nodes = (*target.nodes[:place], node, *target.nodes[place + 1 :])
                child = replace(target, nodes=nodes, positive=frozenset())
                values, sizes, _ = self.values(child)
                if np.any(np.isnan(values)) or np.any(values < -ROUNDING * sizes):
                    break
                own = self.prove(child, depth, cuts - 1)
                if own is None:
                    break
                records += own
            else:
                return records
        return None

    def _defined(self, target: Target, depth: int) -> list[Record] | None:
        """Where an argument is perhaps zero as far as enclosures tell: a lemma that it is not, and the rest."""
        if target.known >= MOST_LEMMAS:
            return None
        place = self.undefined(target)
        if place is None:
            return None
        values = floats(target.nodes, place, samples(target.box))[place]
        new: tuple[Node, ...] = ()
        if np.all(values <= 0):
            new, place = (("neg", place),), len(target.nodes)
        proof = self.prove(self._lemma(replace(target, nodes=(*target.nodes, *new)), place), min(depth, 2), 3)
        if proof is None:
            return None
        rest = replace(target, nodes=(*target.nodes, *new), positive=target.positive | {place}, known=target.known + 1)
        records = self.prove(rest, depth, 3)
        return None if records is None else [["lemma", spelled(new), place], *proof, *records]

    def _reduced(self, target: Target, form: Form, free: list[int], depth: int) -> list[Record] | None:
        """Slopes, of the difference and of what it becomes when something positive is divided out."""
        found = self._slopes(target, free, depth)
        if found is not None:
            return found
        for step in self.rewritings(target, form):
            if not step.multipliers and form.top and not step.factors:
                continue
            nodes = (*target.nodes, *step.nodes, ZERO)
            child = replace(target, nodes=nodes, lower=len(nodes) - 1, upper=step.place)
            values, sizes, _ = self.values(child)
            if np.any(np.isnan(values)) or np.any(values < -ROUNDING * sizes):
                continue
            records = self.leaves(child, self.halvings)
            if records is None:
                records = self._slopes(child, free, depth)
            if records is None and target.strict and target.known == 0:
                records = self._factors(child, step.factors, depth)
            if records is not None:
                return [self.record("rewrite", target, [], step), *records]
        return None

    def _factors(self, target: Target, factors: list[int], depth: int) -> list[Record] | None:
        """Lemmas that factors are above zero, and then the product by its enclosure."""
        records: list[Record] = []
        for place in dict.fromkeys(factors):
            if self.sign(target.nodes, place, target.box, target.positive):
                continue
            proof = self.prove(self._lemma(target, place), depth - 1, 3)
            if proof is None:
                return None
            records += [["lemma", [], place], *proof]
            target = replace(target, positive=target.positive | {place})
        return [*records, ["interval", target.number]] if records and self.holds(target) else None

    def _lemma(self, target: Target, place: int) -> Target:
        """An expression is above zero."""
        nodes = (*target.nodes, ZERO)
        return Target(nodes, len(nodes) - 1, place, True, target.box, 0, target.positive, MOST_LEMMAS)

    def _slopes(self, target: Target, free: list[int], depth: int) -> list[Record] | None:
        """The least value is at an end of one of the variables."""
        for i in free:
            step = self.derivative(target, i)
            if step is None:
                continue
            inner = inside(target.box, i)
            nodes = (*target.nodes, *step.nodes, ZERO)
            values, sizes, _ = self.values(Target(nodes, len(nodes) - 1, step.place, False, inner))
            if np.any(np.isnan(values)):
                continue
            small = ROUNDING * sizes
            for which, good in (
                ("low", np.all(values >= -small)),
                ("high", np.all((values <= small) | np.isinf(values))),
            ):
                end = target.box[i].low if which == "low" else target.box[i].high
                if not good or end is None:
                    continue
                records = self._slope(
                    target, i, which, step if which == "low" else self.opposite(target.nodes, step), depth
                )
                if records is not None:
                    return records
        return None

    def _slope(self, target: Target, i: int, which: str, step: Step, depth: int) -> list[Record] | None:
        side = target.box[i]
        out = side.low_open if which == "low" else side.high_open
        at_end = replace(target, strict=target.strict and not out, box=face(target.box, i, which))
        if out:
            at_end = replace(at_end, positive=frozenset())
        below = self.prove(at_end, depth - 1, 1)
        if below is None:
            return None
        nodes = (*target.nodes, *step.nodes, ZERO)
        positive = frozenset[int]() if side.integer else target.positive
        inner = Target(nodes, len(nodes) - 1, step.place, target.strict and out, inside(target.box, i), 0, positive,
                       target.known)  # fmt: skip
        rate = self.prove(inner, depth - 1, 1)
        if rate is None:
            return None
        return [self.record("slope", target, [i, which], step), *rate, *below]

    def _cut(self, target: Target, free: list[int], depth: int, cuts: int) -> list[Record] | None:
        """At a number where something happens, and both parts."""
        widths = [b - a if np.isfinite(b - a) else 1e300 for a, b in (target.box[i].ends() for i in free)]
        i = free[int(np.argmax(widths))]
        for number, free_cut in self._numbers(target, i):
            records: list[Record] | None = [["split", i, number.spelled()]]
            for part in split(target.box, i, number, cut=False):
                own = self.prove(target.on(part), depth, cuts - (not free_cut))
                if own is None or records is None:
                    records = None
                    break
                records += own
            return records
        return None

    def _numbers(self, target: Target, i: int) -> Iterator[tuple[Number, bool]]:
        """Where to cut: where the difference touches zero, has a kink, or its slope turns; else in the middle."""
        low, high = target.box[i].ends()
        for j, number in self.marks:
            if i == j and low < number.low and number.high < high:
                yield number, True
        places = self._turns(target, i)
        for x, least in places:
            exact = near(x) if least else None
            if exact is not None and low < exact.low and exact.high < high and self.touches(target, i, exact):
                yield exact, True
            # the turn itself goes into a part in the middle, where the slope is of no use
            for value in ((low + x) / 2 if np.isfinite(low) else x - 1 - abs(x), x + 1 + abs(x)):
                step = 2.0 ** np.floor(np.log2(max(abs(value), 1e-9)) - 8)
                rounded = round(value / step) * step
                if low < rounded < high:
                    yield Number.at(Mark(Fraction(rounded))), False
        value = self.middle(low, high)
        if low < value < high:
            yield Number.at(Mark(Fraction(value))), False

    def _turns(self, target: Target, i: int) -> list[tuple[float, bool]]:
        """Zeros of the derivative along the middle of the others; and whether the difference is least there."""
        points = samples(target.box)
        points = points[np.argsort(points[:, i])]
        if len(points) > 1:
            centre = np.median(points, axis=0)
            points = np.where(np.arange(points.shape[1]) == i, points, centre)
        known = floats(target.extended, target.place, points)
        g, found = np.broadcast_to(known[target.place], (len(points),)), list[tuple[float, bool]]()
        x = points[:, i]
        with np.errstate(all="ignore"):
            size = np.max(np.where(np.isfinite(g), np.abs(g), 0))
            slope = np.diff(g) / np.diff(x)
            noise = 1e-9 * size / np.abs(np.diff(x))
        for k in range(len(slope) - 1):
            a, b = slope[k], slope[k + 1]
            if (
                np.isfinite(a)
                and np.isfinite(b)
                and np.sign(a) * np.sign(b) < 0
                and abs(a) > noise[k]
                and abs(b) > noise[k + 1]
            ):
                found.append((float(x[k + 1]), bool(a < 0)))
        return found[:2]
