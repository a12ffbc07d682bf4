"""Archives written by numpy.savez."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from relucert.certify.read.errors import InputError
from relucert.certify.read.npz import read_npz_data, read_npz_model

RNG = np.random.default_rng(0)
W = RNG.standard_normal((4, 3))
A = RNG.standard_normal(4)
B = RNG.standard_normal(4)


def save(tmp_path: Path, **arrays: Any) -> Path:
    path = tmp_path / "a.npz"
    np.savez(path, **arrays)
    return path


@pytest.mark.parametrize("compressed", [False, True])
@pytest.mark.parametrize("outputs", [A, A.reshape(4, 1), A.reshape(1, 4)])
def test_round_trip(tmp_path: Path, outputs: Any, compressed: bool) -> None:
    path = tmp_path / "m.npz"
    write = np.savez_compressed if compressed else np.savez
    write(path, hidden_weights=W, hidden_bias=B, output_weights=outputs, output_bias=0.1)
    network = read_npz_model(path)
    assert (network.hidden_weights == W).all() and (network.output_weights == A).all()
    assert network.hidden_bias is not None and (network.hidden_bias == B).all()
    assert network.output_bias == 0.1
    assert network.source == str(path) and network.notes == ()


def test_without_biases_in_float32(tmp_path: Path) -> None:
    network = read_npz_model(save(tmp_path, hidden_weights=W.astype("f4"), output_weights=A.astype("f4")))
    assert (network.hidden_weights == W.astype("f4")).all()
    assert network.hidden_bias is None and network.output_bias is None
    assert network.notes == ("weights stored as float32, widened exactly to float64",)


def test_data(tmp_path: Path) -> None:
    data = read_npz_data(save(tmp_path, X=W, y=A.reshape(4, 1)))
    assert (data.X == W).all() and (data.y == A).all()


@pytest.mark.parametrize(
    ("arrays", "reason"),
    [
        ({"hidden_weights": W}, "a.npz: missing keys: output_weights; use hidden_weights, output_weights"),
        ({"W": W, "hidden_weights": W, "output_weights": A}, "unknown keys: 'W'"),
        ({"hidden_weights": W.T, "output_weights": A}, "transposed"),
        ({"hidden_weights": W[0], "output_weights": A}, r"shape \(3,\)"),
        ({"hidden_weights": W, "output_weights": np.zeros((2, 4))}, "2 outputs"),
        ({"hidden_weights": W * np.nan, "output_weights": A}, r"hidden_weights\[0, 0\]: the value is nan"),
        ({"hidden_weights": W + 0j, "output_weights": A}, "is complex"),
        ({"hidden_weights": W.astype(object), "output_weights": A}, "hidden_weights: the array holds pickled"),
        ({}, "missing keys"),
    ],
)
def test_refused_models(tmp_path: Path, arrays: dict[str, Any], reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        read_npz_model(save(tmp_path, **arrays))


def test_exact_numbers_beside_the_floats_are_named_and_left_unread(tmp_path: Path) -> None:
    data = read_npz_data(save(tmp_path, X=W, y=A, exact_labels=np.array(["1/3"])))
    assert data.notes == ("exact_labels not read: the floats of X and y are the data",)


def test_refused_data(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="unknown keys: 'x'; use X, y"):
        read_npz_data(save(tmp_path, x=W, y=A))
    with pytest.raises(InputError, match="missing keys: y"):
        read_npz_data(save(tmp_path, X=W))
    with pytest.raises(InputError, match="X has 4 samples but y has 3"):
        read_npz_data(save(tmp_path, X=W, y=A[:3]))


def test_damaged_archives(tmp_path: Path) -> None:
    path = save(tmp_path, X=W, y=A)
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    with pytest.raises(InputError, match="not a valid zip archive"):
        read_npz_data(path)
    position = content.index(b"\x93NUMPY") + 100
    path.write_bytes(content[:position] + b"\x00" + content[position + 1 :])
    with pytest.raises(InputError, match=r"the member 'X\.npy' of the archive is damaged"):
        read_npz_data(path)


def test_a_member_stored_twice(tmp_path: Path) -> None:
    path = save(tmp_path, X=W, y=A)
    with zipfile.ZipFile(path) as archive:
        member = archive.read("y.npy")
    with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("y.npy", member)
    with pytest.raises(InputError, match="stored twice"):
        read_npz_data(path)
