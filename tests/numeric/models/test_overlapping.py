"""Model A': derivatives, samples, disjoint patches as a special case, the known spurious minimum."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest

from relucert.numeric.models.non_overlapping import NonOverlapping
from relucert.numeric.models.overlapping import Overlapping
from tests.numeric import checks

TEACHER = np.array([0.6, -1.1, 0.3])
PLACES = [(2, 1), (5, 1), (4, 2), (3, 3), (2, 5), (1, 1)]


@pytest.mark.parametrize(("patches", "stride"), PLACES)
@pytest.mark.parametrize("check", checks.ALL, ids=lambda check: check.__name__)
def test_model(check: Callable[[Overlapping], None], patches: int, stride: int) -> None:
    check(Overlapping(TEACHER, patches, stride))


@pytest.mark.parametrize("stride", [3, 4])
def test_disjoint_patches_are_model_a(stride: int) -> None:
    model, plain = Overlapping(TEACHER, 4, stride), NonOverlapping(TEACHER, 4)
    w, direction = checks.states(plain), checks.states(plain, seed=1)
    assert model.loss(w) == pytest.approx(plain.loss(w), rel=1e-12)
    assert model.gradient(w) == pytest.approx(plain.gradient(w), rel=1e-12, abs=1e-14)
    assert model.curvature(w, direction) == pytest.approx(plain.curvature(w, direction), rel=1e-11, abs=1e-13)


@pytest.mark.parametrize("k", [2, 3, 5, 10])
def test_spurious_minimum_of_alternating_taps(k: int) -> None:
    model = Overlapping(np.array([1.0, -1.0]), k)
    third = math.sqrt(3) / 2 + math.pi / 3, math.sqrt(3) / 2 - math.pi / 6  # G(pi/3), G(2 pi/3)
    along, around = (k - 1) * (2 * third[0] + k - 2), k * math.pi + (k - 1) * (2 * third[1] + k - 2)
    point = -along / around * model.teacher
    assert model.gradient(point) == pytest.approx(np.zeros(2), abs=1e-15)
    assert model.loss(point) == pytest.approx((around - along**2 / around) / (math.pi * k * k), rel=1e-13)
    hessian = model.curvature(np.stack([point, point]), np.eye(2))
    assert np.linalg.eigvalsh(hessian).min() > 0


def test_hessian_at_the_spurious_minimum_for_two_patches() -> None:
    model = Overlapping(np.array([1.0, -1.0]), 2)
    point = -0.549142470303952 * model.teacher
    hessian = model.curvature(np.stack([point, point]), np.eye(2))
    assert np.linalg.eigvalsh(hessian) == pytest.approx([0.38650504846442, 0.55449889052222], rel=1e-12)


@pytest.mark.parametrize("z", [0.1, 1.0, 7.0])
def test_quadrant_is_invariant(z: float) -> None:
    model = Overlapping(np.array([1.0, -1.0]), 2)
    assert model.gradient(np.array([0.0, z]))[0] == pytest.approx(z / 8, rel=1e-13)
    assert model.gradient(np.array([-z, 0.0]))[1] == pytest.approx(-z / 8, rel=1e-13)


def test_zero_weights() -> None:
    model = Overlapping(TEACHER, 2)
    energy = model.target(np.random.default_rng(0).standard_normal((200_000, 4)))
    assert model.loss(np.zeros(3)) == pytest.approx(float((energy**2).mean()), rel=0.02)
    with pytest.raises(ValueError, match="does not exist at a zero weight vector"):
        model.gradient(np.zeros((2, 3)))


@pytest.mark.parametrize(
    ("teacher", "patches", "stride", "message"),
    [
        ([0.0], 2, 1, "zero filter has no direction"),
        ([1.0], 0, 1, "patches must be at least 1"),
        ([1.0], 2, 0, "stride must be at least 1"),
    ],
)
def test_refusals(teacher: list[float], patches: int, stride: int, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Overlapping(np.array(teacher), patches, stride)
