"""The float view of the problem: values, objectives and input checks."""

import numpy as np
import pytest

from relucert.certify.search.dual import (
    DualProblem,
    Units,
    dual_value,
    empty_units,
    objective,
    phi,
    residual,
    units_from_network,
)


def problem(**changes: object) -> DualProblem:
    rows = np.array([[1.0, 2.0], [-1.0, 0.5], [0.0, -3.0]])
    return DualProblem(**{"rows": rows, "y": np.array([1.0, -2.0, 0.5]), "beta": 0.25, **changes})  # type: ignore[arg-type]


def test_phi_divides_by_the_penalised_norm() -> None:
    nu = np.array([1.0, -1.0, 2.0])
    assert phi(problem(), nu, np.array([[3.0, 4.0]]))[0] == pytest.approx(11.0 / 5.0)
    free = problem(free_hidden_bias=True, constant="free")
    # w = (3, 4), b = 20: heights 31, 19, 8
    assert phi(free, nu, np.array([[3.0, 4.0, 20.0]]))[0] == pytest.approx((31 - 19 + 16) / 5.0)


def test_objective_adds_loss_penalty_and_constant_decay() -> None:
    units = Units(np.array([[0.6, 0.8]]), np.array([-2.0]))
    given = problem(constant="penalised", constant_decay=3.0)
    error = given.y - np.array([-4.4, 0.0, 0.0]) - 0.5
    assert residual(given, units, 0.5) == pytest.approx(error)
    assert objective(given, units, 0.5) == pytest.approx(0.5 * error @ error + 0.25 * 2.0 + 1.5 * 0.25)


def test_units_of_a_network_keep_the_function_and_the_product_penalty() -> None:
    weights, outputs = np.array([[3.0, 4.0], [0.0, 0.0], [0.0, -2.0]]), np.array([2.0, 1.0, -0.5])
    units = units_from_network(problem(), weights, outputs)
    assert units.coefficients == pytest.approx([10.0, -1.0])
    assert np.linalg.norm(units.directions, axis=1) == pytest.approx([1.0, 1.0])
    fit = np.maximum(problem().rows @ weights.T, 0.0) @ outputs
    assert residual(problem(), units, 0.0) == pytest.approx(problem().y - fit)
    assert len(empty_units(problem())) == 0


@pytest.mark.parametrize("threshold", [0.25, 1.0, 4.0])
def test_dual_value_is_the_best_scaling(threshold: float) -> None:
    given = problem(constant="penalised", constant_decay=0.5)
    nu = np.array([0.3, -0.7, 0.2])
    scales = np.linspace(0.0, given.beta / threshold, 2001)
    square = nu @ nu + nu.sum() ** 2 / 0.5
    assert dual_value(given, nu, threshold) == pytest.approx((scales * (nu @ given.y) - scales**2 * square / 2).max())


def test_dual_value_of_a_useless_direction_is_zero() -> None:
    assert dual_value(problem(), -problem().y, 1.0) == 0.0
    assert dual_value(problem(), np.zeros(3), 0.0) == 0.0


@pytest.mark.parametrize(
    "changes",
    [{"y": np.zeros(2)}, {"beta": 0.0}, {"free_hidden_bias": True}, {"constant": "penalised"}, {"constant_decay": 1.0}],
)
def test_inconsistent_problems_are_refused(changes: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="DualProblem"):
        problem(**changes)
