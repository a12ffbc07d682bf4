"""The measures: last places, slopes on both sides of a kink with their errors, scores with their spread."""

from __future__ import annotations

import math

import numpy as np
import pytest

from relucert.numeric.agreement import (
    CHUNK,
    FALSE_ALARMS,
    FEWEST,
    Floats,
    Means,
    mean_curvature,
    one_sided_slopes,
    outside,
    simulated,
    threshold,
    ulps,
)
from relucert.numeric.models.both_layers import BothLayers
from relucert.numeric.models.non_overlapping import NonOverlapping

MODEL = NonOverlapping(np.array([1.0, 0.5, -0.25]), 3)


def test_last_places() -> None:
    one = np.ones(3)
    assert ulps(one, one, 1.0) == 0
    assert ulps(one + 3 * np.spacing(1.0), one, 1.0) == 3
    assert ulps(one, one + np.array([0, 0, 1]), 2.0**52) == 1
    assert ulps(one, np.array([1.0, np.nan, 1.0]), 1.0) == math.inf
    assert ulps(one, np.ones((1, 3)), 1.0) == math.inf


@pytest.mark.parametrize("at", [0.0, 0.7, -0.2])
def test_slopes_of_smooth_functions_lie_within_their_predicted_error(at: float) -> None:
    slopes, errors = one_sided_slopes(lambda t: np.exp(t[..., 0]), np.array([at]), np.array([[1.0], [2.0]]), 2**-9, 1.0)
    assert slopes.shape == errors.shape == (2, 2)
    exact = np.array([1.0, 2.0]) * math.exp(at)
    assert outside(exact, slopes, errors) <= 1
    assert errors.max() < 1e-7
    assert outside(exact + 1e-6, slopes, errors) > 1


def test_slopes_of_vectors() -> None:
    def square(t: Floats) -> Floats:
        return t * t

    at = np.array([1.0, 3.0])
    slopes, errors = one_sided_slopes(square, at, np.eye(2), 2**-9, 10.0)
    assert slopes.shape == (2, 2, 2)
    assert outside(2 * np.diag(at), slopes, errors) <= 1


def test_a_kink_has_an_interval_of_slopes() -> None:
    def kink(t: Floats) -> Floats:
        return np.asarray(np.maximum(t[..., 0], -2 * t[..., 0]) + t[..., 0] ** 3)

    slopes, errors = one_sided_slopes(kink, np.zeros(1), np.ones((1, 1)), 2**-9, 1.0)
    assert slopes[:, 0] == pytest.approx([1.0, -2.0], abs=1e-9)
    for value, good in [(1.0, True), (0.3, True), (-2.0, True), (1.001, False), (-2.001, False)]:
        assert (outside(np.array([value]), slopes, errors) <= 1) == good
    assert outside(np.array([np.nan]), slopes, errors) == math.inf


def test_means_do_not_depend_on_the_batches() -> None:
    values = np.random.default_rng(0).standard_normal((1000, 2)) + 1e6
    whole, parts = Means(), Means()
    whole.add(values)
    for first, last in [(0, 3), (3, 500), (500, 1000)]:
        parts.add(values[first:last])
    expected = (values.mean(0) - 1e6) / (values.std(0, ddof=1) / math.sqrt(1000))
    for means in (whole, parts):
        assert means.scores(np.full(2, 1e6), 0.0) == pytest.approx(expected, rel=1e-6)


def test_scores_without_spread() -> None:
    means = Means()
    means.add(np.ones((10, 2)))
    assert np.abs(means.scores(np.array([1.0, 1.0 + 1e-15]), 1.0)).max() < 1
    assert np.abs(means.scores(np.array([1.0, 1.0 + 1e-6]), 1.0)).max() > 1e6
    assert means.scores(np.array([np.nan, 1.0]), 1.0)[0] == math.inf


def test_the_threshold_grows_with_the_family() -> None:
    assert threshold(1) == pytest.approx(3.8906, abs=1e-4)  # both tails together 1e-4
    assert threshold(1) < threshold(100) < threshold(10_000) < 6.2
    found = np.random.default_rng(1).standard_normal((2000, 500))
    assert (np.abs(found).max(axis=1) > threshold(500)).mean() < 20 * FALSE_ALARMS


def test_scores_of_samples_are_standard_normal() -> None:
    """Many points that share no samples: the variance of the scores is 1."""
    at, move = np.array([0.3, -0.2, 0.6]), np.array([0.1, 0.2, 0.0])
    scores = []
    for seed in range(60):
        means = simulated(MODEL, [at], [move], FEWEST, (seed,))[0]
        scores.append(means["loss"].scores(MODEL.loss(at), 0.0))
        scores.extend(means["gradient"].scores(MODEL.gradient(at), 0.0))
        scores.extend(means["curvature"].scores(mean_curvature(MODEL, at, move), 0.0))
    assert np.mean(np.square(scores)) == pytest.approx(1, abs=0.25)
    assert abs(np.mean(scores)) < 0.3


def test_samples_come_in_chunks() -> None:
    means = simulated(MODEL, [np.ones(3)], [np.full(3, 0.1)], CHUNK + 40, (0,))[0]["loss"]
    assert means.count == CHUNK // 32 + 2


@pytest.mark.parametrize("model", [MODEL, BothLayers(np.array([1.0, -0.5]), np.array([0.3, 1.2]))])
def test_the_mean_of_the_curvature_is_the_change_of_the_gradient(model: NonOverlapping | BothLayers) -> None:
    at = np.random.default_rng(3).standard_normal(model.size)
    move = 0.2 * np.random.default_rng(4).standard_normal(model.size)
    change = model.gradient(at + move) - model.gradient(at - move)
    assert mean_curvature(model, at, move) == pytest.approx(change, rel=1e-8, abs=1e-12)
