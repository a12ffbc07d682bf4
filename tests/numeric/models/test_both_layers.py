"""Model B: derivatives, samples, the spurious minimum, invariances of the normalised network."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest

from relucert.numeric.models.both_layers import BothLayers
from tests.numeric import checks

MODELS = [
    BothLayers(np.array([0.6, -1.1, 0.3]), np.array([1.0, -0.8, 0.3])),
    BothLayers(np.array([0.0, 2.0]), np.array([0.5])),
]
PI, C = math.pi, math.pi - 1


@pytest.mark.parametrize("model", MODELS, ids=["three patches", "one patch"])
@pytest.mark.parametrize("check", checks.ALL, ids=lambda check: check.__name__)
def test_model(check: Callable[[BothLayers], None], model: BothLayers) -> None:
    check(model)


@pytest.mark.parametrize("model", MODELS)
def test_teacher_is_a_minimum(model: BothLayers) -> None:
    # the student's filter has length 1 inside, so that the teacher's length goes to the output weights
    point = np.concatenate([3 * model.filter, np.linalg.norm(model.filter) * model.output_weights])
    assert model.loss(point) == pytest.approx(0, abs=1e-15)
    assert model.gradient(point) == pytest.approx(np.zeros(model.size), abs=1e-15)
    inputs = np.random.default_rng(0).standard_normal((5, model.input_size))
    assert model.output(point, inputs) == pytest.approx(model.target(inputs), rel=1e-13)


@pytest.mark.parametrize("model", MODELS)
def test_spurious_point(model: BothLayers) -> None:
    star = np.linalg.norm(model.filter) * model.output_weights
    k, total, energy = len(star), star.sum(), float(star @ star)
    output = (-star + PI * total / (k + C)) / C
    point = np.concatenate([-model.filter, output])
    level = ((total**2 / k) * (2 * k + PI - 2) / (k + C) + (energy - total**2 / k) * (PI - 2) / C) / 4
    assert model.gradient(point) == pytest.approx(np.zeros(model.size), abs=1e-14)
    assert model.loss(point) == pytest.approx(level, rel=1e-13)


def test_length_of_v_does_not_matter_and_its_gradient_is_orthogonal() -> None:
    model = MODELS[0]
    at = checks.states(model)
    v, a = model.split(at)
    longer = np.concatenate([7 * v, a], axis=1)
    assert model.loss(longer) == pytest.approx(model.loss(at), rel=1e-13)
    slope, of_outputs = model.split(model.gradient(at))
    assert np.einsum("ni,ni->n", slope, v) == pytest.approx(np.zeros(len(v)), abs=1e-14)
    slower, same = model.split(model.gradient(longer))
    assert 7 * slower == pytest.approx(slope, rel=1e-12, abs=1e-14)
    assert same == pytest.approx(of_outputs, rel=1e-12, abs=1e-14)
    # the network does not see the length either: the whole Hessian maps v to minus the gradient's part
    radial = np.concatenate([v, 0 * a], axis=1)
    turned, rest = model.split(model.curvature(at, radial))
    assert turned == pytest.approx(-slope, rel=1e-9, abs=1e-12)
    assert rest == pytest.approx(0 * a, abs=1e-12)


def test_angle_falls_by_the_reduced_map() -> None:
    # phi+ = phi - arctan h, h = eta s (pi - phi) sin(phi)/(2 pi |v|²); |v+|² = |v|² (1 + h²)
    model = BothLayers(np.array([1.0, 0.0]), np.array([1.0, -0.8]))
    phi, length, eta = 1.2, 1.5, 0.3
    a = np.array([0.7, 0.1])
    v = length * np.array([math.cos(phi), math.sin(phi)])
    after, _ = model.split(np.concatenate([v, a]) - eta * model.gradient(np.concatenate([v, a])))
    h = eta * float(a @ model.output_weights) * (PI - phi) * math.sin(phi) / (2 * PI * length**2)
    assert math.atan2(after[1], after[0]) == pytest.approx(phi - math.atan(h), rel=1e-13)
    assert float(after @ after) == pytest.approx(length**2 * (1 + h * h), rel=1e-13)


def test_float32_stays_float32() -> None:
    model = BothLayers(np.array([1, 0.5], dtype=np.float32), np.array([1, -0.5, 0.2], dtype=np.float32))
    at = checks.states(model).astype(np.float32)
    inputs = np.ones((3, model.input_size), dtype=np.float32)
    assert model.loss(at).dtype == model.gradient(at).dtype == model.curvature(at, at).dtype == np.float32
    assert model.sample_gradient(at, inputs, model.target(inputs)).dtype == np.float32


def test_zero_direction() -> None:
    model = MODELS[0]
    at = np.array([0.0, 0.0, 0.0, 1.0, 2.0, 3.0])
    calls: list[Callable[[], object]] = [
        lambda: model.loss(at),
        lambda: model.gradient(at),
        lambda: model.curvature(at, at),
        lambda: model.output(at, np.ones((2, 9))),
    ]
    for call in calls:
        with pytest.raises(ValueError, match="does not exist at v = 0"):
            call()


@pytest.mark.parametrize(("v", "a"), [([0.0, 0.0], [1.0]), ([1.0], [0.0])])
def test_zero_teachers_are_refused(v: list[float], a: list[float]) -> None:
    with pytest.raises(ValueError, match="teacher must not be zero"):
        BothLayers(np.array(v), np.array(a))
