"""Loss, gradient and curvature of a model at chosen points, compared with what is printed, sampled and differenced.

The points are random, near and on kinks: a student parallel or opposite to a teacher, where the curvature has a kink
and the gradient has none, and a student's weight vector zero, where the loss has one.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from relucert.numeric import agreement
from relucert.numeric.agreement import Floats, outside, simulated, ulps
from relucert.numeric.models.base import Model
from relucert.numeric.models.both_layers import BothLayers
from relucert.numeric.models.two_layer import TwoLayer

QUANTITIES = ("loss", "gradient", "curvature")
PARALLEL = 1e-12  # a sine below which two vectors are parallel up to rounding
Printed = Callable[..., Floats]


@dataclass(frozen=True)
class Case:
    """A model of the papers.

    Attributes
    ----------
    examples : callable
        (generator) -> networks of several sizes with random teachers.
    printed : mapping of quantity to function
        (model, parameters) -> loss or gradient, (model, parameters, direction) -> curvature, from printed functions;
        quantities that no derivation states are missing.
    neurons : callable
        (model, parameters) -> the weight vectors of the student and of the teacher: there is a kink where one of the
        student's is zero, and one of higher order where two are parallel.
    scale_teacher : callable
        (model, factor) -> the model with the teacher's weight vectors times the factor.
    """

    name: str
    examples: Callable[[np.random.Generator], Sequence[Any]]
    printed: dict[str, Printed]
    neurons: Callable[[Any, Floats], tuple[Floats, Floats]]
    scale_teacher: Callable[[Any, float], Any]


@dataclass
class Row:
    """What came out for one quantity of one model; None where there is nothing to compare with.

    Attributes
    ----------
    points, kinks : int
        Points compared, and how many of them are kinks.
    ulps : float, optional
        Largest difference to the printed function.
    score : float, optional
        Largest difference to the mean over samples, in standard errors.
    difference : float, optional
        Largest distance to the interval of one-sided slopes, in parts of the predicted error.
    """

    model: str
    quantity: str
    points: int = 0
    kinks: int = 0
    ulps: float | None = None
    score: float | None = None
    difference: float | None = None
    scores: int = 0

    def worst(self, measure: str, value: float) -> None:
        """Keep the larger of the known and the new value."""
        known = getattr(self, measure)
        setattr(self, measure, value if known is None else max(known, value))

    def disagreements(self, bound: float) -> list[str]:
        """Names of the comparisons that fail, for this bound on the scores."""
        bounds = {"printed": (self.ulps, agreement.ULPS), "samples": (self.score, bound),
                  "differences": (self.difference, 1.0)}  # fmt: skip
        return [name for name, (value, most) in bounds.items() if value is not None and not value <= most]


def compare(case: Case, seed: tuple[int, ...], samples: int, points: int) -> list[Row]:
    """The rows of one model."""
    rows = {quantity: Row(case.name, quantity) for quantity in QUANTITIES}
    generator = np.random.default_rng(np.random.SeedSequence(seed))
    for number, model in enumerate(case.examples(generator)):
        random = [_point(model, generator) for _ in range(points)]
        for at in [*random, *_special(case, model, random[0])]:
            direction = generator.standard_normal(model.size)
            _with_printed(case, model, at, direction, rows)
            _with_differences(case, model, at, direction, rows)
        for at in _kinks(model, random[0]):
            _at_a_kink(case, model, at, rows)
        _with_samples(case, model, random, generator, samples, (*seed, number), rows)
    return list(rows.values())


# ---- points


def _point(model: Any, generator: np.random.Generator) -> Floats:
    """A Gaussian state times a length from 1/4 to 4."""
    length = 2.0 ** generator.uniform(-2, 2)
    return np.asarray(length * generator.standard_normal(model.size))


def _special(case: Case, model: Any, random: Floats) -> Iterator[Floats]:
    """Students parallel, opposite and nearly opposite to a teacher, where two formulas lose digits differently."""
    student, teacher = case.neurons(model, random)
    size = teacher.shape[1] if isinstance(model, TwoLayer | BothLayers) else model.size
    target = teacher[0, :size]
    aside = random[:size] - target * (random[:size] @ target) / (target @ target)
    aside /= np.linalg.norm(aside) / np.linalg.norm(target)
    for turned in (target, -0.75 * target, -target + 0.01 * aside, -target + 1e-6 * aside, target + 1e-6 * aside):
        yield np.concatenate([turned, random[size:]])
    if isinstance(model, TwoLayer) and len(student) > 1:
        yield np.concatenate([random[:size], -random[:size], random[2 * size :]])


def _kinks(model: Any, random: Floats) -> Iterator[Floats]:
    """One weight vector of the student zero: the loss has a value there and one-sided slopes, but no gradient."""
    if not isinstance(model, BothLayers):  # whose filter is divided by its length
        size = model.input_size if isinstance(model, TwoLayer) else model.size
        yield np.concatenate([np.zeros(size), random[size:]])


def _sines(case: Case, model: Any, at: Floats) -> Floats:
    """Sines of the angles of the student's vectors to one another, then to the teacher's: (K, K + L), 1 for itself."""
    student, teacher = case.neurons(model, at)
    one, others = (
        rows / np.linalg.norm(rows, axis=1)[:, None] for rows in (student, np.concatenate([student, teacher]))
    )
    # as vectors: from cosines small sines have no digits
    sines = np.linalg.norm(others - (one @ others.T)[..., None] * one[:, None], axis=-1)
    sines[np.arange(len(one)), np.arange(len(one))] = 1
    return np.asarray(sines)


def _reach(case: Case, model: Any, at: Floats) -> float:
    """The distance to the next kink: a zero vector, or two vectors parallel that are not so already."""
    sines = _sines(case, model, at)
    lengths = np.linalg.norm(case.neurons(model, at)[0], axis=1)
    return float((lengths[:, None] * np.where(sines < PARALLEL, 1, sines)).min())


def _size(case: Case, model: Any, function: Callable[[Model], Floats]) -> float:
    """The size of the terms that a value is the sum of.

    With twice the teacher they cancel elsewhere, and with the opposite teacher its small terms become large.
    """
    return max(float(np.abs(function(case.scale_teacher(model, factor))).max()) for factor in (1, 2, -1, -2))


# ---- comparisons


def _function(quantity: str, at: Floats, direction: Floats) -> Callable[[Any], Floats]:
    """The quantity as a function of the model."""
    arguments = (at, direction) if quantity == "curvature" else (at,)
    return lambda model: np.asarray(getattr(model, quantity)(*arguments))


def _with_printed(case: Case, model: Any, at: Floats, direction: Floats, rows: dict[str, Row]) -> None:
    for quantity, printed in case.printed.items():
        if quantity == "curvature" and (_sines(case, model, at) < PARALLEL).any():
            continue  # stated for vectors that are not parallel
        arguments = (at, direction) if quantity == "curvature" else (at,)
        expected = np.asarray(printed(model, *arguments))
        value = _function(quantity, at, direction)
        rows[quantity].worst("ulps", ulps(value(model), expected, _size(case, model, value)))


def _with_differences(case: Case, model: Any, at: Floats, direction: Floats, rows: dict[str, Row]) -> None:
    """The gradient against slopes of the loss along the axes, the curvature against those of the gradient."""
    step = agreement.STEP * _reach(case, model, at)
    axes, unit = np.eye(model.size), direction / np.linalg.norm(direction)
    size = _size(case, model, _function("loss", at, direction))
    slopes, errors = agreement.one_sided_slopes(model.loss, at, axes, step, size)
    rows["gradient"].worst("difference", outside(model.gradient(at), slopes, errors))
    size = _size(case, model, _function("gradient", at, direction))
    slopes, errors = agreement.one_sided_slopes(model.gradient, at, unit[None], step, size)
    rows["curvature"].worst("difference", outside(model.curvature(at, unit)[None], slopes, errors))
    for quantity in QUANTITIES:
        rows[quantity].points += 1


def _at_a_kink(case: Case, model: Any, at: Floats, rows: dict[str, Row]) -> None:
    """No gradient at the point, but along every axis the gradients next to it lie between the one-sided slopes."""
    student, _ = case.neurons(model, at)
    lengths = np.linalg.norm(student, axis=1)
    # along the axes of the vector that is zero: next to the others it stays so
    axes = np.eye(model.size)[: model.input_size if isinstance(model, TwoLayer) else model.size]
    row = rows["gradient"]
    row.points, row.kinks = row.points + 1, row.kinks + 1
    for gradient in (model.gradient, *([] if "gradient" not in case.printed else [_of(case, model)])):
        if _has_value(gradient, at):
            row.worst("difference", math.inf)
            return
    size = _size(case, model, _function("loss", at, at))
    step = agreement.STEP * min([1.0, *lengths[lengths > 0]])
    slopes, errors = agreement.one_sided_slopes(model.loss, at, axes, step, size)
    for side in (1, -1):
        near = at + side * 2.0**-60 * axes
        row.worst("difference", outside(np.einsum("ni,ni->n", model.gradient(near), axes), slopes, errors))


def _of(case: Case, model: Any) -> Callable[[Floats], Floats]:
    return lambda at: case.printed["gradient"](model, at)


def _has_value(function: Callable[[Floats], Floats], at: Floats) -> bool:
    try:
        function(at)
    except ValueError:
        return False
    return True


def _with_samples(
    case: Case, model: Any, points: list[Floats], generator: np.random.Generator, samples: int, seed: tuple[int, ...],
    rows: dict[str, Row],
) -> None:  # fmt: skip
    moves = []
    for at in points:
        direction = generator.standard_normal(model.size)
        shortest = float(np.linalg.norm(case.neurons(model, at)[0], axis=1).min())
        moves.append(0.4 * shortest * direction / np.linalg.norm(direction))
    for at, move, means in zip(points, moves, simulated(model, points, moves, samples, seed), strict=True):
        values = {"loss": model.loss(at), "gradient": model.gradient(at),
                  "curvature": agreement.mean_curvature(model, at, move)}  # fmt: skip
        for quantity, value in values.items():
            size = _size(case, model, _function("loss" if quantity == "loss" else "gradient", at, move))
            scores = np.atleast_1d(means[quantity].scores(np.asarray(value), size))
            rows[quantity].worst("score", float(np.abs(scores).max()))
            rows[quantity].scores += scores.size
