"""`relucert check`: verdicts, what a certificate is bound to, streams and errors."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from relucert.certify.check.report import trusted_base
from relucert.cli.main import main
from tests.certify.search.small_problems import regression


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """net.npz, data.csv and net.cert.json, and things that differ from them a little."""
    path = tmp_path_factory.mktemp("check")
    generator = np.random.default_rng(5)
    X, y = regression()
    table = np.column_stack([X, y])
    weights, outputs = generator.normal(size=(3, 2)), generator.normal(size=3)
    for name, values in (("data", table), ("other", table + np.eye(8, 3) * 1e-3), ("short", table[:-1])):
        np.savetxt(path / f"{name}.csv", values, delimiter=",", header="a,b,y", comments="", fmt="%.17g")
    np.savez(path / "net.npz", hidden_weights=weights, output_weights=outputs)
    np.savez(path / "other.npz", hidden_weights=weights, output_weights=np.nextafter(outputs, 9.0))
    inputs = [str(path / "net.npz"), str(path / "data.csv"), "--weight-decay", "0.5", "--quiet"]
    assert main(["certify", *inputs, "-o", str(path / "net.cert.json")]) == 0
    return path


def check(folder: Path, *options: str) -> int:
    return main(["check", str(folder / "net.cert.json"), *options])


def test_valid(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert check(folder) == 0
    out = capsys.readouterr().out
    assert out.splitlines()[-1] == "VALID" and "every network of every width" in out


def test_quiet_is_one_line(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert check(folder, "--quiet") == 0
    assert capsys.readouterr() == ("VALID\n", "")


def test_json_is_one_object(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert check(folder, "--json", "--jobs", "2") == 0
    result = json.loads(capsys.readouterr().out)
    assert result["verdict"] == "VALID" and result["samples"] == 8 and not result["vacuous"]
    assert isinstance(result["relative_gap"], str) and "/" in result["relative_gap_exact"]


def test_bound_to_the_right_files(folder: Path) -> None:
    files = ["--model", str(folder / "net.npz"), "--data", str(folder / "data.csv")]
    assert check(folder, *files, "--weight-decay", "1/2", "--target", "y", "--features", "a,b") == 0


@pytest.mark.parametrize(
    ("option", "value", "text"),
    [
        ("--model", "other.npz", "the network"),
        ("--data", "other.csv", "the data"),
        ("--data", "short.csv", "the data"),
        ("--weight-decay", "0.51", "the weight decay"),
        ("--weight-decay", "0.5000000000000000000001", "the weight decay"),
    ],
)
def test_bound_to_nothing_else(
    option: str, value: str, text: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    argument = value if option == "--weight-decay" else str(folder / value)
    assert check(folder, option, argument) == 1
    assert capsys.readouterr().out == f"INVALID: the certificate is about something else: {text} differs from yours\n"
    assert check(folder, option, argument, "--json") == 1
    assert json.loads(capsys.readouterr().out)["verdict"] == "INVALID"


def test_a_changed_certificate_is_invalid(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = (folder / "net.cert.json").read_text(encoding="ascii")
    changed = folder / "changed.json"
    changed.write_text(text.replace('"loss":"half-sum"', '"loss":"mean"'), encoding="ascii")
    assert main(["check", str(changed)]) == 1
    assert capsys.readouterr().out.startswith("INVALID: ")


def test_a_vacuous_certificate_is_no_success(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    X = regression()[0]
    np.savetxt(folder / "zero.csv", np.column_stack([X, np.zeros(8)]), delimiter=",")
    inputs = [str(folder / "net.npz"), str(folder / "zero.csv"), "--weight-decay", "0.5", "--quiet"]
    assert main(["certify", *inputs, "-o", str(folder / "vacuous.json")]) == 1
    assert main(["check", str(folder / "vacuous.json")]) == 1
    assert "The bound says nothing" in capsys.readouterr().out


def test_a_refutation_without_a_bound_is_called_refuted(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The target is constant and the output bias free: the optimum is 0, and so is the bound."""
    X = regression()[0]
    np.savetxt(folder / "ones.csv", np.column_stack([X, np.ones(8)]), delimiter=",")
    np.savez(folder / "shifted.npz", hidden_weights=X[:3], output_weights=X[:3, 0], output_bias=np.array(0.25))
    inputs = [str(folder / "shifted.npz"), str(folder / "ones.csv"), "--weight-decay", "0.5", "--output-bias", "free"]
    assert main(["certify", *inputs, "--gap", "0.01", "--json", "-o", str(folder / "refuted.json")]) == 1
    assert json.loads(capsys.readouterr().out)["verdict"] == "refuted"
    assert main(["check", str(folder / "refuted.json")]) == 1
    out = capsys.readouterr().out
    assert "Refuted: not within the relative gap 0.01" in out and out.endswith("VALID\n")
    assert main(["check", str(folder / "refuted.json"), "--json"]) == 1
    shown = json.loads(capsys.readouterr().out)
    assert shown["lower_bound"] == "0" and not shown["vacuous"] and shown["refuted_gap"] == "0.01"


def test_jobs_are_for_training_gaps(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = str(tmp_path / "square.json")
    assert main(["prove", "x^2 >= 0", "--for", "x in [0, 1]", "--quiet", "-o", path]) == 0
    assert main(["check", path, "--jobs", "2"]) == 0
    assert capsys.readouterr().err == "--jobs: a certificate about real functions is replayed in one process\n"
    assert main(["check", path, "--jobs", "2", "--quiet"]) == 0
    assert main(["check", path]) == 0
    assert capsys.readouterr().err == ""


def test_trusted_base(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--trusted-base"]) == 0
    assert str(trusted_base()["sha256"]) in capsys.readouterr().out
    assert main(["check", "--trusted-base", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"checker": trusted_base()}


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ([], "no certificate given"),
        (["missing.json"], "cannot read missing.json: No such file or directory"),
        (["."], "cannot read"),
        (["net.cert.json", "--problem", "missing.json"], "cannot read missing.json"),
        (["net.cert.json", "--problem", "data.csv"], "--print-problem --json"),
        (["net.cert.json", "--model", "missing.npz"], "no such file"),
        (["net.cert.json", "--data", "data.csv", "--target", "z"], "no column 'z'"),
        (["net.cert.json", "--weight-decay", "half"], "is not a number"),
        (["net.cert.json", "--jobs", "0"], "not a whole number above 0"),
    ],
)
def test_mistakes_give_one_line(
    arguments: list[str], text: str, folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    assert main(["check", *arguments]) == 2
    captured = capsys.readouterr()
    assert captured.out == "" and captured.err.count("\n") == 1 and text in captured.err
