"""Sweeps are exact: they match dense sampling from above and one another."""

import numpy as np
import pytest

from relucert.certify.search.sweep import can_sweep, sweep


@pytest.mark.parametrize("seed", range(6))
def test_circle(seed: int) -> None:
    generator = np.random.default_rng(seed)
    samples, weights = generator.standard_normal((30, 2)), generator.standard_normal(30)
    if seed == 0:
        samples = np.round(samples)
        samples = samples[np.abs(samples).any(axis=1)]
        weights = weights[: len(samples)]
    linear = generator.standard_normal(2) * (seed % 2)
    directions, signs, values = sweep(samples, weights, linear, False)
    angles = np.linspace(0, 2 * np.pi, 200_001)
    circle = np.column_stack([np.cos(angles), np.sin(angles)])
    table = np.maximum(circle @ samples.T, 0.0) @ weights + circle @ linear
    for sign in (1.0, -1.0):
        best = (sign * table).max()
        if best > 0:
            assert best * (1 - 1e-12) <= values[signs == sign].max() <= best * (1 + 1e-4)
    recomputed = signs * (np.maximum(directions @ samples.T, 0.0) @ weights + directions @ linear)
    assert recomputed == pytest.approx(values)


def test_line_with_free_bias() -> None:
    generator = np.random.default_rng(1)
    points, weights = generator.standard_normal((20, 1)), generator.standard_normal(20)
    weights -= weights.mean()
    directions, signs, values = sweep(points, weights, np.zeros(1), True)
    grid = np.concatenate([np.linspace(-4, 4, 4001), points[:, 0], -points[:, 0]])
    for sign in (1.0, -1.0):
        table = [sign * (np.maximum(side * points[:, 0] + grid[:, None], 0.0) @ weights).max() for side in (1.0, -1.0)]
        best = max(
            (sign * (np.maximum(side * points[:, 0] + grid[:, None], 0.0) @ weights)).max() for side in (1.0, -1.0)
        )
        assert values[signs == sign].max() == pytest.approx(best)
        assert len(table) == 2
    recomputed = signs * (np.maximum(directions[:, :1] @ points.T + directions[:, 1:], 0.0) @ weights)
    assert recomputed == pytest.approx(values, abs=1e-12)


def test_line_without_bias() -> None:
    _, signs, values = sweep(np.array([[1.0]]), np.array([2.0]), np.array([-3.0]), False)
    assert sorted((signs * values).tolist()) == [-1.0, -1.0, 3.0, 3.0]


def test_coverage() -> None:
    assert can_sweep(2, False) and can_sweep(1, True)
    assert not can_sweep(3, False) and not can_sweep(2, True)
