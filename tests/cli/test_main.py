"""The command as a whole: help, version, the table of commands, and how every kind of failure ends."""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from types import ModuleType
from typing import NoReturn

import pytest

from relucert.certify.read.errors import InputError
from relucert.cli import main as command
from relucert.cli.main import COMMANDS, main
from relucert.cli.output import ExitCode, UserError, add_output_options


def relucert(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "relucert.cli", *arguments],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        env=os.environ | environment,
    )


@pytest.fixture
def probe(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """A command `probe` whose behaviour each test sets."""
    module = ModuleType("relucert_probe")
    module.add_arguments = add_output_options  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "relucert_probe", module)
    monkeypatch.setitem(command.COMMANDS, "probe", ("relucert_probe", "does what the test says"))
    return module


def raising(error: BaseException) -> Callable[[argparse.Namespace], NoReturn]:
    def run(_: argparse.Namespace) -> NoReturn:
        raise error

    return run


def test_help_lists_every_command_on_one_line() -> None:
    shown = relucert("--help", COLUMNS="80")
    assert shown.returncode == 0
    for name, (_, summary) in COMMANDS.items():
        assert re.search(rf"^ +{name} +{re.escape(summary)}$", shown.stdout, re.MULTILINE)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_and_the_shared_options(name: str) -> None:
    shown = relucert(name, *(["check"] if name == "claims" else []), "--help")  # its options are those of its actions
    assert shown.returncode == 0, shown.stderr
    assert "--json" in shown.stdout
    assert "--quiet" in shown.stdout


def test_version() -> None:
    shown = relucert("--version")
    assert (shown.returncode, shown.stdout) == (0, f"relucert {version('relucert')}\n")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "no command given: choose certify, check, explain"),
        (["chek"], "unknown command 'chek': did you mean check?"),
        (["frobnicate"], "unknown command 'frobnicate': choose certify, check, explain"),
        (["--bogus"], "no command given"),
        (["check", "--bogus"], "unrecognized arguments: --bogus: see relucert"),
        (["certify", "m.npz", "d.csv", "--weight-decay", "much"], "'much' is not a number"),
    ],
)
def test_usage_errors_are_one_line_and_exit_2(arguments: list[str], message: str) -> None:
    ran = relucert(*arguments)
    assert ran.returncode == 2
    assert ran.stdout == ""
    assert ran.stderr.startswith("relucert: error: ")
    assert message in ran.stderr
    assert ran.stderr.count("\n") == 1


def test_errors_are_json_when_json_is_asked_for(tmp_path: Path) -> None:
    for arguments in (["check", str(tmp_path / "missing.json")], ["certify"], ["chek"]):
        ran = relucert(*arguments, "--json")
        assert ran.returncode == 2
        answer = json.loads(ran.stdout)
        assert answer["verdict"] == "error"
        assert ran.stderr == f"relucert: error: {answer['error']}\n"


@pytest.mark.parametrize(
    ("error", "code", "message"),
    [
        (UserError("bad gap", where="--gap", cure="give less"), 2, "bad gap (--gap): give less"),
        (InputError("is a folder", file="d.csv", cure="give the file inside it"), 2, "d.csv: is a folder; give the fi"),
        (FileNotFoundError(2, "No such file or directory", "d.csv"), 2, "No such file or directory (d.csv): check"),
        (OSError(28, "No space left on device"), 2, "No space left on device: check where the output goes"),
        (
            ModuleNotFoundError("x", name="matplotlib.figure"),
            2,
            "the package matplotlib is not installed: python -m pip",
        ),
        (ModuleNotFoundError("x", name="relucert.nothing"), 70, "internal error: ModuleNotFoundError"),
        (MemoryError(), 4, "out of memory"),
        (ZeroDivisionError("two\nlines"), 70, "internal error: ZeroDivisionError: two lines (RELUCERT_DEBUG=1 shows"),
    ],
)
def test_every_failure_is_one_line_with_its_exit_code(
    probe: ModuleType, capsys: pytest.CaptureFixture[str], error: Exception, code: int, message: str
) -> None:
    probe.run = raising(error)  # type: ignore[attr-defined]
    assert main(["probe"]) == code
    plain = capsys.readouterr()
    assert plain.out == ""
    assert plain.err.startswith(f"relucert: error: {message}")
    assert plain.err.count("\n") == 1
    assert main(["probe", "--json"]) == code
    assert json.loads(capsys.readouterr().out) == {"verdict": "error", "error": plain.err[17:-1]}


def test_the_traceback_is_for_those_who_ask(
    probe: ModuleType, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    probe.run = raising(ZeroDivisionError("oops"))  # type: ignore[attr-defined]
    monkeypatch.setenv("RELUCERT_DEBUG", "1")
    assert main(["probe"]) == ExitCode.INTERNAL_ERROR
    assert "Traceback" in capsys.readouterr().err


def test_an_interrupt_is_no_verdict(probe: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    probe.run = raising(KeyboardInterrupt())  # type: ignore[attr-defined]
    assert main(["probe"]) == 130
    assert capsys.readouterr() == ("", "relucert: interrupted\n")


def test_the_code_of_a_command_is_the_code_of_the_process(probe: ModuleType) -> None:
    for code in ExitCode:
        probe.run = lambda _, code=code: code  # type: ignore[attr-defined]
        assert main(["probe"]) == code


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX pipes")
@pytest.mark.parametrize("buffering", [{}, {"PYTHONUNBUFFERED": "1"}], ids=["buffered", "unbuffered"])
def test_a_reader_that_has_gone_is_no_verdict(buffering: dict[str, str]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONUNBUFFERED"} | buffering
    ran = subprocess.run(
        [sys.executable, "-m", "relucert.cli", "--version"],
        stdout=writing,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
        env=environment,
    )
    os.close(writing)
    assert (ran.returncode, ran.stderr) == (141, "")


@pytest.mark.skipif(not Path("/dev/full").is_char_device(), reason="no such device")
@pytest.mark.parametrize("buffering", [{}, {"PYTHONUNBUFFERED": "1"}], ids=["buffered", "unbuffered"])
def test_output_that_cannot_be_written_is_no_success(buffering: dict[str, str]) -> None:
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONUNBUFFERED"} | buffering
    with Path("/dev/full").open("w") as full:
        ran = subprocess.run(
            [sys.executable, "-m", "relucert.cli", "--version"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            env=environment,
        )
    assert ran.returncode == ExitCode.INPUT_ERROR
    assert ran.stderr.startswith("relucert: error: ")
    assert ran.stderr.count("\n") == 1


def test_a_text_that_the_terminal_cannot_show_is_no_crash(tmp_path: Path) -> None:
    ran = relucert("check", str(tmp_path / "größe-ν.json"), PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert ran.returncode == 2
    assert "gr\\xf6\\xdfe-\\u03bd.json" in ran.stderr
