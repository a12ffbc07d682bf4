"""Random numbers that depend on the seed and the number of the run alone.

Runs are drawn in blocks of 256, each block from its own child of the seed (`numpy.random.SeedSequence.spawn`).  Run i
is row i % 256 of block i // 256, whatever the batches, the workers and the total number of runs: ten thousand runs
begin with the thousand runs of a smaller experiment.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.random import Generator, SeedSequence
from numpy.typing import NDArray

BLOCK = 256  # runs; enough rows for vectorised work, few enough for balanced workers

Floats = NDArray[np.floating]


def generator(seed: int, *key: int) -> Generator:
    """The generator of a block, `key` = (block,), or of a step of a block, `key` = (block, step).

    It is that of child number `block` of ``SeedSequence(seed).spawn(...)``, and of that child's child number `step`.
    """
    return np.random.default_rng(SeedSequence(seed, spawn_key=key))


def blocks(first: int, last: int) -> Iterator[tuple[int, slice]]:
    """The blocks that hold the runs first, ..., last - 1, each with the rows of it that are asked for."""
    for block in range(first // BLOCK, -(-last // BLOCK)):
        start = block * BLOCK
        yield block, slice(max(first - start, 0), min(last - start, BLOCK))


def draw(seed: int, first: int, last: int, make: Callable[[Generator, int], Floats]) -> Floats:
    """Starts of the runs first, ..., last - 1; `make(generator, 256)` draws a block's, (256, size)."""
    if not 0 <= first < last:
        raise ValueError(f"runs {first} to {last}: an empty range")
    return np.concatenate([make(generator(seed, block), BLOCK)[rows] for block, rows in blocks(first, last)])
