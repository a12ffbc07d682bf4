"""Model B: both layers trained, with weight normalisation (Du, Lee, Tian, Póczos & Singh 2018)."""

from __future__ import annotations

import math
from dataclasses import dataclass

from relucert.numeric.arrays import Array, einsum, inner, namespace, norm
from relucert.numeric.kernels import angular_kernel, polar, relu_kernel_curvature, relu_kernel_gradient
from relucert.numeric.models.base import mean_square, of_samples, of_size, relu, vector, where_active


@dataclass(frozen=True)
class BothLayers:
    """f(Z; v, a) = sum over patches j of a_j relu(v·Z_j)/|v|, Z_j ~ N(0, I_p) independent; loss (1/2) E (f - f*)².

    The teacher is sum_j a*_j relu(w*·Z_j), without normalisation.  Parameters are (v, a) one after the other.

    Attributes
    ----------
    filter : (p,) array, not zero
        w*.
    output_weights : (k,) array, not zero
        a*.
    """

    filter: Array
    output_weights: Array

    def __post_init__(self) -> None:
        object.__setattr__(self, "filter", vector(self.filter, "filter"))
        object.__setattr__(self, "output_weights", vector(self.output_weights, "output_weights"))
        if float(norm(self.filter)) == 0 or float(norm(self.output_weights)) == 0:
            raise ValueError("the teacher must not be zero")

    @property
    def size(self) -> int:
        return int(self.filter.shape[0] + self.output_weights.shape[0])

    @property
    def input_size(self) -> int:
        return int(self.filter.shape[0] * self.output_weights.shape[0])

    def split(self, parameters: Array) -> tuple[Array, Array]:
        """(..., p + k) -> (..., p) and (..., k)."""
        parameters = of_size(parameters, self.size)
        return parameters[..., : self.filter.shape[0]], parameters[..., self.filter.shape[0] :]

    def _angular(self, v: Array) -> tuple[Array, Array]:
        """The supplement of the angle between v and w*, and G."""
        _, t = polar(v, self.filter / norm(self.filter))
        return t, angular_kernel(t)

    def _teacher(self) -> Array:
        """a* |w*|: only this product matters."""
        return self.output_weights * norm(self.filter)

    def loss(self, parameters: Array) -> Array:
        """(..., p + k) -> (...)."""
        v, a = self.split(parameters)
        self._require_direction(v)
        star = self._teacher()
        _, kernel = self._angular(v)
        spread, total = a - star, namespace(a).sum(a - star, axis=-1)
        return ((math.pi - 1) * inner(spread, spread) + 2 * (math.pi - kernel) * inner(a, star) + total * total) / (
            4 * math.pi
        )

    def gradient(self, parameters: Array) -> Array:
        """(..., p + k) -> (..., p + k); ValueError at v = 0."""
        v, a = self.split(parameters)
        self._require_direction(v)
        star, length = self._teacher(), norm(v)
        t, kernel = self._angular(v)
        hat = v / length[..., None]
        target = self.filter / norm(self.filter)
        across = target - inner(hat, target)[..., None] * hat
        turn = -(inner(a, star) * t / (2 * math.pi * length))[..., None] * across
        spread = a - star
        total = namespace(a).sum(spread, axis=-1)[..., None]
        rest = (math.pi - 1) * spread + (math.pi - kernel)[..., None] * star + total
        return namespace(v).concat([turn, rest / (2 * math.pi)], axis=-1)

    def curvature(self, parameters: Array, direction: Array) -> Array:
        """(..., p + k) twice -> (..., p + k).

        The loss is H(v̂, a) with H(u, a) = const - (a·a*) g(u, w*) + ... : the second derivative in v of a function of
        v/|v| that is homogeneous of degree 0.
        """
        v, a = self.split(parameters)
        self._require_direction(v)
        move, change = self.split(of_size(direction, self.size, "direction"))
        star, length = self._teacher(), norm(v)[..., None]
        target = (self.filter / norm(self.filter)) + 0 * v
        hat = v / length
        slope = relu_kernel_gradient(hat, target)  # of the kernel k(u) = |u| G/(2 pi), homogeneous of degree 1
        value = inner(slope, hat)[..., None]
        # K(v) = k(v)/|v|: gradient (slope - value hat)/|v|
        gradient = (slope - value * hat) / length
        along = inner(move, hat)[..., None]
        across = move - along * hat
        bend = relu_kernel_curvature(hat, target, move) / length  # orthogonal to hat
        second = (
            bend
            - inner(slope, across)[..., None] / length * hat
            - value * across / length
            - along / length * (slope - value * hat)
        ) / length
        weight, shift = inner(a, star)[..., None], inner(change, star)[..., None]
        first = -(weight * second + shift * gradient)
        rest = ((math.pi - 1) * change + namespace(a).sum(change, axis=-1)[..., None]) / (2 * math.pi)
        rest = rest - inner(gradient, move)[..., None] * star
        return namespace(v).concat([first, rest], axis=-1)

    def output(self, parameters: Array, inputs: Array) -> Array:
        """(..., p + k), (..., n, k p) -> (..., n)."""
        v, a = self.split(parameters)
        self._require_direction(v)
        return inner(self._hidden(v / norm(v)[..., None], inputs), a[..., None, :])

    def target(self, inputs: Array) -> Array:
        """(..., n, k p) -> (..., n)."""
        return inner(self._hidden(self.filter, inputs), self.output_weights)

    def sample_loss(self, parameters: Array, inputs: Array, targets: Array) -> Array:
        """Half the mean of the squared errors."""
        return mean_square(self.output(parameters, inputs) - of_samples(targets, inputs)) / 2

    def sample_gradient(self, parameters: Array, inputs: Array, targets: Array) -> Array:
        """(..., p + k), (..., n, k p), (..., n) -> (..., p + k)."""
        v, a = self.split(parameters)
        self._require_direction(v)
        length = norm(v)[..., None]
        hat = v / length
        hidden = self._hidden(hat, inputs)
        errors = (inner(hidden, a[..., None, :]) - of_samples(targets, inputs)) / inputs.shape[-2]
        weights = where_active(hidden, errors[..., None] * a[..., None, :])
        full = einsum("...nk,...nkp->...p", weights, self._patches(inputs))
        turn = (full - inner(full, hat)[..., None] * hat) / length
        return namespace(v).concat([turn, einsum("...n,...nk->...k", errors, hidden)], axis=-1)

    def sample_curvature(self, parameters: Array, inputs: Array, targets: Array, direction: Array) -> Array:
        """(..., p + k), (..., n, k p), (..., n), (..., p + k) -> (..., p + k).

        With u = v/|v| and the sum s of a_j x_j over the active patches of a sample, its error e has the gradient
        (s - (s.u) u)/|v| in v; all of it is differentiated along the direction.
        """
        v, a = self.split(parameters)
        self._require_direction(v)
        move, change = self.split(of_size(direction, self.size, "direction"))
        length = norm(v)[..., None]
        hat, patches = v / length, self._patches(inputs)
        along = inner(move, hat)[..., None]
        turn = (move - along * hat) / length  # of u
        hidden = self._hidden(hat, inputs)
        turned = where_active(hidden, einsum("...nkp,...p->...nk", patches, turn))
        count = inputs.shape[-2]
        errors = (inner(hidden, a[..., None, :]) - of_samples(targets, inputs)) / count
        steps = (inner(turned, a[..., None, :]) + inner(hidden, change[..., None, :])) / count
        weights = where_active(hidden, steps[..., None] * a[..., None, :] + errors[..., None] * change[..., None, :])
        pull = einsum("...nk,...nkp->...p", weights, patches)
        full = einsum("...nk,...nkp->...p", where_active(hidden, errors[..., None] * a[..., None, :]), patches)
        side = inner(full, hat)[..., None]
        bend = inner(full, turn)[..., None] * hat + side * turn + along / length * (full - side * hat)
        first = (pull - inner(pull, hat)[..., None] * hat - bend) / length
        rest = einsum("...n,...nk->...k", steps, hidden) + einsum("...n,...nk->...k", errors, turned)
        return namespace(v).concat([first, rest], axis=-1)

    def _patches(self, inputs: Array) -> Array:
        inputs = of_size(inputs, self.input_size, "inputs")
        shape = (*inputs.shape[:-1], self.output_weights.shape[0], self.filter.shape[0])
        return namespace(inputs).reshape(inputs, shape)

    def _hidden(self, direction: Array, inputs: Array) -> Array:
        return relu(einsum("...nkp,...p->...nk", self._patches(inputs), direction))

    @staticmethod
    def _require_direction(v: Array) -> None:
        if bool(namespace(v).any(norm(v) == 0)):
            raise ValueError("the normalised network does not exist at v = 0")
