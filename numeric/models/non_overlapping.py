"""Model A: one filter shared by k disjoint patches (Brutzkus & Globerson 2017), plain or leaky."""

from __future__ import annotations

import math
from dataclasses import dataclass

from relucert.numeric.arrays import Array, einsum, inner, namespace, norm
from relucert.numeric.kernels import angular_kernel, polar, relu_kernel_curvature
from relucert.numeric.models.base import mean_square, of_samples, of_size, positive, vector


@dataclass(frozen=True)
class NonOverlapping:
    """f(x; w) = (1/k) sum over patches of relu(w·x_i), x_i ~ N(0, I_m) independent; loss E (f(x; w) - f(x; w*))².

    No factor 1/2.  With a leaky slope alpha, max(t, alpha t) replaces relu(t).

    Attributes
    ----------
    teacher : (m,) array, not zero
    patches : int
        k >= 1.
    leak : float
        alpha in [0, 1].
    """

    teacher: Array
    patches: int
    leak: float = 0.0

    def __post_init__(self) -> None:
        object.__setattr__(self, "teacher", vector(self.teacher, "teacher"))
        positive(self.patches, "patches")
        if float(norm(self.teacher)) == 0:
            raise ValueError("teacher: the zero filter has no direction")
        if not 0 <= self.leak <= 1:
            raise ValueError(f"leak must lie in [0, 1], got {self.leak}")

    @property
    def size(self) -> int:
        return int(self.teacher.shape[0])

    @property
    def input_size(self) -> int:
        return self.size * self.patches

    def loss(self, parameters: Array) -> Array:
        """(..., m) -> (...); continuous at w = 0."""
        w, k, teacher = of_size(parameters, self.size), self.patches, self.teacher
        target = norm(teacher)
        radius, t = polar(w, teacher / target)
        spread = w - teacher
        share = (1 - self.leak) ** 2
        # in the reduced form, with the difference of squares taken first so that the loss near w* keeps its digits
        gap = math.pi - angular_kernel(t)
        plain = ((k - 1 + math.pi) * (radius - target) ** 2 + 2 * radius * target * gap) / (2 * math.pi * k)
        return share * plain + self.leak / k * inner(spread, spread)

    def gradient(self, parameters: Array) -> Array:
        """(..., m) -> (..., m).

        Raises
        ------
        ValueError
            At w = 0, where the gradient does not exist.
        """
        w, k, teacher = of_size(parameters, self.size), self.patches, self.teacher
        xp, target = namespace(w), norm(teacher)
        radius, t = polar(w, teacher / target)
        if bool(xp.any(radius == 0)):
            raise ValueError("the gradient does not exist at w = 0")
        along = (k - 1 + math.pi) - (k - 1 + xp.sin(t)) * target / radius
        share = (1 - self.leak) ** 2 / (math.pi * k)
        own = share * along + 2 * self.leak / k
        return own[..., None] * w - (share * t + 2 * self.leak / k)[..., None] * teacher

    def curvature(self, parameters: Array, direction: Array) -> Array:
        """(..., m) twice -> (..., m)."""
        w, k, teacher = of_size(parameters, self.size), self.patches, self.teacher
        direction = of_size(direction, self.size, "direction")
        if bool(namespace(w).any(norm(w) == 0)):
            raise ValueError("the curvature does not exist at w = 0")
        radius, target = norm(w)[..., None], norm(teacher)
        hat = w / radius
        across = direction - inner(direction, hat)[..., None] * hat
        plain = (k - 1 + math.pi) * direction / (math.pi * k) - (k - 1) * target / (math.pi * k * radius) * across
        plain = plain - 2 / k * relu_kernel_curvature(w, teacher + 0 * w, direction)
        return (1 - self.leak) ** 2 * plain + 2 * self.leak / k * direction

    def output(self, parameters: Array, inputs: Array) -> Array:
        """(..., m), (..., n, k m) -> (..., n)."""
        w = of_size(parameters, self.size)
        return namespace(w).mean(self._activation(self._before(w, inputs)), axis=-1)

    def target(self, inputs: Array) -> Array:
        """(..., n, k m) -> (..., n)."""
        return self.output(self.teacher, inputs)

    def sample_loss(self, parameters: Array, inputs: Array, targets: Array) -> Array:
        """Mean of the squared errors, (..., m), (..., n, k m), (..., n) -> (...)."""
        return mean_square(self.output(parameters, inputs) - of_samples(targets, inputs))

    def sample_gradient(self, parameters: Array, inputs: Array, targets: Array) -> Array:
        """(..., m), (..., n, k m), (..., n) -> (..., m)."""
        w = of_size(parameters, self.size)
        before = self._before(w, inputs)
        errors = namespace(w).mean(self._activation(before), axis=-1) - of_samples(targets, inputs)
        errors = 2 / (errors.shape[-1] * self.patches) * errors[..., None]
        weights = namespace(before).where(before > 0, errors, self.leak * errors)
        return einsum("...nk,...nkm->...m", weights, self._split(inputs))

    def sample_curvature(self, parameters: Array, inputs: Array, targets: Array, direction: Array) -> Array:
        """(..., m), (..., n, k m), (..., n), (..., m) -> (..., m); the network is linear in w between kinks."""
        w, move = of_size(parameters, self.size), of_size(direction, self.size, "direction")
        xp, before, change = namespace(w), self._before(w, inputs), self._before(move, inputs)
        change = xp.mean(xp.where(before > 0, change, self.leak * change), axis=-1) + 0 * of_samples(targets, inputs)
        errors = 2 / (change.shape[-1] * self.patches) * change[..., None]
        weights = xp.where(before > 0, errors, self.leak * errors)
        return einsum("...nk,...nkm->...m", weights, self._split(inputs))

    def _split(self, inputs: Array) -> Array:
        inputs = of_size(inputs, self.input_size, "inputs")
        return namespace(inputs).reshape(inputs, (*inputs.shape[:-1], self.patches, self.size))

    def _before(self, w: Array, inputs: Array) -> Array:
        return einsum("...nkm,...m->...nk", self._split(inputs), w)

    def _activation(self, before: Array) -> Array:
        xp = namespace(before)
        return xp.maximum(before, self.leak * before)
