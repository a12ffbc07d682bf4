"""Bounding, capping and branching a batch of sign nodes; the work that is handed to an executor."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from relucert.certify.search.sign_bound import (
    BoolArray,
    Bounds,
    FloatArray,
    IntArray,
    SignSamples,
    minimise,
    secant_constants,
)
from relucert.certify.search.sign_records import BoundRecords, round_bounds
from relucert.certify.search.sign_refine import on_kinks, refine

ROUNDS = 6  # caps per node
STEPS, MANY_STEPS = 8, 60  # of the solver
EXACT_TRIES = 4
# Another round is worth it if the cap takes away this part of the excess of the bound over T; below the second
# number not even the cap is worth its record.
GAIN_FOR_ROUND, GAIN_FOR_CAP = 0.1, 0.1


@dataclass
class SignNodes:
    """Open nodes: lower, upper (B, m) of x_i.u for the unit rows; shares (B, m) the parent's c_i / nu_i;
    scale (B,) where the solver left off there; bound (B,) a bound that holds on them, in units of T; identity (B,)."""

    lower: FloatArray
    upper: FloatArray
    shares: NDArray[np.float32]
    scale: FloatArray
    bound: FloatArray
    identity: IntArray

    def __len__(self) -> int:
        return len(self.bound)

    def take(self, keep: IntArray | BoolArray | slice) -> SignNodes:
        return SignNodes(
            self.lower[keep],
            self.upper[keep],
            self.shares[keep],
            self.scale[keep],
            self.bound[keep],
            self.identity[keep],
        )

    @staticmethod
    def join(parts: list[SignNodes]) -> SignNodes:
        return SignNodes(
            np.concatenate([part.lower for part in parts]),
            np.concatenate([part.upper for part in parts]),
            np.concatenate([part.shares for part in parts]),
            np.concatenate([part.scale for part in parts]),
            np.concatenate([part.bound for part in parts]),
            np.concatenate([part.identity for part in parts]),
        )


@dataclass
class Expansion:
    """What became of a batch.

    records : in the order in which they were made, `node` being positions in the batch;  leaf_bound : the largest
    bound of a leaf (-inf without any);  parents, samples : position and branching sample of the branched nodes;
    children : the two of every branched node, one after the other, identities unset;
    stuck : nodes that could neither be closed nor branched;  violators : (k, r) unit directions with phi > T.
    """

    records: list[BoundRecords]
    leaf_bound: float
    leaves: int
    caps: int
    parents: IntArray
    samples: IntArray
    children: SignNodes
    stuck: SignNodes
    violators: FloatArray


def cap_intervals(
    data: SignSamples, bounds: Bounds, lower: FloatArray, upper: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """lower, upper after intersecting the intervals of the undecided samples with {u : z.u > T - kappa}."""
    tau = (1.0 - bounds.kappa)[:, None]
    square = np.maximum(np.einsum("bi,bi->b", bounds.z, bounds.z), 1e-300)[:, None]
    along = bounds.z @ data.rows.T
    across = np.sqrt(np.maximum(square - along * along, 0.0) * np.maximum(square - tau * tau, 0.0))
    along_tau = along * tau
    highest = np.where(along >= tau, 1.0, (along_tau + across) / square)
    lowest = np.where(-along >= tau, -1.0, (along_tau - across) / square)
    undecided = (lower < 0) & (upper > 0) & capped(bounds)[:, None]
    return (
        np.where(undecided, np.maximum(lower, lowest), lower),
        np.where(undecided, np.minimum(upper, highest), upper),
    )


def capped(bounds: Bounds) -> BoolArray:
    """(B,) where the cap is one that the replay accepts and that says something."""
    length = np.sqrt(np.einsum("bi,bi->b", bounds.z, bounds.z))
    accepted: BoolArray = 1.0 - bounds.kappa > 1e-9 - length  # for tau <= 0 it is half of the sphere or more
    return accepted


class _Work:
    """The nodes of a batch that are still being worked on, and what has become of the others."""

    def __init__(self, data: SignSamples, nodes: SignNodes) -> None:
        self.data = data
        self.place = np.arange(len(nodes))
        self.lower, self.upper = nodes.lower.copy(), nodes.upper.copy()
        self.slopes = nodes.shares * data.weights
        self.scale, self.known = nodes.scale, nodes.bound
        self.records: list[BoundRecords] = []
        self.leaf_bound, self.leaves, self.caps = -np.inf, 0, 0
        self.parents: list[IntArray] = []
        self.samples: list[IntArray] = []
        self.children: list[SignNodes] = []
        self.stuck: list[SignNodes] = []

    def keep(self, keep: BoolArray | IntArray) -> None:
        self.place, self.lower, self.upper = self.place[keep], self.lower[keep], self.upper[keep]
        self.slopes, self.scale, self.known = self.slopes[keep], self.scale[keep], self.known[keep]

    def solve(self, hard: BoolArray, exact: BoolArray) -> Bounds:
        """Bounds of the current nodes, with many steps where `hard`, as good as possible where `exact`."""
        data, steps = self.data, 1 if hard.all() else STEPS
        found = minimise(data, self.lower, self.upper, self.slopes, self.scale, steps, 1.0)
        if hard.any():
            lower, upper, slopes = self.lower[hard], self.upper[hard], found.slopes[hard]
            found.put(hard, minimise(data, lower, upper, slopes, found.scale[hard], MANY_STEPS, np.inf))
        for at in np.flatnonzero(exact & (found.value > data.target)):
            one = slice(at, at + 1)
            found.put(one, refine(data, self.lower[one], self.upper[one], found.slopes[one]))
        self.slopes, self.scale = found.slopes, found.scale
        self.known = np.minimum(self.known, np.maximum(found.value, 1.0))
        return found

    def write(self, block: BoundRecords, at: IntArray) -> None:
        """Log a block of records that was made for the nodes at these positions."""
        block.node = self.place[at]
        self.records.append(block)

    def close(self, bounds: Bounds) -> BoolArray:
        """Write leaves where the rounded bound allows it."""
        closed = bounds.value <= self.data.target
        at = np.flatnonzero(closed)
        if len(at):
            found = bounds.take(at)
            slack = 1.0 - self.data.noise - found.value
            rounded, block = round_bounds(self.data, self.lower[at], self.upper[at], found, slack, True)
            fine = rounded.value <= 1.0
            closed[at[~fine]] = False
            self.write(block.take(np.flatnonzero(fine)), at[fine])
            self.leaf_bound = max(self.leaf_bound, float(rounded.value[fine].max(initial=-np.inf)))
            self.leaves += int(fine.sum())
        return closed

    def as_nodes(self, at: IntArray) -> SignNodes:
        shares = (self.slopes[at] / self.data.weights).astype(np.float32)
        unnamed = np.zeros(len(at), dtype=np.int64)
        return SignNodes(self.lower[at], self.upper[at], shares, self.scale[at], self.known[at], unnamed)

    def branch(self, at: IntArray) -> None:
        """Branch the nodes at these positions on the sample with the largest secant constant."""
        if len(at) == 0:
            return
        constants = secant_constants(self.data.weights, self.lower[at], self.upper[at])
        sample = constants.argmax(axis=1)
        open_ = constants[np.arange(len(at)), sample] > 0
        self.stuck.append(self.as_nodes(at[~open_]))
        self.stuck[-1].identity = self.place[at[~open_]]
        at, sample = at[open_], sample[open_]
        pairs = self.as_nodes(np.repeat(at, 2))
        pairs.upper[0::2][np.arange(len(at)), sample] = 0.0
        pairs.lower[1::2][np.arange(len(at)), sample] = 0.0
        self.parents.append(self.place[at])
        self.samples.append(self.data.order[sample])
        self.children.append(pairs)


def expand(data: SignSamples, nodes: SignNodes) -> Expansion:
    """Bound the nodes, with caps while they pay; close, or branch, or find violators."""
    work = _Work(data, nodes)
    hard = exact = np.zeros(len(nodes), dtype=np.bool_)
    tries = np.zeros(len(nodes), dtype=np.int64)  # how often a node was met with nothing to branch on
    violators = np.zeros((0, data.rows.shape[1]))
    for turn in range(ROUNDS + EXACT_TRIES + 1):
        bounds = work.solve(hard, exact)
        left = ~work.close(bounds)
        tries = tries[left]
        work.keep(left)
        bounds = bounds.take(left)
        if len(work.place) == 0:
            break
        units = bounds.z / np.maximum(np.linalg.norm(bounds.z, axis=1, keepdims=True), 1e-300)
        if exact.any():
            units = np.concatenate([units, on_kinks(data, units[exact[left]])])
        heights = np.maximum(units @ data.rows.T, 0.0) @ data.weights
        above = heights > 1.0 + data.noise
        if above.any():
            violators = units[above][np.argsort(-heights[above], kind="stable")]
            break
        excess = np.maximum(bounds.value - 1.0, data.noise)
        before = secant_constants(data.weights, work.lower, work.upper)
        possible = np.flatnonzero(capped(bounds))
        empty = np.zeros(len(excess), dtype=np.bool_)
        gain = np.zeros(len(excess))
        final: BoolArray = np.max(before, axis=1, initial=0.0) <= 0.0
        if len(possible):
            start, end = work.lower[possible], work.upper[possible]
            rounded, block = round_bounds(data, start, end, bounds.take(possible), 0.01 * excess[possible], False)
            lower, upper = cap_intervals(data, rounded, start, end)
            after = secant_constants(data.weights, lower, upper)
            empty[possible] = (lower > upper).any(axis=1)
            gain[possible] = (before[possible] - after).sum(axis=1) / excess[possible]
            final[possible] = np.max(after, axis=1, initial=0.0) <= 0.0
            used = np.flatnonzero(~empty[possible] & ((gain > GAIN_FOR_CAP) | final)[possible] & capped(rounded))
            at = possible[used]
            work.write(block.take(used), at)
            work.caps += len(at)
            work.lower[at], work.upper[at] = lower[used], upper[used]
            gain[np.setdiff1d(possible, at)] = 0.0
        # An empty cap asks for a better solution of the same problem, and so does a node with nothing to branch on:
        # there the relaxation is exact.
        hard = (empty & (turn < 2)) | (final & (tries < EXACT_TRIES))
        exact = final & (0 < tries) & (tries < EXACT_TRIES)
        tries = tries + final
        again = hard | ((gain > GAIN_FOR_ROUND) & (turn < ROUNDS - 1))
        work.branch(np.flatnonzero(~again))
        work.keep(again)
        hard, exact, tries = hard[again], exact[again], tries[again]
        if len(hard) == 0:
            break
    none = nodes.take(slice(0, 0))
    return Expansion(
        work.records, work.leaf_bound, work.leaves, work.caps,
        np.concatenate([*work.parents, np.zeros(0, dtype=np.int64)]),
        np.concatenate([*work.samples, np.zeros(0, dtype=np.int64)]),
        SignNodes.join([none, *work.children]), SignNodes.join([none, *work.stuck]), violators,
    )  # fmt: skip
