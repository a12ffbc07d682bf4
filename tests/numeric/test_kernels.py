"""Kernels against 40-digit arithmetic, finite differences and Monte Carlo; zero vectors, precisions, broadcasting."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import mpmath as mp
import numpy as np
import pytest

from relucert.numeric import kernels
from relucert.numeric.kernels import (
    angle,
    angular_kernel,
    polar,
    relu_kernel,
    relu_kernel_curvature,
    relu_kernel_gradient,
    relu_kernel_mixed,
    relu_mean,
    step_kernel,
    supplement,
)

GENERATOR = np.random.default_rng(1)
U, V = GENERATOR.standard_normal((2, 50, 5))


def exact_supplement(u: Any, v: Any) -> mp.mpf:
    """pi minus the angle, from the doubles as they are."""
    u, v = [mp.mpf(float(c)) for c in u], [mp.mpf(float(c)) for c in v]
    length = [mp.sqrt(sum(c * c for c in w)) for w in (u, v)]
    plus = mp.sqrt(sum((a / length[0] + b / length[1]) ** 2 for a, b in zip(u, v, strict=True)))
    minus = mp.sqrt(sum((a / length[0] - b / length[1]) ** 2 for a, b in zip(u, v, strict=True)))
    return 2 * mp.atan2(plus, minus)


def ulps(found: Any, exact: list[mp.mpf]) -> float:
    """Largest distance in units in the last place of the result's precision."""
    spacing = [float(np.spacing(np.abs(value))) for value in np.asarray(found).ravel()]
    return max(float(abs(mp.mpf(float(f)) - e) / s) for f, e, s in zip(np.ravel(found), exact, spacing, strict=True))


@pytest.mark.parametrize("precision", [np.float64, np.float32])
def test_angular_kernel_to_a_few_ulp(precision: Any) -> None:
    t = np.concatenate([np.geomspace(1e-8, 0.5, 200), np.linspace(0.39, math.pi, 200)]).astype(precision)
    with mp.workdps(40):
        exact = [mp.sin(x) - x * mp.cos(x) for x in map(mp.mpf, t.tolist())]
    found = angular_kernel(t)
    assert found.dtype == precision
    # just above the switch at 0.4 the difference of sine and t cosine loses a factor t/(t³/3) = 19
    assert ulps(found, exact) <= 12
    assert ulps(found[t < kernels.SERIES_BELOW], [e for e, x in zip(exact, t, strict=True) if x < 0.4]) <= 3


def test_angular_kernel_at_its_ends() -> None:
    assert angular_kernel(np.float64(0)) == 0
    assert angular_kernel(np.float64(math.pi / 2)) == pytest.approx(1, abs=2e-16)
    assert angular_kernel(np.float64(math.pi)) == pytest.approx(math.pi, abs=5e-16)


@pytest.mark.parametrize("deviation", [1e-3, 1e-6, 1e-9])
@pytest.mark.parametrize("sign", [1, -1])
def test_kernel_near_parallel_and_opposite_vectors(sign: int, deviation: float) -> None:
    # on the axis the doubles carry the deviation without rounding
    u = np.array([2.0, 0.0, 0.0])
    v = np.array([sign * 3.0, 3 * deviation, 0.0])
    with mp.workdps(40):
        t = exact_supplement(u, v)
        length = mp.mpf(2) * mp.sqrt(sum(mp.mpf(float(c)) ** 2 for c in v))
        value = length * (mp.sin(t) - t * mp.cos(t)) / (2 * mp.pi)
        theta = mp.pi - t
    assert ulps(supplement(u, v), [t]) <= 4
    assert ulps(polar(v, u / 2)[1], [t]) <= 4
    assert ulps(angle(u, v), [theta]) <= 4
    assert ulps(relu_kernel(u, v), [value]) <= 16


def test_supplement_of_random_vectors() -> None:
    with mp.workdps(40):
        exact = [exact_supplement(u, v) for u, v in zip(U, V, strict=True)]
    assert ulps(supplement(U, V), exact) <= 8


def test_polar_agrees_with_supplement() -> None:
    unit = V[0] / np.linalg.norm(V[0])
    radius, t = polar(U, unit)
    assert radius == pytest.approx(np.linalg.norm(U, axis=1), rel=1e-15)
    assert t == pytest.approx(supplement(U, V[0]), abs=2e-15)


@pytest.mark.parametrize("size", [4, 8, 10, 33])
def test_polar_of_a_row_does_not_depend_on_the_other_rows(size: int) -> None:
    rows, unit = np.random.default_rng(6).standard_normal((500, size)), np.full(size, size**-0.5)
    whole = polar(rows, unit)
    for first, last in ((0, 1), (3, 10), (100, 333), (1, 500)):
        part = polar(rows[first:last], unit)
        assert all((one == other[first:last]).all() for one, other in zip(part, whole, strict=True))


def test_exact_values() -> None:
    u, v = np.array([3.0, 4.0]), np.array([-4.0, 3.0])
    assert relu_kernel(u, u) == pytest.approx(12.5, rel=1e-15)
    assert relu_kernel(u, -u) == 0
    assert relu_kernel(u, v) == pytest.approx(25 / (2 * math.pi), rel=1e-15)
    assert step_kernel(u, v) == pytest.approx(0.25, rel=1e-15)
    assert relu_mean(u) == pytest.approx(5 / math.sqrt(2 * math.pi), rel=1e-15)
    # x 1(u·x > 0) relu(u·x) has mean u/2, and against the opposite vector 0
    assert relu_kernel_gradient(u, u) == pytest.approx(u / 2, rel=1e-15)
    assert not relu_kernel_gradient(u, -u).any()


def differences(function: Callable[[Any], Any], at: Any, direction: Any, step: float = 1e-5) -> Any:
    return (function(at + step * direction) - function(at - step * direction)) / (2 * step)


def test_gradient_is_the_derivative_of_the_kernel() -> None:
    direction = GENERATOR.standard_normal(U.shape)
    expected = differences(lambda u: relu_kernel(u, V), U, direction)
    assert np.einsum("ni,ni->n", relu_kernel_gradient(U, V), direction) == pytest.approx(expected, abs=1e-8)


def test_curvature_and_mixed_are_the_derivatives_of_the_gradient() -> None:
    direction = GENERATOR.standard_normal(U.shape)
    expected = differences(lambda u: relu_kernel_gradient(u, V), U, direction)
    assert relu_kernel_curvature(U, V, direction) == pytest.approx(expected, abs=1e-8)
    expected = differences(lambda v: relu_kernel_gradient(U, v), V, direction)
    assert relu_kernel_mixed(U, V, direction) == pytest.approx(expected, abs=1e-8)


def test_second_derivatives_at_equal_and_opposite_vectors() -> None:
    u, direction = U[0], V[0]
    assert relu_kernel_curvature(2 * u, -u, direction) == pytest.approx(np.zeros(5), abs=1e-15)
    assert relu_kernel_curvature(u, u, direction) == pytest.approx(np.zeros(5), abs=1e-15)
    assert relu_kernel_mixed(u, u, direction) == pytest.approx(direction / 2, abs=1e-15)
    assert relu_kernel_mixed(u, -u, direction) == pytest.approx(np.zeros(5), abs=1e-15)


def test_monte_carlo() -> None:
    u, v = U[1], V[1]
    inputs = np.random.default_rng(2).standard_normal((400_000, 5))
    one, other = np.maximum(inputs @ u, 0), np.maximum(inputs @ v, 0)
    both = (inputs @ u > 0) & (inputs @ v > 0)
    samples = np.column_stack([one * other, one, both, inputs * (inputs @ u > 0)[:, None] * other[:, None]])
    expected = [relu_kernel(u, v), relu_mean(u), step_kernel(u, v), *relu_kernel_gradient(u, v)]
    scores = (samples.mean(0) - expected) / (samples.std(0) / math.sqrt(len(inputs)))
    assert np.abs(scores).max() < 4


def test_broadcasting() -> None:
    rows, columns = U[:3, None, :], V[None, :4, :]
    assert relu_kernel(rows, columns).shape == (3, 4)
    assert relu_kernel_gradient(rows, columns)[2, 1] == pytest.approx(relu_kernel_gradient(U[2], V[1]), rel=1e-14)


@pytest.mark.parametrize(
    "function", [supplement, angle, relu_kernel, relu_kernel_gradient, step_kernel], ids=lambda f: f.__name__
)
def test_float32_stays_float32(function: Callable[[Any, Any], Any]) -> None:
    found = function(U.astype(np.float32), V.astype(np.float32))
    assert found.dtype == np.float32
    assert found == pytest.approx(function(U, V), abs=1e-5)


def test_float32_of_second_derivatives() -> None:
    single = U.astype(np.float32), V.astype(np.float32), V[::-1].astype(np.float32)
    assert relu_kernel_curvature(*single).dtype == relu_kernel_mixed(*single).dtype == np.float32
    assert polar(single[0], np.array([1, 0, 0, 0, 0], dtype=np.float32))[1].dtype == np.float32


def test_zero_vectors() -> None:
    zero = np.zeros(5)
    assert supplement(zero, U[0]) == supplement(zero, zero) == pytest.approx(math.pi / 2)
    assert relu_kernel(zero, U[0]) == relu_mean(zero) == 0
    assert not relu_kernel_gradient(U[0], zero).any()
    assert not relu_kernel_gradient(zero, zero).any()
    with pytest.raises(ValueError, match="does not exist at a zero weight vector"):
        relu_kernel_gradient(np.stack([U[0], zero]), V[:2])


@pytest.mark.parametrize("scale", [1e-60, 1e60])
def test_scale_does_not_matter(scale: float) -> None:
    assert supplement(scale * U, V) == pytest.approx(supplement(U, V), rel=1e-14)
    assert relu_kernel(scale * U, V) == pytest.approx(scale * relu_kernel(U, V), rel=1e-12)
