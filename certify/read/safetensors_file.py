"""Safetensors files: eight bytes with the length of a JSON header, the header, then the numbers.

Format: https://github.com/huggingface/safetensors, section "Format" of the README.
"""

from __future__ import annotations

import json
import math
from typing import Any

from relucert.certify.read import element_types
from relucert.certify.read.element_types import ElementType, stored_elements
from relucert.certify.read.errors import InputError, quoted
from relucert.certify.read.exact import FloatArray, exact_float64
from relucert.certify.read.files import PathLike, read_bytes
from relucert.certify.read.layout import Layout
from relucert.certify.read.model import Network
from relucert.certify.read.state_dict import network_from_state_dict

_CURE = "write the file again with safetensors.save_file"
_LONGEST_HEADER = 100_000_000  # the limit of the reference implementation
_ELEMENTS: dict[str, ElementType] = {
    "F64": element_types.FLOAT64,
    "F32": element_types.FLOAT32,
    "F16": element_types.FLOAT16,
    "BF16": element_types.BFLOAT16,
    "I64": element_types.INT64,
    "I32": element_types.INT32,
    "I16": element_types.INT16,
    "I8": element_types.INT8,
    "U64": element_types.UINT64,
    "U32": element_types.UINT32,
    "U16": element_types.UINT16,
    "U8": element_types.UINT8,
    "BOOL": element_types.BOOL,
}


def read_safetensors_model(path: PathLike, layout: Layout | None = None) -> Network:
    """Network of a safetensors file that holds the tensors of two linear layers."""
    return network_from_state_dict(read_tensors(path), source=str(path), layout=layout)


class SafeTensor:
    """One entry of the header and its bytes."""

    def __init__(self, name: str, dtype: str, shape: tuple[int, ...], content: bytes, path: PathLike) -> None:
        self.shape = shape
        self.dtype_name = _ELEMENTS[dtype].name if dtype in _ELEMENTS else dtype
        self._name = name
        self._dtype = dtype
        self._content = content
        self._path = path

    def decode(self) -> FloatArray:
        if self._dtype not in _ELEMENTS:
            raise InputError(
                f"element type {quoted(self._dtype)} is not readable",
                file=self._path,
                field=self._name,
                cure="convert the model to float32 or float64 before saving",
            )
        element = _ELEMENTS[self._dtype]
        stored = stored_elements(self._content, element, byte_order="<").reshape(self.shape)
        return exact_float64(stored, field=self._name, file=self._path)


def read_tensors(path: PathLike) -> dict[str, SafeTensor]:
    """The tensors by name, after checking that their bytes fill the file without gap or overlap."""
    content = read_bytes(path)
    length = int.from_bytes(content[:8], "little")
    if len(content) < 10 or length > min(_LONGEST_HEADER, len(content) - 8):
        raise InputError("not a safetensors file: the header does not fit in it", file=path, cure=_CURE)
    header = _parse_header(content[8 : 8 + length], path)
    buffer = memoryview(content)[8 + length :]
    tensors: dict[str, SafeTensor] = {}
    spans: list[tuple[int, int]] = []
    for name, entry in header.items():
        if name == "__metadata__":
            continue
        dtype, shape, begin, end = _parse_entry(name, entry, path)
        if end > len(buffer):
            raise InputError(
                f"the tensor ends at byte {end} of {len(buffer)}: is the file truncated?",
                file=path,
                field=name,
                cure=_CURE,
            )
        element = _ELEMENTS.get(dtype)
        if element is not None and math.prod(shape) * element.size != end - begin:
            raise InputError(
                f"{end - begin} bytes for {math.prod(shape)} numbers of type {element.name}",
                file=path,
                field=name,
                cure=_CURE,
            )
        spans.append((begin, end))
        tensors[name] = SafeTensor(name, dtype, shape, bytes(buffer[begin:end]), path)
    if not tensors:
        raise InputError("the file holds no tensors", file=path, cure=_CURE)
    position = 0
    for begin, end in sorted(spans):
        if begin != position:
            raise InputError(
                f"the tensors overlap or leave a gap at byte {min(begin, position)}", file=path, cure=_CURE
            )
        position = end
    if position != len(buffer):
        raise InputError(f"{len(buffer) - position} bytes belong to no tensor", file=path, cure=_CURE)
    return tensors


def _parse_header(content: bytes, path: PathLike) -> dict[str, Any]:
    try:
        header = json.loads(content.decode("utf-8"), object_pairs_hook=_without_duplicates)
    except (ValueError, RecursionError) as error:
        raise InputError(f"the header is not valid JSON ({error})", file=path, cure=_CURE) from None
    if not isinstance(header, dict):
        raise InputError("the header is not a JSON object", file=path, cure=_CURE)
    return header


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise ValueError("a key is given twice")
    return result


def _parse_entry(name: str, entry: Any, path: PathLike) -> tuple[str, tuple[int, ...], int, int]:
    match entry:
        case {"dtype": str(dtype), "shape": [*shape], "data_offsets": [begin, end]} if len(entry) == 3:
            numbers = (*shape, begin, end)
            if all(type(k) is int and k >= 0 for k in numbers) and begin <= end:
                return dtype, tuple(shape), begin, end
    raise InputError("the header entry is malformed", file=path, field=quoted(name), cure=_CURE)
