"""Model A with a leaky slope: the degenerate saddle becomes strict, and descent leaves it exponentially fast."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from relucert.numeric import figures, initial
from relucert.numeric.checkpoint import Chunk
from relucert.numeric.descent import Floats, Mask, Status
from relucert.numeric.experiment import Runner, Table, numbers
from relucert.numeric.models.base import positive
from relucert.numeric.models.non_overlapping import NonOverlapping
from relucert.numeric.population import gradient_descent
from relucert.numeric.seeds import draw as draw_starts

SUMMARY = "disjoint patches, leaky slope: steps to leave the saddle opposite to the teacher, against the slope"
COLUMNS = ("leak", "distance", "starts", "left", "median_steps", "most_steps", "predicted")


@dataclass(frozen=True)
class Settings:
    size: int = field(default=4, metadata={"help": "coordinates of the filter, m"})
    patches: int = field(default=2, metadata={"help": "k"})
    leaks: str = field(
        default="0,0.0001,0.0003,0.001,0.003,0.01,0.03,0.09",
        metadata={"help": "slopes alpha for negative arguments, with commas; 0 is the ReLU"},
    )
    distances: str = field(
        default="0.01,0.001,0.0001", metadata={"help": "starts this far from the saddle, orthogonally; with commas"}
    )
    starts: int = field(
        default=16, metadata={"help": "random directions for each slope and distance; steps are the same for all"}
    )
    step: float = field(default=0.5, metadata={"help": "step size, at most 1"})
    limit: int = field(default=200_000, metadata={"help": "most steps of a run"})

    def __post_init__(self) -> None:
        for name in ("starts", "limit"):
            positive(getattr(self, name), name)
        if self.size < 2 or self.patches < 2:
            raise ValueError(f"size and patches must be at least 2, got {self.size} and {self.patches}")
        if not 0 < self.step <= 1:
            raise ValueError(f"step must lie in (0, 1], got {self.step}")
        if not all(0 < distance <= 0.1 for distance in numbers(self.distances, "distances")):
            raise ValueError(f"distances must lie in (0, 0.1], got {self.distances}")
        limit = largest_leak(self.patches)
        if not all(0 <= leak < limit for leak in numbers(self.leaks, "leaks")):
            raise ValueError(f"leaks must lie in [0, {limit:.6f}): from there on there is no saddle")


def largest_leak(k: int) -> float:
    """The slope at which the saddle meets 0: (1 - alpha)² (k - 1) = 2 pi alpha."""
    half = 1 + math.pi / (k - 1)
    return half - math.sqrt(half**2 - 1)


def saddle_radius(leak: float, k: int) -> float:
    """kappa: the critical point is -kappa w*."""
    share, beta = (1 - leak) ** 2, (k * k - k) / (2 * math.pi)
    return (share * beta - leak * k) / (share * (beta + k / 2) + leak * k)


def predicted_steps(leak: float, distance: float, k: int, step: float) -> float:
    """Steps in which the angle from -w* grows from distance/kappa to pi/2 at the radius kappa.

    The angle delta follows kappa delta' = (1 - alpha)² delta sin(delta)/(pi k) + 2 alpha sin(delta)/k: growth at the
    rate 2 alpha/(k kappa), or without leak delta' = delta²/(pi k kappa), whose time is of the order of 1/delta.
    """
    kappa = saddle_radius(leak, k)
    # substituting log(delta): the integrand is smooth there
    first, last = math.log(math.atan(distance / kappa)), math.log(math.pi / 2)
    points = first + (last - first) * (np.arange(2000) + 0.5) / 2000
    delta = np.exp(points)
    speed = ((1 - leak) ** 2 * delta / (math.pi * k) + 2 * leak / k) * np.sin(delta) / kappa
    return float((delta / speed).mean() * (last - first) / step)


def run(settings: Settings, runner: Runner) -> Table:
    """One row for each slope and distance."""
    leaks, distances = numbers(settings.leaks, "leaks"), numbers(settings.distances, "distances")
    cases = [(leak, distance) for distance in distances for leak in leaks]
    found: dict[tuple[float, float], list[Chunk]] = {case: [] for case in cases}
    for case, chunk in runner.over_cases(
        partial(leave, settings, runner.seed), cases, settings.starts, 12 * 8 * settings.size
    ):
        found[case].append(chunk)
    rows = []
    for case in cases:
        steps, left = (np.concatenate([chunk[name] for chunk in found[case]]) for name in ("steps", "left"))
        prediction = predicted_steps(*case, settings.patches, settings.step)
        rows.append((*case, settings.starts, int(left.sum()), float(np.median(steps)), int(steps.max()), prediction))
    return Table(COLUMNS, rows, findings(Table(COLUMNS, rows), settings))


def leave(settings: Settings, seed: int, case: tuple[float, float], first: int, last: int) -> Chunk:
    """Steps until the angle to the teacher is at most pi/2, from -kappa w* plus a vector orthogonal to it."""
    leak, distance = case
    model = NonOverlapping(np.eye(settings.size)[0], settings.patches, leak)
    across = draw_starts(seed, first, last, partial(initial.on_sphere, size=settings.size - 1))
    along = np.full((len(across), 1), -saddle_radius(leak, settings.patches))

    def done(states: Floats) -> Mask:
        return np.asarray(states[:, 0] >= 0)

    start = np.concatenate([along, distance * across], axis=1)
    outcome = gradient_descent(model, start, step=settings.step, steps=settings.limit, done=done, every=1)
    return {"steps": outcome.steps, "left": outcome.status == Status.CONVERGED}


def of_distance(table: Table, distance: float) -> NDArray[np.float64]:
    """Leaks, median steps and predictions for one distance, (3, n)."""
    names = ("distance", "leak", "median_steps", "predicted")
    rows = [row[1:] for row in zip(*map(table.column, names), strict=True) if row[0] == distance]
    return np.array(rows, dtype=float).T


def findings(table: Table, settings: Settings) -> list[str]:
    """What was seen, and what the theory says."""
    distances = sorted(numbers(settings.distances, "distances"), reverse=True)
    gaps = np.abs(np.array(table.column("median_steps")) - np.array(table.column("predicted")))
    counts = {}
    for distance in distances:
        leaks, median, _ = of_distance(table, distance)
        counts[distance] = dict(zip(leaks.tolist(), median.tolist(), strict=True))
    asked = numbers(settings.leaks, "leaks")
    sentences = []
    for leak in dict.fromkeys((min(asked), max(asked))):
        listed = ", ".join(f"{counts[distance][leak]:.0f} ({distance:g})" for distance in distances)
        eigenvalue = -2 * leak / (settings.patches * saddle_radius(leak, settings.patches))
        law = (
            "a degenerate saddle keeps runs for a time of the order of 1/distance"
            if leak == 0
            else f"a strict saddle (eigenvalue {eigenvalue:.4f}) keeps them for a time of the order of log(1/distance)"
        )
        sentences.append(f"Slope {leak:g}: median steps to leave the saddle, by the starts' distance, {listed}; {law}.")
    return [
        *sentences,
        f"All {len(gaps)} medians are within {gaps.max():.1f} steps of what the equation of the angle at the saddle's "
        "radius predicts.",
        f"From the slope {largest_leak(settings.patches):.6f} on there is no saddle (k = {settings.patches}).",
        f"{sum(table.column('left'))} of {sum(table.column('starts'))} runs left within {settings.limit} steps.",
    ]


def draw(table: Table, settings: Settings, figure: Any) -> None:
    """Median steps against the slope, one line for each distance, with the prediction; slope 0 stands at the left."""
    (axes,) = figures.panels(figure, 1, width=6.2, height=4.4)
    distances = numbers(settings.distances, "distances")
    positive_leaks = [leak for leak in numbers(settings.leaks, "leaks") if leak > 0]
    least = min(positive_leaks, default=1e-3)
    zero = least / 4  # where slope 0 stands on the logarithmic axis
    for place, distance in enumerate(distances):
        leaks, median, predicted = of_distance(table, distance)
        shown, style = np.where(leaks > 0, leaks, zero), figures.series(place)
        for chosen in (leaks > 0, leaks == 0):
            label = f"starts at distance {distance:g}" if chosen[-1] else ""
            axes.plot(shown[chosen], median[chosen], label=label, **style)
            axes.plot(shown[chosen], predicted[chosen], **{**figures.reference(), "marker": "_", "markersize": 12})
    axes.plot([], [], label="predicted", **figures.reference())
    limit = largest_leak(settings.patches)
    axes.axvline(limit, color="black", linewidth=1)
    axes.set_xscale("log")
    axes.set_yscale("log")
    low = axes.get_ylim()[0]
    axes.text(1.06 * limit, low, " no saddle from here on", fontsize=8, rotation=90, ha="left", va="bottom")
    axes.set_xlim(right=2 * limit)
    decades = [10.0**power for power in range(math.ceil(math.log10(least) - 1e-9), 0)]
    axes.set_xticks([zero, *decades], ["0", *(f"{tick:g}" for tick in decades)])
    axes.minorticks_off()
    axes.set_xlabel("slope α for negative arguments")
    axes.set_ylabel("median steps until the angle to w* is π/2")
    axes.set_title(f"k = {settings.patches}, step size {settings.step:g}, {settings.starts} starts each", fontsize=10)
    axes.legend(fontsize=8, frameon=False)
