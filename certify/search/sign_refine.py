"""The bound of one sign node to nearly full precision.

The same proximal method as in `sign_bound.minimise`, but with every proximal problem solved to the end (Newton steps
with a line search) before the next. It is for nodes where the relaxation is exact: there the node closes only if
|z| + kappa is found to within the distance of T from max phi.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from relucert.certify.search.sign_bound import (
    LARGEST_SCALE,
    BoolArray,
    Bounds,
    FloatArray,
    SignSamples,
    evaluate,
    relaxation,
)

PROXIMAL_STEPS, NEWTON_STEPS, HALVINGS = 40, 40, 30
NEAR_KINK = 1e-6


@dataclass
class _Proximal:
    """One proximal problem: `at` gives c (m,), which c_i are free (m,), and the gradient (r,) at u (r,)."""

    data: SignSamples
    lower: FloatArray
    upper: FloatArray
    low: FloatArray
    high: FloatArray
    centre: FloatArray
    unit: float
    scale: float

    def at(self, u: FloatArray) -> tuple[FloatArray, BoolArray, FloatArray]:
        reach = self.data.proximal * self.scale
        free_slopes = self.centre - (self.data.rows @ u) * reach
        slopes = np.clip(free_slopes, self.low, self.high)
        slopes += np.minimum(free_slopes + self.upper * reach - self.low, 0.0)
        slopes += np.maximum(free_slopes + self.lower * reach - self.high, 0.0)
        return slopes, (slopes != self.low) & (slopes != self.high), u - self.unit * (slopes @ self.data.rows)

    def solve(self, u: FloatArray) -> tuple[FloatArray, FloatArray]:
        """u and c of the solution, from a start u."""
        slopes, free, gradient = self.at(u)
        for _ in range(NEWTON_STEPS):
            if np.linalg.norm(gradient) <= 1e-15 * (1.0 + np.linalg.norm(u)):
                break
            rows = self.data.weighted_rows[free]
            jacobian = np.eye(len(u)) + (self.unit * self.scale) * (rows.T @ rows)
            direction = -np.linalg.solve(jacobian, gradient)
            descent = float(gradient @ direction)
            step, shortest, longest = 1.0, 0.0, np.inf
            for _ in range(HALVINGS):  # on the derivative of a convex function: neither too long nor too short
                slopes, free, gradient = self.at(u + step * direction)
                slope = float(gradient @ direction)
                if slope > -0.5 * descent:
                    longest = step
                elif slope < 0.9 * descent:
                    shortest = step
                else:
                    break
                if longest == np.inf:
                    break
                step = 0.5 * (shortest + longest)
            u = u + step * direction
        return u, slopes


def refine(data: SignSamples, lower: FloatArray, upper: FloatArray, slopes: FloatArray) -> Bounds:
    """The bound of a node (all (1, m)) starting from `slopes`; never worse than theirs."""
    best = evaluate(data, lower, upper, slopes)
    low, high, _ = (a[0] for a in relaxation(data.weights, lower, upper))
    centre, z = slopes[0], best.z[0]
    scale, waiting = 1.0, 0
    u = z / max(float(np.linalg.norm(z)), 0.3)
    for _ in range(PROXIMAL_STEPS):
        unit = 1.0 / max(float(np.linalg.norm(z)), 0.3)
        u, centre = _Proximal(data, lower[0], upper[0], low, high, centre, unit, scale).solve(u)
        found = evaluate(data, lower, upper, centre[None])
        z = found.z[0]
        gain = float(best.value[0] - found.value[0])
        waiting = 0 if gain > 1e-3 * float(best.value[0] - data.target) else waiting + 1
        if gain > 0:
            best = found
        if best.value[0] <= data.target or waiting > 6:
            break
        scale = min(scale * 4.0, LARGEST_SCALE)
    best.scale[0] = scale
    return best


def on_kinks(data: SignSamples, units: FloatArray) -> FloatArray:
    """Unit vectors (k, r) moved onto the hyperplanes of the samples with nu_i < 0 that they nearly lie on.

    Local maxima of phi lie on such kinks, and the bound meets phi there to first order in the distance only.
    """
    moved = units.copy()
    for u in moved:
        kinks = data.rows[(data.weights < 0) & (np.abs(data.rows @ u) < NEAR_KINK)]
        if 0 < len(kinks) < len(u):
            u -= np.linalg.lstsq(kinks, kinks @ u)[0]
            u /= np.linalg.norm(u)
    return moved
