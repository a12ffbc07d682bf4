"""Active-set Newton method on the hidden weights of a network with fixed output signs.

Minimises ``F(w, c) = 1/2 |y - sum_j s_j relu(rows w_j) - c|^2 + beta sum_j |w_j| + decay/2 c^2``. Inside a cell (fixed
activation patterns) F is smooth and convex. A sample on the hyperplane of unit j with ``s_j r_i < 0`` (r the residual)
is a convex kink of F: the minimiser may rest there, so it is held as an equality ``x_i . w_j = 0`` until its multiplier
leaves ``[s_j r_i, 0]``. Other kinks are concave for F and are crossed. A step ends where the slope along the Newton
direction changes sign.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from relucert.certify.search.climb import ZERO_MARGIN
from relucert.certify.search.dual import DualProblem, FloatArray

BoolArray = NDArray[np.bool_]

# Share of |w_j| that one step may remove: units on their way to zero are left to the lasso.
SHRINK = 0.95


@dataclass(frozen=True)
class Network:
    """Hidden ``weights`` (k, p) with output weights ``signs`` (k,) in {+1, -1} and the output ``constant``."""

    weights: FloatArray
    signs: FloatArray
    constant: float


@dataclass(frozen=True)
class _Point:
    """A network and what the iteration derives from it."""

    network: Network
    margins: FloatArray  # (n, k), exactly zero on kinks
    active: BoolArray  # margins > 0
    residual: FloatArray  # (n,)
    lengths: FloatArray  # (k,) penalised norms
    value: float
    descent: FloatArray  # (k, p) minus the gradient, samples at zero counted as inactive


@dataclass(frozen=True)
class _Face:
    """The face of the cell complex in which the next step moves."""

    bases: list[FloatArray]  # per unit: (p, q_j) orthonormal basis of the directions that keep the held kinks
    held: BoolArray  # (n, k)
    active: BoolArray  # (n, k), released kinks included on the side to which they go
    released: BoolArray  # (n, k)


class NewtonMethod:
    """The method for one problem; ``rows`` (n, p) are the problem's ``direction_rows``."""

    def __init__(self, problem: DualProblem) -> None:
        self.problem = problem
        self.rows = problem.direction_rows
        self.row_norms = np.linalg.norm(self.rows, axis=1)
        self.penalised = problem.penalised_dimension

    def minimise(self, network: Network, limit: int = 40, tolerance: float = 1e-14) -> Network:
        """Run up to ``limit`` steps; ends early at a stationary point or when a unit is about to vanish."""
        if len(network.signs) == 0:
            return network
        point = self._point(network)
        stalled = 0
        for _ in range(limit):
            face, stationary = self._choose_face(point)
            if stationary <= tolerance and not face.released.any():
                break
            step, constant_step = self._direction(point, face)
            wrong = face.released & (self.rows @ step.T * np.where(face.active, 1.0, -1.0) < 0)
            if wrong.any():  # the Newton direction leaves to the other side: hold those kinks after all
                face = self._face(point, (face.held | wrong), face.active & ~wrong, face.released & ~wrong)
                step, constant_step = self._direction(point, face)
            length, vanishing = self._line_search(point, face, step, constant_step)
            trial = self._point(self._move(network, face, length * step, length * constant_step))
            if not trial.value < point.value:
                break
            stalled = stalled + 1 if point.value - trial.value <= 1e-15 * point.value else 0
            network, point = trial.network, trial
            if vanishing or stalled >= 3:
                break
        return network

    def _point(self, network: Network) -> _Point:
        margins = self.rows @ network.weights.T
        size = np.linalg.norm(network.weights, axis=1)
        margins[np.abs(margins) <= ZERO_MARGIN * self.row_norms[:, None] * size] = 0.0
        active = margins > 0
        residual = self.problem.y - np.maximum(margins, 0.0) @ network.signs - network.constant
        lengths = np.linalg.norm(network.weights[:, : self.penalised], axis=1)
        value = 0.5 * float(residual @ residual) + self.problem.beta * float(lengths.sum())
        value += 0.5 * self.problem.constant_decay * network.constant**2
        descent = ((active * residual[:, None]).T @ self.rows) * network.signs[:, None]
        descent[:, : self.penalised] -= self.problem.beta * network.weights[:, : self.penalised] / lengths[:, None]
        return _Point(network, margins, active, residual, lengths, value, descent)

    def _face(self, point: _Point, held: BoolArray, active: BoolArray, released: BoolArray) -> _Face:
        bases = []
        dimension = self.rows.shape[1]
        for j in range(len(point.lengths)):
            kinks = np.nonzero(held[:, j])[0]
            if len(kinks) == 0:
                bases.append(np.eye(dimension))
                continue
            normals = self.rows[kinks] / self.row_norms[kinks, None]
            _, sizes, right = np.linalg.svd(normals, full_matrices=True)
            bases.append(right[int(np.count_nonzero(sizes > 1e-10)) :].T)
        return _Face(bases, held, active, released)

    def _choose_face(self, point: _Point) -> tuple[_Face, float]:
        """Hold every convex kink; near the face's minimum release, per unit, the one whose multiplier is worst.

        Also returns the size of the gradient along the face, relative to beta.
        """
        signs = point.network.signs
        at_zero = (point.margins == 0) & (self.row_norms > 0)[:, None]
        held = at_zero & (signs * point.residual[:, None] < 0)
        active = point.active.copy()
        released = np.zeros_like(held)
        slope = 0.0
        worst: list[tuple[float, int, int, bool]] = []
        for j in map(int, np.nonzero(held.any(axis=0))[0]):
            kinks = np.nonzero(held[:, j])[0]
            normals = self.rows[kinks]
            multipliers = np.linalg.lstsq(normals.T, -point.descent[j], rcond=1e-12)[0]
            slope = max(slope, float(np.linalg.norm(point.descent[j] + multipliers @ normals)))
            lower = signs[j] * point.residual[kinks]
            excess = np.maximum(multipliers, lower - multipliers) * self.row_norms[kinks]
            k = int(np.argmax(excess))
            worst.append((float(excess[k]), int(kinks[k]), j, bool(multipliers[k] < lower[k])))
        smooth = ~held.any(axis=0)
        if smooth.any():
            slope = max(slope, float(np.linalg.norm(point.descent[smooth], axis=1).max()))
        slope = max(slope, abs(self._constant_descent(point)) / np.sqrt(len(point.residual)))
        for excess_size, i, j, becomes_active in worst:
            if excess_size > max(slope, 1e-13 * self.problem.beta):
                held[i, j] = False
                released[i, j] = True
                active[i, j] = becomes_active
        return self._face(point, held, active, released), slope / self.problem.beta

    def _constant_descent(self, point: _Point) -> float:
        if self.problem.constant == "none":
            return 0.0
        return float(point.residual.sum()) - self.problem.constant_decay * point.network.constant

    def _direction(self, point: _Point, face: _Face) -> tuple[FloatArray, float]:
        """Newton direction within the face: hidden weights (k, p) and constant."""
        weights, signs = point.network.weights, point.network.signs
        sizes = [basis.shape[1] for basis in face.bases]
        ends = np.cumsum([0, *sizes])
        with_constant = self.problem.constant != "none"
        total = int(ends[-1]) + int(with_constant)
        jacobian = np.empty((len(self.rows), total))
        descent = np.empty(total)
        for j, basis in enumerate(face.bases):
            block = slice(ends[j], ends[j + 1])
            np.multiply(self.rows @ basis, (signs[j] * face.active[:, j])[:, None], out=jacobian[:, block])
            # Released active samples have margin 0, so they change the slope but not the value.
            pull = point.descent[j]
            entered = np.nonzero(face.released[:, j] & face.active[:, j])[0]
            if len(entered):
                pull = pull + signs[j] * point.residual[entered] @ self.rows[entered]
            descent[block] = pull @ basis
        if with_constant:
            jacobian[:, -1] = 1.0
            descent[-1] = self._constant_descent(point)
        hessian = jacobian.T @ jacobian
        for j, basis in enumerate(face.bases):
            block = slice(ends[j], ends[j + 1])
            part = basis[: self.penalised]
            unit = weights[j, : self.penalised] / point.lengths[j]
            along = unit @ part
            curvature = (part.T @ part - np.outer(along, along)) * (self.problem.beta / point.lengths[j])
            hessian[block, block] += curvature
        if with_constant:
            hessian[-1, -1] += self.problem.constant_decay
        diagonal = np.sqrt(np.maximum(np.diag(hessian), 1e-300))
        scaled = hessian / diagonal[:, None] / diagonal
        scaled[np.diag_indices(total)] += 1e-13
        solution = np.linalg.solve(scaled, descent / diagonal)
        if not float(solution @ (descent / diagonal)) > 0:
            scaled[np.diag_indices(total)] += 1e-6
            solution = np.linalg.solve(scaled, descent / diagonal)
        solution = solution / diagonal
        step = np.zeros_like(weights)
        for j, basis in enumerate(face.bases):
            step[j] = basis @ solution[ends[j] : ends[j + 1]]
        return step, float(solution[-1]) if with_constant else 0.0

    def _move(self, network: Network, face: _Face, step: FloatArray, constant_step: float) -> Network:
        weights = network.weights + step
        for j in np.nonzero(face.held.any(axis=0))[0]:
            basis = face.bases[j]
            weights[j] = basis @ (basis.T @ weights[j])
        return Network(weights, network.signs, network.constant + constant_step)

    def _line_search(self, point: _Point, face: _Face, step: FloatArray, constant_step: float) -> tuple[float, bool]:
        """Step length in (0, 1] where the slope of F turns from negative, and whether a unit is about to vanish."""
        network, margins = point.network, point.margins
        rates = self.rows @ step.T
        rates[face.held] = 0.0
        inner = np.einsum("kd,kd->k", network.weights[:, : self.penalised], step[:, : self.penalised])
        with np.errstate(divide="ignore"):
            limits = np.where(inner < 0, -SHRINK * point.lengths**2 / inner, np.inf)
        end = min(1.0, float(limits.min()))
        crossing = (margins * rates < 0) & (np.abs(margins) < np.abs(rates) * end)
        knots = np.concatenate([[0.0], np.unique(-margins[crossing] / rates[crossing]), [end]])

        def slope(time: float, inside: float) -> float:
            """Derivative of F at ``time`` with the activation patterns of the time ``inside``."""
            active = margins + inside * rates > 0
            moved = margins + time * rates
            residual = point.residual + np.maximum(margins, 0.0) @ network.signs
            residual = residual - (moved * active) @ network.signs - time * constant_step
            fit_rate = (rates * active) @ network.signs + constant_step
            weights = network.weights[:, : self.penalised] + time * step[:, : self.penalised]
            lengths = np.linalg.norm(weights, axis=1)
            turn = np.einsum("kd,kd->k", weights, step[:, : self.penalised]) / np.maximum(lengths, 1e-300)
            constant = network.constant + time * constant_step
            return (
                -float(residual @ fit_rate)
                + self.problem.beta * float(turn.sum())
                + self.problem.constant_decay * constant * constant_step
            )

        def middle(piece: int) -> float:
            return 0.5 * float(knots[piece] + knots[piece + 1])

        pieces = len(knots) - 1
        low, high = 0, pieces - 1  # the sought piece; slope < 0 at its beginning, >= 0 at or after its end
        while low < high:
            half = (low + high) // 2
            if slope(float(knots[half + 1]), middle(half + 1)) >= 0:
                high = half
            else:
                low = half + 1
        left, right = float(knots[low]), float(knots[low + 1])
        inside = middle(low)
        if slope(right, inside) <= 0:
            return right, right == end and end < 1.0
        slope_left, slope_right = slope(left, inside), slope(right, inside)
        for _ in range(6):  # regula falsi: inside a cell the slope is increasing and nearly linear
            if slope_left >= 0:
                break
            time = left - slope_left * (right - left) / (slope_right - slope_left)
            value = slope(time, inside)
            if value < 0:
                left, slope_left = time, value
            else:
                right, slope_right = time, value
            if abs(value) <= 1e-9 * abs(slope_right):
                break
        return (left if slope_left < 0 and left > 0 else right), False
