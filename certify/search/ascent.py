"""Search for the largest ``|phi_nu(u)| / |u|``: many rough ascents at once, then exact climbs from the best of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from relucert.certify.search.climb import climb
from relucert.certify.search.dual import FloatArray
from relucert.certify.search.sweep import can_sweep, sweep

IntArray = NDArray[np.intp]

# Basin hopping: steps of the first rough ascent and of one after a kick, size of a kick (radians), share of the value
# that an accepted hop loses on average. Tuned on noisy residuals (n 100 to 10^4, D 5 to 9), where plain restarts
# missed up to 6 of 7 violators.
ROUGH_STEPS = 30
HOP_STEPS = 12
KICK = 0.4
ACCEPTED_LOSS = 0.01


@dataclass(frozen=True)
class Peaks:
    """Local maxima of ``sign * phi_nu`` in descending order of value.

    ``directions`` (q, p) with penalised norm 1, ``signs`` (q,) in {+1, -1}, ``values`` (q,) of ``sign * phi_nu``.
    """

    directions: FloatArray
    signs: FloatArray
    values: FloatArray

    @property
    def top(self) -> float:
        """The largest value found (0 without any peak)."""
        return float(self.values[0]) if len(self.values) else 0.0


class DirectionSpace:
    """The rows of a problem, prepared for evaluating and maximising ``phi_nu``.

    Samples on one line through the origin are joined, because ``relu(-t) = relu(t) - t``: duplicates with opposite
    signs of ``nu`` would otherwise look like a concave and a convex kink at the same place.
    """

    def __init__(self, rows: FloatArray, free_hidden_bias: bool) -> None:
        self.rows = rows
        self.free_hidden_bias = free_hidden_bias
        norms = np.linalg.norm(rows, axis=1)
        count = len(rows)
        if free_hidden_bias:
            key = rows
            orientation = np.ones(count)
            size = np.ones(count)
            used = np.ones(count, dtype=np.bool_)
        else:
            used = norms > 0
            size = norms
            unit = rows[used] / norms[used, None]
            leading = np.argmax(np.abs(unit) > 1e-9, axis=1)
            side = np.where(unit[np.arange(len(unit)), leading] < 0, -1.0, 1.0)
            key = np.round(unit * side[:, None], 11) + 0.0
            orientation = np.ones(count)
            orientation[used] = side
        _, first, group = np.unique(key, axis=0, return_index=True, return_inverse=True)
        self._used = np.nonzero(used)[0]
        self._group = np.ravel(group)
        self._factor = size[self._used]
        representative = self._used[first]
        self.samples = rows[representative] / size[representative, None] * orientation[representative, None]
        self.sample_norms = np.linalg.norm(self.samples, axis=1)
        self._reversed = self._used[orientation[self._used] < 0]

    @property
    def dimension(self) -> int:
        """Number p of coordinates of a direction."""
        return int(self.rows.shape[1]) + int(self.free_hidden_bias)

    def weights(self, dual_variable: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Weights of ``samples`` and the linear part that together reproduce ``phi_nu``."""
        values = dual_variable[self._used] * self._factor
        joined = np.bincount(self._group, weights=values, minlength=len(self.samples)).astype(np.float64)
        linear = dual_variable[self._reversed] @ self.rows[self._reversed]
        return joined, np.asarray(linear, dtype=np.float64)

    def normalise(self, directions: FloatArray) -> FloatArray:
        """Scale to penalised norm 1; directions without penalised part are dropped."""
        norms = np.linalg.norm(directions[:, : self.rows.shape[1]], axis=1)
        keep = norms > 0
        return np.asarray(directions[keep] / norms[keep, None], dtype=np.float64)


def best_bias(samples: FloatArray, weights: FloatArray, directions: FloatArray) -> tuple[FloatArray, IntArray]:
    """Maximise ``sum_i weights_i relu(x_i . w + b)`` over b for each row w of ``directions`` (K, D).

    Needs ``sum(weights) == 0``. ``weights`` is (n,) or (K, n).
    Returns the values (K,) and the sample j whose kink ``b = -x_j . w`` attains them.
    """
    heights = directions @ samples.T
    order = np.argsort(-heights, axis=1)
    ranked = np.take_along_axis(heights, order, axis=1)
    mass = np.take_along_axis(np.broadcast_to(weights, heights.shape), order, axis=1)
    values = np.cumsum(mass * ranked, axis=1) - ranked * np.cumsum(mass, axis=1)
    best = np.argmax(values, axis=1)
    lines = np.arange(len(directions))
    return np.asarray(values[lines, best], dtype=np.float64), np.asarray(order[lines, best], dtype=np.intp)


def _climb_free_bias(space: DirectionSpace, weights: FloatArray, start: FloatArray) -> FloatArray:
    """Local maximum over ``(w, b)``, ``|w| = 1``: alternate the exact best b with a climb in w along the kink of b."""
    samples = space.samples
    w = start[:-1] / np.linalg.norm(start[:-1])
    values, reference = best_bias(samples, weights, w[None])
    value, j = float(values[0]), int(reference[0])
    span = float(space.sample_norms.max()) if len(samples) else 0.0
    tried: set[int] = set()
    for _ in range(100):
        shifted = samples - samples[j]
        norms = np.linalg.norm(shifted, axis=1)
        active_weights = np.where(norms > 0, weights, 0.0)
        v = climb(shifted, norms, active_weights, np.zeros(len(w)), w)
        length = float(np.linalg.norm(v))
        if length > 0:
            candidate = v / length
            values, reference = best_bias(samples, weights, candidate[None])
            if float(values[0]) > value * (1 + 1e-14):
                w, value, j = candidate, float(values[0]), int(reference[0])
                tried = set()
                continue
        # Moves along this kink are exhausted; an edge may still leave it and follow another kink of the same point.
        tried.add(j)
        heights = samples @ w
        others = np.nonzero((np.abs(heights - heights[j]) <= 1e-10 * span) & (weights < 0))[0]
        remaining = [int(i) for i in others if int(i) not in tried]
        if not remaining:
            break
        j = remaining[0]
    return np.append(w, -float(samples[j] @ w))


def climb_all(
    space: DirectionSpace, dual_variable: FloatArray, directions: FloatArray, signs: FloatArray, limit: int = 200
) -> Peaks:
    """Exact climbs of ``signs * phi_nu`` from every given direction (q, p); equal end points are joined."""
    weights, linear = space.weights(dual_variable)
    ends = np.zeros((len(signs), space.dimension))
    values = np.zeros(len(signs))
    for k, (direction, sign) in enumerate(zip(directions, signs, strict=True)):
        if space.free_hidden_bias:
            ends[k] = _climb_free_bias(space, sign * weights, direction)
            heights = space.samples @ ends[k, :-1] + ends[k, -1]
            values[k] = sign * float(weights @ np.maximum(heights, 0.0))
        else:
            v = climb(space.samples, space.sample_norms, sign * weights, sign * linear, direction, limit)
            values[k] = np.linalg.norm(v)
            if values[k] > 0:
                ends[k] = v / values[k]
                hidden = np.maximum(space.samples @ ends[k], 0.0)
                values[k] = sign * float(weights @ hidden + linear @ ends[k])
    keep = distinct(ends, signs, values, 1e-7)
    return Peaks(ends[keep], signs[keep], values[keep])


def distinct(
    directions: FloatArray, signs: FloatArray, values: FloatArray, distance: float, limit: int | None = None
) -> IntArray:
    """Indices in descending order of positive value, without those within ``distance`` of a better one.

    ``limit`` bounds the number per sign.
    """
    kept: list[int] = []
    for sign in (1.0, -1.0):
        rest = np.nonzero((signs == sign) & (values > 0))[0]
        rest = rest[np.argsort(-values[rest], kind="stable")]
        found = 0
        while len(rest) and (limit is None or found < limit):
            kept.append(int(rest[0]))
            found += 1
            gaps = np.abs(directions[rest] - directions[rest[0]]).max(axis=1)
            rest = rest[gaps > distance]
    order = np.array(kept, dtype=np.intp)
    return order[np.argsort(-values[order], kind="stable")]


def rough_ascent(
    space: DirectionSpace, dual_variable: FloatArray, directions: FloatArray, signs: FloatArray, iterations: int = 40
) -> tuple[FloatArray, FloatArray]:
    """Normalised subgradient ascent with step doubling and halving from all starts at once.

    Returns the improved directions (K, p) and their values (K,). Single precision suffices: exact climbs follow.
    """
    weights, linear = space.weights(dual_variable)
    scale = float(np.abs(weights).max(initial=0.0))
    if scale == 0.0 or len(signs) == 0:
        return directions, np.zeros(len(signs))
    rows = space.samples
    dimension = rows.shape[1]
    if space.free_hidden_bias:
        rows = np.hstack([rows, np.ones((len(rows), 1))])
        linear = np.zeros(dimension + 1)
    samples = rows.astype(np.float32)
    mass = (weights / scale).astype(np.float32)
    slope = (linear / scale).astype(np.float32)
    weighted = samples * mass[:, None]
    side = signs.astype(np.float32)

    def evaluate(points: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        active = (points @ samples.T > 0).astype(np.float32)
        gradients = (active @ weighted + slope) * side[:, None]
        return np.asarray(np.einsum("kd,kd->k", points, gradients), dtype=np.float32), gradients

    def normalised(points: NDArray[np.float32]) -> NDArray[np.float32]:
        norms = np.linalg.norm(points[:, :dimension], axis=1, keepdims=True)
        return np.asarray(points / np.maximum(norms, np.float32(1e-30)), dtype=np.float32)

    points = normalised(directions.astype(np.float32))
    best, gradients = evaluate(points)
    steps = np.full(len(points), 0.5, dtype=np.float32)
    for _ in range(iterations):
        sizes = np.linalg.norm(gradients, axis=1, keepdims=True)
        trial = normalised(points + steps[:, None] * gradients / np.maximum(sizes, np.float32(1e-30)))
        values, trial_gradients = evaluate(trial)
        better = values > best
        points = np.where(better[:, None], trial, points)
        gradients = np.where(better[:, None], trial_gradients, gradients)
        best = np.where(better, values, best)
        steps = np.where(better, steps * np.float32(1.5), steps * np.float32(0.4))
        if float(steps.max()) < 1e-4:
            break
    return points.astype(np.float64), best.astype(np.float64) * scale


def random_directions(space: DirectionSpace, count: int, generator: np.random.Generator) -> FloatArray:
    """(count, p) starts: a third are data rows (signed), the others Gaussian; a free bias puts the kink on a sample."""
    total = len(space.samples)
    dimension = space.rows.shape[1]
    if total == 0 or count == 0:
        return np.zeros((0, space.dimension))
    picks = generator.integers(total, size=count)
    directions = generator.standard_normal((count, dimension))
    share = count // 3
    centre = space.samples.mean(axis=0) if space.free_hidden_bias else np.zeros(dimension)
    side = generator.choice([-1.0, 1.0], size=share)
    directions[:share] = (space.samples[picks[:share]] - centre) * side[:, None]
    if space.free_hidden_bias:
        other = generator.integers(total, size=count)
        bias = -np.einsum("kd,kd->k", space.samples[other], directions)
        directions = np.hstack([directions, bias[:, None]])
    return space.normalise(directions)


def explore(
    space: DirectionSpace,
    dual_variable: FloatArray,
    directions: FloatArray,
    signs: FloatArray,
    hops: int,
    generator: np.random.Generator,
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Basin hopping (Wales & Doye 1997): rough ascents from all starts, then ``hops`` times a kick and another.

    A hop is accepted when it loses less than an exponential variable. Returns directions, signs and values of all
    points visited.
    """
    points, values = rough_ascent(space, dual_variable, directions, signs, ROUGH_STEPS)
    visited, levels = [points], [values]
    kick = np.full(space.dimension, KICK / np.sqrt(space.rows.shape[1]))
    if space.free_hidden_bias and len(space.samples):
        kick[-1] = KICK * float(np.sqrt(np.mean(np.var(space.samples, axis=0))))
    for _ in range(hops):
        trial = space.normalise(points + kick * generator.standard_normal(points.shape))
        trial, trial_values = rough_ascent(space, dual_variable, trial, signs, HOP_STEPS)
        loss = ACCEPTED_LOSS * np.maximum(values, 0.0) * generator.exponential(size=len(signs))
        accepted = trial_values > values - loss
        points = np.where(accepted[:, None], trial, points)
        values = np.where(accepted, trial_values, values)
        visited.append(trial)
        levels.append(trial_values)
    return np.vstack(visited), np.tile(signs, hops + 1), np.concatenate(levels)


def search_peaks(
    space: DirectionSpace,
    dual_variable: FloatArray,
    *,
    generator: np.random.Generator,
    chains: int,
    hops: int,
    climbs_per_sign: int = 16,
    known: Peaks | None = None,
    floor: float = 0.0,
) -> Peaks:
    """Local maxima of ``+phi_nu`` and ``-phi_nu``.

    Exact climbs start from the ``known`` directions and from the best distinct points that ``chains`` walks of ``hops``
    hops per sign visit; points whose value lies below ``floor`` are not climbed from. Where a sweep is possible it
    replaces the walks, and the largest value is the global maximum up to rounding.
    """
    if can_sweep(space.rows.shape[1], space.free_hidden_bias):
        weights, linear = space.weights(dual_variable)
        points, signs, values = sweep(space.samples, weights, linear, space.free_hidden_bias)
        chosen = distinct(points, signs, values, 1e-9, 4 * climbs_per_sign)
        return climb_all(space, dual_variable, points[chosen], signs[chosen])
    starts = random_directions(space, chains, generator)
    both = np.vstack([starts, starts])
    points, signs, values = explore(space, dual_variable, both, np.repeat([1.0, -1.0], len(starts)), hops, generator)
    high = np.nonzero(values > floor)[0]
    chosen = high[distinct(points[high], signs[high], values[high], 1e-2, climbs_per_sign)]
    directions, sides = points[chosen], signs[chosen]
    if known is not None and len(known.signs):
        directions = np.vstack([known.directions, directions])
        sides = np.concatenate([known.signs, sides])
    return climb_all(space, dual_variable, directions, sides)
