"""From floating-point bounds on cones to the records of a certificate.

A bound record states z = T m / 2^e and coefficients c_i = nu_i k_i / 2^f with integers m, k. `round_bounds` chooses
the fewest bits for which z.v_k >= h_k survives the rounding, by spending a part of the slack that the bound has:

1. the c_i are rounded to a grid and z is corrected by sum_i (change of c_i) x_i, which keeps every z.v_k - h_k;
2. z moves a little into the cone, which creates a margin on every generator;
3. z is rounded to a grid finer than that margin.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from relucert.certify.search.cone_frontier import Guide

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
IntArray = NDArray[np.int64]
Record = list[Any]

LEAF, CAP = 1, 0
TIE = 1e-9  # |x_i.z| / |x_i| below which the sign that the checker sees is not relied upon
MAX_BITS = 50
SNAP = 0.5  # part of the slack that may be spent on default coefficients


@dataclass
class BoundRecords:
    """Rounded bounds, one per entry of `node`; ragged lists are stored as (pointer, values).

    kind : LEAF or CAP;  m : (R, D) integers, z = T m / 2^shift;  exceptions (sample, k) with c = nu k / 2^bits.
    """

    node: IntArray
    kind: int
    shift: IntArray
    m: IntArray
    bits: IntArray
    exception_row: IntArray
    exception_sample: IntArray
    exception_value: IntArray
    secant_row: IntArray
    secant_sample: IntArray

    def take(self, keep: BoolArray) -> BoundRecords:
        position = np.cumsum(keep) - 1
        kept, secants = keep[self.exception_row], keep[self.secant_row]
        return BoundRecords(
            self.node[keep], self.kind, self.shift[keep], self.m[keep], self.bits[keep],
            position[self.exception_row[kept]], self.exception_sample[kept], self.exception_value[kept],
            position[self.secant_row[secants]], self.secant_sample[secants],
        )  # fmt: skip


@dataclass
class SplitRecords:
    """edge : (R, 4) with a, b, p, q;  child : the id of the first child, the second is the next one."""

    node: IntArray
    edge: IntArray
    child: IntArray


@dataclass
class TreeLog:
    """What was done at every node, in the order in which it was done."""

    bounds: list[BoundRecords] = field(default_factory=list)
    splits: list[SplitRecords] = field(default_factory=list)

    def assemble(self, roots: int) -> list[list[Record]]:
        """One preorder list of records for each of the roots 0, 1, .."""
        at_node: dict[int, list[Record]] = {}
        for block in self.bounds:
            for node, record in zip(block.node.tolist(), _bound_lists(block), strict=True):
                at_node.setdefault(node, []).append(record)
        children: dict[int, int] = {}
        for split in self.splits:
            for node, edge, child in zip(split.node.tolist(), split.edge.tolist(), split.child.tolist(), strict=True):
                at_node.setdefault(node, []).append(["S", *edge])
                children[node] = child
        trees = []
        for root in range(roots):
            tree: list[Record] = []
            stack = [root]
            while stack:
                node = stack.pop()
                tree += at_node[node]
                child = children.get(node)
                if child is not None:
                    stack += [child + 1, child]
            trees.append(tree)
        return trees


def _bound_lists(block: BoundRecords) -> list[Record]:
    name = "L" if block.kind == LEAF else "K"
    records: list[Record] = [
        [name, shift, m, bits, []]
        for shift, m, bits in zip(block.shift.tolist(), block.m.tolist(), block.bits.tolist(), strict=True)
    ]
    exceptions = (block.exception_row.tolist(), block.exception_sample.tolist(), block.exception_value.tolist())
    for row, sample, value in zip(*exceptions, strict=True):
        records[row][4] += (sample, value)
    if block.kind == CAP:
        for record in records:
            record.append([])
        for row, sample in zip(block.secant_row.tolist(), block.secant_sample.tolist(), strict=True):
            records[row][5].append(sample)
    return records


def round_bounds(
    z: FloatArray,
    q: FloatArray,
    weights: FloatArray,
    rows: FloatArray,
    samples: IntArray,
    generators: FloatArray,
    normals: FloatArray,
    allowance: FloatArray,
    noise: FloatArray,
    frame: FloatArray,
) -> tuple[FloatArray, IntArray, IntArray, IntArray, tuple[IntArray, IntArray, IntArray]]:
    """Round the bounds z (units of T), growing |z| by at most `allowance`.

    z : (B, r);  q, weights : (B, m), c_i |x_i| and nu_i |x_i| of the undecided nu_i < 0 (weight 0: decided);
    rows : (m, r) unit rows;  samples : (m,) their numbers;  generators, normals : (B, r, r);
    noise : (B,) margin wanted on every generator besides the rounding;  frame : (D, r) orthonormal.
    Returns z as rounded (B, r), shift, m (B, D), bits, and (row, sample, k) of the exceptions.
    """
    undecided = weights < 0.0
    share = np.divide(q, weights, out=np.zeros_like(q), where=undecided)
    # coefficients that agree with the checker's default need not be written: take it for all if z hardly grows
    default = (z @ rows.T > 0.0) & undecided
    whole = z + ((default - share) * weights) @ rows
    growth = np.maximum(np.sqrt(np.einsum("bj,bj->b", whole, whole)) - np.sqrt(np.einsum("bj,bj->b", z, z)), 0.0)
    snap = growth <= SNAP * allowance
    z, share = np.where(snap[:, None], whole, z), np.where(snap[:, None], default, share)
    allowance = allowance - np.where(snap, growth, 0.0)
    fractional = (share > 0.0) & (share < 1.0)
    mass = -np.einsum("bi,bi->b", weights, fractional)
    bits = np.ceil(np.log2(np.maximum(mass / (0.3 * allowance), 1.0))).astype(np.int64)
    bits = np.minimum(bits, MAX_BITS)
    one = np.ldexp(1.0, bits)[:, None]
    k = np.rint(share * one)
    z = z + ((k / one - share) * weights) @ rows
    # direction into the cone: the sum of the generators, or of the facet normals when that makes an angle too wide
    inward = generators.sum(axis=1)
    inward /= np.linalg.norm(inward, axis=1, keepdims=True)
    reach = np.einsum("bkj,bj->bk", generators, inward).min(axis=1)
    other = normals.sum(axis=1)
    length = np.linalg.norm(other, axis=1)
    swap = reach < 1.0 / length
    inward[swap], reach[swap] = (other / length[:, None])[swap], (1.0 / length)[swap]
    step = 0.4 * allowance
    z = z + step[:, None] * inward
    dim = len(frame)
    grain = np.minimum(0.35 * allowance, 0.9 * np.maximum(step * reach - noise, 1e-16))
    shift = np.maximum(np.ceil(np.log2(np.sqrt(dim) / (2.0 * grain))), 0.0).astype(np.int64)
    shift = np.minimum(shift, MAX_BITS)
    scale = np.ldexp(1.0, shift)[:, None]
    m = np.rint((z @ frame.T) * scale)
    z = (m / scale) @ frame
    t = z @ rows.T
    listed = undecided & ((k != (t > 0.0) * one) | (np.abs(t) < TIE))
    row, column = np.nonzero(listed)
    return z, shift, m.astype(np.int64), bits, (row, samples[column], k[row, column].astype(np.int64))


def guide_from_log(log: TreeLog, roots: int) -> Guide:
    """The splits of a log as a guide; nodes are renumbered, the roots first."""
    node = np.concatenate([part.node for part in log.splits]) if log.splits else np.zeros(0, dtype=np.int64)
    child = np.concatenate([part.child for part in log.splits]) if log.splits else np.zeros(0, dtype=np.int64)
    known = np.unique(np.concatenate([np.arange(roots), node, child, child + 1]))
    guide = _empty_guide(len(known))
    at = np.searchsorted(known, node)
    guide.child[at] = np.searchsorted(known, child)
    guide.second[at] = np.searchsorted(known, child + 1)
    if log.splits:
        guide.edge[at] = np.concatenate([part.edge for part in log.splits])
    return guide


def guide_from_records(trees: Sequence[list[Record]], roots: int) -> list[Guide]:
    """One guide per claim from preorder trees, `roots` of them per claim."""
    guides = []
    for start in range(0, len(trees), roots):
        claim = trees[start : start + roots]
        guide = _empty_guide(roots + 2 * sum(record[0] == "S" for tree in claim for record in tree))
        fresh = roots
        for root, tree in enumerate(claim):
            stack = [root]
            for record in tree:
                if record[0] == "S" and stack:
                    node = stack.pop()
                    guide.edge[node], guide.child[node], guide.second[node] = record[1:], fresh, fresh + 1
                    stack += [fresh + 1, fresh]
                    fresh += 2
                elif record[0] == "L" and stack:
                    stack.pop()
        guides.append(guide)
    return guides


def _empty_guide(count: int) -> Guide:
    return Guide(np.zeros((count, 4), dtype=np.int64), np.full(count, -1), np.full(count, -1))
