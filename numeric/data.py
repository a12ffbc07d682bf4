"""Gradient descent on given samples: one filter shared by k disjoint patches, many starts at once."""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from relucert.numeric.checkpoint import Chunk
from relucert.numeric.descent import Floats, Status, iterate
from relucert.numeric.experiment import Runner
from relucert.numeric.models.non_overlapping import NonOverlapping
from relucert.numeric.seeds import draw

STALLED = 1e-12  # a relative change of the parameters in a step below which a run has converged


@dataclass(frozen=True)
class Fit:
    """What the runs found.

    Attributes
    ----------
    parameters : (runs, m) array
    loss : (runs,) array
        Mean squared error on the samples; infinite for diverged runs.
    steps : (runs,) int array
    status : (runs,) int8 array of Status
    """

    parameters: Floats
    loss: Floats
    steps: NDArray[np.int64]
    status: NDArray[np.int8]

    @property
    def best(self) -> int:
        """The run with the smallest loss."""
        return int(self.loss.argmin())


def shared_filter(inputs: Floats, targets: Floats, patches: int) -> NonOverlapping:
    """The network f(x; w) = (1/k) sum over patches of relu(w·x_i) for these samples.

    Raises
    ------
    ValueError
        Entries that are NaN or infinite, or shapes that do not fit; the message has the expected and the given one.
    """
    if inputs.ndim != 2 or not inputs.size:
        raise ValueError(f"inputs: expected shape (n, k m), got {inputs.shape}")
    if targets.shape != inputs.shape[:1]:
        raise ValueError(f"targets: expected shape ({inputs.shape[0]},), got {targets.shape}")
    if patches < 1 or inputs.shape[1] % patches:
        raise ValueError(f"{inputs.shape[1]} columns cannot be cut into {patches} patches of one size")
    for name, array in (("inputs", inputs), ("targets", targets)):
        if not np.isfinite(array).all():
            raise ValueError(f"{name}: has entries that are NaN or infinite")
    # losses on samples do not look at the model's own teacher
    return NonOverlapping(np.ones(inputs.shape[1] // patches), patches)


def default_step(inputs: Floats, patches: int) -> float:
    """1/L for a bound L of the sample loss's curvature: 2/(n k) times the largest eigenvalue of sum of x_i x_iᵀ."""
    stacked = inputs.reshape(-1, inputs.shape[1] // patches)
    largest = float(np.linalg.eigvalsh(stacked.T @ stacked)[-1])
    # (1/k sum_i r_i)^2 <= (1/k) sum_i r_i^2
    return 1.0 if largest == 0 else len(inputs) * patches / (2 * largest)


def _starts(size: int, scale: float, generator: np.random.Generator, count: int) -> Floats:
    return np.asarray(scale * generator.standard_normal((count, size)) / np.sqrt(size))


def _chunk(
    samples: tuple[Floats, Floats, int], step: float, steps: int, scale: float, seed: int, first: int, last: int
) -> Chunk:
    inputs, targets, patches = samples
    model = shared_filter(inputs, targets, patches)
    start = draw(seed, first, last, functools.partial(_starts, model.size, scale))

    def advance(states: Floats, number: int) -> Floats:
        del number
        return np.asarray(states - step * model.sample_gradient(states, inputs, targets))

    def done(states: Floats) -> NDArray[np.bool_]:
        move = step * np.linalg.norm(model.sample_gradient(states, inputs, targets), axis=1)
        return np.asarray(move <= STALLED * (1 + np.linalg.norm(states, axis=1)))

    outcome = iterate(advance, start, steps=steps, done=done)
    loss = np.where(outcome.status == Status.DIVERGED, np.inf, model.sample_loss(outcome.parameters, inputs, targets))
    return {"parameters": outcome.parameters, "loss": loss, "steps": outcome.steps, "status": outcome.status}


def empirical_descent(
    inputs: Floats,
    targets: Floats,
    patches: int,
    runner: Runner,
    *,
    starts: int = 1000,
    steps: int = 1000,
    step: float | None = None,
    scale: float = 1.0,
) -> Fit:
    """Descend on the mean squared error (1/n) sum (f(x; w) - y)² from Gaussian starts with E|w|² = scale².

    Parameters
    ----------
    inputs : (n, k m) array
    targets : (n,) array
    patches : int
        k.
    step : float, optional
        Step size; by default the reciprocal of a bound of the curvature, which cannot diverge.

    Raises
    ------
    ValueError
        As `shared_filter`; numbers of starts, steps or sizes that are not positive.
    """
    if starts < 1 or steps < 0:
        raise ValueError(f"starts must be at least 1 and steps at least 0, got {starts} and {steps}")
    for name, value in (("step", 1.0 if step is None else step), ("scale", scale)):
        if not 0 < value < np.inf:
            raise ValueError(f"{name} must be positive and finite, got {value}")
    model = shared_filter(inputs, targets, patches)
    size = default_step(inputs, patches) if step is None else step
    work = functools.partial(_chunk, (inputs, targets, patches), size, steps, scale, runner.seed)
    # per run: the pre-activations, the activations and the weighted errors of all samples and patches
    per_run = 8 * (3 * len(inputs) * patches + 6 * model.size)
    chunks = list(runner.over_runs(work, starts, per_run))
    joined = {name: np.concatenate([chunk[name] for chunk in chunks]) for name in chunks[0]}
    return Fit(joined["parameters"], joined["loss"], joined["steps"], joined["status"])
