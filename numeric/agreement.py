"""How two computations of one quantity are compared: in units of the last place, in standard errors, by differences.

Every measure is a number that grows with the disagreement and has its bound here, so that each comparison can fail.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import pairwise
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from relucert.numeric.models.base import Model

Floats = NDArray[np.float64]
Function = Callable[[Floats], Floats]  # (..., size) -> (...) or (..., size)

ULPS = 256.0  # two correct formulas differed by up to 80 in hundreds of tables; a wrong sign is beyond 1e10
FALSE_ALARMS = 1e-4  # chance that correct formulas are called wrong by the samples, in the whole table
STEP = 2.0**-9  # first step of the differences, as a part of the distance to the next kink
GROUP = 32  # samples whose mean is one observation
FEWEST = 100 * GROUP  # samples: with fewer groups the mean over its standard error has no normal law
CHUNK = 16_384  # samples in the memory at a time
MARGIN = 32 * np.finfo(float).eps  # rounding of a value, as a part of the size of its terms


def ulps(found: Floats, expected: Floats, size: float) -> float:
    """The largest difference in units of the last place of `size`, the size of the terms that were added up."""
    if found.shape != expected.shape:
        return math.inf
    gap = float(np.abs(found - expected).max())
    return gap / float(np.spacing(size)) if gap == gap else math.inf


def threshold(scores: int) -> float:
    """The standard errors that one of so many scores exceeds by chance with probability `FALSE_ALARMS` (Bonferroni)."""
    return NormalDist().inv_cdf(1 - FALSE_ALARMS / (2 * max(1, scores)))


def one_sided_slopes(
    function: Function, at: Floats, directions: Floats, step: float, size: float
) -> tuple[Floats, Floats]:
    """Derivatives along the rows of `directions` from the right and from the left, and the error that they predict.

    Difference quotients with the steps h, 2h, 4h, 8h on one side of the point are extrapolated to h = 0.  The predicted
    error is the last change by the extrapolation, which is what the result would be wrong by without it, plus the
    rounding of values of the given size.

    Parameters
    ----------
    at : (size,) array
        Where `function` may have a kink, but a value.
    directions : (n, size) array
    step : float
        h.

    Returns
    -------
    slopes, errors : (2, n) or (2, n, size) arrays
        The slope from the right is the derivative in t = 0+ of function(at + t direction), that from the left in 0-.
    """
    here = function(at)
    slopes, errors = [], []
    for side in (1.0, -1.0):
        lengths = [side * step * 2**power for power in range(4)]
        table = [(function(at + length * directions) - here) / length for length in lengths]
        for order in (1, 2, 3):
            last = table[0]
            table = [near + (near - far) / (2**order - 1) for near, far in pairwise(table)]
        slopes.append(table[0])
        # the weights of the extrapolated quotients add up to 10 in absolute value
        errors.append(np.abs(table[0] - last) + 10 * MARGIN * size / step)
    return np.stack(slopes), np.stack(errors)


def outside(value: Floats, slopes: Floats, errors: Floats) -> float:
    """How far a derivative lies outside the interval of the one-sided slopes, in parts of their predicted error.

    At a smooth point the interval is a point; at a kink all its values are derivatives from some side or between them.
    """
    low, high, error = slopes.min(axis=0), slopes.max(axis=0), errors.max(axis=0)
    beyond = np.maximum(np.maximum(low - value, value - high), 0) / error
    return math.inf if np.isnan(beyond).any() else float(beyond.max())


class Means:
    """Mean and standard error of vectors that arrive in batches."""

    def __init__(self) -> None:
        self.count, self.mean, self.squares = 0, np.zeros(()), np.zeros(())

    def add(self, values: Floats) -> None:
        """More observations, (n, ...)."""
        count, mean = len(values), values.mean(axis=0)
        squares, move = ((values - mean) ** 2).sum(axis=0), mean - self.mean
        total = self.count + count
        # of two parts from their own means: Chan, Golub & LeVeque 1983
        self.squares = self.squares + squares + move**2 * (self.count * count / total)
        self.mean = self.mean + move * (count / total)
        self.count = total

    def scores(self, expected: Floats, size: float) -> Floats:
        """(mean - expected) in standard errors; rounding of values of the given size is not held against them."""
        error = np.sqrt(self.squares / (self.count - 1) / self.count)
        found = np.asarray((self.mean - expected) / np.hypot(error, MARGIN * size))
        return np.where(np.isnan(found), np.inf, found)


def simulated(
    model: Model, points: list[Floats], moves: list[Floats], samples: int, seed: tuple[int, ...]
) -> list[dict[str, Means]]:
    """Loss, gradient and change of the gradient of the network on samples, at every point.

    The change from w - move to w + move is the mean of the curvature over that segment times 2 move: the network has no
    second derivative, its gradient has this change.

    Returns
    -------
    list of dicts with "loss", "gradient" and "curvature"
    """
    generator = np.random.default_rng(np.random.SeedSequence(seed))
    found = [{name: Means() for name in ("loss", "gradient", "curvature")} for _ in points]
    for first in range(0, samples, CHUNK):
        groups = -(-min(CHUNK, samples - first) // GROUP)
        inputs = generator.standard_normal((groups, GROUP, model.input_size))
        targets = model.target(inputs)
        for point, move, means in zip(points, moves, found, strict=True):
            means["loss"].add(model.sample_loss(point, inputs, targets))
            means["gradient"].add(model.sample_gradient(point, inputs, targets))
            after, before = (model.sample_gradient(point + sign * move, inputs, targets) for sign in (1, -1))
            means["curvature"].add(after - before)
    return found


def mean_curvature(model: Model, point: Floats, move: Floats) -> Floats:
    """The gradient's change from point - move to point + move, by integrating the curvature (Gauss-Legendre)."""
    nodes, weights = np.polynomial.legendre.leggauss(32)
    values = model.curvature(point + nodes[:, None] * move, np.broadcast_to(move, (len(nodes), len(move))))
    return np.asarray(weights @ values)
