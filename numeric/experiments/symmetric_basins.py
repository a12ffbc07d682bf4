"""Model C: basins of attraction in the symmetric plane of K neurons with orthonormal teachers (Tian 2017)."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from relucert.numeric import figures
from relucert.numeric.checkpoint import Chunk
from relucert.numeric.descent import Floats, Mask, iterate
from relucert.numeric.experiment import Runner, Table
from relucert.numeric.models.base import positive
from relucert.numeric.models.symmetric import SymmetricPlane

SUMMARY = "K neurons, orthonormal teachers: basins and critical points in the symmetric plane w_j = x e_j + y (others)"
COLUMNS = ("x", "y", "end", "steps")
CLOSE = 1e-3  # distance of a run that has arrived
LOOKS = {  # colour and label of a basin
    "teacher": ("#CFE8F7", "basin of the teacher"),
    "spurious": ("#E7A66B", "basin of the spurious point"),
    "permuted": ("#E7A66B", "basin of the permuted teacher"),
    "neither": ("#333333", "still moving"),
}


@dataclass(frozen=True)
class Settings:
    neurons: int = field(default=6, metadata={"help": "K"})
    grid: int = field(default=120, metadata={"help": "starts along each side"})
    reach: float = field(default=1.25, metadata={"help": "starts with |x|, |y| <= reach"})
    step: float = field(default=0.5, metadata={"help": "step size"})
    limit: int = field(default=2000, metadata={"help": "most steps of a run"})

    def __post_init__(self) -> None:
        for name in ("grid", "limit"):
            positive(getattr(self, name), name)
        SymmetricPlane(self.neurons)
        if not 0 < self.step <= 4 / self.neurons:
            raise ValueError(f"step must lie in (0, 4/K], got {self.step}")  # the largest curvature is about K/4
        if not self.reach > 0:
            raise ValueError(f"reach must be positive, got {self.reach}")

    def starts(self) -> NDArray[np.float64]:
        """The grid, (grid², 2), row after row; shifted in y so that no start lies on a diagonal."""
        axis = self.reach * ((2 * np.arange(self.grid) + 1) / self.grid - 1)
        x, y = np.meshgrid(axis, axis + self.reach / (2 * self.grid))
        return np.stack([x, y], axis=-1).reshape(-1, 2)


def second_minimum(plane: SymmetricPlane) -> NDArray[np.float64]:
    """The minimum of the plane besides (1, 0): (0, 1) for K = 2, the one with x < 0 from K = 3 on."""
    found = plane.critical_points()[1:]
    least = np.linalg.eigvalsh(plane.hessian(found))[:, 0]
    return np.asarray(found[least.argmax()])


def run(settings: Settings, runner: Runner) -> Table:
    """One row for each start of the grid."""
    starts = settings.starts()
    chunks = list(runner.over_runs(partial(descend, settings), len(starts), 40 * 8))
    ends, steps = (np.concatenate([chunk[name] for chunk in chunks]) for name in ("ends", "steps"))
    rows = [(float(x), float(y), str(end), int(count)) for (x, y), end, count in zip(starts, ends, steps, strict=True)]
    return Table(COLUMNS, rows, findings(Table(COLUMNS, rows), settings))


def descend(settings: Settings, first: int, last: int) -> Chunk:
    """Ends and steps of the grid's starts first, ..., last - 1."""
    plane = SymmetricPlane(settings.neurons)
    minima = np.array([[1.0, 0.0], second_minimum(plane)])

    def advance(states: Floats, number: int) -> Floats:
        del number
        return np.asarray(states - settings.step * plane.gradient(states))

    def arrived(states: Floats) -> Mask:
        return np.asarray(np.linalg.norm(states[:, None] - minima, axis=-1) <= CLOSE)

    outcome = iterate(
        advance,
        settings.starts()[first:last],
        steps=settings.limit,
        done=lambda states: np.asarray(arrived(states).any(axis=1)),
    )
    at_teacher, at_other = arrived(outcome.parameters).T
    other = "permuted" if settings.neurons == 2 else "spurious"
    ends = np.where(at_teacher, "teacher", np.where(at_other, other, "neither"))
    return {"ends": ends, "steps": outcome.steps}


def findings(table: Table, settings: Settings) -> list[str]:
    """What was seen, and what the theory says."""
    plane = SymmetricPlane(settings.neurons)
    ends, x, y = (np.array(table.column(name)) for name in ("end", "x", "y"))
    cone = (0 <= y) & (y < x) & (x <= 1)
    other = second_minimum(plane)
    name = "permuted teacher" if settings.neurons == 2 else "spurious point"
    upper, lower = plane.diagonal()[:, 0]
    return [
        f"0 <= y < x <= 1: {(ends[cone] == 'teacher').sum()} of {cone.sum()} starts reached the teacher (1, 0); the "
        "theorem says all.",
        f"Whole square: {(ends == 'teacher').mean():.4f} of the starts reached the teacher, "
        f"{np.isin(ends, ('spurious', 'permuted')).mean():.4f} the {name} ({other[0]:.6f}, {other[1]:.6f}) "
        f"with loss {max(0.0, float(plane.loss(other))):.6f}, {(ends == 'neither').sum()} starts neither.  The "
        f"line x = y is invariant and separates them: {(ends[y < x] == 'teacher').sum()} of {(y < x).sum()} starts "
        f"below it reached the teacher, {(ends[y > x] == 'teacher').sum()} of {(y > x).sum()} above it.",
        f"Saddles on x = y at {upper:.6f}, as in the paper, and at {lower:.6f}; Newton's method finds "
        f"{len(plane.critical_points())} critical points in all.",
    ]


def draw(table: Table, settings: Settings, figure: Any) -> None:
    """The basins as areas, level lines of the loss, critical points, and the cone of the theorem."""
    from matplotlib.colors import ListedColormap
    from matplotlib.patches import Patch

    (axes,) = figures.panels(figure, 1, width=6.0, height=5.8)
    plane, n = SymmetricPlane(settings.neurons), settings.grid
    present = [name for name in LOOKS if name in set(table.column("end"))]
    number = np.array([present.index(end) for end in table.column("end")]).reshape(n, n)
    extent = (table.rows[0][0], table.rows[-1][0], table.rows[0][1], table.rows[-1][1])
    colours = ListedColormap([LOOKS[name][0] for name in present])
    axes.imshow(number, origin="lower", extent=extent, cmap=colours, vmin=-0.5, vmax=len(present) - 0.5)
    ticks = np.linspace(-settings.reach, settings.reach, 201)
    x, y = np.meshgrid(ticks, ticks)
    heights = np.sqrt(np.maximum(plane.loss(np.stack([x, y], axis=-1)), 0))
    axes.contour(x, y, heights, levels=np.linspace(0.1, heights.max(), 22), colors="black", linewidths=0.4, alpha=0.6)
    axes.plot([0, 1, 1, 0], [0, 0, 1, 0], color="#0072B2", linewidth=1.6, linestyle="--", label="0 ≤ y < x ≤ 1")
    marks: dict[str, Any] = {"linestyle": "none", "markeredgecolor": "black", "zorder": 5}
    axes.plot(1, 0, marker="*", markersize=16, color="#F0E442", label="teacher (1, 0)", **marks)
    label = "permuted teacher" if settings.neurons == 2 else "spurious point"
    axes.plot(*second_minimum(plane), marker="X", markersize=11, color="#D55E00", label=label, **marks)
    axes.plot(*plane.diagonal().T, marker="D", markersize=7, color="white", label="saddles on x = y", **marks)
    axes.grid(False)
    axes.set_aspect("equal")
    axes.set_xlim(extent[0], extent[1])
    axes.set_ylim(extent[2], extent[3])
    axes.set_xlabel("x")
    axes.set_ylabel("y")
    axes.set_title(f"K = {settings.neurons}: where descent ends, and level lines of √J", fontsize=10)
    patches = [Patch(facecolor=LOOKS[name][0], edgecolor="black", label=LOOKS[name][1]) for name in present]
    handles = [*patches, *axes.get_legend_handles_labels()[0]]
    figure.legend(handles=handles, fontsize=8, loc="outside lower center", ncols=3, frameon=False)
