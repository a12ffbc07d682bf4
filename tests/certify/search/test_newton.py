"""The active-set Newton method ends at stationary points, on kinks where it must."""

import numpy as np
import pytest

from relucert.certify.search.dual import DualProblem, OutputConstant
from relucert.certify.search.newton import Network, NewtonMethod


def value(problem: DualProblem, network: Network) -> float:
    error = problem.y - np.maximum(problem.direction_rows @ network.weights.T, 0.0) @ network.signs - network.constant
    lengths = np.linalg.norm(network.weights[:, : problem.penalised_dimension], axis=1)
    return float(error @ error / 2 + problem.beta * lengths.sum() + problem.constant_decay * network.constant**2 / 2)


@pytest.mark.parametrize(
    ("free", "constant", "decay"), [(False, "none", 0.0), (False, "penalised", 2.0), (True, "free", 0.0)]
)
@pytest.mark.parametrize("seed", range(3))
def test_result_is_locally_minimal(seed: int, free: bool, constant: OutputConstant, decay: float) -> None:
    generator = np.random.default_rng(seed)
    problem = DualProblem(generator.standard_normal((40, 3)), generator.standard_normal(40), 0.5, free, constant, decay)
    weights, signs = generator.standard_normal((4, 3 + free)), np.array([1.0, -1.0, 1.0, -1.0])
    start = Network(weights, signs, 0.0)
    network = start
    for _ in range(200):  # returns early when a unit shrinks: go on without the units that are about to vanish
        before = network
        network = NewtonMethod(problem).minimise(network)
        lengths = np.linalg.norm(network.weights[:, :3], axis=1)
        keep = lengths > 1e-2 * lengths.max()
        network = Network(network.weights[keep], network.signs[keep], network.constant)
        if value(problem, network) == value(problem, before):
            break
    best = value(problem, network)
    assert best < value(problem, start)
    for radius in (1e-3, 1e-5):
        for _ in range(200):
            shift = radius * generator.standard_normal(network.weights.shape)
            moved = network.constant + (radius * generator.standard_normal() if constant != "none" else 0.0)
            assert value(problem, Network(network.weights + shift, network.signs, moved)) >= best * (1 - 1e-12)


def test_minimum_on_a_kink_is_exact() -> None:
    # The second sample wants the unit off, the first and third want it in its half-space: it rests on the kink.
    rows = np.array([[1.0, 0.0], [-0.2, 1.0], [0.3, 1.0]])
    problem = DualProblem(rows, np.array([2.0, -1.0, 1.5]), 0.1)
    network = NewtonMethod(problem).minimise(Network(np.array([[1.0, 0.5]]), np.array([1.0]), 0.0))
    assert rows[1] @ network.weights[0] == pytest.approx(0.0, abs=1e-14)


def test_no_units() -> None:
    problem = DualProblem(np.ones((2, 2)), np.ones(2), 1.0)
    empty = Network(np.zeros((0, 2)), np.zeros(0), 0.0)
    assert NewtonMethod(problem).minimise(empty) is empty
