"""Fresh samples: unbiased steps, the same runs in any chunks, decreasing steps, continued runs."""

from __future__ import annotations

import math
from functools import partial

import numpy as np
import pytest

from relucert.numeric import initial
from relucert.numeric.descent import Status
from relucert.numeric.models.non_overlapping import NonOverlapping
from relucert.numeric.population import near
from relucert.numeric.seeds import draw, generator
from relucert.numeric.stochastic import stochastic_descent

MODEL = NonOverlapping(np.array([1.0, 0.0, -0.5]), 2)
START = draw(3, 0, 600, partial(initial.on_sphere, size=3))


def test_one_step_is_the_formula() -> None:
    outcome = stochastic_descent(MODEL, START[:5], step=0.2, steps=1, first=0, seed=9, batch=4)
    inputs = generator(9, 0, 0).standard_normal((256, 4, 6))[:5]
    slope = MODEL.sample_gradient(START[:5], inputs, MODEL.target(inputs))
    assert (outcome.parameters == START[:5] - 0.2 * slope).all()


def test_steps_are_unbiased() -> None:
    start = np.tile(START[:1], (20_000, 1))
    outcome = stochastic_descent(MODEL, start, step=0.1, steps=1, first=0, seed=1)
    slopes = (start - outcome.parameters) / 0.1
    scores = (slopes.mean(0) - MODEL.gradient(START[0])) / (slopes.std(0) / math.sqrt(len(start)))
    assert np.abs(scores).max() < 4


@pytest.mark.parametrize(("first", "last"), [(0, 256), (100, 300), (256, 512), (511, 600)])
def test_runs_do_not_depend_on_their_company(first: int, last: int) -> None:
    arguments = {"step": 0.1, "steps": 20, "seed": 4, "batch": 2, "done": near(MODEL.teacher, 0.3), "every": 3}
    whole = stochastic_descent(MODEL, START, first=0, **arguments)  # type: ignore[arg-type]
    part = stochastic_descent(MODEL, START[first:last], first=first, **arguments)  # type: ignore[arg-type]
    assert (part.parameters == whole.parameters[first:last]).all()
    assert (part.steps == whole.steps[first:last]).all()
    assert 0 < whole.count(Status.CONVERGED) < 600


def test_runs_continue_with_new_samples() -> None:
    def step(number: int) -> float:
        return 0.3 / (number + 1)

    once = stochastic_descent(MODEL, START[:20], step=step, steps=9, first=0, seed=4)
    half = stochastic_descent(MODEL, START[:20], step=step, steps=4, first=0, seed=4)
    rest = stochastic_descent(MODEL, half.parameters, step=step, steps=5, first=0, seed=4, before=4)
    assert (rest.parameters == once.parameters).all()


def test_noise_vanishes_at_the_teacher() -> None:
    # the teacher's outputs have no noise: with a constant step the error falls geometrically, not to a plateau
    outcome = stochastic_descent(
        MODEL, START[:40], step=0.1, steps=3000, first=0, seed=4, batch=4, done=near(MODEL.teacher, 1e-6)
    )
    assert outcome.count(Status.CONVERGED) == 40


def test_diverging_steps_are_reported() -> None:
    outcome = stochastic_descent(MODEL, START[:10], step=40.0, steps=300, first=0, seed=4)
    assert outcome.count(Status.DIVERGED) == 10
    assert (outcome.steps < 300).all()


def test_batches_refused() -> None:
    with pytest.raises(ValueError, match="batch must be at least 1, got 0"):
        stochastic_descent(MODEL, START, step=0.1, steps=1, first=0, seed=0, batch=0)
