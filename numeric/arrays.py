"""Which array library the arguments belong to.

NumPy is the default.  Where `array-api-compat` is installed the same functions take the arrays of any library that it
knows (PyTorch, JAX, CuPy) and return arrays of that library.
"""

from __future__ import annotations

from typing import Any

import numpy as np

Array = Any  # an array of NumPy or of another library of the array API standard
_OF_NUMPY = (np.ndarray, np.generic, int, float)


def namespace(*arrays: Array) -> Any:
    """The functions of the library that made the arrays."""
    for array in arrays:
        if not isinstance(array, _OF_NUMPY):
            break
    else:
        return np
    from array_api_compat import array_namespace  # an extra: NumPy alone is enough

    return array_namespace(*(array for array in arrays if not isinstance(array, (int, float))))


def floating(values: object) -> Array:
    """The argument as an array of float64 or float32: arrays of other libraries as they are, lists by NumPy.

    Raises
    ------
    ValueError
        Complex numbers, or a NaN or infinite entry.
    """
    if not isinstance(values, np.ndarray) and hasattr(values, "dtype"):
        return values
    array = np.asarray(values)
    if array.dtype not in (np.float64, np.float32):
        if array.dtype.kind not in "iufb":
            raise ValueError(f"expected real numbers, got an array of {array.dtype}")
        array = array.astype(np.float64)
    if not np.isfinite(array).all():
        raise ValueError("the array has entries that are NaN or infinite")
    return array


def inner(u: Array, v: Array) -> Array:
    """Inner products over the last axis: (..., d), (..., d) -> (...)."""
    xp = namespace(u, v)
    return xp.einsum("...i,...i->...", u, v) if xp is np else xp.vecdot(u, v)


def norm(u: Array) -> Array:
    """Euclidean norms over the last axis: (..., d) -> (...)."""
    return namespace(u).sqrt(inner(u, u))
