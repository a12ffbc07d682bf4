"""relucert reduce: chains, bundles, training data, lists and pictures; mistakes that are explained."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree.ElementTree import fromstring

import numpy as np
import pytest

from relucert.cli.main import main
from relucert.cli.output import ExitCode
from relucert.reductions.bundle import read_bundle
from relucert.reductions.files import read_problem

FORMULA = "p cnf 3 4\n1 2 0\n-1 2 0\n1 -2 0\n-1 -2 3 0\n"


def reduce(*arguments: object) -> int:
    return main(["reduce", *map(str, arguments)])


def written(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_formula_becomes_a_network_and_the_bundle_holds_the_path(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    formula, bundle = written(tmp_path, "f.cnf", FORMULA), tmp_path / "b.json"
    assert reduce(formula, "--to", "k-non-overlap", "-k", 2, "-o", bundle) == ExitCode.PROVED
    assert "by direct" in capsys.readouterr().out
    path = json.loads(bundle.read_text())
    assert [instance["problem"] for instance in path["path"]] == ["cnf", "k-non-overlap"]
    assert path["links"] == [{"reduction": "direct", "parameters": {"k": 2}}]
    assert reduce(bundle, "--to", "k-non-overlap", "-k", 4, "--json") == ExitCode.PROVED  # a bundle goes on
    found = json.loads(capsys.readouterr().out)
    assert [link["name"] for link in found["reductions"]] == ["direct", "padding"]


def test_a_chain_can_be_chosen(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    formula = written(tmp_path, "f.cnf", FORMULA)
    assert reduce(formula, "--to", "k-non-overlap", "--via", "cnf-to-nae", "--json") == ExitCode.PROVED
    names = [link["name"] for link in json.loads(capsys.readouterr().out)["reductions"]]
    assert names == ["cnf-to-nae", "nae-to-set-splitting", "native"]


def test_samples_are_written_as_arrays_that_descent_reads(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "vdw.npz"
    assert reduce("--instance", "vdw:3,3,8", "--to", "k-non-overlap", "--npz", path) == ExitCode.PROVED
    assert "relucert descend" in capsys.readouterr().out
    with np.load(path) as arrays:
        assert set(arrays) == {"X", "y"}
        assert arrays["X"].shape == (20, 2 * 16) and set(arrays["y"]) == {0.0, 0.5}
    assert main(["descend", str(path), "--patches", "2", "--starts", "3", "--steps", "5", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["grade"] == "numeric"


def test_numbers_that_are_no_floats_stay_exact_beside_the_floats(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, bundle = tmp_path / "fano.npz", tmp_path / "fano.json"
    arguments = ["--instance", "fano", "-k", 3, "--to", "k-non-overlap", "--npz", path, "-o", bundle, "--json"]
    assert reduce(*arguments) == ExitCode.PROVED
    assert any("7 numbers are no float64" in note for note in json.loads(capsys.readouterr().out)["notes"])
    assert read_problem(path, k=3) == read_bundle(bundle.read_text(), "").target
    assert main(["descend", str(path), "--patches", "3", "--starts", "2", "--steps", "2", "--json"]) == 0
    assert "nan" not in capsys.readouterr().out.lower()


def test_patches_that_are_no_floats_stay_exact_too(tmp_path: Path) -> None:
    given = written(tmp_path, "n.json", '{"patches": [[["1/3", 0.1], [0.5, 0]]], "labels": [1]}')
    path = tmp_path / "n.npz"
    assert reduce(given, "--to", "k-non-overlap", "--npz", path) == ExitCode.PROVED
    assert read_problem(path, k=2) == read_problem(given)


def test_nothing_is_written_when_one_file_cannot_be(tmp_path: Path) -> None:
    bundle, samples = tmp_path / "b.json", tmp_path / "s.npz"
    assert reduce("--instance", "fano", "--to", "half-space-intersection", "-o", bundle, "--npz", samples) == 2
    large = written(tmp_path, "n.json", '{"patches": [[[1e1000]]], "labels": [1]}')
    assert reduce(large, "--to", "k-non-overlap", "-o", bundle, "--npz", samples) == 2
    assert not bundle.exists() and not samples.exists()


def test_everything_is_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert reduce("--list", "--json") == ExitCode.PROVED
    found = json.loads(capsys.readouterr().out)
    assert {"cnf", "k-non-overlap", "copositivity"} <= {problem["name"] for problem in found["problems"]}
    assert {"native", "direct", "padding"} <= {link["name"] for link in found["reductions"]}
    assert all(link["size_bound"] and link["citation"] for link in found["reductions"])
    assert any(family["syntax"].startswith("vdw:") for family in found["instances"])
    assert reduce("--list") == ExitCode.PROVED
    assert "named instances" in capsys.readouterr().out


@pytest.mark.parametrize("suffix", [".svg", ".dot"])
def test_the_graph_is_drawn(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"graph{suffix}"
    assert reduce("--graph", path) == ExitCode.PROVED
    text = path.read_text()
    assert "native" in text and "k-non-overlap" in text
    if suffix == ".svg":
        assert fromstring(text).tag.endswith("svg")


@pytest.mark.parametrize(
    ("name", "text", "options", "message"),
    [
        ("f.cnf", "p cnf 2 1\n1 3 0\n", ("--to", "k-non-overlap"), "f.cnf:2"),
        ("f.cnf", "p cnf 2 1\n1 2\n", ("--to", "k-non-overlap"), "does not end in 0"),
        ("f.cnf", "", ("--to", "k-non-overlap"), "empty"),
        ("f.cnf", FORMULA, (), "--to"),
        ("f.cnf", FORMULA, ("--to", "k-nonoverlap"), "the problems are"),
        ("f.cnf", FORMULA, ("--to", "cnf", "--npz", "x.npz"), "--npz"),
        ("n.json", '{"patches": [[[1, 2], [1]]], "labels": [1]}', ("--to", "k-non-overlap"), "patches[0][1]"),
        ("n.json", '{"k": 0, "p": 1, "samples": []}', ("--to", "k-non-overlap"), "from 1 on"),
        (
            "n.json",
            '{"patches": [[[1, 1e999999999]]], "labels": [1]}',
            ("--to", "k-non-overlap"),
            "n.json:1): write exponents",
        ),
        ("n.json", '{"format": "relucert-reduction", "version": 9}', ("--to", "cnf"), "n.json"),
    ],
)
def test_mistakes_are_one_line_with_the_place(
    name: str, text: str, options: tuple[str, ...], message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = written(tmp_path, name, text)
    options = tuple(str(tmp_path / option) if option == "x.npz" else option for option in options)
    assert reduce(file, *options) == ExitCode.INPUT_ERROR
    error = capsys.readouterr().err
    assert message in error and len(error.splitlines()) == 1 and "internal" not in error


def test_files_and_names_exclude_each_other(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert reduce("--instance", "vdw:3", "--to", "k-non-overlap") == ExitCode.INPUT_ERROR
    assert reduce("x.cnf", "--instance", "fano", "--to", "k-non-overlap") == ExitCode.INPUT_ERROR
    assert reduce(tmp_path / "none.cnf", "--to", "k-non-overlap") == ExitCode.INPUT_ERROR
    assert len(capsys.readouterr().err.splitlines()) == 3
