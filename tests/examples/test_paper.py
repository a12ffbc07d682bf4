"""The example paper: its certificates replay, its labels fit, and the careless variant fails with a counterexample."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from relucert.claims.latex import macros
from relucert.claims.outcome import Code
from relucert.claims.run import check_ledgers
from tests.house.tree import ROOT

PAPER = ROOT / "examples" / "paper"


def test_the_ledger_of_the_paper_is_as_declared() -> None:
    report = check_ledgers([PAPER], frozen=True, jobs=2)
    assert report.exit_code is Code.AS_DECLARED
    assert report.summary() == "8/10 proved, 1 refuted as declared, 1 open"
    assert [one for one in report.findings if one.level == "error"] == []


def test_the_readme_shows_the_failure_of_the_variant() -> None:
    report = check_ledgers([PAPER / "variant"], jobs=2)
    assert report.exit_code is Code.NOT_AS_DECLARED
    wrong, right = report.outcomes
    assert right.established and wrong.status.value == "refuted" and wrong.settled.point is not None
    shown = ", ".join(f"{name} = {value}" for name, value in wrong.settled.point.items())
    text = (PAPER / "README.md").read_text(encoding="utf-8")
    assert f"counterexample   {shown}" in text and report.summary() in text


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="needs pdflatex")
def test_the_paper_compiles_with_the_generated_parts(tmp_path: Path) -> None:
    from relucert.cli.main import main

    shutil.copytree(PAPER, tmp_path / "paper", ignore=shutil.ignore_patterns("generated", "variant"))
    folder = tmp_path / "paper"
    generated = folder / "generated"
    generated.mkdir()
    derive = ["derive", "non-overlapping-reduced", "--to", "latex", "--fragment", "--no-steps"]
    derived = folder / "derived" / "non-overlapping-reduced.tex"
    before = derived.read_bytes()
    assert main([*derive, "-o", str(derived)]) == 0
    assert derived.read_bytes() == before, "run make paper"
    for name in ("margin", "steps"):
        _empty_picture(generated / f"{name}.pdf")
    (generated / "claims.tex").write_text(macros(check_ledgers([folder], frozen=True, jobs=2)))
    for _ in range(2):
        command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "-output-directory=generated", "paper.tex"]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300)
        assert done.returncode == 0, done.stdout[-2000:]
    assert "No claim" not in done.stdout and "undefined" not in done.stdout


def _empty_picture(path: Path) -> None:
    from matplotlib.figure import Figure

    Figure(figsize=(1, 1)).savefig(path)
