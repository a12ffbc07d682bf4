"""Proving phi_nu(u) <= T |u| for both signs with whichever branch and bound fits, within limits."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

import numpy as np

from relucert.certify.claim import spell_rational
from relucert.certify.search.basis import integer_basis
from relucert.certify.search.cones import ConeResult, Limits, SphereTask, compiled_available, search_cones
from relucert.certify.search.cones import records as cone_records
from relucert.certify.search.deadline import Deadline
from relucert.certify.search.dual import FloatArray
from relucert.certify.search.resume import Start
from relucert.certify.search.signs import SignResult, search_signs
from relucert.certify.search.signs import records as sign_records

# Up to this many generators the 2^r root cones are few, and cones are tried before signs.
EASY_RANK = 7
# Beyond this many generators the root cones alone are too many (a free hidden bias multiplies them by the kinks).
LARGEST_RANK = 13
MOST_ROOTS = 2**17
# Nodes after which a search in NumPy is given up for the compiled one, where numba is installed.
COMPILED_AFTER = 3000
# What the sign search may spend when cones come next.
SIGN_SECONDS = 2.0
# How long a search may go on after its deadline, besides half the time it has taken.
LEAST_GRACE = 3.0

# Called with (sign of nu, nodes so far, open nodes, proved max phi / T so far).
Progress = Callable[[str, int, int, float], None]


@dataclass
class Half:
    """The search for one sign of nu: one result, or one for every kink of a free_bias_split."""

    sign: int
    kinks: list[int] | None
    basis: Any
    start: Start | None = None
    cones: ConeResult | None = None
    signs: list[SignResult] = field(default_factory=list)

    @property
    def bound(self) -> float:
        if self.cones is not None:
            return self.cones.bound
        return max((result.bound for result in self.signs), default=0.0)

    @property
    def nodes(self) -> int:
        return (0 if self.cones is None else self.cones.nodes) + sum(result.nodes for result in self.signs)

    @property
    def stopped(self) -> bool:
        results = self.signs if self.cones is None else [self.cones]
        return any(result.status == "stopped" for result in results)

    @property
    def statements(self) -> int:
        """One, or one for every kink."""
        return 1 if self.kinks is None else len(self.kinks)

    @property
    def roots(self) -> int:
        """How many trees the proof has."""
        return self.statements << (0 if self.cones is None else len(self.basis))

    def proof(self) -> Any:
        """The certificate's entry, without the trees."""
        rule: Any = {"rule": "sign_tree"}
        if self.cones is not None or len(self.basis) == 0:
            rule = {"rule": "cone_cover", "basis": [[int(v) for v in row] for row in self.basis]}
        if self.kinks is None:
            return rule
        return {"rule": "free_bias_split", "parts": [{"kink": kink, "proof": rule} for kink in self.kinks]}

    def trees(self, ratio: float, deadline: float) -> list[list[Any]]:
        """The records of every tree, in the order of the roots."""
        if len(self.basis) == 0:  # phi is zero everywhere
            leaf = ["L", 0, [0] * self.basis.shape[1], 0, []]
            return [[leaf] for _ in range(self.statements)]
        if self.cones is not None:
            return list(cone_records(self.cones, ratio, deadline))
        return [sign_records(result, ratio, deadline) for result in self.signs]


@dataclass
class Search:
    """The outcome for both signs: proved up to T * bound; violators are directions with phi > T |u|."""

    halves: list[Half] = field(default_factory=list)
    violators: FloatArray | None = None
    nodes: int = 0

    @property
    def bound(self) -> float:
        return max((half.bound for half in self.halves), default=0.0)

    @property
    def stopped(self) -> bool:
        return any(half.stopped for half in self.halves)

    @property
    def roots(self) -> int:
        """How many trees the proofs have."""
        return sum(half.roots for half in self.halves)

    def emit(self, ratio: float, deadline: float = float("inf")) -> tuple[tuple[Any, Any], list[list[Any]]]:
        """JSON proofs for + and -, and the trees in the order in which the checker consumes them.

        Raises
        ------
        NotWritten : a search that was stopped is repeated at its bound, which did not end before the deadline.
        """
        plus, minus = self.halves
        return (plus.proof(), minus.proof()), plus.trees(ratio, deadline) + minus.trees(ratio, deadline)


def prove_sphere(
    rows: FloatArray,
    nu: FloatArray,
    threshold: float,
    *,
    free_hidden_bias: bool,
    limits: Limits,
    executor: Executor | None = None,
    progress: Progress | None = None,
    starts: Mapping[int, Start] | None = None,
) -> Search:
    """Prove ``|phi_nu(u)| <= threshold |u|`` for all u, or find violators, or bound it as well as the limits allow.

    Raises
    ------
    OutOfTime : even a coarse bound for every statement would take far longer than the limits allow.
    """
    search = Search()
    basis = integer_basis(rows, nu, rows[np.argmax(nu != 0)] if free_hidden_bias else None)
    patience = _Patience(limits)
    for sign in (1, -1):
        kinks = [int(j) for j in np.flatnonzero(sign * nu < 0)] if free_hidden_bias else None
        share = _share(limits, 2 if sign > 0 else 1, search.nodes)

        def report(nodes: int, open_nodes: int, bound: float, sign: int = sign, before: int = search.nodes) -> None:
            patience.check()
            if progress is not None:
                progress("+" if sign > 0 else "-", before + nodes, open_nodes, max(bound, search.bound))

        start = (starts or {}).get(sign)
        if start is None or start.kinks != kinks or start.basis.shape != basis.shape:
            start = None
        half = Half(sign, kinks, basis if start is None else start.basis, start)
        half, violators = _prove_half(half, rows, nu, threshold, share, executor, report)
        search.nodes += half.nodes
        if violators is not None:
            search.violators = _with_best_bias(violators, rows, sign * nu) if free_hidden_bias else violators
            return search
        search.halves.append(half)
    return search


class OutOfTime(Exception):
    """The search was abandoned long after its deadline."""


class _Patience:
    """After the deadline every statement still needs some bound, which takes a while; but not for ever."""

    def __init__(self, limits: Limits) -> None:
        self.deadline, self.started = limits.deadline, time.monotonic()
        self.give_up = float("inf")

    def check(self) -> None:
        now = time.monotonic()
        if now >= self.deadline and self.give_up == float("inf"):
            self.give_up = now + LEAST_GRACE + 0.5 * (now - self.started)
        if now > self.give_up:
            raise OutOfTime


def _share(limits: Limits, remaining: int, used: int) -> Limits:
    """An equal share of the time that is left."""
    return replace(limits, nodes=max(1, limits.nodes - used), deadline=Deadline.of(limits.deadline).share(remaining))


def _with_best_bias(directions: FloatArray, rows: FloatArray, nu: FloatArray) -> FloatArray:
    """(w, b) with the kink b = -x_j.w at which phi(w, b) is largest."""
    result = np.zeros((len(directions), directions.shape[1] + 1))
    for place, direction in enumerate(directions):
        heights = rows @ direction
        order = np.argsort(-heights)
        total, moment = np.cumsum(nu[order]), np.cumsum(nu[order] * heights[order])
        best = int(np.argmax(moment - total * heights[order]))
        result[place] = np.append(direction, -heights[order][best])
    return result


def _prove_half(
    half: Half,
    rows: FloatArray,
    nu: FloatArray,
    threshold: float,
    limits: Limits,
    executor: Executor | None,
    report: Callable[[int, int, float], None],
) -> tuple[Half, FloatArray | None]:
    """One sign; the second value are violators, if any."""
    rank = len(half.basis)
    statements = half.statements
    if statements == 0 or rank == 0:  # no concave kink, or no sample that matters: phi is never positive
        return half, None
    signed = half.sign * nu
    cones_fit = rank <= LARGEST_RANK and statements << rank <= MOST_ROOTS
    if half.start is None and (rank > EASY_RANK or not cones_fit):
        first = limits
        if cones_fit:
            first = replace(limits, deadline=Deadline.of(limits.deadline).at_most(time.monotonic() + SIGN_SECONDS))
        violators = _try_signs(half, rows, signed, threshold, first, executor, report)
        if violators is not None or not cones_fit or not half.stopped:
            return half, violators
    shifts = None if half.kinks is None else rows[half.kinks]
    task = SphereTask(rows, signed, threshold, half.basis, shifts)
    cones = _search_cones(task, limits, executor, report, None if half.start is None else half.start.trees)
    if cones.status == "violated":
        return half, cones.violators
    if not half.signs or cones.bound <= half.bound:
        half.cones, half.signs = cones, []
    return half, None


def _search_cones(
    task: SphereTask,
    limits: Limits,
    executor: Executor | None,
    report: Callable[[int, int, float], None],
    start: list[list[Any]] | None,
) -> ConeResult:
    """NumPy first: most searches end before numba has loaded its code.  The rule does not look at the clock."""
    compiled = compiled_available()
    if start is not None or not compiled or limits.nodes <= COMPILED_AFTER:
        return search_cones(
            task,
            limits=limits,
            executor=executor,
            progress=report,
            start=start,
            compiled=compiled and start is not None,
        )
    first = replace(limits, nodes=COMPILED_AFTER)
    result = search_cones(task, limits=first, executor=executor, progress=report)
    if result.status != "stopped" or result.nodes < COMPILED_AFTER:
        return result
    return search_cones(task, limits=limits, executor=executor, progress=report, compiled=True)


def _try_signs(
    half: Half,
    rows: FloatArray,
    nu: FloatArray,
    threshold: float,
    limits: Limits,
    executor: Executor | None,
    report: Callable[[int, int, float], None],
) -> FloatArray | None:
    """Sign trees for every statement of the half; returns violators."""
    pivots = [None] if half.kinks is None else half.kinks
    for done, kink in enumerate(pivots):
        before = half.nodes
        share = _share(limits, len(pivots) - done, before)

        def total(nodes: int, open_nodes: int, bound: float, before: int = before) -> None:
            report(before + nodes, open_nodes, max(bound, half.bound))

        shifted = rows if kink is None else rows - rows[kink]
        result = search_signs(shifted, nu, threshold, limits=share, executor=executor, progress=total)
        if result.status == "violated":
            return result.violators
        half.signs.append(result)
    return None


def singular_value_proofs(rows: FloatArray, nu: FloatArray, free_hidden_bias: bool) -> tuple[tuple[Any, Any], Fraction]:
    """Proofs by the largest singular value for both signs, and the threshold they give; no search."""
    bounds: list[Fraction] = []

    def one(shifted: FloatArray) -> Any:
        square = float(np.linalg.norm(shifted, 2)) ** 2
        bounds.append(Fraction(square * (1 + 1e-9) + 1e-300))
        return {"rule": "singular_value", "bound": spell_rational(bounds[-1])}

    if not free_hidden_bias:
        both = one(rows)
        proofs = (both, both)
    else:
        parts = [
            [{"kink": int(j), "proof": one(rows - rows[j])} for j in np.flatnonzero(sign * nu < 0)] for sign in (1, -1)
        ]
        plus, minus = ({"rule": "free_bias_split", "parts": part} for part in parts)
        proofs = (plus, minus)
    length = float(np.linalg.norm(nu)) * float(max(bounds, default=Fraction(0))) ** 0.5
    return proofs, Fraction(length * (1 + 1e-9))
