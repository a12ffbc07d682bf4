"""Model A in a plane through the teacher: level lines, ways of descent, the three critical points."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from relucert.numeric import figures, initial
from relucert.numeric.checkpoint import Chunk
from relucert.numeric.descent import Status
from relucert.numeric.experiment import Runner, Table
from relucert.numeric.models.base import positive
from relucert.numeric.models.non_overlapping import NonOverlapping
from relucert.numeric.population import gradient_descent, near
from relucert.numeric.seeds import draw as draw_starts

SUMMARY = "disjoint patches, two coordinates: landscape, ways of descent, the degenerate saddle opposite to the teacher"
COLUMNS = ("run", "step", "w_1", "w_2", "loss")
CLOSE = 0.01
SPACING = 0.04  # of the recorded states
LEAST_ANGLE = 0.02  # of the starts beside the ray opposite to the teacher, to that ray


@dataclass(frozen=True)
class Settings:
    patches: int = field(default=4, metadata={"help": "k"})
    starts: int = field(default=1000, metadata={"help": "uniform starts on the unit circle for the steps"})
    trajectories: int = field(default=18, metadata={"help": "starts whose way is recorded, two of them beside -w*"})
    step: float = field(default=0.5, metadata={"help": "step size, at most 1"})
    limit: int = field(default=200_000, metadata={"help": "most steps of a run"})

    def __post_init__(self) -> None:
        for name in ("patches", "starts", "limit"):
            positive(getattr(self, name), name)
        if self.patches < 2:
            raise ValueError("patches must be at least 2: with one the saddle is at 0")
        if self.trajectories < 3:
            raise ValueError(f"trajectories must be at least 3, got {self.trajectories}")
        if not 0 < self.step <= 1:
            raise ValueError(f"step must lie in (0, 1], got {self.step}")

    def model(self) -> NonOverlapping:
        """w* = (1, 0)."""
        return NonOverlapping(np.array([1.0, 0.0]), self.patches)


def saddle(k: int) -> tuple[NDArray[np.float64], float]:
    """-kappa w* and its loss: kappa = (k - 1)/(k - 1 + pi), loss (2k - 2 + pi)/(2k(k - 1 + pi))."""
    whole = k - 1 + math.pi
    return np.array([-(k - 1) / whole, 0.0]), (2 * k - 2 + math.pi) / (2 * k * whole)


def run(settings: Settings, runner: Runner) -> Table:
    """Rows: the recorded ways; the random starts are in the findings."""
    work = partial(from_circle, settings, runner.seed)
    chunks = list(runner.over_runs(work, settings.starts, 12 * 8 * 2))
    angle, steps, reached = (
        np.concatenate([chunk[name] for chunk in chunks]) for name in ("angle", "steps", "reached")
    )
    last = int(angle.argmax())
    point, loss = saddle(settings.patches)
    hessian = settings.model().curvature(np.stack([point, point]), np.eye(2))
    return Table(
        COLUMNS,
        trajectories(settings),
        [
            f"{reached.sum()} of {len(reached)} starts on the circle reached the teacher, in {np.median(steps):.0f} "
            f"steps at the median and {steps.max()} at most; the theorem says all with an angle below pi.",
            f"The start nearest to the ray opposite to the teacher, {math.pi - angle[last]:.2g} from it, took "
            f"{steps[last]} steps.",
            f"Saddle ({point[0]:.6f}, 0): loss {loss:.6f}, eigenvalues of the Hessian {hessian[0, 0]:.6f} and "
            f"{abs(hessian[1, 1]):.6f}: degenerate, not strict.",
        ],
    )


def from_circle(settings: Settings, seed: int, first: int, last: int) -> Chunk:
    """Angles of the random starts to w*, and steps until |w - w*| <= 0.01."""
    start = draw_starts(seed, first, last, partial(initial.on_sphere, size=2))
    done = near(np.array([1.0, 0.0]), CLOSE)
    outcome = gradient_descent(settings.model(), start, step=settings.step, steps=settings.limit, done=done, every=1)
    angle = np.arctan2(np.abs(start[:, 1]), start[:, 0])
    return {"angle": angle, "steps": outcome.steps, "reached": outcome.status == Status.CONVERGED}


def trajectories(settings: Settings) -> list[tuple[Any, ...]]:
    """Ways of spread starts: the start, every state farther than SPACING from the one before, and the last one."""
    beside = math.pi - LEAST_ANGLE
    spread = np.linspace(-1, 1, settings.trajectories - 2, endpoint=False) + 1 / (settings.trajectories - 2)
    angles = np.concatenate([spread * (math.pi - 0.1), [beside, -beside]])
    states: NDArray[np.floating] = 1.35 * np.stack([np.cos(angles), np.sin(angles)], axis=1)
    model, ways = settings.model(), [[(0, state)] for state in states]
    for number in range(1, settings.limit + 1):
        states = gradient_descent(model, states, step=settings.step, steps=1).parameters
        arrived = np.linalg.norm(states - model.teacher, axis=1) <= CLOSE
        ended = arrived.all() or number == settings.limit
        for way, state in zip(ways, states, strict=True):
            if ended or np.linalg.norm(state - way[-1][1]) > SPACING:
                way.append((number, state))
        if ended:
            break
    return [
        (run, step, *map(float, state), float(model.loss(state))) for run, way in enumerate(ways) for step, state in way
    ]


def draw(table: Table, settings: Settings, figure: Any) -> None:
    """Contours of the loss, ways of descent, and the critical points."""
    (axes,) = figures.panels(figure, 1, width=6.4, height=5.9)
    reach = 1.6
    filled = figures.landscape(axes, settings.model().loss, (-reach, reach, -reach, reach))
    figure.colorbar(filled, ax=axes, label="population loss", format="%.2f", shrink=0.85)
    rows = list(zip(*(table.column(name) for name in ("run", "w_1", "w_2")), strict=True))
    for number in sorted({row[0] for row in rows}):
        _, x, y = zip(*(row for row in rows if row[0] == number), strict=True)
        axes.plot(x, y, color="black", linewidth=2.4, alpha=0.6)
        axes.plot(x, y, color="white", linewidth=1.3, label="" if number else "descent from the dots")
        axes.plot(x[0], y[0], marker="o", color="white", markersize=4, markeredgecolor="black", markeredgewidth=0.6)
    marks: dict[str, Any] = {"linestyle": "none", "markeredgecolor": "black", "zorder": 5}
    axes.plot(1, 0, marker="*", markersize=15, color="#F0E442", label="teacher w*", **marks)
    axes.plot(*saddle(settings.patches)[0], marker="D", markersize=8, color="#D55E00", label="degenerate saddle −κw*",
              **marks)  # fmt: skip
    axes.plot(0, 0, marker="^", markersize=8, color="#56B4E9", label="local maximum 0, not smooth", **marks)
    axes.set_xlabel("$w_1$")
    axes.set_ylabel("$w_2$")
    axes.set_xlim(-reach, reach)
    axes.set_ylim(-reach, reach)
    axes.set_title(f"k = {settings.patches} disjoint patches: every way but the ray opposite to w* leads to w*",
                   fontsize=10)  # fmt: skip
    figure.legend(fontsize=8, loc="outside lower center", ncols=2, facecolor="0.75")
