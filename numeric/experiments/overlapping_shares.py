"""Model A': share of random starts that reach the teacher where patches overlap (Brutzkus & Globerson 2017, Sec. 6)."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from relucert.numeric import figures, initial
from relucert.numeric.checkpoint import Chunk
from relucert.numeric.descent import Mask
from relucert.numeric.experiment import Runner, Table
from relucert.numeric.models.base import positive
from relucert.numeric.models.overlapping import Overlapping
from relucert.numeric.population import gradient_descent, near, small_gradient
from relucert.numeric.seeds import draw as draw_starts
from relucert.numeric.seeds import generator

SUMMARY = "overlapping patches: share of random starts that reach the teacher, over filter size and stride"
COLUMNS = ("size", "stride", "teacher", "starts", "reached", "undecided")
TEACHERS = 2**32 - 1  # a block number for the teachers that no experiment's runs come near
CLOSE = 0.02  # |w - w*| of a run that arrived
FLAT = 1e-9  # length of the gradient of a run that is stuck; near the degenerate saddle it falls to angle²/(pi k)

Case = tuple[int, int, int]  # size, stride, number of the teacher


@dataclass(frozen=True)
class Settings:
    patches: int = field(default=5, metadata={"help": "k"})
    most_size: int = field(default=8, metadata={"help": "filters of size 2, 4, 8, ... up to this one"})
    teachers: int = field(default=10, metadata={"help": "teachers, uniform on the unit sphere, for each size"})
    starts: int = field(default=32, metadata={"help": "starts, uniform on the unit sphere, for each teacher"})
    step: float = field(default=0.5, metadata={"help": "step size"})
    limit: int = field(default=5000, metadata={"help": "most steps of a run"})

    def __post_init__(self) -> None:
        for name in ("patches", "teachers", "starts", "limit"):
            positive(getattr(self, name), name)
        if self.most_size < 2:
            raise ValueError(f"most_size must be at least 2, got {self.most_size}")
        if not self.step > 0:
            raise ValueError(f"step must be positive, got {self.step}")

    def places(self) -> list[tuple[int, int]]:
        """(size, stride): strides 1, 2, 4, ... up to the size, where patches are disjoint."""
        sizes = [2**power for power in range(1, self.most_size.bit_length()) if 2**power <= self.most_size]
        return [(size, 2**power) for size in sizes for power in range(size.bit_length())]


def run(settings: Settings, runner: Runner) -> Table:
    """One row for each teacher of each size and stride."""
    cases: list[Case] = [(*place, teacher) for place in settings.places() for teacher in range(settings.teachers)]
    reached, undecided = dict.fromkeys(cases, 0), dict.fromkeys(cases, 0)
    bytes_per_run = 12 * 8 * 2 * settings.patches * 3 * settings.most_size
    for case, chunk in runner.over_cases(
        partial(descend, settings, runner.seed), cases, settings.starts, bytes_per_run
    ):
        reached[case] += int(chunk["reached"].sum())
        undecided[case] += int(chunk["undecided"].sum())
    table = Table(COLUMNS, [(*case, settings.starts, reached[case], undecided[case]) for case in cases])
    return Table(table.columns, table.rows, findings(table, settings))


def descend(settings: Settings, seed: int, case: Case, first: int, last: int) -> Chunk:
    """Descent of the starts of one teacher: which arrived, and which were still moving at the limit."""
    size, stride, number = case
    teacher = initial.on_sphere(generator(seed, TEACHERS, size, number), 1, size)[0]
    model = Overlapping(teacher, settings.patches, stride)
    start = draw_starts(seed, first, last, partial(initial.on_sphere, size=size))
    arrived, stuck = near(teacher, CLOSE), small_gradient(model, FLAT)

    def done(states: NDArray[np.floating]) -> Mask:
        return arrived(states) | stuck(states)

    outcome = gradient_descent(model, start, step=settings.step, steps=settings.limit, done=done)
    reached = arrived(outcome.parameters)
    return {"reached": reached, "undecided": ~reached & ~stuck(outcome.parameters)}


def shares(table: Table) -> dict[tuple[int, int], list[float]]:
    """The teachers' shares of starts that arrived, by size and stride."""
    found: dict[tuple[int, int], list[float]] = {}
    names = ("size", "stride", "reached", "starts")
    for size, stride, reached, starts in zip(*(table.column(name) for name in names), strict=True):
        found.setdefault((size, stride), []).append(reached / starts)
    return found


def findings(table: Table, settings: Settings) -> list[str]:
    """What was seen, and what the theory says."""
    found = shares(table)
    names = ("size", "stride", "starts", "reached", "undecided")
    disjoint = np.array([row for row in zip(*map(table.column, names), strict=True) if row[0] == row[1]])
    runs, reached, moving = disjoint[:, 2:].sum(axis=0).tolist()
    overlap = {place: all_shares for place, all_shares in found.items() if place[0] != place[1]}
    worst = min(overlap, key=lambda place: min(overlap[place]))
    every = [share for all_shares in overlap.values() for share in all_shares]
    return [
        f"Disjoint patches: {reached} of {runs} runs reached the teacher, {runs - reached - moving} stopped elsewhere "
        f"and {moving} were still moving; the theorem says that almost every run arrives.",
        f"Overlapping patches: {sum(share == 1 for share in every)} of {len(every)} teachers were reached from all "
        f"starts; the smallest share was {min(overlap[worst]):.3g} (size {worst[0]}, stride {worst[1]}).  No theorem "
        "excludes bad minima here, and the paper reports shares that restarts can live with.",
        f"{sum(table.column('undecided'))} of {sum(table.column('starts'))} runs had not ended after "
        f"{settings.limit} steps.",
    ]


def draw(table: Table, settings: Settings, figure: Any) -> None:
    """Every teacher's share as a mark, the mean as a line, against the overlap of neighbours."""
    (axes,) = figures.panels(figure, 1, width=6)
    found = shares(table)
    for place, size in enumerate(sorted({size for size, _ in found})):
        strides = sorted(stride for other, stride in found if other == size)
        style = figures.series(place)
        shift = 0.012 * (place - 1)
        for stride in strides:
            teachers = found[size, stride]
            across = np.full(len(teachers), 1 - stride / size + shift)
            axes.plot(across, teachers, **{**style, "linestyle": "none", "alpha": 0.45, "markersize": 4})
        means = [float(np.mean(found[size, stride])) for stride in strides]
        axes.plot([1 - stride / size + shift for stride in strides], means, label=f"filter size {size}", **style)
    axes.set_xlabel("share of a patch that its neighbour covers, 1 − stride/size")
    axes.set_ylabel("share of starts that reach the teacher")
    axes.set_ylim(-0.03, 1.05)
    axes.set_title(
        f"k = {settings.patches} patches; each mark is one of {settings.teachers} teachers, lines are means",
        fontsize=10,
    )
    axes.legend(fontsize=9, frameon=False, loc="lower left")
