"""The rules that prove an inequality from others: lemmas, both branches, the same sign, the sign of a derivative."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial
from typing import Any

from relucert.certify.check.errors import CertificateError, require
from relucert.certify.check.real.evaluate import Program
from relucert.certify.check.real.forms import Form, Forms
from relucert.certify.check.real.goal import Clause, Inequality
from relucert.certify.check.real.interval import Arithmetic, is_positive
from relucert.certify.check.real.leaves import Difference, evaluated
from relucert.certify.check.real.region import Region, Side, boxes, exact, face
from relucert.certify.claim import ClaimError
from relucert.certify.formula import Node, nodes_from_json


@dataclass(frozen=True)
class Goal:
    """What a tree has to prove: on the region one of the clause's inequalities holds at every point.

    only : below a face, the one inequality to prove.  positive : places of expressions that are above zero there.
    """

    nodes: Sequence[Node]
    clause: Clause
    region: Region
    differences: tuple[Difference, ...]
    only: int | None = None
    positive: frozenset[int] = frozenset()

    @staticmethod
    def of(
        nodes: Sequence[Node],
        clause: Clause,
        region: Region,
        arithmetic: Arithmetic,
        only: int | None = None,
        positive: frozenset[int] = frozenset(),
    ) -> Goal:
        """With the programs of the differences."""
        differences = tuple([Difference(nodes, inequality, arithmetic, positive) for inequality in clause])
        return Goal(nodes, clause, region, differences, only, positive)

    def on(self, region: Region, only: int | None) -> Goal:
        """The same on a part."""
        return replace(self, region=region, only=only)

    def forget(self, arithmetic: Arithmetic) -> Goal:
        """Without what is known on the region: for points that do not belong to it."""
        return Goal.of(self.nodes, self.clause, self.region, arithmetic, self.only) if self.positive else self


def lemma(goal: Goal, arithmetic: Arithmetic, record: list[Any], step: str) -> list[Goal]:
    """``["lemma", nodes, p]``: the nodes are added to those that are there; p is the place of one.

    S1  shapes
    a subtree: p > 0 on the region
    a subtree: the goal, where p is known to be above zero
    -------------------------------------------------------
    the goal
    """
    nodes = _extended(goal, record[1], step, "lemma")
    (place,) = _places([record[2]], len(nodes), step, "lemma")
    first = _above_zero(nodes, place, goal.region, arithmetic, goal.positive, strict=True)
    return [first, Goal.of(nodes, goal.clause, goal.region, arithmetic, goal.only, goal.positive | {place})]


def branch(goal: Goal, arithmetic: Arithmetic, record: list[Any], step: str) -> list[Goal]:
    """``["branch", k]``

    S1  k is the place of an absolute value, a minimum or a maximum
    a subtree: the goal with a for |a| (with a for min(a, b) or max(a, b)), without what lemmas say
    a subtree: the goal with -a for |a| (with b), without what lemmas say
    ------------------------------------------------------------------------------------------------
    the goal, for at every point of the region one of the two formulas is the same as the goal's
    """
    (place,) = _places([record[1]], len(goal.nodes), step, "branch")
    kind, *parts = goal.nodes[place]
    require(kind in ("abs", "min", "max"), step, "branch", "S1", "no absolute value, minimum or maximum")
    taken: list[Node] = [("power", parts[0], 1), ("neg", parts[0]) if kind == "abs" else ("power", parts[1], 1)]
    replaced = [[*goal.nodes[:place], node, *goal.nodes[place + 1 :]] for node in taken]
    return [Goal.of(nodes, goal.clause, goal.region, arithmetic, goal.only) for nodes in replaced]


def rewrite(goal: Goal, arithmetic: Arithmetic, record: list[Any], step: str) -> list[Goal]:
    """``["rewrite", g, nodes, multipliers, h]``: the nodes are added; multipliers and h are places.

    S1  shapes; g, h and the multipliers are defined on the region
    S2  every multiplier is above zero on the region
    S3  g times the multipliers and h are the same fraction of normal forms
    a subtree: the goal with h >= 0 (h > 0 if g is strict) for the inequality g
    ---------------------------------------------------------------------------
    the goal
    """
    nodes = _extended(goal, record[2], step, "rewrite")
    *multipliers, h = _places([*_array(record[3], step, "rewrite"), record[4]], len(nodes), step, "rewrite")
    work = _Work(nodes, goal.region, arithmetic, goal.positive, "rewrite", step)
    difference = goal.differences[record[1]]
    work.compare(work.value(difference.nodes, difference.place), multipliers, h)
    number, strict = record[1], goal.clause[record[1]].strict
    zero = len(nodes)
    clause = (*goal.clause[:number], Inequality(zero, h, strict), *goal.clause[number + 1 :])
    nodes.append(_ZERO)
    return [Goal.of(nodes, clause, goal.region, arithmetic, goal.only, goal.positive)]


def slope(goal: Goal, arithmetic: Arithmetic, record: list[Any], step: str) -> list[Goal]:
    """``["slope", g, i, "low" | "high", nodes, multipliers, h]``, with c for that end of the variable.

    S1  shapes; c is finite, and g is defined on the region with it
    S2  inside, g has a derivative in the variable, and every multiplier is above zero
    S3  the derivative (its opposite for "high") times the multipliers and h are the same fraction of normal forms
    a subtree: h >= 0 on the region without the ends of the variable; if it has numbers
    a subtree: the inequality on the face where the variable is c
    ---------------------------------------------------------------------------------------------------------------
    the inequality on the region, for g is least at c.  If it is strict and c is not in the range: h > 0, and then the
    face may be zero
    """
    number, place, which = record[1], record[2], record[3]
    side, difference = goal.region[place], goal.differences[number]
    end = side.low if which == "low" else side.high
    if end is None:
        raise CertificateError(step, "slope", "S1", "the end is infinite")
    box = boxes(goal.region)
    closed = [*box]
    closed[place] = box[place]._replace(low_open=False) if which == "low" else box[place]._replace(high_open=False)
    known = difference.intervals if end.out or side.integer else difference.inside
    evaluated(step, "slope", "S1", lambda: known.value(closed))
    region = list(goal.region)
    low, high = (None if e is None else replace(e, out=True) for e in (side.low, side.high))
    region[place] = Side(low, high, integer=False)
    positive = frozenset[int]() if side.integer else goal.positive
    nodes = _extended(goal, record[4], step, "slope")
    *multipliers, h = _places([*_array(record[5], step, "slope"), record[6]], len(nodes), step, "slope")
    at_end = goal.on(face(goal.region, place, end), number)
    strict = goal.clause[number].strict and end.out
    if strict:
        clause = (*goal.clause[:number], goal.clause[number]._replace(strict=False), *goal.clause[number + 1 :])
        at_end = Goal.of(goal.nodes, clause, at_end.region, arithmetic, number)
    if end.out:
        at_end = at_end.forget(arithmetic)
    if region[place].is_empty():
        return [at_end]
    work = _Work(nodes, tuple(region), arithmetic, positive, "slope", step)
    rate = work.derivative(difference, place)
    work.compare(rate if which == "low" else work.ring.negative(rate), multipliers, h)
    return [_above_zero(nodes, h, tuple(region), arithmetic, positive, strict=strict), at_end]


_ZERO: Node = ("rational", Fraction(0))


def _above_zero(
    nodes: Sequence[Node],
    place: int,
    region: Region,
    arithmetic: Arithmetic,
    positive: frozenset[int],
    *,
    strict: bool,
) -> Goal:
    """An expression is not below zero, or above it."""
    clause = (Inequality(len(nodes), place, strict),)
    return Goal.of([*nodes, _ZERO], clause, region, arithmetic, None, positive)


class _Work:
    """Fractions of normal forms on a region."""

    def __init__(
        self, nodes: list[Node], region: Region, arithmetic: Arithmetic, positive: frozenset[int], rule: str, step: str
    ) -> None:
        self.nodes, self.positive, self.rule, self.step = nodes, positive, rule, step
        self.ring = Forms(arithmetic)
        exact_values = exact(region)
        self.values = [Form(box, form, {}) for box, form in zip(boxes(region), exact_values, strict=True)]

    def value(self, nodes: Sequence[Node], place: int) -> Form:
        """Of an expression."""
        program = Program(nodes, place, self.ring, positive=self.positive)
        form: Form = evaluated(self.step, self.rule, "S1", lambda: program.value(self.values))
        return form

    def derivative(self, difference: Difference, variable: int) -> Form:
        """Of a difference."""
        program = Program(difference.nodes, difference.place, self.ring, positive=self.positive)
        taken = evaluated(self.step, self.rule, "S2", lambda: program.taylor(self.values, variable, 1))
        form: Form = taken[1] if len(taken) > 1 else self.ring.rational(Fraction(0))
        return form

    def compare(self, g: Form, multipliers: Sequence[int], h: int) -> None:
        """S2 and S3."""
        for place in multipliers:
            multiplier = self.value(self.nodes, place)
            require(
                is_positive(multiplier.box), self.step, self.rule, "S2", f"multiplier {place} may be zero or negative"
            )
            g = evaluated(self.step, self.rule, "S3", partial(self.ring.multiply, g, multiplier))
        same = evaluated(self.step, self.rule, "S3", lambda: self.ring.same(g, self.value(self.nodes, h)))
        require(same, self.step, self.rule, "S3", "the two sides differ")


def _extended(goal: Goal, value: Any, step: str, rule: str) -> list[Node]:
    try:
        return [*goal.nodes, *nodes_from_json(value, len(goal.nodes), len(goal.region))]
    except ClaimError as error:
        raise CertificateError(step, rule, "S1", str(error)) from None


def _array(value: Any, step: str, rule: str) -> list[Any]:
    require(isinstance(value, list), step, rule, "S1", "an array is expected")
    return list(value)


def _places(values: list[Any], count: int, step: str, rule: str) -> list[int]:
    good = all(type(place) is int and 0 <= place < count for place in values)
    require(good, step, rule, "S1", "no such expression")
    return values
