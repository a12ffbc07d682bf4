"""Rules cone_cover, split, cap and simplicial_leaf: branch and bound over simplicial cones.

cone_cover
    ::

        basis v_1..v_r of integer vectors;  for every choice of signs a proof on cone(+-v_1, .., +-v_r)
        -------------------------------------------------------------------------------------------------
        phi(u) <= T |u| for all u

    S1  the basis has r <= D vectors of D integers; r = D when a coordinate is free
    S2  its vectors are linearly independent
    S3  every row lies in their span (then phi(u) = phi(Pu) and |Pu| <= |u| for the projection P onto the span)
    S4  there are exactly 2^r trees (format S9 counts them), each of which ends when its root is closed

split  ["S", a, b, p, q]
    ::

        a proof with v_a replaced by w = p v_a + q v_b      a proof with v_b replaced by w
        ----------------------------------------------------------------------------------
        a proof on cone(v_1..v_r)

    S1  0 <= a, b < r and a != b            S2  p >= 1 and q >= 1

A bound record gives z and coefficients c_i for the undecided samples with nu_i < 0; see :class:`Node` for h_k.
simplicial_leaf  ["L", e, [m..], f, [i, k, ..]]  and  cap  ["K", .., [secant samples]]
    ::

        z.v_k >= h_k for every generator
        --------------------------------   phi(u) <= z.u + kappa for the violators u of the node
        |z| + kappa <= T                   (leaf)   no violator: the node is closed
        0 < tau = T - kappa                (cap)    violators satisfy z.u > tau

    S1  the record has the stated shape, 0 <= e, f <= 4096
    S2  every exception names a sample with nu_i < 0, once, and 0 <= k <= 2^f, so that c_i is in [nu_i, 0]
    S3  z.v_k >= h_k for every k
    S4  leaf: T - kappa >= 0;  cap: T - kappa > 0 and z is not 0
    S5  leaf: |z|^2 <= (T - kappa)^2;  cap: no coordinate is free
    S6  leaf: z is 0 in the free coordinate;  cap: every secant names a sample with nu_i > 0, once

    (exceptions and secants of samples that are decided by now have no effect)

Source: the convex dual of two-layer ReLU training, Pilanci & Ergen 2020; the proofs are in docs/theory/training_gap.md.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import compress
from operator import mul
from typing import Any

from relucert.certify.check.errors import CertificateError, require
from relucert.certify.check.numbers import IntMatrix, IntVector, dot
from relucert.certify.check.rules.cap import INTERVAL_BITS, SLOPE_BITS, Cap, secant_constant, secant_slope
from relucert.certify.check.sphere import SphereClaim

MAX_SHIFT = 4096
MAX_RANK = 24
_KAPPA_BITS = INTERVAL_BITS + SLOPE_BITS


def check_basis(claim: SphereClaim, basis: Any, step: str) -> IntMatrix:
    """Side conditions S1 to S3 of cone_cover."""
    rule = "cone_cover"
    shaped = isinstance(basis, list) and all(
        isinstance(row, list) and len(row) == claim.dimension and all(type(v) is int for v in row) for row in basis
    )
    require(shaped and len(basis) <= min(claim.dimension, MAX_RANK), step, rule, "S1", "the basis has the wrong shape")
    require(not claim.free or len(basis) == claim.dimension, step, rule, "S1", "a free coordinate needs a full basis")
    echelon: list[tuple[int, IntVector]] = []  # (pivot column, row), each row reduced by the earlier ones
    for row in basis:
        reduced = _reduce(row, echelon)
        pivot = next((j for j, v in enumerate(reduced) if v), None)
        if pivot is None:
            raise CertificateError(step, rule, "S2", "the basis is linearly dependent")
        echelon.append((pivot, reduced))
    if len(basis) < claim.dimension:
        for row, nu in zip(claim.rows, claim.nu, strict=True):
            require(nu == 0 or not any(_reduce(row, echelon)), step, rule, "S3", "a row is outside the span")
    return [list(row) for row in basis]


def _reduce(row: IntVector, echelon: list[tuple[int, IntVector]]) -> IntVector:
    """Fraction-free elimination of the pivots of the echelon from the row."""
    for pivot, other in echelon:
        factor, scale = row[pivot], other[pivot]
        if factor:
            row = [scale * a - factor * b for a, b in zip(row, other, strict=True)]
    return row


# Signs of a column, a byte each: 1 above zero, 2 below, 0 at zero; 4 is added to those that are left out.
_ABOVE = bytes([code == 1 for code in range(256)])
_LEFT_OUT = bytes([4 * (code == 0) for code in range(256)])


def _signs(column: IntVector) -> bytes:
    return bytes([1 if y > 0 else 2 if y else 0 for y in column])


@dataclass
class _Group:
    """The undecided samples with one sign of nu: products[k][s] = nu_i x_i.v_k for the s-th of them.

    signs[k] : one byte per sample, as above.  Combining them as integers costs far less than comparing the products of
    every node again.
    """

    ids: IntVector
    products: IntMatrix
    signs: list[bytes]

    def keep(self, flags: bytes) -> _Group:
        out = int.from_bytes(flags.translate(_LEFT_OUT), "big")
        marked = [(int.from_bytes(signs, "big") | out).to_bytes(len(flags), "big") for signs in self.signs]
        return _Group(
            list(compress(self.ids, flags)),
            [list(compress(column, flags)) for column in self.products],
            [signs.translate(None, b"\4\5\6") for signs in marked],
        )

    def mixed(self, a: int, b: int, p: int, q: int) -> tuple[IntVector, bytes]:
        """The column of w = p v_a + q v_b with its signs."""
        column = [p * s + q * t for s, t in zip(self.products[a], self.products[b], strict=True)]
        return column, _signs(column)

    def swapped(self, k: int, column: IntVector, signs: bytes) -> _Group:
        """The group on the cone whose generator k is replaced."""
        products, before = self.products, self.signs
        return _Group(self.ids, [*products[:k], column, *products[k + 1 :]], [*before[:k], signs, *before[k + 1 :]])

    def somewhere(self) -> tuple[int, int]:
        """One byte per sample: is the product positive (negative) on some generator?"""
        ones, union = int.from_bytes(b"\1" * len(self.ids), "big"), 0
        for signs in self.signs:
            union |= int.from_bytes(signs, "big")
        return union & ones, union >> 1 & ones


@dataclass
class Node:
    """A cone, and what is known about the samples on it (or on its violators).

    generators : v_1..v_r.  linear[k] = g.v_k for the sum g of nu_i x_i over the samples decided positive.
    positive, negative : the undecided samples by the sign of nu_i.
    secants : sample -> (slope in units of 2^-SLOPE_BITS, kappa_i); listed by the last cap of this very node.

        h_k = g.v_k + sum_{nu_i > 0} nu_i max(0, x_i.v_k) [slope nu_i x_i.v_k for a secant] + sum_{nu_i < 0} c_i x_i.v_k
    """

    generators: IntMatrix
    linear: IntVector
    positive: _Group
    negative: _Group
    secants: dict[int, tuple[int, int]] = field(default_factory=dict)

    def decide(self) -> None:
        """Move the samples whose sign is the same on all generators."""
        for group, sign in ((self.positive, 1), (self.negative, -1)):
            positive, negative = group.somewhere()
            mixed = positive & negative
            if mixed.bit_count() == len(group.ids):
                continue
            # x_i.u >= 0 on the cone: nu_i x_i.v_k is never negative when nu_i > 0, never positive when nu_i < 0
            joins = ((positive if sign > 0 else negative) ^ mixed).to_bytes(len(group.ids), "big")
            self.add(group, joins)
            kept = group.keep(mixed.to_bytes(len(group.ids), "big"))
            if sign > 0:
                self.positive = kept
            else:
                self.negative = kept

    def add(self, group: _Group, joins: bytes) -> None:
        """Let samples of the group join the linear part."""
        for k, column in enumerate(group.products):
            self.linear[k] += sum(compress(column, joins))

    def split(self, a: int, b: int, p: int, q: int) -> tuple[Node, Node]:
        generator = [p * s + q * t for s, t in zip(self.generators[a], self.generators[b], strict=True)]
        linear = p * self.linear[a] + q * self.linear[b]
        positive, negative = self.positive.mixed(a, b, p, q), self.negative.mixed(a, b, p, q)
        children = []
        for k in (a, b):
            node = Node(
                [*self.generators[:k], generator, *self.generators[k + 1 :]],
                [*self.linear[:k], linear, *self.linear[k + 1 :]],
                self.positive.swapped(k, *positive),
                self.negative.swapped(k, *negative),
            )
            node.decide()
            children.append(node)
        return children[0], children[1]


def root(claim: SphereClaim, basis: IntMatrix, orthant: int) -> Node:
    """cone(s_1 v_1, .., s_r v_r), s_k = -1 where bit k of the orthant is set."""
    generators = [[-v for v in row] if orthant >> k & 1 else row for k, row in enumerate(basis)]
    groups = []
    for sign in (1, -1):
        ids = [i for i, nu in enumerate(claim.nu) if sign * nu > 0]
        products = [[claim.nu[i] * dot(claim.rows[i], v) for i in ids] for v in generators]
        groups.append(_Group(ids, products, [_signs(column) for column in products]))
    node = Node(generators, [0] * len(generators), groups[0], groups[1])
    node.decide()
    return node


def _is_integers(value: Any) -> bool:
    return isinstance(value, list) and all(type(v) is int for v in value)


@dataclass(frozen=True)
class _Bound:
    """A verified bound phi(u) <= z.u + kappa: z = T m / 2^shift; gap / (denominator 2^KAPPA_BITS) = T - kappa."""

    m: IntVector
    shift: int
    gap: int


def _check_bound(claim: SphereClaim, node: Node, record: list[Any], rule: str, step: str) -> _Bound:
    """Side conditions S1 to S3 of a leaf or cap."""
    shaped = (
        len(record) == (5 if rule == "simplicial_leaf" else 6)
        and type(record[1]) is int
        and type(record[3]) is int
        and 0 <= record[1] <= MAX_SHIFT
        and 0 <= record[3] <= MAX_SHIFT
        and _is_integers(record[2])
        and len(record[2]) == claim.dimension
        and _is_integers(record[4])
        and len(record[4]) % 2 == 0
    )
    require(shaped, step, rule, "S1", "the record has the wrong shape")
    _, shift, m, bits, listed = record[:5]
    negative, positive = node.negative, node.positive
    exceptions = dict(zip(listed[::2], listed[1::2], strict=True))
    require(2 * len(exceptions) == len(listed), step, rule, "S2", "a sample is listed twice")
    require(exceptions.keys() <= claim.samples[-1], step, rule, "S2", "an exception has no negative dual variable")
    in_box = all(0 <= k <= 1 << bits for k in exceptions.values())
    require(in_box, step, rule, "S2", "a coefficient is outside [nu, 0]")
    # c_i = nu_i where x_i.m > 0 and 0 elsewhere, except where listed: any choice in [nu_i, 0] is sound
    rows = claim.rows
    full = bytes([sum(map(mul, rows[i], m)) > 0 for i in negative.ids])
    partial = []
    if exceptions:
        places = [s for s, i in enumerate(negative.ids) if i in exceptions]
        partial = [(s, (exceptions[negative.ids[s]] - (full[s] << bits)) << SLOPE_BITS) for s in places]
    secants = [(s, *node.secants[i]) for s, i in enumerate(positive.ids) if i in node.secants] if node.secants else []
    kappa = sum([constant for _, _, constant in secants])
    scale_bits = bits + SLOPE_BITS
    threshold = claim.denominator << shift
    for k, generator in enumerate(node.generators):
        column, other = positive.products[k], negative.products[k]
        total = node.linear[k] + sum(compress(column, positive.signs[k].translate(_ABOVE))) + sum(compress(other, full))
        total <<= scale_bits
        for s, multiple in partial:
            total += other[s] * multiple
        for s, slope, _ in secants:
            y = column[s]
            total += y * (slope << bits) - ((y << scale_bits) if y > 0 else 0)
        holds = (claim.numerator * dot(m, generator)) << scale_bits >= threshold * total
        require(holds, step, rule, "S3", f"z is too short along generator {k}")
    return _Bound(m, shift, (claim.numerator << _KAPPA_BITS) - claim.denominator * kappa)


def simplicial_leaf(claim: SphereClaim, node: Node, record: list[Any], step: str) -> None:
    """Close the node: |z| + kappa <= T."""
    rule = "simplicial_leaf"
    bound = _check_bound(claim, node, record, rule, step)
    require(bound.gap >= 0, step, rule, "S4", "kappa is larger than the threshold")
    length = dot(bound.m, bound.m) * (claim.numerator << _KAPPA_BITS) ** 2
    holds = length <= (bound.gap * bound.gap) << (2 * bound.shift)
    require(holds, step, rule, "S5", "|z| + kappa is above the threshold")
    require(not claim.free or bound.m[-1] == 0, step, rule, "S6", "z is not 0 in the free coordinate")


def cap(claim: SphereClaim, node: Node, record: list[Any], step: str) -> None:
    """Restrict the node to its violators: decide samples, and set the secants of the next bound."""
    rule = "cap"
    bound = _check_bound(claim, node, record, rule, step)
    require(bound.gap > 0 and any(bound.m), step, rule, "S4", "T - kappa is not positive, or z is 0")
    require(not claim.free, step, rule, "S5", "a cap needs every coordinate to be penalised")
    region = Cap.of(dot(bound.m, bound.m), bound.gap << bound.shift, claim.numerator << _KAPPA_BITS)
    group, norms = node.positive, claim.squared_norms
    products = [sum(map(mul, claim.rows[i], bound.m)) for i in group.ids]
    signs = [region.sign(product, norms[i]) for i, product in zip(group.ids, products, strict=True)]
    if any(signs):
        node.add(group, bytes([sign > 0 for sign in signs]))
        node.positive = group.keep(bytes([sign == 0 for sign in signs]))
    wanted = record[5]
    require(_is_integers(wanted), step, rule, "S1", "the record has the wrong shape")
    listed = set(wanted)
    require(len(listed) == len(wanted), step, rule, "S6", "a sample is listed twice")
    require(listed <= claim.samples[1], step, rule, "S6", "a secant has no positive dual variable")
    node.secants = {}
    for i, product, sign in zip(group.ids, products, signs, strict=True):
        if sign == 0 and i in listed:  # what is decided is exact, which is at least as good as its secant
            lower, upper = region.interval(product, norms[i])
            if lower < 0 < upper:
                slope = secant_slope(lower, upper)
                node.secants[i] = (slope, secant_constant(claim.nu[i], slope, lower, upper))


def cone_tree(
    claim: SphereClaim, basis: IntMatrix, orthant: int, records: Iterator[Any], tally: Counter[str], step: str
) -> None:
    """Replay one tree, in preorder, without recursion; the records must end exactly when the root is closed."""
    open_nodes = [root(claim, basis, orthant)]
    count = 0
    while open_nodes:
        record: Any = next(records, None)
        where = f"{step} record {count}"
        require(isinstance(record, list) and len(record) > 0, where, "cone_cover", "S4", "the tree ends too early")
        kind = record[0]
        if kind == "L":
            simplicial_leaf(claim, open_nodes.pop(), record, where)
            tally["simplicial_leaf"] += 1
        elif kind == "S":
            require(
                len(record) == 5 and _is_integers(record[1:]) and record[1] != record[2]
                and all(0 <= k < len(basis) for k in record[1:3]),
                where, "split", "S1", "not an edge of the cone",
            )  # fmt: skip
            require(record[3] >= 1 and record[4] >= 1, where, "split", "S2", "the weights must be positive")
            first, second = open_nodes.pop().split(*record[1:])
            open_nodes += [second, first]
            tally["split"] += 1
        elif kind == "K":
            cap(claim, open_nodes[-1], record, where)
            tally["cap"] += 1
        else:
            raise CertificateError(where, "cone_cover", "S4", "unknown kind of record")
        count += 1
    require(all(False for _ in records), f"{step} record {count}", "cone_cover", "S4", "records after the end")
