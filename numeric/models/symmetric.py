"""Model C with orthonormal teachers in the symmetric plane w_j = x e_j + y (sum over i != j of e_i) (Tian 2017).

Gradient descent of all K neurons does not leave the plane; (1, 0) is the teacher.  A state is (x, y).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from relucert.numeric.arrays import Array, namespace
from relucert.numeric.kernels import angular_kernel
from relucert.numeric.models.base import of_size


@dataclass(frozen=True)
class SymmetricPlane:
    """Loss J = (1/2) E (f - f*)² on the plane, and the gradient of one neuron.

    Attributes
    ----------
    neurons : int
        K >= 2.
    """

    neurons: int

    def __post_init__(self) -> None:
        if self.neurons < 2:
            raise ValueError(f"neurons must be at least 2, got {self.neurons}")

    def _polar(self, x: Array, y: Array) -> tuple[Array, Array, Array, Array]:
        """|w_j|, and pi minus the angles of w_1 with e_1, with e_2 and with w_2."""
        xp, k = namespace(x), self.neurons
        rest = math.sqrt(k - 1) * abs(y)
        own = xp.arctan2(rest, -x)
        other = xp.arctan2(xp.hypot(x, math.sqrt(k - 2) * y), -y)
        # w_1 - w_2 = (x - y)(e_1 - e_2), w_1 + w_2 = (x + y)(e_1 + e_2) + 2 y (e_3 + ... + e_K)
        plus = xp.hypot(math.sqrt(2) * (x + y), 2 * math.sqrt(k - 2) * y)
        return xp.hypot(x, rest), own, other, 2 * xp.arctan2(plus, math.sqrt(2) * abs(x - y))

    def loss(self, states: Array) -> Array:
        """(..., 2) -> (...)."""
        states, k = of_size(states, 2), self.neurons
        length, own, other, between = self._polar(states[..., 0], states[..., 1])
        students = k * math.pi * length**2 + k * (k - 1) * length**2 * angular_kernel(between)
        mixed = k * length * (angular_kernel(own) + (k - 1) * angular_kernel(other))
        return (students - 2 * mixed + k * math.pi + k * (k - 1)) / (4 * math.pi)

    def gradient(self, states: Array) -> Array:
        """Derivatives of J in the coordinates 1 and 2 of w_1, (..., 2) -> (..., 2); ValueError at the origin.

        Descent of all neurons with step s moves (x, y) by -s times this.  The derivative of `loss` in x is K times the
        first, in y K (K - 1) times the second.
        """
        states, k = of_size(states, 2), self.neurons
        x, y = states[..., 0], states[..., 1]
        xp = namespace(x)
        length, own, other, between = self._polar(x, y)
        if bool(xp.any(length == 0)):
            raise ValueError("the gradient does not exist at the origin")
        spread = (k - 1) * xp.sin(between) - ((k - 1) * xp.sin(other) + xp.sin(own)) / length
        first = math.pi * x + (k - 1) * between * y - own + spread * x
        second = math.pi * y + between * (x + (k - 2) * y) - other + spread * y
        return xp.stack([first, second], axis=-1) / (2 * math.pi)

    def diagonal(self) -> NDArray[np.float64]:
        """The two critical points with x = y, (2, 2): the one of Tian 2017 and the one with the opposite sign of x."""
        root, k = math.sqrt(self.neurons - 1), self.neurons
        turn = math.acos(1 / math.sqrt(k))
        places = np.array([root - turn + math.pi, turn - root]) / (math.pi * k)
        return np.stack([places, places], axis=-1)

    def hessian(self, states: Array, step: float = 1e-5) -> Array:
        """Second derivatives of `loss` by differences of its gradient, (..., 2) -> (..., 2, 2)."""
        scale = np.array([self.neurons, self.neurons * (self.neurons - 1)])
        columns = [
            (self.gradient(states + step * unit) - self.gradient(states - step * unit)) * scale / (2 * step)
            for unit in np.eye(2)
        ]
        found = np.stack(columns, axis=-1)
        return (found + found.swapaxes(-1, -2)) / 2

    def critical_points(self, reach: float = 1.5) -> NDArray[np.float64]:
        """Critical points off the origin with |x|, |y| < reach, (n, 2): Newton's method from a grid."""
        axis = np.linspace(-reach, reach, 24) + 0.011
        states = np.stack(np.meshgrid(axis, axis + 0.007), axis=-1).reshape(-1, 2)
        scale = np.array([self.neurons, self.neurons * (self.neurons - 1)])
        for _ in range(60):
            slope = self.gradient(states) * scale
            move = np.linalg.solve(self.hessian(states) + 1e-9 * np.eye(2), slope[..., None])[..., 0]
            states = states - move * np.minimum(1, 0.1 / np.maximum(np.hypot(*move.T), 1e-300))[:, None]
            states = states[np.hypot(*states.T) > 1e-3]
        inside = (np.abs(self.gradient(states)).max(axis=1) < 1e-9) & (np.abs(states).max(axis=1) < reach)
        found = np.concatenate([[[1.0, 0.0]], self.diagonal(), states[inside]])
        apart = [i for i in range(len(found)) if i == 0 or np.hypot(*(found[:i] - found[i]).T).min() > 1e-5]
        return np.asarray(found[apart])
