"""The search for the largest |phi|: joined samples, free biases, and agreement with dense sampling."""

import numpy as np
import pytest

from relucert.certify.search.ascent import (
    DirectionSpace,
    best_bias,
    climb_all,
    distinct,
    explore,
    random_directions,
    search_peaks,
)


def test_joined_samples_reproduce_phi() -> None:
    generator = np.random.default_rng(0)
    base = generator.standard_normal((7, 3))
    rows = np.vstack([base, 2.5 * base[:4], -0.3 * base[2:6], np.zeros((2, 3)), base[:1]])
    nu = generator.standard_normal(len(rows))
    space = DirectionSpace(rows, False)
    assert len(space.samples) == 7
    weights, linear = space.weights(nu)
    directions = generator.standard_normal((50, 3))
    expected = np.maximum(directions @ rows.T, 0.0) @ nu
    assert np.maximum(directions @ space.samples.T, 0.0) @ weights + directions @ linear == pytest.approx(expected)


def test_duplicates_with_opposite_weights_cancel() -> None:
    rows = np.array([[1.0, 1.0], [1.0, 1.0], [0.0, 2.0]])
    nu = np.array([1.0, -1.0, 0.5])
    peaks = search_peaks(DirectionSpace(rows, False), nu, generator=np.random.default_rng(0), chains=8, hops=0)
    assert peaks.top == pytest.approx(1.0)
    assert peaks.directions[0] == pytest.approx([0.0, 1.0])


def test_best_bias_against_all_breakpoints() -> None:
    generator = np.random.default_rng(1)
    samples, weights = generator.standard_normal((12, 3)), generator.standard_normal(12)
    weights -= weights.mean()
    directions = generator.standard_normal((6, 3))
    values, kinks = best_bias(samples, weights, directions)
    for direction, found, kink in zip(directions, values, kinks, strict=True):
        heights = samples @ direction
        table = np.maximum(heights[None] - heights[:, None], 0.0) @ weights
        assert found == pytest.approx(table.max())
        assert table[kink] == pytest.approx(table.max())


@pytest.mark.parametrize("free", [False, True])
@pytest.mark.parametrize("seed", range(3))
def test_search_beats_dense_sampling(free: bool, seed: int) -> None:
    generator = np.random.default_rng(seed)
    rows, nu = generator.standard_normal((25, 3)), generator.standard_normal(25)
    nu -= nu.mean()
    space = DirectionSpace(rows, free)
    peaks = search_peaks(space, nu, generator=generator, chains=32, hops=5)
    directions = generator.standard_normal((20_000, 3))
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    if free:
        best = max(best_bias(rows, sign * nu, directions)[0].max() for sign in (1.0, -1.0))
    else:
        best = np.abs(np.maximum(directions @ rows.T, 0.0) @ nu).max()
    assert peaks.top >= best
    extended = np.hstack([rows, np.ones((25, 1))]) if free else rows
    recomputed = peaks.signs * (np.maximum(peaks.directions @ extended.T, 0.0) @ nu)
    assert recomputed == pytest.approx(peaks.values, rel=1e-10)


def test_free_bias_peak_is_locally_maximal() -> None:
    generator = np.random.default_rng(5)
    rows, nu = generator.standard_normal((40, 2)), generator.standard_normal(40)
    nu -= nu.mean()
    space = DirectionSpace(rows, True)
    peaks = search_peaks(space, nu, generator=generator, chains=16, hops=2)
    extended = np.hstack([rows, np.ones((40, 1))])
    for direction, sign, top in zip(peaks.directions, peaks.signs, peaks.values, strict=True):
        near = direction + 1e-6 * generator.standard_normal((500, 3))
        near /= np.linalg.norm(near[:, :2], axis=1, keepdims=True)
        assert (sign * (np.maximum(near @ extended.T, 0.0) @ nu)).max() <= top * (1 + 1e-12)


def test_distinct_keeps_the_best_of_each_cluster_and_sign() -> None:
    directions = np.array([[1.0, 0.0], [1.0, 1e-9], [0.0, 1.0], [1.0, 0.0], [0.6, 0.8]])
    signs, values = np.array([1.0, 1.0, 1.0, -1.0, 1.0]), np.array([1.0, 2.0, 3.0, 0.5, -1.0])
    assert distinct(directions, signs, values, 1e-6).tolist() == [2, 1, 3]
    assert distinct(directions, signs, values, 1e-6, limit=1).tolist() == [2, 3]


def test_walks_report_their_own_values() -> None:
    generator = np.random.default_rng(2)
    rows, nu = generator.standard_normal((30, 4)), generator.standard_normal(30)
    space = DirectionSpace(rows, False)
    starts = random_directions(space, 5, generator)
    points, signs, values = explore(space, nu, starts, np.array([1.0, 1.0, -1.0, -1.0, 1.0]), 3, generator)
    assert signs * (np.maximum(points @ rows.T, 0.0) @ nu) == pytest.approx(values, rel=1e-4, abs=1e-4)
    climbed = climb_all(space, nu, points, signs)
    assert climbed.top >= values.max() * (1 - 1e-5)


def test_zero_rows_have_no_peaks() -> None:
    peaks = search_peaks(
        DirectionSpace(np.zeros((4, 3)), False), np.ones(4), generator=np.random.default_rng(0), chains=4, hops=1
    )
    assert peaks.top == 0.0
