"""Arrays of NumPy, lists and refusals; arrays of other libraries where array-api-compat is installed."""

from __future__ import annotations

import math
import sys
from typing import Any

import numpy as np
import pytest

from relucert.numeric.arrays import einsum, floating, inner, namespace, norm, windows


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


def test_windows_are_contiguous_parts() -> None:
    found = windows(np.arange(12.0).reshape(2, 6), range(0, 6, 2), 2)
    assert found.tolist() == [[[0, 1], [2, 3], [4, 5]], [[6, 7], [8, 9], [10, 11]]]
    assert found.flags.c_contiguous


def test_numpy_needs_no_other_library() -> None:
    assert namespace(np.ones(2), 3, np.float64(1)) is np


@pytest.mark.parametrize("name", ["array_api_strict", "torch"])
def test_arrays_of_other_libraries_keep_their_kind(name: str) -> None:
    pytest.importorskip("array_api_compat")
    library: Any = pytest.importorskip(name)
    u = library.asarray([[3.0, 4.0], [1.0, 0.0]])
    assert floating(u) is u
    assert np.asarray(norm(u)).tolist() == [5.0, 1.0]
    assert type(norm(u)) is type(u)
    with pytest.raises(ValueError, match="NaN or infinite"):
        floating(library.asarray([1.0, math.inf]))
    with pytest.raises(ValueError, match="expected real numbers"):
        floating(library.asarray([1, 2]))


@pytest.mark.parametrize(
    "subscripts", ["...nkm,...m->...nk", "...nk,...nkm->...m", "l,...lm->...m", "...n,...nk->...k"]
)
def test_sums_without_einsum(subscripts: str) -> None:
    """The standard has no einsum."""
    pytest.importorskip("array_api_compat")
    library: Any = pytest.importorskip("array_api_strict")
    lengths = dict(zip("nkml", (2, 3, 4, 5), strict=True))
    generator = np.random.default_rng(0)
    one, other = (
        generator.standard_normal(((6,) if "..." in term else ()) + tuple(lengths[n] for n in term.removeprefix("...")))
        for term in subscripts.partition("->")[0].split(",")
    )
    found = einsum(subscripts, library.asarray(one), library.asarray(other))
    assert np.asarray(found) == pytest.approx(np.einsum(subscripts, one, other), rel=1e-13, abs=1e-14)


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    class Foreign:
        dtype = "float64"

    monkeypatch.setitem(sys.modules, "array_api_compat", None)
    with pytest.raises(ValueError, match=r"need array-api-compat: .* relucert\[arrays\]"):
        norm(Foreign())
