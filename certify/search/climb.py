"""Exact local maximisation of a piecewise linear positively homogeneous function over the unit ball.

For weights ``omega`` and a linear part ``l`` let ``phi(v) = l.v + sum_i omega_i relu(x_i . v)``. On every ray the
maximum of ``h(v) = phi(v) - |v|^2 / 2`` is ``phi(u)^2 / 2`` at ``v = phi(u) u``, so local maxima of ``h`` are those
of ``phi`` on the sphere. ``h`` is piecewise quadratic with Hessian minus identity: the steepest ascent direction is
the Newton direction of a cell, and with an exact line search over all breakpoints the ascent ends after finitely many
steps. Only samples with ``omega_i < 0`` (concave kinks) can lie on the hyperplane of a local maximum.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from relucert.certify.search.dual import FloatArray

IntArray = NDArray[np.intp]

# A margin |x_i . v| below this multiple of |x_i||v| counts as zero: a line search lands within a few ulp of a kink.
ZERO_MARGIN = 1e-12
# Above this number of samples a climb works on those nearest to the hyperplane.
LOCAL_SAMPLES = 1000


def box_minimum_norm(offset: FloatArray, rows: FloatArray, lower: FloatArray) -> tuple[FloatArray, NDArray[np.bool_]]:
    """Minimise ``|offset + rows^T c|`` over ``lower <= c <= 0`` (``lower < 0``); ``rows`` is (q, D) with small q.

    Returns the minimiser and the mask of its strictly interior entries.
    """
    count = len(lower)
    free: NDArray[np.bool_] = np.ones(count, dtype=np.bool_)
    values = np.zeros(count)
    if count == 1:
        inside = np.array([-float(rows[0] @ offset) / float(rows[0] @ rows[0])])
    else:
        inside = np.asarray(np.linalg.lstsq(rows.T, -offset, rcond=1e-12)[0], dtype=np.float64)
    if np.all((inside > lower) & (inside < 0)):
        return inside, free
    # Bounded least squares after Stark & Parker (1995): one variable at a time leaves its bound.
    values = np.clip(inside, lower, 0.0)
    free = (inside > lower) & (inside < 0)
    row_norms = np.linalg.norm(rows, axis=1)
    size = float(np.linalg.norm(offset)) + float(np.abs(lower) @ row_norms)
    for _ in range(20 + 10 * count):
        rest = offset + values @ rows
        if free.any():
            indices = np.flatnonzero(free)
            step = np.linalg.lstsq(rows[indices].T, -rest, rcond=1e-12)[0]
            current = values[indices]
            room = np.full(len(indices), np.inf)
            room[step < 0] = (lower[indices] - current)[step < 0] / step[step < 0]
            room[step > 0] = -current[step > 0] / step[step > 0]
            length = min(1.0, float(room.min()))
            values[indices] = np.clip(current + length * step, lower[indices], 0.0)
            if length < 1.0:
                hit = indices[room <= length]
                values[hit] = np.where(step[room <= length] < 0, lower[hit], 0.0)
                free[hit] = False
                continue
            rest = offset + values @ rows
        gradient = rows @ rest
        wrong = np.where(values <= lower, -gradient, gradient) / np.maximum(row_norms, 1e-300)
        wrong[free] = 0.0
        worst = int(np.argmax(wrong))
        if wrong[worst] <= 1e-14 * size:
            break
        free[worst] = True
    return values, np.asarray(free & (values > lower) & (values < 0), dtype=np.bool_)


def _line_maximum(times: FloatArray, jumps: FloatArray, slope: float, curvature: float, level: float) -> float:
    """Maximise ``slope t - curvature t^2/2 + sum_i jumps_i relu(t - times_i)`` over t >= 0.

    Takes the first local maximum unless another one on the ray is better by a visible fraction of ``level``.
    """
    rising = slope + float(np.maximum(jumps, 0.0).sum())
    if rising * rising <= 2e-9 * level * curvature:
        # The whole ray gains nothing visible: only the first local maximum matters, and it lies near t = 1.
        early = times <= 2.0
        if slope + float(jumps[early].sum()) < 2.0 * curvature:
            times, jumps = times[early], jumps[early]
    reach = rising / curvature
    if times.size and times.max() > reach:
        near = times <= reach
        times, jumps = times[near], jumps[near]
    order = np.argsort(times)
    knots = np.concatenate([[0.0], times[order]])
    slopes = slope + np.concatenate([[0.0], np.cumsum(jumps[order])])
    ends = np.append(knots[1:], np.inf)
    stops = np.clip(slopes / curvature, knots, ends)  # the maximiser of each piece
    first = int(np.argmax(slopes <= curvature * ends))
    gaps = knots[1:] - knots[:-1]
    heights = np.concatenate([[0.0], np.cumsum(gaps * (slopes[:-1] - 0.5 * curvature * (knots[1:] + knots[:-1])))])
    peaks = heights + (stops - knots) * (slopes - 0.5 * curvature * (stops + knots))
    best = int(np.argmax(peaks))
    return float(stops[best] if peaks[best] > peaks[first] + 1e-9 * level else stops[first])


def _steepest(
    smooth: FloatArray, rows: FloatArray, weights: FloatArray, kinks: IntArray
) -> tuple[FloatArray, IntArray]:
    """Direction of steepest ascent from the smooth part of the gradient and the concave kinks; the kinks it keeps."""
    if len(kinks) == 0:
        return smooth, kinks
    multipliers, interior = box_minimum_norm(smooth, rows[kinks], weights[kinks])
    return smooth + multipliers @ rows[kinks], kinks[interior]


def _ascend(
    rows: FloatArray, norms: FloatArray, weights: FloatArray, linear: FloatArray, start: FloatArray, limit: int
) -> FloatArray:
    """Ascend ``h`` from ``start`` until no direction ascends or ``limit`` steps are done."""
    v, height = start, -np.inf
    concave = weights < 0
    thresholds = ZERO_MARGIN * norms
    for _ in range(limit):
        length = math.sqrt(float(v @ v))
        if length == 0.0:
            return v
        margins = rows @ v
        zero = np.abs(margins) <= thresholds * length
        at_zero = np.flatnonzero(zero)
        positive = margins > 0
        positive[at_zero] = False
        gradient = linear + (weights * positive) @ rows
        kinks = at_zero[concave[at_zero]]
        convex = at_zero[(weights[at_zero] > 0) & (norms[at_zero] > 0)]
        direction, kept = _steepest(gradient - v, rows, weights, kinks)
        if len(convex):
            # A convex kink is never a maximum: the side to which it is pushed, or else either side, ascends.
            push = rows[convex] @ direction
            ahead = convex[push >= -1e-14 * norms[convex] * (length + math.sqrt(float(direction @ direction)))]
            if len(ahead):
                chosen = ahead[int(np.argmax(weights[ahead] * norms[ahead]))]
                gradient = gradient + weights[chosen] * rows[chosen]
                convex = convex[convex != chosen]
                direction, kept = _steepest(gradient - v, rows, weights, kinks)
        size = math.sqrt(float(direction @ direction))
        if size <= 1e-15 * length:
            break
        rates = rows @ direction
        slope = size * size
        if len(convex):
            slope += float(weights[convex] @ np.maximum(rates[convex], 0.0))
        crossing = margins * rates < 0
        crossing[at_zero] = False
        speeds = rates[crossing]
        step = _line_maximum(
            -margins[crossing] / speeds, weights[crossing] * np.abs(speeds), slope, size * size, length * length
        )
        new = v + step * direction
        if len(kept):  # remove the drift off the kept hyperplanes
            normals = rows[kept]
            new = new - np.linalg.lstsq(normals, normals @ new, rcond=1e-12)[0]
        new_height = float(linear @ new + weights @ np.maximum(rows @ new, 0.0) - 0.5 * new @ new)
        if new_height <= height + 1e-16 * abs(height):
            break
        v, height = new, new_height
    return v


def climb(
    rows: FloatArray, norms: FloatArray, weights: FloatArray, linear: FloatArray, start: FloatArray, limit: int = 200
) -> FloatArray:
    """Ascend ``h`` from ``start`` to a local maximum.

    Parameters
    ----------
    rows : (n, D) samples, ``norms`` (n,) their lengths.
    weights : (n,) ``omega``, ``linear`` (D,) the linear part.
    start : (D,) nonzero.

    Returns
    -------
    (D,) vector ``v`` with ``|v| = phi(v / |v|)`` at the local maximum; zero when the ascent finds no positive value.
    """
    v = start
    length = float(np.linalg.norm(v))
    value = float(linear @ v + weights @ np.maximum(rows @ v, 0.0)) / length
    if value > 0:
        v = v * (value / length)
    else:
        # Below zero every ray points back to the origin: start from the ray itself, the first step may leave it.
        v = v * (1e-3 * float(np.abs(weights) @ norms + np.linalg.norm(linear)) / length)
    if len(norms) <= LOCAL_SAMPLES:
        return _ascend(rows, norms, weights, linear, v, limit)
    for _ in range(limit):
        # Only samples near the hyperplane can change sides in a small cap round v: the others are linear there.
        length = float(np.linalg.norm(v))
        if length == 0.0:
            return v
        margins = rows @ v
        distances = np.abs(margins) / (np.maximum(norms, 1e-300) * length)
        radius = float(np.partition(distances, LOCAL_SAMPLES)[LOCAL_SAMPLES])
        near = distances < radius
        decided = linear + (weights * ((margins > 0) & ~near)) @ rows
        end = _ascend(rows[near], norms[near], weights[near], decided, v, limit)
        inside = np.linalg.norm(end / max(float(np.linalg.norm(end)), 1e-300) - v / length) < radius
        if not inside:
            before = v
            v = _ascend(rows, norms, weights, linear, v, 2)
            if np.array_equal(before, v):
                return v
            continue
        return end
    return v
