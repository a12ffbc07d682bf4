"""The open nodes of a search over simplicial cones, and how a node is split."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
IntArray = NDArray[np.int64]

LONG_EVERY = 8  # every 8th level splits the longest edge, so that no direction is neglected
SLENDER = 1e8  # (longest edge)^2 max |N_k|^2 above which the longest edge is split
FLAT = 1e13  # max |N_k| above which the facets of a cone are lost in the rounding of its unit generators
FLOOR = 0.02  # least weight of a generator in the score of an edge


@dataclass
class Nodes:
    """Open nodes, one per entry of the first axis.

    generators : (B, r, r) unit generators;  lengths : (B, r) lengths of the integer generators they stand for;
    linear : (B, r) sum of w_i x_i over the samples decided positive;  mask : (B, bytes) undecided samples, as bits;
    guess : (B, r) a z of the parent;  bound : (B,) a proved bound of max(T, phi) / T;
    place : (B,) position in the forest, read from left to right;  identity : (B,) the node's number in this tree;
    guide : (B,) its number in an earlier tree, -1 if it has none.
    """

    generators: FloatArray
    lengths: FloatArray
    linear: FloatArray
    mask: NDArray[np.uint8]
    guess: FloatArray
    bound: FloatArray
    place: FloatArray
    depth: IntArray
    guide: IntArray
    identity: IntArray

    def __len__(self) -> int:
        return len(self.bound)

    def take(self, index: IntArray | BoolArray | slice) -> Nodes:
        return Nodes(*(getattr(self, f.name)[index] for f in fields(self)))

    @staticmethod
    def join(parts: list[Nodes]) -> Nodes:
        return Nodes(*(np.concatenate([getattr(part, f.name) for part in parts]) for f in fields(Nodes)))

    @property
    def nbytes(self) -> int:
        return sum(getattr(self, f.name).nbytes for f in fields(self))


def facet_normals(generators: FloatArray) -> tuple[FloatArray, BoolArray]:
    """Normals (B, r, r), N_j.v_k = 1 for j = k and 0 otherwise, and which cones (B,) are wide enough to have them."""
    try:
        normals = np.linalg.inv(generators).transpose(0, 2, 1)
    except np.linalg.LinAlgError:  # raised for the whole batch: look at every cone
        if len(generators) == 1:
            return np.zeros_like(generators), np.zeros(1, dtype=np.bool_)
        parts = [facet_normals(generators[k : k + 1]) for k in range(len(generators))]
        return np.concatenate([normal for normal, _ in parts]), np.concatenate([wide for _, wide in parts])
    return np.ascontiguousarray(normals), np.asarray(np.abs(normals).max(axis=(1, 2)) < FLAT)  # False for NaN


def choose_edges(
    generators: FloatArray, normals: FloatArray, z: FloatArray, depth: IntArray,
    weights: FloatArray, products: FloatArray,
) -> tuple[IntArray, IntArray]:  # fmt: skip
    """The edge (a, b) to split: most relaxation loss at z, at times the longest.

    weights : (B, m) of the undecided nu_i > 0 (0: decided);  products : (B, r, m), x_i.v_k.
    """
    count, dim = z.shape
    if count == 0 or dim == 1:
        return np.zeros(count, dtype=np.int64), np.zeros(count, dtype=np.int64)
    gram = np.matmul(generators, generators.transpose(0, 2, 1))
    first, second = np.triu_indices(dim, 1)
    squares = 2.0 - 2.0 * gram[:, first, second]
    longest = squares.max(axis=1)
    slender = longest * np.einsum("bkj,bkj->bk", normals, normals).max(axis=1) > SLENDER
    force = slender | (depth % LONG_EVERY == LONG_EVERY - 1) | ~weights.any(axis=1)
    alpha = np.maximum(np.einsum("bkj,bj->bk", normals, z), 0.0)
    alpha /= np.maximum(alpha.max(axis=1, keepdims=True), 1e-300)
    alpha += FLOOR
    scaled = (products * alpha[:, :, None]).astype(np.float32)
    scaled *= weights[:, None, :].astype(np.float32)
    above = np.maximum(scaled, np.float32(0.0))
    below = above - scaled
    score = np.empty_like(squares)
    for e, (a, b) in enumerate(zip(first.tolist(), second.tolist(), strict=True)):
        left = np.minimum(above[:, a], below[:, b])
        left += np.minimum(above[:, b], below[:, a])
        score[:, e] = left.sum(axis=1)
    edge = np.where(force, squares.argmax(axis=1), score.argmax(axis=1))
    return first[edge], second[edge]


def split_weights(ratio: FloatArray) -> tuple[IntArray, IntArray]:
    """Small integers (p, q) with p / q near the ratio >= 1."""
    p = np.ones(len(ratio), dtype=np.int64)
    q = np.ones(len(ratio), dtype=np.int64)
    middle = (ratio >= 1.25) & (ratio < 4.0)
    half = np.rint(2.0 * ratio[middle]).astype(np.int64)
    even = half % 2 == 0
    p[middle], q[middle] = np.where(even, half // 2, half), np.where(even, 1, 2)
    large = (ratio >= 4.0) & (ratio < 32.0)
    p[large] = np.rint(ratio[large]).astype(np.int64)
    huge = ratio >= 32.0
    shift = np.minimum(np.floor(np.log2(ratio[huge])).astype(np.int64) - 4, 57)
    p[huge] = np.minimum(31.0, np.rint(np.ldexp(ratio[huge], -shift))).astype(np.int64) << shift
    return p, q


@dataclass
class Guide:
    """Splits of an earlier tree. edge : (G, 4), a, b, p, q;  child : (G,) number of the first child, -1 at a leaf;
    second : (G,) number of the second child."""

    edge: IntArray
    child: IntArray
    second: IntArray


def choose_weights(nodes: Nodes, a: IntArray, b: IntArray) -> IntArray:
    """The records (B, 4) a, b, p, q with p |v_a| close to q |v_b|."""
    index = np.arange(len(nodes))
    length_a, length_b = nodes.lengths[index, a], nodes.lengths[index, b]
    swapped = length_b < length_a
    large, small = split_weights(np.where(swapped, length_a / length_b, length_b / length_a))
    return np.stack([a, b, np.where(swapped, small, large), np.where(swapped, large, small)], axis=1)


def split(nodes: Nodes, edge: IntArray, first_identity: int) -> Nodes:
    """The children, two per node in turn: v_a, then v_b is replaced by p v_a + q v_b."""
    count = len(nodes)
    index = np.arange(count)
    a, b, p, q = edge.T
    middle = (p * nodes.lengths[index, a])[:, None] * nodes.generators[index, a]
    middle += (q * nodes.lengths[index, b])[:, None] * nodes.generators[index, b]
    length = np.linalg.norm(middle, axis=1)
    middle /= length[:, None]
    twice, row = np.repeat(index, 2), np.arange(2 * count)
    children = nodes.take(twice)
    replaced = edge[:, :2].ravel()
    children.generators[row, replaced] = middle[twice]
    children.lengths[row, replaced] = length[twice]
    children.depth += 1
    children.place[1::2] += np.ldexp(1.0, -np.minimum(children.depth[1::2], 1000))
    children.identity = first_identity + row
    return children


__all__ = ["Guide", "Nodes", "choose_edges", "choose_weights", "facet_normals", "split", "split_weights"]
