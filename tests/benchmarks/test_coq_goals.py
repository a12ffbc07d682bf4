"""Goals for coq-interval say what the claims say; the other tools' answers are kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.inequalities import solvers
from benchmarks.inequalities.coq_goals import HEAD, coq_goal
from relucert.certify.language.layout import PrintError
from relucert.certify.language.parse import parse_claim


def test_the_whole_of_a_goal() -> None:
    claim = parse_claim("x/(y - 1) - -y <= sqrt(x^2)*max(x, 1/2) and x^-2 > -3", ["x in (0, pi]", "y > 2"], ["x < y"])
    assert coq_goal(claim) == (
        HEAD + "Goal forall v_x v_y : R, (0 < v_x) -> (v_x <= PI) -> (2 < v_y) -> (0 < v_y - v_x) -> "
        "(0 <= sqrt (v_x ^ 2) * ((v_x + 1/2 + Rabs (v_x - 1/2)) / 2) - (v_x / (v_y - 1) - (-v_y))) /\\ "
        "((-(3)) < / (v_x ^ 2)).\n"
        "Proof. intros; repeat split; interval with (i_bisect v_x, i_bisect v_y, i_autodiff v_x). Qed.\n"
    )


@pytest.mark.parametrize("text", ["cbrt(x) > 0", "acos(x/9) > 0", "x != 0", "x > 0 or x < 3", "not x < 0"])
def test_what_it_cannot_say(text: str) -> None:
    with pytest.raises(PrintError):
        coq_goal(parse_claim(text, ["x in [1, 2]"]))
    with pytest.raises(PrintError):
        coq_goal(parse_claim("k > 0", ["k in 1..2"]))


@pytest.mark.skipif(not solvers.installed()["coq-interval"], reason="coq-interval is not installed")
def test_coq_reads_goals() -> None:
    assert solvers.coq(coq_goal(parse_claim("x^2 < x + 2", ["x in [0, 1]"])))[0] == "proved"
    true = parse_claim("exp(x)*sin(x) + log(y)/3 - atan(x*y)^2 > -3 and min(x, y) <= 2", ["x in [0, 1]", "y in [1, 2]"])
    assert solvers.coq(coq_goal(true))[0] == "proved"
    false = parse_claim("abs(x)^3 <= 1/2", ["x in [0, 1]"])
    assert solvers.coq(coq_goal(false))[0] == "unknown"
    assert solvers.coq("Goal nonsense.")[0] == "error"


def test_answers_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def smt(tool: str, text: str) -> tuple[str, float]:
        asked.append((tool, text))
        return "proved", 0.25

    monkeypatch.setattr(solvers, "smt", smt)
    monkeypatch.setattr(solvers, "_version", lambda tool: "1")
    kept = tmp_path / "answers.jsonl"
    for text in ("x^2 >= 0", "x^4 >= 0", "x^2 >= 0", "sin(x) <= 1"):
        solvers.ask("z3", parse_claim(text, ["x real"]), kept)
    assert len(asked) == 2
    assert solvers.ask("z3", parse_claim("x^4 >= 0", ["x real"]), kept) == ("proved", 0.25)
    monkeypatch.setattr(solvers, "_version", lambda tool: "2")
    solvers.ask("z3", parse_claim("x^4 >= 0", ["x real"]), kept)
    assert len(asked) == 3
    assert solvers.ask("z3", parse_claim("sin(x) <= 1", ["x real"]), kept) == (solvers.UNWRITTEN, 0.0)
