"""Formulas of a ledger: what is proved is the claim's own formula, in the checker's words."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from relucert.certify.search import formula_smt
from relucert.certify.search.formula_smt import Answer, Believed
from relucert.claims.errors import LedgerError
from relucert.claims.kinds import formula
from relucert.claims.outcome import Status
from tests.claims.ledgers import FALSE, SINE, VACUOUS, claim


def test_a_true_formula_is_proved_and_replayed(tmp_path: Path) -> None:
    sine = claim(tmp_path, SINE)
    found = formula.settle(sine)
    assert (found.status, found.words) == (Status.PROVED, "For all x in [0, 1]: sin(x) <= x.")
    assert found.certificate is not None and found.grade and found.point
    again = formula.replay(sine, found.certificate)
    assert (again.status, again.words, again.grade) == (found.status, found.words, found.grade)


def test_a_false_formula_has_an_exact_counterexample(tmp_path: Path) -> None:
    found = formula.settle(claim(tmp_path, FALSE))
    assert found.status is Status.REFUTED and found.words.startswith("Not for all x")
    assert found.point is not None and set(found.point) == {"x"}


def test_contradictory_conditions_are_vacuous(tmp_path: Path) -> None:
    vacuous = claim(tmp_path, VACUOUS)
    found = formula.settle(vacuous)
    assert found.status is Status.VACUOUS and "contradict" in found.message
    assert found.certificate is not None
    assert formula.replay(vacuous, found.certificate).status is Status.VACUOUS


def test_a_changed_constant_is_drift(tmp_path: Path) -> None:
    sine = claim(tmp_path, SINE)
    data = formula.settle(sine).certificate
    assert data is not None
    for change in ({"prove": "sin(x) <= 2*x"}, {"ranges": ("x in [0, 2]",)}, {"where": ("x > 0",)}):
        found = formula.replay(replace(sine, **change), data)  # type: ignore[arg-type]
        assert found.status is Status.DRIFTED and "For all x in [0, 1]: sin(x) <= x." in found.message


def test_another_name_of_the_variable_is_another_claim(tmp_path: Path) -> None:
    sine = claim(tmp_path, SINE)
    data = formula.settle(sine).certificate or b""
    renamed = replace(sine, prove="sin(y) <= y", ranges=("y in [0, 1]",))
    assert formula.replay(renamed, data).status is Status.DRIFTED


def test_a_damaged_certificate_is_invalid(tmp_path: Path) -> None:
    sine = claim(tmp_path, SINE)
    data = json.loads(formula.settle(sine).certificate or b"")
    data["trees"] = []
    found = formula.replay(sine, json.dumps(data).encode())
    assert found.status is Status.INVALID and found.message.startswith("the checker refuses it")
    assert formula.replay(sine, b"not json").status is Status.INVALID


def test_without_time_nothing_is_decided(tmp_path: Path) -> None:
    found = formula.settle(replace(claim(tmp_path, SINE), time=Fraction(1, 10**9)))
    assert (found.status, found.certificate) == (Status.UNDECIDED, None)
    assert "time" in found.message and found.stuck is not None and found.words
    assert found.cure == "relucert claims why sine"


def test_the_word_of_a_solver_is_modulo_an_oracle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = (Answer("z3", "unsat", 0.1, "4.13"), Answer("cvc5", "unknown", 0.1))
    monkeypatch.setattr(formula_smt, "installed", lambda: ("z3", "cvc5"))
    monkeypatch.setattr(formula_smt, "search_smt", lambda *_, **__: Believed(answers, False, (Fraction(1, 2),)))
    asked = replace(claim(tmp_path, SINE), grade="smt", time=Fraction(1, 10**9))
    found = formula.settle(asked)
    assert (found.status, found.grade, found.certificate, found.point) == (Status.MODULO, "smt", None, {"x": "1/2"})
    assert found.message == "on the word of z3 4.13: nothing can be replayed"
    assert found.believe == ("the word of z3 4.13",)
    # without leave nobody is asked, and where the search decides nobody needs to be
    assert formula.settle(replace(asked, grade="symbolic")).status is Status.UNDECIDED
    assert formula.settle(replace(asked, time=Fraction(60))).status is Status.PROVED
    monkeypatch.setattr(formula_smt, "installed", lambda: ())
    assert "no SMT solver is installed" in formula.settle(asked).message


@pytest.mark.parametrize(
    ("old", "new", "line", "column"),
    [
        ("sin(x) <= x", "sin(x) <= thta", 7, "column 11"),
        ('for = "x in [0, 1]"', 'for = "x im [0, 1]"', 8, "range"),
        ('for = "x in [0, 1]"', 'for = "x in [0, 1]"\nwhere = "x >"', 9, "condition"),
        ('for = "x in [0, 1]"', 'for = "x in [0, 1]"\nlet = "f(x = 2"', 9, "definition"),
    ],
)
def test_a_text_that_is_no_formula(tmp_path: Path, old: str, new: str, line: int, column: str) -> None:
    with pytest.raises(LedgerError) as caught:
        formula.settle(claim(tmp_path, SINE.replace(old, new)))
    assert f"line {line}, " in str(caught.value) and column in str(caught.value)


def test_an_assumption_that_is_a_formula_is_no_words(tmp_path: Path) -> None:
    text = SINE + 'assumptions = ["the angle is acute", "x > 0"]\n'
    with pytest.raises(LedgerError, match="move it to where") as caught:
        formula.settle(claim(tmp_path, text))
    assert "line 9" in str(caught.value)
    formula.stated(claim(tmp_path, text.replace(', "x > 0"', "")))
