"""The rules of sign trees replayed with fractions, straight from their statement and independent of the checker."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import isqrt
from typing import Any

Vector = list[Fraction]
Node = list[tuple[Fraction, Fraction]]  # L_i and U_i

ROOT_BITS = 60
SLOPE = 2**32


def root_up(value: Fraction) -> Fraction:
    """A rational >= sqrt(value), within 2^-60 of it relative to the size of the value."""
    if value <= 0:
        return Fraction(0)
    shift = max(0, ROOT_BITS + (value.denominator.bit_length() - value.numerator.bit_length()) // 2 + 1)
    scaled = value * 4**shift
    return Fraction(isqrt(scaled.numerator // scaled.denominator) + 1, 2**shift)


def dot(left: Sequence[Fraction], right: Sequence[Fraction]) -> Fraction:
    return sum((a * b for a, b in zip(left, right, strict=True)), Fraction(0))


class Refused(Exception):
    """The records prove nothing."""


def bound(rows: list[Vector], nu: Vector, node: Node, record: list[Any]) -> tuple[Vector, Fraction]:
    """z and kappa of a bound record."""
    _, zero, hint, bits, listed = record
    if zero != 0 or len(listed) % 2 or len(hint) != len(rows[0]):
        raise Refused("shape")
    exceptions = dict(zip(listed[::2], listed[1::2], strict=True))
    z, kappa = [Fraction(0)] * len(rows[0]), Fraction(0)
    for i, (x, weight, (low, high)) in enumerate(zip(rows, nu, node, strict=True)):
        if i in exceptions:
            c = weight * Fraction(exceptions[i], 2**bits)
        elif high <= 0 or weight == 0:
            c = Fraction(0)
        elif low >= 0:
            c = weight
        elif weight < 0:
            c = weight if dot(x, [Fraction(v) for v in hint]) > 0 else Fraction(0)
        else:
            c = weight * Fraction(int(high / (high - low) * SLOPE), SLOPE)
        z = [a + c * b for a, b in zip(z, x, strict=True)]
        ends = [low, high, *([Fraction(0)] if low < 0 < high else [])]
        kappa += max(weight * max(t, Fraction(0)) - c * t for t in ends)
    return z, kappa


def cap(rows: list[Vector], nu: Vector, node: Node, z: Vector, tau: Fraction) -> Node:
    """The intervals on {|u| = 1, z.u > tau}."""
    square = dot(z, z)
    if square == 0 or (tau <= 0 and tau**2 >= square):
        raise Refused("cap")

    def highest(x: Vector) -> Fraction:
        along, norm = dot(x, z), dot(x, x)
        farther = along**2 >= tau**2 * norm
        if (along > 0 and farther) if tau > 0 else (along >= 0 or along**2 <= tau**2 * norm):
            return root_up(norm)
        return (along * tau + root_up((norm * square - along**2) * (square - tau**2))) / square

    after = []
    for x, weight, (low, high) in zip(rows, nu, node, strict=True):
        if weight and low < 0 < high:
            low, high = max(low, -highest([-v for v in x])), min(high, highest(x))
        after.append((low, high))
    return after


def replay(rows: Any, nu: Any, threshold: Fraction, tree: list[list[Any]]) -> None:
    """Raise Refused unless the tree proves phi(u) <= threshold |u| for all u."""
    exact = [[Fraction(float(v)) for v in row] for row in rows]
    weights = [Fraction(float(v)) for v in nu]
    ends = [root_up(dot(x, x)) for x in exact]
    nodes = [[(-end, end) for end in ends]]
    for record in tree:
        if not nodes:
            raise Refused("records after the end")
        node = nodes.pop()
        if record[0] == "B":
            i = record[1]
            below, above = list(node), list(node)
            below[i] = (node[i][0], min(node[i][1], Fraction(0)))
            above[i] = (max(node[i][0], Fraction(0)), node[i][1])
            nodes += [above, below]
            continue
        z, kappa = bound(exact, weights, node, record)
        if record[0] == "K":
            nodes.append(cap(exact, weights, node, z, threshold - kappa))
        elif threshold < kappa or dot(z, z) > (threshold - kappa) ** 2:
            raise Refused(f"leaf: {float(root_up(dot(z, z)) + kappa)} > {float(threshold)}")
    if nodes:
        raise Refused("the tree is not closed")
