"""Ledger and paper are compared both ways."""

from __future__ import annotations

from pathlib import Path

import pytest

from relucert.claims.outcome import Finding
from relucert.claims.paper.link import link, read_paper
from tests.claims.ledgers import OPEN, SINE, read

HEAD = '[paper]\ntex = "paper.tex"\n'


def findings(folder: Path, tex: str, ledger: str = HEAD + SINE) -> dict[str, Finding]:
    (folder / "paper.tex").write_text(tex)
    return {finding.rule: finding for finding in link(read(folder, ledger))}


def test_a_ledger_without_paper_has_nothing_to_compare(tmp_path: Path) -> None:
    ledger = read(tmp_path, SINE)
    assert read_paper(ledger) is None and link(ledger) == []


def test_paper_and_ledger_agree(tmp_path: Path) -> None:
    assert findings(tmp_path, "\\begin{lemma}\\label{lem:sine}\\end{lemma}") == {}


def test_a_label_of_an_equation_will_do(tmp_path: Path) -> None:
    tex = "\\begin{lemma}\\label{lem:a}\\begin{equation}\\label{lem:sine}\\end{equation}\\end{lemma}"
    assert findings(tmp_path, tex) == {}


def test_a_theorem_without_claim(tmp_path: Path) -> None:
    found = findings(tmp_path, "\\begin{lemma}\\label{lem:sine}\\end{lemma}\n\\begin{theorem}\\label{b}\\end{theorem}")
    assert list(found) == ["theorem-without-claim"]
    finding = found["theorem-without-claim"]
    assert (finding.level, finding.place.line, finding.place.file) == ("error", 2, tmp_path / "paper.tex")
    assert 'expect = "open"' in finding.cure


def test_a_theorem_that_is_commented_out_needs_no_claim(tmp_path: Path) -> None:
    tex = "\\begin{lemma}\\label{lem:sine}\\end{lemma}\n% \\begin{theorem}\\label{b}\\end{theorem}"
    assert findings(tmp_path, tex) == {}


def test_a_claim_whose_label_is_only_in_a_comment(tmp_path: Path) -> None:
    found = findings(tmp_path, "% \\begin{lemma}\\label{lem:sine}\\end{lemma}")
    assert list(found) == ["label-not-in-paper"]
    assert (found["label-not-in-paper"].place.line, found["label-not-in-paper"].claim) == (6, "sine")


@pytest.mark.parametrize(
    "theorem",
    ["\\label{lem:sines} x", "\\label{thm:other} The sine lies strictly below the identity."],
    ids=["label", "words"],
)
def test_a_renamed_label_is_recognised_by_its_label_or_its_words(tmp_path: Path, theorem: str) -> None:
    found = findings(tmp_path, f"\n\\begin{{lemma}}{theorem}\\end{{lemma}}")
    assert list(found) == ["label-renamed"]  # the theorem is not reported a second time
    finding = found["label-renamed"]
    assert f"{tmp_path / 'paper.tex'}, line 2" in finding.message and "looks like it" in finding.message


def test_an_unlike_theorem_is_no_renaming(tmp_path: Path) -> None:
    found = findings(tmp_path, "\\begin{theorem}\\label{zzz} Quite another matter entirely.\\end{theorem}")
    assert set(found) == {"label-not-in-paper", "theorem-without-claim"}


def test_a_label_twice(tmp_path: Path) -> None:
    found = findings(tmp_path, "\\begin{lemma}\\label{lem:sine}\\end{lemma}\n\\label{lem:sine}")
    assert list(found) == ["label-twice"]
    assert found["label-twice"].place.line == 2 and "line 1" in found["label-twice"].message


def test_what_has_no_label(tmp_path: Path) -> None:
    found = findings(tmp_path, "\\begin{lemma} x \\end{lemma}", HEAD + OPEN)
    assert {rule: finding.level for rule, finding in found.items()} == {
        "claim-without-label": "note", "theorem-without-label": "warning",
    }  # fmt: skip


def test_a_paper_that_cannot_be_read(tmp_path: Path) -> None:
    (finding,) = link(read(tmp_path, HEAD + SINE))
    assert (finding.rule, finding.level, finding.place.line) == ("paper-not-read", "error", 2)
    (finding,) = link(read(tmp_path, HEAD.replace("paper.tex", "../paper.tex") + SINE))
    assert "no path inside" in finding.message
