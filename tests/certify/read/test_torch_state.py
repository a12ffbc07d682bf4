"""State dicts written by PyTorch 2.13.0 (data/make_torch_files.py), read without it."""

from __future__ import annotations

import json
import sys
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from relucert.certify.read.errors import InputError
from relucert.certify.read.layout import Layout
from relucert.certify.read.torch_state import read_torch_model

DATA = Path(__file__).parent / "data"
EXPECTED: dict[str, dict[str, Any]] = json.loads((DATA / "expected.json").read_text())


def floats(value: Any) -> Any:
    return [floats(entry) for entry in value] if isinstance(value, list) else float.fromhex(value)


def rewrite(source: Path, target: Path, changes: dict[str, bytes | None]) -> Path:
    """Copy an archive with some members replaced, added, or (None) left out."""
    with zipfile.ZipFile(source) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in {**members, **changes}.items():
            if content is not None:
                archive.writestr(name, content)
    return target


@pytest.mark.parametrize("name", sorted(set(EXPECTED) - {"ambiguous.pt"}))
def test_numbers_are_those_of_torch(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)  # importing it would now fail
    network = read_torch_model(DATA / name)
    expected = EXPECTED[name]
    assert network.hidden_weights.tolist() == floats(expected["hidden_weights"])
    assert network.output_weights.tolist() == floats(expected["output_weights"])
    if expected["hidden_bias"] is None:
        assert network.hidden_bias is None and network.output_bias is None
    else:
        assert network.hidden_bias is not None
        assert network.hidden_bias.tolist() == floats(expected["hidden_bias"])
        assert network.output_bias == floats(expected["output_bias"])


@pytest.mark.parametrize("name", ["float16", "bfloat16", "float32"])
def test_the_notes_tell_the_type(name: str) -> None:
    notes = read_torch_model(DATA / f"{name}.pt").notes
    assert f"weights stored as {name}, widened exactly to float64" in notes
    assert "ReLU is assumed" in notes[0]


def test_layout_settles_what_shapes_do_not() -> None:
    network = read_torch_model(DATA / "ambiguous.pt", Layout("0.weight", "2.weight"))
    assert network.hidden_weights.tolist() == floats(EXPECTED["ambiguous.pt"]["hidden_weights"])
    assert network.output_bias == floats(EXPECTED["ambiguous.pt"]["output_bias"])


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("malicious.pt", "the pickle names 'posix.system', which is not loaded because it could run code"),
        ("whole_module.pt", "names 'torch.nn.modules.container.Sequential'.*state_dict"),
        ("legacy.pt", "not PyTorch's zip format .*torch 1.6 or later"),
        ("script.pt", "a TorchScript program"),
        ("single_tensor.pt", "holds a single tensor"),
        ("not_a_state_dict.pt", "entries that are no tensors: 'epoch'"),
        ("three_layers.pt", r"3 weight matrices where two are needed.*2\.weight \(4, 4\).*only one hidden layer"),
        ("one_layer.pt", r"weight \(1, 3\)"),
        ("two_outputs.pt", r"no pair of shapes \(m, d\) and \(1, m\): .*2\.weight \(2, 4\)"),
        ("batch_norm.pt", r"belong to no linear layer: 1\.weight"),
        ("ambiguous.pt", r"both layers have shape \(1, 1\): .*--layout hidden=KEY,output=KEY"),
        ("complex.pt", r"0\.weight: element type ComplexFloatStorage is not readable"),
        ("nan.pt", r"0\.weight\[1, 2\]: the value is nan"),
    ],
)
def test_refusals(name: str, reason: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match=reason) as caught:
        read_torch_model(DATA / name)
    assert len(str(caught.value).splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


def test_big_endian(tmp_path: Path) -> None:
    with zipfile.ZipFile(DATA / "float32.pt") as archive:
        changes: dict[str, bytes | None] = {
            name: np.frombuffer(archive.read(name), "<f4").astype(">f4").tobytes()
            for name in archive.namelist()
            if name.startswith("archive/data/")
        }
    path = rewrite(DATA / "float32.pt", tmp_path / "big.pt", {**changes, "archive/byteorder": b"big"})
    assert read_torch_model(path).hidden_weights.tolist() == floats(EXPECTED["float32.pt"]["hidden_weights"])


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"archive/data/0": None}, "no member 'archive/data/0'"),
        ({"archive/data/0": b"\0" * 47}, "0.weight: the storage has 47 bytes where 48 are declared"),
        ({"archive/byteorder": b"middle"}, "unknown byte order"),
        ({"archive/data.pkl": None}, "0 members data.pkl"),
        ({"other/data.pkl": b"."}, "2 members data.pkl"),
        ({"archive/data.pkl": b"]."}, "the file holds a list"),
        ({"archive/data.pkl": b"}."}, "no entries"),
        ({"archive/data.pkl": b"}K\x01K\x02s."}, "entries that are no tensors: a key of type int"),
        ({"archive/data.pkl": b"garbage"}, "the pickle cannot be read"),
    ],
)
def test_damaged_archives(tmp_path: Path, changes: dict[str, bytes | None], reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        read_torch_model(rewrite(DATA / "float32.pt", tmp_path / "f.pt", changes))


def tensor_pickle(offset: bytes, size: bytes, stride: bytes) -> bytes:
    """A pickled {"a": tensor} over a storage of 12 float32."""
    return (
        b"\x80\x02}X\x01\x00\x00\x00actorch._utils\n_rebuild_tensor_v2\n("
        b"(X\x07\x00\x00\x00storagectorch\nFloatStorage\nX\x01\x00\x00\x000X\x03\x00\x00\x00cpuK\x0ctQ"
        + offset
        + size
        + stride
        + b"\x89NtRs."
    )


@pytest.mark.parametrize(
    ("offset", "size", "stride", "reason"),
    [
        (b"K\x01", b"K\x03K\x04\x86", b"K\x04K\x01\x86", "reaches element 12 of a storage of 12"),
        (b"K\x00", b"K\x03K\x04\x86", b"K\x08K\x01\x86", "reaches element 19"),
        (b"K\x00", b"J\x00\x00\x00\x40K\x04\x86", b"K\x00K\x00\x86", "reaches element 0 of a storage of 12"),
        (b"J\xff\xff\xff\xff", b"K\x03\x85", b"K\x01\x85", "malformed"),
        (b"K\x0b", b"K\x03\x85", b"J\xff\xff\xff\xff\x85", "malformed"),
        (b"K\x00", b"K\x03\x85", b"K\x01K\x01\x86", "malformed"),
        (b"K\x00", b"K\x03", b"K\x01\x85", "malformed"),
        (b"N", b"K\x03\x85", b"K\x01\x85", "malformed"),
    ],
)
def test_tensors_outside_their_storage(tmp_path: Path, offset: bytes, size: bytes, stride: bytes, reason: str) -> None:
    content = tensor_pickle(offset, size, stride)
    with pytest.raises(InputError, match=reason):
        read_torch_model(rewrite(DATA / "float32.pt", tmp_path / "f.pt", {"archive/data.pkl": content}))


def test_truncation(tmp_path: Path) -> None:
    content = (DATA / "float32.pt").read_bytes()
    path = tmp_path / "f.pt"
    for length in range(1, len(content), 37):
        path.write_bytes(content[:length])
        with pytest.raises(InputError):
            read_torch_model(path)
