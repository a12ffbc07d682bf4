"""Exact climbs against brute force."""

import numpy as np
import pytest

from relucert.certify.search import climb as module
from relucert.certify.search.climb import box_minimum_norm, climb
from relucert.certify.search.dual import FloatArray


def value(rows: FloatArray, weights: FloatArray, directions: FloatArray) -> FloatArray:
    return np.asarray(np.maximum(directions @ rows.T, 0.0) @ weights)


@pytest.mark.parametrize("seed", range(20))
def test_box_minimum_norm_meets_its_optimality_conditions(seed: int) -> None:
    generator = np.random.default_rng(seed)
    count = int(generator.integers(1, 9))
    rows, offset = generator.standard_normal((count, 4)), 2 * generator.standard_normal(4)
    if seed % 3 == 0:
        rows[-1] = rows[0]
    lower = -generator.uniform(0.1, 2.0, count)
    values, interior = box_minimum_norm(offset, rows, lower)
    gradient = rows @ (offset + values @ rows)
    assert np.all((values >= lower) & (values <= 0))
    assert np.all(np.abs(gradient[interior]) < 1e-10)
    assert np.all(gradient[values == lower] > -1e-10)
    assert np.all(gradient[values == 0] < 1e-10)


@pytest.mark.parametrize("seed", range(8))
def test_climb_ends_at_a_local_maximum(seed: int) -> None:
    generator = np.random.default_rng(seed)
    rows, weights = generator.standard_normal((60, 4)), generator.standard_normal(60)
    norms = np.linalg.norm(rows, axis=1)
    for start in generator.standard_normal((5, 4)):
        v = climb(rows, norms, weights, np.zeros(4), start)
        top = np.linalg.norm(v)
        if top == 0:
            continue
        direction = v / top
        assert value(rows, weights, direction[None])[0] == pytest.approx(top, rel=1e-12)
        for radius in (1e-2, 1e-4, 1e-6):
            near = direction + radius * generator.standard_normal((300, 4))
            near /= np.linalg.norm(near, axis=1, keepdims=True)
            if radius < 1e-3:
                assert value(rows, weights, near).max() <= top * (1 + 1e-13)


def test_climb_over_the_nearest_samples_finds_the_same_kind_of_point(monkeypatch: pytest.MonkeyPatch) -> None:
    generator = np.random.default_rng(3)
    rows, weights = generator.standard_normal((400, 3)), generator.standard_normal(400)
    norms = np.linalg.norm(rows, axis=1)
    monkeypatch.setattr(module, "LOCAL_SAMPLES", 40)
    for start in generator.standard_normal((10, 3)):
        v = climb(rows, norms, weights, np.zeros(3), start)
        again = module._ascend(rows, norms, weights, np.zeros(3), v, 200)
        assert again == pytest.approx(v, rel=1e-9)


def test_climb_with_a_linear_part_only() -> None:
    v = climb(np.zeros((0, 2)), np.zeros(0), np.zeros(0), np.array([3.0, 4.0]), np.array([1.0, 0.0]))
    assert v == pytest.approx([3.0, 4.0])


def test_climb_leaves_a_convex_kink() -> None:
    # phi(u) = |u_1| seen from the kink itself
    rows = np.array([[1.0, 0.0], [-1.0, 0.0]])
    v = climb(rows, np.ones(2), np.ones(2), np.zeros(2), np.array([0.0, 1.0]))
    assert abs(v[0]) == pytest.approx(1.0)
