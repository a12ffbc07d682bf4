"""Critical points of model B in closed form: the spurious minimum, the saddle beside it, and when they exist.

With N = |a*|², S = 1·a* (a* times |w*|) and phi the angle between v and w*: for a fixed angle the loss is least at
(1 1ᵀ + c I) a = (1 1ᵀ + (G - 1) I) a*, c = pi - 1, and the value there, the profile, depends on phi alone.  It grows
with phi up to a saddle at phi_s and then falls to the spurious minimum at phi = pi when pi S² < (k + pi - 1) N (Du et
al. 2018 ask for a small S²/N); otherwise it grows up to pi.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from relucert.numeric.arrays import inner, norm
from relucert.numeric.descent import Floats, Mask
from relucert.numeric.kernels import angular_kernel, polar
from relucert.numeric.models.both_layers import BothLayers

C = math.pi - 1


def sums(model: BothLayers) -> tuple[int, float, float]:
    """k, S and N."""
    star = teacher(model)
    return len(star), float(star.sum()), float(inner(star, star))


def teacher(model: BothLayers) -> Floats:
    """a* |w*|, (k,)."""
    return np.asarray(model.output_weights * norm(model.filter))


def balance(model: BothLayers) -> float:
    """(1·a*)²/|a*|², between 0 and k: small values give a spurious minimum a large basin."""
    _, total, square = sums(model)
    return total**2 / square


def balance_limit(k: int) -> float:
    """(k + pi - 1)/pi: the spurious minimum exists exactly below this value of `balance`."""
    return (k + C) / math.pi


def teacher_of_balance(value: float, k: int) -> NDArray[np.float64]:
    """A unit vector a* with (1·a*)² = value, (k,): equal weights plus an alternating part of sum 0."""
    if not 0 <= value <= k:
        raise ValueError(f"the balance must lie between 0 and k = {k}, got {value}")
    other = np.ones(k)
    other[1::2] = -1
    other -= other.mean()
    if k > 1:
        other /= np.linalg.norm(other)
    return np.asarray(math.sqrt(value) / k * np.ones(k) + math.sqrt(max(0.0, 1 - value / k)) * other)


def best_outputs(model: BothLayers, kernel: float) -> NDArray[np.float64]:
    """The output weights of least loss where the angular function is `kernel`, (k,)."""
    k, total, _ = sums(model)
    return np.asarray(((kernel - 1) * teacher(model) + total * (math.pi - kernel) / (k + C)) / C)


def spurious(model: BothLayers) -> tuple[NDArray[np.float64], float]:
    """The critical point with v = -w*/|w*|, (p + k,), and its loss; a minimum below `balance_limit`."""
    state = np.concatenate([-model.filter / norm(model.filter), best_outputs(model, 0.0)])
    return state, float(model.loss(state))


def profile(model: BothLayers, kernel: float) -> float:
    """The least loss where the angular function is `kernel`."""
    k, total, square = sums(model)
    along = (k + C) - (k + kernel - 1) ** 2 / (k + C)
    across = C - (kernel - 1) ** 2 / C
    return (total**2 / k * along + (square - total**2 / k) * across) / (4 * math.pi)


def saddle(model: BothLayers) -> tuple[float, float]:
    """(angle phi_s, loss) of the profile's maximum; (pi, loss of `spurious`) where there is no spurious minimum.

    Gradient flow that has come below this loss stays on its side of phi_s.
    """
    k, total, square = sums(model)
    if math.pi * total**2 >= (k + C) * square:
        return math.pi, profile(model, 0.0)
    kernel = ((k + C) * square - math.pi * total**2) / ((k + C) * square - total**2)
    low, high = 0.0, math.pi  # G is increasing in the supplement
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if angular_kernel(np.float64(middle)) < kernel else (low, middle)
    return math.pi - (low + high) / 2, profile(model, kernel)


def angle_to_teacher(model: BothLayers, states: Floats) -> Floats:
    """phi, (runs, p + k) -> (runs,)."""
    return np.asarray(math.pi - polar(model.split(states)[0], model.filter / norm(model.filter))[1])


def stays_good(model: BothLayers, states: Floats) -> Mask:
    """phi < pi/2, a·a* > 0, |1·a| <= |1·a*|: descent with steps up to 2 pi/(k + pi - 1) does not leave this region."""
    a = model.split(states)[1]
    within = np.abs(a.sum(-1)) <= abs(sums(model)[1]) * (1 + 1e-12)
    return np.asarray((angle_to_teacher(model, states) < math.pi / 2) & (inner(a, teacher(model)) > 0) & within)


def stays_bad(model: BothLayers, states: Floats) -> Mask:
    """a·a* < 0, |1·a| <= |1·a*|, G(phi) <= 1 - 2 S²/N: descent does not leave this region either (same step sizes)."""
    a = model.split(states)[1]
    within = np.abs(a.sum(-1)) <= abs(sums(model)[1]) * (1 + 1e-12)
    kernel = angular_kernel(math.pi - angle_to_teacher(model, states))
    return np.asarray((inner(a, teacher(model)) < 0) & within & (kernel <= 1 - 2 * balance(model)))
