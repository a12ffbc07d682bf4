"""Proving phi_nu(u) <= T |u| for both signs with whichever branch and bound fits, within limits."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np

from relucert.certify.claim import spell_rational
from relucert.certify.search.basis import integer_basis
from relucert.certify.search.cones import ConeResult, Limits, SphereTask, search_cones
from relucert.certify.search.cones import records as cone_records
from relucert.certify.search.dual import FloatArray
from relucert.certify.search.signs import SignResult, search_signs
from relucert.certify.search.signs import records as sign_records

# Up to this many generators the 2^r root cones are few, and cones are tried before signs.
EASY_RANK = 7
# Beyond this many generators the root cones alone are too many.
LARGEST_RANK = 12
# What the sign search may spend when cones come next.
SIGN_SECONDS = 2.0

# Called with (sign and part of the proof, nodes so far, open nodes, proved max phi / T so far).
Progress = Callable[[str, int, int, float], None]


@dataclass
class Part:
    """A search for one statement: ``kink`` is None, or the sample j of a part of a free_bias_split."""

    sign: int
    kink: int | None
    result: ConeResult | SignResult
    basis: Any = None

    def proof(self) -> Any:
        if isinstance(self.result, ConeResult):
            return {"rule": "cone_cover", "basis": [[int(v) for v in row] for row in self.basis]}
        return {"rule": "sign_tree"}

    def trees(self, ratio: float) -> list[list[Any]]:
        if isinstance(self.result, ConeResult):
            return cone_records(self.result, ratio)
        return [sign_records(self.result, ratio)]


@dataclass
class Search:
    """The outcome for both signs: proved up to T * bound; violators are directions with phi > T |u| (penalised part)."""

    parts: list[Part] = field(default_factory=list)
    bound: float = 0.0
    violators: list[FloatArray] = field(default_factory=list)
    nodes: int = 0
    stopped: bool = False

    def add(self, part: Part) -> None:
        self.parts.append(part)
        self.nodes += part.result.nodes
        self.bound = max(self.bound, part.result.bound)
        self.stopped |= part.result.status == "stopped"

    def emit(self, ratio: float, split: bool) -> tuple[tuple[Any, Any], list[list[Any]]]:
        """JSON proofs for + and -, and the trees in the order in which the checker consumes them."""
        proofs, trees = [], []
        for sign in (1, -1):
            mine = [part for part in self.parts if part.sign == sign]
            if split:
                listed = [{"kink": part.kink, "proof": part.proof()} for part in mine]
                proofs.append({"rule": "free_bias_split", "parts": listed})
            else:
                proofs.append(mine[0].proof())
            for part in mine:
                trees += part.trees(ratio)
        return (proofs[0], proofs[1]), trees


def prove_sphere(
    rows: FloatArray,
    nu: FloatArray,
    threshold: float,
    *,
    free_hidden_bias: bool,
    limits: Limits,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> Search:
    """Prove ``|phi_nu(u)| <= threshold |u|`` for all u, or find violators, or bound it as well as the limits allow."""
    search = Search()
    statements = list(_statements(rows, nu, free_hidden_bias))
    basis = integer_basis(statements[0][2], nu) if statements else None
    for done, (sign, kink, shifted) in enumerate(statements):
        share = _share(limits, len(statements) - done, search.nodes)
        label = ("+" if sign > 0 else "-") + ("" if kink is None else f" kink {kink}")
        task = SphereTask(shifted, sign * nu, threshold, basis)

        def report(nodes: int, open_nodes: int, bound: float, label: str = label, before: int = search.nodes) -> None:
            if progress is not None:
                progress(label, before + nodes, open_nodes, max(bound, search.bound))

        result = _prove_one(task, share, executor, report)
        if result.status == "violated":
            search.nodes += result.nodes
            search.violators = [_with_bias(u, kink, rows) for u in result.violators]
            return search
        search.add(Part(sign, kink, result, basis))
    return search


def _statements(rows: FloatArray, nu: FloatArray, free: bool) -> Iterator[tuple[int, int | None, FloatArray]]:
    """(sign, kink, rows) of the bias-free statements, in the order of the certificate."""
    for sign in (1, -1):
        if not free:
            yield sign, None, rows
        else:
            for kink in np.flatnonzero(sign * nu < 0).tolist():
                yield sign, kink, rows - rows[kink]


def _share(limits: Limits, remaining: int, used: int) -> Limits:
    """An equal share of the time that is left."""
    now = time.monotonic()
    deadline = now + max(0.0, limits.deadline - now) / remaining
    return Limits(max(1, limits.nodes - used), deadline, limits.memory_bytes)


def _with_bias(direction: FloatArray, kink: int | None, rows: FloatArray) -> FloatArray:
    """A violator of a part of a free_bias_split as a direction (w, b): b = -x_j.w."""
    return direction if kink is None else np.append(direction, -float(rows[kink] @ direction))


def _prove_one(
    task: SphereTask, limits: Limits, executor: Executor | None, report: Callable[[int, int, float], None]
) -> ConeResult | SignResult:
    rank = len(task.basis)
    if rank <= EASY_RANK:
        return search_cones(task, limits=limits, executor=executor, progress=report)
    first = limits
    if rank <= LARGEST_RANK:
        first = Limits(limits.nodes, min(limits.deadline, time.monotonic() + SIGN_SECONDS), limits.memory_bytes)
    signs = search_signs(
        task.rows, task.nu, task.threshold, limits=first, executor=executor, progress=report
    )
    if signs.status != "stopped" or rank > LARGEST_RANK:
        return signs
    cones = search_cones(task, limits=limits, executor=executor, progress=report)
    return cones if cones.status == "violated" or cones.bound <= signs.bound else signs


def singular_value_proofs(
    rows: FloatArray, nu: FloatArray, free_hidden_bias: bool
) -> tuple[tuple[Any, Any], Fraction]:
    """Proofs by the largest singular value, and the threshold they give; no search."""
    bounds: list[Fraction] = []
    proofs: list[Any] = [[], []]
    for sign, kink, shifted in _statements(rows, nu, free_hidden_bias):
        square = float(np.linalg.norm(shifted, 2)) ** 2 if shifted.size else 0.0
        bound = Fraction(square * (1 + 1e-9) + 1e-300)
        bounds.append(bound)
        proof = {"rule": "singular_value", "bound": spell_rational(bound)}
        proofs[0 if sign > 0 else 1].append(proof if kink is None else {"kink": kink, "proof": proof})
    both = [{"rule": "free_bias_split", "parts": part} if free_hidden_bias else part[0] for part in proofs]
    length = float(np.linalg.norm(nu)) * float(max(bounds, default=Fraction(0))) ** 0.5
    return (both[0], both[1]), Fraction(length * (1 + 1e-9))

