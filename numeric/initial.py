"""Where the papers start their methods: random states for `seeds.draw`.

Every function takes a generator and a number of runs first, so that ``functools.partial(on_sphere, size=8)`` is what
`seeds.draw` asks for.  Random numbers are drawn run after run: row i does not depend on the rows after it.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from relucert.numeric.arrays import norm
from relucert.numeric.models.both_layers import BothLayers

Floats = NDArray[np.floating]


def gaussian(generator: Generator, count: int, size: int, scale: float = 1.0) -> Floats:
    """Independent N(0, scale²) coordinates, (count, size)."""
    return scale * generator.standard_normal((count, size))


def on_sphere(generator: Generator, count: int, size: int, radius: float = 1.0) -> Floats:
    """Uniform on the sphere, (count, size): Brutzkus & Globerson 2017, Theorem for disjoint patches."""
    drawn = generator.standard_normal((count, size))
    return np.asarray(radius * drawn / norm(drawn)[:, None])


def in_ball(generator: Generator, count: int, size: int, radius: float = 1.0) -> Floats:
    """Uniform in the ball, (count, size): a uniform direction, and a length with P(length <= r radius) = r^size.

    The first `size` coordinates of a uniform point on the sphere in size + 2 dimensions have this law, so that one
    kind of random number is enough.
    """
    return on_sphere(generator, count, size + 2, radius)[:, :size]


def tian_radius(dimension: int, length: float, epsilon: float = 0.5) -> float:
    """epsilon sqrt(2 pi/(d + 1)) |w*|, the largest radius of the ball of starts in Tian 2017.

    A uniform start in this ball converges to w* (K = 1) with probability at least (1 - epsilon)/2.
    """
    if not 0 < epsilon < 1:
        raise ValueError(f"epsilon must lie between 0 and 1, got {epsilon}")
    return epsilon * math.sqrt(2 * math.pi / (dimension + 1)) * length


def both_layers(generator: Generator, count: int, model: BothLayers) -> Floats:
    """v uniform on the unit sphere, a uniform in the ball of radius |1·a*||w*|/sqrt(k): Du et al. 2018, (count, p + k).

    A teacher with 1·a* = 0 makes this ball the point a = 0.
    """
    p, k = model.filter.shape[0], model.output_weights.shape[0]
    radius = abs(float(model.output_weights.sum())) * float(norm(model.filter)) / math.sqrt(k)
    # one draw per run for both parts: rows stay the same when fewer runs are drawn
    drawn = generator.standard_normal((count, p + k + 2))
    v, a = drawn[:, :p], drawn[:, p:]
    return np.concatenate([v / norm(v)[:, None], radius * a[:, :k] / norm(a)[:, None]], axis=1)


def about(generator: Generator, count: int, point: Floats, radius: float) -> Floats:
    """Uniform in the ball round one state, (count, size): starts near a critical point."""
    return np.asarray(point) + in_ball(generator, count, len(point), radius)
