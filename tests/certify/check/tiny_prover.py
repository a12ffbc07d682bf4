"""A small independent prover: certificates for a few samples in at most three dimensions.

It shares no code with the checker.  Directions are chosen in floats, with a margin of about 1e-8, so that it proves a
threshold which is above the true maximum by more than that, and writes a certificate that must be refused otherwise.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import product
from math import gcd
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import nnls

from tests.certify.check.build import SIGN_TREE, cone_cover, free_bias_split

Json = Any
FloatArray = NDArray[np.float64]
SHIFT = 40
MARGIN = 1e-8


@dataclass(frozen=True)
class Claim:
    """sum_i nu_i relu(rows_i.u) <= threshold |u|; free: the last coordinate of u does not count in |u|.

    rows : (n, D) integers.  nu : (n,) integers.
    """

    rows: tuple[tuple[int, ...], ...]
    nu: tuple[int, ...]
    threshold: Fraction
    free: bool = False

    @property
    def dimension(self) -> int:
        return len(self.rows[0])


def dot(left: Any, right: Any) -> int:
    return sum(int(a) * int(b) for a, b in zip(left, right, strict=True))


def shortest(generators: FloatArray, bounds: FloatArray) -> FloatArray | None:
    """The shortest z with generators @ z >= bounds, or None if there is none (Lawson & Hanson's LDP)."""
    scale = max(float(np.abs(bounds).max(initial=0)), 1e-300)
    system = np.vstack([generators.T, bounds[None, :] / scale])
    target = np.zeros(system.shape[0])
    target[-1] = 1
    solution, _ = nnls(system, target)
    residual = system @ solution - target
    if abs(residual[-1]) < 1e-10:
        return None
    return np.asarray(-residual[:-1] / residual[-1] * scale)


def maximum(claim: Claim, unit: int = 1) -> float:
    """max of phi(u) / |u| / unit, at least 0, from all 2^n activation patterns (Lemma 6 for a free hidden bias)."""
    if claim.free:
        kinks = [j for j, nu in enumerate(claim.nu) if nu < 0]
        return max((maximum(part(claim, j), unit) for j in kinks), default=0.0)
    active = [i for i, nu in enumerate(claim.nu) if nu != 0]
    rows = np.array([[v / unit for v in row] for row in claim.rows])[active]
    nu = np.array(claim.nu, float)[active]
    best = 0.0
    for pattern in product((-1.0, 1.0), repeat=len(active)):
        signs = np.array(pattern)
        total = rows.T @ (nu * (signs > 0))
        best = max(best, float(nnls((signs[:, None] * rows).T, -total)[1])) if active else 0.0
    return best


def part(claim: Claim, kink: int) -> Claim:
    pivot = claim.rows[kink]
    rows = tuple(tuple(a - b for a, b in zip(row[:-1], pivot[:-1], strict=True)) for row in claim.rows)
    return Claim(rows, claim.nu, claim.threshold)


# ------------------------------------------------------------------------------------------------------------ cones


@dataclass
class _Cone:
    generators: list[list[int]]
    sign: dict[int, int]  # decided samples: +1 or -1
    secants: dict[int, tuple[float, float]] = field(default_factory=dict)  # sample -> (slope, constant)


@dataclass
class ConeProver:
    """Branch and bound on cones.

    Attributes
    ----------
    caps : whether to try caps.  records : how many it may still write.
    bluff : close a node that cannot be closed all the same, with a record that looks right.
    """

    claim: Claim
    caps: bool = True
    records: int = 400
    bluff: bool = False

    def prove(self, basis: list[list[int]]) -> list[Json] | None:
        """The 2^r trees, or None when the budget is used up."""
        trees = []
        for orthant in range(1 << len(basis)):
            generators = [[-v for v in row] if orthant >> k & 1 else list(row) for k, row in enumerate(basis)]
            tree: list[Json] = []
            if not self._node(_Cone(generators, {}), tree, 0):
                return None
            trees.append(tree)
        return trees

    def _decide(self, node: _Cone) -> None:
        for i, (row, nu) in enumerate(zip(self.claim.rows, self.claim.nu, strict=True)):
            if nu == 0 or i in node.sign:
                continue
            products = [dot(row, v) for v in node.generators]
            if all(p >= 0 for p in products):
                node.sign[i] = 1
            elif all(p <= 0 for p in products):
                node.sign[i] = -1

    def _bound(self, node: _Cone) -> tuple[list[int], list[int], float, FloatArray] | None:
        """(m, exceptions, kappa, z) of the shortest z that two rounds of choosing c find."""
        claim = self.claim
        V = np.array(node.generators, float)
        lengths = np.linalg.norm(V, axis=1)
        rows = np.array(claim.rows, float)
        guess = V.sum(axis=0)
        best = None
        for _ in range(3):
            h = np.zeros(len(V))
            kappa, exceptions = 0.0, []
            for i, nu in enumerate(claim.nu):
                t = V @ rows[i]
                if nu == 0 or node.sign.get(i) == -1:
                    continue
                if node.sign.get(i) == 1:
                    h += nu * t
                elif nu < 0:
                    full = float(rows[i] @ guess) > 0
                    exceptions += [i, int(full)]
                    h += nu * t * full
                elif i in node.secants:
                    slope, constant = node.secants[i]
                    h += slope * t
                    kappa += constant
                else:
                    h += nu * np.maximum(t, 0)
            A = V / lengths[:, None]
            h = h / lengths
            usable = A[:, :-1] if claim.free else A
            z = shortest(usable, h)
            if z is None:
                return None
            z = z + MARGIN * float(claim.threshold) * usable.sum(axis=0)
            if claim.free:
                z = np.append(z, 0.0)
            if best is None or np.linalg.norm(z) + kappa < np.linalg.norm(best[3]) + best[2]:
                m = [round(v / float(claim.threshold) * 2.0**SHIFT) for v in z]
                z = np.array(m, float) / 2.0**SHIFT * float(claim.threshold)
                best = (m, exceptions, kappa, z)
            guess = z
        return best

    def _node(self, node: _Cone, tree: list[Json], depth: int) -> bool:
        self._decide(node)
        threshold = float(self.claim.threshold)
        for round_ in range(3):
            self.records -= 1
            if self.records < 0 or (bound := self._bound(node)) is None:
                break
            m, exceptions, kappa, z = bound
            if np.linalg.norm(z) + kappa <= threshold * (1 - MARGIN):
                tree.append(["L", SHIFT, m, 0, exceptions])
                return True
            tau = threshold - kappa
            if not self.caps or self.claim.free or round_ == 2 or tau <= 1e-3 * threshold or not any(m):
                break
            tree.append(["K", SHIFT, m, 0, exceptions, self._cap(node, z, tau)])
        edge = self._edge(node) if self.records > 0 and not (self.bluff and depth > 3) else None
        if edge is None:
            if self.bluff:
                tree.append(self._bluffed(node))
            return self.bluff
        a, b, p, q = edge
        tree.append(["S", a, b, p, q])
        new = [p * s + q * t for s, t in zip(node.generators[a], node.generators[b], strict=True)]
        for replaced in (a, b):
            generators = [new if k == replaced else v for k, v in enumerate(node.generators)]
            if not self._node(_Cone(generators, dict(node.sign)), tree, depth + 1):
                return False
        return True

    def _bluffed(self, node: _Cone) -> Json:
        """A leaf that fails: z is shortened until |z| + kappa <= T, so that only z.v_k >= h_k is wrong."""
        bound = self._bound(node)
        if bound is None:
            return ["L", 0, [0] * self.claim.dimension, 0, []]
        m, exceptions, kappa, z = bound
        room = max(0.0, float(self.claim.threshold) - kappa) / (float(np.linalg.norm(z)) or 1.0)
        return ["L", SHIFT, [int(v * min(1.0, room)) for v in m], 0, exceptions]

    def _cap(self, node: _Cone, z: FloatArray, tau: float) -> list[int]:
        """Decide samples on {z.u > tau} (with a margin) and choose secants; returns their list."""
        node.secants = {}
        Z = float(z @ z)
        for i, nu in enumerate(self.claim.nu):
            if nu <= 0 or i in node.sign:
                continue
            x = np.array(self.claim.rows[i], float)
            A, N = float(x @ z), float(x @ x)
            rest = math.sqrt(max(0.0, N * Z - A * A) * max(0.0, Z - tau * tau))
            upper = math.sqrt(N) if A > 0 and A * A >= tau * tau * N else (A * tau + rest) / Z
            lower = -math.sqrt(N) if A < 0 and A * A >= tau * tau * N else (A * tau - rest) / Z
            slack = 1e-9 * math.sqrt(N)
            if lower >= slack:
                node.sign[i] = 1
            elif upper <= -slack:
                node.sign[i] = -1
            elif lower < -slack and upper > slack:
                slope = nu * upper / (upper - lower)
                node.secants[i] = (slope, -slope * lower)
        return list(node.secants)

    def _edge(self, node: _Cone) -> tuple[int, int, int, int] | None:
        """The edge and weights that put the first undecided sample's hyperplane through the new generator."""
        r = len(node.generators)
        for i, nu in sorted(enumerate(self.claim.nu), key=lambda item: -abs(item[1])):
            t = [dot(self.claim.rows[i], v) for v in node.generators]
            if nu and min(t) < 0 < max(t):
                a, b = t.index(min(t)), t.index(max(t))
                common = gcd(t[a], t[b])
                return a, b, t[b] // common, -t[a] // common
        lengths = [math.sqrt(dot(v, v)) for v in node.generators]
        edges = [(a, b) for a in range(r) for b in range(a)]
        if not edges:
            return None

        def cosine(edge: tuple[int, int]) -> float:
            return dot(node.generators[edge[0]], node.generators[edge[1]]) / lengths[edge[0]] / lengths[edge[1]]

        a, b = min(edges, key=cosine)
        ratio = Fraction(lengths[b] / lengths[a]).limit_denominator(8)
        return a, b, max(1, ratio.numerator), max(1, ratio.denominator)


# ------------------------------------------------------------------------------------------------------- sign trees


def sign_records(claim: Claim, cap: bool = False) -> list[Json]:
    """Branch on every sample with nu_i != 0 and close each pattern with its shortest z (enough or not)."""
    active = [i for i, nu in enumerate(claim.nu) if nu != 0]
    rows, nu = np.array(claim.rows, float), np.array(claim.nu, float)
    hint = [0] * claim.dimension
    records: list[Json] = [["K", 0, hint, 0, []]] if cap else []

    def node(signs: tuple[int, ...]) -> None:
        if len(signs) < len(active):
            records.append(["B", active[len(signs)]])
            node((*signs, -1))
            node((*signs, 1))
            return
        s = np.array(signs, float)
        chosen = rows[active]
        total = chosen.T @ (nu[active] * (s > 0)) if active else np.zeros(claim.dimension)
        multipliers = nnls((s[:, None] * chosen).T, -total)[0] if active else []
        exceptions: list[int] = []
        for i, sign, multiplier in zip(active, signs, multipliers, strict=True):
            # c_i >= nu_i where x_i.u >= 0 and c_i <= 0 where x_i.u <= 0 is free; k is c_i / nu_i in units of 2^-SHIFT
            c = (nu[i] if sign > 0 else 0.0) + sign * multiplier
            k = c / nu[i] * 2.0**SHIFT
            exceptions += [i, math.ceil(k) if (sign > 0) == (nu[i] > 0) else math.floor(k)]
        records.append(["L", 0, hint, SHIFT, exceptions])

    node(())
    return records


# --------------------------------------------------------------------------------------------------- both together


def identity(size: int) -> list[list[int]]:
    return [[int(i == j) for j in range(size)] for i in range(size)]


def prove(claim: Claim, rule: str, caps: bool = True, bluff: bool = False) -> tuple[Json, list[Json]] | None:
    """(PROOF, trees) by the named rule, or None when the budget is used up."""
    if rule == "sign_tree":
        return SIGN_TREE, [sign_records(claim)]
    if rule == "free_bias_split":
        parts, trees = [], []
        for j in [j for j, nu in enumerate(claim.nu) if nu < 0]:
            inner = prove(part(claim, j), "sign_tree" if j % 2 else "cone_cover", caps, bluff)
            if inner is None:
                return None
            parts.append((j, inner[0]))
            trees += inner[1]
        return free_bias_split(*parts), trees
    basis = identity(claim.dimension)
    trees_or_none = ConeProver(claim, caps, 40 if bluff else 400, bluff).prove(basis)
    return None if trees_or_none is None else (cone_cover(*basis), trees_or_none)


def negated(claim: Claim) -> Claim:
    return Claim(claim.rows, tuple(-v for v in claim.nu), claim.threshold, claim.free)


def both_signs(
    claim: Claim, rule: str, caps: bool = True, bluff: bool = False
) -> tuple[tuple[Json, Json], list[Json]] | None:
    """((PROOF of +, PROOF of -), all trees)."""
    plus, minus = prove(claim, rule, caps, bluff), prove(negated(claim), rule, caps, bluff)
    if plus is None or minus is None:
        return None
    return (plus[0], minus[0]), plus[1] + minus[1]
