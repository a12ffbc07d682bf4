"""relucert descend: experiments and samples, files, the same bytes after Ctrl-C, mistakes that are explained."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from relucert.cli import main
from relucert.cli.output import ExitCode
from relucert.numeric.checkpoint import Checkpoint, Chunk
from relucert.numeric.experiment import names

NAME = "non-overlapping-starts"
SMALL = (NAME, "--set", "size=3", "most_patches=2", "limit=200", "--starts", "600", "--memory", "0.1")
INTERRUPTED = 130


def run(*arguments: object) -> int:
    return main.main(["descend", *map(str, arguments)])


@pytest.fixture
def data(tmp_path: Path) -> Path:
    inputs = np.random.default_rng(0).standard_normal((60, 6))
    targets = np.maximum(inputs.reshape(60, 2, 3) @ np.array([1.0, -0.5, 0.25]), 0).mean(1)
    path = tmp_path / "samples.npz"
    np.savez(path, X=inputs, y=targets)
    return path


def test_list(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--list") == ExitCode.PROVED
    out = capsys.readouterr().out
    assert all(f"{name}\n" in out for name in names())
    assert run("--list", "--json") == ExitCode.PROVED
    found = json.loads(capsys.readouterr().out)["experiments"]
    assert [entry["name"] for entry in found] == list(names())
    assert all(setting["help"] for entry in found for setting in entry["settings"])


def test_experiment_with_files(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    table, picture = tmp_path / "t.csv", tmp_path / "p.svg"
    assert run(*SMALL, "--seed", 5, "--csv", table, "--plot", picture) == ExitCode.PROVED
    out, err = capsys.readouterr()
    assert "numeric evidence, not a proof" in out
    assert "seed 5" in out
    assert err == ""
    with table.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["patches"] for row in rows] == ["1", "2"]
    assert picture.read_bytes().startswith(b"<?xml")
    assert run(*SMALL, "--seed", 5, "--json") == ExitCode.PROVED
    found = json.loads(capsys.readouterr().out)
    assert (found["grade"], found["seed"], found["settings"]["starts"]) == ("numeric", 5, 600)
    assert [row["reached"] for row in found["rows"]] == [int(row["reached"]) for row in rows]


def test_jobs_and_memory_do_not_change_a_byte(tmp_path: Path) -> None:
    files = []
    for place, options in enumerate([(), ("--jobs", "2"), ("--memory", "0.3", "--jobs", "3")]):
        files.append(tmp_path / f"{place}.csv")
        assert run(*SMALL[:-2], "--csv", files[-1], *options) == ExitCode.PROVED
    assert len({path.read_bytes() for path in files}) == 1


def test_samples(capsys: pytest.CaptureFixture[str], data: Path, tmp_path: Path) -> None:
    table = tmp_path / "losses.csv"
    arguments = (data, "--patches", 2, "--starts", 300, "--steps", 2000)
    assert run(*arguments, "--csv", table) == ExitCode.PROVED
    out = capsys.readouterr().out
    assert "filter 1 -0.5 0.25" in out
    with table.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 300
    assert run(*arguments, "--json") == ExitCode.PROVED
    found = json.loads(capsys.readouterr().out)
    assert found["filter"] == pytest.approx([1, -0.5, 0.25], abs=1e-9)
    assert (found["runs"], found["diverged"], found["grade"]) == (300, 0, "numeric")
    assert found["best_loss"] == min(float(row["loss"]) for row in rows)


def test_divergence_is_reported_with_its_step(capsys: pytest.CaptureFixture[str], data: Path) -> None:
    assert run(data, "--patches", 2, "--starts", 20, "--step", 1e3) == ExitCode.INPUT_ERROR
    assert "every run diverged, the first at step" in capsys.readouterr().err
    for step in ("1e300", "5e-1", "10"):
        code = run(data, "--patches", 2, "--starts", 20, "--steps", 50, "--step", step)
        out, err = capsys.readouterr()
        assert "Traceback" not in err
        if code == ExitCode.PROVED and "; 0 runs diverged" not in out:
            assert "runs diverged, the first at step" in out


@pytest.mark.parametrize("what", ["experiment", "samples"])
def test_ctrl_c_loses_nothing_finished(
    what: str, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    # a sample's run needs 8 (3 n k + 6 m) bytes: two chunks of 256
    samples = (data, "--patches", 2, "--starts", 500, "--steps", 60, "--memory", 1)
    arguments = (*(SMALL if what == "experiment" else samples), "--seed", 2)
    assert run(*arguments, "--csv", tmp_path / "whole.csv") == ExitCode.PROVED
    store, stored = Checkpoint.store, list[int]()

    def interrupted(self: Checkpoint, call: int, first: int, last: int, chunk: Chunk) -> None:
        store(self, call, first, last, chunk)
        stored.append(first)
        if len(stored) == 1:
            raise KeyboardInterrupt

    monkeypatch.setattr(Checkpoint, "store", interrupted)
    again = (*arguments, "--checkpoint", tmp_path / "parts", "--csv", tmp_path / "resumed.csv")
    assert run(*again) == INTERRUPTED
    err = capsys.readouterr().err
    assert "the same command goes on from there" in err
    assert not (tmp_path / "resumed.csv").exists()
    kept = len(stored)
    assert run(*again) == ExitCode.PROVED
    assert len(stored) > kept
    assert 0 not in stored[kept : kept + 1]  # the first chunk is not computed again
    assert (tmp_path / "resumed.csv").read_bytes() == (tmp_path / "whole.csv").read_bytes()


@pytest.mark.skipif(os.name == "nt", reason="signals")
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_real_signal(jobs: str, tmp_path: Path) -> None:
    """The process ends with one line and 130, and the same command finishes with the bytes of an undisturbed one."""
    words = [sys.executable, "-m", "relucert.cli", "descend", NAME, "--set", "size=4", "most_patches=8", "limit=200"]
    words += ["--starts", "1200", "--memory", "0.2", "--jobs", jobs, "--checkpoint", str(tmp_path / "parts")]
    words += ["--csv", str(tmp_path / "resumed.csv")]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True)
    while process.poll() is None and len(list(tmp_path.glob("parts/*.npz"))) < 2:
        time.sleep(0.01)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does it: workers hear it, too
    _, err = process.communicate(timeout=60)
    assert process.returncode == INTERRUPTED
    assert err.splitlines()[-1] == "relucert: interrupted"
    assert "Traceback" not in err
    assert not (tmp_path / "resumed.csv").exists()
    assert main.main(words[3:]) == ExitCode.PROVED
    whole = [*words[3:-4], "--csv", str(tmp_path / "whole.csv")]
    assert main.main(whole) == ExitCode.PROVED
    assert (tmp_path / "resumed.csv").read_bytes() == (tmp_path / "whole.csv").read_bytes()


def test_parts_of_changed_samples_are_not_taken(data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = (data, "--patches", 2, "--starts", 50, "--steps", 20, "--checkpoint", tmp_path / "parts", "--json")
    run(*arguments)
    before = json.loads(capsys.readouterr().out)
    with np.load(data) as archive:
        inputs, targets = archive["X"], archive["y"]
    np.savez(data, X=inputs, y=targets + 1)
    run(*arguments)
    assert json.loads(capsys.readouterr().out)["best_loss"] != before["best_loss"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "no experiment named: relucert descend --list shows them"),
        (("non-overlaping-starts",), "did you mean non-overlapping-starts"),
        ((NAME, "--set", "k=3"), "unknown setting 'k': choose from size, most_patches"),
        ((NAME, "--set", "size=2.5"), "size=2.5: expected a whole number"),
        ((NAME, "--set", "size"), "write each setting once, as NAME=VALUE"),
        ((NAME, "--set", "size=2", "size=3"), "write each setting once"),
        ((NAME, "--set", "step=2"), "step must lie in (0, 1], got 2.0 (settings of non-overlapping-starts)"),
        ((NAME, "--starts", "0"), "'0' is not a whole number above 0"),
        ((NAME, "--patches", "2"), "--patches belongs to a file of samples"),
        ((NAME, "--memory", "0.01"), "allow at least 1 MB (--memory)"),
        ((NAME, "--plot", "x.bmp"), "end the name in .svg, .png or .pdf"),
        ((NAME, "--csv", "no/such/folder/t.csv"), "no/such/folder is not a directory"),
        (("DATA",), "the number of patches is not given"),
        (("DATA", "--patches", "4"), "6 columns cannot be cut into 4 patches of one size"),
        (("DATA", "--patches", "4"), "choose --patches 1 or 2 or 3 or 6"),
        (("DATA", "--patches", "2", "--set", "k=1"), "--set and --plot are for experiments"),
        (("DATA", "--patches", "2", "--memory", "0.01"), "(--memory)"),
        (("DATA", "--patches", "2", "--step", "nan"), "'nan' is not a number above 0"),
        (("missing.npz", "--patches", "2"), "missing.npz: no such file"),
        (("NAN", "--patches", "2"), "every number must be finite"),
    ],
)
def test_mistakes_are_one_line(
    arguments: tuple[str, ...], message: str, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = data.with_name("nan.npz")
    np.savez(broken, X=np.full((3, 6), np.nan), y=np.ones(3))
    given = [{"DATA": str(data), "NAN": str(broken)}.get(word, word) for word in arguments]
    assert run(*given) == ExitCode.INPUT_ERROR
    out, err = capsys.readouterr()
    assert message in err
    assert len(err.splitlines()) == 1
    assert out == ""
    assert run(*given, "--json") == ExitCode.INPUT_ERROR
    assert message in json.loads(capsys.readouterr().out)["error"]
