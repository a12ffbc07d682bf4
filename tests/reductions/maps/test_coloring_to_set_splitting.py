"""Graph colouring to set splitting."""

from __future__ import annotations

from random import Random

from relucert.reductions.maps.coloring_to_set_splitting import ColoringToSetSplitting
from tests.reductions.instances import small_colorings
from tests.reductions.laws import require_laws


def test_every_small_graph() -> None:
    random = Random(1)
    answers = [require_laws(ColoringToSetSplitting(), instance, random) for instance in small_colorings()]
    assert {True, False} == set(answers)
    assert any(u == v for instance in small_colorings() for u, v in instance.graph.edges)
