"""One entry for models and one for data: the format is known by its first bytes, text by its suffix."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Literal

from numpy.typing import NDArray

from relucert.certify.read.csv_table import read_csv, read_csv_vector
from relucert.certify.read.errors import InputError
from relucert.certify.read.files import PathLike, read_bytes
from relucert.certify.read.json_format import read_json_data, read_json_model
from relucert.certify.read.layout import Layout, parse_layout
from relucert.certify.read.model import Dataset, Network
from relucert.certify.read.npy import read_npy_data, read_npy_vector
from relucert.certify.read.npz import read_npz_data, read_npz_model
from relucert.certify.read.onnx_file import read_onnx_model
from relucert.certify.read.safetensors_file import read_safetensors_model
from relucert.certify.read.torch_state import read_torch_model
from relucert.certify.read.zip_members import ZipMembers

Format = Literal["npz", "npy", "json", "csv", "torch", "safetensors", "onnx"]

_SUFFIXES: dict[str, Format] = {
    ".npz": "npz",
    ".npy": "npy",
    ".json": "json",
    ".csv": "csv",
    ".tsv": "csv",
    ".tab": "csv",
    ".txt": "csv",
    ".dat": "csv",
    ".data": "csv",
    ".pt": "torch",
    ".pth": "torch",
    ".safetensors": "safetensors",
    ".onnx": "onnx",
}
_MODEL_CURE = "give a model as .npz, .json, .pt, .pth, .safetensors or .onnx"
_DATA_CURE = "give data as .csv, .tsv, .txt, .npy, .npz or .json"
_REFUSED_SUFFIXES = {
    ".pkl": "a pickle can run code: load it yourself and pass the model to from_sklearn or from_torch",
    ".pickle": "a pickle can run code: load it yourself and pass the model to from_sklearn or from_torch",
    ".joblib": "a pickle can run code: load it yourself and pass the model to from_sklearn",
    ".h5": "save the weights with numpy.savez(path, hidden_weights=..., output_weights=...)",
    ".keras": "save the weights with numpy.savez(path, hidden_weights=..., output_weights=...)",
    ".xlsx": "export the sheet as CSV",
    ".xls": "export the sheet as CSV",
    ".parquet": "export the table as CSV",
    ".gz": "unpack it first",
    ".zip": "unpack it first",
}


def read_model(path: PathLike, layout: str | Layout | None = None) -> Network:
    """Read a two-layer ReLU network.

    Parameters
    ----------
    path : path
        .npz, .json, .pt/.pth, .safetensors or .onnx.
    layout : str or Layout, optional
        ``hidden=KEY,output=KEY`` for state dicts whose layers cannot be told apart; see
        `relucert.certify.read.layout`.
    """
    kind = detect_format(path, _MODEL_CURE)
    hint = parse_layout(layout) if isinstance(layout, str) else layout
    if kind == "torch":
        return read_torch_model(path, hint)
    if kind == "safetensors":
        return read_safetensors_model(path, hint)
    readers: dict[Format, Callable[[PathLike], Network]] = {
        "npz": read_npz_model,
        "json": read_json_model,
        "onnx": read_onnx_model,
    }
    if kind not in readers:
        raise InputError(f"{kind} files hold data, not a model", file=path, cure=_MODEL_CURE)
    if hint is not None:
        raise InputError(f"{kind} models have fixed names", file=path, field="--layout", cure="leave it out")
    return readers[kind](path)


def read_data(
    path: PathLike,
    *,
    target: str | int | None = None,
    features: Sequence[str | int] | None = None,
    header: bool | None = None,
    y_path: PathLike | None = None,
) -> Dataset:
    """Read a regression data set.

    Parameters
    ----------
    path : path
        .csv/.tsv/.txt, .npy, .npz or .json.
    target : str or int, optional
        Target column by name or by position from 0; the last by default. For tables (text and .npy) only.
    features : sequence of str or int, optional
        Feature columns; all others by default. For tables only.
    header : bool, optional
        Whether the first line of a text table is a header; found out by default.
    y_path : path, optional
        File with the targets alone, .npy or text; then `path` holds the features alone.
    """
    kind = detect_format(path, _DATA_CURE)
    if kind not in ("csv", "npy", "npz", "json"):
        raise InputError(f"{kind} files hold models, not data", file=path, cure=_DATA_CURE)
    if kind != "csv" and header is not None and (y_path is None or kind in ("npz", "json")):
        raise InputError(f"{kind} data have no header line", file=path, field="header", cure="leave it out")
    if kind in ("npz", "json"):
        for option, value in (("--target", target), ("--features", features), ("y_path", y_path)):
            if value is not None:
                raise InputError(f"{kind} data name their own X and y", file=path, field=option, cure="leave it out")
        return read_npz_data(path) if kind == "npz" else read_json_data(path)
    y, name, notes = (None, None, ()) if y_path is None else _read_targets(y_path, header)
    if kind == "npy":
        data = read_npy_data(path, target=target, features=features, y=y)
    else:
        data = read_csv(path, target=target, features=features, header=header, y=y)
    if y_path is None:
        return data
    return Dataset(
        data.X,
        data.y,
        feature_names=data.feature_names,
        target_name=name or data.target_name,
        source=data.source,
        notes=(*data.notes, f"targets from {y_path}", *notes),
    )


def match(network: Network, dataset: Dataset) -> None:
    """Require that the network takes as many inputs as the data have features."""
    d, columns = network.n_features, dataset.n_features
    if d == columns:
        return
    if columns == d + 1:
        cure = "is one column an index or the target? choose with --target and --features"
    elif columns == d - 1:
        cure = "the model may take a constant 1 as its last input: append that column, or drop it from the model"
    else:
        cure = "choose the model's inputs with --features, or give the data it was trained on"
    raise InputError(
        f"hidden_weights has shape ({network.width}, {d}) but X of {dataset.source} has shape "
        f"({dataset.n_samples}, {columns})",
        file=network.source,
        cure=cure,
    )


def detect_format(path: PathLike, cure: str) -> Format:
    """The format of a file, from its first bytes where these are telling and from its suffix otherwise."""
    suffix = Path(path).suffix.lower()
    content = read_bytes(path)
    if content.startswith(b"\x93NUMPY"):
        return "npy"
    if content.startswith(b"PK\x03\x04") and suffix not in (".xlsx", ".keras"):
        return _zip_format(content, path, cure)
    # Eight characters of text would be a number far larger than any file.
    if content[8:9] == b"{" and int.from_bytes(content[:8], "little") < len(content):
        return "safetensors"
    if suffix in _SUFFIXES:
        return _SUFFIXES[suffix]
    if suffix in _REFUSED_SUFFIXES:
        raise InputError(f"{suffix} files are not read", file=path, cure=_REFUSED_SUFFIXES[suffix])
    raise InputError(f"unknown format (suffix {suffix or 'missing'!r})", file=path, cure=cure)


def _zip_format(content: bytes, path: PathLike, cure: str) -> Format:
    names = ZipMembers(content, path, cure).names
    if any(name.rpartition("/")[2] == "data.pkl" for name in names):
        return "torch"
    if names and all(name.endswith(".npy") for name in names):
        return "npz"
    raise InputError("a zip archive with neither NumPy arrays nor a PyTorch state dict", file=path, cure=cure)


def _read_targets(path: PathLike, header: bool | None) -> tuple[NDArray[Any], str | None, tuple[str, ...]]:
    kind = detect_format(path, "give the targets as .npy or as text with one column")
    if kind == "npy":
        return read_npy_vector(path), None, ()
    if kind == "csv":
        return read_csv_vector(path, header=header)
    raise InputError(
        f"{kind} files do not hold targets alone", file=path, cure="give the targets as .npy or as text with one column"
    )
