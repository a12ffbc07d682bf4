"""The batched minimum-norm solver against scipy's bounded least squares."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import lsq_linear

from relucert.certify.search.minnorm import MinNorm


def problems(seed: int, count: int, samples: int, dim: int) -> MinNorm:
    rng = np.random.default_rng(seed)
    rows = rng.standard_normal((samples, dim))
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    weights = -rng.uniform(0.0, 0.2, (count, samples)) * (rng.uniform(size=(count, samples)) < 0.7)
    generators = rng.standard_normal((count, dim, dim))
    generators /= np.linalg.norm(generators, axis=2, keepdims=True)
    normals = np.linalg.inv(generators).transpose(0, 2, 1)
    base = 2.0 * rng.standard_normal((count, dim))
    return MinNorm(rows, weights, base, normals, generators, np.zeros(count), base)


def optimum(pool: MinNorm, index: int) -> float:
    used = pool.weights[index] > 0
    matrix = np.vstack([pool.unit[index], pool.rows[used]]).T
    low = np.concatenate([np.zeros(len(pool.unit[index])), -pool.weights[index][used]])
    high = np.concatenate([np.full(len(pool.unit[index]), np.inf), np.zeros(int(used.sum()))])
    x = lsq_linear(matrix, -pool.base[index], (low, high), tol=1e-13, max_iter=500).x
    return float(np.linalg.norm(pool.base[index] + matrix @ x))


@pytest.mark.parametrize(("dim", "samples"), [(1, 5), (2, 20), (4, 0), (4, 60), (7, 100)])
def test_norm_and_lower_bound_enclose_the_optimum(dim: int, samples: int) -> None:
    pool = problems(dim, 12, samples, dim)
    for _ in range(150):
        pool._iterate(1000)
        pool.settled[:] = False  # go on, although the accuracy asked for is reached
    for index in range(12):
        exact = optimum(pool, index)
        assert pool.lower[index] <= exact * (1 + 1e-6) + 1e-6
        assert exact - 1e-6 <= pool.norm[index] <= exact * (1 + 1e-4) + 1e-3


@pytest.mark.parametrize("steps", [1, 2, 5, 20])
def test_every_iterate_is_a_valid_bound(steps: int) -> None:
    """z.v_k >= h_k for the multipliers q returned, however early the solver is stopped."""
    pool = problems(3, 20, 50, 4)
    for _ in range(steps):
        pool._iterate(1000)
    wanted = np.einsum("bkj,bj->bk", pool.generators, pool.base + pool.q @ pool.rows)
    given = np.einsum("bkj,bj->bk", pool.generators, pool.z)
    assert (given >= wanted - 1e-10).all()
    assert (pool.q <= 0).all() and (pool.q >= -pool.weights).all()
    assert np.allclose(np.linalg.norm(pool.z, axis=1), pool.norm)


def test_an_easy_limit_settles_at_once_and_a_restart_starts_afresh() -> None:
    pool = problems(5, 6, 30, 3)
    pool.limit[:] = 1e6
    pool.run()
    assert pool.settled.sum() >= 1
    index = np.flatnonzero(pool.settled)
    pool.restart(index, 3.0 * pool.base[index], np.zeros(len(index)))
    assert not pool.settled[index].any() and np.isinf(pool.norm[index]).all()
    pool.keep(~pool.settled)
    assert len(pool.base) == len(pool.weights) == len(pool.z)
