"""The pickle inside a PyTorch file, read without PyTorch and without running anything it names.

A pickle is a program: loading it calls whatever functions it names. This reader resolves only the handful of names
that a dictionary of tensors needs, to harmless records of its own, and refuses all others by name.
"""

from __future__ import annotations

import io
import pickle
import pickletools
from collections import OrderedDict
from typing import Any, NamedTuple

from relucert.certify.read import element_types
from relucert.certify.read.element_types import ElementType
from relucert.certify.read.errors import InputError, quoted
from relucert.certify.read.files import PathLike

# torch.FloatStorage and its siblings; None where the type is known but its numbers are not readable here.
_STORAGES: dict[str, ElementType | None] = {
    "DoubleStorage": element_types.FLOAT64,
    "FloatStorage": element_types.FLOAT32,
    "HalfStorage": element_types.FLOAT16,
    "BFloat16Storage": element_types.BFLOAT16,
    "LongStorage": element_types.INT64,
    "IntStorage": element_types.INT32,
    "ShortStorage": element_types.INT16,
    "CharStorage": element_types.INT8,
    "ByteStorage": element_types.UINT8,
    "BoolStorage": element_types.BOOL,
    "ComplexDoubleStorage": None,
    "ComplexFloatStorage": None,
    "QInt8Storage": None,
    "QInt32Storage": None,
    "QUInt8Storage": None,
    "QUInt4x2Storage": None,
    "QUInt2x4Storage": None,
    "UntypedStorage": None,
}
_FLOAT_TYPES = ("float64", "double", "float32", "float", "float16", "half", "bfloat16")
_INTEGER_TYPES = ("int64", "long", "int32", "int", "int16", "short", "int8", "uint8", "bool")
_SAVE_CURE = "save the tensors only: torch.save(model.state_dict(), path)"


class StorageType(NamedTuple):
    """Stands for a class such as ``torch.FloatStorage``."""

    name: str
    element: ElementType | None


class StorageReference(NamedTuple):
    """A persistent id: member ``data/<key>`` of the archive holds `length` elements."""

    storage_type: StorageType
    key: str
    length: int


class TensorRecord(NamedTuple):
    """Arguments of ``torch._utils._rebuild_tensor_v2``, unchecked: the file may hold anything here."""

    storage: Any
    offset: Any
    size: Any
    stride: Any


class _RebuildTensor:
    # No __dict__ and no attributes: the pickle's BUILD instruction has nothing to overwrite.
    __slots__ = ()

    def __call__(self, storage: Any, offset: Any, size: Any, stride: Any, *_: Any) -> TensorRecord:
        return TensorRecord(storage, offset, size, stride)


class _RebuildParameter:
    __slots__ = ()

    def __call__(self, data: Any, *_: Any) -> Any:
        return data


class _TensorUnpickler(pickle.Unpickler):
    def __init__(self, content: bytes, path: PathLike) -> None:
        super().__init__(io.BytesIO(content))
        self._path = path

    def find_class(self, module: str, name: str) -> Any:
        full_name = f"{module}.{name}"
        if full_name == "collections.OrderedDict":
            return OrderedDict
        if full_name == "torch._utils._rebuild_tensor_v2":
            return _RebuildTensor()
        if full_name == "torch._utils._rebuild_parameter":
            return _RebuildParameter()
        if module in ("torch", "torch.storage") and name in _STORAGES:
            return StorageType(name, _STORAGES[name])
        if module == "torch" and name in _FLOAT_TYPES + _INTEGER_TYPES:
            return full_name
        raise InputError(
            f"the pickle names {quoted(full_name)}, which is not loaded because it could run code",
            file=self._path,
            cure=_SAVE_CURE,
        )

    def persistent_load(self, pid: Any) -> StorageReference:
        match pid:
            case ("storage", StorageType() as storage_type, str(key), str(), int(length)) if length >= 0:
                return StorageReference(storage_type, key, length)
        raise InputError("the pickle has a persistent id that is no tensor storage", file=self._path, cure=_SAVE_CURE)


def load_tensor_pickle(content: bytes, path: PathLike) -> Any:
    """The object of a tensor pickle, its tensors as `TensorRecord`.

    Raises
    ------
    InputError
        When the pickle is damaged or names anything but tensors, ordered dictionaries and element types.
    """
    try:
        _require_old_instructions(content)
        return _TensorUnpickler(content, path).load()
    except InputError:
        raise
    except Exception as error:
        # A damaged or hostile pickle can raise almost anything; none of it is our error.
        reason = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
        raise InputError(f"the pickle cannot be read ({quoted(reason)})", file=path, cure=_SAVE_CURE) from None


def _require_old_instructions(content: bytes) -> None:
    """PyTorch writes protocol 2; byte arrays and buffers of protocol 5 only widen what a hostile file can reach."""
    for instruction, _, _ in pickletools.genops(content):
        if instruction.proto > 4:
            raise ValueError(f"instruction {instruction.name} of protocol {instruction.proto}")
