"""Search for a proof of phi(u) = sum_i nu_i relu(x_i.u) <= T |u| by branch and bound over simplicial cones with caps."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from relucert.certify.search.cone_bound import Samples, expand
from relucert.certify.search.cone_frontier import Nodes, split
from relucert.certify.search.cone_records import SplitRecords, TreeLog

FloatArray = NDArray[np.float64]
BATCH = 256


@dataclass(frozen=True)
class SphereTask:
    """phi(u) <= threshold |u|: rows (n, D), nu (n,), basis (r, D) integer vectors that span the rows."""

    rows: FloatArray
    nu: FloatArray
    threshold: float
    basis: NDArray[np.int64]


@dataclass(frozen=True)
class Limits:
    """nodes : most nodes to bound;  deadline : time.monotonic() at which to stop;  memory_bytes : of the open nodes."""

    nodes: int = 10**7
    deadline: float = float("inf")
    memory_bytes: int = 2 * 10**9


@dataclass
class ConeResult:
    status: str
    bound: float
    violators: FloatArray
    nodes: int
    leaves: int
    cap_rounds: int
    log: TreeLog
    roots: list[int]


def prepare(task: SphereTask) -> Samples:
    basis = np.array(task.basis, dtype=np.float64)
    frame = np.linalg.qr(basis.T)[0]
    norms = np.linalg.norm(task.rows, axis=1)
    used = np.flatnonzero((task.nu != 0) & (norms > 0))
    order = used[np.argsort(task.nu[used] < 0, kind="stable")]
    rows = task.rows[order] @ frame
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    weights = task.nu[order] * norms[order] / task.threshold
    return Samples(rows, weights, order, int((weights > 0).sum()), frame)


def _roots(task: SphereTask, data: Samples) -> Nodes:
    basis = np.array(task.basis, dtype=np.float64)
    rank = len(basis)
    count = 2**rank
    bits = (np.arange(count)[:, None] >> np.arange(rank)) & 1
    lengths = np.linalg.norm(basis, axis=1)
    unit = (basis / lengths[:, None]) @ data.frame
    generators = (1.0 - 2.0 * bits)[:, :, None] * unit
    centre = generators.sum(axis=1)
    mask = np.packbits(np.ones((1, len(data.weights)), dtype=np.bool_), axis=1)
    return Nodes(
        generators, np.tile(lengths, (count, 1)), np.zeros((count, rank)), np.tile(mask, (count, 1)),
        centre / np.linalg.norm(centre, axis=1, keepdims=True), np.full(count, np.inf),
        np.arange(count, dtype=np.float64), np.zeros(count, dtype=np.int64), np.arange(count),
    )  # fmt: skip


def search_cones(
    task: SphereTask,
    *,
    limits: Limits = Limits(),
    progress: Callable[[int, int, float], None] | None = None,
    executor: Executor | None = None,
) -> ConeResult:
    data = prepare(task)
    frontier = _roots(task, data)
    log = TreeLog()
    roots = list(range(len(frontier)))
    fresh = len(frontier)
    done = leaves = cap_rounds = 0
    worst = -np.inf
    status = "proved"
    violators = np.zeros((0, len(data.frame)))
    while len(frontier):
        size = max(512, len(frontier) // 4)
        if size < len(frontier):
            part = np.argpartition(-frontier.bound, size)
            chosen = frontier.take(part[:size])
            frontier = frontier.take(part[size:])
        else:
            chosen, frontier = frontier, frontier.take(slice(0, 0))
        chosen = chosen.take(np.argsort(chosen.place, kind="stable"))
        parts = [frontier]
        for start in range(0, len(chosen), BATCH):
            batch = chosen.take(slice(start, start + BATCH))
            result = expand(batch, data)
            done += len(batch)
            leaves += int(result.closed.sum())
            cap_rounds += result.cap_rounds
            log.bounds += result.records
            if result.closed.any():
                worst = max(worst, float(result.bound[result.closed].max()))
            if len(result.violators):
                violators = result.violators @ data.frame.T
                return ConeResult("violated", np.inf, violators, done, leaves, cap_rounds, log, roots)
            if len(result.open_nodes):
                children, edge, child = split(result.open_nodes, result.a, result.b, fresh)
                log.splits.append(SplitRecords(result.open_nodes.identity, edge, child))
                fresh += len(children)
                parts.append(children)
        frontier = Nodes.join(parts)
        if done >= limits.nodes or time.monotonic() > limits.deadline:
            if len(frontier):
                status = "stopped"
                worst = max(worst, float(frontier.bound.max()))
            break
    return ConeResult(status, worst, violators, done, leaves, cap_rounds, log, roots)
