"""Models and data as JSON."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from relucert.certify.read.errors import InputError
from relucert.certify.read.json_format import read_json_data, read_json_model


def save(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "a.json"
    path.write_text(text)
    return path


def test_exact_bits(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    weights, outputs, biases = rng.standard_normal((4, 3)), rng.standard_normal(4), rng.standard_normal(4)
    document = {
        "hidden_weights": [[value.hex() for value in row] for row in weights.tolist()],
        "hidden_bias": [value.hex() for value in biases.tolist()],
        "output_weights": [[value.hex()] for value in outputs.tolist()],
        "output_bias": [(0.1).hex()],
    }
    network = read_json_model(save(tmp_path, json.dumps(document)))
    assert (network.hidden_weights == weights).all() and (network.output_weights == outputs).all()
    assert network.hidden_bias is not None and (network.hidden_bias == biases).all()
    assert network.output_bias == 0.1
    assert network.notes == ("all 21 numbers of the file are exact in binary64",)


def test_decimals_and_absent_biases(tmp_path: Path) -> None:
    network = read_json_model(
        save(tmp_path, '{"hidden_weights": [[1, 0.1], [-2e0, 3]], "output_weights": [1, 0.5], "output_bias": null}')
    )
    assert network.hidden_weights.tolist() == [[1.0, 0.1], [-2.0, 3.0]]
    assert network.hidden_bias is None and network.output_bias is None
    assert network.notes == ("1 of 6 decimals are not binary64 numbers and were read as the nearest binary64",)


def test_data(tmp_path: Path) -> None:
    data = read_json_data(
        save(tmp_path, '{"X": [[1, 2], ["0x1.8p+1", 4]], "y": [5, 6], "feature_names": ["a", "b"], "target_name": "t"}')
    )
    assert data.X.tolist() == [[1.0, 2.0], [3.0, 4.0]] and data.y.tolist() == [5.0, 6.0]
    assert data.feature_names == ("a", "b") and data.target_name == "t"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{", r"a\.json, line 1: not valid JSON"),
        ('{"X": [[1]],\n "y": [1],}', "line 2: not valid JSON"),
        ("[1]", "top level is not an object"),
        ('{"X": [[1]], "X": [[1]], "y": [1]}', "the key 'X' is given twice"),
        ('{"X": [[1]]}', "missing keys: y; use X, y"),
        ('{"X": [[1]], "y": [1], "Y": [1]}', "unknown keys: 'Y'"),
        ('{"X": [[NaN]], "y": [1]}', "NaN is not a number"),
        ('{"X": [[1]], "y": [-Infinity]}', "-Infinity is not a number"),
        ('{"X": [[1e999]], "y": [1]}', r"X\[0\]\[0\]: the number exceeds the range"),
        ('{"X": [["0.5"]], "y": [1]}', r"X\[0\]\[0\]: the string '0\.5' is not a hexadecimal float"),
        ('{"X": [["1/2"]], "y": [1]}', "not a hexadecimal float"),
        ('{"X": [["0x1.00000000000001p0"]], "y": [1]}', "not a binary64"),
        ('{"X": [[null]], "y": [1]}', r"X\[0\]\[0\]: 'null' is not a number"),
        ('{"X": [[true]], "y": [1]}', "'true' is not a number"),
        ('{"X": [[1, 2], [3]], "y": [1, 2]}', r"X\[1\]: not a list as long as the first row"),
        ('{"X": [[1], 3], "y": [1, 2]}', r"X\[1\]: not a list"),
        ('{"X": [1, 2], "y": [1, 2]}', r"X: shape \(2,\)"),
        ('{"X": [], "y": []}', r"X: shape \(0,\)"),
        ('{"X": [[]], "y": [1]}', "no feature columns"),
        ('{"X": [[1]], "y": [1], "feature_names": "a"}', "feature_names: not a list of strings"),
        ('{"X": [[1]], "y": [1], "target_name": 1}', "target_name: not a string"),
        ("[" * 100000, "nested too deeply"),
    ],
)
def test_refusals(tmp_path: Path, text: str, reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        read_json_data(save(tmp_path, text))


def test_refused_models(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="missing keys: output_weights"):
        read_json_model(save(tmp_path, '{"hidden_weights": [[1]]}'))
    with pytest.raises(InputError, match="unknown keys: 'layers'"):
        read_json_model(save(tmp_path, '{"layers": []}'))
    with pytest.raises(InputError, match="does not fit"):
        read_json_model(save(tmp_path, '{"hidden_weights": [[1, 2]], "output_weights": [1, 2, 3]}'))
