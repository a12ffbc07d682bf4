"""The general two-layer network, and model C: K students and teachers with output weights 1 (Tian 2017)."""

from __future__ import annotations

import math
from dataclasses import dataclass

from relucert.numeric.arrays import Array, einsum, inner, namespace, norm
from relucert.numeric.kernels import relu_kernel, relu_kernel_curvature, relu_kernel_gradient, relu_kernel_mixed
from relucert.numeric.models.base import matrix, mean_square, of_samples, of_size, relu, vector, where_active


@dataclass(frozen=True)
class TwoLayer:
    """f(x) = sum_j a_j relu(w_j·x), x ~ N(0, I_d); loss `factor` · E (f - f*)², teacher sum_i b_i relu(t_i·x).

    The hidden weights are trained (parameters: w_1, ..., w_K one after the other), the output weights are given.

    Attributes
    ----------
    teacher_weights : (L, d) array
    teacher_outputs : (L,) array
    output_weights : (K,) array
        a; its length is the student's width.
    factor : float
        1 by default; 1/2 for Tian's loss.
    """

    teacher_weights: Array
    teacher_outputs: Array
    output_weights: Array
    factor: float = 1.0

    def __post_init__(self) -> None:
        object.__setattr__(self, "teacher_weights", matrix(self.teacher_weights, "teacher_weights"))
        object.__setattr__(self, "teacher_outputs", vector(self.teacher_outputs, "teacher_outputs"))
        object.__setattr__(self, "output_weights", vector(self.output_weights, "output_weights"))
        if not 0 < self.factor < math.inf:
            raise ValueError(f"factor must be positive and finite, got {self.factor}")
        if self.teacher_outputs.shape[0] != self.teacher_weights.shape[0]:
            raise ValueError(
                f"teacher_outputs: expected shape ({self.teacher_weights.shape[0]},), got {self.teacher_outputs.shape}"
            )

    @property
    def width(self) -> int:
        return int(self.output_weights.shape[0])

    @property
    def input_size(self) -> int:
        return int(self.teacher_weights.shape[1])

    @property
    def size(self) -> int:
        return self.width * self.input_size

    def neurons(self, parameters: Array) -> Array:
        """(..., K d) -> (..., K, d)."""
        parameters = of_size(parameters, self.size)
        return namespace(parameters).reshape(parameters, (*parameters.shape[:-1], self.width, self.input_size))

    def loss(self, parameters: Array) -> Array:
        """(..., K d) -> (...)."""
        w, t = self.neurons(parameters), self.teacher_weights
        a, b = self.output_weights, self.teacher_outputs
        # inner, because the last bits of a matrix product depend on how many rows there are
        own = inner(relu_kernel(w[..., :, None, :], w[..., None, :, :]) @ a, a)
        cross = inner(relu_kernel(w[..., :, None, :], t) @ b, a)
        target = inner(relu_kernel(t[:, None, :], t) @ b, b)
        return self.factor * (own - 2 * cross + target)

    def gradient(self, parameters: Array) -> Array:
        """(..., K d) -> (..., K d); ValueError where a neuron is zero."""
        w, t = self.neurons(parameters), self.teacher_weights
        xp = namespace(w)
        if bool(xp.any(norm(w) == 0)):
            raise ValueError("the gradient does not exist where a hidden weight vector is zero")
        own = einsum(
            "i,...jid->...jd", self.output_weights, relu_kernel_gradient(w[..., :, None, :], w[..., None, :, :])
        )
        cross = einsum("i,...jid->...jd", self.teacher_outputs, relu_kernel_gradient(w[..., :, None, :], t))
        found = 2 * self.factor * self.output_weights[:, None] * (own - cross)
        return self._flat(found)

    def output_gradient(self, parameters: Array) -> Array:
        """Derivative of the loss in the output weights, (..., K d) -> (..., K)."""
        w, t = self.neurons(parameters), self.teacher_weights
        own = relu_kernel(w[..., :, None, :], w[..., None, :, :]) @ self.output_weights
        return 2 * self.factor * (own - relu_kernel(w[..., :, None, :], t) @ self.teacher_outputs)

    def curvature(self, parameters: Array, direction: Array) -> Array:
        """(..., K d) twice -> (..., K d)."""
        w, move = self.neurons(parameters), self.neurons(of_size(direction, self.size, "direction"))
        t = self.teacher_weights
        one, other = w[..., :, None, :], w[..., None, :, :]
        change = relu_kernel_curvature(one, other, move[..., :, None, :])
        change = change + relu_kernel_mixed(one, other, move[..., None, :, :])
        own = einsum("i,...jid->...jd", self.output_weights, change)
        bend = relu_kernel_curvature(one, t, move[..., :, None, :])
        cross = einsum("i,...jid->...jd", self.teacher_outputs, bend)
        found = 2 * self.factor * self.output_weights[:, None] * (own - cross)
        return self._flat(found)

    def output(self, parameters: Array, inputs: Array) -> Array:
        """(..., K d), (..., n, d) -> (..., n)."""
        return self._hidden(self.neurons(parameters), inputs) @ self.output_weights

    def target(self, inputs: Array) -> Array:
        """(..., n, d) -> (..., n)."""
        return self._hidden(self.teacher_weights, inputs) @ self.teacher_outputs

    def sample_loss(self, parameters: Array, inputs: Array, targets: Array) -> Array:
        """`factor` times the mean of the squared errors."""
        return self.factor * mean_square(self.output(parameters, inputs) - of_samples(targets, inputs))

    def sample_gradient(self, parameters: Array, inputs: Array, targets: Array) -> Array:
        """(..., K d), (..., n, d), (..., n) -> (..., K d)."""
        w, inputs = self.neurons(parameters), of_size(inputs, self.input_size, "inputs")
        hidden = self._hidden(w, inputs)
        gap = hidden @ self.output_weights - of_samples(targets, inputs)
        errors = 2 * self.factor / inputs.shape[-2] * gap
        weights = where_active(hidden, errors[..., None] * self.output_weights)
        found = einsum("...nk,...nd->...kd", weights, inputs)
        return self._flat(found)

    def sample_curvature(self, parameters: Array, inputs: Array, targets: Array, direction: Array) -> Array:
        """(..., K d), (..., n, d), (..., n), (..., K d) -> (..., K d); between kinks the network is linear in w."""
        w, move = self.neurons(parameters), self.neurons(of_size(direction, self.size, "direction"))
        inputs = of_size(inputs, self.input_size, "inputs")
        hidden = self._hidden(w, inputs)
        change = where_active(hidden, einsum("...nd,...kd->...nk", inputs, move))
        gap = change @ self.output_weights + 0 * of_samples(targets, inputs)
        errors = 2 * self.factor / inputs.shape[-2] * gap
        weights = where_active(hidden, errors[..., None] * self.output_weights)
        return self._flat(einsum("...nk,...nd->...kd", weights, inputs))

    def _hidden(self, weights: Array, inputs: Array) -> Array:
        return relu(einsum("...nd,...kd->...nk", of_size(inputs, self.input_size, "inputs"), weights))

    def _flat(self, rows: Array) -> Array:
        return namespace(rows).reshape(rows, (*rows.shape[:-2], self.size))


def multi_neuron(teacher_weights: object) -> TwoLayer:
    """Model C: J = (1/2) E (sum_j relu(w_j·x) - sum_j relu(w*_j·x))², (K, d) teachers (Tian 2017, per sample)."""
    teachers = matrix(teacher_weights, "teacher_weights")
    ones = 0 * teachers[:, 0] + 1
    return TwoLayer(teachers, ones, ones, factor=0.5)
