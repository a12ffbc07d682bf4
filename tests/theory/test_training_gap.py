"""The lemmas of docs/theory/training_gap.md on numbers: exact fractions where the statement is rational.

Nothing of relucert is imported: these tests judge the mathematics, not the code.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

Q = Fraction
Vec = list[Fraction]
Array = NDArray[np.float64]

# (w, |w|) with rational norms, so that the product penalty is exact too
PYTHAGOREAN = [((3, 4), 5), ((-4, 3), 5), ((5, -12), 13), ((-8, -15), 17), ((1, 0), 1), ((0, -1), 1), ((20, 21), 29)]


def dot(left: Any, right: Any) -> Fraction:
    return sum((Q(a) * Q(b) for a, b in zip(left, right, strict=True)), Q(0))


def relu(value: Fraction) -> Fraction:
    return max(value, Q(0))


def phi(nu: Any, rows: Any, u: Any) -> Fraction:
    """sum_i nu_i relu(x_i.u)."""
    return sum((Q(v) * relu(dot(x, u)) for v, x in zip(nu, rows, strict=True)), Q(0))


def rational(rng: np.random.Generator, *shape: int) -> Any:
    """Small rationals with denominator 8."""
    values = rng.integers(-24, 25, size=shape)
    return [[Q(int(v), 8) for v in row] for row in values] if len(shape) == 2 else [Q(int(v), 8) for v in values]


def dual_value(nu: Vec, y: Vec, s: Fraction, constant_decay: Fraction | None = None) -> Fraction:
    value = s * dot(nu, y) - s * s * dot(nu, nu) / 2
    return value if constant_decay is None else value - (s * sum(nu)) ** 2 / (2 * constant_decay)


def cell_threshold_squared(nu: Vec, rows: list[Vec]) -> Fraction:
    """A rational T^2 with |phi_nu(u)| <= T |u|: phi is linear on every cell, so the largest |g|^2 over all patterns."""
    best = Q(0)
    for pattern in product((0, 1), repeat=len(rows)):
        g = [sum((v * p * x[k] for v, p, x in zip(nu, pattern, rows, strict=True)), Q(0)) for k in range(len(rows[0]))]
        best = max(best, dot(g, g))
    return best


# --------------------------------------------------------------------------------------- sections 1 and 2: duality


def test_balancing_is_exact() -> None:
    # Lemma 1 at its equality case (b_1 = 4, b_2 = 9, sT = 6, t^2 = 3/2) and around it
    for p, q in product(range(6), repeat=2):
        assert 6 * p * q <= 2 * p * p + Q(9, 2) * q * q
    assert 2 * 3**2 + Q(9, 2) * 2**2 == 6 * 3 * 2


@pytest.mark.parametrize("hidden_bias", ["none", "penalised", "free"])
@pytest.mark.parametrize("output_bias", ["none", "penalised", "free"])
def test_weak_duality_holds_for_every_network(hidden_bias: str, output_bias: str) -> None:
    rng = np.random.default_rng([len(hidden_bias), len(output_bias)])
    for _ in range(6):
        n, d = 5, 2
        points, y, nu = rational(rng, n, d), rational(rng, n), rational(rng, n)
        if hidden_bias == "free" or output_bias == "free":
            nu[-1] -= sum(nu)
        rows = [[*x, Q(1)] for x in points] if hidden_bias == "penalised" else points
        if hidden_bias == "free":
            # Lemma 6: the claim in (w, b) is the conjunction of bias-free claims with rows x_i - x_j, both signs
            shifted = [[[a - b for a, b in zip(x, pivot, strict=True)] for x in points] for pivot in points]
            squared = max(cell_threshold_squared(nu, each) for each in shifted)
        else:
            squared = cell_threshold_squared(nu, rows)
        s = Q(int(rng.integers(1, 9)), 8)
        b1 = Q(int(rng.integers(1, 9)), 4)
        b2 = max(s * s * squared / b1, Q(1, 16))  # (sT)^2 <= b_1 b_2, with equality when possible
        bound = dual_value(nu, y, s, b2 if output_bias == "penalised" and hidden_bias != "free" else None)
        for value in squared_objectives(rng, points, y, b1, b2, hidden_bias, output_bias):
            assert value >= bound


def squared_objectives(
    rng: np.random.Generator, points: Any, y: Vec, b1: Fraction, b2: Fraction, hidden_bias: str, output_bias: str
) -> Iterator[Fraction]:
    for trial in range(60):
        scale = Q(1, 1 << (trial % 8))
        width = int(rng.integers(0, 4))
        hidden, outputs = rational(rng, width, len(points[0])), [scale * a for a in rational(rng, width)]
        bias = rational(rng, width) if hidden_bias != "none" else [Q(0)] * width
        c = scale * rational(rng, 1)[0] if output_bias != "none" else Q(0)
        squares = sum((b * b for b in bias), Q(0)) if hidden_bias == "penalised" else Q(0)
        squares += sum((dot(w, w) for w in hidden), Q(0))
        units = list(zip(hidden, bias, outputs, strict=True))
        residual = [
            t - c - sum((a * relu(dot(w, x) + b) for w, b, a in units), Q(0)) for x, t in zip(points, y, strict=True)
        ]
        value = dot(residual, residual) / 2 + b1 / 2 * squares + b2 / 2 * dot(outputs, outputs)
        yield value + (b2 / 2 * c * c if output_bias == "penalised" else 0)


def test_weak_duality_product_penalty() -> None:
    rng = np.random.default_rng(5)
    for _ in range(20):
        points, y, nu = rational(rng, 4, 2), rational(rng, 4), rational(rng, 4)
        s, beta = Q(3, 4), Q(5)
        squared = cell_threshold_squared(nu, points)
        while s * s * squared > beta * beta:
            s /= 2
        for _ in range(40):
            picks = [PYTHAGOREAN[int(k)] for k in rng.integers(0, len(PYTHAGOREAN), size=3)]
            outputs = [a / 64 for a in rational(rng, 3)]
            fit = [sum((a * relu(dot(w, x)) for (w, _), a in zip(picks, outputs, strict=True)), Q(0)) for x in points]
            residual = [t - f for t, f in zip(y, fit, strict=True)]
            penalty = beta * sum((norm * abs(a) for (_, norm), a in zip(picks, outputs, strict=True)), Q(0))
            assert dot(residual, residual) / 2 + penalty >= dual_value(nu, y, s)


def test_sum_of_the_dual_variable_must_vanish_with_a_free_hidden_bias() -> None:
    # x = 0, y = 1, nu = 1/2 would give D = 3/8, but a = 1/b has objective b_2/(2 b^2): infimum 0, never attained
    assert dual_value([Q(1, 2)], [Q(1)], Q(1)) == Q(3, 8)
    for b in (1, 10, 1000):
        a, b2 = Q(1, b), Q(1)
        residual = 1 - a * relu(Q(b))
        assert residual == 0
        assert residual**2 / 2 + b2 / 2 * a * a == Q(1, 2 * b * b)
    assert Q(1, 2 * 1000**2) < Q(3, 8)


def test_best_scale() -> None:
    rng = np.random.default_rng(2)
    for _ in range(50):
        nu, y = rational(rng, 4), rational(rng, 4)
        decay = Q(3, 2)
        curvature = dot(nu, nu) + sum(nu) ** 2 / decay
        if curvature == 0:
            continue
        best = max(Q(0), dot(nu, y) / curvature)
        for s in (best + Q(1, 100), max(Q(0), best - Q(1, 100)), Q(0)):
            assert dual_value(nu, y, best, decay) >= dual_value(nu, y, s, decay)


def test_shrunk_residual_gap() -> None:
    # P - D(s r) = (1 - s) beta R + (1 - s)^2 |r|^2 / 2 when r.f = beta R
    r, f, s = [Q(1), Q(-2), Q(1, 2)], [Q(3), Q(1), Q(4)], Q(7, 8)
    y = [a + b for a, b in zip(r, f, strict=True)]
    penalty = dot(r, f)
    primal = dot(r, r) / 2 + penalty
    assert primal - dual_value(r, y, s) == (1 - s) * penalty + (1 - s) ** 2 * dot(r, r) / 2


# ------------------------------------------------------------------------------------------------ section 4: tight


def test_width_gap_example() -> None:
    beta, y = Q(1, 2), [Q(1), Q(1)]
    rows = [[Q(1)], [Q(-1)]]
    nu = [beta, beta]
    assert max(abs(phi(nu, rows, [u])) for u in (1, -1)) == beta
    assert dual_value(nu, y, Q(1)) == Q(3, 4)
    two_units = Q(1, 2) * 2 * (1 - Q(1, 2)) ** 2 + beta * 1
    assert two_units == Q(3, 4)
    one_unit = min((1 - Q(k, 64)) ** 2 / 2 + Q(1, 2) + beta * Q(k, 64) for k in range(129))
    assert one_unit == Q(7, 8)


@pytest.mark.parametrize("constant", ["free", "penalised"])
def test_strong_duality_on_the_line(constant: str) -> None:
    """Free hidden bias in one dimension: a lasso over (x - x_j)_+ and (x_j - x)_+ plus a constant; its residual is dual
    optimal.  The penalised constant is tried without a hidden bias (rows u = +1 and -1 only)."""
    rng = np.random.default_rng(8)
    x, y = np.sort(rng.normal(size=8)), rng.normal(size=8)
    beta, decay = 0.3, 0.7
    if constant == "free":
        atoms = np.maximum(np.concatenate([x[:, None] - x[None, :], x[None, :] - x[:, None]], axis=1), 0)
    else:
        atoms = np.maximum(np.stack([x, -x], axis=1), 0)
    coefficients, c = lasso(atoms, y, beta, 0.0 if constant == "free" else decay)
    nu = y - atoms @ coefficients - c
    primal = nu @ nu / 2 + beta * np.abs(coefficients).sum() + (0.0 if constant == "free" else decay / 2 * c * c)
    dual = nu @ y - nu @ nu / 2 - (0.0 if constant == "free" else nu.sum() ** 2 / (2 * decay))
    assert np.abs(atoms.T @ nu).max() <= beta * (1 + 1e-9)
    if constant == "free":
        assert abs(nu.sum()) < 1e-9
    assert abs(primal - dual) < 1e-9


def lasso(atoms: Array, y: Array, beta: float, decay: float) -> tuple[Array, float]:
    """Coordinate descent to machine precision (tiny problems)."""
    coefficients, c = np.zeros(atoms.shape[1]), 0.0
    for _ in range(20000):
        before = coefficients.copy()
        c = float((y - atoms @ coefficients).sum() / (len(y) + decay))
        for k in range(atoms.shape[1]):
            column = atoms[:, k]
            square = column @ column
            if square > 0:
                slope = column @ (y - atoms @ coefficients - c) + square * coefficients[k]
                coefficients[k] = np.sign(slope) * max(abs(slope) - beta, 0) / square
        if np.abs(coefficients - before).max() < 1e-15:
            break
    return coefficients, c


# --------------------------------------------------------------------------------------------- sections 5 and 6


def test_free_bias_split_is_an_equivalence() -> None:
    """Lemma 6: the largest value over b is 0 or at a kink of a sample with a negative dual variable."""
    rng = np.random.default_rng(11)
    for _ in range(200):
        points, nu = rational(rng, 5, 2), rational(rng, 5)
        nu[-1] -= sum(nu)
        w = rational(rng, 2)
        kinks = [-dot(x, w) for x in points]
        probes = [*kinks, min(kinks) - 1, max(kinks) + 1, sum(kinks, Q(0)) / 5]
        over_b = max(sum((v * relu(dot(x, w) + b) for v, x in zip(nu, points, strict=True)), Q(0)) for b in probes)
        split = [
            phi(nu, [[a - p for a, p in zip(x, points[j], strict=True)] for x in points], w)
            for j in range(5)
            if nu[j] < 0
        ]
        assert max(Q(0), over_b) == max([Q(0), *split])


def test_row_space_projection() -> None:
    rng = np.random.default_rng(3)
    for _ in range(50):
        basis = rng.normal(size=(2, 4))
        rows = rng.normal(size=(6, 2)) @ basis
        u = rng.normal(size=4)
        projected = basis.T @ np.linalg.solve(basis @ basis.T, basis @ u)
        assert np.allclose(rows @ u, rows @ projected)
        assert np.linalg.norm(projected) <= np.linalg.norm(u) + 1e-12


def test_row_space_with_a_free_bias_by_centring() -> None:
    rng = np.random.default_rng(4)
    for _ in range(50):
        line = rng.normal(size=3)
        points = rng.normal(size=3) + rng.normal(size=(5, 1)) * line
        w, b = rng.normal(size=3), rng.normal()
        projected = line * (line @ w) / (line @ line)
        shifted = b + (w - projected) @ points[0]
        assert np.allclose(points @ w + b, points @ projected + shifted)
        assert np.linalg.norm(projected) <= np.linalg.norm(w) + 1e-12


def test_singular_value_bound() -> None:
    rng = np.random.default_rng(6)
    for _ in range(30):
        rows, nu = rng.normal(size=(7, 3)), rng.normal(size=7)
        positive = np.linalg.norm(np.maximum(nu, 0)) * np.linalg.norm(rows[nu > 0], 2)
        assert positive <= np.linalg.norm(nu) * np.linalg.norm(rows, 2) + 1e-12
        u = rng.normal(size=(500, 3))
        values = np.maximum(u @ rows.T, 0) @ nu
        assert np.all(values <= positive * np.linalg.norm(u, axis=1) + 1e-9)


# ----------------------------------------------------------------------------------------------- section 10: false


HAT_ROWS = [[Q(10), Q(1)], [Q(11), Q(1)], [Q(12), Q(1)]]
HAT = [Q(1), Q(-2), Q(1)]


def test_a_cap_with_a_free_bias_would_prove_a_false_threshold() -> None:
    threshold = Q(1, 4)
    violator = [Q(1), Q(-11)]
    assert phi(HAT, HAT_ROWS, violator) == 1  # |w| = 1, so every true threshold is at least 1
    generators = [[Q(1), Q(-9)], [Q(1), Q(-13)]]
    assert [sum(pair) / 2 for pair in zip(*generators, strict=True)] == violator
    z = [Q(2), Q(0)]
    for v in generators:
        chord = sum((nu * relu(dot(x, v)) for nu, x in zip(HAT, HAT_ROWS, strict=True) if nu > 0), Q(0))
        assert dot(z, v) >= chord - dot(HAT_ROWS[1], v)  # c_2 = -1
    for i in (0, 2):
        x = HAT_ROWS[i]
        assert dot(x, z) > 0 and dot(x, z) ** 2 >= dot(x, x) * (dot(z, z) - threshold**2)  # "decided positive"
    assert dot(HAT_ROWS[0], violator) < 0  # which is false at the violator
    for v in generators:
        assert dot(HAT_ROWS[0], v) + dot(HAT_ROWS[2], v) - 2 * dot(HAT_ROWS[1], v) == 0  # z = 0 closes the node


def test_row_space_with_a_free_bias_lowers_the_maximum() -> None:
    points = [[Q(1), Q(10)], [Q(1), Q(11)], [Q(1), Q(12)]]
    rows = [[*x, Q(1)] for x in points]
    assert phi(HAT, rows, [Q(0), Q(1), Q(-11)]) == 1  # |w| = 1
    # on the span of the rows b = w_1; with w_2 = +-1 the ratio phi/|w| is below 1/5 for every w_1
    for sign in (1, -1):
        for k in range(-4000, 4001):
            w1 = Q(k, 200)
            value = phi(HAT, rows, [w1, Q(sign), w1])
            assert value >= 0 and value**2 <= Q(1, 25) * (w1**2 + 1)
    assert phi(HAT, rows, [Q(-11, 2), Q(1), Q(-11, 2)]) == 1  # ratio 1/sqrt(1 + 5.5^2) = 0.1788..


def test_split_weights_of_the_wrong_sign_miss_the_cone() -> None:
    inside = np.array([1.0, 1.0])
    for weights, covered in (((2.0, 3.0), True), ((-1.0, -1.0), False)):
        w = np.array(weights)
        children = [np.stack([w, [0.0, 1.0]], axis=1), np.stack([[1.0, 0.0], w], axis=1)]
        assert any(np.all(np.linalg.solve(child, inside) >= 0) for child in children) is covered


def test_coefficient_outside_its_box_breaks_the_leaf() -> None:
    for c, t in ((Q(-3), Q(1)), (Q(1), Q(-1))):  # nu = -2 needs c in [-2, 0]
        assert -2 * relu(t) > c * t
    for k, point in product(range(-20, 1), range(-5, 6)):
        assert -2 * relu(Q(point)) <= Q(k, 10) * point
