"""Telling the layers of a state dict apart."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from relucert.certify.read.errors import InputError
from relucert.certify.read.exact import FloatArray
from relucert.certify.read.layout import Layout
from relucert.certify.read.model import Network
from relucert.certify.read.state_dict import network_from_state_dict

RNG = np.random.default_rng(0)
W, B, A, C = RNG.standard_normal((4, 3)), RNG.standard_normal(4), RNG.standard_normal((1, 4)), RNG.standard_normal(1)


class Tensor:
    """An array in the role of a stored tensor."""

    dtype_name = "float64"

    def __init__(self, array: Any) -> None:
        self._array = np.asarray(array, dtype=np.float64)
        self.shape = self._array.shape

    def decode(self) -> FloatArray:
        return self._array


def read(layout: Layout | None = None, **arrays: Any) -> Network:
    tensors = {name.replace("__", "."): Tensor(array) for name, array in arrays.items()}
    return network_from_state_dict(tensors, source="f", layout=layout)


@pytest.mark.parametrize(
    "arrays",
    [
        {"0__weight": W, "0__bias": B, "2__weight": A, "2__bias": C},
        {"fc2__weight": A, "fc2__bias": C, "fc1__weight": W, "fc1__bias": B},
        {"net__0__bias": B, "net__0__weight": W, "net__out__bias": C, "net__out__weight": A},
    ],
)
def test_shapes_decide_whatever_the_order(arrays: dict[str, Any]) -> None:
    network = read(**arrays)
    assert (network.hidden_weights == W).all() and (network.output_weights == A[0]).all()
    assert network.hidden_bias is not None and (network.hidden_bias == B).all()
    assert network.output_bias == C[0]


def test_one_bias_only() -> None:
    network = read(a__weight=W, a__bias=B, b__weight=A)
    assert network.hidden_bias is not None and network.output_bias is None


def test_a_single_hidden_unit() -> None:
    network = read(a__weight=W[:1], b__weight=A[:, :1])
    assert (network.width, network.n_features) == (1, 3)


def test_layout_with_foreign_names_and_transposes() -> None:
    layout = Layout("W1.T", "w2", "b1", "none")
    network = read(layout, W1=W.T, b1=B, w2=A[0], b2=C)
    assert (network.hidden_weights == W).all() and (network.output_weights == A[0]).all()
    assert network.hidden_bias is not None and network.output_bias is None
    assert "ignored tensors: b2" in network.notes


def test_layout_of_flax_kernels() -> None:
    network = read(Layout("d0.kernel.T", "d1.kernel"), d0__kernel=W.T, d0__bias=B, d1__kernel=A.T, d1__bias=C)
    assert (network.hidden_weights == W).all() and network.output_bias == C[0]


@pytest.mark.parametrize(
    ("layout", "arrays", "reason"),
    [
        (None, {"a__weight": W}, "1 weight matrices where two"),
        (None, {"a__bias": B}, r"0 weight matrices .*a\.bias \(4,\)"),
        (None, {"a__weight": W, "b__weight": np.eye(4), "c__weight": A}, "3 weight matrices"),
        (None, {"a__weight": W.T, "b__weight": A.T}, r"no pair of shapes .*other conventions"),
        (None, {"a__weight": [[1.0]], "b__weight": [[2.0]]}, "both layers have shape"),
        (None, {"a__weight": W, "b__weight": A, "c": B}, r"belong to no linear layer: c \(4,\)"),
        (None, {"W1": W, "b1": B, "W2": A}, r"belong to no linear layer: b1"),
        (Layout("a", "z"), {"a": W, "b": A}, r"--layout output: no tensor 'z'; the file has a \(4, 3\), b \(1, 4\)"),
        (Layout("a", "a"), {"a": W, "b": A}, "named for both layers"),
        (Layout("a", "b", "c", "c"), {"a": W, "b": A, "c": C}, "the bias of both layers"),
        (Layout("a", "b"), {"a": W.T, "b": A}, "transposed|does not fit"),
        (Layout("a", "b", "c"), {"a": W, "b": A, "c": C}, r"hidden_bias: shape \(1,\)"),
    ],
)
def test_refusals(layout: Layout | None, arrays: dict[str, Any], reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        read(layout, **arrays)
