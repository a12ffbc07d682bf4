"""The landscapes in examples/ stay valid, and the page has their numbers."""

from __future__ import annotations

import json
import re
from fractions import Fraction
from pathlib import Path

import pytest

from relucert.cli.check_folder import check_folder
from tests.house.tree import ROOT

FOLDER = ROOT / "examples" / "landscapes"
PAGE = (FOLDER / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["non_overlapping", pytest.param("symmetric_K6", marks=pytest.mark.slow)])
def test_replayed(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert check_folder(FOLDER / name, as_json=False, quiet=True) == 0
    assert capsys.readouterr().out == "VALID\n"


def test_every_folder_is_tested() -> None:
    assert sorted(path.name for path in FOLDER.iterdir() if path.is_dir()) == ["non_overlapping", "symmetric_K6"]


def test_the_bounds_of_the_page_are_those_of_the_certificates() -> None:
    index = json.loads((FOLDER / "non_overlapping" / "index.json").read_text())
    proved = {
        theorem["setting"]["k"]: Fraction(part["bound"])
        for theorem in index["theorems"]
        for part in theorem["parts"]
        if part["bound"] is not None
    }
    rows = re.findall(r"^\| (\d+) \|[^|]*\|[^|]*\| ([\d.]+) \| ([\d.]+) \|$", PAGE, re.MULTILINE)
    assert {k: Fraction(bound) for k, bound, _ in rows} == proved
    assert all(Fraction(bound) < Fraction(least) for _, bound, least in rows)
    assert len(rows) == 9


def test_the_loss_of_the_spurious_minimum_stands_on_the_page() -> None:
    index = json.loads((FOLDER / "symmetric_K6" / "index.json").read_text())
    (loss,) = [p["loss"] for t in index["theorems"] for p in t["points"] if p["kind"] == "local minimum"]
    assert f"[{', '.join(loss)}]" in PAGE


def test_certificates_say_what_they_are_about() -> None:
    paths: list[Path] = sorted(FOLDER.rglob("*.json"))
    kinds = {json.loads(path.read_bytes())["claim"]["kind"] for path in paths if path.name != "index.json"}
    assert kinds == {"real-formula", "zero-set"}
