"""Polishing against closed forms, exact oracles, scaled twins and degenerate data."""

import warnings

import numpy as np
import pytest

from relucert.certify.search.ascent import DirectionSpace, climb_all
from relucert.certify.search.dual import DualProblem, FloatArray, OutputConstant, Units, objective, phi
from relucert.certify.search.polish import Polished, beta_max, polish


def instance(samples: int, dimension: int, seed: int) -> tuple[FloatArray, FloatArray]:
    """Gaussian rows, two-unit teacher with noise."""
    generator = np.random.default_rng(seed)
    rows = generator.standard_normal((samples, dimension))
    teacher = generator.standard_normal((dimension, 2))
    y = np.maximum(rows @ teacher, 0.0) @ np.array([1.0, -1.0]) + 0.3 * generator.standard_normal(samples)
    return rows, (y - y.mean()) / y.std()


def assert_optimal(problem: DualProblem, result: Polished, gap: float = 1e-9) -> None:
    assert result.primal == pytest.approx(objective(problem, result.units, result.constant), rel=1e-12)
    assert result.primal - result.dual_estimate <= gap * result.primal
    assert result.max_ratio <= 1 + 1e-9
    if problem.constant == "free":
        assert abs(result.nu.sum()) <= 1e-12 * np.abs(result.nu).sum()


@pytest.mark.parametrize("fraction", [0.3, 0.03, 0.003])
def test_two_coordinates_are_solved_exactly(fraction: float) -> None:
    # The sweep finds the true maximum of |phi|, so weak duality proves this gap up to rounding.
    rows, y = instance(200, 2, 0)
    problem = DualProblem(rows, y, fraction * beta_max(DualProblem(rows, y, 1.0)))
    assert_optimal(problem, polish(problem))


def test_rank_one_data_are_two_soft_thresholds() -> None:
    # X = c a': only u = +-a/|a| matter, with disjoint supports relu(c)|a| and relu(-c)|a|.
    generator = np.random.default_rng(1)
    scores, axis, y = generator.standard_normal(15), np.array([1.0, -2.0, 0.5]), generator.standard_normal(15)
    beta = 0.7
    expected = 0.5 * float(y @ y)
    for side in (1.0, -1.0):
        hidden = np.maximum(side * scores, 0.0) * np.linalg.norm(axis)
        expected -= 0.5 * max(abs(float(hidden @ y)) - beta, 0.0) ** 2 / float(hidden @ hidden)
    result = polish(DualProblem(np.outer(scores, axis), y, beta))
    assert result.primal == pytest.approx(expected, rel=1e-12)
    assert result.dual_estimate == pytest.approx(expected, rel=1e-12)


def test_spline_with_free_bias_is_a_lasso_over_knots() -> None:
    # One input, free hidden bias: units (x - x_i)_+ and (x_i - x)_+ with kinks at the data suffice.
    from scipy.optimize import minimize

    generator = np.random.default_rng(2)
    x, y, beta = np.sort(generator.standard_normal(8)), generator.standard_normal(8), 0.05
    atoms = np.hstack([np.maximum(x[:, None] - x, 0.0), np.maximum(x - x[:, None], 0.0)])
    atoms = atoms - atoms.mean(axis=0)
    signed, target = np.hstack([atoms, -atoms]), y - y.mean()

    def loss(coefficients: FloatArray) -> tuple[float, FloatArray]:
        error = signed @ coefficients - target
        return 0.5 * float(error @ error) + beta * float(coefficients.sum()), signed.T @ error + beta

    count = signed.shape[1]
    options = {"maxiter": 20_000, "maxfun": 40_000, "ftol": 1e-15, "gtol": 1e-11}
    best = minimize(loss, np.zeros(count), jac=True, bounds=[(0, None)] * count, method="L-BFGS-B", options=options).fun
    problem = DualProblem(x[:, None], y, beta, True, "free")
    result = polish(problem)
    assert_optimal(problem, result)
    assert best * (1 - 1e-5) <= result.primal <= best * (1 + 1e-9)


@pytest.mark.parametrize(
    ("free", "constant", "decay"),
    [(False, "none", 0.0), (False, "free", 0.0), (False, "penalised", 1.5), (True, "free", 0.0)],
)
def test_conventions(free: bool, constant: OutputConstant, decay: float) -> None:
    rows, y = instance(80, 3, 3)
    y = y + 0.4
    problem = DualProblem(rows, y, 1.0, free, constant, decay)
    problem = DualProblem(rows, y, 0.15 * beta_max(problem), free, constant, decay)
    result = polish(problem)
    assert_optimal(problem, result)
    generator = np.random.default_rng(0)
    directions = generator.standard_normal((20_000, problem.direction_rows.shape[1]))
    assert np.abs(phi(problem, result.nu, directions)).max() <= problem.beta * (1 + 1e-9)
    if constant == "penalised":
        assert result.nu.sum() == pytest.approx(decay * result.constant, rel=1e-9)
    # complementary slackness: every unit is tight
    tight = phi(problem, result.nu, result.units.directions) * np.sign(result.units.coefficients)
    assert tight == pytest.approx(problem.beta, rel=1e-8)


@pytest.mark.parametrize("seed", range(3))
def test_an_independent_search_finds_no_violator(seed: int) -> None:
    rows, y = instance(60, 4, 10 + seed)
    problem = DualProblem(rows, y, 0.1 * beta_max(DualProblem(rows, y, 1.0)))
    result = polish(problem, seed=seed)
    starts = np.random.default_rng(99).standard_normal((400, 4))
    starts /= np.linalg.norm(starts, axis=1, keepdims=True)
    space = DirectionSpace(rows, False)
    peaks = climb_all(space, result.nu, np.vstack([starts, starts]), np.repeat([1.0, -1.0], 400))
    assert peaks.top <= problem.beta * (1 + 1e-9)


@pytest.mark.parametrize("free", [False, True])
@pytest.mark.parametrize(("row_scale", "y_scale"), [(1e-8, 1e-8), (1e8, 1e-8), (1e8, 1e8)])
def test_scaled_twins(row_scale: float, y_scale: float, free: bool) -> None:
    rows, y = instance(50, 2, 4)
    constant: OutputConstant = "free" if free else "none"
    base = polish(DualProblem(rows, y, 1.5, free, constant))
    twin = polish(DualProblem(rows * row_scale, y * y_scale, 1.5 * row_scale * y_scale, free, constant))
    assert twin.primal == pytest.approx(base.primal * y_scale**2, rel=1e-11)
    assert twin.nu == pytest.approx(base.nu * y_scale, rel=1e-6, abs=1e-8 * y_scale)
    assert twin.max_ratio <= 1 + 1e-9


def test_beta_max_is_where_the_zero_network_becomes_optimal() -> None:
    rows, y = instance(60, 3, 5)
    top = beta_max(DualProblem(rows, y, 1.0))
    above = polish(DualProblem(rows, y, top * (1 + 1e-6)))
    assert len(above.units) == 0
    assert above.nu == pytest.approx(y, rel=1e-15)
    assert above.primal == pytest.approx(0.5 * y @ y)
    assert above.dual_estimate == pytest.approx(above.primal, rel=1e-14)
    assert len(polish(DualProblem(rows, y, top * (1 - 1e-3))).units) == 1


def test_warm_start_and_extra_directions() -> None:
    rows, y = instance(100, 4, 6)
    problem = DualProblem(rows, y, 0.1 * beta_max(DualProblem(rows, y, 1.0)))
    first = polish(problem)
    again = polish(problem, start=first.units, extra_directions=first.units.directions, seed=7)
    assert again.rounds <= 3
    assert again.primal == pytest.approx(first.primal, rel=1e-12)
    trained = Units(np.linalg.qr(np.random.default_rng(0).standard_normal((4, 4)))[0], np.array([1.0, -1.0, 0.5, 2.0]))
    from_network = polish(problem, start=trained)
    assert from_network.primal == pytest.approx(first.primal, rel=1e-10)


def test_progress_and_time_limit() -> None:
    rows, y = instance(100, 4, 7)
    seen: list[tuple[int, float, float]] = []
    problem = DualProblem(rows, y, 0.05 * beta_max(DualProblem(rows, y, 1.0)))
    result = polish(problem, time_limit=0.0, progress=lambda *state: seen.append(state))
    assert [state[0] for state in seen] == list(range(1, len(seen) + 1))
    assert result.rounds == len(seen) == 1
    assert result.dual_estimate <= result.primal


DEGENERATE = {
    "one sample": (np.array([[1.0, 2.0, 3.0]]), np.array([2.0])),
    "one coordinate": (np.array([[2.0], [2.0], [-1.0]]), np.array([2.0, 1.0, 0.5])),
    "zero rows": (np.zeros((5, 3)), np.arange(5.0)),
    "some zero rows": (np.vstack([np.zeros((2, 3)), np.eye(3)]), np.arange(5.0)),
    "duplicates": (np.repeat(instance(10, 3, 8)[0], 2, axis=0), np.arange(20.0) % 3),
    "collinear columns": (np.repeat(instance(12, 2, 8)[0], 2, axis=1), np.arange(12.0) % 5),
    "integer grid": (np.round(instance(30, 3, 8)[0]), np.arange(30.0) % 4),
    "zero targets": (instance(10, 3, 8)[0], np.zeros(10)),
    "constant targets": (instance(10, 3, 8)[0], np.full(10, 3.3)),
}


@pytest.mark.parametrize("name", DEGENERATE)
@pytest.mark.parametrize("convention", ["none", "free constant", "free bias"])
def test_degenerate_data(name: str, convention: str) -> None:
    rows, y = DEGENERATE[name]
    constant: OutputConstant = "none" if convention == "none" else "free"
    problem = DualProblem(rows, y, 0.3, convention == "free bias", constant)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        result = polish(problem)
    assert np.all(np.isfinite(result.nu)) and np.all(np.isfinite(result.units.directions))
    assert result.primal - result.dual_estimate <= 1e-9 * max(result.primal, 1e-300)
    assert beta_max(problem) >= 0.0
