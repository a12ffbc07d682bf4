"""A message names only options that exist: what it advises can be typed."""

from __future__ import annotations

import argparse
import ast
import importlib
import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

from relucert.cli.main import COMMANDS
from tests.house.tree import ROOT, source_files

# Who speaks to users of `relucert`; the checker has a command line of its own.
SPEAKERS = ("certify/api.py", "certify/read/", "certify/search/", "claims/", "cli/")
OPTION = re.compile(r"(?<![\w-])--[a-z*][a-z*-]*")
ELSEWHERE = ("claims/pytest_plugin.py",)  # speaks of the options of pytest
STYLE_SHEETS = {"STYLE"}  # CSS names its variables --like-this


def options() -> set[str]:
    """The long options of all commands."""
    known = {"--help", "--version"}
    for module, _ in COMMANDS.values():
        parser = argparse.ArgumentParser()
        importlib.import_module(module).add_arguments(parser)
        known.update(options_of(parser))
    return {name for name in known if name.startswith("--")}


def options_of(parser: argparse.ArgumentParser) -> Iterator[str]:
    for action in parser._actions:
        yield from action.option_strings
        if isinstance(action, argparse._SubParsersAction):
            for sub_parser in action.choices.values():
                yield from options_of(sub_parser)


def texts(node: ast.AST) -> Iterator[str]:
    """The strings of a module without docstrings and style sheets; what an f-string fills in is written *."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return
    if isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id in STYLE_SHEETS for t in node.targets):
        return
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        yield "".join(str(part.value) if isinstance(part, ast.Constant) else "*" for part in node.values)
    else:
        for child in ast.iter_child_nodes(node):
            yield from texts(child)


def speaking_files() -> list[Path]:
    return [path for path in source_files() if path.as_posix().startswith(SPEAKERS) and str(path) not in ELSEWHERE]


@pytest.mark.parametrize("path", speaking_files(), ids=str)
def test_options_in_messages_exist(path: Path) -> None:
    known = options()
    for text in texts(ast.parse((ROOT / path).read_bytes())):
        for name in OPTION.findall(text):
            assert any(fnmatchcase(option, name) for option in known), f"{path}: {name} in {text!r}"


def test_options_are_found_in_messages() -> None:
    found = [name for text in texts(ast.parse('"""--no"""\nf(f"say --{x}-bias free", cure="or --loss")'))
             for name in OPTION.findall(text)]  # fmt: skip
    assert found == ["--*-bias", "--loss"]
    assert {"--layout", "--target", "--trusted-base", "--plot"} <= options()
    assert any(path.as_posix() == "certify/read/dispatch.py" for path in speaking_files())
