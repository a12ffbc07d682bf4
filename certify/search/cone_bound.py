"""Bounds of phi on a batch of simplicial cones, with rounds of caps, and their records."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from relucert.certify.search.cone_frontier import Nodes, choose_edges
from relucert.certify.search.cone_records import CAP, LEAF, BoundRecords, round_bounds
from relucert.certify.search.minnorm import Batch, min_norm

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
IntArray = NDArray[np.int64]

DECIDED = 1e-13  # |cos| below which a sample counts as lying on the facet
SLOPE_GRAIN = 2.0**-31  # the checker rounds secant slopes to 2^-32
SAFETY = 1e-10  # |z| + kappa <= 1 - SAFETY closes a node
ROUNDS = 6
HOPELESS = 3.0  # no caps when the bound is above HOPELESS * T
PAYING = 0.01  # another cap round when the last one removed this part of the excess
CAP_ALLOWANCE = 0.01  # part of the excess that rounding a cap may add


@dataclass(frozen=True)
class Samples:
    """The rows with nu != 0 as unit vectors in an orthonormal frame of their span, those with nu > 0 first.

    rows : (m, r) unit;  weights : (m,) nu_i |x_i| / T;  identity : (m,) numbers of the samples;
    positives : how many have nu > 0;  frame : (D, r).
    """

    rows: FloatArray
    weights: FloatArray
    identity: IntArray
    positives: int
    frame: FloatArray

    def phi(self, u: FloatArray) -> FloatArray:
        """phi(u) / (T |u|) for every row of u."""
        t = u @ self.rows.T
        np.maximum(t, 0.0, out=t)
        value: FloatArray = t @ self.weights
        return value / (np.linalg.norm(u, axis=1) + 1e-300)


@dataclass
class Expansion:
    """bound : (B,) proved;  closed : (B,);  edges a, b (open nodes only) ;  point : (B, r) best point found."""

    bound: FloatArray
    closed: BoolArray
    open_nodes: Nodes
    a: IntArray
    b: IntArray
    records: list[BoundRecords]
    violators: FloatArray
    cap_rounds: int


def expand(nodes: Nodes, data: Samples, rounds: int = ROUNDS, quick: bool = False) -> Expansion:
    """Bound all nodes; choose the edge to split for those that stay open."""
    count, dim = nodes.linear.shape
    m = len(data.weights)
    undecided = np.unpackbits(nodes.mask, axis=1, count=m).view(np.bool_)
    columns = np.flatnonzero(undecided.any(axis=0))
    undecided = undecided[:, columns]
    split_at = int(np.searchsorted(columns, data.positives))
    rows, weights, identity = data.rows[columns], data.weights[columns], data.identity[columns]
    generators = nodes.generators
    normals = np.linalg.inv(generators).transpose(0, 2, 1)
    products = (generators.reshape(-1, dim) @ rows.T).reshape(count, dim, -1)
    if len(columns):
        above = products.min(axis=1) >= -DECIDED
        below = products.max(axis=1) <= DECIDED
    else:
        above = below = undecided
    joins = undecided & above & ~below
    undecided = undecided & ~above & ~below
    linear = nodes.linear + (joins * weights) @ rows
    positive_rows, negative_rows = rows[:split_at], rows[split_at:]
    positive_weights = undecided[:, :split_at] * weights[:split_at]
    negative_weights = undecided[:, split_at:] * weights[split_at:]
    negative_samples, positive_samples = identity[split_at:], identity[:split_at]
    products = products[:, :, :split_at]
    relu = np.maximum(products, 0.0)

    bound, closed = nodes.bound.copy(), np.zeros(count, dtype=np.bool_)
    best_z, best_point = nodes.guess.copy(), nodes.guess.copy()
    secant = np.zeros((count, dim))
    kappa, grain = np.zeros(count), np.zeros(count)
    chord_weights = positive_weights.copy()
    last = np.full(count, 1e300)
    guess = nodes.guess
    live = np.arange(count)
    leaves: list[BoundRecords] = []
    caps: list[tuple[BoundRecords, IntArray]] = []  # with the number of samples decided
    cap_rounds = 0
    for turn in range(rounds + 1):
        chords = np.matmul(relu[live], chord_weights[live][:, :, None])[:, :, 0]
        base = linear[live] + secant[live] + np.einsum("bk,bkj->bj", chords, normals[live])
        limit = 1.0 - SAFETY - kappa[live] - 2.0 * grain[live]
        solution = min_norm(
            Batch(negative_rows, negative_weights[live], base, normals[live], generators[live], limit, guess[live]),
            steps=3 if quick else 60,
        )
        total = solution.norm + kappa[live]
        bound[live] = np.minimum(bound[live], np.maximum(total, 1.0))
        best_z[live], best_point[live] = solution.z, solution.point
        guess = best_z
        done = solution.norm <= limit
        if done.any():
            at = live[done]
            bound[at] = np.minimum(nodes.bound[at], total[done])
            closed[at] = True
            allowance = 0.9 * (1.0 - kappa[at] - solution.norm[done])
            _, *record = round_bounds(
                solution.z[done], solution.q[done], negative_weights[at], negative_rows, negative_samples,
                generators[at], normals[at], allowance, grain[at], data.frame, False,
            )  # fmt: skip
            leaves.append(_block(nodes.identity[at], LEAF, record))
        exact = ~chord_weights[live].any(axis=1) & (kappa[live] == 0.0)
        onward = ~done & ~exact & (total <= HOPELESS) & (kappa[live] < 1.0)
        onward &= total <= last[live] - PAYING * (last[live] - 1.0)
        if turn == rounds or quick or not onward.any():
            break
        last[live] = total
        at = live[onward]
        cap_rounds += len(at)
        live = at
        tau = 1.0 - kappa[at]
        allowance = np.maximum(CAP_ALLOWANCE * (total[onward] - 1.0), 1e-9)
        z, *record = round_bounds(
            solution.z[onward], solution.q[onward], negative_weights[at], negative_rows, negative_samples,
            generators[at], normals[at], allowance, grain[at], data.frame, False,
        )  # fmt: skip
        # decide samples on the cap z.u > tau
        square = np.einsum("bj,bj->b", z, z)
        rest = np.maximum(square - tau * tau, 0.0)
        cosine = z @ positive_rows.T
        height = cosine * cosine
        free = positive_weights[at] > 0.0
        surely = free & (height >= (rest * (1 + 1e-9) + 1e-13)[:, None])
        nearly = free & (height >= (rest * (1 - 1e-6) - 1e-12)[:, None])
        up = surely & (cosine > 0.0)
        linear[at] += (up * positive_weights[at]) @ positive_rows
        left = positive_weights[at] * ~surely
        positive_weights[at] = left
        # secants, where smaller than the chord at z
        alpha = np.maximum(np.einsum("bkj,bj->bk", normals[at], z), 0.0)
        chord = np.matmul(alpha[:, None, :], relu[at])[:, 0]
        root = np.sqrt(np.maximum(square[:, None] - height, 0.0) * rest[:, None])
        full = height >= (tau * tau)[:, None]
        upper = np.where(full & (cosine > 0.0), 1.0, (cosine * tau[:, None] + root) / square[:, None])
        lower = np.where(full & (cosine < 0.0), -1.0, (cosine * tau[:, None] - root) / square[:, None])
        mixed = (lower < -1e-9) & (upper > 1e-9) & ~nearly & (left > 0.0)
        slope = np.divide(upper, upper - lower, out=np.zeros_like(upper), where=mixed)
        used = mixed & (slope * (cosine - lower) < chord)
        secant_weights = left * used
        kappa[at] = np.einsum(
            "bi,bi->b", secant_weights, np.maximum(-slope * lower, (1.0 - slope) * upper)
        ) * (1 + 1e-12)  # fmt: skip
        grain[at] = SLOPE_GRAIN * secant_weights.sum(axis=1)
        secant[at] = (secant_weights * slope) @ positive_rows
        chord_weights[at] = left * ~used
        row, column = np.nonzero(used)
        caps.append((_block(nodes.identity[at], CAP, record, (row, positive_samples[column])), surely.sum(axis=1)))
    records = _useful(caps, nodes.identity, closed) + leaves
    stay = ~closed
    undecided[:, :split_at] = positive_weights > 0.0
    mask = np.zeros((int(stay.sum()), m), dtype=np.bool_)
    mask[:, columns] = undecided[stay]
    survivors = nodes.take(stay)
    survivors.linear, survivors.guess, survivors.bound = linear[stay], best_z[stay], bound[stay]
    survivors.mask = np.packbits(mask, axis=1)
    a, b = choose_edges(
        survivors.generators, normals[stay], best_z[stay], survivors.depth, positive_weights[stay], products[stay]
    )
    points = best_point[stay]
    values = data.phi(points)
    bad = values > 1.0 + 1e-13
    violators = points[bad] / np.linalg.norm(points[bad], axis=1, keepdims=True)
    return Expansion(bound, closed, survivors, a, b, records, violators, cap_rounds)


def _block(
    node: IntArray, kind: int, record: list[object], secants: tuple[IntArray, IntArray] | None = None
) -> BoundRecords:
    shift, m, bits, (row, sample, value) = record  # type: ignore[misc]
    empty = np.zeros(0, dtype=np.int64)
    secant_row, secant_sample = secants if secants is not None else (empty, empty)
    return BoundRecords(node, kind, shift, m, bits, row, sample, value, secant_row, secant_sample)  # type: ignore[has-type]


def _useful(caps: list[tuple[BoundRecords, IntArray]], identity: IntArray, closed: BoolArray) -> list[BoundRecords]:
    """The caps that matter: all of a closed node, and of an open one those up to the last that decided a sample."""
    needed = set(identity[closed].tolist())
    kept = []
    for block, decided in reversed(caps):
        keep = (decided > 0) | np.array([node in needed for node in block.node.tolist()], dtype=np.bool_)
        needed.update(block.node[keep].tolist())
        kept.append(block.take(keep))
    return kept[::-1]
