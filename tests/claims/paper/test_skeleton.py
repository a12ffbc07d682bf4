"""A first ledger from a paper is one that is read, and claims nothing."""

from __future__ import annotations

from pathlib import Path

from relucert.claims.paper.skeleton import skeleton
from relucert.claims.paper.source import Source
from relucert.claims.paper.theorems import contents
from relucert.claims.run import check_ledgers
from tests.claims.ledgers import read

TEX = r"""
\title{A "title" with \emph{quotes}}
\begin{theorem}\label{thm:a/b} Gradient descent gets "stuck" at $x \le \frac12$. \end{theorem}
\begin{lemma}\label{thm:a.b} There is a spurious local minimum. \end{lemma}
\begin{lemma} No label. \end{lemma}
"""


def test_every_labelled_theorem_becomes_an_open_claim(tmp_path: Path) -> None:
    source = Source()
    source.add(TEX, tmp_path / "paper.tex", 1)
    (tmp_path / "paper.tex").write_text(TEX)
    ledger = read(tmp_path, skeleton(contents(source), "paper.tex", {"sha256": "ab" * 32}))
    assert ledger.title == r'A "title" with \emph{quotes}' and ledger.checker == "abab" * 4
    assert [(one.id, one.label, one.kind, one.expect, one.content) for one in ledger.claims] == [
        ("thm-a-b", "thm:a/b", "descent", "open", None),
        ("thm-a-b-2", "thm:a.b", "critical-points", "open", None),
    ]
    assert ledger.claims[0].statement == r'Gradient descent gets "stuck" at $x \le \frac12$.'
    report = check_ledgers([tmp_path])
    assert report.summary() == "0/2 proved, 2 open"
