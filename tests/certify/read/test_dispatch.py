"""Format detection and the three entry points."""

from __future__ import annotations

import gzip
import json
import pickle
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from relucert.certify.read.dispatch import detect_format, match, read_data, read_model
from relucert.certify.read.errors import InputError
from relucert.certify.read.layout import Layout
from relucert.certify.read.model import Dataset, Network

FIXTURES = Path(__file__).parent / "data"
W, A = [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]], [1.0, -1.0, 0.5]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    np.savez(tmp_path / "m.npz", hidden_weights=W, output_weights=A)
    (tmp_path / "m.json").write_text(json.dumps({"hidden_weights": W, "output_weights": A}))
    np.savez(tmp_path / "d.npz", X=np.array(W), y=np.array(A))
    (tmp_path / "d.json").write_text(json.dumps({"X": W, "y": A}))
    table = np.column_stack([W, A])
    np.save(tmp_path / "d.npy", table)
    np.save(tmp_path / "X.npy", np.array(W))
    np.save(tmp_path / "y.npy", np.array(A))
    np.savetxt(tmp_path / "d.csv", table, delimiter=",")
    np.savetxt(tmp_path / "d.tsv", table, delimiter="\t")
    np.savetxt(tmp_path / "d.txt", table)
    np.savetxt(tmp_path / "X.csv", np.array(W), delimiter=",")
    (tmp_path / "y.csv").write_text("price\n1\n-1\n0.5\n")
    return tmp_path


@pytest.mark.parametrize("name", ["m.npz", "m.json"])
def test_models(folder: Path, name: str) -> None:
    network = read_model(folder / name)
    assert network.hidden_weights.tolist() == W and network.output_weights.tolist() == A
    assert read_model(str(folder / name)).source == str(folder / name)


def test_torch_model_with_layout() -> None:
    assert read_model(FIXTURES / "float32.pt").width == 4
    by_text = read_model(FIXTURES / "ambiguous.pt", "hidden=0.weight,output=2.weight")
    by_object = read_model(FIXTURES / "ambiguous.pt", Layout("0.weight", "2.weight"))
    assert by_text.hidden_weights == by_object.hidden_weights


def test_safetensors_model(tmp_path: Path) -> None:
    header = json.dumps(
        {
            "a.weight": {"dtype": "F64", "shape": [1, 2], "data_offsets": [0, 16]},
            "b.weight": {"dtype": "F64", "shape": [1, 1], "data_offsets": [16, 24]},
        }
    ).encode()
    path = tmp_path / "model.bin"  # known by its content
    path.write_bytes(len(header).to_bytes(8, "little") + header + np.array([1.0, 2.0, 3.0]).tobytes())
    assert detect_format(path, "") == "safetensors"
    assert read_model(path).hidden_weights.tolist() == [[1.0, 2.0]]


def test_onnx_model(tmp_path: Path) -> None:
    pytest.importorskip("onnx")
    (tmp_path / "m.onnx").write_bytes(b"nonsense")
    with pytest.raises(InputError, match="not a valid ONNX file"):
        read_model(tmp_path / "m.onnx")


@pytest.mark.parametrize("name", ["d.npz", "d.json", "d.npy", "d.csv", "d.tsv", "d.txt"])
def test_data(folder: Path, name: str) -> None:
    data = read_data(folder / name)
    assert data.X.tolist() == W and data.y.tolist() == A


@pytest.mark.parametrize("name", ["d.npy", "d.csv"])
def test_columns(folder: Path, name: str) -> None:
    data = read_data(folder / name, target=0, features=[2])
    assert data.y.tolist() == [1.0, 3.0, 5.0] and data.X[:, 0].tolist() == A


@pytest.mark.parametrize("features", ["X.npy", "X.csv"])
@pytest.mark.parametrize("targets", ["y.npy", "y.csv"])
def test_targets_in_their_own_file(folder: Path, features: str, targets: str) -> None:
    data = read_data(folder / features, y_path=folder / targets)
    assert data.X.tolist() == W and data.y.tolist() == A
    assert data.target_name == ("price" if targets == "y.csv" else "y")
    assert f"targets from {folder / targets}" in data.notes


def test_content_goes_before_suffix(folder: Path) -> None:
    for source, disguise, kind in (
        ("m.npz", "a.pt", "npz"),
        ("d.npy", "a.csv", "npy"),
        (FIXTURES / "float32.pt", "a.npz", "torch"),
    ):
        (folder / disguise).write_bytes((folder / source).read_bytes())
        assert detect_format(folder / disguise, "") == kind


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("m.pkl", pickle.dumps(1), r"\.pkl files are not read; a pickle can run code"),
        ("m.joblib", b"x", "from_sklearn"),
        ("m.h5", b"\x89HDF", "numpy.savez"),
        ("d.parquet", b"PAR1", "export the table as CSV"),
        ("d.csv.gz", gzip.compress(b"1,2", mtime=0), "unpack it first"),
        ("m.unknown", b"x", r"unknown format .suffix '\.unknown'.; give a model as \.npz"),
        ("m", b"x", "unknown format .suffix 'missing'"),
        ("m.csv", b"1,2\n", "csv files hold data, not a model"),
        ("m.npz", b"nonsense", "not a valid zip archive"),
        ("m.pt", b"\x80\x02nonsense", "not PyTorch's zip format"),
        ("m.npz", b"", "the file is empty"),
    ],
)
def test_refused_models(tmp_path: Path, name: str, content: bytes, reason: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError, match=reason):
        read_model(tmp_path / name)


def test_foreign_archive(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "m.npz", "w") as archive:
        archive.writestr("readme.txt", "hello")
    with pytest.raises(InputError, match="neither NumPy arrays nor a PyTorch state dict"):
        read_model(tmp_path / "m.npz")


def test_missing_files() -> None:
    for read in (read_model, read_data):
        with pytest.raises(InputError, match=r"^absent\.npz: no such file; check the path$"):
            read("absent.npz")


@pytest.mark.parametrize(
    ("name", "options", "reason"),
    [
        ("d.npz", {"target": 0}, "--target: npz data name their own X and y; leave it out"),
        ("d.json", {"features": [0]}, "--features: json data name their own"),
        ("d.json", {"y_path": "y.npy"}, "y_path: json data name their own"),
        ("d.npy", {"header": True}, "header: npy data have no header line"),
        ("X.csv", {"y_path": "y.npy", "target": 0}, "besides a separate target file"),
        ("X.csv", {"y_path": "d.npy"}, r"shape \(3, 3\) where \(samples,\)"),
        ("X.csv", {"y_path": "d.csv"}, "3 columns where one of targets"),
        ("X.csv", {"y_path": "d.json"}, "json files do not hold targets alone"),
        ("X.csv", {"y_path": "absent.npy"}, "absent.npy: no such file"),
        ("d.csv", {"target": "price"}, "no column 'price': the table has no header"),
    ],
)
def test_refused_data(folder: Path, name: str, options: dict[str, Any], reason: str) -> None:
    if "y_path" in options:
        options = {**options, "y_path": folder / options["y_path"]}
    with pytest.raises(InputError, match=reason):
        read_data(folder / name, **options)


def test_a_model_is_no_data_and_the_other_way_round(folder: Path) -> None:
    with pytest.raises(InputError, match="torch files hold models, not data"):
        read_data(FIXTURES / "float32.pt")
    with pytest.raises(InputError, match="npy files hold data, not a model"):
        read_model(folder / "d.npy")
    with pytest.raises(InputError, match="unknown keys: 'X', 'y'; use hidden_weights"):
        read_model(folder / "d.npz")
    with pytest.raises(InputError, match="--layout: npz models have fixed names"):
        read_model(folder / "m.npz", "hidden=a,output=b")
    with pytest.raises(InputError, match="--layout: 'nonsense' is not ROLE=KEY"):
        read_model(FIXTURES / "float32.pt", "nonsense")


def test_match() -> None:
    network = Network(np.array(W), None, np.array(A), None, source="m.npz")
    match(network, Dataset(np.zeros((5, 2)), np.zeros(5)))
    for d, cure in ((3, "--target and --features"), (1, "constant 1 as its last input"), (7, "--features")):
        with pytest.raises(InputError, match=cure) as caught:
            match(network, Dataset(np.zeros((5, d)), np.zeros(5), source="d.csv"))
        assert f"m.npz: hidden_weights has shape (3, 2) but X of d.csv has shape (5, {d})" in str(caught.value)


def test_no_heavy_import() -> None:
    """Reading is light: the packages of the extras are loaded only by the reader that needs them."""
    program = (
        "import sys, relucert.certify.read.dispatch, relucert.certify.read.sklearn, relucert.certify.read.torch_module;"
        "print([m for m in ('torch', 'sklearn', 'scipy', 'onnx', 'safetensors', 'pandas') if m in sys.modules])"
    )
    completed = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert completed.stdout.strip() == "[]"
