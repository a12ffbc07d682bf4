"""Methods with random numbers in every step: stochastic gradient descent, and what noise annealing shares with it.

The numbers of step t come from the generator of the run's block and of t (`seeds.generator`), so that a run depends on
the seed and its own number alone: neither on how many runs there are nor on chunks and workers.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.random import Generator

from relucert.numeric.descent import CHECK_EVERY, Done, Floats, Outcome, iterate
from relucert.numeric.models.base import Model
from relucert.numeric.population import Projection, Step, checked_start, sizes
from relucert.numeric.seeds import BLOCK, blocks, generator

# (states, number of the step, its generator, rows of the block that the states are) -> next states
NoisyAdvance = Callable[[Floats, int, Generator, slice], Floats]


def iterate_with_noise(
    advance: NoisyAdvance,
    start: Floats,
    *,
    first: int,
    seed: int,
    steps: int,
    before: int = 0,
    done: Done | None = None,
    every: int = CHECK_EVERY,
) -> Outcome:
    """`descent.iterate` with a generator for every step, block of runs by block of runs.

    Parameters
    ----------
    advance : callable
        Draws random numbers for all 256 runs of the block and uses the rows it is told.
    start : (runs, size) array
        States of the runs first, first + 1, ...
    first : int
        Number of the first run within the experiment.
    before : int
        Steps taken by earlier calls for the same runs; their generators are not used again.
    """
    found: list[Outcome] = []
    for block, rows in blocks(first, first + len(start)):
        place = block * BLOCK + rows.start - first

        def step(states: Floats, number: int, block: int = block, rows: slice = rows) -> Floats:
            return advance(states, number, generator(seed, block, before + number), rows)

        states = start[place : place + rows.stop - rows.start]
        found.append(iterate(step, states, steps=steps, done=done, every=every, separate=False))
    return Outcome(
        np.concatenate([outcome.parameters for outcome in found]),
        np.concatenate([outcome.steps for outcome in found]),
        np.concatenate([outcome.status for outcome in found]),
    )


def stochastic_descent(
    model: Model,
    start: Floats,
    *,
    step: Step,
    steps: int,
    first: int,
    seed: int,
    batch: int = 1,
    before: int = 0,
    done: Done | None = None,
    every: int = CHECK_EVERY,
    project: Projection | None = None,
) -> Outcome:
    """w <- project(w - step · gradient of the mean loss over `batch` fresh inputs x ~ N(0, I)).

    Every run has its own inputs; no input is seen twice, so that the gradients are unbiased for the population loss.

    Parameters
    ----------
    start : (runs, size) array
    step : float or callable
        A callable for decreasing sizes.
    first, seed, before
        As in `iterate_with_noise`.
    batch : int
        Inputs per step; working memory is 256 · batch · input_size numbers and a few times that.
    """
    if batch < 1:
        raise ValueError(f"batch must be at least 1, got {batch}")
    size = sizes(step)

    def advance(states: Floats, number: int, noise: Generator, rows: slice) -> Floats:
        inputs = noise.standard_normal((BLOCK, batch, model.input_size), dtype=np.float64)[rows]
        inputs = inputs.astype(states.dtype, copy=False)
        states = states - size(number + before) * model.sample_gradient(states, inputs, model.target(inputs))
        return states if project is None else project(states)

    return iterate_with_noise(
        advance,
        checked_start(model, start),
        first=first,
        seed=seed,
        steps=steps,
        before=before,
        done=done,
        every=every,
    )
