"""Bounds of phi on a batch of simplicial cones, with rounds of caps, and their records.

Everything is in units of the threshold (T = 1) and of unit rows; docs/theory/training_gap.md has the inequalities.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from relucert.certify.search.cone_frontier import Nodes, choose_edges, facet_normals
from relucert.certify.search.cone_records import CAP, LEAF, BoundRecords, round_bounds
from relucert.certify.search.minnorm import PATIENCE, MinNorm

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
IntArray = NDArray[np.int64]

DECIDED = 1e-13  # |cos| below which a sample counts as lying on the facet
SLOPE_GRAIN = 2.0**-31  # the checker rounds secant slopes to 2^-32
SAFETY = 1e-10  # |z| + kappa <= 1 - SAFETY closes a node
ROUNDS = 6  # most caps per node
HOPELESS = 1.2  # no caps when the bound is above HOPELESS * T: a split costs the checker less
PAYING = 0.25  # another cap when the last one removed this part of the excess
CAP_ALLOWANCE = 0.02  # part of the excess that rounding a cap may add
STRAGGLERS = 0.1  # when so few nodes of the batch are left, they get IMPATIENCE Newton steps and are split
IMPATIENCE = 10
HURRY = 3  # Newton steps per node when there is no time left


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
        value: FloatArray = (t @ self.weights) / (np.linalg.norm(u, axis=1) + 1e-300)
        return value


@dataclass
class Expansion:
    """What became of a batch: the open nodes with the edge (a, b) to split, the largest bound of the closed ones.

    flat : nodes that keep their parent's bound, because their generators are dependent in floating point.
    """

    closed: int
    closed_bound: float
    open_nodes: Nodes
    a: IntArray
    b: IntArray
    records: list[BoundRecords]
    violators: FloatArray
    flat: Nodes


def expand(nodes: Nodes, data: Samples, deadline: float = np.inf, compiled: bool = False) -> Expansion:
    """Bound all nodes, hastily from the deadline (time.monotonic()) on; choose the edge to split for those that stay
    open. compiled : needs numba."""
    normals, wide = facet_normals(nodes.generators)
    flat = nodes.take(~wide)
    if len(flat):
        nodes, normals = nodes.take(wide), normals[wide]
        if not len(nodes):
            none = np.zeros(0, dtype=np.int64)
            return Expansion(0, -np.inf, nodes, none, none, [], nodes.guess, flat)
    if compiled:
        return _expand_compiled(nodes, normals, flat, data, time.monotonic() >= deadline)
    bounding = _Bounding(nodes, normals, data)
    bounding.run(deadline)
    stay = ~bounding.closed
    survivors = nodes.take(stay)
    survivors.linear, survivors.guess = bounding.linear[stay], bounding.point[stay]
    survivors.bound, survivors.mask = bounding.bound[stay], bounding.packed_mask(stay)
    a, b = choose_edges(
        survivors.generators, bounding.normals[stay], survivors.guess, survivors.depth,
        bounding.weights[stay], bounding.products[stay],
    )  # fmt: skip
    bad = data.phi(survivors.guess) > 1.0 + 1e-13
    violators = survivors.guess[bad] / np.linalg.norm(survivors.guess[bad], axis=1, keepdims=True)
    return Expansion(
        int(bounding.closed.sum()), float(bounding.bound[bounding.closed].max(initial=-np.inf)), survivors, a, b,
        bounding.records(), violators, flat,
    )  # fmt: skip


def _expand_compiled(nodes: Nodes, normals: FloatArray, flat: Nodes, data: Samples, hurry: bool) -> Expansion:
    from relucert.certify.search.cone_compiled import bound_nodes  # an optional dependency

    undecided = np.unpackbits(nodes.mask, axis=1, count=len(data.weights)).view(np.bool_)
    linear, point, bound = nodes.linear.copy(), nodes.guess.copy(), nodes.bound.copy()
    closed, edges, heads, m, exceptions, secants = bound_nodes(
        nodes.generators, normals, linear, undecided, point, bound, nodes.depth, data.rows, data.weights,
        data.positives, data.identity, data.frame, hurry,
    )  # fmt: skip
    stay = ~closed
    survivors = nodes.take(stay)
    survivors.linear, survivors.guess, survivors.bound = linear[stay], point[stay], bound[stay]
    survivors.mask = np.packbits(undecided[stay], axis=1)
    node, leaf = heads[:, 0], heads[:, 1] == LEAF
    # a cap is needed if its node is closed, or if it or a later cap of the node decides a sample
    needed, useful = closed.copy(), leaf.copy()
    for record in range(len(heads) - 1, -1, -1):
        at = node[record]
        needed[at] |= heads[record, 4] > 0
        useful[record] = needed[at]
    block = BoundRecords(
        nodes.identity[node], LEAF, heads[:, 2], m, heads[:, 3],
        exceptions[:, 0], exceptions[:, 1], exceptions[:, 2], secants[:, 0], secants[:, 1],
    )  # fmt: skip
    leaves, chosen_caps = block.take(leaf), block.take(useful & ~leaf)
    chosen_caps.kind = CAP
    bad = data.phi(survivors.guess) > 1.0 + 1e-13
    violators = survivors.guess[bad] / np.linalg.norm(survivors.guess[bad], axis=1, keepdims=True)
    return Expansion(
        int(closed.sum()), float(bound[closed].max(initial=-np.inf)), survivors, edges[stay, 0], edges[stay, 1],
        [chosen_caps, leaves], violators, flat,
    )  # fmt: skip


class _Bounding:
    """The state of a batch while its nodes are bounded.

    columns : the samples undecided at some node; `split_at` of them have nu > 0 and are rows, weights, products below.
    weights : (B, p), zero where decided;  chords : the same, zero also for secants;  products : (B, r, p), x_i.v_k.
    linear, secant : (B, r), the samples decided positive and the secants;  kappa : (B,);
    grain : (B,) what the checker's rounding of the secants may add;  point : (B, r), the best point of the cone.
    """

    def __init__(self, nodes: Nodes, normals: FloatArray, data: Samples) -> None:
        count, dim = nodes.linear.shape
        self.nodes, self.normals, self.data = nodes, normals, data
        undecided = np.unpackbits(nodes.mask, axis=1, count=len(data.weights)).view(np.bool_)
        self.columns = np.flatnonzero(undecided.any(axis=0))
        self.split_at = int(np.searchsorted(self.columns, data.positives))
        rows, weights = data.rows[self.columns], data.weights[self.columns]
        products = (nodes.generators.reshape(-1, dim) @ rows.T).reshape(count, dim, len(rows))
        above = products.min(axis=1) >= -DECIDED
        below = products.max(axis=1) <= DECIDED
        undecided = undecided[:, self.columns]
        self.linear = nodes.linear + ((undecided & above & ~below) * weights) @ rows
        undecided &= ~(above | below)
        signed = undecided * weights
        at = self.split_at
        self.rows, self.samples, self.weights = rows[:at], data.identity[self.columns[:at]], signed[:, :at]
        self.other_rows, self.other_samples, self.other_weights = (
            rows[at:], data.identity[self.columns[at:]], signed[:, at:]
        )  # fmt: skip
        self.products = products[:, :, :at]
        self.relu = np.maximum(self.products, 0.0)
        self.point, self.bound = nodes.guess.copy(), nodes.bound.copy()
        self.closed = np.zeros(count, dtype=np.bool_)
        self.secant, self.kappa, self.grain = np.zeros((count, dim)), np.zeros(count), np.zeros(count)
        self.chords = self.weights.copy()
        self.leaves: list[BoundRecords] = []
        self.caps: list[tuple[BoundRecords, IntArray]] = []  # with the number of samples decided

    def run(self, deadline: float) -> None:
        """Solve; close nodes, cap those where it pays and solve them again."""
        live = np.arange(len(self.nodes))
        pool = MinNorm(
            self.other_rows, self.other_weights, self.base(live), self.normals, self.nodes.generators,
            self.limit(live), self.point,
        )  # fmt: skip
        last, turn = np.full(len(live), 1e300), np.zeros(len(live), dtype=np.int64)
        while len(live):
            hurry = time.monotonic() >= deadline
            pool.run(HURRY if hurry else IMPATIENCE if len(live) < STRAGGLERS * len(self.nodes) else PATIENCE)
            settled = np.flatnonzero(pool.settled)
            at, norm, z, q = live[settled], pool.norm[settled], pool.z[settled], pool.q[settled]
            total = norm + self.kappa[at]
            self.point[at] = pool.point[settled]
            done = norm <= pool.limit[settled]
            self.bound[at] = np.minimum(self.bound[at], np.where(done, total, np.maximum(total, 1.0)))
            self.close(at[done], z[done], q[done], norm[done])
            onward = ~done & (total <= HOPELESS) & (self.kappa[at] < 1.0) & (turn[at] < (0 if hurry else ROUNDS))
            onward &= total <= last[at] - PAYING * (last[at] - 1.0)
            onward &= self.chords[at].any(axis=1) | (self.kappa[at] > 0.0)
            last[at] = total
            capped = at[onward]
            turn[capped] += 1
            self.cap(capped, z[onward], q[onward], total[onward])
            pool.restart(settled[onward], self.base(capped), self.limit(capped))
            keep = ~pool.settled
            live = live[keep]
            pool.keep(keep)

    def base(self, at: IntArray) -> FloatArray:
        """z for lam = 0 and q = 0: decided samples, secants and chords."""
        chord = np.matmul(self.relu[at], self.chords[at][:, :, None])
        lifted = np.matmul(chord.transpose(0, 2, 1), self.normals[at])[:, 0]
        result: FloatArray = self.linear[at] + self.secant[at] + lifted
        return result

    def limit(self, at: IntArray) -> FloatArray:
        result: FloatArray = 1.0 - SAFETY - self.kappa[at] - 2.0 * self.grain[at]
        return result

    def round(self, at: IntArray, z: FloatArray, q: FloatArray, allowance: FloatArray) -> tuple[FloatArray, tuple]:  # type: ignore[type-arg]
        z, *record = round_bounds(
            z, q, self.other_weights[at], self.other_rows, self.other_samples, self.nodes.generators[at],
            self.normals[at], allowance, self.grain[at], self.data.frame,
        )  # fmt: skip
        return z, tuple(record)

    def close(self, at: IntArray, z: FloatArray, q: FloatArray, norm: FloatArray) -> None:
        if len(at):
            self.closed[at] = True
            _, record = self.round(at, z, q, 0.9 * (1.0 - self.kappa[at] - norm))
            self.leaves.append(_block(self.nodes.identity[at], LEAF, record))

    def cap(self, at: IntArray, z: FloatArray, q: FloatArray, total: FloatArray) -> None:
        """Violators satisfy z.u > tau = 1 - kappa: decide samples, and choose secants where they beat the chord."""
        if not len(at):
            return
        tau = 1.0 - self.kappa[at]
        z, record = self.round(at, z, q, np.maximum(CAP_ALLOWANCE * (total - 1.0), 1e-9))
        square = np.einsum("bj,bj->b", z, z)
        rest = np.maximum(square - tau * tau, 0.0)
        cosine = z @ self.rows.T
        height = cosine * cosine
        weights = self.weights[at]
        sure = (weights > 0.0) & (height >= (rest * (1.0 + 1e-9) + 1e-13)[:, None])
        near = height >= (rest * (1.0 - 1e-6) - 1e-12)[:, None]
        self.linear[at] += ((sure & (cosine > 0.0)) * weights) @ self.rows
        weights *= ~sure
        self.weights[at] = weights
        root = np.sqrt(np.maximum(square[:, None] - height, 0.0) * rest[:, None])
        along = cosine * tau[:, None]
        peak = height >= (tau * tau)[:, None]
        upper = np.where(peak & (cosine > 0.0), 1.0, (along + root) / square[:, None])
        lower = np.where(peak & (cosine < 0.0), -1.0, (along - root) / square[:, None])
        mixed = (lower < -1e-9) & (upper > 1e-9) & ~near & (weights > 0.0)
        slope = np.divide(upper, upper - lower, out=np.zeros_like(upper), where=mixed)
        # the chord's value at z, with the coordinates of the point of the cone (z may lie outside)
        point = self.point[at]
        scale = np.sqrt(square / np.einsum("bj,bj->b", point, point))
        alpha = np.maximum(np.matmul(self.normals[at], point[:, :, None])[:, :, 0], 0.0) * scale[:, None]
        chord = np.matmul(alpha[:, None, :], self.relu[at])[:, 0]
        used = mixed & (slope * (cosine - lower) < chord)
        secants = weights * used
        excess = np.maximum(-slope * lower, (1.0 - slope) * upper)
        self.kappa[at] = np.einsum("bi,bi->b", secants, excess) * (1.0 + 1e-12)
        self.grain[at] = SLOPE_GRAIN * secants.sum(axis=1)
        self.secant[at] = (secants * slope) @ self.rows
        self.chords[at] = weights * ~used
        row, column = np.nonzero(used)
        block = _block(self.nodes.identity[at], CAP, record, (row, self.samples[column]))
        self.caps.append((block, np.count_nonzero(sure, axis=1)))

    def packed_mask(self, stay: BoolArray) -> NDArray[np.uint8]:
        mask = np.zeros((int(stay.sum()), len(self.data.weights)), dtype=np.bool_)
        mask[:, self.columns] = np.concatenate([self.weights[stay] > 0.0, self.other_weights[stay] < 0.0], axis=1)
        return np.packbits(mask, axis=1)

    def records(self) -> list[BoundRecords]:
        """The caps that matter (all of a closed node; of an open one those up to the last that decided a sample)."""
        needed = set(self.nodes.identity[self.closed].tolist())
        kept = []
        for block, decided in reversed(self.caps):
            keep = (decided > 0) | np.array([node in needed for node in block.node.tolist()], dtype=np.bool_)
            needed.update(block.node[keep].tolist())
            kept.append(block.take(keep))
        return kept[::-1] + self.leaves


def _block(
    node: IntArray,
    kind: int,
    record: Any,
    secants: tuple[IntArray, IntArray] | None = None,
) -> BoundRecords:
    shift, m, bits, (row, sample, value) = record
    empty = np.zeros(0, dtype=np.int64)
    secant_row, secant_sample = secants if secants is not None else (empty, empty)
    return BoundRecords(node, kind, shift, m, bits, row, sample, value, secant_row, secant_sample)
