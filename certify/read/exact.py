"""Conversion to binary64 that never rounds: what cannot be represented exactly is refused."""

from __future__ import annotations

import os
from typing import Any

import numpy as np
from numpy.typing import NDArray

from relucert.certify.read.errors import InputError

FloatArray = NDArray[np.float64]

# Every integer of magnitude up to 2^53 is a binary64; above, only some are.
_LARGEST_EXACT_INTEGER = 2**53


def exact_float64(values: Any, *, field: str, file: str | os.PathLike[str] | None = None) -> FloatArray:
    """A read-only binary64 copy of `values` with exactly the same numbers, all of them finite.

    Parameters
    ----------
    values : array_like
        Booleans, integers of magnitude at most 2^53, or float16/float32/float64.
    field, file : str
        Where the values come from, for the message of an error.

    Returns
    -------
    (any shape) float64, C-contiguous, not writeable.

    Raises
    ------
    InputError
        For other element types, for integers that binary64 may not hold, for NaN and infinities.
    """
    try:
        array = np.asarray(values)
    except ValueError as error:
        raise InputError(
            f"not a rectangular array ({error})", file=file, field=field, cure="give every row the same length"
        ) from None
    _require_exact_type(array, field=field, file=file)
    converted: FloatArray = np.array(array, dtype=np.float64, order="C", copy=True)
    _require_finite(converted, field=field, file=file)
    converted.setflags(write=False)
    return converted


def _require_exact_type(array: NDArray[Any], *, field: str, file: str | os.PathLike[str] | None) -> None:
    kind = array.dtype.kind
    if kind == "b" or (kind == "f" and array.dtype.itemsize <= 8):
        return
    if kind in "iu":
        too_large = (array > _LARGEST_EXACT_INTEGER) | (array < -_LARGEST_EXACT_INTEGER)
        if too_large.any():
            position = _first(too_large)
            raise InputError(
                f"the integer {array[position]} exceeds 2^53 and may not be a binary64",
                file=file,
                field=_entry(field, position),
                cure="rescale the column or store it as float64",
            )
        return
    reason = {
        "f": "has more digits than binary64",
        "c": "is complex",
        "O": "holds Python objects",
        "U": "holds text",
        "S": "holds bytes",
    }.get(kind, "is not numeric")
    raise InputError(
        f"element type {array.dtype} {reason}", file=file, field=field, cure="store plain float64 or float32 numbers"
    )


def _require_finite(array: FloatArray, *, field: str, file: str | os.PathLike[str] | None) -> None:
    bad = ~np.isfinite(array)
    if bad.any():
        position = _first(bad)
        raise InputError(
            f"the value is {array[position]}",
            file=file,
            field=_entry(field, position),
            cure="every number must be finite: remove or repair the entry",
        )


def _first(mask: NDArray[np.bool_]) -> tuple[int, ...]:
    return tuple(int(i) for i in np.argwhere(mask)[0])


def _entry(field: str, position: tuple[int, ...]) -> str:
    return f"{field}[{', '.join(map(str, position))}]" if position else field
