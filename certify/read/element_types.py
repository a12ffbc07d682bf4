"""Element types of tensor files."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray


class ElementType(NamedTuple):
    """`code` is the NumPy type without byte order; bfloat16 has none and is stored as 16-bit integers."""

    name: str
    code: str
    size: int


FLOAT64 = ElementType("float64", "f8", 8)
FLOAT32 = ElementType("float32", "f4", 4)
FLOAT16 = ElementType("float16", "f2", 2)
BFLOAT16 = ElementType("bfloat16", "u2", 2)
INT64 = ElementType("int64", "i8", 8)
INT32 = ElementType("int32", "i4", 4)
INT16 = ElementType("int16", "i2", 2)
INT8 = ElementType("int8", "i1", 1)
UINT64 = ElementType("uint64", "u8", 8)
UINT32 = ElementType("uint32", "u4", 4)
UINT16 = ElementType("uint16", "u2", 2)
UINT8 = ElementType("uint8", "u1", 1)
BOOL = ElementType("bool", "?", 1)


def stored_elements(content: bytes, element: ElementType, byte_order: str) -> NDArray[Any]:
    """The flat array of a buffer that holds a whole number of elements; bfloat16 comes out as float32 (exact).

    Parameters
    ----------
    content : bytes
    element : ElementType
    byte_order : {"<", ">"}
    """
    stored = np.frombuffer(content, dtype=np.dtype(byte_order + element.code))
    if element is BFLOAT16:
        # bfloat16 is the upper half of a float32.
        return (stored.astype(np.uint32) << np.uint32(16)).view(np.float32)
    return stored
