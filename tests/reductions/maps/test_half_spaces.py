"""Set splitting to half-spaces."""

from __future__ import annotations

from random import Random

import pytest

from relucert.reductions.maps.half_spaces import SetSplittingToHalfSpaces
from tests.reductions.instances import larger_splittings, small_splittings
from tests.reductions.laws import require_laws


def test_every_family_over_two_elements() -> None:
    random = Random(1)
    answers = [require_laws(SetSplittingToHalfSpaces(), instance, random) for instance in small_splittings(2)]
    assert {True, False} == set(answers)


@pytest.mark.slow
def test_some_larger_families() -> None:
    random = Random(2)
    answers = [require_laws(SetSplittingToHalfSpaces(), i, random) for i in larger_splittings()[:12]]
    assert any(answers)
