"""Model A by stochastic gradient descent on fresh Gaussian samples: distance against steps for several batch sizes."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from relucert.numeric import figures, initial
from relucert.numeric.arrays import norm
from relucert.numeric.checkpoint import Chunk
from relucert.numeric.experiment import Runner, Table, whole_numbers
from relucert.numeric.models.base import positive
from relucert.numeric.models.non_overlapping import NonOverlapping
from relucert.numeric.population import gradient_descent
from relucert.numeric.seeds import draw as draw_starts
from relucert.numeric.seeds import generator
from relucert.numeric.stochastic import stochastic_descent

SUMMARY = "disjoint patches, fresh samples in every step: distance to the teacher against steps, by batch size"
COLUMNS = ("batch", "step", "lower", "median", "upper")  # batch 0: the population's gradient
LEAST = 1e-12  # smaller distances are rounding
PROBES, PROBE_SEED = 200_000, 2**31 - 1  # samples for the second moment, whatever the experiment's seed


@dataclass(frozen=True)
class Settings:
    size: int = field(default=16, metadata={"help": "coordinates of the filter, m"})
    patches: int = field(default=2, metadata={"help": "k"})
    batches: str = field(default="1,4,16,64", metadata={"help": "samples in each step; several with commas"})
    starts: int = field(default=128, metadata={"help": "uniform starts on the sphere, the same for each batch size"})
    step: float = field(default=0.2, metadata={"help": "step size, constant, at most 1"})
    steps: int = field(default=400, metadata={"help": "steps of a run"})
    every: int = field(default=10, metadata={"help": "steps between two recorded distances"})

    def __post_init__(self) -> None:
        for name in ("patches", "starts", "steps", "every"):
            positive(getattr(self, name), name)
        if self.size < 2:
            raise ValueError(f"size must be at least 2, got {self.size}")
        if not 0 < self.step <= 1:
            raise ValueError(f"step must lie in (0, 1], got {self.step}")
        whole_numbers(self.batches, "batches")

    def model(self) -> NonOverlapping:
        """w* = e_1."""
        return NonOverlapping(np.eye(self.size)[0], self.patches)

    def times(self) -> list[int]:
        """The steps that are recorded."""
        return [*range(0, self.steps, self.every), self.steps]


def run(settings: Settings, runner: Runner) -> Table:
    """One row for each batch size and recorded step."""
    batches = [0, *whole_numbers(settings.batches, "batches")]
    found: dict[int, list[Chunk]] = {batch: [] for batch in batches}
    # inputs of a block of runs in one step, and what the gradient makes of them
    per_run = 8 * max(batches) * settings.patches * (settings.size + 4)
    work = partial(descend, settings, runner.seed)
    for batch, chunk in runner.over_cases(work, batches, settings.starts, per_run):
        found[batch].append(chunk)
    rows = []
    for batch in batches:
        distance = np.concatenate([chunk["distance"] for chunk in found[batch]])
        quartiles = np.quantile(distance, [0.25, 0.5, 0.75], axis=0).T
        rows += [(batch, time, *map(float, q)) for time, q in zip(settings.times(), quartiles, strict=True)]
    return Table(COLUMNS, rows, findings(Table(COLUMNS, rows), settings))


def descend(settings: Settings, seed: int, batch: int, first: int, last: int) -> Chunk:
    """Distances of the runs at the recorded steps, (runs, times)."""
    model, times = settings.model(), settings.times()
    states = draw_starts(seed, first, last, partial(initial.on_sphere, size=settings.size))
    kept = [norm(states - model.teacher)]
    for before, after in pairwise(times):
        count = after - before
        if batch:
            outcome = stochastic_descent(
                model, states, step=settings.step, steps=count, first=first, seed=seed, batch=batch, before=before
            )
        else:
            outcome = gradient_descent(model, states, step=settings.step, steps=count)
        states = outcome.parameters
        kept.append(norm(states - model.teacher))
    return {"distance": np.stack(kept, axis=1)}


def second_moment(settings: Settings) -> float:
    """uᵀ E(A²) u for a unit vector u orthogonal to w*, A = 2 ∇f ∇fᵀ the Hessian of one sample's loss at w*."""
    inputs = generator(PROBE_SEED).standard_normal((PROBES, settings.patches, settings.size))
    slope = (inputs * (inputs[..., :1] > 0)).mean(axis=1)
    return float((4 * (slope**2).sum(axis=1) * (slope[:, 1:] ** 2).mean(axis=1)).mean())


def factors(settings: Settings, batch: int, moment: float) -> tuple[float, float]:
    """Factors of the distance per step near w*, in the directions orthogonal to it: of its mean, and of its size.

    The second is the root of (1 - step/k)² + step² (uᵀ E(A²) u - 1/k²)/batch.
    """
    plain = 1 - settings.step / settings.patches
    spread = 0.0 if batch == 0 else settings.step**2 * (moment - 1 / settings.patches**2) / batch
    return plain, math.sqrt(plain**2 + spread)


def medians(table: Table) -> dict[int, NDArray[np.float64]]:
    """Steps, lower quartiles, medians and upper quartiles by batch size, (4, times)."""
    found: dict[int, list[Any]] = {}
    for batch, *cells in table.rows:
        found.setdefault(int(batch), []).append(cells)
    return {batch: np.array(rows, dtype=float).T for batch, rows in found.items()}


def seen_factor(curve: NDArray[np.float64]) -> float:
    """Factor of the median per step, from the second half of the steps with medians in (1e-10, 0.1); nan if too few."""
    steps, median = curve[0], curve[2]
    kept = (median > 100 * LEAST) & (median < 0.1)
    kept &= steps >= np.median(steps[kept]) if kept.any() else False
    return math.nan if kept.sum() < 3 else math.exp(float(np.polyfit(steps[kept], np.log(median[kept]), 1)[0]))


def findings(table: Table, settings: Settings) -> list[str]:
    """What was seen, and what the theory says."""
    moment = second_moment(settings)
    falling, growing = [], []
    for batch, curve in medians(table).items():
        size = factors(settings, batch, moment)[1]
        if batch and curve[2, -1] > curve[2, 0]:
            growing.append(f"batches of {batch} ({size:.4f})")
        elif batch:
            falling.append(f"{seen_factor(curve):.4f} with batches of {batch} (at most {size:.4f})")
        else:
            falling.append(f"{seen_factor(curve):.4f} with the population's gradient ({size:.4f} = 1 - step/k)")
    last = ", ".join(
        (f"{curve[2, -1]:.2g}" if curve[2, -1] >= LEAST else f"below {LEAST:g}") + f" ({batch or 'population'})"
        for batch, curve in medians(table).items()
    )
    sentences = [
        f"Median distance after {settings.steps} steps of a constant size, by batch size: {last}.  The targets have no "
        "errors, so that the gradient's noise vanishes at the teacher, and where the distance falls it falls "
        "geometrically.",
        f"Factor of the median distance per step, with that of its root mean square near the teacher by theory: "
        f"{'; '.join(falling)}.",
    ]
    if growing:
        sentences.append(f"The distance grows with {', '.join(growing)}: a factor above 1 near the teacher already.")
    return sentences


def above_rounding(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """The values, nan in place of those below 1e-12."""
    return np.where(values < LEAST, math.nan, values)


def draw(table: Table, settings: Settings, figure: Any) -> None:
    """Medians with quartiles on a logarithmic scale, and the population's rate."""
    (axes,) = figures.panels(figure, 1, width=6.2, height=4.4)
    found = medians(table)
    for place, (batch, curve) in enumerate(pair for pair in found.items() if pair[0]):
        style = {**figures.series(place), "markevery": max(1, len(curve[0]) // 10)}
        steps, lower, median, upper = curve
        axes.semilogy(steps, above_rounding(median), label=f"batches of {batch}", **style)
        axes.fill_between(steps, above_rounding(lower), above_rounding(upper), color=style["color"], alpha=0.15)
    steps, _, median, _ = found[0]
    axes.semilogy(steps, above_rounding(median), label="population's gradient", **figures.reference())
    axes.set_xlabel("step")
    axes.set_ylabel("|w − w*|: median and quartiles")
    axes.set_title(f"Fresh samples, k = {settings.patches}, m = {settings.size}, step size {settings.step:g}, "
                   f"{settings.starts} starts", fontsize=10)  # fmt: skip
    axes.legend(fontsize=8, frameon=False)
