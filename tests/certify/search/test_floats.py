"""The problem in floats and networks back in exact numbers."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np
import pytest

from relucert.certify.check.rules.primal_value import primal_value
from relucert.certify.search.dual import Units, objective
from relucert.certify.search.floats import better_network_of, dual_problem, float_objective, start_units
from relucert.certify.search.polish import polish
from tests.certify.search.small_problems import network, problem, regression

X, Y = regression()
TREATMENTS = ("none", "penalised", "free")
CASES = [
    case
    for case in product(("half-sum", "half-mean", "mean"), ("sum-of-squares", "product"), TREATMENTS, TREATMENTS)
    if case[1] != "product" or case[3] != "penalised"
]


def task_of(loss: str, penalty: str, hidden: str, output: str) -> Any:
    ratio = 1 if penalty == "product" else Fraction(1, 3)
    return problem(X, Y, 0.4, hidden, output, loss=loss, penalty=penalty, ratio=ratio)


@pytest.mark.parametrize("case", CASES)
def test_the_objective_is_the_checkers(case: tuple[str, str, str, str]) -> None:
    task = task_of(*case)
    for seed in range(3):
        net = network(task, 3, seed=seed)
        assert float_objective(task, net) == pytest.approx(float(primal_value(task, net)[0].high), rel=1e-12)
    empty = network(task, 1, 0.0)
    assert float_objective(task, empty) == pytest.approx(float(primal_value(task, empty)[0].high), rel=1e-12)


@pytest.mark.parametrize("case", CASES)
def test_the_polished_network_has_the_objective_of_its_units(case: tuple[str, str, str, str]) -> None:
    task = task_of(*case)
    polished = polish(dual_problem(task), time_limit=10.0)
    better = better_network_of(task, polished)
    better.require_fits(task, "better")
    assert float_objective(task, better) * float(task.sum_scaling) == pytest.approx(polished.primal, rel=1e-12)


def test_columns_constants_and_decays() -> None:
    dual = dual_problem(problem(X, Y, 0.4, "penalised", "penalised", loss="mean", ratio=Fraction(1, 4)))
    assert dual.rows.shape == (8, 3) and (dual.rows[:, 2] == 1).all()
    assert dual.beta == pytest.approx(0.2) and dual.constant == "penalised"
    assert dual.constant_decay == pytest.approx(0.1)
    free = dual_problem(problem(X, Y, 0.4, "free", "none"))
    assert free.free_hidden_bias and free.constant == "free" and free.rows.shape == (8, 2)


@pytest.mark.parametrize("hidden", TREATMENTS)
def test_units_of_a_network_have_its_balanced_objective(hidden: str) -> None:
    task = problem(X, Y, 0.4, hidden, "none")
    net = network(task, 3)
    balanced = primal_value(task, net)[1]
    units: Units = start_units(dual_problem(task), net)
    assert balanced is not None
    value = objective(dual_problem(task), units, 0.0)
    assert value == pytest.approx(float(balanced.high), rel=1e-9)


def test_the_zero_network_has_an_idle_unit() -> None:
    for hidden, output in product(TREATMENTS, TREATMENTS):
        task = problem(X, Y, 1e6, hidden, output)
        better = better_network_of(task, polish(dual_problem(task), time_limit=5.0))
        assert better.width >= 1
        better.require_fits(task, "better")
        assert np.all(np.array(better.hidden_weights, dtype=float) == 0)
