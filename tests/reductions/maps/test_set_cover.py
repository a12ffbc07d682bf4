"""Formulas to set cover, set cover to training one ReLU."""

from __future__ import annotations

from fractions import Fraction
from random import Random

import pytest

from relucert.reductions.maps.set_cover import CnfToSetCover, SetCoverToSingleRelu
from relucert.reductions.problems.set_cover import SetCover
from tests.reductions.instances import small_cnfs, small_covers
from tests.reductions.laws import require_laws


def test_small_formulas() -> None:
    random = Random(1)
    few = [formula for formula in small_cnfs() if formula.variables <= 3]
    answers = [require_laws(CnfToSetCover(), formula, random) for formula in few]
    assert {True, False} == set(answers)


def test_tiny_covers() -> None:
    random = Random(2)
    few = [c for c in small_covers() if c.elements + len(c.sets) <= 2]
    answers = [require_laws(SetCoverToSingleRelu(), instance, random, fuzzed=2) for instance in few]
    assert {True, False} == set(answers)


@pytest.mark.slow
def test_small_covers() -> None:
    random = Random(3)
    more = [c for c in small_covers() if c.elements + len(c.sets) == 3]
    answers = [require_laws(SetCoverToSingleRelu(), instance, random, fuzzed=2) for instance in more]
    assert {True, False} == set(answers)


def test_low_losses_are_covers() -> None:
    random = Random(4)
    instance = SetCover(4, ((1, 2), (2, 3), (3, 4), (1, 4), (1, 3)), 3)
    target = SetCoverToSingleRelu().apply(instance)
    low = 0
    for _ in range(300):
        used = random.sample(range(5), random.choice((1, 2, 2, 3)))
        noise = [Fraction(random.randint(-3, 3), random.choice((97, 150, 300))) for _ in range(6)]
        w = (*((1 + abs(noise[s]) if s in used else noise[s]) for s in range(5)), 1 + noise[5] / 5)
        if target.is_witness(w):
            low += 1
            assert instance.is_witness(SetCoverToSingleRelu().backward(instance, w))
    assert low > 20
