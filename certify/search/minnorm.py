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

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
IntArray = NDArray[np.int64]


# (width, stiffness) of the proximal terms, one pair per update of the multipliers
WIDTH = np.array([0.2, 0.05, 0.02, 0.01, 3e-3, 1e-3, 5e-4, 2e-4])
STIFFNESS = np.array([0.1, 0.03, 3e-3, 3e-4, 3e-5, 3e-6, 3e-7, 3e-8])
INNER = 8  # Newton steps between two updates of the multipliers, at most
INNER_TOLERANCE = 0.5  # |u - z| <= this * width * |z| ends the inner iteration
PATIENCE = 40  # Newton steps after which a problem is settled as it is
HARVEST = 0.5  # `run` returns when this part of the problems is settled ...
CROWD, WAIT = 64, 6  # ... and CROWD of them, unless WAIT steps were taken
GAP = 0.05  # relative accuracy wanted of the excess |z| - limit when it is positive
BACKTRACK, SHORTEST, ARMIJO = 0.35, 1e-4, 1e-4


class MinNorm:
    """A pool of minimum-norm problems that are solved side by side; settled ones can be replaced or dropped.

    rows : (m, D) unit rows;  weights : (B, m), <= 0;  base : (B, D), the z0 of the module text;
    normals, generators : (B, D, D), dual bases (rows) of unit generators;  limit : (B,), the |z| that is good enough;
    start : (B, D), a guess of u.

    Results: z (B, D) with norm (B,) and multipliers q (B, m); lower (B,), a lower bound of the minimum, and the point
    (B, D) of the cone it comes from; settled (B,): |z| <= limit, or lower > limit and |z| is accurate, or out of time.
    """

    def __init__(
        self, rows: FloatArray, weights: FloatArray, base: FloatArray, normals: FloatArray, generators: FloatArray,
        limit: FloatArray, start: FloatArray,
    ) -> None:  # fmt: skip
        count, dim = base.shape
        self.rows = rows
        self.products = (rows[:, :, None] * rows[:, None, :]).reshape(len(rows), dim * dim)
        self.weights, self.base, self.limit, self.u = -weights, base.copy(), limit.copy(), start.copy()
        self.normals, self.generators = normals, generators
        self.unit = normals / np.sqrt(np.einsum("bkj,bkj->bk", normals, normals))[:, :, None]
        self.share_old, self.lam_old = np.full_like(weights, 0.5), np.zeros((count, dim))
        self.level, self.inner, self.age = (np.zeros(count, dtype=np.int64) for _ in range(3))
        self.u_old, self.step = self.u.copy(), np.zeros_like(self.u)
        self.merit_old, self.length, self.descent = np.full(count, np.inf), np.ones(count), np.zeros(count)
        self.z, self.q, self.point = np.zeros((count, dim)), np.zeros_like(weights), start.copy()
        self.norm, self.lower = np.full(count, np.inf), np.full(count, -np.inf)
        self.settled = np.zeros(count, dtype=np.bool_)
        self._try_centre()

    def _try_centre(self) -> None:
        """Many easy cones are closed by a multiple of their centre."""
        start, self.u = self.u, self.generators.sum(axis=1)
        heavy = self.weights * (self.u @ self.rows.T > 0.0)
        infinite = np.full(len(self.u), np.inf)
        self._bound_above(self.u, infinite, self.base - heavy @ self.rows, heavy)
        self.settled = self.norm <= self.limit
        self.u = start

    def keep(self, flags: BoolArray) -> None:
        """Drop the other problems."""
        for name, array in vars(self).items():
            if name not in ("rows", "products"):
                setattr(self, name, array[flags])

    def restart(self, index: IntArray, base: FloatArray, limit: FloatArray) -> None:
        """Give the problems another base and limit, starting from the points found."""
        self.base[index], self.limit[index] = base, limit
        self.u[index] = self.point[index]
        self.share_old[index], self.lam_old[index] = 0.5, 0.0
        self.level[index], self.inner[index], self.age[index], self.merit_old[index] = 0, 0, 0, np.inf
        self.length[index] = 1.0
        self.norm[index], self.lower[index], self.settled[index] = np.inf, -np.inf, False

    def run(self, patience: int = PATIENCE) -> None:
        """Newton steps until many problems are settled."""
        some, most = int(np.ceil(HARVEST * len(self.base))), min(len(self.base), CROWD)
        steps = 0
        while (settled := int(np.count_nonzero(self.settled))) < some or (settled < most and steps < WAIT):
            self._iterate(patience)
            steps += 1

    def _iterate(self, patience: int) -> None:
        rows, weights, base, unit, u = self.rows, self.weights, self.base, self.unit, self.u
        count, dim = base.shape
        width, stiffness = WIDTH[self.level], STIFFNESS[self.level]
        free = u @ rows.T
        free /= width[:, None]
        free += self.share_old
        share = np.maximum(free, 0.0)
        np.minimum(share, np.ones_like(share), out=share)  # an array of ones is faster than the scalar
        heavy = weights * share
        lam = np.maximum(self.lam_old - np.matmul(unit, u[:, :, None])[:, :, 0] / stiffness[:, None], 0.0)
        relaxed = base - heavy @ rows
        z = relaxed + np.matmul(lam[:, None, :], unit)[:, 0]
        norm = np.sqrt(np.einsum("bj,bj->b", z, z))
        self._bound_above(z, norm, relaxed, heavy)
        self._bound_below()
        self.age += 1
        self.settled |= (self.norm <= self.limit) | (self.age >= patience)
        self.settled |= (self.lower > self.limit) & (self.norm - self.lower <= GAP * (self.norm - self.limit))

        active = (share == free) * weights
        share *= 0.5
        free -= share
        merit = np.einsum("bj,bj->b", 0.5 * u - base, u) + width * np.einsum("bi,bi->b", heavy, free)
        merit += 0.5 * stiffness * np.einsum("bk,bk->b", lam, lam)
        gradient = u - z
        slope = np.sqrt(np.einsum("bj,bj->b", gradient, gradient))
        accepted = merit <= self.merit_old + ARMIJO * self.length * self.descent + 1e-12 * np.abs(merit)
        accepted |= self.length <= SHORTEST
        self.inner += 1
        update = (slope <= INNER_TOLERANCE * width * np.maximum(norm, 1e-3)) | (self.inner >= INNER)
        update &= accepted
        hessian = (active @ self.products).reshape(count, dim, dim) / width[:, None, None]
        kept = unit * (lam > 0.0)[:, :, None]
        hessian += np.matmul(kept.transpose(0, 2, 1), kept) / stiffness[:, None, None]
        diagonal = np.arange(dim)
        hessian[:, diagonal, diagonal] += 1.0
        newton = np.linalg.solve(hessian, -gradient[:, :, None])[:, :, 0]
        self.step[accepted] = newton[accepted]
        self.descent = np.where(accepted, np.einsum("bj,bj->b", gradient, newton), self.descent)
        self.u_old[accepted] = u[accepted]
        self.length = np.where(accepted, 1.0, BACKTRACK * self.length)
        self.merit_old = np.where(accepted, merit, self.merit_old)
        self.share_old[update], self.lam_old[update] = 2.0 * share[update], lam[update]
        self.level[update] = np.minimum(self.level[update] + 1, len(WIDTH) - 1)
        self.inner[update], self.merit_old[update] = 0, np.inf
        self.u = self.u_old + np.where(update, 0.0, self.length)[:, None] * self.step

    def _bound_above(self, z: FloatArray, norm: FloatArray, relaxed: FloatArray, heavy: FloatArray) -> None:
        """Keep the better of z and of the shortest multiple of u that is long enough along every generator.

        The multiple of u does not need accurate lam_k, which a slender cone (huge |N_k|) makes hard to get.
        """
        wanted = np.matmul(self.generators, relaxed[:, :, None])[:, :, 0]
        given = np.matmul(self.generators, self.u[:, :, None])[:, :, 0]
        positive = given > 0.0
        factor = np.where(positive, np.maximum(wanted, 0.0) / np.where(positive, given, 1.0), np.inf).max(axis=1)
        multiple = factor * (np.sqrt(np.einsum("bj,bj->b", self.u, self.u)) + 1e-300)
        better = (np.minimum(norm, multiple) < self.norm) & ~self.settled
        along = multiple < norm
        z = z.copy()
        z[along] = factor[along, None] * self.u[along]
        self.z[better] = z[better]
        self.norm[better], self.q[better] = np.minimum(norm, multiple)[better], -heavy[better]

    def _bound_below(self) -> None:
        """psi / |u| at the point of the cone next to u."""
        alpha = np.maximum(np.matmul(self.normals, self.u[:, :, None])[:, :, 0], 0.0)
        point = np.matmul(alpha[:, None, :], self.generators)[:, 0]
        t = point @ self.rows.T
        np.maximum(t, 0.0, out=t)
        value = np.einsum("bj,bj->b", self.base, point) - np.einsum("bi,bi->b", self.weights, t)
        value /= np.sqrt(np.einsum("bj,bj->b", point, point)) + 1e-300
        better = (value > self.lower) & ~self.settled
        self.lower = np.where(better, value, self.lower)
        self.point[better] = point[better]
