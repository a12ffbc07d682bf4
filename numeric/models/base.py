"""What every network of the papers offers: population loss, gradient and curvature, and the same on samples.

The state of a run is one flat array of the trained parameters, so that a batch of runs is an array (runs, size) and the
descent algorithms need not know the network.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np

from relucert.numeric.arrays import Array, floating, inner, namespace


class Model(Protocol):
    """A student network, its teacher and the law of the inputs.

    Attributes
    ----------
    size : int
        Number of trained parameters.
    input_size : int
        Number of coordinates of one input.
    """

    @property
    def size(self) -> int: ...

    @property
    def input_size(self) -> int: ...

    def loss(self, parameters: Array) -> Array:
        """Population loss, (..., size) -> (...)."""

    def gradient(self, parameters: Array) -> Array:
        """Gradient of the population loss, (..., size) -> (..., size)."""

    def curvature(self, parameters: Array, direction: Array) -> Array:
        """Hessian of the population loss times a direction, (..., size) twice -> (..., size)."""

    def output(self, parameters: Array, inputs: Array) -> Array:
        """The student's outputs, (..., size) and (..., n, input_size) -> (..., n)."""

    def target(self, inputs: Array) -> Array:
        """The teacher's outputs, (..., n, input_size) -> (..., n)."""

    def sample_loss(self, parameters: Array, inputs: Array, targets: Array) -> Array:
        """Mean loss over the samples, in the normalisation of `loss`: (..., size), (..., n, input_size), (..., n)."""

    def sample_gradient(self, parameters: Array, inputs: Array, targets: Array) -> Array:
        """Gradient of `sample_loss` with relu'(0) = 0, -> (..., size)."""

    def sample_curvature(self, parameters: Array, inputs: Array, targets: Array, direction: Array) -> Array:
        """Hessian of `sample_loss` times a direction where no sample lies on a kink, -> (..., size)."""


def vector(values: object, name: str) -> Array:
    """A one-dimensional parameter of a model: finite, not empty.

    Raises
    ------
    ValueError
        With the expected and the given shape.
    """
    array = floating(values)
    if array.ndim != 1 or not array.size:
        raise ValueError(f"{name}: expected shape (d,) with d >= 1, got {array.shape}")
    return array


def matrix(values: object, name: str) -> Array:
    """A two-dimensional parameter of a model: finite, not empty."""
    array = floating(values)
    if array.ndim != 2 or not array.size:
        raise ValueError(f"{name}: expected shape (K, d) with K, d >= 1, got {array.shape}")
    return array


def of_size(parameters: object, size: int, name: str = "parameters") -> Array:
    """An array whose last axis has the given length; whole numbers become float64, NaN and infinity stay.

    Raises
    ------
    ValueError
        With the expected and the given shape.
    """
    array: Array = parameters
    if isinstance(parameters, np.ndarray | np.generic) or not hasattr(parameters, "dtype"):
        array = np.asarray(parameters)
        if array.dtype.kind not in "iufb":
            raise ValueError(f"{name}: expected real numbers, got an array of {array.dtype}")
        array = array if array.dtype.kind == "f" else array.astype(np.float64)
    if array.ndim < 1 or array.shape[-1] != size:
        raise ValueError(f"{name}: expected shape (..., {size}), got {tuple(array.shape)}")
    return array


def of_samples(targets: Array, inputs: Array) -> Array:
    """Targets of shape (..., n) for inputs of shape (..., n, input_size).

    Raises
    ------
    ValueError
        Another number of targets than of inputs.
    """
    return of_size(targets, inputs.shape[-2], "targets")


def mean_square(errors: Array) -> Array:
    """Over the last axis, (..., n) -> (...)."""
    return inner(errors, errors) / errors.shape[-1]


def relu(before: Array) -> Array:
    """max(t, 0), entry by entry."""
    return namespace(before).maximum(before, 0 * before)


def where_active(before: Array, values: Array) -> Array:
    """`values` where t > 0 and 0 elsewhere: relu'(0) = 0."""
    return namespace(before).where(before > 0, values, 0 * before)


def positive(value: int, name: str) -> int:
    """A whole number from 1 on."""
    if value < 1:
        raise ValueError(f"{name} must be at least 1, got {value}")
    return value
