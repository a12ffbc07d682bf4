"""Named functions: values that the papers state, and formulas written out here a second time."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import mpmath
import numpy as np
import pytest

from relucert.certify.language.parse import parse_claim
from relucert.certify.language.vocabulary import VOCABULARY
from relucert.symbolic.library import names
from tests.certify.language.values import expression_values
from tests.house.tree import ROOT


def value(call: str) -> Any:
    """A call with constant arguments."""
    claim = parse_claim(f"{call} < 12345")
    number = expression_values(claim, {})[claim.formulas[0][1]]
    return mpmath.mpf(number.numerator) / number.denominator if isinstance(number, Fraction) else number


def close(one: Any, other: Any) -> bool:
    return bool(abs(mpmath.mpf(one) - mpmath.mpf(other)) < mpmath.mpf(10) ** -14)


def G(theta: Any) -> Any:
    return mpmath.sin(theta) + (mpmath.pi - theta) * mpmath.cos(theta)


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("G(0)", mpmath.pi),
        ("G(pi/2)", 1),
        ("G(pi)", 0),
        ("kappa0(0)", 1),
        ("kappa0(pi/3)", mpmath.mpf(2) / 3),
        ("kappa1(0)", 1),
        ("kappa1(pi/2)", 1 / mpmath.pi),
        ("kappa2(0)", 3),
        ("kappa2(pi/2)", mpmath.mpf(1) / 2),
        ("kappa2(pi)", 0),
        ("loss_A(5, 1, 0)", 0),
        ("loss_B(0, 3, 2, 3, 2, 3)", 0),
        ("loss_C(4, 1, 0)", 0),
        ("own_slope_C(4, 1, 0)", 0),
        ("other_slope_C(4, 1, 0)", 0),
        ("one_point_A(3, 1, 0)", 0),
        ("one_point_C(1, 0)", 0),
        ("determinant_C(pi/2)", 2 * mpmath.pi**2 - 1),
    ],
)
def test_values_that_are_known(call: str, expected: Any) -> None:
    assert close(value(call), expected)


def test_degenerate_saddle_of_disjoint_patches() -> None:
    for k in (2, 3, 7):
        kappa = f"({k} - 1)/({k} - 1 + pi)"
        assert close(value(f"loss_A({k}, {kappa}, pi)"), (2 * k - 2 + mpmath.pi) / (2 * k * (k - 1 + mpmath.pi)))
        assert close(value(f"radial_slope_A({k}, {kappa}, pi)"), 0)
        assert close(value(f"angular_slope_A({k}, pi)"), 0)


def test_inner_product_of_disjoint_patches() -> None:
    # the error w - w* has the components r - cos(theta) along and sin(theta) across the filter
    r, theta = mpmath.mpf("0.75"), mpmath.mpf("1.25")
    along, across = value("radial_slope_A(5, 0.75, 1.25)"), value("angular_slope_A(5, 1.25)")
    assert close(value("one_point_A(5, 0.75, 1.25)"),
                 along * (r - mpmath.cos(theta)) + across * mpmath.sin(theta))  # fmt: skip


def test_leaky_neurons_add_the_squared_distance_to_the_teacher() -> None:
    r, theta, a = mpmath.mpf("0.75"), mpmath.mpf("1.25"), mpmath.mpf("0.125")
    distance = r**2 - 2 * r * mpmath.cos(theta) + 1
    assert close(value("loss_leaky_A(5, 0.125, 0.75, 1.25)"),
                 (1 - a) ** 2 * value("loss_A(5, 0.75, 1.25)") + a / 5 * distance)  # fmt: skip
    along = (1 - a) ** 2 * value("radial_slope_A(5, 0.75, 1.25)") + a / 5 * (2 * r - 2 * mpmath.cos(theta))
    assert close(value("radial_slope_leaky_A(5, 0.125, 0.75, 1.25)"), along)
    assert close(value("angular_slope_leaky_A(5, 0.125, 1.25)"),
                 (1 - a) ** 2 * value("angular_slope_A(5, 1.25)") + 2 * a / 5 * mpmath.sin(theta))  # fmt: skip


def test_two_overlapping_windows() -> None:
    t = "(sqrt(3) + 2*pi/3)/(sqrt(3) + 5*pi/3)"
    assert close(value("loss_overlapping_A(sqrt(2), -pi/4)"), 0)
    assert close(value(f"loss_overlapping_A(sqrt(2)*{t}, 3*pi/4)"), "0.387285617575988")
    for slope in ("radial", "angular"):
        assert close(value(f"{slope}_slope_overlapping_A(sqrt(2)*{t}, 3*pi/4)"), 0)
    assert close(value("angular_slope_overlapping_A(0.7, pi/2)"), mpmath.mpf("-0.7") / 8)
    step, at = mpmath.mpf(10) ** -6, ("0.7", "1.9")
    ahead, behind = value("loss_overlapping_A(0.7 + 1/10^6, 1.9)"), value("loss_overlapping_A(0.7 - 1/10^6, 1.9)")
    assert abs((ahead - behind) / (2 * step) - value(f"radial_slope_overlapping_A({', '.join(at)})")) < 1e-9
    ahead, behind = value("loss_overlapping_A(0.7, 1.9 + 1/10^6)"), value("loss_overlapping_A(0.7, 1.9 - 1/10^6)")
    difference = (ahead - behind) / (2 * step) / mpmath.mpf("0.7")
    assert abs(difference - value(f"angular_slope_overlapping_A({', '.join(at)})")) < 1e-9


def test_both_layers() -> None:
    phi, s, t, n, S, N, c = mpmath.mpf("1.25"), 2, -1, 3, mpmath.mpf("0.5"), 4, mpmath.pi - 1
    g = G(phi)
    loss = (c * (N + n) - 2 * (g - 1) * s + (S - t) ** 2) / (4 * mpmath.pi)
    square = (
        3 * (t - S) ** 2 + c**2 * n + (g - 1) ** 2 * N + 2 * c * t * (t - S) - 2 * (g - 1) * S * (t - S)
        - 2 * c * (g - 1) * s
    )  # fmt: skip
    assert close(value("loss_B(5/4, 2, -1, 3, 1/2, 4)"), loss)
    assert close(value("output_gradient_square_B(3, 5/4, 2, -1, 3, 1/2, 4)"), square / (4 * mpmath.pi**2))
    slope = s * (mpmath.pi - phi) * mpmath.sin(phi) / (2 * mpmath.pi)
    assert close(value("filter_gradient_square_B(5/4, 2, 9)"), slope**2 / 9)
    least = (S**2 / 3 * (3 + c - (2 + g) ** 2 / (3 + c)) + (N - S**2 / 3) * (c - (g - 1) ** 2 / c)) / (4 * mpmath.pi)
    assert close(value("profile_B(3, 5/4, 1/2, 4)"), least)


def test_symmetric_loss_against_all_pairs_of_neurons() -> None:
    K, x, y = 4, 0.8, 0.3
    students, teachers = x * np.eye(K) + y * (1 - np.eye(K)), np.eye(K)

    def kernels(one: np.ndarray[Any, Any], other: np.ndarray[Any, Any]) -> float:
        lengths = np.outer(np.linalg.norm(one, axis=1), np.linalg.norm(other, axis=1))
        angles = np.arccos(np.clip(one @ other.T / lengths, -1, 1))
        return float((lengths * (np.sin(angles) + (np.pi - angles) * np.cos(angles))).sum() / (2 * np.pi))

    loss = (kernels(students, students) - 2 * kernels(students, teachers) + kernels(teachers, teachers)) / 2
    assert abs(float(value("loss_C(4, 0.8, 0.3)")) - loss) < 1e-12
    step = mpmath.mpf(10) ** -6
    for name, count, ends in (
        ("own_slope_C", K, ("0.8 + 1e-6, 0.3", "0.8 - 1e-6, 0.3")),
        ("other_slope_C", K * (K - 1), ("0.8, 0.3 + 1e-6", "0.8, 0.3 - 1e-6")),
    ):
        above, below = (value(f"loss_C(4, {end})") for end in ends)
        assert abs(count * value(f"{name}(4, 0.8, 0.3)") - (above - below) / (2 * step)) < 1e-9


def test_one_neuron() -> None:
    r, theta = mpmath.mpf("0.75"), mpmath.mpf("1.25")
    a = mpmath.sin(2 * theta) / 2 + mpmath.pi - theta
    b = -((2 * mpmath.pi - theta) * mpmath.cos(theta) + mpmath.sin(theta))
    assert close(value("one_point_C(3/4, 5/4)"), (a + b * r + mpmath.pi * r**2) / (2 * mpmath.pi))
    assert close(value("determinant_C(5/4)"), 4 * a * mpmath.pi - b**2)


@pytest.mark.parametrize("name", VOCABULARY)
def test_every_function_is_documented(name: str) -> None:
    page = (ROOT / "docs" / "language.md").read_text(encoding="utf-8")
    entry = VOCABULARY[name]
    assert f"`{name}({', '.join(entry.parameters)})`" in page
    assert entry.source in names()
    parse_claim(f"{name}({', '.join(entry.parameters)}) > 0", [f"{', '.join(entry.parameters)} real"])
