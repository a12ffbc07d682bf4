"""The general two-layer network and model C: derivatives, samples, known critical points."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest

from relucert.numeric.models.two_layer import TwoLayer, multi_neuron
from tests.numeric import checks

RANDOM = np.random.default_rng(8)
MODELS = [
    TwoLayer(RANDOM.standard_normal((2, 3)), np.array([1.0, -0.7]), np.array([0.5, 1.5, -1.0])),
    multi_neuron(RANDOM.standard_normal((3, 4))),
    multi_neuron(np.array([[1.0, 0.5]])),
]


@pytest.mark.parametrize("model", MODELS, ids=["general", "three neurons", "one neuron"])
@pytest.mark.parametrize("check", checks.ALL, ids=lambda check: check.__name__)
def test_model(check: Callable[[TwoLayer], None], model: TwoLayer) -> None:
    check(model)


@pytest.mark.parametrize("model", MODELS)
def test_output_gradient_is_the_derivative(model: TwoLayer) -> None:
    w, step = checks.states(model, 4), 1e-6
    found = model.output_gradient(w)
    for neuron in range(model.width):
        change = step * np.eye(model.width)[neuron]
        up, down = (
            TwoLayer(model.teacher_weights, model.teacher_outputs, model.output_weights + sign * change, model.factor)
            for sign in (1, -1)
        )
        expected = (up.loss(w) - down.loss(w)) / (2 * step)
        assert found[:, neuron] == pytest.approx(expected, rel=1e-6, abs=1e-8)


def test_permuted_teachers_are_minima() -> None:
    model = MODELS[1]
    for order in ([0, 1, 2], [2, 0, 1]):
        point = model.teacher_weights[order].ravel()
        assert model.loss(point) == pytest.approx(0, abs=1e-14)
        assert model.gradient(point) == pytest.approx(np.zeros(model.size), abs=1e-14)


def symmetric(width: int, x: float, y: float) -> np.ndarray:
    return ((x - y) * np.eye(width) + y).ravel()


@pytest.mark.parametrize("width", [2, 3, 6])
def test_symmetric_points_on_the_diagonal(width: int) -> None:
    model = multi_neuron(np.eye(width))
    shared = math.sqrt(width - 1) - math.acos(1 / math.sqrt(width))
    for x in ((shared + math.pi) / (math.pi * width), -shared / (math.pi * width)):
        assert model.gradient(symmetric(width, x, x)) == pytest.approx(np.zeros(width**2), abs=1e-13)


@pytest.mark.parametrize(
    ("width", "x", "y", "level", "minimum"),
    [(5, -0.59407579, 0.39672856, 0.0477, False), (6, -0.66339737, 0.33070978, 0.0557, True)],
)
def test_spurious_minimum_from_six_neurons_on(width: int, x: float, y: float, level: float, minimum: bool) -> None:
    model = multi_neuron(np.eye(width))
    point = symmetric(width, x, y)
    assert np.abs(model.gradient(point)).max() < 1e-7
    assert model.loss(point) == pytest.approx(level, abs=1e-4)
    hessian = model.curvature(np.tile(point, (width**2, 1)), np.eye(width**2))
    assert (np.linalg.eigvalsh(hessian).min() > 0) == minimum


def test_zero_neuron() -> None:
    model = MODELS[1]
    w = model.teacher_weights.copy()
    w[1] = 0
    assert np.isfinite(model.loss(w.ravel()))
    with pytest.raises(ValueError, match="hidden weight vector is zero"):
        model.gradient(w.ravel())


def test_outputs_and_teachers_must_match() -> None:
    with pytest.raises(ValueError, match=r"teacher_outputs: expected shape \(2,\), got \(3,\)"):
        TwoLayer(np.ones((2, 4)), np.ones(3), np.ones(2))
