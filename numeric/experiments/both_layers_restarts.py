"""Model B: of the four sign choices of a random start one leads to the teacher (Du et al. 2018)."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np

from relucert.numeric import figures, initial
from relucert.numeric.checkpoint import Chunk
from relucert.numeric.descent import Floats, Mask
from relucert.numeric.experiment import Runner, Table
from relucert.numeric.models import both_layers_landscape as landscape
from relucert.numeric.models.base import positive
from relucert.numeric.models.both_layers import BothLayers
from relucert.numeric.population import both_layers_step, sign_restarts, signed_starts
from relucert.numeric.seeds import draw as draw_starts

SUMMARY = "both layers: how many of the four sign choices of a start reach the teacher; at least one does"
REACHED = tuple(f"reached_{number}" for number in range(5))
COLUMNS = ("balance", "starts", *REACHED, "good_sign_reached", "undecided")
ARRIVED = 1e-4  # loss, of |a*| = |w*| = 1, of a run that is at the teacher
SHADES = ("white", "#D55E00", "#E69F00", "#56B4E9", "#0072B2")  # for 0, ..., 4
HATCHES = ("", "xx", "//", "..", "")


@dataclass(frozen=True)
class Settings:
    size: int = field(default=6, metadata={"help": "coordinates of the filter, p"})
    outputs: int = field(default=4, metadata={"help": "output weights, k"})
    teachers: int = field(default=8, metadata={"help": "values of (1·a*)²/|a*|², above 0 and up to k, dense near 0"})
    starts: int = field(default=512, metadata={"help": "random starts for each teacher, four runs from each"})
    step: float = field(default=0.5, metadata={"help": "step size, at most 2 pi/(k + pi - 1)"})
    limit: int = field(default=4000, metadata={"help": "most steps of a run"})

    def __post_init__(self) -> None:
        for name in ("teachers", "starts", "limit"):
            positive(getattr(self, name), name)
        if self.size < 2 or self.outputs < 2:
            raise ValueError(f"size and outputs must be at least 2, got {self.size} and {self.outputs}")
        if not 0 < self.step <= both_layers_step(self.model(1.0)):
            raise ValueError(f"step must lie in (0, 2 pi/(k + pi - 1)], got {self.step}")

    def balances(self) -> list[float]:
        """k (i/n)² for i = 1, ..., n; at 0 the starts have a = 0, and signs make no difference."""
        return [self.outputs * (i / self.teachers) ** 2 for i in range(1, self.teachers + 1)]

    def model(self, balance: float) -> BothLayers:
        """w* = e_1 and a unit vector a* with (1·a*)² = balance."""
        return BothLayers(np.eye(self.size)[0], landscape.teacher_of_balance(balance, self.outputs))


def run(settings: Settings, runner: Runner) -> Table:
    """One row for each teacher."""
    balances = settings.balances()
    counts = {balance: np.zeros(7, dtype=np.int64) for balance in balances}
    bytes_per_run = 4 * 16 * 8 * (settings.size + settings.outputs)
    work = partial(restarts, settings, runner.seed)
    for balance, chunk in runner.over_cases(work, balances, settings.starts, bytes_per_run):
        counts[balance] += np.asarray(chunk["counts"], dtype=np.int64)
    rows = [(balance, settings.starts, *map(int, counts[balance])) for balance in balances]
    return Table(COLUMNS, rows, findings(Table(COLUMNS, rows), settings))


def restarts(settings: Settings, seed: int, balance: float, first: int, last: int) -> Chunk:
    """Starts by the number of sign choices that arrived, then whether the good one did, then undecided runs."""
    model = settings.model(balance)
    start = draw_starts(seed, first, last, partial(initial.both_layers, model=model))
    angle, barrier = landscape.saddle(model)

    def done(states: Floats) -> Mask:
        loss = model.loss(states)
        trapped = (loss < barrier) & (landscape.angle_to_teacher(model, states) > angle)
        return np.asarray((loss <= ARRIVED) | trapped)

    found = sign_restarts(model, start, step=settings.step, steps=settings.limit, done=done)
    arrived = found.loss <= ARRIVED
    four = signed_starts(model, start)
    good = landscape.stays_good(model, four.reshape(-1, model.size)).reshape(-1, 4)
    undecided = ~done(found.parameters.reshape(-1, model.size))
    by_number = np.bincount(arrived.sum(axis=1), minlength=5)
    return {"counts": np.array([*by_number, (good & arrived).sum(), undecided.sum()])}


def findings(table: Table, settings: Settings) -> list[str]:
    """What was seen, and what the theory says."""
    starts, none = sum(table.column("starts")), sum(table.column("reached_0"))
    good, undecided = sum(table.column("good_sign_reached")), sum(table.column("undecided"))
    first = table.rows[0]
    return [
        f"At least one of the four sign choices reached the teacher from {starts - none} of {starts} starts; the "
        "theorem says from almost every one.",
        f"The choice with a·a* > 0 and an angle below pi/2 reached it from {good} of {starts}.",
        f"At (1·a*)²/|a*|² = {float(first[0]):.4g} {first[4]} of {first[1]} starts have two choices that arrive, "
        f"{first[3]} one, {first[5]} three, {first[6]} all four.",
        f"{undecided} of {4 * starts} runs had not ended after {settings.limit} steps.",
    ]


def draw(table: Table, settings: Settings, figure: Any) -> None:
    """Stacked bars: starts with four, three, ..., no sign choice that arrives."""
    (axes,) = figures.panels(figure, 1, width=6.2, height=4.2)
    places, bottom = np.arange(len(table.rows)), np.zeros(len(table.rows))
    for number in (4, 3, 2, 1, 0):
        share = np.array(table.column(REACHED[number])) / np.array(table.column("starts"))
        if share.any():
            looks: dict[str, Any] = {"color": SHADES[number], "hatch": HATCHES[number], "edgecolor": "black"}
            axes.bar(places, share, bottom=bottom, linewidth=0.6, width=0.75, label=str(number), **looks)
        bottom += share
    axes.set_xticks(places, [f"{balance:.3g}" for balance in table.column("balance")])
    limit = sum(balance < landscape.balance_limit(settings.outputs) for balance in table.column("balance")) - 0.5
    axes.axvline(limit, **figures.reference())
    axes.text(limit, 1.02, "  no spurious minimum →", fontsize=8)
    axes.grid(False)
    axes.set_ylim(0, 1.08)
    axes.set_xlabel("(1·a*)² / |a*|²")
    axes.set_ylabel("share of random starts")
    axes.set_title(f"Sign choices (±v, ±a) that reach the teacher; k = {settings.outputs}, p = {settings.size}",
                   fontsize=10)  # fmt: skip
    figure.legend(fontsize=9, loc="outside right center", title="of four", frameon=False)
