"""Model A: descent from uniform starts on the sphere, for growing numbers of patches (Brutzkus & Globerson 2017)."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from relucert.numeric import figures, initial
from relucert.numeric.checkpoint import Chunk
from relucert.numeric.descent import Outcome, Status
from relucert.numeric.experiment import Runner, Table
from relucert.numeric.models.base import positive
from relucert.numeric.models.non_overlapping import NonOverlapping
from relucert.numeric.population import gradient_descent, near
from relucert.numeric.seeds import draw as draw_starts

SUMMARY = "disjoint patches, one filter: every random start reaches the teacher; steps against the number of patches"
COLUMNS = ("patches", "starts", "reached", "median_steps", "most_steps", "grid_reached", "grid_most_steps")


@dataclass(frozen=True)
class Settings:
    size: int = field(default=8, metadata={"help": "coordinates of the filter, m"})
    most_patches: int = field(default=10, metadata={"help": "largest k; all from 1 on are tried"})
    starts: int = field(default=2000, metadata={"help": "uniform starts on the unit sphere for each k"})
    step: float = field(default=0.5, metadata={"help": "step size, at most 1: then the angle to the teacher falls"})
    distance: float = field(default=0.01, metadata={"help": "a run has arrived at |w - w*| <= distance (|w*| = 1)"})
    limit: int = field(default=100_000, metadata={"help": "most steps of a run"})

    def __post_init__(self) -> None:
        for name in ("size", "most_patches", "starts", "limit"):
            positive(getattr(self, name), name)
        if self.size < 2:
            raise ValueError("size must be at least 2: in one dimension the third critical point is a minimum")
        if not 0 < self.step <= 1:
            raise ValueError(f"step must lie in (0, 1], got {self.step}")
        if not 0 < self.distance < 1:
            raise ValueError(f"distance must lie in (0, 1), got {self.distance}")


def run(settings: Settings, runner: Runner) -> Table:
    """One row for each number of patches; the grid is r in [0.05, 2], angle in [0, pi - 0.1], 80 x 120 starts."""
    patches = range(1, settings.most_patches + 1)
    found: dict[int, list[Chunk]] = {k: [] for k in patches}
    work = partial(from_sphere, settings, runner.seed)
    for k, chunk in runner.over_cases(work, patches, settings.starts, 12 * 8 * settings.size):
        found[k].append(chunk)
    rows = []
    for k in patches:
        steps = np.concatenate([chunk["steps"] for chunk in found[k]])
        reached = sum(int(chunk["reached"].sum()) for chunk in found[k])
        grid = descend(settings, k, plane_grid())
        rows.append(
            (
                k,
                settings.starts,
                reached,
                float(np.median(steps)),
                int(steps.max()),
                grid.count(Status.CONVERGED),
                int(grid.steps.max()),
            )
        )
    return Table(COLUMNS, rows, findings(Table(COLUMNS, rows), settings))


def findings(table: Table, settings: Settings) -> list[str]:
    """What was seen, and what the theory says."""
    total, reached = sum(table.column("starts")), sum(table.column("reached"))
    grid = ", ".join(str(steps) for steps in table.column("grid_most_steps"))
    k, median = table.column("patches")[-1], table.column("median_steps")[-1]
    return [
        f"{reached} of {total} starts reached the teacher; the theorem says all with an angle below pi, "
        "which is almost every start.",
        f"Most steps from the grid of starts, k = 1 to {k}: {grid}.",
        f"At k = {k} half of the random starts took at most {median:.0f} steps.  Near the teacher the error falls by "
        f"1 - step/k per step in all directions but one: from distance 1 that alone is {local_steps(k, settings):.0f}.",
    ]


def local_steps(k: int, settings: Settings) -> float:
    """Steps from distance 1 at the slowest rate near the teacher, where the Hessian's least eigenvalue is 1/k."""
    rate = 1 - settings.step / k
    return math.log(settings.distance) / math.log(rate) if rate > 0 else 1


def from_sphere(settings: Settings, seed: int, k: int, first: int, last: int) -> Chunk:
    """Descent for k patches from the runs' starts: steps, and whether they reached the teacher."""
    start = draw_starts(seed, first, last, partial(initial.on_sphere, size=settings.size))
    outcome = descend(settings, k, start)
    return {"steps": outcome.steps, "reached": outcome.status == Status.CONVERGED}


def descend(settings: Settings, k: int, start: NDArray[np.floating]) -> Outcome:
    """Until |w - w*| <= distance; every step is looked at, so that the counts are exact."""
    model = NonOverlapping(np.eye(start.shape[1])[0], k)
    done = near(model.teacher, settings.distance)
    return gradient_descent(model, start, step=settings.step, steps=settings.limit, done=done, every=1)


def plane_grid() -> NDArray[np.float64]:
    """Starts in a plane through the teacher, (9600, 2): descent does not leave it."""
    r, theta = np.meshgrid(np.linspace(0.05, 2, 80), np.linspace(0, np.pi - 0.1, 120), indexing="ij")
    return np.stack([r * np.cos(theta), r * np.sin(theta)], axis=-1).reshape(-1, 2)


def draw(table: Table, settings: Settings, figure: Any) -> None:
    """Steps against k: median and slowest of the random starts, slowest of the grid."""
    (axes,) = figures.panels(figure, 1)
    k = np.array(table.column("patches"))
    for place, (column, label) in enumerate(
        [
            ("median_steps", "random starts, median"),
            ("most_steps", "random starts, slowest"),
            ("grid_most_steps", "grid up to the angle π − 0.1, slowest"),
        ]
    ):
        axes.plot(k, table.column(column), label=label, **figures.series(place))
    steps = [local_steps(int(patches), settings) for patches in k]
    axes.plot(k, steps, label="rate 1 − step/k near the teacher", **figures.reference())
    axes.set_xlabel("patches k")
    axes.set_ylabel(f"steps to |w − w*| ≤ {settings.distance:g}")
    axes.set_ylim(bottom=0)
    axes.set_xticks(k[:: max(1, len(k) // 10)])
    axes.set_title(f"Disjoint patches, step size {settings.step:g}, {settings.starts} starts each", fontsize=10)
    axes.legend(fontsize=8, frameon=False)
