"""Perturbed gradient descent with noise annealing (Zhou, Liu, Li, Lin, Zhou & Zhao 2019) on model B.

In epoch i, with radii rho_w, rho_a, step size eta and T steps, each step draws xi uniformly from the ball of radius
rho_w in R^p and epsilon uniformly from the ball of radius rho_a in R^k, and sets

    w <- (w - eta g_w)/|w - eta g_w|,    a <- a - eta g_a,    (g_w, g_a) = gradient of L at (w + xi, a + epsilon).

L is the loss of `BothLayers`, a function of w/|w|: its gradient in w is orthogonal to w + xi and falls with 1/|w + xi|.
Large noise first leads away from the spurious minimum; then the radii are driven to 0.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from relucert.numeric.arrays import norm
from relucert.numeric.descent import CHECK_EVERY, Done, Floats, Outcome
from relucert.numeric.models.both_layers import BothLayers
from relucert.numeric.population import checked_start, unit_part
from relucert.numeric.seeds import BLOCK
from relucert.numeric.stochastic import iterate_with_noise


@dataclass(frozen=True)
class Epoch:
    """One epoch: radii of the noise in w and in a (0: none), step size, number of steps."""

    noise_filter: float
    noise_output: float
    step: float
    steps: int

    def __post_init__(self) -> None:
        if not (0 <= self.noise_filter < np.inf and 0 <= self.noise_output < np.inf):
            raise ValueError(f"radii of noise must not be negative, got {self.noise_filter} and {self.noise_output}")
        if not 0 < self.step < np.inf or self.steps < 0:
            raise ValueError(f"step must be positive and steps not negative, got {self.step} and {self.steps}")


def large_then_small(first: Epoch, factor: float, epochs: int, steps: int) -> list[Epoch]:
    """A first epoch of large noise, then epochs of `steps` steps whose radii fall by `factor` < 1 each."""
    if not 0 <= factor < 1:
        raise ValueError(f"factor must lie in [0, 1), got {factor}")
    radii = ((first.noise_filter * factor**i, first.noise_output * factor**i) for i in range(1, epochs + 1))
    return [first, *(Epoch(w, a, first.step, steps) for w, a in radii)]


def perturbed_descent(
    model: BothLayers,
    start: Floats,
    epochs: Iterable[Epoch],
    *,
    first: int,
    seed: int,
    projected: bool = True,
    unit_gradient: bool = False,
    done: Done | None = None,
    every: int = CHECK_EVERY,
) -> Sequence[Outcome]:
    """All epochs one after the other, from every row of `start`: the outcome after each of them.

    Parameters
    ----------
    start : (runs, p + k) array
    first, seed
        As in `stochastic.iterate_with_noise`.
    projected : bool
        w back to the unit sphere after every step, as published.  Without, the noise shrinks against |w|, which grows.
    unit_gradient : bool
        g_w is the gradient at the direction of w + xi, longer by the factor |w + xi|: large noise does not slow w down.
    done : callable, optional
        Stop rule of the last epoch.
    """
    p, k = model.filter.shape[0], model.output_weights.shape[0]
    project = unit_part(p)
    states, before, found = checked_start(model, start), 0, []
    if projected:
        states = project(states)
    planned = list(epochs)
    for place, epoch in enumerate(planned):

        def advance(states: Floats, number: int, noise: Generator, rows: slice, epoch: Epoch = epoch) -> Floats:
            moved = states + perturbation(noise, p, k, epoch)[rows]
            states = states - epoch.step * model.gradient(project(moved) if unit_gradient else moved)
            return project(states) if projected else states

        outcome = iterate_with_noise(
            advance,
            states,
            first=first,
            seed=seed,
            steps=epoch.steps,
            before=before,
            done=done if place == len(planned) - 1 else None,
            every=every,
        )
        found.append(outcome)
        states, before = outcome.parameters, before + epoch.steps
    return found


def perturbation(noise: Generator, p: int, k: int, epoch: Epoch) -> Floats:
    """(xi, epsilon) for the 256 runs of a block, (256, p + k)."""
    # the first d coordinates of a uniform point on the sphere in R^(d+2) are uniform in the ball of R^d
    drawn = noise.standard_normal((BLOCK, p + k + 4))
    xi, epsilon = drawn[:, : p + 2], drawn[:, p + 2 :]
    return np.concatenate(
        [
            epoch.noise_filter * xi[:, :p] / norm(xi)[:, None],
            epoch.noise_output * epsilon[:, :k] / norm(epsilon)[:, None],
        ],
        axis=1,
    )
