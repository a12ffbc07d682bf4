"""Model B: the slow and the fast phase of a run that reaches the teacher (Du et al. 2018, Theorem on good starts)."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from relucert.numeric import figures, initial
from relucert.numeric.arrays import inner, norm
from relucert.numeric.checkpoint import Chunk
from relucert.numeric.descent import Floats
from relucert.numeric.experiment import Runner, Table
from relucert.numeric.models import both_layers_landscape as landscape
from relucert.numeric.models.base import positive
from relucert.numeric.models.both_layers import BothLayers
from relucert.numeric.population import both_layers_step, gradient_descent
from relucert.numeric.seeds import draw as draw_starts

SUMMARY = "both layers: the slow and the fast phase of runs that reach the teacher, and the length of the slow one"
COLUMNS = ("part", "run", "step", "loss", "cosine", "alignment", "length", "order")
ANGLE, SHARE = math.pi / 3, 0.5  # the slow phase ends when phi <= pi/3 and a·a* >= |a*|²/2
LEAST = 1e-12  # the curves end at this loss


@dataclass(frozen=True)
class Settings:
    size: int = field(default=6, metadata={"help": "coordinates of the filter, p"})
    outputs: int = field(default=4, metadata={"help": "output weights, k"})
    balance: float = field(default=1e-4, metadata={"help": "(1·a*)²/|a*|² of the teacher"})
    curves: int = field(default=4, metadata={"help": "curves: start i has cos phi = a·a* = 10^-i, i = 1, 2, ..."})
    starts: int = field(default=512, metadata={"help": "random starts, one of four signs, for the slow phase's length"})
    step: float = field(default=0.2, metadata={"help": "step size, at most 2 pi/(k + pi - 1)"})
    limit: int = field(default=3000, metadata={"help": "most steps of a run"})

    def __post_init__(self) -> None:
        for name in ("curves", "starts", "limit"):
            positive(getattr(self, name), name)
        if self.size < 2 or self.outputs < 2:
            raise ValueError(f"size and outputs must be at least 2, got {self.size} and {self.outputs}")
        if not self.balance > 0:
            raise ValueError(f"balance must be positive: at 0 all starts have a = 0, got {self.balance}")
        if self.curves > 9:
            raise ValueError(f"curves must be at most 9, got {self.curves}")
        if not 0 < self.step <= both_layers_step(self.model()):
            raise ValueError(f"step must lie in (0, 2 pi/(k + pi - 1)], got {self.step}")

    def model(self) -> BothLayers:
        """w* = e_1 and a unit vector a*."""
        return BothLayers(np.eye(self.size)[0], landscape.teacher_of_balance(self.balance, self.outputs))


def run(settings: Settings, runner: Runner) -> Table:
    """Rows of part "curve": all steps of some runs; of part "start": where a random start's slow phase ended."""
    work = partial(slow_phase, settings, runner.seed)
    chunks = list(runner.over_runs(work, settings.starts, 16 * 8 * settings.model().size))
    names = COLUMNS[2:]
    columns = [np.concatenate([chunk[name] for chunk in chunks]) for name in names]
    rows: list[tuple[Any, ...]] = []
    for number in range(settings.curves):
        rows += curve(settings, number + 1)
    rows += [
        ("start", number, int(step), *map(float, cells))
        for number, (step, *cells) in enumerate(zip(*columns, strict=True))
    ]
    table = Table(COLUMNS, rows)
    return Table(COLUMNS, rows, findings(table, settings))


def observed(model: BothLayers, states: Floats) -> tuple[Floats, Floats, Floats]:
    """Loss, cos phi and a·a*/|a*|² of the states, (runs,) each."""
    star = landscape.teacher(model)
    cosine = np.cos(landscape.angle_to_teacher(model, states))
    return model.loss(states), cosine, inner(model.split(states)[1], star) / inner(star, star)


def ended(cosine: Floats, alignment: Floats) -> NDArray[np.bool_]:
    """Whether the slow phase is over."""
    return np.asarray((cosine >= math.cos(ANGLE)) & (alignment >= SHARE))


def slow_phase(settings: Settings, seed: int, first: int, last: int) -> Chunk:
    """Steps of the slow phase from random starts, with their signs turned to a·a* > 0 and an angle below pi/2."""
    model = settings.model()
    start = draw_starts(seed, first, last, partial(initial.both_layers, model=model))
    v, a = model.split(start)
    signs = np.sign(inner(v, model.filter)), np.sign(inner(a, landscape.teacher(model)))
    start = np.concatenate([v * signs[0][:, None], a * signs[1][:, None]], axis=1)
    loss, cosine, alignment = observed(model, start)
    outcome = gradient_descent(
        model,
        start,
        step=settings.step,
        steps=settings.limit,
        done=lambda states: ended(*observed(model, states)[1:]),
        every=1,
    )
    return {
        "step": outcome.steps,
        "loss": loss,
        "cosine": cosine,
        "alignment": alignment,
        "length": norm(model.split(start)[0]),
        "order": order(settings, cosine, alignment),
    }


def order(settings: Settings, cosine: Floats, alignment: Floats) -> Floats:
    """The theorem's order of the slow phase, 1/(step beta_0 cos phi_0) + 1/step with |a*| = |w*| = 1.

    beta_0 = min(a·a*, G(phi_0) - 1).
    """
    angle = np.arccos(cosine)
    beta = np.minimum(alignment, np.sin(angle) + (math.pi - angle) * cosine - 1)
    return np.asarray(1 / (settings.step * beta * cosine) + 1 / settings.step)


def curve(settings: Settings, decade: int) -> list[tuple[Any, ...]]:
    """All steps from a start with cos phi = a·a* = 10^-decade and 1·a = 0, until the loss is 1e-12."""
    model, small = settings.model(), 10.0**-decade
    star = landscape.teacher(model)
    across = star - star.mean()
    states = np.concatenate(
        [small * np.eye(settings.size)[0] + math.sqrt(1 - small**2) * np.eye(settings.size)[1],
         small * across / inner(across, star)]
    )[None]  # fmt: skip
    first = order(settings, *observed(model, states)[1:])
    rows: list[tuple[Any, ...]] = []
    for number in range(settings.limit + 1):
        cells = (*observed(model, states), norm(model.split(states)[0]), first)
        rows.append(("curve", decade, number, *(float(value[0]) for value in cells)))
        if rows[-1][3] <= LEAST:
            break
        states = gradient_descent(model, states, step=settings.step, steps=1).parameters
    return rows


def curves(table: Table) -> dict[int, dict[str, NDArray[np.float64]]]:
    """Columns of each curve, by its decade; "end" is the last step of the slow phase, "length" the last |v|."""
    found: dict[int, list[tuple[Any, ...]]] = {}
    for part, number, *cells in table.rows:
        if part == "curve":
            found.setdefault(int(number), []).append(tuple(cells))
    result = {}
    for number, rows in found.items():
        step, loss, cosine, alignment, length, _ = np.array(rows, dtype=float).T
        over = ended(cosine, alignment)
        end = step[over.argmax()] if over.any() else step[-1]
        result[number] = {"step": step, "loss": loss, "end": np.array(end), "length": np.array(length[-1])}
    return result


def fast_factors(settings: Settings, length: float) -> tuple[float, float]:
    """Squared factors per step near the teacher: of a's parts of sum 0, and of the angle (Hessian |a*|²/(2|v|²))."""
    slow = (math.pi - 1) / (2 * math.pi)
    return (1 - settings.step * slow) ** 2, (1 - settings.step / (2 * length**2)) ** 2


def steps_per_decade(settings: Settings) -> float:
    """Steps in which cos phi and a·a* grow tenfold near phi = pi/2, a = 0, for 1·a* = 0 and |a*| = |w*| = |v| = 1.

    There d(cos phi)/dt = (a·a*)/4 and d(a·a*)/dt = cos phi/4 - (pi - 1)/(2 pi) a·a*, to first order.
    """
    decay = (math.pi - 1) / (4 * math.pi)
    return math.log(10) / (settings.step * (math.sqrt(decay**2 + 1 / 16) - decay))


def findings(table: Table, settings: Settings) -> list[str]:
    """What was seen, and what the theory says."""
    found = curves(table)
    ends = ", ".join(f"{int(data['end'])}" for data in found.values())
    starts = [row for row in table.rows if row[0] == "start"]
    step = np.array([row[2] for row in starts], dtype=float)
    orders = np.array([row[7] for row in starts], dtype=float)
    late = found[settings.curves]
    sentences = [
        f"Slow phase of the curves (cos phi = a·a* = 10^-1, 10^-2, ...): {ends} steps.  The equations linearised at "
        f"phi = pi/2, a = 0 give {steps_per_decade(settings):.0f} steps more for each power of ten; the theorem's "
        "order of steps grows a hundredfold.",
        f"Slow phase of {len(starts)} random starts: median {np.median(step):.0f} steps, at most {step.max():.0f}, "
        f"never more than {(step / orders).max():.3g} times the order 1/(step beta_0 cos phi_0) + 1/step of the "
        "theorem.",
    ]
    tail = (late["loss"] < 1e-6) & (late["loss"] > LEAST * 10)
    if tail.sum() > 10:
        seen = math.exp(np.polyfit(late["step"][tail], np.log(late["loss"][tail]), 1)[0])
        outputs, turn = fast_factors(settings, float(late["length"]))
        sentences.append(
            f"Fast phase of the last curve: the loss falls by the factor {seen:.4f} per step; the Hessian at the "
            f"teacher (|v| = {float(late['length']):.3f}) gives {max(outputs, turn):.4f}."
        )
    return sentences


def draw(table: Table, settings: Settings, figure: Any) -> None:
    """Left the loss on a log scale with the end of each slow phase marked, right its length against the theorem's."""
    left, right = figures.panels(figure, 2, width=5.4, height=4.2)
    for place, (number, data) in enumerate(curves(table).items()):
        style = figures.series(place, marker=False)
        end = int(data["end"])
        left.semilogy(data["step"], data["loss"], label=f"$10^{{-{number}}}$", **style)
        left.plot(end, data["loss"][end], **{**figures.series(place), "markersize": 9, "markeredgecolor": "black"})
    left.set_xlabel("step")
    left.set_ylabel("population loss")
    left.set_title("Slow phase up to the mark, then fast", fontsize=10)
    left.legend(fontsize=9, frameon=False, title="cos φ = a·a* at the start")
    starts = [row for row in table.rows if row[0] == "start"]
    orders, step = ([float(row[place]) for row in starts] for place in (7, 2))
    style = {**figures.series(0, line=False), "markersize": 3, "alpha": 0.6}
    right.loglog(orders, step, label=f"{len(starts)} random starts", **style)
    ends = np.array([min(orders), max(orders)])
    right.loglog(ends, ends, label="as long as the theorem's order", **figures.reference())
    right.set_xlabel("1/(η β₀ cos φ₀) + 1/η")
    right.set_ylabel("steps of the slow phase")
    right.set_title(f"k = {settings.outputs}, p = {settings.size}, step size η = {settings.step:g}", fontsize=10)
    right.legend(fontsize=9, frameon=False, loc="upper left")
