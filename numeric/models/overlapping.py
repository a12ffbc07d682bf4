"""Model A': one filter shared by k patches that overlap (Brutzkus & Globerson 2017, Section 6)."""

from __future__ import annotations

from dataclasses import dataclass

from relucert.numeric.arrays import Array, einsum, inner, namespace, norm, windows
from relucert.numeric.kernels import relu_kernel, relu_kernel_curvature, relu_kernel_gradient, relu_kernel_mixed
from relucert.numeric.models.base import mean_square, of_samples, of_size, positive, relu, vector, where_active


@dataclass(frozen=True)
class Overlapping:
    """f(x; w) = (1/k) sum over i < k of relu(w·(x_{i s}, ..., x_{i s + m - 1})), x ~ N(0, I); loss E (f - f*)², no 1/2.

    The inner product of two shifted filters depends on the difference of their places alone, so that k lags are
    computed and not k² pairs, all in one array: one filter stays in the middle, the other is at every lag from it.

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
        if float(norm(self.teacher)) == 0:
            raise ValueError("teacher: the zero filter has no direction")

    @property
    def size(self) -> int:
        return int(self.teacher.shape[0])

    @property
    def input_size(self) -> int:
        return self.size + (self.patches - 1) * self.stride

    def loss(self, parameters: Array) -> Array:
        """(..., m) -> (...)."""
        w, teacher = of_size(parameters, self.size), self.teacher
        here, there = self._copies(w), self._copies(teacher)
        # the first copy of a pair may stay in the middle: only the difference of the places matters
        own = relu_kernel(self._middle(w), here) + relu_kernel(self._middle(teacher), there)
        pairs = own - 2 * relu_kernel(self._middle(w), there)
        return inner(pairs, self._weights(pairs))

    def gradient(self, parameters: Array) -> Array:
        """(..., m) -> (..., m); ValueError at w = 0, where it does not exist."""
        w = of_size(parameters, self.size)
        middle = self._middle(w)
        change = relu_kernel_gradient(middle, self._copies(w))
        change = change - relu_kernel_gradient(middle, self._copies(self.teacher))
        return 2 * self._folded(change)

    def curvature(self, parameters: Array, direction: Array) -> Array:
        """(..., m) twice -> (..., m)."""
        w, direction = of_size(parameters, self.size), of_size(direction, self.size, "direction")
        middle, move, copies = self._middle(w), self._middle(direction), self._copies(w)
        change = relu_kernel_curvature(middle, copies, move)
        change = change + relu_kernel_mixed(middle, copies, self._copies(direction))
        return 2 * self._folded(change - relu_kernel_curvature(middle, self._copies(self.teacher), move))

    def output(self, parameters: Array, inputs: Array) -> Array:
        """(..., m), (..., n, input_size) -> (..., n)."""
        w = of_size(parameters, self.size)
        return namespace(w).mean(relu(einsum("...nkm,...m->...nk", self._windows(inputs), w)), axis=-1)

    def target(self, inputs: Array) -> Array:
        """(..., n, input_size) -> (..., n)."""
        return self.output(self.teacher, inputs)

    def sample_loss(self, parameters: Array, inputs: Array, targets: Array) -> Array:
        """Mean of the squared errors, (..., m), (..., n, input_size), (..., n) -> (...)."""
        return mean_square(self.output(parameters, inputs) - of_samples(targets, inputs))

    def sample_gradient(self, parameters: Array, inputs: Array, targets: Array) -> Array:
        """(..., m), (..., n, input_size), (..., n) -> (..., m)."""
        w = of_size(parameters, self.size)
        parts = self._windows(inputs)
        before = einsum("...nkm,...m->...nk", parts, w)
        errors = namespace(w).mean(relu(before), axis=-1) - of_samples(targets, inputs)
        weights = where_active(before, 2 / (errors.shape[-1] * self.patches) * errors[..., None])
        return einsum("...nk,...nkm->...m", weights, parts)

    def sample_curvature(self, parameters: Array, inputs: Array, targets: Array, direction: Array) -> Array:
        """(..., m), (..., n, input_size), (..., n), (..., m) -> (..., m); between kinks the network is linear in w."""
        w, move = of_size(parameters, self.size), of_size(direction, self.size, "direction")
        parts = self._windows(inputs)
        before = einsum("...nkm,...m->...nk", parts, w)
        change = where_active(before, einsum("...nkm,...m->...nk", parts, move))
        errors = namespace(w).mean(change, axis=-1) + 0 * of_samples(targets, inputs)
        weights = where_active(before, 2 / (errors.shape[-1] * self.patches) * errors[..., None])
        return einsum("...nk,...nkm->...m", weights, parts)

    @property
    def _apart(self) -> int:
        """The first lag without a common coordinate; all lags from there on count as one."""
        return min(-(-self.size // self.stride), self.patches)

    def _weights(self, like: Array) -> Array:
        """For the lags 1 - apart, ..., apart: the number of ordered pairs of patches, over k²."""
        k, apart = self.patches, self._apart
        pairs = [k - abs(lag) for lag in range(1 - apart, apart)] + [(k - apart) * (k - apart + 1)]
        return namespace(like).asarray([count / k**2 for count in pairs], dtype=like.dtype)

    def _copies(self, w: Array) -> Array:
        """The filter at all lags from the middle, (..., m) -> (..., lags, m + 2 reach)."""
        reach = self._apart * self.stride
        lags = range(1 - self._apart, self._apart + 1)
        empty = namespace(w).zeros((*w.shape[:-1], 2 * reach), dtype=w.dtype)
        padded = namespace(w).concat([empty, w, empty], axis=-1)
        return windows(padded, (reach - lag * self.stride for lag in lags), self.size + 2 * reach)

    def _middle(self, w: Array) -> Array:
        """The filter at lag 0, (..., m) -> (..., 1, m + 2 reach)."""
        return self._copies(w)[..., self._apart - 1 : self._apart, :]

    def _folded(self, change: Array) -> Array:
        """Weighted sum over the lags of the coordinates of the filter in the middle."""
        reach = self._apart * self.stride
        inside = change[..., reach : reach + self.size]
        return einsum("l,...lm->...m", self._weights(inside), inside)

    def _windows(self, inputs: Array) -> Array:
        inputs = of_size(inputs, self.input_size, "inputs")
        return windows(inputs, range(0, self.patches * self.stride, self.stride), self.size)
