"""Laws of the starts: norms, moments, independence of the number of runs."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial

import numpy as np
import pytest

from relucert.numeric import initial
from relucert.numeric.models.both_layers import BothLayers

MODEL = BothLayers(np.array([0.0, 2.0, 0.0]), np.array([1.0, -0.5]))
RUNS = 40_000
MAKERS = [
    partial(initial.gaussian, size=4, scale=2.0),
    partial(initial.on_sphere, size=4, radius=2.0),
    partial(initial.in_ball, size=4, radius=2.0),
    partial(initial.both_layers, model=MODEL),
    partial(initial.about, point=np.ones(4), radius=0.5),
]


@pytest.mark.parametrize("make", MAKERS, ids=lambda make: make.func.__name__)
def test_fewer_runs_are_the_first_rows(make: Callable[..., np.ndarray]) -> None:
    whole, part = make(np.random.default_rng(0), 50), make(np.random.default_rng(0), 20)
    assert (whole[:20] == part).all()
    assert whole.shape[0] == 50


def test_sphere() -> None:
    drawn = initial.on_sphere(np.random.default_rng(1), RUNS, 4, 2.0)
    assert np.linalg.norm(drawn, axis=1) == pytest.approx(np.full(RUNS, 2.0))
    # mean of x xᵀ is radius²/d times the identity
    assert drawn.T @ drawn / RUNS == pytest.approx(np.eye(4), abs=4 * 1.5 / math.sqrt(RUNS))


@pytest.mark.parametrize("size", [1, 2, 5])
def test_ball(size: int) -> None:
    lengths = np.linalg.norm(initial.in_ball(np.random.default_rng(1), RUNS, size, 3.0), axis=1) / 3
    assert lengths.max() <= 1
    for radius in (0.3, 0.7, 0.9):
        share = radius**size  # P(length <= radius)
        spread = math.sqrt(share * (1 - share) / RUNS)
        assert abs((lengths <= radius).mean() - share) < 4 * spread


def test_gaussian() -> None:
    drawn = initial.gaussian(np.random.default_rng(1), RUNS, 2, 3.0)
    assert drawn.var(0) == pytest.approx(np.full(2, 9.0), rel=4 * math.sqrt(2 / RUNS))


def test_both_layers() -> None:
    drawn = initial.both_layers(np.random.default_rng(1), RUNS, MODEL)
    v, a = MODEL.split(drawn)
    assert np.linalg.norm(v, axis=1) == pytest.approx(np.ones(RUNS))
    radius = 0.5 * 2 / math.sqrt(2)  # |1·a*||w*|/sqrt(k)
    lengths = np.linalg.norm(a, axis=1)
    assert lengths.max() <= radius
    # so |1·a| <= sqrt(k)|a| <= |1·a*||w*|, as the theorem asks
    assert abs((lengths <= radius / 2).mean() - 1 / 4) < 4 * math.sqrt(3 / 16 / RUNS)
    assert np.abs(np.mean(v[:, :1] * a, axis=0)).max() < 4 * radius / math.sqrt(RUNS)


def test_tian_radius() -> None:
    assert initial.tian_radius(5, 2.0, 0.3) == pytest.approx(0.6 * math.sqrt(math.pi / 3))
    with pytest.raises(ValueError, match="between 0 and 1, got 1"):
        initial.tian_radius(5, 2.0, 1)
