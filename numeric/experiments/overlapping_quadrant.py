"""Model A' with w* = (1, -1) and k = 2: a quarter of all directions never leads to the teacher."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from relucert.numeric import figures, initial
from relucert.numeric.checkpoint import Chunk
from relucert.numeric.experiment import Runner, Table
from relucert.numeric.models.base import positive
from relucert.numeric.models.overlapping import Overlapping
from relucert.numeric.population import gradient_descent
from relucert.numeric.seeds import draw as draw_starts

SUMMARY = "overlapping patches, teacher (1, -1): the quadrant that descent does not leave, landscape and trajectories"
COLUMNS = ("run", "step", "w_1", "w_2", "loss", "end")
MODEL = Overlapping(np.array([1.0, -1.0]), 2)
LOOKS = {  # label, colour and line style of a trajectory by its end
    "teacher": ("ends at the teacher", "white", "-"),
    "spurious": ("ends at the spurious minimum", "#D55E00", "--"),
    "neither": ("ends at neither", "#CC79A7", ":"),
}
PLACES = [*range(1, 12), *sorted({int(12 * 1.1**power) for power in range(150)})]  # steps that are recorded


@dataclass(frozen=True)
class Settings:
    starts: int = field(default=4000, metadata={"help": "uniform starts on the unit circle for the shares"})
    trajectories: int = field(default=24, metadata={"help": "evenly spread starts whose way is recorded"})
    step: float = field(default=0.2, metadata={"help": "step size"})
    steps: int = field(default=600, metadata={"help": "steps of a run"})

    def __post_init__(self) -> None:
        for name in ("starts", "trajectories", "steps"):
            positive(getattr(self, name), name)
        if not 0 < self.step <= 2:
            raise ValueError(f"step must lie in (0, 2], got {self.step}")


def spurious() -> tuple[NDArray[np.float64], float]:
    """The spurious minimum -t w* and its loss, in closed form."""
    t = (math.sqrt(3) + 2 * math.pi / 3) / (math.sqrt(3) + 5 * math.pi / 3)
    return -t * MODEL.teacher, float(MODEL.loss(-t * MODEL.teacher))


def run(settings: Settings, runner: Runner) -> Table:
    """Rows: the recorded trajectories; the shares of the random starts are in the findings."""
    work = partial(from_circle, settings, runner.seed)
    found = np.concatenate([chunk["first_and_last"] for chunk in runner.over_runs(work, settings.starts, 64 * 16)])
    start, ends = found[:, :2], end_of(found[:, 2:])
    inside = (start[:, 0] < 0) & (start[:, 1] > 0)
    inner, outer = share(ends[inside]), share(ends[~inside])
    return Table(
        COLUMNS,
        trajectories(settings),
        [
            f"Starts with w_1 < 0 < w_2: {inner[0]} of {inside.sum()} reached the teacher.  The quadrant is invariant "
            "for gradient flow: the loss grows outwards across its border, with slope z/8 at distance z from 0.",
            f"Other starts: {outer[0]} of {(~inside).sum()} reached the teacher, {outer[1]} the spurious minimum "
            f"({spurious()[0][0]:.6f}, {spurious()[0][1]:.6f}) with loss {spurious()[1]:.6f}, {outer[2]} neither.",
        ],
    )


def share(ends: NDArray[np.str_]) -> tuple[int, int, int]:
    """How many ended at the teacher, at the spurious minimum and elsewhere."""
    good, bad = int((ends == "teacher").sum()), int((ends == "spurious").sum())
    return good, bad, len(ends) - good - bad


def end_of(last: NDArray[np.floating]) -> NDArray[np.str_]:
    """Which of the two minima the states (runs, 2) are close to."""
    near_teacher = np.linalg.norm(last - MODEL.teacher, axis=1) < 1e-2
    near_spurious = np.linalg.norm(last - spurious()[0], axis=1) < 1e-2
    return np.where(near_teacher, "teacher", np.where(near_spurious, "spurious", "neither"))


def from_circle(settings: Settings, seed: int, first: int, last: int) -> Chunk:
    """First and last states of the random starts, (runs, 4)."""
    start = draw_starts(seed, first, last, partial(initial.on_sphere, size=2))
    outcome = gradient_descent(MODEL, start, step=settings.step, steps=settings.steps)
    return {"first_and_last": np.concatenate([start, outcome.parameters], axis=1)}


def trajectories(settings: Settings) -> list[tuple[Any, ...]]:
    """States of evenly spread starts, off the axes, at steps 0, ..., 11 and then ever fewer."""
    angles = 2 * math.pi * (np.arange(settings.trajectories) + 0.5) / settings.trajectories
    states: NDArray[np.floating] = 1.35 * np.stack([np.cos(angles), np.sin(angles)], axis=1)
    kept, number = [(0, states)], 0
    for place in [*(place for place in PLACES if place < settings.steps), settings.steps]:
        states = gradient_descent(MODEL, states, step=settings.step, steps=place - number).parameters
        number = place
        kept.append((number, states))
    ends = end_of(states)
    return [
        (run, step, *map(float, at[run]), float(MODEL.loss(at[run])), str(ends[run]))
        for run in range(settings.trajectories)
        for step, at in kept
    ]


def saddles() -> NDArray[np.float64]:
    """Critical points with a Hessian that is not positive, (n, 2): Newton's method from a grid, w = 0 left out."""
    axis = np.linspace(-1.6, 1.6, 12) + 0.013
    w = np.stack(np.meshgrid(axis, axis), axis=-1).reshape(-1, 2)
    for _ in range(40):
        columns = [MODEL.curvature(w, np.broadcast_to(unit, w.shape)) for unit in np.eye(2)]
        hessian = np.stack(columns, axis=-1)
        move = np.linalg.solve(hessian + 1e-12 * np.eye(2), MODEL.gradient(w)[..., None])[..., 0]
        w = w - move * np.minimum(1, 0.2 / np.maximum(np.linalg.norm(move, axis=1), 1e-300))[:, None]
        w = w[np.linalg.norm(w, axis=1) > 1e-3]
    w = w[(np.linalg.norm(MODEL.gradient(w), axis=1) < 1e-10) & (np.abs(w).max(axis=1) < 2)]
    _, places = np.unique(w.round(6), axis=0, return_index=True)
    found = w[places]
    columns = [MODEL.curvature(found, np.broadcast_to(unit, found.shape)) for unit in np.eye(2)]
    least = np.linalg.eigvalsh(np.stack(columns, axis=-1))[:, 0]
    return np.asarray(found[least <= 1e-9])


def draw(table: Table, settings: Settings, figure: Any) -> None:
    """Contours of the loss, trajectories by their end, minima and saddles, the quadrant hatched."""
    (axes,) = figures.panels(figure, 1, width=6.4, height=6.0)
    reach = 1.6
    filled = figures.landscape(axes, MODEL.loss, (-reach, reach, -reach, reach))
    figure.colorbar(filled, ax=axes, label="population loss", format="%.2f")
    axes.fill_between([-reach, 0], 0, reach, facecolor="none", edgecolor="white", hatch="//", linewidth=0, alpha=0.35)
    labelled: set[str] = set()
    names = ("run", "w_1", "w_2", "end")
    rows = list(zip(*(table.column(name) for name in names), strict=True))
    for number in sorted({row[0] for row in rows}):
        _, x, y, ends = zip(*(row for row in rows if row[0] == number), strict=True)
        label, colour, line = LOOKS[ends[0]]
        axes.plot(x, y, color="black", linewidth=2.6, linestyle=line, alpha=0.6)
        axes.plot(x, y, color=colour, linewidth=1.4, linestyle=line, label="" if ends[0] in labelled else label)
        axes.plot(x[0], y[0], marker="o", color=colour, markersize=3.5, markeredgecolor="black", markeredgewidth=0.6)
        labelled.add(ends[0])
    bad = spurious()[0]
    marks: dict[str, Any] = {"linestyle": "none", "markeredgecolor": "black", "zorder": 5}
    axes.plot(*MODEL.teacher, marker="*", markersize=15, color="#F0E442", label="teacher w* = (1, −1)", **marks)
    axes.plot(*bad, marker="X", markersize=10, color="#D55E00", label="spurious minimum", **marks)
    for place, point in enumerate(saddles()):
        axes.plot(*point, marker="D", markersize=7, color="white", label=None if place else "saddle", **marks)
    axes.set_xlabel("$w_1$")
    axes.set_ylabel("$w_2$")
    axes.set_xlim(-reach, reach)
    axes.set_ylim(-reach, reach)
    axes.set_title("Two patches: descent does not leave the hatched quadrant", fontsize=10)
    figure.legend(fontsize=8, loc="outside lower center", ncols=3, facecolor="0.75")
