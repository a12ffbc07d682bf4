"""Formulas to colourings with three colours."""

from __future__ import annotations

from random import Random

from relucert.reductions.maps.cnf_to_coloring import CnfToColoring
from relucert.reductions.problems.cnf import CNF
from tests.reductions import brute
from tests.reductions.instances import small_cnfs
from tests.reductions.laws import require_laws


def test_small_formulas() -> None:
    random = Random(1)
    few = [formula for formula in small_cnfs() if sum(map(len, formula.clauses)) <= 7]
    answers = [require_laws(CnfToColoring(), formula, random) for formula in few]
    assert {True, False} == set(answers)


def test_long_clauses_have_every_model() -> None:
    formula = CNF(5, ((1, -2, 3, -4, 5), (-1, 2, -3, 4, -5)))
    target = CnfToColoring().apply(formula)
    models = list(brute.witnesses(formula))
    assert len(models) == 30
    assert all(target.is_witness(CnfToColoring().forward(formula, model)) for model in models)
    assert {CnfToColoring().backward(formula, brute.find(target, Random(seed))) for seed in range(40)} <= set(models)


def test_targets_have_no_loops() -> None:
    assert all(u != v for formula in small_cnfs() for u, v in CnfToColoring().apply(formula).graph.edges)
