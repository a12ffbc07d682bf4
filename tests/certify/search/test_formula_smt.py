"""SMT solvers in processes of their own: what they say, and how they are stopped."""

from __future__ import annotations

import subprocess
import sys
from fractions import Fraction
from typing import Any

import pytest

from relucert.certify.check.real.kernel import check_formula
from relucert.certify.language.parse import parse_claim
from relucert.certify.language.to_smtlib import to_smtlib
from relucert.certify.search import formula_smt
from relucert.certify.search.formula_proof import Refuted, Undecided
from relucert.certify.search.formula_smt import Answer, Believed, ask, installed, search_smt

pytest.importorskip("z3")
HARD = to_smtlib(parse_claim("a*b^3 + b*c^3 + c*d^3 + d*f^3 + f*a^3 <= 1", ["a, b, c, d, f in [0, 2]"],
                             ["a^3 + b^5 + c^3 + d^5 + f^3 = 1"]))  # fmt: skip


@pytest.mark.parametrize("solver", installed())
def test_answers(solver: str) -> None:
    true = ask(solver, to_smtlib(parse_claim("x^2 + y^2 >= 2*x*y", ["x, y real"])), 20)
    assert (true.answer, true.model) == ("unsat", None)
    assert true.version
    false = ask(solver, to_smtlib(parse_claim("x*k < 4", ["x in [0, 2]", "k in 0..2"])), 20)
    assert false.answer == "sat"
    assert false.model == {"v.x": Fraction(2), "v.k": Fraction(2)}


def test_a_word_is_no_certificate() -> None:
    outcome = search_smt(parse_claim("(a + b)*(b + c)*(c + a) >= 8*a*b*c", ["a, b, c >= 0"]), time=20)
    assert isinstance(outcome, Believed)
    assert not hasattr(outcome, "certificate")
    assert outcome.point == (Fraction(0),) * 3
    assert not outcome.relaxed


def test_points_are_replayed() -> None:
    # the solver's point may be an algebraic number: a rational one near it
    outcome = search_smt(parse_claim("x^5 <= 2 or x^3 <= 2", ["x in [0, 2]"]), time=20)
    assert isinstance(outcome, Refuted)
    assert check_formula(outcome.certificate).valid
    assert outcome.point[0] ** 5 > 2


def test_relaxed_claims() -> None:
    outcome = search_smt(parse_claim("2*sin(x)*cos(x) <= sin(x)^2 + cos(x)^2 + exp(x)", ["x real"]), time=20)
    assert isinstance(outcome, Believed)
    assert outcome.relaxed
    # not a consequence of what the script says of sin: no verdict
    true = search_smt(parse_claim("sin(5*x) <= 5*sin(x)", ["x in [0, 1]"]), time=4, solvers=["z3"])
    assert isinstance(true, Undecided)


def test_equations_with_irrational_solutions_are_not_refuted() -> None:
    outcome = search_smt(parse_claim("x^2 != 2", ["x >= 0"]), time=10, solvers=["z3"])
    assert isinstance(outcome, Undecided)
    assert "z3 finds no contradiction" in outcome.reason


def test_a_solver_that_contradicts_another_is_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    said = {"one": Answer("one", "unsat", 0.1), "other": Answer("other", "sat", 0.1, model={"v.x": Fraction(1)})}
    monkeypatch.setattr(formula_smt, "ask", lambda name, *_: said[name])
    claim = parse_claim("x^2 >= 0", ["x real"])
    assert isinstance(search_smt(claim, solvers=["one"]), Believed)
    assert isinstance(search_smt(claim, solvers=["other"]), Undecided)
    outcome = search_smt(claim, solvers=["one", "other"])
    assert isinstance(outcome, Undecided)
    assert "another solver does not" in outcome.reason


def test_a_lying_model_refutes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(formula_smt, "ask", lambda *_: Answer("liar", "sat", 0.1, model={"v.x": Fraction(-5)}))
    assert isinstance(search_smt(parse_claim("x >= 0", ["x >= 0"]), solvers=["liar"]), Undecided)


def test_time_ends_a_solver() -> None:
    answer = ask("z3", HARD, 1.0)
    assert answer.answer in ("none", "unknown")
    assert answer.reason


def test_memory_ends_a_solver() -> None:
    answer = ask("z3", HARD, 20, 1 << 24)  # less than loading it takes
    assert answer.answer == "none"


NO_ANSWERS = (
    "",
    "[]",
    "proved",
    '{"answer": "unsat"}',
    '{"answer": "sat", "version": "1", "model": 7}',
    '{"answer": "sat", "version": "1", "model": {"v.x": "1/0"}}',
)


@pytest.mark.parametrize("printed", NO_ANSWERS)
def test_what_is_no_answer_is_none(printed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def run(*_: Any, **__: Any) -> subprocess.CompletedProcess[str]:
        return subprocess.CompletedProcess([sys.executable], 0, printed, "")

    monkeypatch.setattr(subprocess, "run", run)
    assert ask("z3", HARD, 5).answer == "none"


def test_a_crash_is_no_answer(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    child = tmp_path / "child.py"
    child.write_text("import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)\n")
    monkeypatch.setattr(formula_smt, "CHILD", child)
    assert ask("z3", HARD, 5).answer == "none"
