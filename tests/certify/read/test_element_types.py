"""Buffers of numbers."""

from __future__ import annotations

import numpy as np
import pytest

from relucert.certify.read import element_types
from relucert.certify.read.element_types import ElementType, stored_elements


@pytest.mark.parametrize("byte_order", ["<", ">"])
@pytest.mark.parametrize("element", [value for value in vars(element_types).values() if isinstance(value, ElementType)])
def test_every_type(element: ElementType, byte_order: str) -> None:
    assert np.dtype(element.code).itemsize == element.size
    if element is element_types.BFLOAT16:
        content = np.array([0x3FC0, 0xC000]).astype(byte_order + "u2").tobytes()
        assert stored_elements(content, element, byte_order).tolist() == [1.5, -2.0]
    else:
        assert np.dtype(element.code) == np.dtype(element.name)
        content = np.array([0, 1]).astype(byte_order + element.code).tobytes()
        assert stored_elements(content, element, byte_order).tolist() == [0, 1]


def test_bfloat16_special_values() -> None:
    content = np.array([0x0001, 0x7F80, 0x8000], dtype="<u2").tobytes()
    smallest, infinite, zero = stored_elements(content, element_types.BFLOAT16, "<").tolist()
    assert smallest == 2.0**-133
    assert infinite == np.inf
    assert np.copysign(1, zero) == -1
