"""Model A on finitely many samples: distance of the empirical risk's descent from the teacher, against their number."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from relucert.numeric import figures, initial
from relucert.numeric.arrays import norm
from relucert.numeric.checkpoint import Chunk
from relucert.numeric.descent import Floats, Mask, Status, iterate
from relucert.numeric.experiment import Runner, Table, whole_numbers
from relucert.numeric.models.base import positive
from relucert.numeric.models.non_overlapping import NonOverlapping
from relucert.numeric.seeds import generator

SUMMARY = "disjoint patches, given samples: where descent on the empirical risk ends, against the number of samples"
COLUMNS = ("samples", "noise", "run", "distance", "loss", "stopped")
DATA = 2**32 - 1  # first part of the key of a data set's generator: no block of runs has this number
FLAT = 1e-9  # length of the gradient of a run that has stopped
EXACT = 1e-6  # distance to the teacher of a run that found it
BASIN = 0.5  # distance below which a run counts as having ended at the minimum near the teacher


@dataclass(frozen=True)
class Settings:
    size: int = field(default=4, metadata={"help": "coordinates of the filter, m"})
    patches: int = field(default=2, metadata={"help": "k"})
    samples: str = field(default="4,8,16,32,64,128,256,512,1024", metadata={"help": "n; several with commas"})
    noise: float = field(default=0.1, metadata={"help": "standard deviation of the targets' errors; 0 is tried too"})
    starts: int = field(default=64, metadata={"help": "data sets for each n, with one start on the sphere each"})
    step: float = field(default=0.5, metadata={"help": "step size, at most 1"})
    limit: int = field(default=1000, metadata={"help": "most steps of a run"})

    def __post_init__(self) -> None:
        for name in ("size", "patches", "starts", "limit"):
            positive(getattr(self, name), name)
        whole_numbers(self.samples, "samples")
        if not 0 < self.step <= 1:
            raise ValueError(f"step must lie in (0, 1], got {self.step}")
        if not 0 < self.noise < math.inf:
            raise ValueError(f"noise must be positive and finite, got {self.noise}")

    def model(self) -> NonOverlapping:
        """w* = e_1."""
        return NonOverlapping(np.eye(self.size)[0], self.patches)


def predicted(settings: Settings, n: int) -> float:
    """Root of the mean square of |ŵ - w*| to first order in 1/n.

    The covariance is (noise²/n) (E of the outputs' gradients' squares)^-1 = (2 noise²/n) Hessian^-1, and the Hessian
    has the eigenvalues (k - 1 + pi)/(pi k) once and 1/k (m - 1 times).
    """
    k, m = settings.patches, settings.size
    trace = math.pi * k / (k - 1 + math.pi) + (m - 1) * k
    return settings.noise * math.sqrt(2 * trace / n)


def run(settings: Settings, runner: Runner) -> Table:
    """One row for each data set."""
    counts = whole_numbers(settings.samples, "samples")
    cases = [(n, noise) for noise in (0.0, settings.noise) for n in counts]
    # inputs, pre-activations, activations and weights of the largest data set
    per_run = 8 * max(counts) * settings.patches * (settings.size + 4)
    rows: list[tuple[Any, ...]] = []
    place = dict.fromkeys(cases, 0)
    for case, chunk in runner.over_cases(partial(descend, settings, runner.seed), cases, settings.starts, per_run):
        for distance, loss, stopped in zip(*(chunk[name] for name in COLUMNS[3:]), strict=True):
            rows.append((*case, place[case], float(distance), float(loss), int(stopped)))
            place[case] += 1
    return Table(COLUMNS, rows, findings(Table(COLUMNS, rows), settings))


def data_set(settings: Settings, seed: int, n: int, number: int) -> tuple[Floats, Floats, Floats]:
    """Start (m,), inputs (n, k m) and the errors of the targets in units of `noise` (n,) of one run."""
    drawn = generator(seed, DATA, n, number)
    start = initial.on_sphere(drawn, 1, settings.size)[0]
    return start, drawn.standard_normal((n, settings.patches * settings.size)), drawn.standard_normal(n)


def descend(settings: Settings, seed: int, case: tuple[int, float], first: int, last: int) -> Chunk:
    """Gradient descent of each run on its own samples: distances to w*, losses, and whether the runs stopped."""
    (n, noise), model = case, settings.model()
    start, inputs, errors = map(
        np.stack, zip(*(data_set(settings, seed, n, i) for i in range(first, last)), strict=True)
    )
    targets = model.target(inputs) + noise * errors

    def advance(states: Floats, number: int) -> Floats:
        del number
        return np.asarray(states - settings.step * model.sample_gradient(states, inputs, targets))

    def done(states: Floats) -> Mask:
        return np.asarray(norm(model.sample_gradient(states, inputs, targets)) <= FLAT)

    outcome = iterate(advance, start, steps=settings.limit, done=done, separate=False)
    return {
        "distance": norm(outcome.parameters - model.teacher),
        "loss": model.sample_loss(outcome.parameters, inputs, targets),
        "stopped": outcome.status == Status.CONVERGED,
    }


def distances(table: Table, noise: float) -> dict[int, NDArray[np.float64]]:
    """The runs' distances by the number of samples."""
    found: dict[int, list[float]] = {}
    for n, other, distance in zip(*(table.column(name) for name in ("samples", "noise", "distance")), strict=True):
        if other == noise:
            found.setdefault(n, []).append(distance)
    return {n: np.array(values) for n, values in found.items()}


def findings(table: Table, settings: Settings) -> list[str]:
    """What was seen, and what the theory says."""
    clean, noisy = distances(table, 0.0), distances(table, settings.noise)
    exact = ", ".join(f"{(values <= EXACT).sum()} ({n})" for n, values in clean.items())
    failing = [n for n, values in clean.items() if (values > EXACT).any()]
    enough = [n for n in clean if n > max(failing, default=0)]
    law = f"from n = {enough[0]} on all do, as the theorem says of the population" if enough else "not yet all"
    largest = max(noisy)
    inside = noisy[largest][noisy[largest] <= BASIN]
    sentences = [
        f"Exact targets: of {settings.starts} runs each, found the teacher, by the number of samples: {exact}; {law}.",
    ]
    if len(inside):
        root = math.sqrt(float((inside**2).mean()))
        sentences.append(
            f"Targets with errors of size {settings.noise:g}, n = {largest}: {len(inside)} of {settings.starts} runs "
            f"ended near the teacher, at the root mean square distance {root:.5f}; the Hessian there predicts "
            f"{predicted(settings, largest):.5f}, falling like 1/sqrt(n)."
        )
    moving = [
        noise for noise, stopped in zip(table.column("noise"), table.column("stopped"), strict=True) if not stopped
    ]
    return [
        *sentences,
        f"Gradients above {FLAT:g} after {settings.limit} steps: {moving.count(0.0)} runs with exact and "
        f"{len(moving) - moving.count(0.0)} with noisy targets; the risk has kinks, and "
        "about a minimum on one, steps of a constant size do not come to rest.",
    ]


def draw(table: Table, settings: Settings, figure: Any) -> None:
    """Left the share of runs that found the teacher from exact targets, right the distances from noisy ones."""
    left, right = figures.panels(figure, 2, width=5.0, height=4.0)
    clean, noisy = distances(table, 0.0), distances(table, settings.noise)
    n = np.array(list(clean))
    left.plot(n, [(values <= EXACT).mean() for values in clean.values()], **figures.series(0))
    left.set_ylim(-0.03, 1.05)
    left.set_ylabel("share of runs that find the teacher")
    left.set_title(f"Exact targets, {settings.starts} data sets for each n", fontsize=10)
    middle = np.array([np.median(values) for values in noisy.values()])
    ends = np.array([np.quantile(values, [0.1, 0.9]) for values in noisy.values()])
    style = {**figures.series(1), "linewidth": 1.5, "capsize": 3}
    right.errorbar(n, middle, yerr=np.abs(ends.T - middle), label="median, 10 % to 90 %", **style)
    asymptotic = [predicted(settings, int(count)) for count in n]
    right.plot(n, asymptotic, label="Hessian at w*, root mean square", **figures.reference())
    right.set_yscale("log")
    right.set_ylabel("distance of the end from w*")
    right.set_title(f"Errors of size {settings.noise:g} in the targets", fontsize=10)
    right.legend(fontsize=8, frameon=False)
    for axes in (left, right):
        axes.set_xscale("log", base=2)
        axes.set_xticks(n, [str(count) for count in n], fontsize=8)
        axes.minorticks_off()
        axes.set_xlabel(f"samples n (m = {settings.size} parameters, k = {settings.patches})")
