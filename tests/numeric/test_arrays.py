"""Arrays of NumPy, lists and refusals; arrays of other libraries where array-api-compat is installed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from relucert.numeric.arrays import floating, inner, namespace, norm


def test_lists_and_integers_become_float64() -> None:
    found = floating([1, 2])
    assert found.dtype == np.float64
    assert floating(np.array([True, False])).tolist() == [1.0, 0.0]


@pytest.mark.parametrize("precision", [np.float32, np.float64])
def test_floats_keep_their_precision_and_are_not_copied(precision: type) -> None:
    values: Any = np.ones(3, dtype=precision)
    assert floating(values) is values
    assert norm(values).dtype == precision


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_values_that_are_not_finite_are_refused(bad: float) -> None:
    with pytest.raises(ValueError, match="NaN or infinite"):
        floating([1.0, bad])


@pytest.mark.parametrize("bad", [[1j], ["a"]])
def test_values_that_are_not_real_are_refused(bad: list[object]) -> None:
    with pytest.raises(ValueError, match="expected real numbers"):
        floating(bad)


def test_integers_beyond_float64_range() -> None:
    assert floating(np.array([2**63 - 1])).tolist() == [float(2**63)]


def test_inner_products_broadcast() -> None:
    u, v = np.arange(6.0).reshape(2, 1, 3), np.arange(12.0).reshape(4, 3)
    assert inner(u, v).tolist() == (u * v).sum(-1).tolist()
    assert norm(np.array([[3.0, 4.0]])).tolist() == [5.0]


def test_numpy_needs_no_other_library() -> None:
    assert namespace(np.ones(2), 3, np.float64(1)) is np


def test_other_libraries() -> None:
    pytest.importorskip("array_api_compat")
    torch = pytest.importorskip("torch")
    u = torch.tensor([[3.0, 4.0], [1.0, 0.0]])
    assert norm(u).tolist() == [5.0, 1.0]
    assert floating(u) is u
