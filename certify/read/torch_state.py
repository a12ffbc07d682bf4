"""PyTorch ``.pt``/``.pth`` state dicts, read without PyTorch."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from relucert.certify.read.element_types import ElementType, stored_elements
from relucert.certify.read.errors import InputError, listed, quoted
from relucert.certify.read.exact import FloatArray, exact_float64
from relucert.certify.read.files import PathLike, read_bytes
from relucert.certify.read.layout import Layout
from relucert.certify.read.model import Network
from relucert.certify.read.state_dict import network_from_state_dict
from relucert.certify.read.torch_pickle import StorageReference, TensorRecord, load_tensor_pickle
from relucert.certify.read.zip_members import ZipMembers

_SAVE_CURE = "save with torch.save(model.state_dict(), path), torch 1.6 or later"
_WRAPPERS = ("state_dict", "model_state_dict")
# Strides of 0 let a tiny file describe a huge tensor; no network this package can treat comes near this size.
_MOST_ELEMENTS = 2**28


def read_torch_model(path: PathLike, layout: Layout | None = None) -> Network:
    """Network of a zip-format file written by ``torch.save(model.state_dict(), path)``.

    A checkpoint dictionary with the state dict under ``state_dict`` or ``model_state_dict`` is accepted too.
    No code of the file is run, see `relucert.certify.read.torch_pickle`.
    """
    content = read_bytes(path)
    if not content.startswith(b"PK"):
        raise InputError("not PyTorch's zip format (a legacy file?)", file=path, cure=f"load it and {_SAVE_CURE}")
    archive = _Archive(content, path)
    tensors = _state_dict(load_tensor_pickle(archive.read("data.pkl"), path), archive)
    return network_from_state_dict(tensors, source=str(path), layout=layout)


class _Archive:
    """The members of the archive, below their common folder."""

    def __init__(self, content: bytes, path: PathLike) -> None:
        self.path = path
        self._members = ZipMembers(content, path, cure=_SAVE_CURE)
        names = self._members.names
        pickles = [name for name in names if name == "data.pkl" or name.endswith("/data.pkl")]
        if len(pickles) != 1:
            raise InputError(
                f"{len(pickles)} members data.pkl where one is needed: not a state dict", file=path, cure=_SAVE_CURE
            )
        self._root = pickles[0].removesuffix("data.pkl")
        if self._root + "constants.pkl" in names:
            raise InputError(
                "a TorchScript program, not a state dict", file=path, cure="torch.save(module.state_dict(), path)"
            )
        order = self.read("byteorder").strip() if self._root + "byteorder" in names else b"little"
        if order not in (b"little", b"big"):
            raise InputError(f"unknown byte order {quoted(repr(order))}", file=path, cure=_SAVE_CURE)
        self.byte_order = "<" if order == b"little" else ">"

    def read(self, name: str) -> bytes:
        return self._members.read(self._root + name)


class _TorchTensor:
    """A tensor whose place in its storage has been checked; the numbers are read by `decode`."""

    def __init__(self, key: str, record: TensorRecord, archive: _Archive) -> None:
        self._field = key
        self._archive = archive
        self._storage: StorageReference
        match record:
            case (StorageReference() as storage, int(offset), tuple(size), tuple(stride)):
                self._storage, self._offset, self.shape, self._stride = storage, offset, size, stride
            case _:
                raise self._damaged("the tensor's description is malformed")
        dimensions: tuple[Any, ...] = (offset, *size, *stride)
        if len(size) != len(stride) or not all(type(k) is int and k >= 0 for k in dimensions):
            raise self._damaged("the tensor's size and stride are malformed")
        count = math.prod(size)
        last = offset + sum((length - 1) * step for length, step in zip(size, stride, strict=True))
        if count and (last >= storage.length or count > _MOST_ELEMENTS):
            raise self._damaged(f"the tensor reaches element {last} of a storage of {storage.length}")
        self.dtype_name = self._element.name if storage.storage_type.element else storage.storage_type.name

    def decode(self) -> FloatArray:
        element = self._element
        content = self._archive.read(f"data/{self._storage.key}")
        if len(content) != self._storage.length * element.size:
            raise self._damaged(
                f"the storage has {len(content)} bytes where {self._storage.length * element.size} are declared"
            )
        if 0 in self.shape:
            return np.zeros(self.shape)
        flat = stored_elements(content, element, self._archive.byte_order)
        # In bounds by the check in __init__.
        byte_strides = tuple(flat.itemsize * step for step in self._stride)
        view = np.lib.stride_tricks.as_strided(flat[self._offset :], self.shape, byte_strides)
        return exact_float64(view, field=self._field, file=self._archive.path)

    @property
    def _element(self) -> ElementType:
        storage_type = self._storage.storage_type
        if storage_type.element is None:
            raise InputError(
                f"element type {storage_type.name} is not readable",
                file=self._archive.path,
                field=self._field,
                cure="convert the model to float32 or float64 before saving",
            )
        return storage_type.element

    def _damaged(self, what: str) -> InputError:
        return InputError(what, file=self._archive.path, field=self._field, cure=_SAVE_CURE)


def _state_dict(document: Any, archive: _Archive) -> dict[str, _TorchTensor]:
    """The dictionary of tensors, possibly one level down in a checkpoint."""
    path = archive.path
    if not isinstance(document, dict):
        found = "a single tensor" if isinstance(document, TensorRecord) else f"a {type(document).__name__}"
        raise InputError(f"the file holds {found}, not a state dict", file=path, cure=_SAVE_CURE)
    wrappers = [key for key in _WRAPPERS if isinstance(document.get(key), dict)]
    if len(wrappers) > 1:
        raise InputError(f"the checkpoint has both {listed(wrappers)}", file=path, cure=_SAVE_CURE)
    entries = document[wrappers[0]] if wrappers else document
    strangers = [key for key, value in entries.items() if type(key) is not str or not isinstance(value, TensorRecord)]
    if strangers or not entries:
        reason = f"entries that are no tensors: {listed(map(_key_text, strangers))}" if strangers else "no entries"
        raise InputError(f"not a state dict: {reason}", file=path, cure=_SAVE_CURE)
    return {key: _TorchTensor(key, record, archive) for key, record in entries.items()}


def _key_text(key: Any) -> str:
    # A hostile key may have no printable form of reasonable length.
    return quoted(key) if type(key) is str else f"a key of type {type(key).__name__}"
