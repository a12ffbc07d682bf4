"""relucert descend --certify, as its user meets it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from relucert.cli.main import main
from relucert.cli.output import ExitCode

POINT = ("non-overlapping", "--certify", "--from", "r = 1", "--from", "theta = 1/10", "--target", "theta <= 1/20")


def run(*arguments: object) -> int:
    return main(["descend", *map(str, arguments)])


def test_a_start_is_certified_and_replayed(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    certificate = tmp_path / "descent.json"
    assert run(*POINT, "-o", certificate, "--json") == ExitCode.PROVED
    out, err = capsys.readouterr()
    answer = json.loads(out)
    assert (answer["verdict"], answer["steps"], answer["rate"]) == ("proved", 3, None)
    assert "step = 1/2" in err
    assert "without a factor 1/2" in err
    assert main(["check", str(certificate)]) == ExitCode.PROVED
    assert "after at most 3 steps, theta <= 1/20" in capsys.readouterr().out
    assert main(["explain", str(certificate)]) == ExitCode.INPUT_ERROR
    assert "relucert check says what it proves" in capsys.readouterr().err


def test_the_report_says_what_is_proved(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(*POINT) == ExitCode.PROVED
    out = capsys.readouterr().out
    assert "Gradient descent w <- w - step*grad l" in out
    assert "at most 3; 3 is the most of sampled starts" in out
    assert run(*POINT, "--quiet") == ExitCode.PROVED
    assert capsys.readouterr().out == "PROVED\n"


def test_undecided_says_where(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(*POINT, "--steps", 1) == ExitCode.UNDECIDED
    assert "a sampled start is not in the target after 1 steps" in capsys.readouterr().out


def test_the_list(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--certify", "--list") == ExitCode.PROVED
    assert "both-layers-on-sphere" in capsys.readouterr().out
    assert run("--certify", "--list", "--json") == ExitCode.PROVED
    assert json.loads(capsys.readouterr().out)["descents"][0]["name"] == "non-overlapping"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--certify",), "no descent named"),
        (("nothing", "--certify"), "unknown descent 'nothing' (name)"),
        (("non-overlapping", "--certify"), "no start for r (--from): say e.g."),
        ((*POINT, "--radius", "1/10"), "--radius and --target are two targets"),
        ((*POINT, "--csv", "a.csv"), "--csv belongs to runs"),
        ((*POINT, "--set", "k=pi"), "k must be a whole number"),
        ((*POINT, "--step", "-1"), "'-1' is not a number above 0"),
        ((*POINT[:6], "--target", "theta <"), "(target"),
        (("non-overlapping-starts", "--from", "r = 1"), "--from belongs to --certify"),
        (("non-overlapping-starts", "-o", "c.json"), "--output belongs to --certify"),
    ],
)
def test_mistakes_are_one_line(capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], message: str) -> None:
    assert run(*arguments) == ExitCode.INPUT_ERROR
    err = capsys.readouterr().err
    assert message in err
    assert err.count("\n") == 1
