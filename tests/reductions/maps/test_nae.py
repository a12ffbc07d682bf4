"""Formulas to not-all-equal formulas, and to clauses of three literals."""

from __future__ import annotations

from random import Random

from relucert.reductions.maps.nae import CnfToNae, NaeToWidth3
from relucert.reductions.problems.nae_sat import NaeSat
from tests.reductions.instances import small_cnfs, small_nae
from tests.reductions.laws import require_laws


def test_a_new_variable_in_every_clause() -> None:
    random = Random(1)
    answers = [require_laws(CnfToNae(), formula, random) for formula in small_cnfs()]
    assert {True, False} == set(answers)


def test_three_literals_are_enough() -> None:
    random = Random(2)
    few = [formula for formula in small_nae() if sum(map(len, formula.clauses)) <= 14]
    assert any(formula.size()["width"] > 4 for formula in few)
    answers = [require_laws(NaeToWidth3(), formula, random) for formula in few]
    assert {True, False} == set(answers)


def test_long_clauses_are_chained() -> None:
    formula = NaeSat(6, ((1, -2, 3, -4, 5, -6),))
    assert NaeToWidth3().apply(formula) == NaeSat(9, ((1, -2, 7), (-7, 3, 8), (-8, -4, 9), (-9, 5, -6)))
    assert require_laws(NaeToWidth3(), formula, Random(3))
