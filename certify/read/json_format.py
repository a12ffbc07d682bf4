"""Models and data as JSON: decimals, or strings of hexadecimal floats for exact bits."""

from __future__ import annotations

import json
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from relucert.certify.read.errors import InputError, listed, quoted
from relucert.certify.read.files import PathLike, decode_text, read_bytes
from relucert.certify.read.model import Dataset, Network, make_network
from relucert.certify.read.number_text import NotANumber, parse_number, rounding_note

MODEL_KEYS = ("hidden_weights", "output_weights", "hidden_bias", "output_bias")
DATA_KEYS = ("X", "y", "feature_names", "target_name")


def read_json_model(path: PathLike) -> Network:
    """Network of ``{"hidden_weights": [[..]], "output_weights": [..], "hidden_bias": [..], "output_bias": ..}``.

    The biases may be absent or null. Numbers are JSON numbers (read as the nearest binary64) or strings such as
    ``"0x1.8p+1"`` (exactly that binary64).
    """
    document = parse_json(path)
    _require_keys(document, MODEL_KEYS, MODEL_KEYS[:2], path)
    numbers = _Numbers(path)
    arrays = {key: numbers.array(document[key], key) for key in MODEL_KEYS if document.get(key) is not None}
    return make_network(
        arrays["hidden_weights"],
        arrays.get("hidden_bias"),
        arrays["output_weights"],
        arrays.get("output_bias"),
        source=str(path),
        notes=(numbers.note(),),
    )


def read_json_data(path: PathLike) -> Dataset:
    """Data set of ``{"X": [[..], ..], "y": [..]}``, optionally with ``feature_names`` and ``target_name``."""
    document = parse_json(path)
    _require_keys(document, DATA_KEYS, DATA_KEYS[:2], path)
    numbers = _Numbers(path)
    X = numbers.array(document["X"], "X")
    y = numbers.array(document["y"], "y")
    names = document.get("feature_names", [])
    if not isinstance(names, list) or not all(type(name) is str for name in names):
        raise InputError("not a list of strings", file=path, field="feature_names", cure="give one name per column")
    target_name = document.get("target_name", "y")
    if type(target_name) is not str:
        raise InputError("not a string", file=path, field="target_name", cure="give one name")
    return Dataset(X, y, feature_names=tuple(names), target_name=target_name, source=str(path), notes=(numbers.note(),))


def parse_json(path: PathLike) -> dict[str, Any]:
    """The JSON object of a file, with its numbers left as text (`NumberToken`); duplicate keys and NaN are refused."""
    text = decode_text(read_bytes(path), path)
    try:
        document = json.loads(
            text,
            parse_float=NumberToken,
            parse_int=NumberToken,
            parse_constant=_refuse_constant,
            object_pairs_hook=_without_duplicates,
        )
    except json.JSONDecodeError as error:
        raise InputError(
            f"not valid JSON ({error.msg}, column {error.colno})", file=path, line=error.lineno, cure="repair the file"
        ) from None
    except RecursionError:
        raise InputError("the brackets are nested too deeply", file=path, cure="give plain matrices") from None
    except _JsonRefusal as refusal:
        raise InputError(str(refusal), file=path, cure=refusal.cure) from None
    if not isinstance(document, dict):
        raise InputError("the top level is not an object", file=path, cure='write {"key": value, ...}')
    return document


class NumberToken(str):
    """The text of a JSON number, told apart from a JSON string by its type."""


class _JsonRefusal(Exception):
    def __init__(self, reason: str, cure: str) -> None:
        super().__init__(reason)
        self.cure = cure


def _refuse_constant(text: str) -> NoReturn:
    raise _JsonRefusal(f"{text} is not a number", "every number must be finite: remove or repair it")


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for key, value in pairs:
        if key in result:
            raise _JsonRefusal(f"the key {quoted(key)} is given twice", "give it once")
        result[key] = value
    return result


def _require_keys(document: dict[str, Any], known: tuple[str, ...], needed: tuple[str, ...], path: PathLike) -> None:
    unknown = [key for key in document if key not in known]
    if unknown:
        raise InputError(f"unknown keys: {listed(map(quoted, unknown))}", file=path, cure=f"use {listed(known)}")
    missing = [key for key in needed if document.get(key) is None]
    if missing:
        raise InputError(f"missing keys: {listed(missing)}", file=path, cure=f"use {listed(known)}")


class _Numbers:
    """Turns nested lists into arrays and counts what was rounded."""

    def __init__(self, path: PathLike) -> None:
        self._path = path
        self._rounded = 0
        self._total = 0

    def note(self) -> str:
        return rounding_note(self._rounded, self._total)

    def array(self, value: Any, field: str) -> NDArray[np.float64]:
        """A number, a list of numbers or a list of equally long lists of numbers."""
        if not isinstance(value, list):
            return np.array(self._number(value, field))
        if not any(isinstance(entry, list) for entry in value):
            return np.array([self._number(entry, f"{field}[{i}]") for i, entry in enumerate(value)], dtype=np.float64)
        rows = []
        for i, entry in enumerate(value):
            if not isinstance(entry, list) or len(entry) != len(value[0]):
                raise InputError(
                    "not a list as long as the first row", file=self._path, field=f"{field}[{i}]", cure="repair the row"
                )
            rows.append([self._number(number, f"{field}[{i}][{j}]") for j, number in enumerate(entry)])
        return np.array(rows, dtype=np.float64).reshape(len(rows), len(value[0]))

    def _number(self, value: Any, field: str) -> float:
        if isinstance(value, str) and not isinstance(value, NumberToken) and "x" not in value.lower():
            raise InputError(
                f"the string {quoted(value)} is not a hexadecimal float",
                file=self._path,
                field=field,
                cure='write a decimal without quotation marks, or exact bits as "0x1.8p+1"',
            )
        if not isinstance(value, str):
            raise InputError(
                f"{quoted(json.dumps(value))} is not a number", file=self._path, field=field, cure="write a number"
            )
        try:
            number = parse_number(value)
        except NotANumber as error:
            raise InputError(f"{error} ({quoted(value)})", file=self._path, field=field, cure=error.cure) from None
        self._rounded += not number.exact
        self._total += 1
        return number.value
