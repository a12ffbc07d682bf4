"""The minimum-norm solver of `minnorm` for one cone at a time, in machine code (needs numba, the extra "fast")."""
# mypy: disable-error-code="misc, no-any-unimported, untyped-decorator, import-untyped, import-not-found"

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import njit

from relucert.certify.search import minnorm

# numba freezes these when it compiles, and its cache only watches this file: touch it after changing one elsewhere
WIDTH, STIFFNESS = minnorm.WIDTH, minnorm.STIFFNESS
INNER, INNER_TOLERANCE = minnorm.INNER, minnorm.INNER_TOLERANCE
BACKTRACK, SHORTEST, ARMIJO = minnorm.BACKTRACK, minnorm.SHORTEST, minnorm.ARMIJO
GAP = minnorm.GAP


@njit(cache=True)
def inner_product(a: Any, b: Any) -> float:
    total = 0.0
    for j in range(a.shape[0]):
        total += a[j] * b[j]
    return total


@njit(cache=True)
def _multiple(generators: Any, relaxed: Any, u: Any) -> float:
    """The least factor with (factor u).v_k >= relaxed.v_k for all k, inf if there is none this way."""
    factor = 0.0
    for k in range(generators.shape[0]):
        given = inner_product(generators[k], u)
        if given <= 0.0:
            return np.inf
        factor = max(factor, inner_product(generators[k], relaxed) / given)
    return factor


@njit(cache=True)
def _solve_positive_definite(a: Any, b: Any) -> None:
    """b <- a^-1 b by Cholesky; a is overwritten."""
    dim = b.shape[0]
    for i in range(dim):
        for j in range(i + 1):
            s = a[i, j]
            for k in range(j):
                s -= a[i, k] * a[j, k]
            a[i, j] = math.sqrt(max(s, 1e-300)) if i == j else s / a[j, j]
    for i in range(dim):
        s = b[i]
        for k in range(i):
            s -= a[i, k] * b[k]
        b[i] = s / a[i, i]
    for i in range(dim - 1, -1, -1):
        s = b[i]
        for k in range(i + 1, dim):
            s -= a[k, i] * b[k]
        b[i] = s / a[i, i]


@njit(cache=True, fastmath={"contract", "reassoc"})
def min_norm(
    x: Any, w: Any, base: Any, generators: Any, normals: Any, unit: Any, limit: float, patience: int,
    point: Any, z: Any, share: Any,
) -> float:  # fmt: skip
    """minnorm.MinNorm for one cone: returns |z|; point (in: a guess), z and share (q = -w share) are results."""
    count, dim = x.shape
    best: float = np.inf
    lower = -np.inf
    u, relaxed, candidate = np.zeros(dim), base.copy(), np.empty(dim)
    for k in range(dim):
        u += generators[k]
    for i in range(count):
        share[i] = 1.0 if inner_product(x[i], u) > 0.0 else 0.0
        if share[i] > 0.0:
            for j in range(dim):
                relaxed[j] -= w[i] * x[i, j]
    factor = _multiple(generators, relaxed, u)
    if factor < np.inf:
        best = factor * math.sqrt(inner_product(u, u))
        z[:] = factor * u
        if best <= limit:
            return best
    u[:] = point
    trial, trial_old, t = np.empty(count), np.full(count, 0.5), np.empty(count)
    lam, lam_old, alpha, inside = np.zeros(dim), np.zeros(dim), np.empty(dim), np.empty(dim)
    hessian, step, u_old, newton = np.empty((dim, dim)), np.zeros(dim), u.copy(), np.empty(dim)
    level, inner, merit_old, length, descent = 0, 0, np.inf, 1.0, 0.0
    for _ in range(patience):
        width, stiffness = WIDTH[level], STIFFNESS[level]
        relaxed[:] = base
        hessian[:] = 0.0
        merit = 0.5 * inner_product(u, u) - inner_product(base, u)
        loss = 0.0
        for i in range(count):
            t[i] = inner_product(x[i], u)
            free = trial_old[i] + t[i] / width
            s = min(max(free, 0.0), 1.0)
            trial[i] = s
            if s > 0.0:
                heavy = w[i] * s
                merit += width * heavy * (free - 0.5 * s)
                for j in range(dim):
                    relaxed[j] -= heavy * x[i, j]
            if t[i] > 0.0:
                loss += w[i] * t[i]
            if s == free:
                weight = w[i] / width
                for j in range(dim):
                    for k in range(j + 1):
                        hessian[j, k] += weight * x[i, j] * x[i, k]
        candidate[:] = relaxed
        for k in range(dim):
            lam[k] = max(lam_old[k] - inner_product(unit[k], u) / stiffness, 0.0)
            if lam[k] > 0.0:
                merit += 0.5 * stiffness * lam[k] * lam[k]
                for j in range(dim):
                    candidate[j] += lam[k] * unit[k, j]
                    for l in range(j + 1):  # noqa: E741
                        hessian[j, l] += unit[k, j] * unit[k, l] / stiffness
        norm = math.sqrt(inner_product(candidate, candidate))
        factor = _multiple(generators, relaxed, u)
        multiple = factor * math.sqrt(inner_product(u, u)) if factor < np.inf else np.inf
        if min(norm, multiple) < best:
            best = min(norm, multiple)
            share[:] = trial
            if multiple < norm:
                z[:] = factor * u
            else:
                z[:] = candidate
            if best <= limit:
                return best
        # lower bound at the point of the cone next to u
        clipped = False
        for k in range(dim):
            alpha[k] = inner_product(normals[k], u)
            if alpha[k] < 0.0:
                alpha[k], clipped = 0.0, True
        inside[:] = u
        if clipped:
            inside[:] = 0.0
            for k in range(dim):
                for j in range(dim):
                    inside[j] += alpha[k] * generators[k, j]
            loss = 0.0
            for i in range(count):
                s = inner_product(x[i], inside)
                if s > 0.0:
                    loss += w[i] * s
        value = (inner_product(base, inside) - loss) / (math.sqrt(inner_product(inside, inside)) + 1e-300)
        if value > lower:
            lower = value
            point[:] = inside
        if lower > limit and best - lower <= GAP * (best - limit):
            return best
        slope = 0.0
        for j in range(dim):
            slope += (u[j] - candidate[j]) ** 2
        slope = math.sqrt(slope)
        inner += 1
        if merit <= merit_old + ARMIJO * length * descent + 1e-12 * abs(merit) or length <= SHORTEST:
            for j in range(dim):
                newton[j] = candidate[j] - u[j]
                hessian[j, j] += 1.0
            descent = 0.0
            step[:] = newton
            _solve_positive_definite(hessian, step)
            for j in range(dim):
                descent -= newton[j] * step[j]
            u_old[:] = u
            length, merit_old = 1.0, merit
            if slope <= INNER_TOLERANCE * width * max(norm, 1e-3) or inner >= INNER:
                trial_old[:] = trial
                lam_old[:] = lam
                level, inner, merit_old = min(level + 1, len(WIDTH) - 1), 0, np.inf
                continue
        else:
            length *= BACKTRACK
        for j in range(dim):
            u[j] = u_old[j] + length * step[j]
    return best
