"""Finds all common zeros of functions in ranges, a box round each, and a cover that leaves no room for another.

Newton's method from many points finds the zeros, in floats; boxes are widened as far as the derivatives allow.  That
there are no others is a formula (:meth:`relucert.certify.zero_set.ZeroSet.outside`), which search_formula proves.  The
outcome is what the checker says about the bytes.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor
from time import monotonic

import numpy as np
from numpy.typing import NDArray

from relucert.certify.check.real.theorem import TheoremVerdict
from relucert.certify.check.real.zeros import check_zero_set
from relucert.certify.claim import spell_rational
from relucert.certify.formula import Node, RealFormula
from relucert.certify.search.formula_arrays import Boxes
from relucert.certify.search.formula_cells import Ranges
from relucert.certify.search.formula_limits import Stuck
from relucert.certify.search.formula_oracle import FORMAT, VERSION
from relucert.certify.search.formula_points import hypothesis_holds
from relucert.certify.search.formula_proof import Proved, Undecided, search_formula
from relucert.certify.search.formula_values import Expressions
from relucert.certify.search.zero_cover import ZeroCover
from relucert.certify.zero_set import Box, ZeroSet

Floats = NDArray[np.float64]
STARTS, STEPS, SEED = 400, 60, 7
DIGITS = 10  # decimals of the boxes in the claim
SPREAD = 4.0  # where starts lie in an unbounded range
MANY = 6  # variables: then only the given points are tried, and boxes of one size
NARROW = 1e-6
WIDEST, NARROWEST = 0.25, 1e-7  # half widths of the boxes that the cover leaves out
BITS = 128


@dataclass(frozen=True)
class ZeroProved:
    """The claim, the bytes that prove it, and the zeros in floats."""

    claim: ZeroSet
    certificate: bytes
    verdict: TheoremVerdict
    zeros: tuple[tuple[float, ...], ...]


class Equations:
    """a_i - b_i of the claim, in floats."""

    def __init__(self, claim: ZeroSet) -> None:
        self.count = len(claim.formula.variables)
        nodes: list[Node] = [*claim.formula.nodes, *[("sub", a, b) for a, b in claim.equations()]]
        self.places = tuple(range(len(claim.formula.nodes), len(nodes)))
        self.expressions = Expressions(nodes, self.places)

    def values(self, points: Floats) -> Floats:
        """Shape (points, equations); not a number where undefined."""
        known = self.expressions.points(points)
        return np.stack([np.broadcast_to(known[place], len(points)) for place in self.places], axis=1)

    def jacobians(self, points: Floats) -> Floats:
        """Central differences; shape (points, equations, variables)."""
        columns = []
        for variable in range(self.count):
            width = 1e-6 * np.maximum(1.0, np.abs(points[:, variable]))
            moved = [points.copy(), points.copy()]
            moved[0][:, variable] += width
            moved[1][:, variable] -= width
            columns.append((self.values(moved[0]) - self.values(moved[1])) / (2 * width[:, None]))
        return np.stack(columns, axis=2)

    def slopes(self, low: Floats, high: Floats) -> tuple[Floats, Floats] | None:
        """Ends of enclosures of the derivatives on one box; ``None`` where they are not known to exist."""
        closed = np.array([False])
        box = [Boxes(np.array([a]), np.array([b]), closed, closed) for a, b in zip(low, high, strict=True)]
        known, defined = self.expressions.values(box, 1)
        if not bool(np.all(defined)):
            return None
        least, most = np.zeros((2, self.count, self.count))
        for variable in range(self.count):
            found, defined = self.expressions.slopes(known, variable, 1)
            if not bool(np.all(defined)):
                return None
            for row, place in enumerate(self.places):
                slope = found[place]
                if slope is not None:
                    least[row, variable], most[row, variable] = slope.low[0], slope.high[0]
        return least, most


def search_zero_set(
    formula: RealFormula, *, time: float = 30.0, signs: bool = True, guesses: Sequence[Sequence[float]] = ()
) -> ZeroProved | Undecided:
    """All points of the ranges at which the conclusion, a disjunction of ``a != b``, fails.

    Parameters
    ----------
    formula : RealFormula
        As many equations as variables, which are real.
    time : float
        Seconds for the cover, roughly.
    signs : bool
        Whether the signs of the eigenvalues of the derivatives' matrix are to be proved too.
    guesses : sequence of points
        Where to start besides random points.
    """
    blank = ZeroSet(formula, (), ())
    equations = Equations(blank)
    ranges = Ranges(formula)
    zeros = _zeros(equations, ranges, guesses)
    if formula.hypothesis is not None and zeros:
        holds = hypothesis_holds(formula, formula.hypothesis, np.array(zeros))
        zeros = [zero for zero, good in zip(zeros, holds.tolist(), strict=True) if good]
    matrices = [np.linalg.inv(equations.jacobians(zero[None])[0]) for zero in zeros]
    boxes = [_around(zero, 10.0**-DIGITS, DIGITS) for zero in zeros]
    wide = [_wide(equations, zero, matrix) for zero, matrix in zip(zeros, matrices, strict=True)]
    claim = ZeroSet(formula, tuple(boxes), tuple(_negative(matrix) if signs else None for matrix in matrices))
    if formula.hypothesis is None:
        records = ZeroCover(claim, wide, monotonic() + time).run()
        if isinstance(records, Stuck):
            return Undecided(records.reason, records.margin, tuple(zip(records.low, records.high, strict=True)))
        trees, bits = [records], BITS
    else:
        outcome = search_formula(claim.outside(wide), time=time)
        if not isinstance(outcome, Proved):
            missed = Undecided("a zero was missed, or the ranges are empty")
            return outcome if isinstance(outcome, Undecided) else missed
        document = json.loads(outcome.certificate)
        trees, bits = document["trees"], max(BITS, document["evidence"]["bits"])
    data = zero_certificate(claim, wide, matrices, trees, bits)
    verdict = check_zero_set(data)
    if not verdict.valid:
        return Undecided(f"the checker refuses: {verdict.reason}")
    return ZeroProved(claim, data, verdict, tuple(tuple(zero.tolist()) for zero in zeros))


def zero_certificate(
    claim: ZeroSet, wide: Sequence[Box], matrices: Sequence[Floats], trees: Sequence[object], bits: int
) -> bytes:
    """The bytes that the checker reads; the matrices are written with few digits."""
    inverses = [[[spell_rational(_short(x)) for x in row] for row in matrix.tolist()] for matrix in matrices]
    boxes = [[[spell_rational(end) for end in side] for side in box] for box in wide]
    evidence = {"bits": bits, "wide": boxes, "inverses": inverses}
    document = {"format": FORMAT, "version": VERSION, "claim": claim.to_json(), "evidence": evidence, "trees": trees}
    return json.dumps(document, separators=(",", ":")).encode("ascii")


def _short(x: float) -> Fraction:
    return Fraction(round(x * 2**30), 2**30)


def _around(point: Floats, radius: float, digits: int) -> Box:
    """Decimals round a point, not nearer than the radius."""
    unit = 10**digits
    ends = [(floor((x - radius) * unit), ceil((x + radius) * unit)) for x in point.tolist()]
    return tuple((Fraction(low, unit), Fraction(high, unit)) for low, high in ends)


def _negative(inverse: Floats) -> int:
    return int(np.sum(np.linalg.eigvalsh(np.linalg.inv(inverse) + np.linalg.inv(inverse).T) < 0))


def _zeros(equations: Equations, ranges: Ranges, guesses: Sequence[Sequence[float]]) -> list[Floats]:
    """Newton's method from many points of the ranges; every zero once, in lexicographic order."""
    low, high = (np.array(ends, float).reshape(-1) for ends in (ranges.cells.low[0], ranges.cells.high[0]))
    inner_low = np.where(np.isfinite(low), low, np.where(np.isfinite(high), high - SPREAD, -SPREAD))
    inner_high = np.where(np.isfinite(high), high, np.where(np.isfinite(low), low + SPREAD, SPREAD))
    starts = STARTS if equations.count <= MANY else 0
    random = np.random.default_rng(SEED).random((starts, equations.count))
    points = inner_low + random * (inner_high - inner_low)
    points = np.concatenate([np.array(guesses, float).reshape(-1, equations.count), points])
    room = np.maximum(inner_high - inner_low, 1e-3)
    with np.errstate(all="ignore"):
        for _ in range(STEPS):
            values, matrices = equations.values(points), equations.jacobians(points)
            good = np.asarray(np.isfinite(values).all(axis=1) & np.isfinite(matrices).all(axis=(1, 2)))
            determinants = np.linalg.det(np.where(good[:, None, None], matrices, 0.0))
            good &= np.asarray(np.abs(determinants) > 1e-300)
            points, values, matrices = points[good], values[good], matrices[good]
            if not len(points):
                return []
            steps = np.linalg.solve(matrices, values[..., None])[..., 0]
            limit = np.max(np.abs(steps) / (0.25 * room), axis=1, initial=1.0)
            points = points - steps / np.maximum(limit, 1.0)[:, None]
            if float(np.max(np.abs(steps))) < 1e-14:
                break
        last: Floats = np.max(np.abs(steps), axis=1)
    inside = np.atleast_1d(np.all((points > low) & (points < high), axis=1) & (last < 1e-9))
    found: list[Floats] = []
    for point in points[inside]:
        if all(np.max(np.abs(point - other)) > 1e-7 for other in found):
            found.append(point)
    return sorted(found, key=lambda point: tuple(point.tolist()))


def _wide(equations: Equations, zero: Floats, inverse: Floats) -> Box:
    """The widest box of this shape on which Newton's method contracts."""
    if equations.count > MANY:  # the derivatives on many boxes would take longer than all the rest
        return _around(zero, NARROW, DIGITS)
    radius = WIDEST
    short = np.vectorize(lambda x: float(_short(x)))(inverse)
    while radius > NARROWEST:
        slopes = equations.slopes(zero - radius, zero + radius)
        if slopes is not None:
            centre, spread = (slopes[0] + slopes[1]) / 2, (slopes[1] - slopes[0]) / 2
            distance = np.abs(np.eye(equations.count) - short @ centre) + np.abs(short) @ spread
            if float(np.max(distance.sum(axis=1))) < 0.9:
                break
        radius *= 0.8
    return _around(zero, radius, DIGITS)
