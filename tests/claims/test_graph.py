"""What rests on what: edges of the ledger and of the paper, layers, circles."""

from __future__ import annotations

from pathlib import Path

from relucert.claims import graph
from relucert.claims.graph import UNCLAIMED, Graph, Node, graph_of
from relucert.claims.ledger import Ledger
from relucert.claims.outcome import Outcome, Settled, Status
from tests.claims.ledgers import OPEN, SINE, read

TEX = r"""
\begin{lemma}\label{lem:sine} Sines. \end{lemma}
\begin{theorem}\label{thm:bare} By \ref{lem:sine}. \end{theorem}
\begin{theorem}\label{thm:top} Top. \end{theorem}
\begin{proof} From \cref{lem:sine,thm:bare} and \ref{thm:top}. \end{proof}
"""
TOP = OPEN.replace('"open"\nkind', '"top"\nlabel = "thm:top"\nkind')


def both(folder: Path, more: str = "") -> Ledger:
    (folder / "paper.tex").write_text(TEX)
    return read(folder, '[paper]\ntex = "paper.tex"\n' + TOP + more + SINE)


def outcomes(ledger: Ledger, **statuses: Status) -> list[Outcome]:
    return [
        Outcome(claim, Settled(statuses[claim.id], grade="exact")) for claim in ledger.claims if claim.id in statuses
    ]


def test_edges_come_from_the_paper_and_the_ledger(tmp_path: Path) -> None:
    ledger = both(tmp_path, 'depends = "sine"\n')
    found = graph_of(ledger, outcomes(ledger, sine=Status.PROVED))
    assert found.rests_on == {"sine": (), "thm:bare": ("sine",), "top": ("sine", "thm:bare")}
    assert {node.key: node.verdict for node in found.nodes} == {"sine": "proved", "thm:bare": UNCLAIMED, "top": ""}
    assert found.layers() == [["sine"], ["thm:bare"], ["top"]]


def test_circles_have_layers_too() -> None:
    nodes = [Node(key, "", True, "") for key in "abc"]
    layers = Graph(nodes, {"a": ("b",), "b": ("a",), "c": ("c", "a")}).layers()
    assert sorted(key for layer in layers for key in layer) == ["a", "b", "c"]
    assert Graph().layers() == []


def test_long_chains_need_no_recursion() -> None:
    keys = [str(number) for number in range(3000)]
    chain = Graph([Node(key, "", True, "") for key in keys], {key: (str(int(key) + 1),) for key in keys[:-1]})
    assert len(chain.layers()) == 3000


def test_a_circle_of_depends_is_an_error(tmp_path: Path) -> None:
    ledger = read(tmp_path, SINE + 'depends = "open"\n' + OPEN + 'depends = ["sine"]\n')
    (finding,) = graph.findings(ledger, [])
    assert (finding.rule, finding.level, finding.code) == ("circle", "error", 1)
    assert finding.message.endswith("sine -> open -> sine") and finding.place.line == 9
    alone = read(tmp_path, SINE + 'depends = "sine"\n')
    assert [one.rule for one in graph.findings(alone, [])] == ["circle"]


def test_what_is_used_twice_is_no_circle(tmp_path: Path) -> None:
    third = SINE.replace('"sine"', '"third"').replace("lem:sine", "lem:third") + 'depends = ["sine", "open"]\n'
    ledger = read(tmp_path, SINE + 'depends = "open"\n' + OPEN + third)
    assert graph.findings(ledger, []) == []


def test_a_proof_that_rests_on_something_unproved_is_mentioned(tmp_path: Path) -> None:
    ledger = read(tmp_path, SINE + 'depends = "open"\n' + OPEN)
    (finding,) = graph.findings(ledger, outcomes(ledger, sine=Status.PROVED, open=Status.UNDECIDED))
    assert (finding.rule, finding.level) == ("rests-on-unproved", "warning")
    assert "which is open" in finding.message
    assert graph.findings(ledger, outcomes(ledger, sine=Status.UNDECIDED, open=Status.UNDECIDED)) == []
