"""Model B: noise leads out of the spurious minimum when its radius is large enough (Zhou et al. 2019)."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from relucert.numeric import figures, initial
from relucert.numeric.annealing import Epoch, large_then_small, perturbed_descent
from relucert.numeric.arrays import inner
from relucert.numeric.checkpoint import Chunk
from relucert.numeric.experiment import Runner, Table, numbers
from relucert.numeric.kernels import angular_kernel
from relucert.numeric.models import both_layers_landscape as landscape
from relucert.numeric.models.base import positive
from relucert.numeric.models.both_layers import BothLayers
from relucert.numeric.population import both_layers_step
from relucert.numeric.seeds import draw as draw_starts

SUMMARY = "both layers, noisy descent from the spurious minimum: share of runs that escape, against the radius"
COLUMNS = ("radius", "run", "alignment", "loss", "predicted")
ARRIVED = 1e-3  # loss, of |a*| = |w*| = 1, of a run that has escaped to the teacher
OFF = 1e-3  # starts are uniform in a ball of this radius about the spurious minimum
STAY = 0.05  # share of escapes up to which the runs of a radius count as staying near -w*
SMALL_STEPS, QUIET_STEPS = 150, 400  # of each epoch of falling noise, and of the last one without noise


@dataclass(frozen=True)
class Settings:
    size: int = field(default=3, metadata={"help": "coordinates of the filter, p"})
    outputs: int = field(default=3, metadata={"help": "output weights, k"})
    balance: float = field(default=0.5, metadata={"help": "(1·a*)²/|a*|² of the teacher"})
    radii: str = field(default="0,1.5,3,3.5,4,5,6", metadata={"help": "radii of the noise in w, with commas"})
    output_noise: float = field(default=0.5, metadata={"help": "radius of the noise in a where that in w is not 0"})
    starts: int = field(default=64, metadata={"help": "runs for each radius"})
    step: float = field(default=0.5, metadata={"help": "step size, at most 2 pi/(k + pi - 1)"})
    steps: int = field(default=3500, metadata={"help": "steps with the full radius"})
    halvings: int = field(default=6, metadata={"help": "epochs of half the radius each; the last epoch has no noise"})

    def __post_init__(self) -> None:
        for name in ("starts", "steps", "halvings"):
            positive(getattr(self, name), name)
        if self.size < 2 or self.outputs < 2:
            raise ValueError(f"size and outputs must be at least 2, got {self.size} and {self.outputs}")
        if not 0 <= self.balance < landscape.balance_limit(self.outputs):
            raise ValueError(f"balance must lie in [0, (k + pi - 1)/pi), got {self.balance}: no spurious minimum")
        if min(numbers(self.radii, "radii")) < 0 or self.output_noise < 0:
            raise ValueError("radii must not be negative")
        if not 0 < self.step <= both_layers_step(self.model()):
            raise ValueError(f"step must lie in (0, 2 pi/(k + pi - 1)], got {self.step}")

    def model(self) -> BothLayers:
        """w* = e_1 and a unit vector a*."""
        return BothLayers(np.eye(self.size)[0], landscape.teacher_of_balance(self.balance, self.outputs))


def mean_kernel(size: int, radius: float, grid: int = 128) -> float:
    """Mean of G at -w* + xi, |w*| = 1, xi uniform in the ball of the radius in R^p, by the midpoint rule."""
    if radius == 0:
        return 0.0
    length = radius * (np.arange(grid) + 0.5) / grid
    turn = math.pi * (np.arange(grid) + 0.5) / grid
    length, turn = np.meshgrid(length, turn)
    weight = (length / radius) ** (size - 1) * np.sin(turn) ** (size - 2)
    supplement = np.arctan2(length * np.sin(turn), 1 - length * np.cos(turn))
    return float((weight * angular_kernel(supplement)).sum() / weight.sum())


def predicted_alignment(model: BothLayers, radius: float) -> float:
    """a·a* where the mean gradient in a is 0 while w stays opposite to w*."""
    outputs = landscape.best_outputs(model, mean_kernel(len(model.filter), radius))
    return float(inner(outputs, landscape.teacher(model)))


def critical_radius(model: BothLayers) -> float:
    """The radius at which `predicted_alignment` becomes positive: then -w* repels and does not attract."""
    low, high = 0.0, 1.0
    while predicted_alignment(model, high) < 0:
        high *= 2
    for _ in range(30):
        middle = (low + high) / 2
        low, high = (middle, high) if predicted_alignment(model, middle) < 0 else (low, middle)
    return (low + high) / 2


def run(settings: Settings, runner: Runner) -> Table:
    """One row for each run."""
    radii, rows = numbers(settings.radii, "radii"), []
    model = settings.model()
    work = partial(anneal, settings, runner.seed)
    counts = dict.fromkeys(radii, 0)
    for radius, chunk in runner.over_cases(work, radii, settings.starts, 24 * 8 * model.size):
        predicted = predicted_alignment(model, radius)
        for alignment, loss in zip(chunk["alignment"], chunk["loss"], strict=True):
            rows.append((radius, counts[radius], float(alignment), float(loss), predicted))
            counts[radius] += 1
    return Table(COLUMNS, rows, findings(Table(COLUMNS, rows), settings))


def anneal(settings: Settings, seed: int, radius: float, first: int, last: int) -> Chunk:
    """a·a* after the epoch of the full radius, and the loss at the end."""
    model = settings.model()
    start = draw_starts(seed, first, last, partial(initial.about, point=landscape.spurious(model)[0], radius=OFF))
    noisy = Epoch(radius, settings.output_noise if radius else 0.0, settings.step, settings.steps)
    epochs = large_then_small(noisy, 0.5, settings.halvings, SMALL_STEPS)
    epochs.append(Epoch(0.0, 0.0, settings.step, QUIET_STEPS))
    outcomes = perturbed_descent(model, start, epochs, first=first, seed=seed)
    alignment = inner(model.split(outcomes[0].parameters)[1], landscape.teacher(model))
    return {"alignment": alignment, "loss": model.loss(outcomes[-1].parameters)}


def by_radius(table: Table) -> dict[float, tuple[NDArray[np.float64], NDArray[np.float64]]]:
    """Alignments and losses of the runs of each radius."""
    found: dict[float, list[tuple[float, float]]] = {}
    for radius, _, alignment, loss, _ in table.rows:
        found.setdefault(float(radius), []).append((float(alignment), float(loss)))
    return {radius: (np.array(pairs)[:, 0], np.array(pairs)[:, 1]) for radius, pairs in found.items()}


def findings(table: Table, settings: Settings) -> list[str]:
    """What was seen, and what the theory says."""
    model, found = settings.model(), by_radius(table)
    critical = critical_radius(model)
    counts = ", ".join(f"{(loss <= ARRIVED).sum()} ({radius:g})" for radius, (_, loss) in found.items())
    stuck = {radius: a for radius, (a, loss) in found.items() if (loss <= ARRIVED).mean() <= STAY}
    gaps = [abs(float(a.mean()) - predicted_alignment(model, radius)) for radius, a in stuck.items()]
    sentences = [
        f"Of {settings.starts} runs each from the spurious minimum, reached the teacher, by radius of the noise: "
        f"{counts}.",
        f"Averaging the gradient over the noise predicts that the spurious minimum repels from radius {critical:.3f} "
        "on; the theorem asks for a radius of the order k p² = "
        f"{settings.outputs * settings.size**2}, sufficient and not necessary.",
    ]
    if gaps:
        sentences.append(
            f"At the radii up to {max(stuck):g}, from which at most one run in twenty escapes, the mean of a·a* after "
            f"{settings.steps} noisy steps differs from the predicted equilibrium by at most {max(gaps):.3f}."
        )
    return sentences


def draw(table: Table, settings: Settings, figure: Any) -> None:
    """Left the share of escapes with the predicted radius, right a·a* under noise with its predicted equilibrium."""
    left, right = figures.panels(figure, 2, width=5.0, height=4.0)
    model, found = settings.model(), by_radius(table)
    critical = critical_radius(model)
    radii = list(found)
    left.plot(radii, [(loss <= ARRIVED).mean() for _, loss in found.values()], **figures.series(0))
    left.set_ylabel("share of runs that reach the teacher")
    left.set_ylim(-0.03, 1.05)
    for place, (radius, (alignment, _)) in enumerate(found.items()):
        style = {**figures.series(0, line=False), "markersize": 3, "alpha": 0.35}
        label = "" if place else "single runs"
        right.plot(np.full(len(alignment), radius), alignment, label=label, **style)
    right.plot(radii, [a.mean() for a, _ in found.values()], label="mean of the runs", **figures.series(1))
    fine = np.linspace(0, max([*radii, critical]), 60)
    curve = [predicted_alignment(model, float(radius)) for radius in fine]
    right.plot(fine, curve, label="predicted while w ≈ −w*", **figures.reference())
    right.axhline(0, color="0.5", linewidth=0.8)
    right.set_ylabel(f"a·a* after {settings.steps} noisy steps")
    right.legend(fontsize=8, loc="lower right", framealpha=1, edgecolor="none")
    for axes in (left, right):
        axes.axvline(critical, color="black", linewidth=1.2, linestyle=(0, (1, 1)))
        axes.set_xlabel("radius of the noise in w, |w*| = 1")
    left.text(critical, 0.5, f"predicted: {critical:.2f} ", fontsize=9, ha="right")
    left.set_title(f"k = {settings.outputs}, p = {settings.size}, (1·a*)²/|a*|² = {settings.balance:g}", fontsize=10)
    right.set_title(f"{settings.starts} runs for each radius", fontsize=10)
