"""NumPy ``.npy`` files: a table with the target in one column, or a vector of targets."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from relucert.certify.read.columns import ColumnChoice, choose_columns
from relucert.certify.read.errors import InputError, shape_text
from relucert.certify.read.files import PathLike, read_bytes
from relucert.certify.read.model import Dataset


def read_npy_data(
    path: PathLike,
    *,
    target: str | int | None = None,
    features: Sequence[str | int] | None = None,
    y: NDArray[Any] | None = None,
) -> Dataset:
    """Data set of a 2-D array with one row per sample.

    Parameters
    ----------
    path : path
    target : int, optional
        Column of the target, counted from 0, negative from the end; the last column by default.
    features : sequence of int, optional
        Columns of the features; all others than the target by default.
    y : (n,) array, optional
        Targets from elsewhere; then every column is a feature unless `features` says otherwise.
    """
    table = load_array(read_bytes(path), path)
    if table.ndim != 2:
        raise InputError(
            f"shape {shape_text(table.shape)} where (samples, columns) is needed",
            file=path,
            cure="save one row per sample; for a single feature save X.reshape(-1, 1) and y in its own file",
        )
    choice: ColumnChoice = choose_columns(
        None, table.shape[1], target=target, features=features, separate_target=y is not None, file=path
    )
    targets = table[:, choice.target] if y is None else y
    return Dataset(
        table[:, choice.features],
        targets,
        feature_names=choice.feature_names,
        target_name=choice.target_name,
        source=str(path),
        notes=choice.notes,
    )


def read_npy_vector(path: PathLike) -> NDArray[Any]:
    """A vector of targets, stored (n,) or (n, 1)."""
    array = load_array(read_bytes(path), path)
    if array.ndim == 2 and array.shape[1] == 1:
        array = array[:, 0]
    if array.ndim != 1:
        raise InputError(
            f"shape {shape_text(array.shape)} where (samples,) is needed", file=path, cure="save one number per sample"
        )
    return array


def load_array(content: bytes, path: PathLike, *, field: str | None = None) -> NDArray[Any]:
    """One array of the ``.npy`` format; pickled objects are never loaded."""
    try:
        array = np.load(io.BytesIO(content), allow_pickle=False)
    except Exception as error:  # NumPy parses the header as Python: damage shows as tokenize errors and many others
        if "Object arrays" in str(error):
            raise InputError(
                "the array holds pickled Python objects, which are not loaded",
                file=path,
                field=field,
                cure="save it with a numeric element type: array.astype(float)",
            ) from None
        raise InputError(
            f"not a valid .npy array ({error})", file=path, field=field, cure="write it with numpy.save"
        ) from None
    if not isinstance(array, np.ndarray):
        raise InputError("not a .npy array", file=path, field=field, cure="write it with numpy.save")
    return array
