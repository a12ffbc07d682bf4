"""Descent on samples: finds the teacher, safe default step, exact divergence, refusals, chunks without effect."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from relucert.numeric.data import default_step, empirical_descent, shared_filter
from relucert.numeric.descent import Floats, Status
from relucert.numeric.experiment import Runner

TEACHER = np.array([1.0, -0.5, 0.25])
PATCHES = 2


def samples(count: int = 60, seed: int = 0) -> tuple[Floats, Floats]:
    inputs = np.random.default_rng(seed).standard_normal((count, 6))
    return inputs, np.maximum(inputs.reshape(count, PATCHES, 3) @ TEACHER, 0).mean(1)


def test_starts_find_the_teacher_of_many_samples() -> None:
    inputs, targets = samples(300)
    fit = empirical_descent(inputs, targets, PATCHES, Runner(), starts=100, steps=2000)
    assert fit.parameters.shape == (100, 3)
    assert not (fit.status == Status.DIVERGED).any()
    assert fit.parameters[fit.best] == pytest.approx(TEACHER, abs=1e-9)
    assert (fit.loss < 1e-15).mean() > 0.9


def test_losses_are_mean_squared_errors() -> None:
    inputs, targets = samples()
    fit = empirical_descent(inputs, targets, PATCHES, Runner(), starts=5, steps=3)
    hidden = np.maximum(np.einsum("nkm,rm->rnk", inputs.reshape(-1, PATCHES, 3), fit.parameters), 0)
    assert fit.loss == pytest.approx(((hidden.mean(-1) - targets) ** 2).mean(-1), rel=1e-13)
    assert fit.loss[fit.best] == fit.loss.min()


@pytest.mark.parametrize("seed", range(5))
def test_the_default_step_never_raises_a_loss(seed: int) -> None:
    inputs, targets = samples(8, seed)
    model = shared_filter(inputs, targets, PATCHES)
    step = default_step(inputs, PATCHES)
    states = 3 * np.random.default_rng(seed).standard_normal((50, 3))
    before = model.sample_loss(states, inputs, targets)
    for _ in range(30):
        states = states - step * model.sample_gradient(states, inputs, targets)
        after = model.sample_loss(states, inputs, targets)
        assert (after <= before * (1 + 1e-12)).all()
        before = after


def test_the_default_step_of_zero_inputs() -> None:
    assert default_step(np.zeros((4, 6)), PATCHES) == 1


def test_divergence_is_reported_with_its_step() -> None:
    inputs, targets = samples()
    fit = empirical_descent(inputs, targets, PATCHES, Runner(), starts=20, steps=100, step=1e3)
    lost = fit.status == Status.DIVERGED
    assert lost.any()
    assert np.isinf(fit.loss[lost]).all()
    assert (fit.steps[lost] < 30).all()
    model = shared_filter(inputs, targets, PATCHES)
    run = int(np.flatnonzero(lost)[0])
    last = fit.parameters[run]
    assert np.abs(last).max() < 1e12 <= np.abs(last - 1e3 * model.sample_gradient(last, inputs, targets)).max()


def test_chunks_and_workers_do_not_change_a_bit() -> None:
    inputs, targets = samples(20)
    one = empirical_descent(inputs, targets, PATCHES, Runner(seed=3), starts=700, steps=20)
    with ThreadPoolExecutor(8) as executor:
        runner = Runner(seed=3, executor=executor, workers=8, memory=20_000_000)
        other = empirical_descent(inputs, targets, PATCHES, runner, starts=700, steps=20)
    for name in ("parameters", "loss", "steps", "status"):
        assert getattr(one, name).tobytes() == getattr(other, name).tobytes()
    fewer = empirical_descent(inputs, targets, PATCHES, Runner(seed=3), starts=300, steps=20)
    assert fewer.parameters.tobytes() == one.parameters[:300].tobytes()


INPUTS, TARGETS = samples(4)
NAN = np.where(np.arange(6) == 2, np.nan, INPUTS)


@pytest.mark.parametrize(
    ("inputs", "targets", "patches", "message"),
    [
        (INPUTS[0], TARGETS, 2, r"inputs: expected shape \(n, k m\), got \(6,\)"),
        (INPUTS[:0], TARGETS[:0], 2, r"inputs: expected shape \(n, k m\), got \(0, 6\)"),
        (INPUTS, TARGETS[:3], 2, r"targets: expected shape \(4,\), got \(3,\)"),
        (INPUTS, TARGETS[:, None], 2, r"targets: expected shape \(4,\), got \(4, 1\)"),
        (INPUTS, TARGETS, 4, "6 columns cannot be cut into 4 patches"),
        (INPUTS, TARGETS, 0, "6 columns cannot be cut into 0 patches"),
        (NAN, TARGETS, 2, "inputs: has entries that are NaN or infinite"),
        (INPUTS, TARGETS + np.inf, 2, "targets: has entries that are NaN or infinite"),
    ],
)
def test_data_refused(inputs: Floats, targets: Floats, patches: int, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        empirical_descent(inputs, targets, patches, Runner())


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"step": 0.0}, "step must be positive and finite, got 0.0"),
        ({"step": float("nan")}, "step must be positive and finite, got nan"),
        ({"scale": -1.0}, "scale must be positive"),
        ({"starts": 0}, "starts must be at least 1 .* got 0"),
        ({"steps": -1}, "steps at least 0, got 1000 and -1"),
    ],
)
def test_options_refused(options: dict[str, float], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        empirical_descent(INPUTS, TARGETS, PATCHES, Runner(), **options)  # type: ignore[arg-type]
