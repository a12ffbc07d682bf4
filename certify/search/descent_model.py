"""The map, the target and the conditions of a claim about iterates, in floats, for many boxes at once."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from math import inf
from time import monotonic

import numpy as np
from numpy.typing import NDArray

from relucert.certify.descent_claim import DescentClaim
from relucert.certify.formula import Node
from relucert.certify.search.descent_images import at_points, constants, enclosures
from relucert.certify.search.formula_arrays import Flags, Floats
from relucert.certify.search.formula_goal import clauses
from relucert.certify.search.formula_values import Expressions

WIDER = 1e-12  # of the size of a number: more than floats and the checker's digits differ
FINENESS = 14  # bits of the width of a box to which its ends are rounded

Record = list[object]  # of a certificate


def spelled(value: float) -> str:
    """A float exactly."""
    number = Fraction(float(value))
    return f"{number.numerator}/{number.denominator}" if number.denominator > 1 else str(number.numerator)


class Model:
    """What the checker will ask of boxes, shape (boxes, variables), and of points."""

    def __init__(self, claim: DescentClaim, deadline: float = inf) -> None:
        self.claim, self.deadline, formula = claim, deadline, claim.formula
        self.map = Expressions(formula.nodes, claim.map, deadline)
        self.target = Relations(claim, formula.conclusion, deadline)
        self.hypothesis = None if formula.hypothesis is None else Relations(claim, formula.hypothesis, deadline)
        ends = [(v.low, v.high) for v in formula.variables]
        self.low = np.array([-inf if low is None else self._number(low) for low, _ in ends])
        self.high = np.array([inf if high is None else self._number(high) for _, high in ends])
        starts = np.array([[self._number(low), self._number(high)] for low, high in claim.start])
        exact = np.array([[self._is_exact(low), self._is_exact(high)] for low, high in claim.start])
        outward = np.nextafter(starts, np.array([-inf, inf]))
        around = np.where(exact, starts, np.nextafter(outward, np.array([-inf, inf])))
        self.start_low, self.start_high = np.maximum(around[:, 0], self.low), np.minimum(around[:, 1], self.high)
        self.trap: tuple[Floats, Floats] | None = None
        if claim.trap is not None:
            centre = constants(formula.nodes, claim.trap.centre)
            widths = np.array([float(width) for width in claim.trap.widths])
            slack = 1e-14 * (np.abs(centre) + widths)
            self.trap = centre - widths + slack, centre + widths - slack

    def _number(self, place: int) -> float:
        return float(constants(self.claim.formula.nodes, [place])[0])

    def _is_exact(self, place: int) -> bool:
        node = self.claim.formula.nodes[place]
        return bool(node[0] == "rational" and Fraction(float(node[1])) == node[1])

    def has_starts(self) -> bool:
        """Whether the box of starts is bounded and has points in the ranges."""
        low, high, variables = self.start_low, self.start_high, self.claim.formula.variables
        low_open, high_open = (np.array([getattr(v, name) for v in variables]) for name in ("low_open", "high_open"))
        outside = (low_open & (high <= self.low)) | (high_open & (low >= self.high)) | (low > high)
        return bool((np.isfinite(low) & np.isfinite(high) & ~outside).all())

    def images(self, low: Floats, high: Floats) -> tuple[Floats, Floats, Flags]:
        """Boxes that hold the images, rounded outward to short numbers, and where all that is asked of them is true."""
        least, most, good = enclosures(self.map, low, high)
        good &= (least >= self.low).all(axis=1) & (most <= self.high).all(axis=1)
        if self.hypothesis is not None:
            good &= self.hypothesis.hold(low, high)
        with np.errstate(all="ignore"):
            least, most = least - WIDER * np.maximum(np.abs(least), 1e-3), most + WIDER * np.maximum(np.abs(most), 1e-3)
            width = np.maximum(most - least, 1e-11 * (np.abs(most) + 1e-3))
            grid = 2.0 ** (np.floor(np.log2(width)) - FINENESS)
            least, most = np.floor(least / grid) * grid, np.ceil(most / grid) * grid
        return np.maximum(least, self.low), np.minimum(most, self.high), good & np.isfinite(least + most).all(axis=1)

    def in_target(self, low: Floats, high: Floats) -> Flags:
        """Boxes that lie in the target."""
        if self.trap is not None:
            return np.asarray((low >= np.maximum(self.trap[0], self.low)).all(axis=1)
                              & (high <= np.minimum(self.trap[1], self.high)).all(axis=1))  # fmt: skip
        return self.target.hold(low, high)

    def steps(self, points: Floats, limit: int) -> tuple[NDArray[np.int64], Floats]:
        """When iterates first lie in the target, in floats, -1: not within the limit; and where they are then.

        An iterate that does not move any more ends before the limit.
        """
        points = points.copy()
        taken, moving = np.full(len(points), -1), np.ones(len(points), dtype=bool)
        for step in range(limit + 1):
            active = np.flatnonzero((taken < 0) & moving)
            if not len(active) or monotonic() >= self.deadline:
                break
            there = self._are_there(points[active])
            taken[active[there]] = step
            active = active[~there]
            after = at_points(self.map, points[active])
            moving[active] = (after != points[active]).any(axis=1) & np.isfinite(after).all(axis=1)
            points[active] = after
        return taken, points

    def _are_there(self, points: Floats) -> Flags:
        return self.in_target(points, points) if self.trap is not None else self.target.at(points)


class Relations:
    """A formula on boxes: of each of its clauses one inequality."""

    def __init__(self, claim: DescentClaim, place: int, deadline: float) -> None:
        self.clauses = clauses(replace(claim.formula, hypothesis=None, conclusion=place))
        atoms = [atom for clause in self.clauses for atom in clause]
        nodes: list[Node] = [*claim.formula.nodes, *[("sub", atom.upper, atom.lower) for atom in atoms]]
        self.expressions = Expressions(nodes, tuple(range(len(claim.formula.nodes), len(nodes))), deadline)

    def hold(self, low: Floats, high: Floats) -> Flags:
        """Boxes on which the formula holds."""
        least, _, defined = enclosures(self.expressions, low, high)
        return defined & self._follows(least)

    def at(self, points: Floats) -> Flags:
        """Points at which it holds, in floats."""
        with np.errstate(all="ignore"):
            return self._follows(at_points(self.expressions, points))

    def _follows(self, least: Floats) -> Flags:
        held, column = np.ones(len(least), dtype=bool), 0
        for clause in self.clauses:
            some = np.zeros(len(least), dtype=bool)
            for atom in clause:
                some |= least[:, column] > 0 if atom.strict else least[:, column] >= 0
                column += 1
            held = held & some
        return held
