"""LaTeX articles: what they are made of, and that LaTeX makes pages of all of them on which every line fits."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from relucert.symbolic.derivation import Derivation
from relucert.symbolic.printers.document import collection, document
from relucert.symbolic.verify import Report, StepReport
from tests.symbolic.printers.round_trip import library

PACKAGES = {"amsmath", "amssymb", "amsthm", "hyperref"}
pdflatex = pytest.mark.skipif(shutil.which("pdflatex") is None, reason="pdflatex is not installed")


def passed(derivation: Derivation) -> Report:
    """Verification is tried elsewhere."""
    return Report(derivation.name, tuple(StepReport(step.name, step.check.kind, True) for step in derivation.steps))


@cache
def article() -> str:
    """All derivations."""
    return collection([(derivation, passed(derivation)) for derivation in library()])


def compiled(text: str, folder: Path) -> str:
    """The log of the last of three runs: references and contents have settled by then."""
    (folder / "article.tex").write_text(text, encoding="utf-8")
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "article.tex"]
    for _ in range(3):
        run = subprocess.run(command, cwd=folder, capture_output=True, text=True, errors="replace", check=False)
        assert run.returncode == 0, run.stdout[-2000:]
    assert (folder / "article.pdf").stat().st_size > 0
    return (folder / "article.log").read_text(encoding="latin-1")


def complaints(log: str) -> list[str]:
    """Lines that stick out, and references that lead nowhere."""
    return re.findall(r"Overfull \\hbox.*|.*undefined.*|.*multiply.defined.*", log)


def test_only_the_promised_packages_are_used() -> None:
    text = article()
    found = {name for names in re.findall(r"\\usepackage(?:\[[^\]]*\])?\{([^}]*)\}", text) for name in names.split(",")}
    assert found == PACKAGES


def test_labels_are_unique_and_every_reference_has_one() -> None:
    text = article()
    labels = re.findall(r"\\label\{([^}]*)\}", text)
    assert len(labels) == len(set(labels))
    references = re.findall(r"\\(?:eq)?ref\{([^}]*)\}|\\hyperref\[([^\]]*)\]", text)
    assert {a or b for a, b in references} <= set(labels)


def test_an_unverified_step_is_marked() -> None:
    derivation = library()[0]
    report = passed(derivation)
    assert "UNVERIFIED" not in document(derivation, report)
    bad = replace(report, steps=(replace(report.steps[0], verified=False), *report.steps[1:]))
    for text in (document(derivation, bad), document(derivation, bad, steps=False), collection([(derivation, bad)])):
        assert "UNVERIFIED" in text


def test_a_fragment_says_what_it_needs_and_brings_no_preamble() -> None:
    derivation = library()[0]
    text = document(derivation, passed(derivation), fragment=True)
    assert text.startswith("% needs: \\usepackage{amsmath,amssymb,amsthm,hyperref}\n")
    assert "\\documentclass" not in text
    assert "\\begin{document}" not in text


@pdflatex
def test_one_article_and_one_fragment_compile(tmp_path: Path) -> None:
    derivation = library()[0]
    assert complaints(compiled(document(derivation, passed(derivation)), tmp_path)) == []
    body = document(derivation, passed(derivation), fragment=True)
    theorem = r"\theoremstyle{definition}\newtheorem{theorem}{Theorem}"
    head = rf"\documentclass{{article}}\usepackage{{amsmath,amssymb,amsthm,hyperref}}{theorem}\begin{{document}}"
    compiled(f"{head}\n{body}\\end{{document}}\n", tmp_path)


@pdflatex
@pytest.mark.slow
def test_the_collection_compiles_and_no_line_is_too_long(tmp_path: Path) -> None:
    assert complaints(compiled(article(), tmp_path)) == []
