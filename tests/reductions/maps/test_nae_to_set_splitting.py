"""Not-all-equal formulas to set splitting."""

from __future__ import annotations

from random import Random

from relucert.reductions.maps.nae_to_set_splitting import NaeToSetSplitting
from relucert.reductions.problems.nae_sat import NaeSat
from relucert.reductions.problems.set_splitting import SetSplitting
from tests.reductions.instances import small_nae
from tests.reductions.laws import require_laws


def test_small_formulas() -> None:
    random = Random(1)  # the values of variables that do not occur are lost
    answers = [require_laws(NaeToSetSplitting(), f, random, exact_round_trip=False) for f in small_nae()]
    assert {True, False} == set(answers)


def test_pairs_join_a_variable_and_its_negative() -> None:
    formula = NaeSat(3, ((1, -3), (-1, 3), (3,)))
    assert NaeToSetSplitting().apply(formula) == SetSplitting(4, ((1, 2), (3, 4), (1, 4), (2, 3), (3,)), 2)
