"""From floating-point bounds on sign nodes to the records of a certificate.

A bound record names a hint w and exceptions (i, k) with c_i = nu_i k / 2^f; every other c_i has a default that the
replay derives from w and from its own intervals. `round_bounds` chooses w, f and the exceptions, and returns the bound
that the rounded record gives. Its intervals agree with those of the exact replay up to rounding noise; where a default
hinges on less than that (the sign of x_i.w, the last digit of a secant slope) the value is listed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from relucert.certify.search.sign_bound import BoolArray, Bounds, FloatArray, IntArray, SignSamples, evaluate

Record = list[Any]

HINT_BITS = 10
SLOPE_BITS = 32  # the replay rounds secant slopes U/(U-L) down to this many bits
TIE = 1e-9  # |x_i.w| / (|x_i| |w|) below which its sign is not relied upon
INTERVAL_NOISE = 1e-12  # how far the ends of intervals may be from those of the replay
LARGEST_NUMERATOR = 2.0**62  # of an exception; a c_i that would need more takes its default
FEWEST_BITS, MOST_BITS = 3, 44


@dataclass
class BoundRecords:
    """Rounded bounds, one per entry of `node`; the exceptions of all of them as (row, sample, k).

    leaf : whether they close their nodes;  hint : (R, D);  bits : (R,) the f of the records.
    """

    node: IntArray
    leaf: bool
    hint: NDArray[np.int16]
    bits: NDArray[np.int8]
    row: NDArray[np.int32]
    sample: NDArray[np.int32]
    value: IntArray

    def take(self, keep: IntArray) -> BoundRecords:
        """The chosen records, `keep` increasing."""
        position = np.full(len(self.node), -1, dtype=np.int32)
        position[keep] = np.arange(len(keep))
        row = position[self.row]
        at = row >= 0
        return BoundRecords(
            self.node[keep], self.leaf, self.hint[keep], self.bits[keep], row[at], self.sample[at], self.value[at]
        )

    def lists(self) -> list[Record]:
        """As JSON arrays."""
        name = "L" if self.leaf else "K"
        records: list[Record] = [
            [name, 0, hint, bits, []] for hint, bits in zip(self.hint.tolist(), self.bits.tolist(), strict=True)
        ]
        for row, sample, value in zip(self.row.tolist(), self.sample.tolist(), self.value.tolist(), strict=True):
            records[row][4] += (sample, value)
        for record in records:
            if not record[4]:
                record[3] = 0
        return records


@dataclass
class TreeLog:
    """What was done at every node, in order; branches are (node, sample, id of the first child)."""

    bounds: list[BoundRecords] = field(default_factory=list)
    branches: list[tuple[IntArray, IntArray, IntArray]] = field(default_factory=list)

    def assemble(self) -> list[Record]:
        """The tree below node 0 in preorder."""
        at_node: dict[int, list[Record]] = {}
        for block in self.bounds:
            for node, record in zip(block.node.tolist(), block.lists(), strict=True):
                at_node.setdefault(node, []).append(record)
        children: dict[int, int] = {}
        for nodes, samples, firsts in self.branches:
            for node, sample, first in zip(nodes.tolist(), samples.tolist(), firsts.tolist(), strict=True):
                at_node.setdefault(node, []).append(["B", sample])
                children[node] = first
        tree: list[Record] = []
        stack = [0]
        while stack:
            node = stack.pop()
            tree += at_node.pop(node)
            if node in children:
                stack += [children[node] + 1, children[node]]
        return tree


def default_shares(data: SignSamples, lower: FloatArray, upper: FloatArray, hint: FloatArray) -> FloatArray:
    """(B, m) the c_i / nu_i that the replay takes without an exception; hint : (B, D)."""
    positive = data.weights > 0
    undecided = (lower < 0) & (upper > 0)
    width = np.where(undecided, upper - lower, 1.0)
    secant = np.floor(upper / width * 2.0**SLOPE_BITS) / 2.0**SLOPE_BITS
    between = np.where(positive, secant, hint @ data.directions.T > 0.0)
    return np.where(upper <= 0, 0.0, np.where(lower >= 0, 1.0, between))


def _unsafe(data: SignSamples, lower: FloatArray, upper: FloatArray, hint: FloatArray) -> tuple[BoolArray, BoolArray]:
    """(B, m) defaults that rounding may change: signs of x_i.w, last digits of secant slopes."""
    undecided = (lower < 0) & (upper > 0)
    length = np.linalg.norm(hint, axis=1)[:, None]
    signs = undecided & (data.weights < 0) & (np.abs(hint @ data.directions.T) <= TIE * length)
    width = np.where(undecided, upper - lower, 1.0)
    digits = upper / width * 2.0**SLOPE_BITS
    close = np.abs(digits - np.rint(digits)) <= 2.0**SLOPE_BITS * INTERVAL_NOISE / width + 1e-5
    return signs, undecided & (data.weights > 0) & close


def round_bounds(
    data: SignSamples,
    lower: FloatArray,
    upper: FloatArray,
    bounds: Bounds,
    allowance: FloatArray,
    leaf: bool,
) -> tuple[Bounds, BoundRecords]:
    """Round the bounds of nodes (B,) to records; `allowance` (B,) is the growth of the value to aim for.

    The nodes of the records are numbered 0..B-1. The values include a margin for the replay.
    """
    weights = data.weights
    shares = bounds.slopes / weights
    pointing = bounds.z @ data.frame.T
    size = np.abs(pointing).max(axis=1, initial=0.0)
    hint = np.rint(pointing * (2.0**HINT_BITS / np.where(size > 0, size, 1.0))[:, None])
    default = default_shares(data, lower, upper, hint)
    signs, digits = _unsafe(data, lower, upper, hint)
    decided = (lower >= 0) | (upper <= 0)
    # a c_i at the secant is the default, and so is one that the solver moved by rounding only
    same = np.abs(shares - default) <= np.where((weights > 0) & ~decided, 2.0 ** (1 - SLOPE_BITS), 1e-13)
    listed = ~same
    cost = np.abs(weights) * 2.0 ** (1 - SLOPE_BITS)
    exact = digits & same
    if leaf:  # a last digit in doubt only costs a little of the slack of a leaf
        exact &= ((exact @ cost) > 0.25 * allowance)[:, None]
    grain = listed @ np.abs(weights)
    bits = np.ceil(np.log2(np.maximum(grain / np.maximum(allowance, 1e-300), 1.0)))
    bits = np.clip(bits, np.where(exact.any(axis=1), SLOPE_BITS, FEWEST_BITS), MOST_BITS).astype(np.int64)
    one = np.ldexp(1.0, bits)[:, None]
    k = np.rint(np.where(same, default, shares) * one)
    listed &= np.abs(k) <= LARGEST_NUMERATOR
    rounded = np.where(listed, k / one, default)
    exceptions = (listed & ((rounded != default) | digits)) | exact | signs
    result = evaluate(data, lower, upper, rounded * weights)
    result.value += data.noise + (digits & ~exceptions) @ cost
    k = np.where(exceptions, np.rint(rounded * one), 0.0)
    row, column = np.nonzero(exceptions)
    k = np.where(exceptions, np.rint(rounded * one), 0.0)
    records = BoundRecords(
        np.arange(len(hint)), leaf, hint.astype(np.int16), bits.astype(np.int8),
        row.astype(np.int32), data.order[column].astype(np.int32), k[row, column].astype(np.int64),
    )  # fmt: skip
    return result, records
