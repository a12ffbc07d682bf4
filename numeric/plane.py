"""Gradient descent in the plane that it does not leave: many steps of models A and B in a few numbers per run.

The gradient of `NonOverlapping` lies in span(w, w*), so that w stays in the plane of its start and w*: two coordinates
per run, along w* and orthogonal to it, are the whole state.  On `BothLayers` v does the same, and a stays in the span
of its start, a* and the vector of ones.  The steps are those of `gradient` up to rounding.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np

from relucert.numeric.arrays import inner, norm
from relucert.numeric.descent import Floats
from relucert.numeric.kernels import SERIES_BELOW, angular_kernel
from relucert.numeric.models.base import Model
from relucert.numeric.models.both_layers import BothLayers
from relucert.numeric.models.non_overlapping import NonOverlapping

ROWS = 2048  # runs at a time: a dozen vectors of this length stay in a core's second cache

Leap = Callable[[Floats, Sequence[float]], Floats]  # (runs, size), sizes of the steps -> the states after them


def leap(model: Model) -> Leap | None:
    """Many steps of plain gradient descent at once, for models that have it and arrays of NumPy."""
    if type(model) is NonOverlapping and isinstance(model.teacher, np.ndarray):
        return lambda states, sizes: _by_rows(_non_overlapping, model, states, sizes)
    if type(model) is BothLayers and isinstance(model.filter, np.ndarray):
        return lambda states, sizes: _by_rows(_both_layers, model, states, sizes)
    return None


def _by_rows(steps: Callable[..., Floats], model: Model, states: Floats, sizes: Sequence[float]) -> Floats:
    parts = [steps(model, states[first : first + ROWS], sizes) for first in range(0, len(states), ROWS)]
    return parts[0] if len(parts) == 1 else np.concatenate(parts) if parts else states


class _Plane:
    """A weight vector in coordinates: along a unit vector and, not negative, across it."""

    def __init__(self, vectors: Floats, unit: Floats, missing: str) -> None:
        self.unit, self.missing = unit, missing
        self.along = inner(vectors, unit)
        self.aside = vectors - self.along[:, None] * unit
        self.across = norm(self.aside)
        self.ratio = np.ones_like(self.along)  # of the vector's part across to `aside`; may become negative
        self.length, self.supplement, self.work = (np.empty_like(self.along) for _ in range(3))

    def measure(self) -> None:
        """Length, and pi minus the angle to the unit vector."""
        np.multiply(self.along, self.along, out=self.length)
        np.multiply(self.across, self.across, out=self.work)
        self.length += self.work
        np.sqrt(self.length, out=self.length)
        if not self.length.all():
            raise ValueError(self.missing)
        np.negative(self.along, out=self.work)
        np.arctan2(self.across, self.work, out=self.supplement)

    def shrink(self, factor: Floats) -> None:
        """Multiply the part across."""
        self.ratio *= factor
        self.across *= factor
        np.abs(self.across, out=self.across)

    def vectors(self) -> Floats:
        """Back to all coordinates."""
        found = self.ratio[:, None] * self.aside
        found += self.along[:, None] * self.unit
        return np.asarray(found)


def _non_overlapping(model: NonOverlapping, states: Floats, sizes: Sequence[float]) -> Floats:
    k, target = model.patches, float(norm(model.teacher))
    share, linear = (1 - model.leak) ** 2 / (math.pi * k), 2 * model.leak / k
    plane = _Plane(states, model.teacher / target, "the gradient does not exist at w = 0")
    for size in sizes:
        plane.measure()
        # w <- own w + size (share t + linear) w*, with own = 1 - size (share (C - (k - 1 + sin) |w*|/|w|) + linear) and
        # C = k - 1 + pi
        own, shift = plane.work, plane.supplement
        np.divide(plane.across, plane.length, out=own)
        own += k - 1
        own *= size * share * target
        own /= plane.length
        own += 1 - size * (share * (k - 1 + math.pi) + linear)
        shift *= size * share * target
        shift += size * linear * target
        plane.along *= own
        plane.along += shift
        plane.shrink(own)
    return plane.vectors()


def _both_layers(model: BothLayers, states: Floats, sizes: Sequence[float]) -> Floats:
    p, k = len(model.filter), len(model.output_weights)
    target = norm(model.filter)
    star = model.output_weights * target
    plane = _Plane(states[:, :p], model.filter / target, "the normalised network does not exist at v = 0")
    start = states[:, p:]
    first_product, first_sum = inner(start, star), start.sum(axis=1)
    square, total = float(inner(star, star)), float(star.sum())
    # a = kept · start + ones · 1 + teacher · a*
    kept, ones, teacher = 1.0, np.zeros_like(plane.along), np.zeros_like(plane.along)
    for size in sizes:
        rate = size / (2 * math.pi)
        plane.measure()
        kernel = _kernel(plane)
        product = kept * first_product + total * ones + square * teacher
        excess = kept * first_sum + k * ones + total * teacher - total
        fall = 1 - rate * (math.pi - 1)
        kept *= fall
        ones *= fall
        ones -= rate * excess
        teacher *= fall
        kernel -= 1
        kernel *= rate
        teacher += kernel
        # v <- v + turn (w*/|w*| - (v·w*/|v||w*|) v/|v|), turn = rate (a·a*) t/|v|
        product *= plane.supplement
        product /= plane.length
        product *= rate
        np.divide(plane.across, plane.length, out=plane.work)
        plane.work *= plane.work
        plane.work *= product
        product *= plane.along
        product /= plane.length
        product /= plane.length
        plane.along += plane.work
        np.subtract(1, product, out=product)
        plane.shrink(product)
    outputs = kept * start + ones[:, None] + teacher[:, None] * star
    return np.concatenate([plane.vectors(), outputs], axis=1)


def _kernel(plane: _Plane) -> Floats:
    """G of the angle: sin(t) - t cos(t) for its supplement t, by the series where the difference would cancel."""
    kernel = np.multiply(plane.supplement, plane.along)
    kernel += plane.across
    kernel /= plane.length
    small = plane.supplement < SERIES_BELOW
    if small.any():
        kernel[small] = angular_kernel(plane.supplement[small])
    return np.asarray(kernel)
