"""Arrays in .npy files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from relucert.certify.read.errors import InputError
from relucert.certify.read.npy import read_npy_data, read_npy_vector

TABLE = np.arange(12, dtype=np.float32).reshape(4, 3) / 10


def save(tmp_path: Path, array: Any, **options: Any) -> Path:
    path = tmp_path / "a.npy"
    np.save(path, array, **options)
    return path


@pytest.mark.parametrize("array", [TABLE, np.asfortranarray(TABLE), TABLE.astype(">f4")])
def test_last_column_is_the_target(tmp_path: Path, array: Any) -> None:
    data = read_npy_data(save(tmp_path, array))
    assert (TABLE[:, :2].astype(np.float64) == data.X).all()
    assert (data.y == TABLE[:, 2].astype(np.float64)).all()


def test_chosen_columns(tmp_path: Path) -> None:
    data = read_npy_data(save(tmp_path, TABLE), target=0, features=[2])
    assert (data.X[:, 0] == TABLE[:, 2]).all() and (data.y == TABLE[:, 0]).all()
    assert data.feature_names == ("x2",)


def test_separate_targets(tmp_path: Path) -> None:
    data = read_npy_data(save(tmp_path, TABLE), y=np.arange(4))
    assert data.n_features == 3 and data.y.tolist() == [0.0, 1.0, 2.0, 3.0]


def test_vector(tmp_path: Path) -> None:
    for array in (np.arange(4), np.arange(4).reshape(4, 1)):
        assert read_npy_vector(save(tmp_path, array)).tolist() == [0, 1, 2, 3]
    with pytest.raises(InputError, match=r"shape \(4, 3\) where \(samples,\)"):
        read_npy_vector(save(tmp_path, TABLE))


@pytest.mark.parametrize(
    ("array", "reason"),
    [
        (np.zeros(4), r"a.npy: shape \(4,\) where \(samples, columns\)"),
        (np.zeros((2, 2, 2)), r"shape \(2, 2, 2\)"),
        (np.zeros((0, 3)), "no samples"),
        (np.zeros((4, 1)), "1 column where features and a target"),
        (np.array([[1.0, np.nan]]), r"y\[0\]: the value is nan"),
        (np.array([[1, 2**60]]), "exceeds 2"),
        (np.array([["a", "b"]]), "holds text"),
    ],
)
def test_refusals(tmp_path: Path, array: Any, reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        read_npy_data(save(tmp_path, array))


def test_pickled_objects_are_not_loaded(tmp_path: Path) -> None:
    path = save(tmp_path, np.array([[1.0, None]], dtype=object), allow_pickle=True)
    with pytest.raises(InputError, match="pickled Python objects, which are not loaded"):
        read_npy_data(path)


def test_damaged_header(tmp_path: Path) -> None:
    path = save(tmp_path, TABLE)
    path.write_bytes(path.read_bytes().replace(b"(4, 3)", b"(4, 3("))
    with pytest.raises(InputError, match=r"not a valid \.npy array"):
        read_npy_data(path)


@pytest.mark.parametrize("cut", [3, 8, 40, 130])
def test_damaged(tmp_path: Path, cut: int) -> None:
    path = save(tmp_path, TABLE)
    path.write_bytes(path.read_bytes()[:cut])
    with pytest.raises(InputError, match=r"not a valid \.npy array|pickled"):
        read_npy_data(path)
