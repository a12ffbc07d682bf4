"""Formulas to cliques, cliques to matrices that are not copositive."""

from __future__ import annotations

from fractions import Fraction
from random import Random

from relucert.reductions.maps.clique import CliqueToCopositivity, CnfToClique
from relucert.reductions.problems.clique import Clique
from relucert.reductions.problems.graph import make_graph
from tests.reductions.instances import small_cliques, small_cnfs
from tests.reductions.laws import require_laws


def test_small_formulas() -> None:
    random = Random(1)
    few = [formula for formula in small_cnfs() if sum(map(len, formula.clauses)) <= 8]
    answers = [require_laws(CnfToClique(), formula, random, exact_round_trip=False) for formula in few]
    assert {True, False} == set(answers)


def test_every_small_graph() -> None:
    random = Random(2)  # of the empty clique every vector is the image
    chosen = small_cliques()[::2]
    answers = [require_laws(CliqueToCopositivity(), instance, random, exact_round_trip=False) for instance in chosen]
    assert {True, False} == set(answers)


def test_cliques_come_from_random_negative_vectors() -> None:
    random = Random(3)
    graph = make_graph(6, [(1, 2), (1, 3), (2, 3), (3, 4), (4, 5), (5, 6), (4, 6), (2, 6)])
    instance = Clique(graph, 3)
    target = CliqueToCopositivity().apply(instance)
    negative = 0
    for _ in range(300):
        x = tuple(Fraction(random.choice((0, 0, 1, 2, 3, 5)), random.choice((1, 2, 7))) for _ in range(6))
        if target.is_witness(x):
            negative += 1
            assert instance.is_witness(CliqueToCopositivity().backward(instance, x))
    assert negative > 10
