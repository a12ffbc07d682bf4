"""Model C: random starts that end in spurious minima, against the number of neurons (Safran & Shamir 2018)."""

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
from relucert.numeric.descent import Floats, Mask, Status, iterate
from relucert.numeric.experiment import Runner, Table
from relucert.numeric.models.base import positive
from relucert.numeric.models.symmetric import SymmetricPlane
from relucert.numeric.models.two_layer import multi_neuron
from relucert.numeric.seeds import draw as draw_starts

SUMMARY = "K neurons, orthonormal teachers: share of random starts that end in spurious minima, against K"
COLUMNS = ("neurons", "run", "end", "loss", "steps", "least_eigenvalue")
ARRIVED = 1e-5  # loss of a run that is at the teacher; the spurious minima have about 1e-2
FLAT = 1e-6  # length of the gradient of a run that has stopped
DIGITS = 4  # losses that agree to so many decimals belong to minima that differ by symmetries


@dataclass(frozen=True)
class Settings:
    least: int = field(default=3, metadata={"help": "smallest K"})
    most: int = field(default=10, metadata={"help": "largest K"})
    starts: int = field(default=256, metadata={"help": "starts for each K, w_j ~ N(0, I/K) in R^K"})
    step: float = field(default=2.4, metadata={"help": "step size times K, at most 4"})
    limit: int = field(default=6000, metadata={"help": "most steps of a run"})

    def __post_init__(self) -> None:
        for name in ("starts", "limit"):
            positive(getattr(self, name), name)
        if not 2 <= self.least <= self.most:
            raise ValueError(f"least and most must satisfy 2 <= least <= most, got {self.least} and {self.most}")
        if not 0 < self.step <= 4:
            raise ValueError(f"step must lie in (0, 4], got {self.step}")


def run(settings: Settings, runner: Runner) -> Table:
    """One row for each run; the Hessian's least eigenvalue stands with the first run of each spurious loss."""
    cases = range(settings.least, settings.most + 1)
    work = partial(descend, settings, runner.seed)
    rows: list[tuple[Any, ...]] = []
    seen: set[tuple[int, float]] = set()
    numbers = dict.fromkeys(cases, 0)
    for k, chunk in runner.over_cases(work, cases, settings.starts, 12 * 8 * settings.most**2):
        for state, end, loss, steps in zip(*(chunk[name] for name in ("states", "end", "loss", "steps")), strict=True):
            kind = (k, round(float(loss), DIGITS))
            new = str(end) == "spurious" and kind not in seen
            eigenvalue = least_eigenvalue(state, k) if new else math.nan
            if new:
                seen.add(kind)
            rows.append((k, numbers[k], str(end), float(loss), int(steps), eigenvalue))
            numbers[k] += 1
    return Table(COLUMNS, rows, findings(Table(COLUMNS, rows), settings))


def starts(generator: np.random.Generator, count: int, k: int) -> Floats:
    """Independent N(0, 1/K) weights, (count, K²): neurons of about the teachers' length."""
    return initial.gaussian(generator, count, k * k, 1 / math.sqrt(k))


def descend(settings: Settings, seed: int, k: int, first: int, last: int) -> Chunk:
    """Last states of the runs, where they are, their losses and steps."""
    start = draw_starts(seed, first, last, partial(starts, k=k))
    step = settings.step / k

    def advance(states: Floats, number: int) -> Floats:
        del number
        return np.asarray(states - step * gradient(states, k))

    def done(states: Floats) -> Mask:
        return np.asarray((loss_of(states, k) <= ARRIVED) | (norm(gradient(states, k)) <= FLAT))

    outcome = iterate(advance, start, steps=settings.limit, done=done)
    loss = loss_of(outcome.parameters, k)
    stopped = outcome.status == Status.CONVERGED
    end = np.where(loss <= ARRIVED, "teacher", np.where(stopped, "spurious", "undecided"))
    return {"states": outcome.parameters, "end": end, "loss": loss, "steps": outcome.steps}


def angles(states: Floats, k: int) -> tuple[Floats, ...]:
    """The neurons, their lengths and directions, and pi minus the angles with each other and with the teachers e_i.

    From cosines: for nearly parallel neurons to about eight digits, in K times less work than `TwoLayer`.
    """
    weights = states.reshape(-1, k, k)
    length = norm(weights)
    hat = weights / length[..., None]
    between = math.pi - np.arccos(np.clip(hat @ hat.swapaxes(1, 2), -1, 1))
    between[:, np.arange(k), np.arange(k)] = math.pi
    return weights, length, hat, between, math.pi - np.arccos(np.clip(hat, -1, 1))


def gradient(states: Floats, k: int) -> Floats:
    """Gradient of J for the teachers e_1, ..., e_K, (runs, K²) -> (runs, K²)."""
    weights, length, hat, between, to_teachers = angles(states, k)
    own = between @ weights + inner(np.sin(between), length[:, None, :])[..., None] * hat
    found = own - to_teachers - np.sin(to_teachers).sum(-1)[..., None] * hat
    return np.asarray(found.reshape(len(states), k * k) / (2 * math.pi))


def loss_of(states: Floats, k: int) -> Floats:
    """J for the teachers e_1, ..., e_K, (runs, K²) -> (runs,)."""
    _, length, _, between, to_teachers = angles(states, k)
    pairs = np.sin(between) - between * np.cos(between)
    own = inner(inner(pairs, length[:, None, :]), length)
    mixed = inner((np.sin(to_teachers) - to_teachers * np.cos(to_teachers)).sum(-1), length)
    return np.asarray((own - 2 * mixed + k * math.pi + k * (k - 1)) / (4 * math.pi))


def least_eigenvalue(state: NDArray[Any], k: int) -> float:
    """Of the Hessian of J in all K² weights."""
    hessian = multi_neuron(np.eye(k)).curvature(state + np.zeros((k * k, 1)), np.eye(k * k))
    return float(np.linalg.eigvalsh((hessian + hessian.T) / 2)[0])


def shares(table: Table) -> dict[int, tuple[int, int, int]]:
    """Runs, spurious and undecided ends by K."""
    found: dict[int, tuple[int, int, int]] = {}
    for k, end in zip(table.column("neurons"), table.column("end"), strict=True):
        runs, spurious, undecided = found.get(k, (0, 0, 0))
        found[k] = (runs + 1, spurious + (end == "spurious"), undecided + (end == "undecided"))
    return found


def findings(table: Table, settings: Settings) -> list[str]:
    """What was seen, and what the theory says."""
    found = shares(table)
    counts = ", ".join(f"{spurious} (K = {k})" for k, (_, spurious, _) in found.items() if k >= 6)
    below = sum(spurious for k, (_, spurious, _) in found.items() if k < 6)
    rows = zip(*(table.column(name) for name in ("neurons", "loss", "least_eigenvalue")), strict=True)
    kinds = [row for row in rows if not math.isnan(row[2])]
    sentences = [f"K <= 5: {below} runs ended in a spurious minimum."] if settings.least < 6 else []
    if counts:
        sentences.append(
            f"Spurious ends of {settings.starts} runs each: {counts}.  Safran & Shamir 2018 prove that there are "
            "spurious minima for K = 6, ..., 20."
        )
    if kinds:
        listed = ", ".join(f"{loss:.{DIGITS}f} (K = {k}, {value:.4f})" for k, loss, value in sorted(kinds))
        sentences.append(f"Their losses, with the least eigenvalue of the Hessian: {listed}.")
        near = [k for k, loss, _ in kinds if abs(loss - symmetric_loss(int(k))) < 10.0**-DIGITS]
        sentences.append(
            f"The symmetric spurious minimum (loss {symmetric_loss(settings.most):.4f} at K = {settings.most}) was the "
            f"end of {'no run' if not near else f'runs with K = {near}'}: random starts end at less symmetric ones."
        )
    undecided = sum(number for _, _, number in found.values())
    return [*sentences, f"{undecided} of {len(table.rows)} runs had not ended after {settings.limit} steps."]


def symmetric_loss(k: int) -> float:
    """Loss of the critical point w_j = x e_j + y (sum of the others) with x < 0, for K >= 3."""
    plane = SymmetricPlane(k)
    points = plane.critical_points()
    least = np.linalg.eigvalsh(plane.hessian(points))[:, 0]
    others = points[1:][least[1:] > 0]
    return float(plane.loss(others[0]))


def draw(table: Table, settings: Settings, figure: Any) -> None:
    """Left the share of spurious ends, right their losses beside that of the symmetric point."""
    left, right = figures.panels(figure, 2, width=4.8, height=4.0)
    found = shares(table)
    left.plot(list(found), [spurious / runs for runs, spurious, _ in found.values()], **figures.series(0))
    left.set_ylim(bottom=-0.01)
    left.set_ylabel("share of runs that end in a spurious minimum")
    left.set_title(f"{settings.starts} random starts for each K", fontsize=10)
    spurious = [row for row in table.rows if row[2] == "spurious"]
    style = {**figures.series(1, line=False), "alpha": 0.7}
    right.plot([row[0] for row in spurious], [row[3] for row in spurious], label="ends of runs", **style)
    known = [k for k in found if k >= 6]
    losses = [symmetric_loss(k) for k in known]
    right.plot(known, losses, label="symmetric minimum", **{**figures.reference(), "marker": "x"})
    right.set_ylim(bottom=0)
    right.set_ylabel("population loss J")
    right.set_title("Losses of the spurious minima", fontsize=10)
    right.legend(fontsize=8, frameon=False)
    for axes in (left, right):
        axes.set_xlabel("neurons K")
        axes.set_xlim(settings.least - 0.5, settings.most + 0.5)
        axes.set_xticks(list(found))
