"""The plane against the general network; critical points in closed form and from Newton's method."""

from __future__ import annotations

import math

import numpy as np
import pytest

from relucert.numeric.models.symmetric import SymmetricPlane
from relucert.numeric.models.two_layer import multi_neuron

STATES = np.random.default_rng(0).uniform(-1.5, 1.5, (40, 2))


def full(states: np.ndarray, k: int) -> np.ndarray:
    """All weights, (n, k²)."""
    weights = states[:, 1, None, None] * np.ones((k, k)) + (states[:, 0] - states[:, 1])[:, None, None] * np.eye(k)
    return np.asarray(weights.reshape(-1, k * k))


@pytest.mark.parametrize("k", [2, 3, 6])
def test_plane_is_the_general_network(k: int) -> None:
    plane, model = SymmetricPlane(k), multi_neuron(np.eye(k))
    weights = full(STATES, k)
    assert plane.loss(STATES) == pytest.approx(model.loss(weights), rel=1e-12)
    slope = model.gradient(weights).reshape(-1, k, k)
    assert slope[:, 0, :2] == pytest.approx(plane.gradient(STATES), abs=1e-13)
    assert slope == pytest.approx(full(plane.gradient(STATES), k).reshape(-1, k, k), abs=1e-13)


@pytest.mark.parametrize("k", [2, 3, 6, 10])
def test_diagonal_points(k: int) -> None:
    plane = SymmetricPlane(k)
    assert plane.gradient(plane.diagonal()) == pytest.approx(np.zeros((2, 2)), abs=1e-14)
    upper = plane.diagonal()[0, 0]
    across = np.array([1, -1 / (k - 1)])  # symmetry breaks along this direction
    rate = (plane.gradient(plane.diagonal()[0] + 1e-6 * across) / across / 1e-6)[0]
    assert rate == pytest.approx(-k / (2 * math.pi * upper * math.sqrt(k - 1)), rel=1e-4)


@pytest.mark.parametrize(
    ("k", "point", "loss"),
    [(3, (-0.31818007, 0.65945309), 0.0241), (6, (-0.66339737, 0.33070978), 0.0557)],
)
def test_point_with_negative_x(k: int, point: tuple[float, float], loss: float) -> None:
    plane = SymmetricPlane(k)
    found = plane.critical_points()
    near = found[np.hypot(*(found - np.array(point)).T).argmin()]
    assert near == pytest.approx(point, abs=1e-7)
    assert plane.loss(near) == pytest.approx(loss, abs=5e-5)
    assert np.linalg.eigvalsh(plane.hessian(near))[0] > 0
    assert np.abs(plane.gradient(found)).max() < 1e-8
    assert any(np.allclose(state, [1, 0]) for state in found)


def test_refused() -> None:
    with pytest.raises(ValueError, match="at least 2"):
        SymmetricPlane(1)
    with pytest.raises(ValueError, match="origin"):
        SymmetricPlane(3).gradient(np.zeros((1, 2)))
    with pytest.raises(ValueError, match=r"got \(3,\)"):
        SymmetricPlane(3).loss(np.ones(3))
