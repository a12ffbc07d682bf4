"""The table of derivations is complete, and all of them hold."""

from __future__ import annotations

import ast

import pytest

from relucert.symbolic import library
from tests.house.tree import ROOT
from tests.symbolic.mutations import verified

FOLDERS = ("kernels", "models", "landscapes")


def modules_with_a_derivation() -> set[str]:
    """Modules of the three folders that have the function `derivation`; the others hold shared formulas."""
    found = set()
    for path in (path for folder in FOLDERS for path in (ROOT / "symbolic" / folder).glob("*.py")):
        functions = {node.name for node in ast.parse(path.read_bytes()).body if isinstance(node, ast.FunctionDef)}
        if "derivation" in functions:
            found.add(f"{path.parent.name}.{path.stem}")
    return found


def test_every_derivation_is_listed_once() -> None:
    assert len(set(library.MODULES)) == len(library.MODULES)
    assert set(library.MODULES) == modules_with_a_derivation()
    assert len(set(library.names())) == len(library.names())


def test_there_are_enough_of_them() -> None:
    assert len(library.names()) >= 25
    assert sum(len(library.load(name).steps) for name in library.names()) >= 150


@pytest.mark.parametrize("name", library.names())
def test_a_derivation_is_found_under_its_own_name(name: str) -> None:
    derivation = library.load(name)
    assert derivation.name == name
    assert len({result.name for result in derivation.results}) == len(derivation.results)
    for text in (derivation.title, derivation.source, derivation.law, derivation.normalisation):
        assert text.strip()


def test_an_unknown_name_is_answered_with_the_nearest() -> None:
    with pytest.raises(library.UnknownDerivation, match="did you mean relu-kernel"):
        library.load("relu-kernle")
    with pytest.raises(library.UnknownDerivation, match="relucert derive --list"):
        library.load("§§§§§§§§§§§§")


@pytest.mark.slow
@pytest.mark.parametrize("name", library.names())
def test_every_step_is_verified(name: str) -> None:
    report = verified(name)
    assert [(step.step, step.detail) for step in report.steps if not step.verified] == []
    assert report.verified


@pytest.mark.slow
def test_the_pages_are_those_of_the_derivations() -> None:
    """`make derivations` writes them; here every step counts as verified, which the test above looks after."""
    from relucert.symbolic.printers.markdown import index, markdown
    from relucert.symbolic.verify import Report, StepReport

    folder = ROOT / "docs" / "derivations"
    derivations = [library.load(name) for name in library.names()]
    expected = {"index.md": index(derivations)}
    for item in derivations:
        steps = tuple(StepReport(step.name, step.check.kind, True) for step in item.steps)
        expected[f"{item.name}.md"] = markdown(item, Report(item.name, steps))
    assert {path.name for path in folder.iterdir()} == set(expected)
    changed = [name for name, text in expected.items() if (folder / name).read_text(encoding="utf-8") != text]
    assert changed == [], "run: make derivations"
