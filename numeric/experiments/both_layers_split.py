"""Model B: which runs end at the teacher and which at the spurious minimum (Du et al. 2018, both theorems)."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np

from relucert.numeric import figures, initial
from relucert.numeric.checkpoint import Chunk
from relucert.numeric.descent import Floats, Mask, Status
from relucert.numeric.experiment import Runner, Table, whole_numbers
from relucert.numeric.models import both_layers_landscape as landscape
from relucert.numeric.models.base import positive
from relucert.numeric.models.both_layers import BothLayers
from relucert.numeric.population import both_layers_step, gradient_descent
from relucert.numeric.seeds import draw as draw_starts

SUMMARY = "both layers: share of runs that end at the teacher and at the spurious minimum, against (1·a*)²/|a*|²"
COUNTS = ("teacher", "spurious", "undecided", "in_good", "good_teacher", "in_bad", "bad_spurious")
COLUMNS = ("size", "balance", "starts", *COUNTS)
ARRIVED = 1e-4  # loss, of |a*| = |w*| = 1, of a run that is at the teacher

Case = tuple[int, float]  # size of the filter, (1·a*)²/|a*|²


@dataclass(frozen=True)
class Settings:
    outputs: int = field(default=4, metadata={"help": "output weights, k"})
    sizes: str = field(default="3,24", metadata={"help": "coordinates of the filter, p; several with commas"})
    teachers: int = field(default=16, metadata={"help": "values of (1·a*)²/|a*|² between 0 and k, dense near 0"})
    starts: int = field(default=512, metadata={"help": "random starts for each teacher, as in the paper"})
    step: float = field(default=0.5, metadata={"help": "step size, at most 2 pi/(k + pi - 1)"})
    limit: int = field(default=4000, metadata={"help": "most steps of a run"})

    def __post_init__(self) -> None:
        for name in ("teachers", "starts", "limit"):
            positive(getattr(self, name), name)
        if self.outputs < 2:
            raise ValueError("outputs must be at least 2: with one there is no spurious minimum")
        if min(whole_numbers(self.sizes, "sizes")) < 2:
            raise ValueError("sizes must be at least 2")
        if not 0 < self.step <= both_layers_step(self.model((2, 1.0))):
            raise ValueError(f"step must lie in (0, 2 pi/(k + pi - 1)], got {self.step}")

    def cases(self) -> list[Case]:
        """Sizes, and k (i/n)² for i = 0, ..., n."""
        values = [self.outputs * (i / self.teachers) ** 2 for i in range(self.teachers + 1)]
        return [(size, value) for size in whole_numbers(self.sizes, "sizes") for value in values]

    def model(self, case: Case) -> BothLayers:
        """w* = e_1 and a unit vector a*; the law of a run depends on (1·a*)², |a*|, k and p alone."""
        return BothLayers(np.eye(case[0])[0], landscape.teacher_of_balance(case[1], self.outputs))


def run(settings: Settings, runner: Runner) -> Table:
    """One row for each teacher."""
    cases = settings.cases()
    counts = {case: dict.fromkeys(COUNTS, 0) for case in cases}
    bytes_per_run = 16 * 8 * (max(size for size, _ in cases) + settings.outputs)
    for case, chunk in runner.over_cases(partial(ends, settings, runner.seed), cases, settings.starts, bytes_per_run):
        for name in COUNTS:
            counts[case][name] += int(chunk[name].sum())
    rows = [(*case, settings.starts, *(counts[case][name] for name in COUNTS)) for case in cases]
    table = Table(COLUMNS, rows)
    return Table(COLUMNS, rows, findings(table, settings))


def ends(settings: Settings, seed: int, case: Case, first: int, last: int) -> Chunk:
    """Where the runs ended, and whether their starts were in the regions that are not left."""
    model = settings.model(case)
    start = draw_starts(seed, first, last, partial(initial.both_layers, model=model))
    angle, barrier = landscape.saddle(model)

    def teacher(states: Floats) -> Mask:
        return np.asarray(model.loss(states) <= ARRIVED)

    def trapped(states: Floats) -> Mask:
        # below the saddle descent in small steps stays on its side
        return np.asarray((model.loss(states) < barrier) & (landscape.angle_to_teacher(model, states) > angle))

    def done(states: Floats) -> Mask:
        return teacher(states) | trapped(states)

    outcome = gradient_descent(model, start, step=settings.step, steps=settings.limit, done=done)
    arrived, lost = teacher(outcome.parameters), trapped(outcome.parameters)
    good, bad = landscape.stays_good(model, start), landscape.stays_bad(model, start)
    return {
        "teacher": arrived,
        "spurious": lost,
        "undecided": outcome.status != Status.CONVERGED,
        "in_good": good,
        "good_teacher": good & arrived,
        "in_bad": bad,
        "bad_spurious": bad & lost,
    }


def findings(table: Table, settings: Settings) -> list[str]:
    """What was seen, and what the theory says."""
    limit = landscape.balance_limit(settings.outputs)
    total = {name: sum(table.column(name)) for name in COUNTS}
    above = [row for row in table.rows if float(row[1]) >= limit]
    shown = [settings.cases()[i][1] for i in (1, settings.teachers // 2)] if settings.teachers > 1 else []
    return [
        f"Good starts (angle below pi/2, a·a* > 0, |1·a| <= |1·a*|): {total['good_teacher']} of {total['in_good']} "
        "reached the teacher; the theorem says all.",
        f"Bad starts (a·a* < 0, |1·a| <= |1·a*|, G <= 1 - 2 (1·a*)²/|a*|²): {total['bad_spurious']} of "
        f"{total['in_bad']} ended at the spurious minimum; the theorem says all.",
        f"From (1·a*)²/|a*|² = (k + pi - 1)/pi = {limit:.4f} on there is no spurious minimum: "
        f"{sum(int(row[3]) for row in above)} of {sum(int(row[2]) for row in above)} runs reached the teacher.",
        *(
            f"At (1·a*)²/|a*|² = {value:.3g} the teacher and the spurious minimum got "
            + ", ".join(f"{row[3]} and {row[4]} at p = {row[0]}" for row in table.rows if row[1] == value)
            + f" of {settings.starts} runs each; "
            + ("the theorem promises both a constant share." if value == shown[0] else "larger p need a smaller ratio.")
            for value in shown
        ),
        f"{total['undecided']} of {sum(table.column('starts'))} runs had not ended after {settings.limit} steps.",
    ]


def draw(table: Table, settings: Settings, figure: Any) -> None:
    """Shares at the teacher, with the share of starts that the theorem sends to the spurious minimum."""
    (axes,) = figures.panels(figure, 1, width=6.2, height=4.2)
    for place, size in enumerate(whole_numbers(settings.sizes, "sizes")):
        rows = [row for row in table.rows if row[0] == size]
        balance = [float(row[1]) for row in rows]
        reached = [int(row[3]) / int(row[2]) for row in rows]
        axes.plot(balance, reached, label=f"at the teacher, p = {size}", **figures.series(place))
        bound = [1 - int(row[8]) / int(row[2]) for row in rows]
        style = {**figures.series(place, marker=False), "linewidth": 1.0}
        # a balance of 0 makes all starts a = 0: the regions do not speak of them
        axes.plot(balance[1:], bound[1:], label=f"at most this by the bad region, p = {size}", **style)
    limit = landscape.balance_limit(settings.outputs)
    axes.axvline(limit, **figures.reference())
    axes.text(limit, 0.03, "  no spurious minimum from here on", fontsize=8)
    axes.axhline(0.25, **figures.reference())
    axes.text(settings.outputs, 0.26, "at least this by the good region", fontsize=8, ha="right")
    axes.set_ylim(0, 1.04)
    axes.set_xlabel("(1·a*)² / |a*|²")
    axes.set_ylabel("share of random starts")
    axes.set_title(f"Both layers, k = {settings.outputs}: {settings.starts} starts for each teacher", fontsize=10)
    axes.legend(fontsize=8, frameon=False, loc="center right")
