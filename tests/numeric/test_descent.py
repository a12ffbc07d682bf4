"""Stop rule, exact divergence, rows that do not see each other, limits."""

from __future__ import annotations

import numpy as np
import pytest

from relucert.numeric.descent import HUGE, Floats, Mask, Status, iterate

START = np.array([[1.0], [1000.0], [1e-3]])


def halve(states: Floats, step: int) -> Floats:
    return states / 2


def double(states: Floats, step: int) -> Floats:
    return states * 2


def small(states: Floats) -> Mask:
    return np.asarray(np.abs(states[:, 0]) < 1e-2)


def test_stops_at_the_first_look_that_satisfies_the_rule() -> None:
    outcome = iterate(halve, START, steps=100, done=small, every=1)
    assert outcome.steps.tolist() == [7, 17, 0]
    assert outcome.parameters[:, 0].tolist() == [2.0**-7, 1000 * 2.0**-17, 1e-3]
    assert outcome.count(Status.CONVERGED) == 3
    assert iterate(halve, START, steps=100, done=small, every=16).steps.tolist() == [16, 32, 0]


def test_start_is_not_changed_and_steps_are_numbered() -> None:
    seen: list[int] = []

    def note(states: Floats, step: int) -> Floats:
        seen.append(step)
        return states + 1

    start = START.copy()
    outcome = iterate(note, start, steps=35)
    assert seen == list(range(35))
    assert (start == START).all()
    assert (outcome.parameters == START + 35).all()
    assert outcome.steps.tolist() == [35] * 3
    assert outcome.count(Status.LIMIT) == 3


@pytest.mark.parametrize("every", [1, 7, 16, 100])
@pytest.mark.parametrize("separate", [True, False])
def test_divergence_has_its_exact_step_and_last_state(separate: bool, every: int) -> None:
    outcome = iterate(double, START, steps=60, every=every, separate=separate)
    assert outcome.status.tolist() == [Status.DIVERGED] * 3
    assert outcome.steps.tolist() == [40, 30, 50]  # 2**40 > 1e12 > 2**39
    assert (np.abs(outcome.parameters) < HUGE).all()
    assert (np.abs(outcome.parameters * 2) >= HUGE).all()


def test_nan_is_divergence() -> None:
    def broken(states: Floats, step: int) -> Floats:
        return np.where((states > 100) & (step == 4), np.nan, states + 1)

    outcome = iterate(broken, START, steps=20)
    assert outcome.status.tolist() == [Status.LIMIT, Status.DIVERGED, Status.LIMIT]
    assert outcome.steps.tolist() == [20, 5, 20]
    assert outcome.parameters[1, 0] == 1004


@pytest.mark.parametrize("separate", [True, False])
def test_a_run_that_has_ended_keeps_its_state(separate: bool) -> None:
    outcome = iterate(halve, START, steps=12, done=small, every=1, separate=separate)
    assert outcome.status.tolist() == [Status.CONVERGED, Status.LIMIT, Status.CONVERGED]
    assert outcome.parameters[:, 0].tolist() == [2.0**-7, 1000 * 2.0**-12, 1e-3]


@pytest.mark.parametrize("separate", [True, False])
def test_mixed_ends(separate: bool) -> None:
    def advance(states: Floats, step: int) -> Floats:
        return np.where(states > 10, states * 10, states / 2)

    outcome = iterate(advance, START, steps=30, done=small, every=4, separate=separate)
    assert outcome.status.tolist() == [Status.CONVERGED, Status.DIVERGED, Status.CONVERGED]
    assert outcome.steps.tolist() == [8, 9, 0]


def test_rows_do_not_depend_on_the_batch() -> None:
    generator = np.random.default_rng(0)
    start = generator.standard_normal((40, 3)) * np.geomspace(1e-3, 1e5, 40)[:, None]

    def advance(states: Floats, step: int) -> Floats:
        return states - 0.3 * states * (1 - states * states / 50)

    whole = iterate(advance, start, steps=50, done=small)
    assert len(set(whole.status.tolist())) >= 2
    for rows in (slice(0, 1), slice(7, 23), slice(39, 40)):
        part = iterate(advance, start[rows], steps=50, done=small)
        assert (part.parameters == whole.parameters[rows]).all()
        assert (part.steps == whole.steps[rows]).all()
        assert (part.status == whole.status[rows]).all()


def test_no_steps() -> None:
    outcome = iterate(halve, START, steps=0, done=small)
    assert outcome.status.tolist() == [Status.LIMIT, Status.LIMIT, Status.CONVERGED]
    assert (outcome.parameters == START).all()


def test_precision_is_kept() -> None:
    assert iterate(halve, START.astype(np.float32), steps=3).parameters.dtype == np.float32


@pytest.mark.parametrize(
    ("start", "steps", "every", "message"),
    [
        (np.ones(3), 1, 1, r"expected shape \(runs, size\), got \(3,\)"),
        (START, -1, 1, "at least 0 .* got -1"),
        (START, 1, 0, "every at least 1"),
    ],
)
def test_refusals(start: Floats, steps: int, every: int, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        iterate(halve, start, steps=steps, every=every)
