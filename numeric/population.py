"""Gradient descent on population losses in closed form, for thousands of runs at once.

`gradient_descent` on a `NonOverlapping`, `Overlapping` or `TwoLayer` model is the plain method of Brutzkus & Globerson
2017 and Tian 2017.  On `BothLayers` it is the joint descent with weight normalisation of Du et al. 2018: v, not v/|v|,
is the parameter, and |v| grows.  With ``project=unit_part(p)`` v returns to the unit sphere after each step.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from relucert.numeric import plane
from relucert.numeric.arrays import norm
from relucert.numeric.descent import CHECK_EVERY, Done, Floats, Mask, Outcome, Status, iterate
from relucert.numeric.models.base import Model, of_size
from relucert.numeric.models.both_layers import BothLayers

WITHOUT_LOOKS = 128  # steps between looks for divergence when there is no stop rule

Projection = Callable[[Floats], Floats]  # (runs, size) -> (runs, size)
Step = float | Callable[[int], float]  # one step size, or the size of step 0, 1, ...


def gradient_descent(
    model: Model,
    start: Floats,
    *,
    step: Step,
    steps: int,
    done: Done | None = None,
    every: int = CHECK_EVERY,
    project: Projection | None = None,
) -> Outcome:
    """w <- project(w - step · gradient(w)) from every row of `start`.

    Parameters
    ----------
    start : (runs, size) array
    step : float or callable
        Positive.
    steps : int
        Limit.
    done : callable, optional
        Stop rule, one of `near`, `small_gradient` and `small_loss` for instance.
    every : int
        Steps between two looks at the stop rule.
    project : callable, optional
        Applied after each step, to the start not.
    """
    size = sizes(step)

    def advance(states: Floats, number: int) -> Floats:
        states = states - size(number) * model.gradient(states)
        return states if project is None else project(states)

    start, together = checked_start(model, start), plane.leap(model)
    if project is not None or together is None:
        return iterate(advance, start, steps=steps, done=done, every=every)

    def leap(states: Floats, first: int, last: int) -> Floats:
        return together(states, [size(number) for number in range(first, last)])

    # a look costs more than a step here: without a stop rule there is nothing to look for but divergence
    return iterate(
        lambda states, number: leap(states, number, number + 1),
        start,
        steps=steps,
        done=done,
        every=every if done is not None else max(every, WITHOUT_LOOKS),
        leap=leap,
    )


def sizes(step: Step) -> Callable[[int], float]:
    """The step size as a function of the step's number.

    Raises
    ------
    ValueError
        A size that is not positive and finite: of a number at once, of a schedule at its step.
    """

    def size(number: int) -> float:
        value: float = step(number) if callable(step) else step
        if not 0 < value < math.inf:
            raise ValueError(f"the step size must be positive and finite, got {value} at step {number}")
        return value

    size(0)
    return size


def checked_start(model: Model, start: Floats) -> Floats:
    """The start as an array (runs, model.size) of finite numbers."""
    start = of_size(start, model.size, "start")
    if start.ndim != 2:
        raise ValueError(f"start: expected shape (runs, {model.size}), got {start.shape}")
    if not np.isfinite(start).all():
        raise ValueError("start: has entries that are NaN or infinite")
    return start


def near(point: Floats, distance: float) -> Done:
    """Stop rule: |w - point| <= distance."""
    point = np.asarray(point)

    def done(states: Floats) -> Mask:
        return np.asarray(norm(states - point) <= distance)

    return done


def small_gradient(model: Model, bound: float) -> Done:
    """Stop rule: |gradient| <= bound, near any critical point."""

    def done(states: Floats) -> Mask:
        return np.asarray(norm(model.gradient(states)) <= bound)

    return done


def small_loss(model: Model, bound: float) -> Done:
    """Stop rule: loss <= bound."""

    def done(states: Floats) -> Mask:
        return np.asarray(model.loss(states) <= bound)

    return done


def unit_part(size: int) -> Projection:
    """The first `size` coordinates scaled to length 1: v of `BothLayers` back to the sphere."""

    def project(states: Floats) -> Floats:
        return np.concatenate([states[:, :size] / norm(states[:, :size])[:, None], states[:, size:]], axis=1)

    return project


def within_ball(radius: float) -> Projection:
    """States outside the ball back to its surface."""

    def project(states: Floats) -> Floats:
        return np.asarray(states * np.minimum(1, radius / np.maximum(norm(states), radius))[:, None])

    return project


def stable_step(model: Model, point: Floats) -> float:
    """2/(largest eigenvalue of the Hessian at a minimum): gradient descent near it converges below this step size.

    A matrix of size x size is formed: for one point, not for batches.
    """
    point = of_size(point, model.size, "point")
    hessian = model.curvature(point + np.zeros((model.size, 1)), np.eye(model.size))
    return 2 / float(np.linalg.eigvalsh((hessian + hessian.T) / 2)[-1])


def both_layers_step(model: BothLayers) -> float:
    """2 pi/(k + pi - 1): up to this step size |1·a| <= |1·a*||w*| is kept (Du et al. 2018 ask for O(1/k))."""
    return 2 * math.pi / (int(model.output_weights.shape[0]) + math.pi - 1)


@dataclass(frozen=True)
class Restarts:
    """Four runs from each start of `BothLayers`, one for each choice of signs of (v, a).

    Attributes
    ----------
    parameters : (runs, 4, size) array
        Last states, in the order of `SIGNS`.
    steps, status : (runs, 4) arrays
        As in `Outcome`.
    loss : (runs, 4) array
        Population loss of the last states; infinite for diverged runs.
    """

    parameters: Floats
    steps: NDArray[np.int64]
    status: NDArray[np.int8]
    loss: Floats

    def best(self) -> Floats:
        """The last state with the smallest loss of each four, (runs, size)."""
        return np.asarray(self.parameters[np.arange(len(self.loss)), self.loss.argmin(axis=1)])


SIGNS = ((1, 1), (1, -1), (-1, 1), (-1, -1))  # of v and of a


def signed_starts(model: BothLayers, start: Floats) -> Floats:
    """(v, a), (v, -a), (-v, a), (-v, -a): (runs, size) -> (runs, 4, size).

    With probability 1 one of them has a·a* > 0 and an angle below pi/2, as the theorem of Du et al. 2018 asks.
    """
    v, a = model.split(start)
    return np.stack([np.concatenate([sign * v, other * a], axis=-1) for sign, other in SIGNS], axis=-2)


def sign_restarts(
    model: BothLayers,
    start: Floats,
    *,
    step: Step,
    steps: int,
    done: Done | None = None,
    every: int = CHECK_EVERY,
    project: Projection | None = None,
) -> Restarts:
    """`gradient_descent` from the four sign choices of each start: Du et al. 2018."""
    starts = signed_starts(model, checked_start(model, start)).reshape(-1, model.size)
    outcome = gradient_descent(model, starts, step=step, steps=steps, done=done, every=every, project=project)
    four = (len(start), 4)
    loss = np.where(outcome.status == Status.DIVERGED, np.inf, model.loss(outcome.parameters))
    return Restarts(
        outcome.parameters.reshape(*four, model.size),
        outcome.steps.reshape(four),
        outcome.status.reshape(four),
        loss.reshape(four),
    )
