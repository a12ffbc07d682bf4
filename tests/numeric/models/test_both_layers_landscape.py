"""Critical points are critical and what they are said to be, on both sides of the limit; regions that are not left."""

from __future__ import annotations

import math
from functools import partial

import numpy as np
import pytest

from relucert.numeric import initial
from relucert.numeric.models import both_layers_landscape as landscape
from relucert.numeric.models.both_layers import BothLayers
from relucert.numeric.population import both_layers_step, gradient_descent
from relucert.numeric.seeds import draw

FILTER = np.array([0.0, 2.0, 0.0])


def model(balance: float, k: int = 4) -> BothLayers:
    return BothLayers(FILTER, landscape.teacher_of_balance(balance, k))


@pytest.mark.parametrize("k", [1, 2, 3, 4, 7])
def test_teachers(k: int) -> None:
    for value in np.linspace(0, k, 9) if k > 1 else [1.0]:
        found = BothLayers(FILTER, landscape.teacher_of_balance(float(value), k))
        assert landscape.balance(found) == pytest.approx(value, abs=1e-14)
        assert np.linalg.norm(found.output_weights) == pytest.approx(1)
    with pytest.raises(ValueError, match="between 0 and k"):
        landscape.teacher_of_balance(k + 0.1, k)


@pytest.mark.parametrize("value", [0.0, 0.3, 1.5, 3.0])
def test_spurious_point(value: float) -> None:
    found = model(value)
    state, loss = landscape.spurious(found)
    assert found.gradient(state) == pytest.approx(np.zeros(7), abs=1e-15)
    assert loss == pytest.approx(landscape.profile(found, 0.0))
    around = found.loss(state + draw(0, 0, 2000, partial(initial.in_ball, size=7, radius=0.05)))
    tilted = state + 0.05 * np.eye(7)[0]
    # the descent beside the point is cubic: random points do not find it
    if value < landscape.balance_limit(4):
        assert min(around.min(), found.loss(tilted)) > loss
    else:
        assert found.loss(tilted) < loss


def test_saddle_is_the_maximum_of_the_profile() -> None:
    for value in (0.0, 0.2, 1.0, 1.9):
        found = model(value)
        angle, loss = landscape.saddle(found)
        v = np.array([math.sin(angle), math.cos(angle), 0])
        kernel = math.sin(angle) + (math.pi - angle) * math.cos(angle)
        state = np.concatenate([v, landscape.best_outputs(found, kernel)])
        assert found.loss(state) == pytest.approx(loss)
        assert found.gradient(state) == pytest.approx(np.zeros(7), abs=1e-14)
        assert loss >= max(landscape.profile(found, g) for g in np.linspace(0, math.pi, 200))
        assert landscape.angle_to_teacher(found, state[None])[0] == pytest.approx(angle)
    assert landscape.saddle(model(2.5)) == (math.pi, landscape.spurious(model(2.5))[1])


@pytest.mark.parametrize(("value", "bad_share"), [(0.05, 0.2), (1.0, 0.0)])
def test_regions_are_not_left(value: float, bad_share: float) -> None:
    found = model(value)
    start = draw(3, 0, 300, partial(initial.both_layers, model=found))
    good, bad = landscape.stays_good(found, start), landscape.stays_bad(found, start)
    assert 0.15 < good.mean() < 0.35
    assert bad.mean() == pytest.approx(bad_share, abs=0.1)
    states = start
    for _ in range(20):
        states = gradient_descent(found, states, step=both_layers_step(found), steps=10).parameters
        assert landscape.stays_good(found, states)[good].all()
        assert landscape.stays_bad(found, states)[bad].all()
