"""Model A': one filter shared by k patches that overlap (Brutzkus & Globerson 2017, Section 6)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from relucert.numeric.arrays import Array, namespace
from relucert.numeric.kernels import relu_kernel, relu_kernel_curvature, relu_kernel_gradient, relu_kernel_mixed
from relucert.numeric.models.base import of_size, positive, vector


@dataclass(frozen=True)
class Overlapping:
    """f(x; w) = (1/k) sum over i < k of relu(w·(x_{i s}, ..., x_{i s + m - 1})), x ~ N(0, I); loss E (f - f*)², no 1/2.

    The inner product of two shifted filters depends on the difference of their places alone, so that k lags are
    computed and not k² pairs.

    Attributes
    ----------
    teacher : (m,) array, not zero
    patches : int
        k >= 1.
    stride : int
        s >= 1; from m on the patches are disjoint and this is model A.
    """

    teacher: Array
    patches: int
    stride: int = 1

    def __post_init__(self) -> None:
        object.__setattr__(self, "teacher", vector(self.teacher, "teacher"))
        positive(self.patches, "patches")
        positive(self.stride, "stride")
        if not self.teacher.any():
            raise ValueError("teacher: the zero filter has no direction")

    @property
    def size(self) -> int:
        return int(self.teacher.shape[0])

    @property
    def input_size(self) -> int:
        return self.size + (self.patches - 1) * self.stride

    def loss(self, parameters: Array) -> Array:
        """(..., m) -> (...)."""
        w = of_size(parameters, self.size)
        total = 0.0
        for lag, weight in self._lags():
            here, there = self._shifted(w, lag), self._shifted(self.teacher, lag)
            own = relu_kernel(here[0], here[1]) + relu_kernel(there[0], there[1])
            total = total + weight * (own - 2 * relu_kernel(here[0], there[1]))
        return total / self.patches**2

    def gradient(self, parameters: Array) -> Array:
        """(..., m) -> (..., m); ValueError at w = 0, where it does not exist."""
        w = of_size(parameters, self.size)
        total = 0.0
        for lag, weight in self._lags():
            first, second = self._shifted(w, lag)
            change = relu_kernel_gradient(first, second) - relu_kernel_gradient(
                first, self._shifted(self.teacher, lag)[1] + 0 * first
            )
            total = total + weight * self._folded(change, lag)
        return 2 * total / self.patches**2

    def curvature(self, parameters: Array, direction: Array) -> Array:
        """(..., m) twice -> (..., m)."""
        w, direction = of_size(parameters, self.size), of_size(direction, self.size, "direction")
        total = 0.0
        for lag, weight in self._lags():
            first, second = self._shifted(w, lag)
            move, other = self._shifted(direction, lag)
            target = self._shifted(self.teacher, lag)[1] + 0 * first
            change = relu_kernel_curvature(first, second, move) + relu_kernel_mixed(first, second, other)
            total = total + weight * self._folded(change - relu_kernel_curvature(first, target, move), lag)
        return 2 * total / self.patches**2

    def output(self, parameters: Array, inputs: Array) -> Array:
        """(..., m), (..., n, input_size) -> (..., n)."""
        w = of_size(parameters, self.size)
        before = namespace(w).einsum("...nkm,...m->...nk", self._windows(inputs), w)
        return namespace(w).maximum(before, 0 * before).mean(-1)

    def target(self, inputs: Array) -> Array:
        """(..., n, input_size) -> (..., n)."""
        return self.output(self.teacher, inputs)

    def sample_loss(self, parameters: Array, inputs: Array, targets: Array) -> Array:
        """Mean of the squared errors, (..., m), (..., n, input_size), (..., n) -> (...)."""
        errors = self.output(parameters, inputs) - targets
        return (errors * errors).mean(-1)

    def sample_gradient(self, parameters: Array, inputs: Array, targets: Array) -> Array:
        """(..., m), (..., n, input_size), (..., n) -> (..., m)."""
        w = of_size(parameters, self.size)
        xp, windows = namespace(w), self._windows(inputs)
        before = xp.einsum("...nkm,...m->...nk", windows, w)
        errors = xp.maximum(before, 0 * before).mean(-1) - targets
        weights = 2 / (errors.shape[-1] * self.patches) * errors[..., None] * (before > 0)
        return xp.einsum("...nk,...nkm->...m", weights.astype(before.dtype), windows)

    def _lags(self) -> list[tuple[int, int]]:
        """(lag, number of ordered pairs of patches with it); all pairs without a common coordinate count as one lag."""
        k = self.patches
        apart = min(-(-self.size // self.stride), k)  # the first lag without a common coordinate
        found = [(lag, k - abs(lag)) for lag in range(1 - apart, apart)]
        return found if apart == k else [*found, (apart, (k - apart) * (k - apart + 1))]

    def _shifted(self, w: Array, lag: int) -> tuple[Array, Array]:
        """The filter at place 0 and at place `lag`, in the smallest space that holds both."""
        xp = namespace(w)
        reach = min(abs(lag) * self.stride, self.size)  # farther apart is disjoint all the same
        empty = xp.zeros((*w.shape[:-1], reach), dtype=w.dtype)
        left, right = xp.concatenate([w, empty], axis=-1), xp.concatenate([empty, w], axis=-1)
        return (left, right) if lag >= 0 else (right, left)

    def _folded(self, change: Array, lag: int) -> Array:
        """The coordinates of the space above that belong to the filter at place 0."""
        reach = min(abs(lag) * self.stride, self.size)
        return change[..., : self.size] if lag >= 0 else change[..., reach : reach + self.size]

    def _windows(self, inputs: Array) -> Array:
        inputs = of_size(inputs, self.input_size, "inputs")
        places = np.arange(self.patches)[:, None] * self.stride + np.arange(self.size)
        return inputs[..., places]
