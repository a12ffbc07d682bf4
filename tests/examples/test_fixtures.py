"""The fixtures are what their docstrings say, in exact arithmetic."""

from __future__ import annotations

import importlib.util
import sys
from fractions import Fraction
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest


def _load_fixtures() -> ModuleType:
    path = Path(__file__).with_name("fixtures.py")
    specification = importlib.util.spec_from_file_location("example_fixtures", path)
    assert specification is not None and specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    sys.modules[specification.name] = module  # dataclasses look their module up
    specification.loader.exec_module(module)
    return module


fixtures = _load_fixtures()


@pytest.mark.parametrize("make", fixtures.FIXTURES, ids=lambda make: make.__name__)
def test_better_network_is_at_least_as_good(make: object) -> None:
    assert callable(make)
    fixture = make()
    better = fixtures.objective(fixture, fixture.better)
    assert better <= fixtures.objective(fixture, fixture.network)
    assert fixture.optimum is None or fixture.optimum == better


@pytest.mark.parametrize(
    ("name", "excess"),
    [
        ("wrong_side_local_minimum", Fraction(81, 32)),
        ("dead_neurons", Fraction(81, 32)),
        ("zero_network", Fraction(41, 16)),
        ("width_one", Fraction(1, 32)),
        ("exact_optimum", Fraction(0)),
        ("idle_neuron", Fraction(2)),
        ("zero_network_free_bias", Fraction(45, 256)),
    ],
)
def test_excess_over_the_better_network(name: str, excess: Fraction) -> None:
    fixture = getattr(fixtures, name)()
    assert fixtures.objective(fixture, fixture.network) - fixtures.objective(fixture, fixture.better) == excess


def test_perturbation_leaves_a_tiny_positive_gap() -> None:
    fixture = fixtures.perturbed_optimum(bits=20)
    gap = fixtures.objective(fixture, fixture.network) - fixture.optimum
    assert 0 < gap < Fraction(1, 2**26)


def test_known_optima_have_a_dual_certificate() -> None:
    """`nu = y - f` of the better network satisfies `|sum_i nu_i relu(x_i u)| <= beta` at u = 1 and u = -1."""
    for fixture in (fixtures.exact_optimum(), fixtures.idle_neuron()):
        best = fixture.better
        outputs = np.maximum(fixture.features @ best.hidden_weights.T, 0.0) @ best.output_weights
        dual = fixture.target - outputs
        for direction in (1.0, -1.0):
            assert abs(dual @ np.maximum(fixture.features[:, 0] * direction, 0.0)) <= fixture.weight_decay
        assert dual @ fixture.target - dual @ dual / 2 == fixture.optimum


@pytest.mark.parametrize(
    ("name", "tie_slope"),
    [
        ("clarke_stationary_tie", 0.5),
        ("wrong_side_local_minimum", 0.5),
        ("dead_neurons", 0.5),
        ("zero_network", 0.5),
        ("width_one", 0.5),
        ("exact_optimum", 0.5),
    ],
)
def test_suspect_is_clarke_stationary(name: str, tie_slope: float) -> None:
    """The gradient vanishes when the ReLU has slope `tie_slope` at 0."""
    fixture = getattr(fixtures, name)()
    hidden, output = fixture.network.hidden_weights, fixture.network.output_weights
    preactivation = fixture.features @ hidden.T
    residual = np.maximum(preactivation, 0.0) @ output - fixture.target
    slopes = np.where(preactivation == 0, tie_slope, preactivation > 0)
    decay = float(fixture.weight_decay)
    hidden_gradient = (slopes * np.outer(residual, output)).T @ fixture.features + decay * hidden
    output_gradient = np.maximum(preactivation, 0.0).T @ residual + decay * output
    assert not hidden_gradient.any()
    assert not output_gradient.any()


def test_tie_of_the_stationary_network_can_be_escaped() -> None:
    fixture = fixtures.clarke_stationary_tie()
    moved = fixtures.Network(fixture.network.hidden_weights + np.array([[0.0, 1 / 16]]), fixture.network.output_weights)
    assert fixtures.objective(fixture, moved) < fixtures.objective(fixture, fixture.network)
