"""Parameters of models: shapes with the expected and the given one."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from relucert.numeric.models.base import matrix, of_size, positive, vector


@pytest.mark.parametrize("bad", [np.ones((2, 3)), np.float64(1), []])
def test_vectors(bad: object) -> None:
    with pytest.raises(ValueError, match=r"teacher: expected shape \(d,\) with d >= 1, got \("):
        vector(bad, "teacher")
    assert vector([1, 2], "teacher").dtype == np.float64


@pytest.mark.parametrize("bad", [np.ones(3), np.ones((0, 3)), np.ones((2, 2, 2))])
def test_matrices(bad: object) -> None:
    with pytest.raises(ValueError, match=r"expected shape \(K, d\) with K, d >= 1, got \("):
        matrix(bad, "weights")


@pytest.mark.parametrize("reader", [vector, matrix])
def test_not_finite(reader: Callable[[object, str], object]) -> None:
    with pytest.raises(ValueError, match="NaN or infinite"):
        reader([np.nan], "teacher")


def test_last_axis() -> None:
    assert of_size([[1, 2], [3, 4]], 2).dtype == np.float64
    with pytest.raises(ValueError, match=r"start: expected shape \(\.\.\., 3\), got \(2, 2\)"):
        of_size(np.ones((2, 2)), 3, "start")


def test_positive() -> None:
    assert positive(1, "patches") == 1
    with pytest.raises(ValueError, match="patches must be at least 1, got 0"):
        positive(0, "patches")
