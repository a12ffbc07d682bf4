"""relucert derive: what it prints, what it writes, exit codes, mistakes that are explained."""

from __future__ import annotations

import importlib.util
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from relucert.cli import derive, main
from relucert.cli.output import ExitCode
from relucert.symbolic import library, verify
from relucert.symbolic.derivation import Derivation
from relucert.symbolic.verify import Report, StepReport

NAME = "non-overlapping-reduced"


def run(*arguments: object) -> int:
    return main.main(["derive", *map(str, arguments)])


def passed(derivation: Derivation) -> Report:
    return Report(derivation.name, tuple(StepReport(step.name, step.check.kind, True) for step in derivation.steps))


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Verification is tried elsewhere; here it says yes."""
    monkeypatch.setattr(verify, "verify", passed)


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> str:
    """A derivation whose second step has a wrong sign: the step's name."""
    good = library.load(NAME)
    step = replace(good.steps[1], right=-good.steps[1].right)
    bad = replace(good, steps=(good.steps[0], step))
    monkeypatch.setattr(library, "load", lambda name: bad)
    return step.name


def test_list_shows_all_in_the_order_of_reading(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--list") == ExitCode.PROVED
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines[:-1]] == list(library.names())
    assert lines[-1].startswith(f"{len(library.names())} derivations, ")
    assert run("--list", "--json") == ExitCode.PROVED
    listed = json.loads(capsys.readouterr().out)["derivations"]
    assert [entry["name"] for entry in listed] == list(library.names())
    assert all(entry["steps"] and entry["results"] and entry["title"] for entry in listed)


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize(
    ("form", "beginning"),
    [("md", "# "), ("latex", "\\documentclass"), ("html", "<!DOCTYPE html>"), ("numpy", '"""'), ("srepr", "# ")],
)
def test_formats(form: str, beginning: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(NAME, "--to", form) == ExitCode.PROVED
    assert capsys.readouterr().out.startswith(beginning)


@pytest.mark.usefixtures("quick")
def test_parts_of_a_page(capsys: pytest.CaptureFixture[str]) -> None:
    run(NAME)
    whole = capsys.readouterr().out
    run(NAME, "--no-steps")
    statement = capsys.readouterr().out
    assert "## Proof" in whole
    assert "## Proof" not in statement
    run(NAME, "--fragment")
    assert not capsys.readouterr().out.startswith("# ")
    run(NAME, "--notation", "du")
    assert capsys.readouterr().out != whole


@pytest.mark.usefixtures("quick")
def test_output_and_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "reduced.md"
    assert run(NAME, "-o", target, "--json") == ExitCode.PROVED
    answer = json.loads(capsys.readouterr().out)
    assert answer == {"verdict": "verified", "name": NAME, "verified": True, "failures": [], "output": str(target)}
    run(NAME, "--json")
    assert json.loads(capsys.readouterr().out)["text"] == target.read_text(encoding="utf-8")
    assert [path.name for path in tmp_path.iterdir()] == ["reduced.md"]


@pytest.mark.usefixtures("quick")
def test_values_are_inserted_everywhere(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("non-overlapping-loss", "--set", "k=4", "--to", "srepr") == ExitCode.PROVED
    text = capsys.readouterr().out
    assert "Symbol('k'" not in text
    assert "Integer(4)" in text
    assert run("non-overlapping-loss", "--set", "k=4", "--to", "numpy") == ExitCode.PROVED
    names: dict[str, Any] = {}
    exec(capsys.readouterr().out, names)
    assert run("non-overlapping-loss", "--to", "numpy") == ExitCode.PROVED
    general: dict[str, Any] = {}
    exec(capsys.readouterr().out, general)
    one, other = [0.3, -1.0, 2.0], [1.0, 0.5, -0.2]
    assert names["non_overlapping_loss"](one, other) == pytest.approx(
        general["non_overlapping_loss"](one, other, 4), rel=1e-14
    )


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("q=4", "has no symbol q that can be set: there are k"),
        ("k=0", "k must be at least 1"),
        ("k=-2", "k must be at least 1"),
        ("k=5/2", "k must be a whole number"),
        ("k", "is no assignment: write for example --set k=4"),
        ("k=many", "is not a number"),
        ("w=1", "w is a vector: only numbers can be set"),
        ("theta=1", "theta stands for Angle(w, w_star)"),
    ],
)
def test_values_that_are_refused(setting: str, message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("non-overlapping-loss", "--set", setting) == ExitCode.INPUT_ERROR
    assert message in capsys.readouterr().err


@pytest.mark.usefixtures("quick")
def test_values_against_a_condition_are_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    conditioned = replace(library.load("non-overlapping-loss"), conditions=("`k >= 2`: one patch is another matter",))
    monkeypatch.setattr(library, "load", lambda name: conditioned)
    assert run("non-overlapping-loss", "--set", "k=1") == ExitCode.INPUT_ERROR
    assert "k = 1 contradicts the condition k >= 2" in capsys.readouterr().err
    assert run("non-overlapping-loss", "--set", "k=2") == ExitCode.PROVED


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "no derivation named"),
        (("relu-kernel", NAME), "several derivations named"),
        (("relu-kernle",), "did you mean relu-kernel"),
        (("--check", "relu-kernle"), "did you mean relu-kernel"),
        (("--list", "--check"), "--list and --check exclude each other"),
        (("--all",), "say -o FOLDER"),
        (("--all", "-o", "x", "relu-kernel"), "--all takes no NAME"),
        (("--check", "-o", "x"), "--output does not go with --check"),
        (("--check", "--set", "k=2"), "--set does not go with --check"),
        ((NAME, "--to", "numpy", "--fragment"), "--fragment has no meaning for --to numpy"),
        ((NAME, "--to", "numpy", "--no-steps"), "leave out --no-steps"),
        ((NAME, "--to", "word"), "invalid choice"),
        ((NAME, "--notation", "duh"), "did you mean du"),
        ((NAME, "-o", "nowhere/at/all.md"), "is not a directory"),
        ((NAME, "--set", "k=2", "--set", "k=3"), "--set gives k two values"),
    ],
)
def test_mistakes_are_explained(
    arguments: tuple[str, ...], message: str, capsys: pytest.CaptureFixture[str], quick: None
) -> None:
    assert run(*arguments) == ExitCode.INPUT_ERROR
    said = capsys.readouterr()
    assert message in said.err
    assert said.err.count("\n") == 1
    assert not said.out


def test_check_verifies_and_counts(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--check", NAME, "--json", "--quiet") == ExitCode.PROVED
    answer = json.loads(capsys.readouterr().out)
    steps = library.load(NAME).steps
    assert answer["verdict"] == "verified"
    assert answer["steps"] == len(steps) == sum(answer[kind] for kind in derive.KINDS)
    assert answer["derivations"][0]["identity"] == sum(step.check.kind == "identity" for step in steps)


def test_check_in_processes_keeps_the_order(capsys: pytest.CaptureFixture[str]) -> None:
    names = [NAME, "non-overlapping-radial-angular"]
    assert run("--check", *names, "--jobs", 2) == ExitCode.PROVED
    *lines, total = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == names
    assert total.startswith("2 derivations, ")
    assert total.endswith(": verified")


def test_a_failing_step_is_named_with_both_sides_and_the_point(broken: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--check", NAME) == ExitCode.REFUTED
    text = capsys.readouterr().out
    assert "1 derivations,   2 steps" in text
    assert f"step '{broken}'" in text
    assert text.rstrip().endswith("FAILED")


@pytest.mark.parametrize("form", ["md", "latex", "html", "srepr", "numpy"])
def test_what_is_not_verified_is_marked(form: str, broken: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(NAME, "--to", form) == ExitCode.REFUTED
    said = capsys.readouterr()
    assert "UNVERIFIED" in said.out
    assert f"step '{broken}'" in said.err


def test_nothing_to_check(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(library, "MODULES", ())
    assert run("--check") == ExitCode.NOTHING_TO_CHECK
    assert "nothing to check" in capsys.readouterr().out


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize(
    ("form", "index"),
    [
        ("md", "index.md"),
        ("latex", "index.tex"),
        ("html", "index.html"),
        ("numpy", "__init__.py"),
        ("srepr", "index.txt"),
    ],
)
def test_all_writes_a_file_each_and_an_index(
    form: str, index: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(library, "MODULES", ("models.non_overlapping_loss", "models.non_overlapping_reduced"))
    folder = tmp_path / "new" / "derivations"
    assert run("--all", "--to", form, "-o", folder) == ExitCode.PROVED
    files = {path.name for path in folder.iterdir()}
    assert index in files
    assert len(files) == 3
    assert "[2/2]" in capsys.readouterr().err
    if form == "numpy":
        spec = importlib.util.spec_from_file_location(
            "derived", folder / index, submodule_search_locations=[str(folder)]
        )
        assert spec is not None
        assert spec.loader is not None
        monkeypatch.setitem(__import__("sys").modules, "derived", package := importlib.util.module_from_spec(spec))
        spec.loader.exec_module(package)
        assert callable(package.non_overlapping_loss)
