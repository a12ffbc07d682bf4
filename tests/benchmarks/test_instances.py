"""The benchmark instances: shapes, grid, and what training and `beta_max` are for."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

pytest.importorskip("sklearn")


def _load_instances() -> ModuleType:
    path = Path(__file__).resolve().parents[2] / "benchmarks" / "instances.py"
    specification = importlib.util.spec_from_file_location("benchmark_instances", path)
    assert specification is not None and specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    sys.modules[specification.name] = module  # dataclasses look their module up
    specification.loader.exec_module(module)
    return module


instances = _load_instances()


@pytest.mark.parametrize(
    ("name", "n", "pca", "bias", "shape"),
    [
        ("diabetes", None, None, True, (442, 11)),
        ("diabetes", 100, 4, True, (100, 5)),
        ("iris", None, 2, False, (150, 2)),
        ("wine", None, None, True, (178, 14)),
        ("breast_cancer", None, 8, True, (569, 9)),
        ("gauss5", None, None, True, (100, 5)),
        ("gauss8", 50, None, True, (50, 8)),
    ],
)
def test_load(name: str, n: int | None, pca: int | None, bias: bool, shape: tuple[int, int]) -> None:
    features, target = instances.load(name, n, pca, bias)
    assert features.shape == shape and target.shape == shape[:1]
    for values in (features, target):
        assert np.array_equal(values * 2.0**20, np.round(values * 2.0**20))
    if bias and not name.startswith("gauss"):
        assert (features[:, -1] == 1).all()


def test_unknown_instance_is_named() -> None:
    with pytest.raises(ValueError, match="unknown instance 'mnist'"):
        instances.load("mnist")


def test_subset_follows_the_seed() -> None:
    first, again, other = (instances.load("iris", 50, seed=seed)[1] for seed in (0, 0, 1))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_training_is_stationary_and_beats_the_zero_network() -> None:
    features, target = instances.load("iris", 50, 2)
    beta = 0.1 * instances.beta_max(features, target)
    network = instances.train(features, target, beta, width=10)
    value = instances.objective(features, target, beta, network)
    zero = instances.Network(np.zeros((1, 3)), np.zeros(1))
    assert value < 0.5 * instances.objective(features, target, beta, zero)
    # At a stationary point the layers are balanced and residual . f = beta * sum |w_j| |a_j|.
    norms = np.linalg.norm(network.hidden_weights, axis=1)
    assert norms == pytest.approx(np.abs(network.output_weights), abs=1e-2)
    outputs = network(features)
    assert (target - outputs) @ outputs == pytest.approx(beta * norms @ np.abs(network.output_weights), rel=1e-2)


def test_beta_max_separates_zero_from_nonzero_optima() -> None:
    features, target = instances.load("iris", 50, 2)
    largest = instances.beta_max(features, target)
    zero = 0.5 * float(target @ target)
    for factor, improves in ((1.05, False), (0.9, True)):
        network = instances.train(features, target, factor * largest, width=10)
        value = instances.objective(features, target, factor * largest, network)
        assert (value < zero * (1 - 1e-6)) is improves
