"""Which array library the arguments belong to.

NumPy is the default.  Where `array-api-compat` is installed the same functions take the arrays of any library that it
knows (PyTorch, JAX, CuPy) and return arrays of that library.
"""

from __future__ import annotations

from collections.abc import Iterable
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
    try:
        from array_api_compat import array_namespace  # an extra: NumPy alone is enough
    except ModuleNotFoundError:
        kinds = sorted({type(array).__module__.partition(".")[0] for array in arrays})
        raise ValueError(
            f"arrays of {' and '.join(kinds)} need array-api-compat: python -m pip install array-api-compat, "
            "or relucert[arrays]; or pass arrays of NumPy"
        ) from None
    return array_namespace(*(array for array in arrays if not isinstance(array, (int, float))))


def floating(values: object) -> Array:
    """The argument as an array of float64 or float32: of the library that it comes from, lists of NumPy.

    Raises
    ------
    ValueError
        Complex numbers, or a NaN or infinite entry.
    """
    if isinstance(values, np.ndarray | np.generic) or not hasattr(values, "dtype"):
        array: Array = np.asarray(values)
        if array.dtype.kind in "iufb" and array.dtype not in (np.float64, np.float32):
            array = array.astype(np.float64)
    else:
        array = values
    xp = namespace(array)
    if not xp.isdtype(array.dtype, "real floating"):
        raise ValueError(f"expected real numbers, got an array of {array.dtype}")
    if not bool(xp.all(xp.isfinite(array))):
        raise ValueError("the array has entries that are NaN or infinite")
    return array


def inner(u: Array, v: Array) -> Array:
    """Inner products over the last axis: (..., d), (..., d) -> (...)."""
    xp = namespace(u, v)
    return xp.einsum("...i,...i->...", u, v) if xp is np else xp.vecdot(u, v)


def einsum(subscripts: str, one: Array, other: Array) -> Array:
    """Einstein's sum of two arrays with leading axes, such as ``"...nk,...nkm->...m"``."""
    xp = namespace(one, other)
    if hasattr(xp, "einsum"):
        return xp.einsum(subscripts, one, other)
    # the standard has none: every letter becomes an axis, those that are not in the result are summed
    terms, result = subscripts.split("->")
    names = [term.removeprefix("...") for term in terms.split(",")]
    summed = sorted(set("".join(names)) - set(result))
    letters = result.removeprefix("...") + "".join(summed)
    product = _spread(one, names[0], letters) * _spread(other, names[1], letters)
    return xp.sum(product, axis=tuple(range(-len(summed), 0))) if summed else product


def _spread(array: Array, names: str, letters: str) -> Array:
    """The last axes in the order of the letters, of length 1 where the array has none."""
    xp, leading = namespace(array), array.ndim - len(names)
    order = [leading + names.index(letter) for letter in letters if letter in names]
    moved = xp.permute_dims(array, (*range(leading), *order))
    lengths = iter(moved.shape[leading:])
    return xp.reshape(moved, (*moved.shape[:leading], *(next(lengths) if letter in names else 1 for letter in letters)))


def windows(values: Array, starts: Iterable[int], size: int) -> Array:
    """Parts of the last axis, `size` long, from each of the starts: (..., d) -> (..., starts, size)."""
    return namespace(values).stack([values[..., first : first + size] for first in starts], axis=-2)


def norm(u: Array) -> Array:
    """Euclidean norms over the last axis: (..., d) -> (...)."""
    return namespace(u).sqrt(inner(u, u))
