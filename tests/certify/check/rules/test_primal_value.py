"""Rule primal_value against NumPy, for every convention and at every scale."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import product

import numpy as np
import pytest

from relucert.certify.check.rules.primal_value import primal_value, residuals
from relucert.certify.claim import BIASES, LOSSES, PENALTIES, Network, TrainingProblem
from tests.certify.check.build import Json, network, training_problem
from tests.certify.check.oracle import objective

CONVENTIONS = [c for c in product(LOSSES, PENALTIES, BIASES, BIASES) if c[1] != "product" or c[3] != "penalised"]


def instance(
    convention: tuple[str, ...], seed: int, shift: int = 0, dtype: type = np.float64, width: int = 4
) -> tuple[Json, Json]:
    loss, penalty, hidden_bias, output_bias = convention
    rng = np.random.default_rng(seed)
    scale = 2.0**shift
    X, y = (rng.normal(size=(6, 3)) * scale).astype(dtype), (rng.normal(size=6) * scale).astype(dtype)
    first = Fraction(int(rng.integers(1, 99)), int(rng.integers(1, 99)))
    second = first if penalty == "product" else Fraction(int(rng.integers(1, 99)), 7)
    problem = training_problem(
        X.tolist(),
        y.tolist(),
        loss=loss,
        penalty=penalty,
        decay=first,
        output_decay=second,
        hidden_bias=hidden_bias,
        output_bias=output_bias,
    )
    W, a, b = (rng.normal(size=size).astype(dtype) for size in ((width, 3), width, width))
    return problem, network(
        problem, W.tolist(), a.tolist(), b.tolist() if hidden_bias != "none" else None, float(dtype(rng.normal()))
    )


@pytest.mark.parametrize("convention", CONVENTIONS, ids="-".join)
@pytest.mark.parametrize("shift", [-27, 0, 27])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_agrees_with_numpy(convention: tuple[str, ...], shift: int, dtype: type) -> None:
    problem, net = instance(convention, seed=CONVENTIONS.index(convention), shift=shift, dtype=dtype)
    given, balanced = primal_value(TrainingProblem.from_json(problem), Network.from_json(net))
    expected = objective(problem, net)
    assert float(given.low) == pytest.approx(expected, rel=1e-12)
    assert given.low <= given.high and float(given.high - given.low) <= 1e-25 * expected
    assert balanced.high <= given.high
    if convention[1] == "sum-of-squares":
        assert given.low == given.high


@pytest.mark.parametrize("convention", [c for c in CONVENTIONS if c[1] == "sum-of-squares"], ids="-".join)
def test_balanced_is_the_least_over_rescalings(convention: tuple[str, ...]) -> None:
    problem, net = instance(convention, seed=5)
    _, balanced = primal_value(TrainingProblem.from_json(problem), Network.from_json(net))
    first, second = (Fraction(problem[f"{layer}_weight_decay"]) for layer in ("hidden", "output"))
    W = np.array([[float.fromhex(v) for v in row] for row in net["hidden_weights"]])
    a = np.array([float.fromhex(row[0]) for row in net["output_weights"]])
    b = np.zeros(len(W)) if net["hidden_bias"] is None else np.array([float.fromhex(v) for v in net["hidden_bias"]])
    length = np.sqrt((W**2).sum(axis=1) + (b**2 if convention[2] == "penalised" else 0))
    t = np.sqrt(np.sqrt(float(second / first)) * np.abs(a) / length)
    rescaled = network(
        problem, (W * t[:, None]).tolist(), (a / t).tolist(), None if net["hidden_bias"] is None else (b * t).tolist()
    )
    rescaled["output_bias"] = net["output_bias"]
    assert float(balanced.high) == pytest.approx(objective(problem, rescaled), rel=1e-12)


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("penalty", PENALTIES)
@pytest.mark.parametrize("k", [-27, 27])
def test_scale_twins_are_exactly_proportional(loss: str, penalty: str, k: int) -> None:
    """Data times 2^k and decays times 4^k: the objective of the same network times 4^k (no bias)."""
    problem, net = instance((loss, penalty, "none", "none"), seed=3)
    base, twin = TrainingProblem.from_json(problem), Fraction(2) ** k
    scaled = replace(
        base,
        hidden_weight_decay=base.hidden_weight_decay * twin**2,
        output_weight_decay=base.output_weight_decay * twin**2,
        X=tuple(tuple(v * twin for v in row) for row in base.X),
        Y=tuple(tuple(v * twin for v in row) for row in base.Y),
    )
    first, _ = primal_value(base, Network.from_json(net))
    second, _ = primal_value(scaled, Network.from_json(net))
    if penalty == "product":  # square roots: both enclose the same number
        assert second.low <= first.high * twin**2 and first.low * twin**2 <= second.high
    else:
        assert second.low == second.high == first.high * twin**2


@pytest.mark.parametrize("width", [0, 1])
def test_tiny_widths(width: int) -> None:
    problem, net = instance(("mean", "product", "free", "free"), seed=1, width=width)
    given, _ = primal_value(TrainingProblem.from_json(problem), Network.from_json(net))
    assert float(given.high) == pytest.approx(objective(problem, net), rel=1e-13)


def test_residuals_by_hand() -> None:
    problem = training_problem([[1, 2], [-1, 1]], [3, 4], hidden_bias="free", output_bias="free")
    net = network(problem, [[1, 1], [0, -2]], [2, Fraction(-1, 2)], [-1, 3], Fraction(1, 4))
    # units: relu(3 - 1) = 2, relu(-4 + 3) = 0;  relu(0 - 1) = 0, relu(-2 + 3) = 1
    assert residuals(TrainingProblem.from_json(problem), Network.from_json(net)) == [Fraction(-5, 4), Fraction(17, 4)]


def test_square_roots_are_outward() -> None:
    problem = training_problem([[1, 1]], [0], penalty="product", decay=3)
    given, _ = primal_value(TrainingProblem.from_json(problem), Network.from_json(network(problem, [[1, 1]], [0])))
    assert given.low == given.high == 0
    given, _ = primal_value(TrainingProblem.from_json(problem), Network.from_json(network(problem, [[1, -1]], [1])))
    assert given.low < given.high and given.low**2 < 18 < given.high**2
    given, _ = primal_value(TrainingProblem.from_json(problem), Network.from_json(network(problem, [[3, -4]], [1])))
    assert given.low == given.high == 15
