"""examples/theorems: files can be read, quick formulas have the verdicts they say, and the page has all of them."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from relucert.certify.check.real.kernel import check_formula
from tests.house.tree import ROOT


def _tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("theorems_tool", ROOT / "tools" / "theorems.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


TOOL = _tool()
FILES = sorted((ROOT / "examples" / "theorems").glob("*.toml"))
THEOREMS = [TOOL.read(path) for path in FILES]
GOOD = """
title = "A square"
setting = "Real numbers."
source = "school"
meaning = "none"
time = 5
[[formula]]
name = "square"
prove = "x^2 >= 0"
for = ["x in [-1, 1]"]
expect = "proved"
"""
# small ones of every kind: the rest of the quick ones is for `python tools/theorems.py --quick`
SETTLED = ("a03_angular_slope", "b01_angle_function", "c02_determinant", "c04_diagonal_point", "f01_false_convexity",
           "f07_false_saddle_angle")  # fmt: skip


@pytest.mark.parametrize("theorem", [t for t in THEOREMS if t.key in SETTLED], ids=lambda theorem: theorem.key)
def test_quick_formulas_have_the_expected_verdict(theorem: Any, tmp_path: Path) -> None:
    for formula in (formula for formula in theorem.formulas if formula.quick):
        path = tmp_path / "certificate.json"
        result = TOOL.settle(formula, path)
        assert result.verdict == formula.expect, (formula.name, result.stuck)
        verdict = check_formula(path.read_bytes())
        assert verdict.valid and verdict.grade == result.grade
        assert verdict.claim is not None
        assert verdict.claim.assertion == {"proved": "holds", "refuted": "fails"}[formula.expect]


def test_the_page_has_every_formula_as_the_checker_words_it() -> None:
    page = TOOL.PAGE.read_text(encoding="utf-8")
    for theorem in THEOREMS:
        _, found, section = page.partition(f"\n## {theorem.title}\n")
        section = section.partition("\n## ")[0]
        assert found and f"../examples/theorems/{theorem.key}.toml" in section, f"{theorem.key}: run make theorems"
        assert theorem.setting in section and theorem.meaning in section
        for formula in theorem.formulas:
            assert f"**{formula.name}: {formula.expect}**" in section, (theorem.key, formula.name)
            assert f"```text\n{formula.claim().in_words()}\n```" in section, (theorem.key, formula.name)
    assert page.count("\n## ") == len(THEOREMS)


def test_an_open_formula_is_followed_or_explained() -> None:
    for theorem in THEOREMS:
        assert any(formula.expect != "open" for formula in theorem.formulas), theorem.key


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('title = "A square"', "", "there is no title"),
        ('source = "school"', 'source = "school"\nsauce = "x"', "unknown key sauce"),
        ('expect = "proved"', 'expect = "true"', "expect is not one of"),
        ('expect = "proved"', 'expect = "open"', "needs a reason"),
        ("x^2", "y^2", "unknown name"),
        ("[[formula]]", "[[formula", "file.toml"),
    ],
)
def test_a_wrong_file_is_refused(old: str, new: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "file.toml"
    path.write_text(GOOD.replace(old, new), encoding="utf-8")
    with pytest.raises(TOOL.TheoremError, match=message.replace("[", r"\[")):
        TOOL.read(path)


def test_an_unexpected_verdict_is_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "file.toml"
    path.write_text(GOOD, encoding="utf-8")
    theorem = TOOL.read(path)
    (formula,) = theorem.formulas
    result = TOOL.settle(formula, None)
    assert TOOL.report([(theorem, formula, result)]) == 0
    path.write_text(GOOD.replace('"proved"', '"refuted"'), encoding="utf-8")
    wrong = TOOL.read(path)
    assert TOOL.report([(wrong, wrong.formulas[0], result)]) == 1
    assert "expected: refuted" in capsys.readouterr().out


def test_certificates_that_are_there_are_replayed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, certificate = tmp_path / "file.toml", tmp_path / "certificate.json"
    path.write_text(GOOD, encoding="utf-8")
    (formula,) = TOOL.read(path).formulas
    found = TOOL.settle(formula, certificate)
    searched: list[Any] = []
    search = TOOL.search_formula
    monkeypatch.setattr(TOOL, "search_formula", lambda *a, **k: searched.append(a) or search(*a, **k))
    again = TOOL.settle(formula, certificate, reuse=True)
    assert (again.verdict, again.grade, again.rules, searched) == (found.verdict, found.grade, found.rules, [])
    # about another claim, or damaged: the search is asked
    path.write_text(GOOD.replace("x^2 >= 0", "x^2 >= x"), encoding="utf-8")
    (other,) = TOOL.read(path).formulas
    assert TOOL.settle(other, certificate, reuse=True).verdict == "refuted"
    certificate.write_bytes(b"{}")
    assert TOOL.settle(formula, certificate, reuse=True).verdict == "proved"
    assert len(searched) == 2
