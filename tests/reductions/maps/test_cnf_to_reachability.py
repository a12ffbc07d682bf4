"""Formulas to networks with one hidden layer."""

from __future__ import annotations

from fractions import Fraction
from random import Random

from relucert.reductions.maps.cnf_to_reachability import CnfToReachability
from relucert.reductions.problems.cnf import CNF
from tests.reductions.instances import small_cnfs
from tests.reductions.laws import require_laws


def test_small_formulas() -> None:
    random = Random(1)
    answers = [require_laws(CnfToReachability(), formula, random, fuzzed=2) for formula in small_cnfs()[::3]]
    assert {True, False} == set(answers)


def test_the_network_is_never_negative() -> None:
    network = CnfToReachability().apply(CNF(2, ((1, 2), (-1, -2))))
    grid = [Fraction(i, 4) for i in range(-4, 9)]
    values = {(x, y): network.output((x, y)) for x in grid for y in grid}
    assert min(values.values()) == 0
    assert {point for point, value in values.items() if value == 0} == {(0, 1), (1, 0)}
