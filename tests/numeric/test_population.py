"""Gradient descent on population losses: published behaviour, stop rules, step sizes, restarts, refusals."""

from __future__ import annotations

import math
from functools import partial

import numpy as np
import pytest

from relucert.numeric import initial
from relucert.numeric.descent import Status
from relucert.numeric.models.both_layers import BothLayers
from relucert.numeric.models.non_overlapping import NonOverlapping
from relucert.numeric.models.two_layer import multi_neuron
from relucert.numeric.population import (
    SIGNS,
    both_layers_step,
    gradient_descent,
    near,
    sign_restarts,
    signed_starts,
    small_gradient,
    small_loss,
    stable_step,
    unit_part,
    within_ball,
)
from relucert.numeric.seeds import draw

SHARED = NonOverlapping(np.array([0.0, 0.0, 1.0, 0.0]), 3)
OUTPUTS = np.array([1.0, -1.0, 0.6, -0.35]) / 1.5829  # (1·a*)² = 0.025 |a*|²
BOTH = BothLayers(np.array([1.0, 0.0, 0.0, 0.0, 0.0, 0.0]), OUTPUTS)


def test_one_step_is_the_formula() -> None:
    start = np.array([[1.0, 2.0, -0.5, 0.3]])
    outcome = gradient_descent(SHARED, start, step=0.3, steps=1)
    assert (outcome.parameters == start - 0.3 * SHARED.gradient(start)).all()


def test_shared_filter_from_the_sphere_reaches_the_teacher() -> None:
    start = draw(0, 0, 200, partial(initial.on_sphere, size=4))
    outcome = gradient_descent(SHARED, start, step=0.5, steps=2000, done=near(SHARED.teacher, 1e-6))
    assert outcome.count(Status.CONVERGED) == 200
    assert np.linalg.norm(outcome.parameters - SHARED.teacher, axis=1).max() <= 1e-6


def test_angle_falls_and_radius_stays_off_zero() -> None:
    # exact properties of the map for step sizes up to 1
    w = draw(1, 0, 100, partial(initial.gaussian, size=4))
    for _ in range(30):
        after = gradient_descent(SHARED, w, step=1.0, steps=1).parameters
        cosines = [x[:, 2] / np.linalg.norm(x, axis=1) for x in (w, after)]
        assert (cosines[1] >= cosines[0] - 1e-15).all()
        floor = np.minimum(np.linalg.norm(w, axis=1), 2 / (2 + math.pi))
        assert (np.linalg.norm(after, axis=1) >= floor - 1e-15).all()
        w = after


def test_stable_step_is_sharp() -> None:
    assert stable_step(SHARED, SHARED.teacher) == pytest.approx(2 * math.pi * 3 / (2 + math.pi))
    start = 1.01 * SHARED.teacher[None]
    for factor, status in [(0.98, Status.CONVERGED), (1.02, Status.LIMIT)]:
        step = factor * stable_step(SHARED, SHARED.teacher)
        outcome = gradient_descent(SHARED, start, step=step, steps=3000, done=near(SHARED.teacher, 1e-8))
        assert outcome.status.tolist() == [status]


def test_a_step_far_too_large_is_reported_with_its_number() -> None:
    start = np.array([[1.0, 1.0, 0.0, 0.0], [2.0, 0.0, 1.0, 0.0]])
    outcome = gradient_descent(SHARED, start, step=10.0, steps=500)
    assert outcome.count(Status.DIVERGED) == 2
    for run, number in enumerate(outcome.steps):
        inside = gradient_descent(SHARED, start[run : run + 1], step=10.0, steps=int(number) - 1)
        assert inside.count(Status.LIMIT) == 1


def test_schedules() -> None:
    start = np.array([[1.0, 2.0, -0.5, 0.3]])
    outcome = gradient_descent(SHARED, start, step=lambda number: 1 / (number + 2), steps=2)
    middle = start - SHARED.gradient(start) / 2
    assert outcome.parameters == pytest.approx(middle - SHARED.gradient(middle) / 3, rel=1e-14)


def test_other_stop_rules() -> None:
    start = draw(0, 0, 20, partial(initial.on_sphere, size=4))
    for done, value in [(small_gradient(SHARED, 1e-4), SHARED.gradient), (small_loss(SHARED, 1e-6), SHARED.loss)]:
        outcome = gradient_descent(SHARED, start, step=0.5, steps=2000, done=done, every=1)
        assert outcome.count(Status.CONVERGED) == 20
        assert np.abs(value(outcome.parameters)).max() <= 1e-4


def test_one_neuron_from_tians_ball() -> None:
    model = multi_neuron(np.array([[1.0, -1.0, 0.5]]))
    teacher = model.teacher_weights[0]
    radius = initial.tian_radius(3, float(np.linalg.norm(teacher)))
    start = draw(0, 0, 200, partial(initial.in_ball, size=3, radius=radius))
    outcome = gradient_descent(model, start, step=0.5, steps=500, done=near(teacher, 1e-6))
    assert outcome.count(Status.CONVERGED) == 200  # the theorem promises a share of (1 - 1/2)/2


def test_both_layers_have_two_ends_and_restarts_one() -> None:
    start = draw(0, 0, 64, partial(initial.both_layers, model=BOTH))
    plain = gradient_descent(BOTH, start, step=0.5, steps=1500)
    good = BOTH.loss(plain.parameters) < 1e-4
    assert 10 < good.sum() < 54
    four = sign_restarts(BOTH, start, step=0.5, steps=1500, done=small_loss(BOTH, 1e-6))
    assert four.parameters.shape == (64, 4, 10)
    assert (BOTH.loss(four.best()) < 1e-4).all()
    assert (four.loss.min(axis=1) == BOTH.loss(four.best())).all()


def test_signs() -> None:
    start = draw(0, 0, 3, partial(initial.both_layers, model=BOTH))
    four = signed_starts(BOTH, start)
    v, a = BOTH.split(start)
    for place, (sign, other) in enumerate(SIGNS):
        assert (four[:, place] == np.concatenate([sign * v, other * a], axis=1)).all()
    w, b = BOTH.split(four)
    assert (((b @ OUTPUTS > 0) & (w[..., 0] > 0)).sum(axis=1) == 1).all()


def test_normalised_descent_keeps_the_sum_bounded_and_lengthens_v() -> None:
    start = draw(2, 0, 50, partial(initial.both_layers, model=BOTH))
    outcome = gradient_descent(BOTH, start, step=both_layers_step(BOTH), steps=100)
    v, a = BOTH.split(outcome.parameters)
    assert (np.linalg.norm(v, axis=1) >= 1 - 1e-12).all()
    assert (np.abs(a.sum(axis=1)) <= abs(OUTPUTS.sum()) + 1e-12).all()


def test_projected_descent_stays_on_the_sphere() -> None:
    start = draw(2, 0, 50, partial(initial.both_layers, model=BOTH))
    outcome = gradient_descent(BOTH, start, step=0.5, steps=50, project=unit_part(6))
    assert np.linalg.norm(outcome.parameters[:, :6], axis=1) == pytest.approx(np.ones(50))
    free = gradient_descent(BOTH, start, step=0.5, steps=50)
    assert not np.allclose(outcome.parameters, free.parameters)


def test_projection_to_a_ball() -> None:
    states = np.array([[3.0, 4.0], [0.3, 0.4], [0.0, 0.0]])
    assert within_ball(1.0)(states) == pytest.approx(np.array([[0.6, 0.8], [0.3, 0.4], [0.0, 0.0]]))


@pytest.mark.parametrize("step", [0.0, -1.0, math.inf, math.nan])
def test_step_sizes_refused(step: float) -> None:
    with pytest.raises(ValueError, match="step size must be positive and finite"):
        gradient_descent(SHARED, np.ones((1, 4)), step=step, steps=1)
    with pytest.raises(ValueError, match="at step 3"):
        gradient_descent(SHARED, np.ones((1, 4)), step=lambda number: 0.1 if number < 3 else step, steps=5)


@pytest.mark.parametrize(
    ("start", "message"),
    [
        (np.ones((2, 5)), r"start: expected shape \(\.\.\., 4\), got \(2, 5\)"),
        (np.ones(4), r"start: expected shape \(runs, 4\), got \(4,\)"),
        (np.full((1, 4), np.nan), "NaN or infinite"),
        (np.zeros((1, 4)), "does not exist at w = 0"),
    ],
)
def test_starts_refused(start: np.ndarray, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        gradient_descent(SHARED, start, step=0.1, steps=1)
