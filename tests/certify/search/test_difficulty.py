"""What to expect of a proof."""

from __future__ import annotations

import numpy as np
import pytest

from relucert.certify.search.difficulty import Difficulty, assess
from relucert.certify.search.floats import dual_problem
from tests.certify.search.small_problems import network, problem, regression

X, Y = regression()


@pytest.mark.parametrize("biases", [("none", "none"), ("penalised", "penalised"), ("free", "free")])
def test_numbers_of_a_problem(biases: tuple[str, str]) -> None:
    task = problem(X, Y, 0.5, *biases, loss="mean")
    measured = assess(task, network(task, 3), dual_problem(task))
    assert measured.beta == pytest.approx(0.5) and measured.samples == 8
    assert measured.dimension == (3 if biases[0] == "penalised" else 2)
    assert measured.statements == (8 if biases[0] == "free" else 2)
    assert 0 < measured.share < 1 and measured.kappa > 0


def test_beta_max_of_one_sample() -> None:
    """|y| |x| is the largest of |y relu(x.u)|."""
    task = problem(np.array([[3.0, 4.0]]), np.array([2.0]), 1.0)
    measured = assess(task, network(task, 1, 0.0), dual_problem(task))
    assert measured.beta_max == pytest.approx(10.0) and measured.kappa == pytest.approx(10.0)


def test_data_that_say_nothing() -> None:
    for X_, y in ((np.zeros((3, 2)), np.ones(3)), (np.ones((3, 2)), np.zeros(3))):
        task = problem(X_, y, 1.0)
        measured = assess(task, network(task, 1, 0.0), dual_problem(task))
        assert measured.share == float("inf") and "zero network is optimal" in measured.expectation()


def test_sentences() -> None:
    def say(share: float, kappa: float, dimension: int) -> str:
        return Difficulty(share, 1.0, kappa, dimension, 100).expectation()

    assert "the proof is short" in say(1.5, 1.0, 3)
    assert "many digits in seconds" in say(0.5, 5.0, 3)
    assert "seconds to minutes" in say(0.2, 30.0, 6)
    assert "probably out of reach" in say(0.1, 100.0, 10)
    assert "0.01 of beta_max" in say(0.01, 100.0, 3) and "10 times the present decay" in say(0.01, 100.0, 3)


def test_the_estimate_grows_with_kappa_and_dimension() -> None:
    nodes = [Difficulty(0.1, 1.0, kappa, d, 9).expected_nodes for kappa, d in ((1.0, 2), (10.0, 2), (10.0, 4))]
    assert nodes == sorted(nodes)
