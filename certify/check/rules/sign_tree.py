"""Rules sign_tree, sign_branch, sign_leaf and sign_cap: branch and bound over the signs of x_i.u.

sign_tree
    ::

        a proof on {|u| = 1} with the intervals -|x_i| <= x_i.u <= |x_i|
        ----------------------------------------------------------------
        phi(u) <= T |u| for all u

    S1  no coordinate is free            S2  one tree, which ends when its root is closed

sign_branch  ["B", i]
    ::

        a proof with x_i.u <= 0      a proof with x_i.u >= 0        S1  i is a sample
        ----------------------------------------------------

sign_leaf  ["L", e, [w..], f, [i, k, ..]]  and  sign_cap  ["K", ..]
    ::

        z = sum_i c_i x_i     kappa = sum_i max {nu_i relu(t) - c_i t : t = L_i, U_i, or 0 if it lies between}
        ------------------------------------------------------------------------------------------------------
        phi(u) <= z.u + kappa on the node;  |z| + kappa <= T closes it (leaf),  otherwise z.u > T - kappa (cap)

    S1  the record has the stated shape, e = 0, 0 <= f <= 4096
    S2  every exception names a sample with nu_i != 0, once
    S3  leaf: T - kappa >= 0;  cap: T - kappa > -|z| and z is not 0
    S4  leaf: |z|^2 <= (T - kappa)^2

Any c is sound.  It is nu_i k / 2^f for an exception; otherwise nu_i where L_i >= 0, 0 where U_i <= 0, and in between
nu_i or 0 by the sign of x_i.w if nu_i < 0, and the secant slope over [L_i, U_i] if nu_i > 0.
Source: docs/theory/training_gap.md (sign trees).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from relucert.certify.check.errors import CertificateError, require
from relucert.certify.check.numbers import IntVector, dot, sqrt_up
from relucert.certify.check.rules.cap import INTERVAL_BITS, SLOPE_BITS, Cap, secant_slope
from relucert.certify.check.rules.cone_cover import MAX_SHIFT
from relucert.certify.check.sphere import SphereClaim

Intervals = tuple[IntVector, IntVector]  # lower and upper ends of x_i.u in units of 2^-INTERVAL_BITS


def _slopes(claim: SphereClaim, node: Intervals, record: list[Any], rule: str, step: str) -> tuple[IntVector, int]:
    """c_i / nu_i in units of 2^-scale, and the scale; side conditions S1 and S2."""
    shaped = (
        len(record) == 5
        and record[1] == 0
        and type(record[1]) is int
        and type(record[3]) is int
        and 0 <= record[3] <= MAX_SHIFT
        and all(isinstance(part, list) and all(type(v) is int for v in part) for part in (record[2], record[4]))
        and len(record[2]) == claim.dimension
        and len(record[4]) % 2 == 0
    )
    require(shaped, step, rule, "S1", "the record has the wrong shape")
    _, _, hint, bits, listed = record
    exceptions = dict(zip(listed[::2], listed[1::2], strict=True))
    require(2 * len(exceptions) == len(listed), step, rule, "S2", "a sample is listed twice")
    for i in exceptions:
        require(0 <= i < len(claim.nu) and claim.nu[i] != 0, step, rule, "S2", f"sample {i} has no dual variable")
    scale = max(bits, SLOPE_BITS)
    one = 1 << scale
    slopes = []
    for i, (nu, lower, upper) in enumerate(zip(claim.nu, *node, strict=True)):
        if i in exceptions:
            slope = exceptions[i] << (scale - bits)
        elif nu == 0 or upper <= 0:
            slope = 0
        elif lower >= 0:
            slope = one
        elif nu < 0:
            slope = one if dot(claim.rows[i], hint) > 0 else 0
        else:
            slope = secant_slope(lower, upper) << (scale - SLOPE_BITS)
        slopes.append(slope)
    return slopes, scale


def _constant(nu: int, slope: int, one: int, lower: int, upper: int) -> int:
    """max of nu_i relu(t) - c_i t over the ends of [L, U] and 0 if it lies between, for c_i = nu_i slope / one."""
    values = [nu * (t * (one - slope) if t > 0 else -t * slope) for t in (lower, upper)]
    return max(*values, 0) if lower < 0 < upper else max(values)


def _bound(claim: SphereClaim, node: Intervals, record: list[Any], rule: str, step: str) -> tuple[IntVector, int, int]:
    """(m, scale, gap): z = m / 2^scale and T - kappa = gap / (denominator 2^(scale + INTERVAL_BITS))."""
    slopes, scale = _slopes(claim, node, record, rule, step)
    m = [0] * claim.dimension
    kappa = 0
    for slope, nu, row, lower, upper in zip(slopes, claim.nu, claim.rows, *node, strict=True):
        if nu:
            if slope:
                c = nu * slope
                m = [a + c * x for a, x in zip(m, row, strict=True)]
            kappa += _constant(nu, slope, 1 << scale, lower, upper)
    return m, scale, (claim.numerator << (scale + INTERVAL_BITS)) - claim.denominator * kappa


def sign_leaf(claim: SphereClaim, node: Intervals, record: list[Any], step: str) -> None:
    """Close the node: |z| + kappa <= T."""
    rule = "sign_leaf"
    m, _, gap = _bound(claim, node, record, rule, step)
    require(gap >= 0, step, rule, "S3", "kappa is larger than the threshold")
    holds = dot(m, m) * (claim.denominator << INTERVAL_BITS) ** 2 <= gap * gap
    require(holds, step, rule, "S4", "|z| + kappa is above the threshold")


def sign_cap(claim: SphereClaim, node: Intervals, record: list[Any], step: str) -> Intervals:
    """The intervals of the violators of the node."""
    rule = "sign_cap"
    m, _, gap = _bound(claim, node, record, rule, step)
    unit, square = claim.denominator << INTERVAL_BITS, dot(m, m)
    above = square > 0 and (gap > 0 or gap * gap < square * unit * unit)
    require(above, step, rule, "S3", "T - kappa is not above -|z|, or z is 0")
    region = Cap.of(square, gap, unit)
    lowers, uppers = [], []
    for row, norm, nu, lower, upper in zip(claim.rows, claim.squared_norms, claim.nu, *node, strict=True):
        if nu and lower < 0 < upper:
            low, high = region.interval(dot(row, m), norm)
            lower, upper = max(lower, low), min(upper, high)
        lowers.append(lower)
        uppers.append(upper)
    return lowers, uppers


def sign_tree(claim: SphereClaim, records: Iterator[Any], tally: Counter[str], step: str) -> None:
    """Replay the tree, in preorder, without recursion."""
    require(not claim.free, step, "sign_tree", "S1", "needs every coordinate to be penalised")
    ends = [sqrt_up(norm << (2 * INTERVAL_BITS)) for norm in claim.squared_norms]
    open_nodes: list[Intervals] = [([-end for end in ends], ends)]
    count = 0
    while open_nodes:
        record: Any = next(records, None)
        where = f"{step} record {count}"
        require(isinstance(record, list) and len(record) > 0, where, "sign_tree", "S2", "the tree ends too early")
        kind = record[0]
        if kind == "L":
            sign_leaf(claim, open_nodes.pop(), record, where)
            tally["sign_leaf"] += 1
        elif kind == "B":
            shaped = len(record) == 2 and type(record[1]) is int and 0 <= record[1] < len(claim.rows)
            require(shaped, where, "sign_branch", "S1", "not a sample")
            i = record[1]
            lowers, uppers = open_nodes.pop()
            below = (lowers, [*uppers[:i], min(uppers[i], 0), *uppers[i + 1 :]])
            above = ([*lowers[:i], max(lowers[i], 0), *lowers[i + 1 :]], uppers)
            open_nodes += [above, below]
            tally["sign_branch"] += 1
        elif kind == "K":
            open_nodes[-1] = sign_cap(claim, open_nodes[-1], record, where)
            tally["sign_cap"] += 1
        else:
            raise CertificateError(where, "sign_tree", "S2", "unknown kind of record")
        count += 1
    require(all(False for _ in records), f"{step} record {count}", "sign_tree", "S2", "records after the end")
