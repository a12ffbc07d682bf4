"""Random numbers depend on the seed and the run's number alone."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.random import Generator, SeedSequence

from relucert.numeric.seeds import BLOCK, Floats, blocks, draw, generator


def make(random: Generator, count: int) -> Floats:
    return random.standard_normal((count, 3))


def test_generators_are_the_children_of_the_seed() -> None:
    child = SeedSequence(5).spawn(3)[2]
    assert generator(5, 2).random() == np.random.default_rng(child).random()
    assert generator(5, 2, 1).random() == np.random.default_rng(SeedSequence(5, spawn_key=(2, 1))).random()


def test_all_keys_give_different_numbers() -> None:
    keys = [(0,), (1,), (0, 0), (0, 1), (1, 0)]
    assert len({generator(0, *key).random() for key in keys} | {generator(1, 0).random()}) == 6


@pytest.mark.parametrize(("first", "last"), [(0, 1), (0, 256), (255, 257), (300, 301), (256, 512), (100, 1000)])
def test_blocks_cover_the_runs_once(first: int, last: int) -> None:
    runs = [block * BLOCK + row for block, rows in blocks(first, last) for row in range(rows.start, rows.stop)]
    assert runs == list(range(first, last))


def test_any_part_is_a_part_of_the_whole() -> None:
    whole = draw(7, 0, 1000, make)
    for first, last in [(0, 1), (255, 257), (100, 900), (999, 1000)]:
        assert (draw(7, first, last, make) == whole[first:last]).all()
    assert not (draw(8, 0, 10, make) == whole[:10]).any()


@pytest.mark.parametrize(("first", "last"), [(3, 3), (4, 3), (-1, 2)])
def test_empty_ranges_are_refused(first: int, last: int) -> None:
    with pytest.raises(ValueError, match="empty range"):
        draw(0, first, last, make)
