"""Thousands of runs of an iterative method at once, with stop rules and honest reports of divergence."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating]
Advance = Callable[[Floats, int], Floats]  # (states, number of the step from 0) -> next states; may reuse no argument
Mask = NDArray[np.bool_]
Leap = Callable[[Floats, int, int], Floats]  # (states, first step, step to stop before) -> states
Done = Callable[[Floats], Mask]  # (runs, size) -> (runs,)

CHECK_EVERY = 16  # steps between looks at the stop rule: a look costs about as much as a step
HUGE = 1e12  # a parameter of this size is a run that has left for infinity


class Status(IntEnum):
    """How a run ended."""

    LIMIT = 0  # out of steps
    CONVERGED = 1  # the stop rule holds
    DIVERGED = 2  # a parameter beyond 1e12 or not finite


@dataclass(frozen=True)
class Outcome:
    """What became of the runs.

    Attributes
    ----------
    parameters : (runs, size) array
        The last state; of a diverged run the last one below 1e12.
    steps : (runs,) int array
        Steps taken: to the first look at which the stop rule held (looks are `every` steps apart), to divergence
        (exact), or the limit.
    status : (runs,) int8 array of Status
    """

    parameters: Floats
    steps: NDArray[np.int64]
    status: NDArray[np.int8]

    def count(self, status: Status) -> int:
        """How many runs ended so."""
        return int((self.status == status).sum())


def iterate(
    advance: Advance,
    start: Floats,
    *,
    steps: int,
    done: Done | None = None,
    every: int = CHECK_EVERY,
    separate: bool = True,
    leap: Leap | None = None,
) -> Outcome:
    """Advance all runs until each has converged, diverged or taken `steps` steps.

    Parameters
    ----------
    advance : callable
        ``advance(states, step)`` returns the states after the step; a function of its arguments alone: steps are
        repeated to find where a run diverged.  A method with random numbers draws them from the step's own generator.
    start : (runs, size) array
        Not changed.
    steps : int
        Limit, at least 0.
    done : callable, optional
        The stop rule.
    every : int
        Steps between two looks.
    separate : bool
        `advance` treats each row by itself, so that runs that have ended leave the batch and the work shrinks.
        False for methods with random numbers: their rows keep their places until all runs have ended.
    leap : callable, optional
        ``leap(states, first, last)`` returns the states after the steps first, ..., last - 1, faster than `advance`.
    """
    if start.ndim != 2:
        raise ValueError(f"start: expected shape (runs, size), got {start.shape}")
    if steps < 0 or every < 1:
        raise ValueError(f"steps must be at least 0 and every at least 1, got {steps} and {every}")
    outcome = Outcome(start.copy(), np.full(len(start), steps), np.zeros(len(start), dtype=np.int8))
    rows, states, number = np.arange(len(start)), start.copy(), 0
    running = np.ones(len(start), dtype=np.bool_)  # of the rows in the batch

    def end(ended: Mask, last: Floats, when: NDArray[np.int64] | int, status: Status) -> None:
        nonlocal rows, states, running
        places = rows[ended]
        outcome.parameters[places], outcome.steps[places], outcome.status[places] = last, when, status
        running &= ~ended
        if separate:
            rows, states, running = rows[running], states[running], running[running]

    with np.errstate(over="ignore", invalid="ignore"):
        while True:
            if done is not None and running.any():
                ended = running & done(states)
                end(ended, states[ended], number, Status.CONVERGED)
            if number == steps or not running.any():
                break
            before, reached = states, number
            number = min(reached + every, steps)
            if leap is not None:
                states = leap(states, reached, number)
            else:
                for step in range(reached, number):
                    states = advance(states, step)
            lost = running & ~_bounded(states)
            if lost.any():
                end(lost, *_exact_divergence(advance, before, lost, reached, separate), Status.DIVERGED)
    outcome.parameters[rows[running]] = states[running]
    return outcome


def _bounded(states: Floats) -> Mask:
    return np.asarray((np.abs(states) < HUGE).all(axis=1))  # false for NaN


def _exact_divergence(
    advance: Advance, before: Floats, lost: Mask, reached: int, separate: bool
) -> tuple[Floats, NDArray[np.int64]]:
    """Repeat the last steps one by one: the last states below the bound, and the steps that left it."""
    states = before[lost] if separate else before
    places = np.arange(len(states)) if separate else np.flatnonzero(lost)
    last, when, number = states[places].copy(), np.full(len(places), -1), reached
    while (when < 0).any():
        states = advance(states, number)
        number += 1
        inside = _bounded(states)[places]
        when[(when < 0) & ~inside] = number
        last[when < 0] = states[places][when < 0]
    return last, when
