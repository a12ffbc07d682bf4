"""Validation of networks and data sets."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from relucert.certify.read.errors import InputError
from relucert.certify.read.model import Dataset, Network, make_network

W = [[1.0, -2.0, 0.5], [0.0, 3.0, 1.0]]


def test_network_keeps_the_numbers() -> None:
    network = Network(np.array(W, dtype=np.float32), np.array([1, 2]), np.array([0.1, 0.2], np.float32), 0.25)
    assert network.hidden_weights.tolist() == W
    assert network.output_weights.tolist() == [float(np.float32(0.1)), float(np.float32(0.2))]
    assert (network.width, network.n_features, network.output_bias) == (2, 3, 0.25)
    assert network.hidden_bias is not None and network.hidden_bias.tolist() == [1.0, 2.0]


def test_predict() -> None:
    X = np.array([[1.0, 1.0, 2.0], [2.0, 0.0, 0.0]])
    network = Network(np.array(W), None, np.array([1.0, -1.0]), None)
    assert network.predict(X).tolist() == [-5.0, 2.0]
    shifted = Network(np.array(W), np.array([1.0, 0.0]), np.array([1.0, -1.0]), 0.5)
    assert shifted.predict(X).tolist() == [-3.5, 3.5]


@pytest.mark.parametrize("stored", [[1.0, 2.0], [[1.0], [2.0]], [[1.0, 2.0]]])
def test_layouts_of_the_output(stored: Any) -> None:
    for bias in (0.5, [0.5], [[0.5]]):
        network = make_network(W, None, stored, bias, source="s")
        assert network.output_weights.tolist() == [1.0, 2.0]
        assert network.output_bias == 0.5


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ((W, None, [1.0, 2.0, 3.0], None), r"s, output_weights: shape \(3,\) .*transposed"),
        ((W, None, [1.0], None), r"output_weights: shape \(1,\) does not fit hidden_weights of shape \(2, 3\)"),
        ((W, [1.0], [1.0, 2.0], None), r"hidden_bias: shape \(1,\)"),
        ((W, None, [[1.0, 2.0], [3.0, 4.0]], None), "2 outputs where one is needed"),
        ((W, None, [[1.0] * 3, [3.0] * 3], None), "3 outputs where one is needed"),
        ((W, None, [[[1.0, 2.0]]], None), r"output_weights: shape \(1, 1, 2\)"),
        ((W, None, [1.0, 2.0], [1.0, 2.0]), "output_bias: shape .* single output"),
        (([1.0, 2.0], None, [1.0, 2.0], None), r"hidden_weights: shape \(2,\)"),
        ((np.zeros((0, 3)), None, [], None), r"hidden_weights: shape \(0, 3\) .*non-empty"),
        ((np.zeros((2, 0)), None, [1, 2], None), r"hidden_weights: shape \(2, 0\)"),
        (([[1.0, np.nan]], None, [1.0], None), r"hidden_weights\[0, 1\]: the value is nan"),
        (([[1.0, 2.0]], None, [np.inf], None), r"output_weights\[0\]: the value is inf"),
        (([[1.0, 2.0]], None, [1.0], np.nan), r"output_bias: the value is nan"),
    ],
)
def test_refused_networks(arguments: tuple[Any, ...], reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        make_network(*arguments, source="s")


def test_dataset_keeps_the_numbers() -> None:
    data = Dataset(np.array([[1, 2], [3, 4]]), np.array([[0.1], [0.2]], np.float32))
    assert data.X.tolist() == [[1.0, 2.0], [3.0, 4.0]]
    assert data.y.tolist() == [float(np.float32(0.1)), float(np.float32(0.2))]
    assert data.feature_names == ("x0", "x1")
    assert (data.n_samples, data.n_features) == (2, 2)


@pytest.mark.parametrize(
    ("X", "y", "reason"),
    [
        (np.zeros(3), np.zeros(3), r"X: shape \(3,\).*reshape"),
        (np.zeros((3, 2)), np.zeros((3, 2)), r"y: shape \(3, 2\)"),
        (np.zeros((0, 2)), np.zeros(0), "no samples"),
        (np.zeros((2, 0)), np.zeros(2), "no feature columns"),
        (np.zeros((3, 2)), np.zeros(2), "X has 3 samples but y has 2"),
        (np.array([[np.nan]]), np.zeros(1), r"X\[0, 0\]: the value is nan"),
        (np.zeros((1, 1)), np.array([2**60]), r"y\[0\]: the integer"),
    ],
)
def test_refused_datasets(X: Any, y: Any, reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        Dataset(X, y)


def test_names_must_fit() -> None:
    with pytest.raises(InputError, match="1 names for 2 feature columns"):
        Dataset(np.zeros((1, 2)), np.zeros(1), feature_names=("a",))
