"""Conversion to binary64 is exact or refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from relucert.certify.read.errors import InputError
from relucert.certify.read.exact import exact_float64


@pytest.mark.parametrize("dtype", ["?", "i1", "u1", "i4", "u8", "i8", "f2", "f4", "f8", ">f4", ">f8", ">i2"])
def test_exact_types_are_widened(dtype: str) -> None:
    stored = np.array([[0, 1], [1, 0]]).astype(dtype)
    result = exact_float64(stored, field="a")
    assert result.dtype == np.float64 and result.dtype.isnative
    assert (result == stored).all()
    assert not result.flags.writeable and result.flags.c_contiguous


def test_float32_bits_are_kept() -> None:
    stored = np.array([0.1, -1e-45, 3.4e38], dtype=np.float32)
    assert [float(v) for v in stored] == exact_float64(stored, field="a").tolist()


def test_the_argument_is_not_changed() -> None:
    stored = np.zeros(3)
    exact_float64(stored, field="a")
    assert stored.flags.writeable


@pytest.mark.parametrize("value", [2**53, -(2**53)])
def test_largest_exact_integers(value: int) -> None:
    assert exact_float64(np.array([value]), field="a")[0] == value


@pytest.mark.parametrize(
    "stored",
    [np.array([0, 2**53 + 1]), np.array([0, -(2**53) - 1]), np.array([0, 2**64 - 1], dtype=np.uint64)],
)
def test_larger_integers_are_refused(stored: Any) -> None:
    with pytest.raises(InputError, match=r"^f, a\[1\]: the integer -?\d+ exceeds 2\^53"):
        exact_float64(stored, field="a", file="f")


@pytest.mark.parametrize(
    ("stored", "reason"),
    [
        (np.array([1 + 2j]), "is complex"),
        (np.array([1.0], dtype=object), "Python objects"),
        (np.array(["1"]), "holds text"),
        (np.array([b"1"]), "holds bytes"),
        (np.array([(1.0,)], dtype=[("a", "f8")]), "not numeric"),
        (np.array(["2020-01-01"], dtype="M8[D]"), "not numeric"),
        ([[1.0], [1.0, 2.0]], "not a rectangular array"),
        (np.array([[1.0, np.nan]]), r"a\[0, 1\]: the value is nan"),
        (np.array([-np.inf]), r"a\[0\]: the value is -inf"),
    ],
)
def test_refusals(stored: Any, reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        exact_float64(stored, field="a")


@pytest.mark.skipif(np.dtype(np.longdouble).itemsize <= 8, reason="long double is binary64 here")
def test_longdouble_is_refused() -> None:
    with pytest.raises(InputError, match="more digits than binary64"):
        exact_float64(np.array([1.0], dtype=np.longdouble), field="a")
