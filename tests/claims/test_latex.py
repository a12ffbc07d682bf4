"""Macros for the paper: every status is there, nothing in them is a command of a stranger's, and LaTeX reads them."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from relucert.claims.latex import escaped, macros
from relucert.claims.ledger import Ledger, Paper
from relucert.claims.outcome import Certificate, Outcome, Report, Settled, Status
from tests.claims.ledgers import FALSE, OPEN, SINE, read

HOSTILE = r"\input{/etc/passwd} $ & # % _ ^ ~ { } <script> | \ " + '"'


def report(folder: Path) -> Report:
    ledger = read(folder, SINE + 'assumptions = ["inputs are 100% Gaussian"]\n' + FALSE + OPEN)
    ledger = Ledger(ledger.path, ledger.claims, paper=Paper("paper.tex"))
    found = [
        Settled(Status.PROVED, "For all x in [0, 1]: sin(x) <= x^2.", grade="interval"),
        Settled(Status.PROVED, HOSTILE, grade="exact"),
        Settled(Status.UNDECIDED),
    ]
    outcomes = [
        Outcome(claim, settled, Certificate("a", 321, "0" * 64) if settled.words else None)
        for claim, settled in zip(ledger.claims, found, strict=True)
    ]
    return Report([ledger], outcomes)


def test_every_claim_has_its_word_by_label_and_by_id(tmp_path: Path) -> None:
    text = macros(report(tmp_path), "marks")
    assert r"\relucert@claim{lem:sine}{sine}{proved}{interval}" in text
    assert r"\relucert@claim{sine}{sine}{proved}{interval}" in text
    assert r"\relucert@claim{false}{false}{proved, not as declared}{exact}" in text
    assert r"\relucert@claim{open}{open}{open}{--}" in text
    assert r"\newcommand{\claimsummary}{1/3 proved, 1 proved, not as declared, 1 open}" in text
    assert r"\ref{lem:sine} & {\raggedright For all x in [0, 1]: sin(x) \textless{}= x\textasciicircum{}2." in text
    assert r"\emph{Assumed:} inputs are 100\% Gaussian." in text
    assert r"\input{marks}" in text


def test_words_are_no_commands(tmp_path: Path) -> None:
    text = macros(report(tmp_path))
    assert r"\input{/etc" not in text
    assert escaped(r"\input{x}") == r"\textbackslash{}input\{x\}"


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="there is no pdflatex")
def test_latex_reads_them(tmp_path: Path) -> None:
    (tmp_path / "claims.tex").write_text(macros(report(tmp_path)))
    (tmp_path / "paper.tex").write_text(
        r"\documentclass{article}\usepackage{longtable}\newtheorem{lemma}{Lemma}\input{claims}\begin{document}"
        r"\begin{lemma}[\claimstatus{lem:sine}]\label{lem:sine} Sines, \claimgrade{lem:sine}. \end{lemma}"
        r"\claimsummary \claimstatus{none} \claimtable \end{document}"
    )
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", "paper.tex"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout[-2000:]
    assert "No claim none" in done.stdout
