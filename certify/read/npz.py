"""NumPy ``.npz`` archives: a model (hidden_weights, output_weights, ...) or a data set (X, y)."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from relucert.certify.read.errors import InputError, listed, quoted
from relucert.certify.read.files import PathLike, read_bytes
from relucert.certify.read.model import Dataset, Network, make_network
from relucert.certify.read.npy import load_array
from relucert.certify.read.zip_members import ZipMembers

MODEL_KEYS = ("hidden_weights", "output_weights", "hidden_bias", "output_bias")
DATA_KEYS = ("X", "y")
EXACT_KEYS = ("exact_patches", "exact_labels")  # of decision problems: the rationals that X and y are the floats of


def read_npz_model(path: PathLike) -> Network:
    """Network of an archive with the keys of `MODEL_KEYS`.

    ``hidden_weights`` (m, d), ``output_weights`` (m,), (m, 1) or (1, m), optionally ``hidden_bias`` (m,) and
    ``output_bias`` (a number or one entry), as written by ``numpy.savez``.
    """
    arrays = _load(path, MODEL_KEYS, needed=MODEL_KEYS[:2])
    types = sorted({str(array.dtype) for array in arrays.values()})
    return make_network(
        arrays["hidden_weights"],
        arrays.get("hidden_bias"),
        arrays["output_weights"],
        arrays.get("output_bias"),
        source=str(path),
        notes=() if types == ["float64"] else (f"weights stored as {listed(types)}, widened exactly to float64",),
    )


def read_npz_data(path: PathLike) -> Dataset:
    """Data set of an archive with X (n, d) and y (n,) or (n, 1); a note names arrays of `EXACT_KEYS`, left unread."""
    arrays = _load(path, DATA_KEYS, needed=DATA_KEYS, unread=EXACT_KEYS)
    unread = [key for key in EXACT_KEYS if key in arrays]
    notes = (f"{listed(unread)} not read: the floats of X and y are the data",) if unread else ()
    return Dataset(arrays["X"], arrays["y"], source=str(path), notes=notes)


def _load(
    path: PathLike, known: tuple[str, ...], needed: tuple[str, ...], unread: tuple[str, ...] = ()
) -> dict[str, NDArray[Any]]:
    archive = ZipMembers(read_bytes(path), path, cure="write it with numpy.savez")
    members = {name.removesuffix(".npy"): name for name in archive.names}
    _require_keys([key for key in members if key not in unread], known, needed, path)
    return {
        key: np.empty(0) if key in unread else load_array(archive.read(name), path, field=key)
        for key, name in members.items()
    }


def _require_keys(keys: list[str], known: tuple[str, ...], needed: tuple[str, ...], path: PathLike) -> None:
    unknown = [key for key in keys if key not in known]
    if unknown:
        raise InputError(f"unknown keys: {listed(map(quoted, unknown))}", file=path, cure=f"use {listed(known)}")
    missing = [key for key in needed if key not in keys]
    if missing:
        raise InputError(f"missing keys: {listed(missing)}", file=path, cure=f"use {listed(known)}")
