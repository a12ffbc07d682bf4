"""Batched minimum-norm problems: the bound of a whole batch of simplicial cones at once.

On a cone with generators v_k and dual basis N_k (N_k.v_l = 1 if k = l else 0) the relaxation of phi is

    psi(u) = z0.u + sum_i w_i max(0, x_i.u),     w_i <= 0,  |x_i| = 1,

a concave function, and the smallest T with psi(u) <= T |u| on the cone is, by duality, the minimum of |z| over

    z = z0 + sum_k lam_k N_k + sum_i q_i x_i,    lam_k >= 0,  w_i <= q_i <= 0.

Every such z is a valid bound, whatever the solver did. The solver is a proximal method of multipliers whose inner
problems (strongly convex and piecewise quadratic in u, dimension D) are solved by a semismooth Newton method:

    s_i = clip(s_i' + x_i.u / width, 0, 1),  q_i = w_i s_i,   lam_k = max(0, lam_k' - N_k.u / stiffness),   u = z.

The width is the same for every row, whatever its weight: a hundred light rows then look as smooth as they are on the
scale of a step, and Newton's method needs few steps. All arrays carry the batch as first axis; the rows x_i are shared
by the batch, so that the heavy steps are products of matrices.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
IntArray = NDArray[np.int64]


@dataclass
class Batch:
    """One minimum-norm problem per cone.

    rows : (m, D) unit rows;  weights : (B, m), <= 0;  base : (B, D), the z0 of the module text;
    normals, generators : (B, D, D), dual bases (rows) of unit generators;  limit : (B,), the |z| that is good enough;
    start : (B, D), a guess of u.
    """

    rows: FloatArray
    weights: FloatArray
    base: FloatArray
    normals: FloatArray
    generators: FloatArray
    limit: FloatArray
    start: FloatArray


@dataclass
class Solution:
    """z : (B, D) feasible;  norm : (B,) |z|;  lower : (B,) a lower bound of the minimum;  q : (B, m) multipliers of z;
    point : (B, D) the point of the cone that gives `lower`."""

    z: FloatArray
    norm: FloatArray
    lower: FloatArray
    q: FloatArray
    point: FloatArray


# (width, stiffness) of the proximal terms, one pair per update of the multipliers
WIDTH = np.array([0.2, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001])
STIFFNESS = np.array([0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001])
INNER = 8  # Newton steps between two updates of the multipliers, at most
INNER_TOLERANCE = 0.5  # |u - z| <= this * width * |z| ends the inner iteration
BACKTRACK, SHORTEST, ARMIJO = 0.35, 1e-4, 1e-4


def min_norm(batch: Batch, gap: float = 0.2, steps: int = 60) -> Solution:
    """Solve until |z| <= limit, or lower > limit and |z| - lower <= gap (|z| - limit), or for `steps` Newton steps."""
    rows, products = batch.rows, _products(batch.rows)
    count, dim = batch.base.shape
    diagonal = np.arange(dim)
    solution = Solution(
        np.zeros((count, dim)), np.full(count, np.inf), np.full(count, -np.inf), np.zeros_like(batch.weights),
        batch.start.copy(),
    )  # fmt: skip
    live = np.arange(count)
    weights, base, limit, u = -batch.weights, batch.base, batch.limit, batch.start
    normals, generators = batch.normals, batch.generators
    unit = normals / np.sqrt(np.einsum("bkj,bkj->bk", normals, normals))[:, :, None]
    ones = np.ones_like(weights)
    share_old, lam_old = np.full_like(weights, 0.5), np.zeros((count, dim))
    level, inner = np.zeros(count, dtype=np.int64), np.zeros(count, dtype=np.int64)
    u_old, step, merit_old = u, np.zeros_like(u), np.full(count, np.inf)
    length, descent = np.ones(count), np.zeros(count)
    for iteration in range(steps):
        width, stiffness = WIDTH[level], STIFFNESS[level]
        t = u @ rows.T
        free = t / width[:, None]
        free += share_old
        share = np.maximum(free, 0.0)
        np.minimum(share, ones, out=share)
        heavy = weights * share
        lam = np.maximum(lam_old - np.matmul(unit, u[:, :, None])[:, :, 0] / stiffness[:, None], 0.0)
        z = base - heavy @ rows + np.matmul(lam[:, None, :], unit)[:, 0]
        norm = np.sqrt(np.einsum("bj,bj->b", z, z))
        better = norm < solution.norm[live]
        index = live[better]
        solution.z[index], solution.norm[index], solution.q[index] = z[better], norm[better], -heavy[better]
        finished = norm <= limit
        if iteration:  # lower bound at the point of the cone next to u
            alpha = np.maximum(np.matmul(normals, u[:, :, None])[:, :, 0], 0.0)
            point = np.matmul(alpha[:, None, :], generators)[:, 0]
            at_point = point @ rows.T
            np.maximum(at_point, 0.0, out=at_point)
            value = np.einsum("bj,bj->b", base, point) - np.einsum("bi,bi->b", weights, at_point)
            value /= np.sqrt(np.einsum("bj,bj->b", point, point)) + 1e-300
            better = value > solution.lower[live]
            index = live[better]
            solution.lower[index], solution.point[index] = value[better], point[better]
            best, lower = solution.norm[live], solution.lower[live]
            finished |= (lower > limit) & (best - lower <= gap * (best - limit))
        if finished.any():
            keep = ~finished
            if not keep.any():
                break
            live, u, z, norm, share, free, heavy, lam = (
                array[keep] for array in (live, u, z, norm, share, free, heavy, lam)
            )  # fmt: skip
            weights, base, limit, normals, generators, unit, width, stiffness = (
                array[keep] for array in (weights, base, limit, normals, generators, unit, width, stiffness)
            )  # fmt: skip
            share_old, lam_old, level, inner, u_old, step, merit_old, length, descent = (
                array[keep] for array in (share_old, lam_old, level, inner, u_old, step, merit_old, length, descent)
            )  # fmt: skip
            ones = ones[: len(live)]
        active = (share == free) * weights
        free -= 0.5 * share
        merit = np.einsum("bj,bj->b", 0.5 * u - base, u) + width * np.einsum("bi,bi->b", heavy, free)
        merit += 0.5 * stiffness * np.einsum("bk,bk->b", lam, lam)
        gradient = u - z
        slope = np.sqrt(np.einsum("bj,bj->b", gradient, gradient))
        accepted = merit <= merit_old + ARMIJO * length * descent + 1e-12 * np.abs(merit)
        accepted |= length <= SHORTEST
        inner += 1
        update = accepted & ((slope <= INNER_TOLERANCE * width * np.maximum(norm, 1e-3)) | (inner >= INNER))
        hessian = (active @ products).reshape(-1, dim, dim) / width[:, None, None]
        kept = unit * (lam > 0.0)[:, :, None]
        hessian += np.matmul(kept.transpose(0, 2, 1), kept) / stiffness[:, None, None]
        hessian[:, diagonal, diagonal] += 1.0
        newton = -np.linalg.solve(hessian, gradient[:, :, None])[:, :, 0]
        step[accepted], descent[accepted] = newton[accepted], np.einsum("bj,bj->b", gradient, newton)[accepted]
        u_old = np.where(accepted[:, None], u, u_old)
        length = np.where(accepted, 1.0, BACKTRACK * length)
        merit_old = np.where(accepted, merit, merit_old)
        share_old[update], lam_old[update] = share[update], lam[update]
        level[update] = np.minimum(level[update] + 1, len(WIDTH) - 1)
        inner[update], merit_old[update] = 0, np.inf
        u = u_old + np.where(update, 0.0, length)[:, None] * step
    return solution


def _products(rows: FloatArray) -> FloatArray:
    """The matrices x_i x_i', flattened: (m, D * D)."""
    return (rows[:, :, None] * rows[:, None, :]).reshape(len(rows), rows.shape[1] ** 2)
