"""The landscapes in examples/ stay valid, and the page has their numbers."""

from __future__ import annotations

import json
import re
from fractions import Fraction
from math import cos, pi, sin, sqrt
from pathlib import Path

import pytest

from relucert.cli.check_folder import check_folder
from tests.house.tree import ROOT

FOLDER = ROOT / "examples" / "landscapes"
PAGE = (FOLDER / "README.md").read_text(encoding="utf-8")


QUICK = ["both_layers_k2", "leaky_k2", "non_overlapping", "overlapping_k2"]


@pytest.mark.parametrize("name", [*QUICK, pytest.param("symmetric_K6", marks=pytest.mark.slow)])
def test_replayed(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert check_folder(FOLDER / name, as_json=False, quiet=True) == 0
    assert capsys.readouterr().out == "VALID\n"


def test_every_folder_is_tested() -> None:
    assert sorted(path.name for path in FOLDER.iterdir() if path.is_dir()) == [*QUICK, "symmetric_K6"]


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


@pytest.mark.parametrize("name", ["both_layers_k2", "leaky_k2", "overlapping_k2"])
def test_the_constants_of_the_page_are_certified(name: str) -> None:
    """Boxes and losses of all points but the teacher, and bounds of gradients."""
    index = json.loads((FOLDER / name / "index.json").read_text())
    for theorem in index["theorems"]:
        for point in theorem["points"]:
            if point["kind"] == "global minimum":
                continue
            assert f"[{', '.join(point['loss'])}]" in PAGE or name == "leaky_k2"
            variable = next(entry for entry in ("phi", "s", "rho", "r") if entry in point["box"])
            assert f"in [{', '.join(point['box'][variable])}]" in PAGE
        for part in theorem["parts"]:
            if part["bound"] is not None:
                assert f"{float(Fraction(part['bound'])):g}" in PAGE
                assert f"{part['least_of_samples']:g}" in PAGE
                assert float(Fraction(part["bound"])) < part["least_of_samples"]


def test_the_closed_forms_of_the_page() -> None:
    def level(angle: float) -> float:
        return sin(angle) + (pi - angle) * cos(angle)

    push, pull = 0.95**2 - 2 * pi / 20, 0.95**2 * (1 + pi) + 2 * pi / 20
    forms = {
        "overlapping_k2": sqrt(2) * level(pi / 3) / (pi + level(2 * pi / 3)),
        "leaky_k2": push / pull,
        "both_layers_k2": (pi * 0.04 / (1 + pi) - 1.64) / (pi - 1),
    }
    for name, exact in forms.items():
        index = json.loads((FOLDER / name / "index.json").read_text())
        boxes = [side for t in index["theorems"] for p in t["points"] for side in p["box"].values()]
        assert any(float(low) < exact < float(high) for low, high in boxes)
        assert f"{exact:.8f}".replace("-", "−") in PAGE


def test_certificates_say_what_they_are_about() -> None:
    paths: list[Path] = sorted(FOLDER.rglob("*.json"))
    kinds = {json.loads(path.read_bytes())["claim"]["kind"] for path in paths if path.name != "index.json"}
    assert kinds == {"real-formula", "zero-set"}
