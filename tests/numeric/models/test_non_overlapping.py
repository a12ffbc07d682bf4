"""Model A: derivatives, samples, the third critical point, the exact Hessian, leaky slopes."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest

from relucert.numeric.models.non_overlapping import NonOverlapping
from tests.numeric import checks

TEACHER = np.array([0.6, -1.1, 0.3, 0.8])
MODELS = [NonOverlapping(TEACHER, 1), NonOverlapping(TEACHER, 4), NonOverlapping(TEACHER, 3, leak=0.2)]


@pytest.mark.parametrize("model", MODELS, ids=["one patch", "four patches", "leaky"])
@pytest.mark.parametrize("check", checks.ALL, ids=lambda check: check.__name__)
def test_model(check: Callable[[NonOverlapping], None], model: NonOverlapping) -> None:
    check(model)


@pytest.mark.parametrize("k", [1, 2, 5, 20])
def test_teacher_is_the_minimum_with_the_known_hessian(k: int) -> None:
    model = NonOverlapping(TEACHER, k)
    assert model.loss(TEACHER) == pytest.approx(0, abs=1e-15)
    assert model.gradient(TEACHER) == pytest.approx(np.zeros(4), abs=1e-15)
    along, across = TEACHER / np.linalg.norm(TEACHER), np.array([1.1, 0.6, 0, 0])
    assert model.curvature(TEACHER, along) == pytest.approx((k - 1 + math.pi) / (math.pi * k) * along)
    assert model.curvature(TEACHER, across) == pytest.approx(across / k, abs=1e-15)


@pytest.mark.parametrize("k", [2, 5, 20])
def test_third_critical_point(k: int) -> None:
    model = NonOverlapping(TEACHER, k)
    point = -(k - 1) / (k - 1 + math.pi) * TEACHER
    assert model.gradient(point) == pytest.approx(np.zeros(4), abs=1e-15)
    level = float(TEACHER @ TEACHER) * (2 * k - 2 + math.pi) / (2 * k * (k - 1 + math.pi))
    assert model.loss(point) == pytest.approx(level, rel=1e-14)
    across = np.array([1.1, 0.6, 0, 0])
    assert model.curvature(point, across) == pytest.approx(np.zeros(4), abs=1e-15)
    # degenerate, yet no minimum: the loss falls with the third power of the angle
    turned = math.cos(0.05) * point + math.sin(0.05) * np.linalg.norm(point) * across / np.linalg.norm(across)
    assert model.loss(turned) < model.loss(point)


def test_loss_near_the_teacher_keeps_its_digits() -> None:
    model, step = NonOverlapping(TEACHER, 3), 1e-7 * TEACHER
    exact = (3 - 1 + math.pi) / (2 * math.pi * 3) * float(step @ step)
    assert model.loss(TEACHER + step) == pytest.approx(exact, rel=1e-6)


def test_zero_weights() -> None:
    model = NonOverlapping(TEACHER, 2)
    assert model.loss(np.zeros(4)) == pytest.approx((1 + math.pi) / (4 * math.pi) * float(TEACHER @ TEACHER))
    with pytest.raises(ValueError, match="does not exist at w = 0"):
        model.gradient(np.stack([TEACHER, np.zeros(4)]))


def test_leaky_identity() -> None:
    # l_alpha = (1 - alpha)² l + (alpha/k) |w - w*|²
    leak, w = 0.3, np.array([1.0, 2.0, -1.0, 0.5])
    plain, leaky = NonOverlapping(TEACHER, 5), NonOverlapping(TEACHER, 5, leak)
    expected = (1 - leak) ** 2 * plain.loss(w) + leak / 5 * float((w - TEACHER) @ (w - TEACHER))
    assert leaky.loss(w) == pytest.approx(expected, rel=1e-14)


def test_float32_stays_float32() -> None:
    model = NonOverlapping(TEACHER.astype(np.float32), 4, leak=0.1)
    w = checks.states(model).astype(np.float32)
    inputs = np.ones((3, model.input_size), dtype=np.float32)
    assert model.loss(w).dtype == model.gradient(w).dtype == model.curvature(w, w).dtype == np.float32
    assert model.sample_gradient(w, inputs, model.target(inputs)).dtype == np.float32


@pytest.mark.parametrize(
    ("teacher", "patches", "leak", "message"),
    [
        ([0.0, 0.0], 2, 0.0, "zero filter has no direction"),
        ([1.0], 0, 0.0, "patches must be at least 1"),
        ([1.0], 1, 1.5, "leak must lie in"),
        ([[1.0]], 1, 0.0, r"teacher: expected shape \(d,\)"),
    ],
)
def test_refusals(teacher: list[float], patches: int, leak: float, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        NonOverlapping(np.array(teacher), patches, leak)
