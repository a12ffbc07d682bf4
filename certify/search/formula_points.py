"""Points where a clause fails or touches zero, in floats: samples of the ranges and local minimisation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor, inf, pi

import numpy as np

from relucert.certify.formula import RealFormula
from relucert.certify.search.formula_arrays import Flags, Floats
from relucert.certify.search.formula_atoms import ROUNDING, Difference
from relucert.certify.search.formula_cells import Mark, Ranges
from relucert.certify.search.formula_goal import Atom, Clause

MOST_DENOMINATOR = 10**6  # of an end of a range that counts as simple
STARTS, ROUNDS, TRIES = 24, 60, 24
SMALLEST = [
    Fraction(0),
    Fraction(1),
    Fraction(-1),
    Fraction(2),
    Fraction(1, 2),
    Fraction(-2),
    Fraction(-1, 2),
    Fraction(3),
]


class Samples:
    """Points of the ranges; the same ones every time."""

    def __init__(self, claim: RealFormula, ranges: Ranges, deadline: float = inf, seed: int = 0) -> None:
        self.claim, self.ranges, self.deadline = claim, ranges, deadline
        self.low, self.high = ranges.cells.low[0], ranges.cells.high[0]
        self.ends = [(ranges.rational(i, "low"), ranges.rational(i, "high")) for i in range(len(self.low))]
        # the ends of open ranges are left out by a little
        cells = ranges.cells
        size = np.where(np.isfinite(self.high - self.low), self.high - self.low, np.maximum(1.0, np.abs(self.low)))
        size = 1e-12 * np.where(np.isfinite(size), size, np.maximum(1.0, np.abs(self.high)))
        size = np.where(np.isfinite(size), size, 0.0)
        self.least, self.most = self.low + cells.low_open[0] * size, self.high - cells.high_open[0] * size
        self.random = np.random.default_rng(seed)

    def spread(self, count: int) -> Floats:
        """Points all over the ranges, many of them near the ends, and along infinite ranges at all scales."""
        size = (count, len(self.low))
        share = self.random.random(size)
        share = np.where(self.random.random(size) < 0.15, np.round(share), share)
        near = 10.0 ** self.random.uniform(-12, 0, size)
        share = np.where(self.random.random(size) < 0.2, np.where(share < 0.5, near, 1 - near), share)
        scale = 10.0 ** self.random.uniform(-4, 4, size)
        low, high = np.broadcast_to(self.low, size), np.broadcast_to(self.high, size)
        with np.errstate(all="ignore"):
            inside = low + (high - low) * share
            beyond = np.where(np.isinf(low), np.where(np.isinf(high), scale * np.where(share < 0.5, -1, 1),
                                                      high - scale), low + scale)  # fmt: skip
        return self.inside(np.where(np.isfinite(low) & np.isfinite(high), inside, beyond))

    def inside(self, points: Floats) -> Floats:
        """The nearest points in the ranges; whole numbers for whole variables."""
        points = np.where(self.ranges.integer, np.round(points), points)
        return np.asarray(np.clip(points, self.least, self.most))

    def round(self, point: Floats) -> Iterator[list[Fraction]]:
        """Rationals near a point, simple ones first; inside the ranges as far as floats can tell."""
        seen = set()
        exact = [Fraction(x) for x in point.tolist()]
        for scale in [10**digits for digits in range(17)] + [0]:
            values = [self._near(i, x, scale) if scale else x for i, x in enumerate(exact)]
            if tuple(values) not in seen:
                seen.add(tuple(values))
                yield values

    def _near(self, i: int, x: Fraction, scale: int) -> Fraction:
        """The number with few decimals next to x, if that is out of the range the end or the one on the other side."""
        value = Fraction(round(x * scale), scale)
        if self._fits(i, value):
            return value
        ends = [end for end in self.ends[i] if end is not None and abs(end - x) * scale <= 1 and self._fits(i, end)]
        if ends and ends[0].denominator <= MOST_DENOMINATOR:
            return ends[0]
        return Fraction(floor(x * scale) if value > x else ceil(x * scale), scale)

    def _fits(self, i: int, x: Fraction) -> bool:
        """Whether a number lies in the range of a variable; open ends do not."""
        low, high = self.ends[i]
        cells = self.ranges.cells
        above = low is None or x > low or (x == low and not cells.low_open[0, i])
        below = high is None or x < high or (x == high and not cells.high_open[0, i])
        return above and below

    def with_hypothesis(self) -> Iterator[list[Fraction]]:
        """Points of the ranges that seem to satisfy the hypothesis, simple ones first."""
        low = np.maximum(self.low, np.minimum(-1.0, self.high))
        high = np.minimum(self.high, np.maximum(1.0, self.low))
        simple = _simple(len(low))
        simple = simple[np.all((simple >= self.least) & (simple <= self.most), axis=1)]
        points = np.concatenate([simple, self.inside((low + high)[None] / 2), self.spread(2000)])
        if self.claim.hypothesis is not None:
            points = points[hypothesis_holds(self.claim, self.claim.hypothesis, points, self.deadline)]
        for row in points[:200]:
            for point in self.round(row):
                if self.contains(point):
                    near = np.array([[float(x) for x in point]])
                    if self.claim.hypothesis is None or hypothesis_holds(self.claim, self.claim.hypothesis, near)[0]:
                        yield point
                        break

    def contains(self, point: list[Fraction]) -> bool:
        """Whether a point lies in the ranges, as far as floats can tell of their ends."""
        return all(self._fits(i, x) for i, x in enumerate(point))


def hypothesis_holds(claim: RealFormula, place: int, points: Floats, deadline: float = inf) -> Flags:
    """Where a formula holds as far as floats can tell; an equation up to rounding."""
    truth: list[Flags] = []
    for kind, *rest in claim.formulas[: place + 1]:
        if kind == "not":
            truth.append(~truth[rest[0]])
        elif kind in ("and", "or"):
            truth.append(truth[rest[0]] & truth[rest[1]] if kind == "and" else truth[rest[0]] | truth[rest[1]])
        else:
            value, size = Difference(claim.nodes, Atom(rest[0], rest[1], kind == "<"), deadline).points(points)
            with np.errstate(invalid="ignore"):
                equal = np.abs(value) <= ROUNDING * size
                truth.append({"<": value > 0, "<=": (value > 0) | equal, "=": equal, "!=": ~equal}[kind])
    return truth[place]


@dataclass(frozen=True)
class Lowest:
    """The lowest points that were found: value of the best inequality's difference, size of the terms, the points."""

    points: Floats
    values: Floats
    sizes: Floats

    def failing(self) -> Flags:
        """Where the clause fails, as far as floats can tell."""
        return np.asarray(self.values < -ROUNDING * np.where(np.isfinite(self.sizes), self.sizes, 0.0))

    def touching(self) -> Flags:
        """Where the difference is zero as far as floats can tell."""
        small = np.abs(self.values) <= 1e3 * ROUNDING * np.maximum(self.sizes, 1e-300)
        return np.asarray(small & np.isfinite(self.sizes))


class Landscape:
    """The best difference of a clause as a function to be minimised; where all are undefined it is infinite."""

    def __init__(self, claim: RealFormula, clause: Clause, samples: Samples) -> None:
        self.samples = samples
        self.differences = [Difference(claim.nodes, atom, samples.deadline) for atom in clause]

    def values(self, points: Floats) -> tuple[Floats, Floats, Flags]:
        """The largest difference of the clause, the size of its terms, and where one is not defined."""
        best, sizes = np.full(len(points), -inf), np.zeros(len(points))
        undefined = np.zeros(len(points), dtype=bool)
        for difference in self.differences:
            value, size = difference.points(points)
            undefined |= np.isnan(value) & np.isfinite(size)
            better = ~(value <= best) & ~np.isnan(value)
            best, sizes = np.where(better, value, best), np.where(better, size, sizes)
        return np.where(np.isneginf(best) | np.isnan(best), inf, best), sizes, undefined

    def minimise(self, count: int = 4096) -> tuple[Lowest, Floats]:
        """Samples, then a random search with shrinking steps from the lowest of them; and points without a value."""
        samples = self.samples
        points = np.concatenate([samples.spread(count), samples.inside(_simple(len(samples.low)))])
        values, sizes, undefined = self.values(points)
        lost = points[undefined & (np.isinf(values) | (values < -ROUNDING * sizes))][:20]
        spread = _distinct(points, values, STARTS)
        best, value, size = points[spread], values[spread], sizes[spread]
        finite = np.isfinite(samples.high - samples.low)
        radius = np.where(finite, np.where(finite, samples.high - samples.low, 1.0) / 8, 1 + np.abs(best)) + 0 * best
        for _ in range(ROUNDS):
            steps = samples.random.uniform(-1, 1, (len(best), TRIES, best.shape[1])) * radius[:, None, :]
            keep = samples.random.random(steps.shape) < 0.3  # also along single variables
            steps = np.where(keep & (best.shape[1] > 1), 0, steps)
            tried = samples.inside((best[:, None, :] + steps).reshape(len(best) * TRIES, best.shape[1]))
            found, sizes, _ = self.values(tried)
            table = found.reshape(len(best), TRIES)
            place = np.argmin(table, axis=1)
            flat = np.arange(len(best)) * TRIES + place
            better = table[np.arange(len(best)), place] < value
            best = np.where(better[:, None], tried[flat], best)
            value, size = np.where(better, found[flat], value), np.where(better, sizes[flat], size)
            radius = radius * np.where(better, 0.8, 0.6)[:, None]
        order = np.argsort(value, kind="stable")
        return Lowest(best[order], value[order], size[order]), lost


def _simple(variables: int) -> Floats:
    """Points with small coordinates."""
    numbers = [float(x) for x in SMALLEST]
    if variables == 0:
        return np.zeros((1, 0))
    if variables <= 3:
        return np.array(np.meshgrid(*[numbers] * variables)).reshape(variables, -1).T
    return np.array([[x] * variables for x in numbers])


def _distinct(points: Floats, values: Floats, count: int) -> np.ndarray[tuple[int], np.dtype[np.intp]]:
    """The lowest points, and the lowest ones among groups of the others, so that not all lie in one valley."""
    order = np.argsort(values, kind="stable")
    half = count // 2
    groups = np.array_split(np.argsort(points[:, 0], kind="stable"), count - half) if points.shape[1] else []
    lowest = [group[np.argmin(values[group])] for group in groups if len(group)]
    return np.unique(np.concatenate([order[:half], np.array(lowest, dtype=np.intp)])).astype(np.intp)


def touching_coordinates(lowest: Lowest, ranges: Ranges) -> list[tuple[int, Mark]]:
    """Simple numbers at which ranges should be split, because the difference seems to be zero there."""
    found: dict[tuple[int, Mark], int] = {}
    touching = lowest.points[lowest.touching()]
    low, high = ranges.cells.low[0], ranges.cells.high[0]
    for i in range(touching.shape[1]):
        for x in touching[:, i].tolist():
            mark = simplest(x)
            if mark is None or not (low[i] <= mark.around()[0] and mark.around()[1] <= high[i]) or ranges.integer[i]:
                continue
            found[i, mark] = found.get((i, mark), 0) + 1
    ranked = sorted(found, key=lambda key: (-found[key], key[1].value.denominator, key))
    return ranked[:16]


def simplest(x: float, tolerance: float = 1e-6) -> Mark | None:
    """The rational with the smallest denominator near a float, or that times pi, if there is a simple one."""
    for most, times_pi in ((2, False), (12, True), (100, False)):
        scale = pi if times_pi else 1.0
        for denominator in range(1, most + 1):
            value = Fraction(round(x / scale * denominator), denominator)
            if abs(float(value) * scale - x) <= tolerance * max(1.0, abs(x)) and (value or not times_pi):
                return Mark(value, times_pi)
    return None
