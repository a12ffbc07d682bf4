"""All local maxima of ``+-phi_nu`` by sorting, when directions form a circle or two points.

With one or two coordinates and no free bias, ``phi_nu`` is linear between the n lines ``x_i . u = 0``; with one
coordinate and a free hidden bias it is piecewise linear in the bias. One sort and cumulative sums give every
piece: O(n log n).
"""

from __future__ import annotations

import numpy as np

from relucert.certify.search.dual import FloatArray


def can_sweep(dimension: int, free_hidden_bias: bool) -> bool:
    """Whether `sweep` covers rows with ``dimension`` coordinates."""
    return dimension <= (1 if free_hidden_bias else 2)


def sweep(
    samples: FloatArray, weights: FloatArray, linear: FloatArray, free_hidden_bias: bool
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Local maxima of ``sign * (linear.u + sum_i weights_i relu(x_i . u))`` over directions of penalised norm 1.

    Parameters
    ----------
    samples : (m, D), D = 1 or 2 (D = 1 with a free bias, where ``linear`` is ignored and ``sum(weights) == 0``).

    Returns
    -------
    directions (q, p), signs (q,), values (q,); the global maxima are among them whenever they are positive.
    """
    if free_hidden_bias:
        return _sweep_bias(samples[:, 0], weights)
    if samples.shape[1] == 1:
        directions = np.array([[1.0], [-1.0]])
        values = np.maximum(directions @ samples.T, 0.0) @ weights + directions @ linear
        return np.vstack([directions, directions]), np.repeat([1.0, -1.0], 2), np.concatenate([values, -values])
    return _sweep_circle(samples, weights, linear)


def _sweep_circle(
    samples: FloatArray, weights: FloatArray, linear: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    angles = np.arctan2(samples[:, 1], samples[:, 0])
    # Sample i is active on (angle - pi/2, angle + pi/2); the circle is cut at angle 0.
    enter, leave = np.mod(angles - 0.5 * np.pi, 2 * np.pi), np.mod(angles + 0.5 * np.pi, 2 * np.pi)
    mass = weights[:, None] * samples
    initial = linear + mass[enter > leave].sum(axis=0)
    breaks = np.concatenate([enter, leave])
    order = np.argsort(breaks)
    gradients = initial + np.vstack([np.zeros((1, 2)), np.cumsum(np.vstack([mass, -mass])[order], axis=0)])
    knots = np.concatenate([[0.0], breaks[order], [2 * np.pi]])
    ends = np.column_stack([np.cos(knots), np.sin(knots)])
    tangents = np.column_stack([-ends[:, 1], ends[:, 0]])
    found_directions, found_signs = [], []
    for sign in (1.0, -1.0):
        pieces = sign * gradients
        left = np.einsum("ij,ij->i", pieces, tangents[:-1])  # slope at the beginning of each arc
        right = np.einsum("ij,ij->i", pieces, tangents[1:])
        norms = np.linalg.norm(pieces, axis=1)
        inside = (left >= 0) & (right <= 0) & (norms > 0)
        found_directions.append(pieces[inside] / norms[inside, None])
        corner = (right[:-1] >= 0) & (left[1:] <= 0)
        found_directions.append(ends[1:-1][corner])
        found_signs.append(np.full(int(inside.sum()) + int(corner.sum()), sign))
    directions, signs = np.vstack(found_directions), np.concatenate(found_signs)
    return directions, signs, _values(samples, weights, linear, directions, signs)


def _values(
    samples: FloatArray, weights: FloatArray, linear: FloatArray, directions: FloatArray, signs: FloatArray
) -> FloatArray:
    values = np.empty(len(signs))
    block = max(1, 4_000_000 // max(len(samples), 1))
    for first in range(0, len(signs), block):
        part = directions[first : first + block]
        values[first : first + block] = np.maximum(part @ samples.T, 0.0) @ weights + part @ linear
    return values * signs


def _sweep_bias(points: FloatArray, weights: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    directions, signs, values = [], [], []
    for side in (1.0, -1.0):
        order = np.argsort(-side * points)
        heights, mass = side * points[order], weights[order]
        # At b = -heights_k exactly the samples before k are active.
        levels = np.cumsum(mass * heights) - heights * np.cumsum(mass)
        for sign in (1.0, -1.0):
            padded = np.concatenate([[-np.inf], sign * levels, [-np.inf]])
            top = (padded[1:-1] >= padded[:-2]) & (padded[1:-1] >= padded[2:]) & (padded[1:-1] > 0)
            directions.append(np.column_stack([np.full(int(top.sum()), side), -heights[top]]))
            signs.append(np.full(int(top.sum()), sign))
            values.append(sign * levels[top])
    return np.vstack(directions), np.concatenate(signs), np.concatenate(values)
