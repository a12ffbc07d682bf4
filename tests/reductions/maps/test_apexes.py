"""Elements that use up new colours."""

from __future__ import annotations

from random import Random

import pytest

from relucert.reductions.maps.apexes import Apexes
from relucert.reductions.problem import ProblemError
from relucert.reductions.problems.set_splitting import SetSplitting
from tests.reductions.instances import small_splittings
from tests.reductions.laws import require_laws


@pytest.mark.parametrize(("k", "elements"), [(3, 3), (4, 2)])
def test_small_families(k: int, elements: int) -> None:
    random = Random(k)
    answers = [require_laws(Apexes(k), instance, random) for instance in small_splittings(elements)]
    assert {True, False} == set(answers)


def test_fewer_colors_are_refused() -> None:
    with pytest.raises(ProblemError, match="3 colours cannot become 2"):
        Apexes(2).apply(SetSplitting(1, (), 3))
