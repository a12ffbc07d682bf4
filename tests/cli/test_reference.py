"""docs/cli.md names every option of every command, and no other."""

from __future__ import annotations

import argparse
import importlib
import re

import pytest

from relucert.cli.main import COMMANDS
from relucert.cli.output import ExitCode
from tests.house.tree import ROOT

TEXT = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
OPTION = re.compile(r"(?<![\w-])--?[a-z][a-z-]*")


def options(command: str) -> set[str]:
    parser = argparse.ArgumentParser()
    importlib.import_module(COMMANDS[command][0]).add_arguments(parser)
    return _names(parser)


def _names(parser: argparse.ArgumentParser) -> set[str]:
    """The options of a parser and of its sub-commands."""
    found = {name for action in parser._actions for name in action.option_strings}
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            found.update(*(_names(inner) for inner in action.choices.values()))
    return found


def table_options(text: str) -> set[str]:
    """What stands in the first cell of a table's row."""
    cells = re.findall(r"^\| (`-[^|]*) \|", text, re.MULTILINE)
    return {option for cell in cells for option in OPTION.findall(cell)}


@pytest.mark.parametrize("command", COMMANDS)
def test_tables_have_the_options_of_the_parser(command: str) -> None:
    common, *sections = re.split(r"^## ", TEXT, flags=re.MULTILINE)
    section = next(part for part in sections if part.startswith(f"relucert {command}\n"))
    assert table_options(common) | table_options(section) == options(command)


def test_the_synopsis_names_every_command() -> None:
    synopsis = TEXT.split("```")[1]
    assert re.findall(r"^relucert ([a-z]+)", synopsis, re.MULTILINE)
    assert set(re.findall(r"^relucert ([a-z]+)", synopsis, re.MULTILINE)) == set(COMMANDS)


def test_no_other_option_is_mentioned() -> None:
    known = {"--version", "--help"}.union(*(options(command) for command in COMMANDS))
    assert {name for name in OPTION.findall(TEXT) if name.startswith("--")} <= known


@pytest.mark.parametrize("readme", ["README.md", "examples/networks/README.md"])
def test_commands_elsewhere_use_options_that_exist(readme: str) -> None:
    known = set[str]().union(*(options(command) for command in COMMANDS))
    lines = [line for line in (ROOT / readme).read_text(encoding="utf-8").splitlines() if "relucert certify " in line]
    assert lines
    assert {name for line in lines for name in OPTION.findall(line)} <= known


def test_exit_codes_are_those_of_the_command() -> None:
    codes = {int(code) for code in re.findall(r"^\| (\d+) \|", TEXT, re.MULTILINE)}
    assert codes <= set(map(int, ExitCode))
