"""`relucert certify` as a user sees it: verdicts, exit codes, files, streams and errors."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from relucert.certify.check.kernel import check_bytes
from relucert.certify.search import gap as driver
from relucert.cli.main import main
from tests.certify.search.small_problems import regression


class Files:
    """A folder with a network without biases (net.npz), one with (biased.npz), and data (data.csv)."""

    def __init__(self, folder: Path) -> None:
        generator = np.random.default_rng(5)
        X, y = regression()
        np.savetxt(folder / "data.csv", np.column_stack([X, y]), delimiter=",", header="a,b,y", comments="")
        weights = {"hidden_weights": generator.normal(size=(3, 2)), "output_weights": generator.normal(size=3)}
        biases = {"hidden_bias": generator.normal(size=3), "output_bias": np.array(0.25)}
        np.savez(folder / "net.npz", **weights)
        np.savez(folder / "biased.npz", **weights, **biases)
        np.savez(folder / "zero.npz", hidden_weights=np.zeros((1, 2)), output_weights=np.zeros(1))
        np.savez(folder / "wide.npz", hidden_weights=np.ones((3, 3)), output_weights=np.ones(3))
        np.savez(folder / "nan.npz", hidden_weights=np.full((3, 2), np.nan), output_weights=np.ones(3))
        self.folder = folder

    def __call__(self, name: str) -> str:
        return str(self.folder / name)

    def names(self) -> set[str]:
        return {path.name for path in self.folder.iterdir()}


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path)


def certify(files: Files, *options: str, net: str = "net.npz", decay: str = "0.5") -> int:
    return main(["certify", files(net), files("data.csv"), "--weight-decay", decay, *options])


def as_json(files: Files, capsys: pytest.CaptureFixture[str], *options: str, **chosen: Any) -> dict[str, Any]:
    code = certify(files, "--json", *options, **chosen)
    captured = capsys.readouterr()
    assert captured.out.count("\n") == 1 and captured.err == ""
    result: dict[str, Any] = json.loads(captured.out)
    assert code == {"proved": 0, "refuted": 1, "vacuous": 1, "undecided": 4}[result["verdict"]]
    return result


# -------------------------------------------------------------------------------------------------------- verdicts


def test_without_a_gap_the_bound_is_proved(files: Files, capsys: pytest.CaptureFixture[str]) -> None:
    assert certify(files, "-o", files("net.cert.json")) == 0
    captured = capsys.readouterr()
    assert captured.out.splitlines()[-1] == "proved"
    for line in ("objective", "lower bound", "relative gap", f"relucert check {files('net.cert.json')}"):
        assert line in captured.out
    assert "Over all two-layer ReLU networks" in captured.err and "beta_max" in captured.err
    assert check_bytes(Path(files("net.cert.json")).read_bytes()).valid


def test_a_refutation_says_what_follows_for_the_width(files: Files, capsys: pytest.CaptureFixture[str]) -> None:
    assert certify(files, "--gap", "0.01") == 1
    out = capsys.readouterr().out
    assert "Not within 0.01" in out and "no more units than yours (3)" in out and out.endswith("refuted\n")
    assert certify(files, "--gap", "0.01", net="zero.npz") == 1
    assert "wider than yours (1): at width 1 yours may still be the best" in capsys.readouterr().out


def test_gap_proved_and_undecided(files: Files, capsys: pytest.CaptureFixture[str]) -> None:
    certify(files, "--quiet", "--polish", files("better.npz"))
    assert certify(files, "--gap", "1e-6", net="better.npz") == 0
    assert capsys.readouterr().out.endswith("proved\n")
    assert certify(files, "--gap", "1e-14", net="better.npz") == 4
    assert capsys.readouterr().out.endswith("undecided\n")


def test_a_bound_of_nothing_is_vacuous(files: Files, capsys: pytest.CaptureFixture[str]) -> None:
    """A constant target with a free output bias: the optimum is 0."""
    X = regression()[0]
    np.savetxt(files("data.csv"), np.column_stack([X, np.ones(8)]), delimiter=",")
    assert certify(files, "--hidden-bias", "penalised", "--output-bias", "free", net="biased.npz") == 1
    out = capsys.readouterr().out
    assert out.endswith("vacuous\n") and "infimum over all widths is 0" in out


def test_limits_are_undecided_and_write_the_best_bound(files: Files, capsys: pytest.CaptureFixture[str]) -> None:
    result = as_json(files, capsys, "--nodes", "1", "-o", files("c.json"), decay="0.01")
    assert (result["verdict"], result["limit"]) == ("undecided", "limit reached")
    assert 0 < float(result["lower_bound"])
    assert check_bytes(Path(files("c.json")).read_bytes()).valid


def test_effort_limit_without_limits_of_the_user(
    files: Files, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(driver, "DEFAULT_SECONDS", 0.0)
    result = as_json(files, capsys)
    assert (result["verdict"], result["limit"]) == ("proved", "effort limit")


def interrupted_run(files: Files, *options: str) -> tuple[int, str]:
    """A long search that gets the signal of Ctrl-C soon after it began to branch."""
    X, y = regression(40, 5, seed=3)
    np.savetxt(files("data.csv"), np.column_stack([X, y]), delimiter=",")
    np.savez(files("net.npz"), hidden_weights=np.ones((2, 5)), output_weights=np.ones(2))
    command = [
        sys.executable, "-m", "relucert.cli", "certify", files("net.npz"), files("data.csv"),
        "--weight-decay", "0.3", "-o", files("c.json"), *options,
    ]  # fmt: skip
    environment = os.environ | {"OPENBLAS_NUM_THREADS": "1"}
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)
    assert process.stderr is not None
    lines = []
    for line in process.stderr:
        lines.append(line)
        if line.startswith("prove"):
            time.sleep(0.5)
            process.send_signal(signal.SIGINT)
            break
    out, err = process.communicate(timeout=300)
    return process.returncode, out + "".join(lines) + err


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
@pytest.mark.parametrize("options", [[], ["--jobs", "2"]])
def test_interruption_writes_the_best_bound(options: list[str], files: Files) -> None:
    code, text = interrupted_run(files, *options)
    assert code == 4, text
    assert "Stopped early (interrupted)" in text and "Traceback" not in text and "undecided\n" in text
    assert check_bytes(Path(files("c.json")).read_bytes()).valid


# --------------------------------------------------------------------------------------------------------- streams


def test_json_has_safe_decimals_and_exact_rationals(files: Files, capsys: pytest.CaptureFixture[str]) -> None:
    result = as_json(files, capsys, "--gap", "1/100", "-o", files("c.json"))
    assert result["verdict"] == "refuted" and result["asked_gap"] == "1/100" and result["refuted_gap_exact"] == "1/100"
    for name, up in (("loss", True), ("lower_bound", False), ("relative_gap", True)):
        shown, exact = Fraction(result[name]), Fraction(result[f"{name}_exact"])
        assert shown >= exact if up else shown <= exact
        assert shown == pytest.approx(exact, rel=1e-9)
    assert result["certificate"] == files("c.json") and result["grade"] == "exact" and result["width"] == 3
    gap = 1 - Fraction(result["lower_bound_exact"]) / Fraction(result["loss_exact"])
    assert gap == Fraction(result["relative_gap_exact"])


def test_quiet_prints_the_verdict_only(files: Files, capsys: pytest.CaptureFixture[str]) -> None:
    assert certify(files, "--quiet") == 0
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("proved\n", "")


def test_no_warnings_of_numpy_reach_the_user(files: Files) -> None:
    command = [sys.executable, "-W", "always::RuntimeWarning", "-m", "relucert.cli", "certify", files("net.npz")]
    command += [files("data.csv"), "--weight-decay", "1e-300", "--time", "2"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "Warning" not in done.stderr


def test_print_problem_needs_no_search(files: Files, capsys: pytest.CaptureFixture[str]) -> None:
    assert certify(files, "--print-problem") == 0
    assert capsys.readouterr().out.startswith("Over all two-layer ReLU networks of any width with 2 inputs")
    assert certify(files, "--print-problem", "--json") == 0
    problem = json.loads(capsys.readouterr().out)
    assert set(problem) == {"problem", "network"} and problem["problem"]["hidden_weight_decay"] == "1/2"


def test_printed_problem_binds_the_certificate(files: Files, capsys: pytest.CaptureFixture[str]) -> None:
    certify(files, "--quiet", "-o", files("c.json"))
    for decay, code in (("0.5", 0), ("0.50001", 1)):
        capsys.readouterr()
        certify(files, "--print-problem", "--json", decay=decay)
        Path(files("problem.json")).write_text(capsys.readouterr().out, encoding="ascii")
        assert main(["check", files("c.json"), "--problem", files("problem.json")]) == code


def test_gz_is_compressed_and_the_same(files: Files) -> None:
    certify(files, "--quiet", "-o", files("c.json"))
    certify(files, "--quiet", "-o", files("c.json.gz"))
    plain, packed = Path(files("c.json")).read_bytes(), Path(files("c.json.gz")).read_bytes()
    assert packed[:2] == b"\x1f\x8b" and len(packed) < len(plain)
    assert main(["check", files("c.json.gz")]) == 0


def test_jobs_change_nothing(files: Files) -> None:
    for jobs in ("1", "2"):
        certify(files, "--quiet", "--jobs", jobs, "-o", files(f"{jobs}.json"))
    assert Path(files("1.json")).read_bytes() == Path(files("2.json")).read_bytes()


# ---------------------------------------------------------------------------------------------------------- polish


@pytest.mark.parametrize(
    ("net", "options"),
    [
        ("net.npz", []),
        ("net.npz", ["--loss", "mean", "--penalty", "product"]),
        ("biased.npz", ["--convention", "torch"]),
        ("biased.npz", ["--convention", "sklearn"]),
        ("biased.npz", ["--hidden-bias", "free", "--output-bias", "penalised", "--output-weight-decay", "1/3"]),
    ],
)
def test_polish_writes_a_network_with_its_own_certificate(
    net: str, options: list[str], files: Files, capsys: pytest.CaptureFixture[str]
) -> None:
    first = as_json(files, capsys, *options, "--polish", files("better.npz"), net=net)
    assert main(["check", files("better.cert.json"), "--model", files("better.npz"), "--json"]) == 0
    own = json.loads(capsys.readouterr().out)
    assert float(own["relative_gap"]) <= min(1e-7, float(first["relative_gap"]))
    again = as_json(files, capsys, *options, net="better.npz")
    assert abs(float(again["relative_gap"]) - float(own["relative_gap"])) < 1e-8


def test_polish_of_an_optimal_zero_network(files: Files, capsys: pytest.CaptureFixture[str]) -> None:
    """Above beta_max the better network may have no units at all, and must still be a file that can be read."""
    as_json(files, capsys, "--polish", files("better.npz"), decay="100")
    assert main(["check", files("better.cert.json"), "--model", files("better.npz")]) == 0


# ---------------------------------------------------------------------------------------------------------- errors

ERRORS = {
    "no such model": (["missing.npz"], [], "no such file"),
    "no such data": (["net.npz", "missing.csv"], [], "no such file"),
    "shapes": (["wide.npz"], [], "hidden_weights has shape (3, 3) but X of"),
    "nan": (["nan.npz"], [], "hidden_weights[0, 0]: the value is nan"),
    "bias": (["biased.npz"], [], "--hidden-bias penalised or --hidden-bias free"),
    "output bias": (["biased.npz"], ["--hidden-bias", "free"], "--output-bias penalised or --output-bias free"),
    "no bias": (["net.npz"], ["--hidden-bias", "free"], "has no hidden bias"),
    "product": (
        ["biased.npz"],
        ["--penalty", "product", "--hidden-bias", "free", "--output-bias", "penalised"],
        "no place in the product penalty",
    ),
    "product decays": (["net.npz"], ["--penalty", "product", "--output-weight-decay", "1"], "single weight decay"),
    "convention": (["net.npz"], ["--convention", "torch", "--loss", "mean"], "--convention torch settles --loss"),
    "scnn": (["biased.npz"], ["--convention", "scnn"], "covers networks without biases"),
    "gap": (["net.npz"], ["--gap", "2"], "--gap must be at least 0 and below 1"),
    "negative gap": (["net.npz"], ["--gap", "-0.1"], "--gap must be at least 0 and below 1"),
    "zero decay": (["net.npz"], ["--weight-decay", "0"], "weight decay 0"),
    "negative decay": (["net.npz"], ["--weight-decay", "-1"], "--weight-decay must not be negative"),
    "negative output decay": (["net.npz"], ["--output-weight-decay", "-1"], "--output-weight-decay must not be"),
    "decay in letters": (["net.npz"], ["--weight-decay", "abc"], "'abc' is not a number"),
    "time": (["net.npz"], ["--time", "0"], "not a number above 0"),
    "nodes": (["net.npz"], ["--nodes", "1.5"], "not a whole number above 0"),
    "jobs": (["net.npz"], ["--jobs", "0"], "not a whole number above 0"),
    "memory": (["net.npz"], ["--memory", "nan"], "not a number above 0"),
    "seed": (["net.npz"], ["--seed", "-1"], "not a whole number from 0 on"),
    "target": (["net.npz"], ["--target", "z"], "no column 'z'"),
    "folder": (["net.npz"], ["-o", "nowhere/c.json"], "not a directory"),
    "is a folder": (["net.npz"], ["-o", "."], "is a folder"),
    "polish": (["net.npz"], ["--polish", "better.json"], "--polish writes an .npz file"),
    "both": (["net.npz"], ["-o", "a.cert.json", "--polish", "a.npz"], "would write the same file"),
}


@pytest.mark.parametrize("name", ERRORS)
def test_mistakes_give_one_line_and_write_nothing(
    name: str, files: Files, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(files.folder)
    inputs, options, text = ERRORS[name]
    before = files.names()
    inputs = inputs if len(inputs) == 2 else [*inputs, "data.csv"]
    decay = [] if "--weight-decay" in options else ["--weight-decay", "1"]
    output = [] if "-o" in options else ["-o", "c.json"]
    assert main(["certify", *inputs, *decay, *options, *output]) == 2
    captured = capsys.readouterr()
    assert captured.out == "" and captured.err.count("\n") == 1 and text in captured.err
    assert files.names() == before
    assert main(["certify", *inputs, *decay, *options, *output, "--json"]) == 2
    assert json.loads(capsys.readouterr().out)["verdict"] == "error"


def test_the_weight_decay_is_required(files: Files, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["certify", files("net.npz"), files("data.csv")]) == 2
    assert "--weight-decay" in capsys.readouterr().err
