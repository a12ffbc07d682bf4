"""The bound of a whole batch of sign nodes at once.

On a node L_i <= x_i.u <= U_i, |u| <= 1 every c in R^n gives

    phi(u) <= |z| + kappa,   z = sum_i c_i x_i,   kappa = sum_i max {nu_i relu(t) - c_i t : L_i <= t <= U_i}.

The i-th term of kappa is convex and piecewise linear in c_i, with slope -U_i below `low_i`, -L_i above `high_i` and 0
in between:

    decided positive (L_i >= 0)   low = high = nu_i                          value 0 there
    decided negative (U_i <= 0)   low = high = 0                             value 0 there
    undecided, nu_i < 0           low = nu_i, high = 0                       value 0 between
    undecided, nu_i > 0           low = high = nu_i U_i / (U_i - L_i)        value -low L_i there (the secant of relu)

`minimise` lowers |z| + kappa by a proximal method: with a step size s and the previous c', the minimiser of
|z|^2 / (2 l) + kappa + sum_i |nu_i| (c_i - c'_i)^2 / (2 s |nu_i|^2), l = |z|, is a piecewise linear function of
t_i = x_i.u with u = z/l, so that u solves a semismooth equation in R^D, of which one Newton step is taken at a time.
A step that does not lower the bound is repeated from the best c with a larger s. Whatever the steps do, the bound of
the best c is valid. Source: docs/theory/training_gap.md (sign trees).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
IntArray = NDArray[np.int64]

FIRST_SCALE = 3.0  # 1/s of the first proximal step of the root, in units in which T = 1
LARGEST_SCALE, SMALLEST_SCALE = 1e9, 1e-4
ENOUGH = 0.05  # of the excess of the bound over T: what a step should gain


@dataclass
class SignSamples:
    """The statement phi(u) <= |u| with rows of length 1.

    rows : (m, r) unit rows in the coordinates of `frame`;  weights : (m,) nu_i |x_i| / T, none is 0;
    order : (m,) their numbers in the user's arrays;  frame : (D, r) orthonormal columns that span the rows;
    directions : (m, D) the unit rows themselves.
    """

    rows: FloatArray
    weights: FloatArray
    order: IntArray
    frame: FloatArray
    directions: FloatArray

    @staticmethod
    def of(rows: FloatArray, nu: FloatArray, threshold: float) -> SignSamples:
        """Scale to T = 1 and unit rows, without the samples that do not occur in phi."""
        sizes = np.abs(rows).max(axis=1, initial=0.0)
        used = np.flatnonzero((nu != 0) & (sizes > 0))
        scaled = rows[used] / sizes[used, None]
        lengths = np.linalg.norm(scaled, axis=1)
        units = scaled / lengths[:, None]
        dimension = rows.shape[1]
        frame = np.eye(dimension) if len(used) >= dimension else np.linalg.qr(units.T)[0]
        inside = units if len(used) >= dimension else units @ frame
        return SignSamples(inside, nu[used] * (lengths * sizes[used] / threshold), used, frame, units)

    def at_threshold(self, ratio: float) -> SignSamples:
        """The same statement about ratio T."""
        return SignSamples(self.rows, self.weights / ratio, self.order, self.frame, self.directions)

    @cached_property
    def noise(self) -> float:
        """Margin for everything that rounding may do to |z| + kappa between this search and the exact replay."""
        return 2e-12 + 1e-14 * float(np.abs(self.weights).sum())

    @property
    def target(self) -> float:
        """A bound below this closes a node."""
        return 1.0 - 4.0 * self.noise

    @cached_property
    def proximal(self) -> FloatArray:
        """(m,) how far c_i moves per unit of x_i.u; the floor lets samples with a tiny nu_i take part."""
        sizes = np.abs(self.weights)
        floor = 1e-3 * float(sizes.max(initial=0.0))
        return np.asarray(sizes + floor, dtype=np.float64)

    @cached_property
    def weighted_rows(self) -> FloatArray:
        """(m, r) sqrt(proximal_i) x_i."""
        return self.rows * np.sqrt(self.proximal)[:, None]

    @cached_property
    def products(self) -> tuple[FloatArray, IntArray]:
        """Upper triangles of proximal_i x_i x_i' as rows (m, r(r+1)/2), and the map from r*r entries to triangles."""
        rank = self.rows.shape[1]
        i, j = np.triu_indices(rank)
        place = np.zeros((rank, rank), dtype=np.int64)
        place[i, j] = place[j, i] = np.arange(len(i))
        return np.ascontiguousarray(self.rows[:, i] * self.rows[:, j] * self.proximal[:, None]), place.ravel()

    def __getstate__(self) -> dict[str, Any]:
        """Without the products, which are cheaper to compute than to send to a worker."""
        return {name: value for name, value in self.__dict__.items() if name != "products"}


@dataclass
class Bounds:
    """value : (B,) |z| + kappa;  z : (B, r);  kappa : (B,);  slopes : (B, m) the c_i;  scale : (B,) the next 1/s."""

    value: FloatArray
    z: FloatArray
    kappa: FloatArray
    slopes: FloatArray
    scale: FloatArray

    def take(self, keep: Any) -> Bounds:
        return Bounds(self.value[keep], self.z[keep], self.kappa[keep], self.slopes[keep], self.scale[keep])

    def put(self, at: Any, other: Bounds) -> None:
        """Replace the chosen bounds."""
        self.value[at], self.z[at], self.kappa[at] = other.value, other.z, other.kappa
        self.slopes[at], self.scale[at] = other.slopes, other.scale


def relaxation(weights: FloatArray, lower: FloatArray, upper: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """low (B, m), high (B, m) and the sum (B,) of the values of kappa there, as in the module text."""
    undecided = (lower < 0) & (upper > 0)
    secant = np.where(undecided & (weights > 0), weights * upper, 0.0)
    secant /= np.where(undecided, upper - lower, 1.0)
    high = np.where((lower >= 0) & (upper > 0), weights, secant)
    low = np.where(undecided & (weights < 0), weights, high)
    return low, high, -np.einsum("bi,bi->b", secant, lower)


def secant_constants(weights: FloatArray, lower: FloatArray, upper: FloatArray) -> FloatArray:
    """(B, m) what the secant of an undecided nu_i > 0 adds at x_i.u = 0, and 0 for all other samples."""
    loose = (lower < 0) & (upper > 0) & (weights > 0)
    return np.where(loose, weights * upper * -lower, 0.0) / np.where(loose, upper - lower, 1.0)


def evaluate(data: SignSamples, lower: FloatArray, upper: FloatArray, slopes: FloatArray) -> Bounds:
    """The bound of given c_i (B, m)."""
    z = slopes @ data.rows
    kappa = constants(data.weights, lower, upper, slopes).sum(axis=1)
    return Bounds(np.sqrt(np.einsum("bi,bi->b", z, z)) + kappa, z, kappa, slopes, np.full(len(z), FIRST_SCALE))


def constants(weights: FloatArray, lower: FloatArray, upper: FloatArray, slopes: FloatArray) -> FloatArray:
    """The terms of kappa (B, m)."""
    terms = np.maximum(
        weights * np.maximum(lower, 0.0) - slopes * lower, weights * np.maximum(upper, 0.0) - slopes * upper
    )
    return np.where((lower < 0) & (upper > 0), np.maximum(terms, 0.0), terms)


def _curvature(data: SignSamples, free: BoolArray, factor: FloatArray) -> FloatArray:
    """factor * sum of proximal_i x_i x_i' over the free samples (B, m), per node: (B, r, r)."""
    count, rank = len(free), data.rows.shape[1]
    node, sample = np.nonzero(free)
    sizes = np.bincount(node, minlength=count)
    most = int(sizes.max(initial=0))
    if 2 * most < len(data.weights):
        place = np.arange(len(node)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        chosen = np.zeros((count, most, rank))
        chosen[node, place] = data.weighted_rows[sample]
        chosen *= np.sqrt(factor)[:, None, None]
        found: FloatArray = np.matmul(chosen.transpose(0, 2, 1), chosen)
        return found
    products, entry = data.products
    sums = free.astype(np.float64) @ products
    sums *= factor[:, None]
    return sums[:, entry].reshape(count, rank, rank)


def minimise(
    data: SignSamples,
    lower: FloatArray,
    upper: FloatArray,
    slopes: FloatArray,
    scale: FloatArray,
    steps: int,
    patience: float,
) -> Bounds:
    """Lower |z| + kappa by at most `steps` steps from `slopes`, on every node until it is below the target.

    lower, upper, slopes : (B, m);  scale : (B,) 1/s of the first step;  patience : a node is left when more than this
    many steps in a row gained little; a step that failed counts a third.
    """
    rows, across = data.rows, data.rows.T
    diagonal = np.arange(rows.shape[1])
    best = evaluate(data, lower, upper, slopes)
    live = np.flatnonzero(best.value > data.target)
    low, high, base = (a[live] for a in relaxation(data.weights, lower, upper))
    lower, upper, centre = lower[live], upper[live], best.slopes[live]
    z, value = best.z[live], best.value[live]
    # |z| is compared with T = 1: the model of |z| is not fitted at tiny |z|
    unit = 1.0 / np.maximum(np.linalg.norm(z, axis=1), 0.3)
    best.scale = scale.copy()
    scale = scale[live]
    idle = np.zeros(len(live))
    u = z * unit[:, None]
    for step in range(steps):
        if len(live) == 0:
            break
        reach = data.proximal * scale[:, None]
        free_slopes = centre - (u @ across) * reach
        trial = np.clip(free_slopes, low, high)
        below = np.minimum(free_slopes + upper * reach - low, 0.0)
        above = np.maximum(free_slopes + lower * reach - high, 0.0)
        trial += below
        trial += above
        trial_z = trial @ rows
        length = np.sqrt(np.einsum("bi,bi->b", trial_z, trial_z))
        kappa = base - np.einsum("bi,bi->b", upper, below) - np.einsum("bi,bi->b", lower, above)
        gain = value - (length + kappa)
        better = gain > 0
        at = live[better]
        best.value[at] = value[better] = (length + kappa)[better]
        best.z[at], best.kappa[at], best.slopes[at] = trial_z[better], kappa[better], trial[better]
        if step == steps - 1:
            break
        jacobian = _curvature(data, (trial != low) & (trial != high), unit * scale)
        jacobian[:, diagonal, diagonal] += 1.0
        moved = u - np.linalg.solve(jacobian, (u - unit[:, None] * trial_z)[:, :, None])[:, :, 0]
        centre = np.where(better[:, None], trial, centre)
        z = np.where(better[:, None], trial_z, z)
        unit = np.where(better, 1.0 / np.maximum(length, 0.3), unit)
        if step == 0:  # the start u = z/|z| solves nothing: it only shows which samples are free
            u = moved
        else:
            u = np.where(better[:, None], moved, unit[:, None] * z)
            scale = np.clip(np.where(better, scale * 2.0, scale / 8.0), SMALLEST_SCALE, LARGEST_SCALE)
            best.scale[live] = scale
            idle = np.where(gain > ENOUGH * (value - 1.0), 0.0, idle + np.where(better, 1.0, 1 / 3))
        keep = (value > data.target) & (idle <= patience)
        if np.count_nonzero(keep) < 0.8 * len(live):
            live = live[keep]
            low, high, base, lower, upper, centre, z, value, unit, scale, u, idle = (
                a[keep] for a in (low, high, base, lower, upper, centre, z, value, unit, scale, u, idle)
            )
    return best
