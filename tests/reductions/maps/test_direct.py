"""Formulas to networks with a coordinate per variable."""

from __future__ import annotations

from random import Random

import pytest

from relucert.reductions.maps.direct import Direct
from relucert.reductions.problem import ProblemError
from relucert.reductions.problems.cnf import CNF
from tests.reductions import brute
from tests.reductions.instances import small_cnfs
from tests.reductions.laws import require_laws


@pytest.mark.parametrize("k", [2, 3])
def test_small_formulas(k: int) -> None:
    random = Random(k)
    answers = [require_laws(Direct(k), formula, random, fuzzed=2) for formula in small_cnfs()[k::4]]
    assert {True, False} == set(answers)


def test_models_and_filters_correspond_one_to_one() -> None:
    formula = CNF(3, ((1, 2, 3), (-1, -2)))
    target = Direct().apply(formula)
    models = list(brute.witnesses(formula))
    assert len({Direct().forward(formula, model) for model in models}) == len(models) == 5
    for seed in range(20):
        found = brute.find(target, Random(seed))
        assert Direct().forward(formula, Direct().backward(formula, found)) == found


def test_one_patch_is_refused() -> None:
    with pytest.raises(ProblemError, match="two patches"):
        Direct(1)
