"""Sections 7 to 9 of docs/theory/training_gap.md on numbers: cones, caps, secants and sign trees by dense sampling.

Nothing of relucert is imported: these tests judge the mathematics, not the code.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

Array = NDArray[np.float64]


def sphere(rng: np.random.Generator, count: int, dimension: int) -> Array:
    u = rng.normal(size=(count, dimension))
    return np.asarray(u / np.linalg.norm(u, axis=1, keepdims=True))


def phi(nu: Array, rows: Array, u: Array) -> Array:
    return np.asarray(np.maximum(u @ rows.T, 0) @ nu)


def cap_upper(x: Array, z: Array, tau: float) -> float:
    """U of Lemma 12."""
    a, n, length = float(x @ z), float(x @ x), float(z @ z)
    if a >= tau * np.sqrt(n):
        return float(np.sqrt(n))
    return float((a * tau + np.sqrt(max(0.0, n * length - a * a) * (length - tau * tau))) / length)


# ---------------------------------------------------------------------------------------------- section 7: cones


def test_split_covers_the_cone_exactly() -> None:
    rng = np.random.default_rng(0)
    for _ in range(500):
        alpha_a, alpha_b, p, q = (Fraction(int(v), 7) for v in rng.integers(1, 30, size=4))
        if alpha_a * q <= alpha_b * p:  # then u = (alpha_a/p) w + (alpha_b - q alpha_a/p) v_b
            w, other = alpha_a / p, alpha_b - q * alpha_a / p
            assert (w * p, w * q + other) == (alpha_a, alpha_b)
        else:
            w, other = alpha_b / q, alpha_a - p * alpha_b / q
            assert (w * p + other, w * q) == (alpha_a, alpha_b)
        assert w >= 0 and other >= 0


def least_z(generators: Array, h: Array) -> Array:
    """Some z with z.v_k >= h_k for all k (generators are the rows of an invertible matrix)."""
    return np.asarray(np.linalg.solve(generators, h + 1e-9 * np.abs(h)))


def cone_heights(nu: Array, rows: Array, generators: Array, c: Array, positive: Any, negative: Any) -> Array:
    """h_k of Lemma 10; positive and negative mark samples that are decided."""
    t = rows @ generators.T
    chord = np.where((nu > 0)[:, None], nu[:, None] * np.maximum(t, 0), c[:, None] * t)
    return np.asarray(np.where(positive[:, None], nu[:, None] * t, np.where(negative[:, None], 0.0, chord)).sum(axis=0))


def test_cone_bound() -> None:
    rng = np.random.default_rng(1)
    for _ in range(40):
        dimension = int(rng.integers(2, 5))
        rows, nu = rng.normal(size=(9, dimension)), rng.normal(size=9)
        generators = np.round(rng.normal(size=(dimension, dimension)) * 5)
        if abs(np.linalg.det(generators)) < 1e-6:
            continue
        c = np.where(nu < 0, nu * rng.random(9), 0.0)
        t = rows @ generators.T
        z = least_z(generators, cone_heights(nu, rows, generators, c, (t >= 0).all(axis=1), (t <= 0).all(axis=1)))
        u = rng.random((2000, dimension)) @ generators
        assert np.all(phi(nu, rows, u) <= u @ z + 1e-9 * np.abs(u).max())


def test_cone_bound_with_a_cap_and_secants() -> None:
    """Cut a cone with a first bound; on the violators the second bound (decided samples, secants) still holds."""
    rng = np.random.default_rng(2)
    caps = violators = 0
    for _ in range(300):
        rows, nu = rng.normal(size=(8, 3)), rng.normal(size=8)
        centre = sphere(rng, 1, 3)[0]
        generators = centre + 0.5 * rng.normal(size=(3, 3))
        if abs(np.linalg.det(generators)) < 1e-2:
            continue
        t = rows @ generators.T
        positive, negative = (t >= 0).all(axis=1), (t <= 0).all(axis=1)
        c = np.where(nu < 0, nu / 2, 0.0)
        z = least_z(generators, cone_heights(nu, rows, generators, c, positive, negative))
        u = rng.random((1500, 3)) @ generators
        u /= np.linalg.norm(u, axis=1, keepdims=True)
        values = phi(nu, rows, u)
        tau = 0.9 * float(values.max())
        if tau <= 0 or z @ z <= tau * tau:
            continue
        caps += 1
        inside = values > tau
        violators += int(inside.sum())
        assert np.all(u[inside] @ z > tau - 1e-9)
        kappa, heights_extra = 0.0, np.zeros(3)
        for i in np.flatnonzero((nu > 0) & ~positive & ~negative):
            upper, lower = cap_upper(rows[i], z, tau), -cap_upper(-rows[i], z, tau)
            if lower >= 0:
                positive[i] = True
            elif upper <= 0:
                negative[i] = True
            else:
                slope = nu[i] * upper / (upper - lower)
                kappa += max(-slope * lower, (nu[i] - slope) * upper)
                heights_extra += slope * t[i] - nu[i] * np.maximum(t[i], 0)
        heights = cone_heights(nu, rows, generators, c, positive, negative) + heights_extra
        second = np.linalg.solve(generators, heights)
        assert np.all(values[inside] <= u[inside] @ second + kappa + 1e-9)
    assert caps > 50 and violators > 1000


def test_decided_positive_sample_may_be_tied_at_a_local_maximum_when_rows_are_dependent() -> None:
    h = np.random.default_rng(3).normal(size=(1000, 2))
    assert np.all(-np.abs(h[:, 0]) - np.abs(h[:, 1]) + 0.1 * np.abs(h.sum(axis=1)) <= 0)


# ------------------------------------------------------------------------------------------------ section 8: caps


@pytest.mark.parametrize("dimension", [2, 3, 5])
def test_cap_interval_is_valid_and_attained(dimension: int) -> None:
    rng = np.random.default_rng(dimension)
    for _ in range(60):
        x, z = rng.normal(size=dimension), rng.normal(size=dimension)
        length = float(np.linalg.norm(z))
        tau = length * rng.uniform(-1, 1)
        upper = cap_upper(x, z, tau)
        u = sphere(rng, 3000, dimension)
        inside = u[u @ z >= tau]
        assert np.all(inside @ x <= upper + 1e-12)
        # the maximiser: x/|x| inside the cap, else on its rim in the plane of x and z
        direction = x / np.linalg.norm(x)
        if direction @ z < tau:
            across = x - (x @ z) * z / length**2
            direction = tau * z / length**2 + np.sqrt(1 - (tau / length) ** 2) * across / np.linalg.norm(across)
        assert direction @ z >= tau - 1e-12 and abs(direction @ direction - 1) < 1e-12
        assert abs(direction @ x - upper) < 1e-9


def test_decided_test_agrees_with_the_interval() -> None:
    rng = np.random.default_rng(7)
    seen = set()
    for _ in range(3000):
        x, z = rng.normal(size=3), rng.normal(size=3)
        tau = float(np.linalg.norm(z)) * rng.random() ** 0.2
        a = float(x @ z)
        decided = a * a >= (x @ x) * (z @ z - tau * tau)
        lower, upper = -cap_upper(-x, z, tau), cap_upper(x, z, tau)
        if abs(lower) < 1e-9 or abs(upper) < 1e-9:
            continue
        assert (decided and a > 0) == (lower > 0)
        assert (decided and a < 0) == (upper < 0)
        seen.add((bool(decided), a > 0))
    assert len(seen) == 4


def test_multiplier_bound_has_the_closed_form_as_its_infimum() -> None:
    rng = np.random.default_rng(9)
    for _ in range(200):
        x, z = rng.normal(size=3), rng.normal(size=3)
        tau = float(np.linalg.norm(z)) * rng.uniform(0.05, 0.95)
        mu = np.concatenate([[0.0], np.geomspace(1e-4, 1e4, 4000)])
        bounds = np.linalg.norm(x[None, :] + mu[:, None] * z[None, :], axis=1) - mu * tau
        upper = cap_upper(x, z, tau)
        assert upper - 1e-9 <= bounds.min() <= upper + 1e-3


def test_squares_alone_fail_for_negative_tau() -> None:
    z, tau = np.array([1.0, 0.0]), -0.9
    x, u = np.array([1.0, 0.0]), np.array([-0.8, 0.6])
    assert (x @ z) ** 2 >= (x @ x) * (z @ z - tau * tau) and x @ z > 0  # "decided positive"
    assert u @ z > tau and x @ u < 0
    x = np.array([-0.5, np.sqrt(0.75)])
    a, n, length = x @ z, x @ x, z @ z
    assert a > tau and n > 0.99 and cap_upper(x, z, tau) > 0.99  # u = x lies in the cap and x.u = 1
    assert not (a > 0 and a * a >= tau * tau * n)  # the reading of a >= tau |x| for positive tau, which leads to:
    assert (a * tau + np.sqrt((n * length - a * a) * (length - tau * tau))) / length < 0.83


def test_secant_constant() -> None:
    rng = np.random.default_rng(10)
    for _ in range(200):
        lower, upper, nu = -rng.random(), rng.random(), rng.random()
        slope = nu * rng.random()
        t = np.linspace(lower, upper, 201)
        kappa = max(-slope * lower, (nu - slope) * upper)
        gap = slope * t + kappa - nu * np.maximum(t, 0)
        assert gap.min() >= -1e-12 and gap.min() < 1e-12


# ------------------------------------------------------------------------------------------- section 9: sign tree


def test_sign_bound_with_any_coefficients() -> None:
    rng = np.random.default_rng(12)
    for _ in range(60):
        rows, nu, c = rng.normal(size=(6, 3)), rng.normal(size=6), rng.normal(size=6)
        norms = np.linalg.norm(rows, axis=1)
        lower, upper = -norms, norms.copy()
        branch = int(rng.integers(0, 6))
        lower[branch] = 0.0
        low_gap = nu * np.maximum(lower, 0) - c * lower
        high_gap = nu * np.maximum(upper, 0) - c * upper
        at_zero = np.where((lower < 0) & (upper > 0), 0.0, -np.inf)
        kappa = float(np.maximum(np.maximum(low_gap, high_gap), at_zero).sum())
        z = c @ rows
        u = sphere(rng, 2000, 3)
        u = u[u @ rows[branch] >= 0]
        assert np.all(phi(nu, rows, u) <= u @ z + kappa + 1e-12)
