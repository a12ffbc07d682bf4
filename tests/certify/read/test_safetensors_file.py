"""Safetensors files, against the reference writer where it is installed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from relucert.certify.read.errors import InputError
from relucert.certify.read.safetensors_file import read_safetensors_model, read_tensors

RNG = np.random.default_rng(0)
ARRAYS = {
    "0.weight": RNG.standard_normal((4, 3)),
    "0.bias": RNG.standard_normal(4),
    "2.weight": RNG.standard_normal((1, 4)),
    "2.bias": RNG.standard_normal(1),
}


def write(path: Path, header: Any, buffer: bytes = b"") -> Path:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    path.write_bytes(len(text).to_bytes(8, "little") + text + buffer)
    return path


def entry(dtype: str, shape: list[int], begin: int, end: int) -> dict[str, Any]:
    return {"dtype": dtype, "shape": shape, "data_offsets": [begin, end]}


@pytest.mark.parametrize("dtype", ["f8", "f4", "f2"])
def test_reference_writer(tmp_path: Path, dtype: str) -> None:
    writer = pytest.importorskip("safetensors.numpy")
    arrays = {name: array.astype(dtype) for name, array in ARRAYS.items()}
    path = tmp_path / "m.safetensors"
    writer.save_file(arrays, path, metadata={"format": "np"})
    network = read_safetensors_model(path)
    assert (network.hidden_weights == arrays["0.weight"]).all()
    assert (network.output_weights == arrays["2.weight"][0]).all()
    assert network.hidden_bias is not None and (network.hidden_bias == arrays["0.bias"]).all()
    assert network.output_bias == arrays["2.bias"][0]


def test_bfloat16_by_hand(tmp_path: Path) -> None:
    buffer = np.array([0x3FC0, 0xC000, 0x3F80], dtype="<u2").tobytes()
    header = {"a.weight": entry("BF16", [1, 2], 0, 4), "b.weight": entry("BF16", [1, 1], 4, 6)}
    network = read_safetensors_model(write(tmp_path / "m.safetensors", header, buffer))
    assert network.hidden_weights.tolist() == [[1.5, -2.0]]
    assert network.output_weights.tolist() == [1.0]
    assert "weights stored as bfloat16, widened exactly to float64" in network.notes


@pytest.mark.parametrize(
    ("header", "size", "reason"),
    [
        ({"a": entry("F64", [2], 0, 16)}, 15, "m.safetensors, a: the tensor ends at byte 16 of 15"),
        ({"a": entry("F64", [2], 0, 16)}, 17, "1 bytes belong to no tensor"),
        ({"a": entry("F64", [3], 0, 16)}, 16, "16 bytes for 3 numbers of type float64"),
        ({"a": entry("F64", [1], 0, 8), "b": entry("F64", [1], 4, 12)}, 12, "overlap or leave a gap at byte 4"),
        ({"a": entry("F64", [1], 0, 8), "b": entry("F64", [1], 16, 24)}, 24, "overlap or leave a gap at byte 8"),
        ({"a": entry("F64", [-1], 0, 8)}, 8, "malformed"),
        ({"a": entry("F64", [1], 8, 0)}, 8, "malformed"),
        ({"a": {**entry("F64", [1], 0, 8), "extra": 1}}, 8, "malformed"),
        ({"a": {"dtype": "F64", "shape": [1]}}, 8, "malformed"),
        ({"a": 1}, 8, "malformed"),
        ({"a": {"dtype": "F64", "shape": [True], "data_offsets": [0, 8]}}, 8, "malformed"),
        ({}, 0, "no tensors"),
        ({"__metadata__": {}}, 0, "no tensors"),
        ([], 8, "header is not a JSON object"),
        (b"{nonsense", 0, "header is not valid JSON"),
        (b'{"a": 1, "a": 2}', 0, "a key is given twice"),
        (b"\xff\xfe", 0, "header is not valid JSON"),
        (b"[" * 100000, 0, "header is not valid JSON"),
    ],
)
def test_damaged(tmp_path: Path, header: Any, size: int, reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        read_tensors(write(tmp_path / "m.safetensors", header, b"\0" * size))


def test_header_length(tmp_path: Path) -> None:
    path = tmp_path / "m.safetensors"
    for content in (b"\0" * 4, (2**40).to_bytes(8, "little") + b"{}", b"\xff" * 20):
        path.write_bytes(content)
        with pytest.raises(InputError, match="the header does not fit"):
            read_tensors(path)


def test_unreadable_element_type(tmp_path: Path) -> None:
    header = {"a.weight": entry("F8_E4M3", [1, 2], 0, 2), "b.weight": entry("F8_E4M3", [1, 1], 2, 3)}
    with pytest.raises(InputError, match=r"a\.weight: element type 'F8_E4M3' is not readable; convert"):
        read_safetensors_model(write(tmp_path / "m.safetensors", header, b"\0" * 3))


def test_non_finite(tmp_path: Path) -> None:
    buffer = np.array([1.0, np.inf, 1.0]).tobytes()
    header = {"a.weight": entry("F64", [1, 2], 0, 16), "b.weight": entry("F64", [1, 1], 16, 24)}
    with pytest.raises(InputError, match=r"a\.weight\[0, 1\]: the value is inf"):
        read_safetensors_model(write(tmp_path / "m.safetensors", header, buffer))
