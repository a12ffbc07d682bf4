"""Theorems, labels and references of a text."""

from __future__ import annotations

from pathlib import Path

from relucert.claims.paper.source import Source, stripped
from relucert.claims.paper.theorems import Contents, contents

FILE = Path("paper.tex")
TEXT = r"""
\title{On \emph{sines} \\ and cosines}
\newtheorem{satz}{Satz}[section]
\newtheorem*{main}{Main Theorem}
\declaretheorem[name=Fact]{tatsache}
\newtheorem{definition}{Definition}
\newtheorem{remark}[satz]{Remark}
\begin{satz}[Sines, {with $x$}] \label{thm:sine}
  Below, by \eqref{eq:a} and \cref{def:x, lem:help}.
  \begin{equation} \label{eq:a} a \end{equation}
\end{satz}
\begin{lemma}\label{lem:help} Help. \end{lemma}
\begin{proof} By \autoref{main:one}. \end{proof}
\begin{main}\label{main:one} All. \end{main}
\begin{definition}\label{def:x} X. \end{definition}
\begin{tatsache} No label. \end{tatsache}
\begin{theorem*}\label{thm:star} \begin{enumerate} \item \label{it:a} \end{enumerate} \end{theorem*}
\begin{proof}[Proof of \cref{thm:sine}] From \ref{thm:star}. \end{proof}
Text \ref{thm:sine} between. \label{sec:x}
\begin{remark}\label{rem:x} \end{remark}
"""


def found(text: str = TEXT, *more: str) -> Contents:
    source = Source()
    source.add(stripped(text), FILE, 1)
    return contents(source, more)


def test_environments_that_state_something() -> None:
    assert [(one.environment, one.labels, one.place.line) for one in found().theorems] == [
        ("satz", ["thm:sine", "eq:a"], 8),
        ("lemma", ["lem:help"], 12),
        ("main", ["main:one"], 14),
        ("tatsache", [], 16),
        ("theorem*", ["thm:star", "it:a"], 17),
    ]


def test_titles_and_bodies() -> None:
    sine = found().theorems[0]
    assert sine.title == "Sines, {with $x$}"
    assert sine.body == r"Below, by \eqref{eq:a} and \cref{def:x, lem:help}. \begin{equation} a \end{equation}"
    assert found().title == r"On \emph{sines} and cosines"


def test_references_of_statements_and_proofs() -> None:
    refs = {one.labels[0]: one.refs for one in found().theorems if one.labels}
    assert refs == {
        "thm:sine": ["def:x", "lem:help", "thm:star"],
        "lem:help": ["main:one"],
        "main:one": [],
        "thm:star": [],
    }


def test_all_labels_have_places() -> None:
    labels = found().labels
    assert {label: [place.line for place in places] for label, places in labels.items()} == {
        "thm:sine": [8], "eq:a": [10], "lem:help": [12], "main:one": [14], "def:x": [15], "thm:star": [17],
        "it:a": [17], "sec:x": [19], "rem:x": [20],
    }  # fmt: skip
    assert [place.line for place in found("\\label{a}\n\\label{a}").labels["a"]] == [1, 2]


def test_other_environments_are_named() -> None:
    text = "\\begin{observation}\\label{o} x \\end{observation}"
    assert found(text).theorems == []
    assert [one.labels for one in found(text, "observation").theorems] == [["o"]]


def test_an_environment_that_does_not_end_is_no_theorem() -> None:
    assert found("\\begin{theorem}\\label{a}").theorems == []


def test_hostile_text_takes_no_quadratic_time() -> None:
    for piece in (
        "\\ref[",
        "\\label[",
        "\\begin{proof}[",
        "\\title{",
        "\\title[",
        "\\declaretheorem[",
        "\\begin{theorem}x\\end{theorem}\\begin{proof}[\\ref{a}]",
        "\\begin{theorem}[{",
        "\\iffalse ",
    ):
        found(piece * 10_000)
