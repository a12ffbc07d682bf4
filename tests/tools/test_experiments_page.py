"""docs/experiments.md quotes what the commands print: every block and figure, default settings, numbers run again."""

from __future__ import annotations

import re
import runpy
import struct
from pathlib import Path
from typing import Any

import pytest
from matplotlib.figure import Figure
from PIL import Image, ImageChops

from relucert.numeric.experiment import Runner, load, names
from tests.house.tree import ROOT

PAGE, FIGURES = ROOT / "docs" / "experiments.md", ROOT / "docs" / "figures"
TOOL: dict[str, Any] = runpy.run_path(str(ROOT / "tools" / "experiments_page.py"))
QUICK = ("leaky-saddle", "both-layers-restarts", "non-overlapping-landscape", "symmetric-basins")  # about 2 s each


def printed(name: str) -> str:
    return (FIGURES / f"{name}.txt").read_text(encoding="utf-8")


def test_blocks_hold_what_was_printed() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert TOOL["filled"](page, FIGURES) == page
    assert TOOL["filled"](page.replace("seed 0", "seed 1"), FIGURES) == page


def test_every_experiment_has_a_block_and_a_figure() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert sorted(found[1] for found in TOOL["BLOCK"].finditer(page)) == sorted(names())
    shown = re.findall(r"!\[[^]]+\]\(figures/([a-z-]+)\.png\)", page)
    assert sorted(shown) == sorted(names())
    assert {path.name for path in FIGURES.iterdir()} == {
        f"{name}.{kind}" for name in names() for kind in ("png", "txt")
    }
    assert all(path.stat().st_size < 200_000 for path in FIGURES.iterdir())


@pytest.mark.parametrize("name", names())
def test_settings_are_the_present_defaults(name: str) -> None:
    experiment: Any = load(name)
    assert printed(name).splitlines()[-1] == f"seed 0; {experiment.Settings()}; numeric evidence, not a proof"


@pytest.mark.parametrize(
    "name", [name if name in QUICK else pytest.param(name, marks=pytest.mark.slow) for name in names()]
)
def test_numbers_come_out_again(name: str) -> None:
    experiment: Any = load(name)
    table = experiment.run(experiment.Settings(), Runner(seed=0))
    assert list(table.findings) == printed(name).splitlines()[:-1]


def test_links_within_the_page() -> None:
    page = PAGE.read_text(encoding="utf-8")
    titles = re.findall(r"^## (.+)$", page, re.MULTILINE)
    anchors = {re.sub(r"[^a-z0-9 -]", "", title.lower()).replace(" ", "-") for title in titles}
    assert set(re.findall(r"\]\(#([a-z-]+)\)", page)) == anchors


def test_shrinking_keeps_the_picture(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    figure = Figure(figsize=(4, 3))
    axes = figure.add_subplot()
    axes.contourf([[0, 1, 2], [1, 2, 3], [2, 3, 9]], levels=40)
    axes.plot(1, 1, "s", color="#D55E00")
    figure.savefig(path)
    with Image.open(path) as picture:
        colour = picture.convert("RGB")
    before = path.read_bytes()
    TOOL["shrink"](path)
    after = path.read_bytes()
    assert len(after) < len(before)
    assert struct.unpack(">II", after[16:24]) == struct.unpack(">II", before[16:24]) == (400, 300)
    with Image.open(path) as picture:
        difference = ImageChops.difference(picture.convert("RGB"), colour)
    assert max(largest for _, largest in difference.getextrema()) <= 24  # the mark's colour too
    TOOL["shrink"](path)
    assert path.read_bytes() == after


def test_long_lines_are_broken_and_short_ones_kept() -> None:
    text = TOOL["block"]("x", "word " * 40 + "\nshort\n")
    lines = text.splitlines()
    assert lines[:2] == ["```console", "$ relucert descend x"]
    assert max(map(len, lines)) <= 110
    assert lines[3].startswith("  word")
    assert lines[-2:] == ["short", "```"]
