"""relucert crosscheck: the table, the JSON, exit codes, mistakes that are explained."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from relucert.cli import main
from relucert.cli.output import ExitCode
from relucert.numeric import crosscheck
from relucert.numeric.models.non_overlapping import NonOverlapping

FEW = ("--samples", "3200", "--points", "1")


def run(*arguments: str) -> int:
    return main.main(["crosscheck", *arguments])


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> None:
    """The gradient of model A with the wrong sign."""
    right: Callable[..., Any] = NonOverlapping.gradient
    monkeypatch.setattr(NonOverlapping, "gradient", lambda self, at: -right(self, at))


def test_table(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--model", "both-layers", "--model", "non-overlapping", "--seed", "4", *FEW) == ExitCode.PROVED
    out, err = capsys.readouterr()
    lines = out.splitlines()
    assert [line.split()[:2] for line in lines[1:7]] == [
        [model, quantity]
        for model in ("non-overlapping", "both-layers")
        for quantity in ("loss", "gradient", "curvature")
    ]
    assert all(line.endswith("agrees") for line in lines[1:7])
    assert "with probability 0.0001" in out
    assert lines[-1] == "all agree; seed 4, 3200 samples; numeric evidence, not a proof"
    assert err == ""


def test_the_same_seed_gives_the_same_bytes(capsys: pytest.CaptureFixture[str]) -> None:
    outputs = []
    for seed in ("1", "1", "2"):
        run("--model", "overlapping", "--seed", seed, *FEW)
        outputs.append(capsys.readouterr().out)
    assert outputs[0] == outputs[1] != outputs[2]


def test_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--json", "--model", "leaky-non-overlapping", *FEW) == ExitCode.PROVED
    found = json.loads(capsys.readouterr().out)
    assert (found["verdict"], found["grade"], found["seed"]) == ("agrees", "numeric", 0)
    assert [row["quantity"] for row in found["rows"]] == ["loss", "gradient", "curvature"]
    for row in found["rows"]:
        assert row["disagrees"] == []
        assert row["score"] <= found["bounds"]["score"]
    assert found["rows"][2]["ulps"] is None


@pytest.mark.usefixtures("broken")
def test_a_disagreement_is_exit_code_1(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ("--model", "non-overlapping", *FEW)
    assert run(*arguments) == ExitCode.REFUTED
    out = capsys.readouterr().out
    assert "gradient       21      3" in out
    assert "DISAGREES: printed, samples, differences" in out
    assert "of 3 rows DISAGREE" in out
    assert run(*arguments, "--quiet") == ExitCode.REFUTED
    assert len(capsys.readouterr().out.splitlines()) == 1
    assert run(*arguments, "--json") == ExitCode.REFUTED
    found = json.loads(capsys.readouterr().out)
    assert found["verdict"] == "disagrees"
    assert found["rows"][1]["disagrees"] == ["printed", "samples", "differences"]


def test_a_missing_value_is_a_disagreement(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(NonOverlapping, "loss", lambda self, at: np.full(np.shape(at)[:-1], np.nan))
    assert run("--json", "--model", "non-overlapping", *FEW) == ExitCode.REFUTED
    row = json.loads(capsys.readouterr().out)["rows"][0]
    assert row["ulps"] is None
    assert row["disagrees"] == ["printed", "samples"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--model", "both-layer"), "unknown model 'both-layer': did you mean both-layers"),
        (("--samples", "100"), "expected at least 3200 samples"),
        (("--samples", "many"), "'many' is not a whole number above 0"),
        (("--points", "0"), "'0' is not a whole number above 0"),
        (("--seed", "-1"), "'-1' is not a whole number from 0 on"),
        (("both-layers",), "unrecognized arguments: both-layers"),
    ],
)
def test_mistakes_are_explained(arguments: tuple[str, ...], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(*arguments) == ExitCode.INPUT_ERROR
    err = capsys.readouterr().err
    assert message in err
    assert len(err.splitlines()) == 1


def test_progress_names_the_models(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    run("--model", "both-layers", *FEW)
    assert "[0/1] both-layers" in capsys.readouterr().err
    run("--model", "both-layers", "--quiet", *FEW)
    assert capsys.readouterr().err == ""


def test_names_are_in_the_reference() -> None:
    from tests.house.tree import ROOT

    text = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
    assert ", ".join(f"`{name}`" for name in crosscheck.names()) in text
