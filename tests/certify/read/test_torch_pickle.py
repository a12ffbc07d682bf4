"""The restricted unpickler loads tensors and refuses everything that could run code."""

from __future__ import annotations

import os
import pickle
from collections import Counter, OrderedDict
from fractions import Fraction
from functools import partial
from typing import Any

import pytest

from relucert.certify.read.element_types import FLOAT32
from relucert.certify.read.errors import InputError
from relucert.certify.read.torch_pickle import StorageReference, TensorRecord, load_tensor_pickle

TENSOR = (
    b"\x80\x02ctorch._utils\n_rebuild_tensor_v2\n("
    b"(X\x07\x00\x00\x00storagectorch\nFloatStorage\nX\x01\x00\x00\x000X\x03\x00\x00\x00cpuK\x06tQ"
    b"K\x00K\x02K\x03\x86K\x03K\x01\x86\x89ccollections\nOrderedDict\n)RtR."
)


class Call:
    """Pickled as a call of `function` with `arguments`."""

    def __init__(self, function: Any, *arguments: Any) -> None:
        self._call = (function, arguments)

    def __reduce__(self) -> Any:
        return self._call


def test_plain_data() -> None:
    document = OrderedDict(a=[1, 2.5, "x", None, True], b={"c": (1, 2)})
    for protocol in range(5):
        assert load_tensor_pickle(pickle.dumps(document, protocol), "f") == document


def test_a_tensor_becomes_a_record() -> None:
    record = load_tensor_pickle(TENSOR, "f")
    assert isinstance(record, TensorRecord)
    assert isinstance(record.storage, StorageReference)
    assert record.storage.storage_type.element is FLOAT32
    assert record == TensorRecord(record.storage, 0, (2, 3), (3, 1))
    assert (record.storage.key, record.storage.length) == ("0", 6)


def test_element_types_are_inert_names() -> None:
    assert load_tensor_pickle(b"ctorch\nfloat32\n.", "f") == "torch.float32"


@pytest.mark.parametrize("protocol", [0, 2, 4])
@pytest.mark.parametrize(
    ("document", "name"),
    [
        (Call(os.system, "echo owned > owned.txt"), "posix.system|nt.system"),
        (Call(eval, "1"), "builtins.eval|__builtin__.eval"),
        (Call(getattr, "", "join"), "getattr"),
        (Fraction(1, 2), "fractions.Fraction"),
        (Counter("a"), "collections.Counter"),
        (partial(print), "functools.partial"),
    ],
)
def test_everything_else_is_refused_by_name(
    document: Any, name: str, protocol: int, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match=f"the pickle names '.*({name})', which is not loaded because it could run"):
        load_tensor_pickle(pickle.dumps(document, protocol), "f")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "name", [b"torch\nload", b"torch.nn\nLinear", b"torch._utils\n_rebuild_qtensor", b"torch\nos.system", b"os\nsystem"]
)
def test_other_names_of_torch(name: bytes) -> None:
    with pytest.raises(InputError, match="the pickle names"):
        load_tensor_pickle(b"c" + name + b"\n.", "f")


@pytest.mark.parametrize(
    "content",
    [
        # Instructions that would overwrite parts of the whitelisted objects.
        b"\x80\x02ctorch._utils\n_rebuild_tensor_v2\n}X\x08\x00\x00\x00__call__K\x01sb.",
        b"\x80\x02ctorch._utils\n_rebuild_tensor_v2\nN}X\x09\x00\x00\x00__class__ccollections\nOrderedDict\ns\x86b.",
        b"\x80\x02ccollections\nOrderedDict\nN}X\x08\x00\x00\x00__init__K\x01s\x86b.",
        TENSOR[:-1] + b"}X\x04\x00\x00\x00sizeK\x01sb.",
        TENSOR[:-1] + b"N}X\x04\x00\x00\x00sizeK\x01s\x86b.",
        # Too few arguments, damaged streams, an unregistered extension code.
        b"ctorch._utils\n_rebuild_tensor_v2\n)R.",
        b"",
        b".",
        b"garbage",
        b"\x80\x02\x82\x01.",
        TENSOR[:20],
        b"\x80\x05\x96\x01\x00\x00\x00\x00\x00\x00\x00a.",
        b"\x80\x04\x8e\xff\xff\xff\xff\xff\xff\xff\x7f.",
    ],
)
def test_hostile_instructions(content: bytes) -> None:
    with pytest.raises(InputError, match="the pickle cannot be read"):
        load_tensor_pickle(content, "f")
    assert isinstance(load_tensor_pickle(TENSOR, "f"), TensorRecord)


@pytest.mark.parametrize("persistent_id", [b"K\x01Q.", b"X\x01\x00\x00\x00aQ.", b"(X\x06\x00\x00\x00moduleNNNNtQ."])
def test_other_persistent_ids(persistent_id: bytes) -> None:
    with pytest.raises(InputError, match="no tensor storage"):
        load_tensor_pickle(b"\x80\x02" + persistent_id, "f")
