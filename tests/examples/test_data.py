"""The shipped data, networks and their documented objectives agree with the scripts that made them."""

from __future__ import annotations

import json
import re
import runpy
import shlex
import zipfile
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
MANIFEST = (EXAMPLES / "networks" / "README.md").read_text(encoding="utf-8")
TABLE_ROW = re.compile(r"^\| `(?P<network>\w+\.\w+)` \| `(?P<data>\w+)` \|(?P<numbers>.*)\|$", re.MULTILINE)
ROWS = {row["network"]: row for row in TABLE_ROW.finditer(MANIFEST)}
COMMANDS = [shlex.split(line) for line in MANIFEST.splitlines() if line.startswith("relucert certify ")]
WIDTH = 50

Arrays = dict[str, NDArray[np.float64]]


def load_data(name: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    table = np.loadtxt(EXAMPLES / "data" / f"{name}.csv", delimiter=",", skiprows=1)
    return table[:, :-1], table[:, -1]


def load_network(path: Path) -> Arrays:
    """Weights under the names of the NPZ files; read without PyTorch, which the test environment does not have."""
    if path.suffix == ".npz":
        with np.load(path) as archive:
            return {key: np.asarray(archive[key], dtype=np.float64) for key in archive.files}
    if path.suffix == ".pt":
        with zipfile.ZipFile(path) as archive:
            storages = {name.rsplit("/", 1)[1]: archive.read(name) for name in archive.namelist() if "/data/" in name}
        precision = "<f8" if len(storages["1"]) == 8 * WIDTH else "<f4"
        state = [np.frombuffer(storages[str(index)], precision).astype(np.float64) for index in range(4)]
        return _from_state(dict(zip(("0.weight", "0.bias", "2.weight", "2.bias"), state, strict=True)))
    content = path.read_bytes()
    start = 8 + int.from_bytes(content[:8], "little")
    header = json.loads(content[8:start])
    assert all(entry["dtype"] == "F32" for entry in header.values() if "dtype" in entry)
    return _from_state(
        {
            key: np.frombuffer(content[start:][slice(*entry["data_offsets"])], "<f4").astype(np.float64)
            for key, entry in header.items()
            if key != "__metadata__"
        }
    )


def _from_state(state: Arrays) -> Arrays:
    network = {"hidden_weights": state["0.weight"].reshape(WIDTH, -1), "output_weights": state["2.weight"]}
    if "0.bias" in state:
        network |= {"hidden_bias": state["0.bias"], "output_bias": state["2.bias"].reshape(())}
    return network


def documented_objective(network: Arrays, data: str, convention: str, weight_decay: float) -> float:
    """The formulas of the manifest."""
    features, target = load_data(data)
    n = len(target)
    preactivation = features @ network["hidden_weights"].T + network.get("hidden_bias", 0.0)
    residual = np.maximum(preactivation, 0.0) @ network["output_weights"] + network.get("output_bias", 0.0) - target
    penalised = ["hidden_weights", "output_weights"] if convention == "sklearn" else list(network)
    squares = float(sum(np.sum(network[key] ** 2) for key in penalised))
    if convention == "sklearn":
        return float(residual @ residual + weight_decay * squares) / (2 * n)
    return float(residual @ residual) / n + weight_decay / 2 * squares


def test_data_files_are_what_the_script_exports(tmp_path: Path) -> None:
    pytest.importorskip("sklearn")
    runpy.run_path(str(EXAMPLES / "make_data.py"))["main"]([str(tmp_path)])
    exported = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    shipped = {path.name: path.read_bytes() for path in (EXAMPLES / "data").glob("*.csv")}
    assert exported == shipped


@pytest.mark.parametrize("path", sorted((EXAMPLES / "data").glob("*.csv")), ids=lambda path: path.stem)
def test_data_lie_on_the_documented_grid(path: Path) -> None:
    features, target = load_data(path.stem)
    for values in (features, target):
        assert np.array_equal(values * 2.0**20, np.round(values * 2.0**20))
        assert np.array_equal(values, values.astype(np.float32).astype(np.float64))
    assert abs(target.mean()) < 1e-6 and abs(target.std() - 1) < 1e-6
    assert np.abs(features.mean(axis=0)).max() < 1e-6
    if "pca" not in path.stem:
        assert np.abs(features.std(axis=0) - 1).max() < 1e-6


def test_manifest_lists_every_network_once() -> None:
    files = sorted(path.name for path in (EXAMPLES / "networks").iterdir() if path.suffix != ".md")
    assert sorted(ROWS) == files
    assert sorted(Path(command[2]).name for command in COMMANDS) == files


@pytest.mark.parametrize("name", sorted(ROWS))
def test_network_has_the_documented_shapes(name: str) -> None:
    path = EXAMPLES / "networks" / name
    network = load_network(path)
    features, _ = load_data(ROWS[name]["data"])
    shapes = {key: value.shape for key, value in network.items()}
    expected = {"hidden_weights": (WIDTH, features.shape[1]), "output_weights": (WIDTH,)}
    if "no_bias" not in name:
        expected |= {"hidden_bias": (WIDTH,), "output_bias": ()}
    assert shapes == expected
    assert path.stat().st_size < 60_000
    assert all(np.isfinite(value).all() for value in network.values())


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: Path(command[2]).stem)
def test_documented_objective_recomputes(command: list[str]) -> None:
    model, data = Path(command[2]), Path(command[3])
    options = dict(zip(command[4::2], command[5::2], strict=True))
    row = ROWS[model.name]
    decay, beta, beta_max, fraction, documented = (float(text) for text in row["numbers"].split("|"))
    assert data == Path("examples/data") / f"{row['data']}.csv"
    assert float(options["--weight-decay"]) == decay
    n = len(load_data(data.stem)[1])
    assert beta == pytest.approx(decay if options["--convention"] == "sklearn" else n * decay / 2, rel=1e-5)
    assert beta / beta_max == pytest.approx(fraction, abs=1e-3)
    network = load_network(EXAMPLES.parent / model)
    value = documented_objective(network, data.stem, options["--convention"], decay)
    assert value == pytest.approx(documented, rel=1e-11)


@pytest.mark.parametrize("name", ["iris_sklearn.npz", "diabetes_pca4_sklearn_weak.npz"])
def test_documented_beta_max_recomputes(name: str) -> None:
    pytest.importorskip("sklearn")
    beta_max = runpy.run_path(str(EXAMPLES / "train_sklearn.py"))["beta_max"]
    documented = float(ROWS[name]["numbers"].split("|")[2])
    assert beta_max(*load_data(ROWS[name]["data"]), starts=50) == pytest.approx(documented, rel=1e-4)
