"""A part of the ranges as a claim of its own: exact ends, fixed variables, and what the checker says about a record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from math import inf, log

import numpy as np

from relucert.certify.check.real.kernel import check_formula
from relucert.certify.claim import spell_rational
from relucert.certify.formula import Node, RealFormula, Variable, arguments
from relucert.certify.search.formula_arrays import Floats
from relucert.certify.search.formula_cells import Mark
from relucert.certify.search.formula_goal import needed
from relucert.certify.search.formula_oracle import certificate
from relucert.certify.search.formula_points import simplest
from relucert.certify.search.formula_values import Expressions

Record = list[object]


@dataclass(frozen=True)
class Number:
    """A constant expression, as nodes of which the last is it; and floats at most and at least it."""

    nodes: tuple[Node, ...]
    low: float
    high: float

    def spelled(self) -> object:
        """As in a record."""
        if len(self.nodes) == 1 and self.nodes[0][0] == "rational":
            return spell_rational(self.nodes[0][1])
        return spelled(self.nodes)

    @staticmethod
    def of(nodes: Sequence[Node], place: int) -> Number:
        """A constant expression of a claim."""
        places = needed(list(nodes), (place,))
        new = {old: k for k, old in enumerate(places)}
        found = tuple([_moved(nodes[old], new) for old in places])
        value = Expressions(found, (len(found) - 1,)).constants[len(found) - 1]
        return Number(found, float(value.low[0]), float(value.high[0]))

    @staticmethod
    def at(mark: Mark) -> Number:
        """A rational, or one times pi."""
        low, high = mark.around()
        if mark.times_pi:
            return Number((("rational", mark.value), ("pi",), ("mul", 0, 1)), low, high)
        return Number((("rational", mark.value),), low, high)


def near(x: float) -> Number | None:
    """A simple number next to a float: rational, a multiple of pi, a power of e, a square root."""
    mark = simplest(x)
    if mark is not None:
        return Number.at(mark)
    if x > 0:
        power, square = simplest(log(x), 1e-7), simplest(x * x, 1e-7)
        if power is not None and not power.times_pi and power.value.denominator <= 4:
            return Number.of((("rational", power.value), ("exp", 0)), 1)
        if square is not None and not square.times_pi and square.value.denominator <= 12:
            return Number.of((("rational", square.value), ("root", 0, 2)), 1)
    return None


def spelled(nodes: Sequence[Node]) -> list[list[object]]:
    """Expressions as in a record."""
    return [[n[0], *(spell_rational(a) if isinstance(a, Fraction) else a for a in n[1:])] for n in nodes]


@dataclass(frozen=True)
class Range:
    """Of one variable; an end that is ``None`` is infinite.  pinned : low and high are the same number."""

    low: Number | None
    high: Number | None
    low_open: bool
    high_open: bool
    integer: bool = False
    pinned: bool = False

    def ends(self) -> tuple[float, float]:
        """Floats at most and at least the ends."""
        return -inf if self.low is None else self.low.low, inf if self.high is None else self.high.high


Box = tuple[Range, ...]


def whole(claim: RealFormula) -> Box:
    """The ranges of a claim."""

    def end(place: int | None) -> Number | None:
        return None if place is None else Number.of(claim.nodes, place)

    return tuple([Range(end(v.low), end(v.high), v.low_open, v.high_open, v.integer) for v in claim.variables])


def changed(box: Box, i: int, side: Range) -> Box:
    """With another range of one variable."""
    return (*box[:i], side, *box[i + 1 :])


def face(box: Box, i: int, which: str) -> Box:
    """Where a variable is at its end."""
    end = box[i].low if which == "low" else box[i].high
    return changed(box, i, Range(end, end, low_open=False, high_open=False, pinned=True))


def inside(box: Box, i: int) -> Box:
    """Without the ends of a variable."""
    return changed(box, i, replace(box[i], low_open=True, high_open=True, integer=False))


def split(box: Box, i: int, number: Number, *, cut: bool) -> list[Box]:
    """Both parts; cut: below the number, at it, above it."""
    below = replace(box[i], high=number, high_open=cut)
    above = replace(box[i], low=number, low_open=cut)
    at = Range(number, number, low_open=False, high_open=False, pinned=True)
    parts = [below, at, above] if cut else [below, above]
    return [changed(box, i, part) for part in parts]


def is_bounded(box: Box) -> bool:
    """All ends are finite."""
    return all(side.low is not None and side.high is not None for side in box)


@lru_cache(maxsize=256)
def samples(box: Box, count: int = 160) -> Floats:
    """Points of the box, many near the ends; the same ones every time."""
    generator = np.random.default_rng(7)
    columns = []
    free = sum(not side.pinned for side in box)
    for side in box:
        low, high = side.ends()
        if side.pinned:
            columns.append(np.full(count, (low + high) / 2))
            continue
        t = np.linspace(0, 1, count) if free == 1 else generator.random(count)
        near = 10.0 ** (-8 * (1 - np.abs(2 * t - 1)) - 1)
        share = np.where(np.arange(count) % 3 == 0, np.where(t < 0.5, near, 1 - near), t)
        share = share if free == 1 else np.where(generator.random(count) < 0.1, np.round(share), share)
        share = np.clip(share, 1e-9 if side.low_open else 0, 1 - (1e-9 if side.high_open else 0))
        far = 10.0 ** (12 * t - 5)
        if np.isfinite(low) and np.isfinite(high):
            values = low + (high - low) * share
        elif np.isfinite(low) or np.isfinite(high):
            values = low + far if np.isfinite(low) else high - far
        else:
            values = np.where(np.arange(count) % 2 == 0, far, -far)
        columns.append(np.round(values) if side.integer else values)
    return np.stack(columns, axis=1) if columns else np.zeros((1, 0))


def accepts(nodes: Sequence[Node], place: int, strict: bool, box: Box, records: list[Record], bits: int = 64) -> bool:
    """Whether the checker takes the records as a proof of an expression's sign on the box (inequality 0)."""
    return not refusal(nodes, place, strict, box, records, bits)


def refusal(nodes: Sequence[Node], place: int, strict: bool, box: Box, records: list[Record], bits: int = 64) -> str:
    """Why not; empty if it does."""
    return check_formula(certificate(local(nodes, place, strict, box), [records], None, bits)).reason


def local(nodes: Sequence[Node], place: int, strict: bool, box: Box) -> RealFormula:
    """expression > 0 or >= 0 on the box; pinned variables are replaced by their numbers."""
    found: list[Node] = []

    def append(number: Number | None) -> int | None:
        if number is None:
            return None
        first = len(found)
        found.extend(_moved(node, {k: first + k for k in range(len(number.nodes))}) for node in number.nodes)
        return len(found) - 1

    variables, pins = [], {}
    for i, side in enumerate(box):
        low = append(side.low)
        high = low if side.pinned else append(side.high)
        if side.pinned and low is not None:
            pins[i] = low
        variables.append(Variable(f"x{i}", low, high, side.low_open, side.high_open, side.integer))
    places: dict[int, int] = {}
    for old in needed(list(nodes), (place,)):
        node = nodes[old]
        if node[0] == "variable" and node[1] in pins:
            places[old] = pins[node[1]]
            continue
        found.append(_moved(node, places))
        places[old] = len(found) - 1
    found.append(("rational", Fraction(0)))
    relation = ("<" if strict else "<=", len(found) - 1, places[place])
    return RealFormula("holds", tuple(variables), tuple(found), (relation,), None, 0)


def _moved(node: Node, places: dict[int, int]) -> Node:
    count = len(arguments(node))
    return (node[0], *(places[i] for i in node[1 : 1 + count]), *node[1 + count :]) if count else node
