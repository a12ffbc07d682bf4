"""Search for a proof of phi(u) = sum_i nu_i relu(x_i.u) <= T |u| by branch and bound over simplicial cones with caps.

The search is best first, in batches, so that the proved bound falls until the search ends or is stopped. Its records do
not depend on the number of workers: once the frontier is wide enough it is cut into a fixed number of chunks, each of
which is searched on its own, here or in the processes of an executor.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from dataclasses import dataclass, replace
from importlib.util import find_spec
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from relucert.certify.search.cone_bound import Samples, expand
from relucert.certify.search.cone_frontier import Guide, Nodes, choose_weights, split
from relucert.certify.search.cone_records import Record, SplitRecords, TreeLog, guide_from_log, guide_from_records
from relucert.certify.search.deadline import NotWritten

FloatArray = NDArray[np.float64]
Progress = Callable[[int, int, float], None]

CHUNKS = 8
WIDE = 4096  # open nodes at which the frontier is cut into chunks
BATCH_ENTRIES = 4_000_000  # nodes * generators * samples of a batch
BATCH_LEAST, BATCH_MOST = 32, 1536
MOST_ROOTS = 2**16
BOUND_MARGIN = 1e-9  # a stopped search adds this to its bound, so that the records at the bound leave room for rounding


@dataclass(frozen=True)
class SphereTask:
    """phi(u) = sum_i nu_i relu(x_i.u) <= threshold |u| for all u.

    rows : (n, D);  nu : (n,);  basis : (r, D) integer vectors that span the rows;
    shifts : (J, D) or None: then there are J claims, the j-th with the rows x_i - shifts[j] (which the basis spans).
    """

    rows: FloatArray
    nu: FloatArray
    threshold: float
    basis: NDArray[np.int64]
    shifts: FloatArray | None = None


@dataclass(frozen=True)
class Limits:
    """nodes : most nodes;  deadline : time.monotonic() at which to stop;  memory_bytes : of the open nodes."""

    nodes: int = 10**9
    deadline: float = float("inf")
    memory_bytes: int = 2 * 10**9


@dataclass
class ConeResult:
    """What a search found.

    bound : phi <= bound * threshold * |u| is proved (at most 1 if and only if status is "proved", inf if "violated");
    violators : (k, D) unit vectors with phi(u) > threshold;  logs : one per claim (one claim unless there are shifts).
    """

    task: SphereTask
    status: Literal["proved", "violated", "stopped"]
    bound: float
    violators: FloatArray
    nodes: int
    leaves: int
    logs: list[TreeLog]
    compiled: bool = False


def search_cones(
    task: SphereTask,
    *,
    limits: Limits | None = None,
    progress: Progress | None = None,
    executor: Executor | None = None,
    start: Sequence[list[Record]] | None = None,
    compiled: bool = False,
) -> ConeResult:
    """Prove the claim(s), or find violators, or return the best bound at a limit.

    progress : called with (nodes so far, open nodes, bound);  start : trees of an earlier search whose splits are
    repeated as long as they are needed (one per root, as `records` returns them);  compiled : bound the nodes in
    machine code (needs numba; three to six times faster, after a compilation of half a minute that numba caches).
    """
    guides = [None] * _claims(task) if start is None else guide_from_records(start, 2 ** len(task.basis))
    return _search(task, limits or Limits(), progress, executor, guides, compiled)


def records(result: ConeResult, ratio: float = 1.0, deadline: float = float("inf")) -> list[list[Record]]:
    """The trees that prove phi(u) <= ratio * threshold * |u|, for ratio >= result.bound.

    One list of records per root cone, claim by claim. They are ready after a proof at ratio 1; in any other case the
    splits are replayed at the new threshold, where many of them turn out not to be needed.

    Raises
    ------
    NotWritten : the replay did not end before the deadline, or not at all.
    """
    if result.status == "violated" or not ratio >= result.bound:
        raise ValueError(f"records: ratio {ratio!r} is below the proved bound {result.bound!r}; ask for that or more")
    if ratio != 1.0 or result.status != "proved":
        roots = 2 ** len(result.task.basis)
        guides = [guide_from_log(log, roots) for log in result.logs]
        task = replace(result.task, threshold=result.task.threshold * ratio)
        result = _search(task, Limits(deadline=deadline), None, None, guides, result.compiled)
        if result.status != "proved":
            raise NotWritten
    return [tree for log in result.logs for tree in log.assemble(2 ** len(result.task.basis))]


def compiled_available() -> bool:
    """Whether `compiled` may be asked for."""
    return find_spec("numba") is not None


def _claims(task: SphereTask) -> int:
    return 1 if task.shifts is None else len(task.shifts)


def _search(
    task: SphereTask,
    limits: Limits,
    progress: Progress | None,
    executor: Executor | None,
    guides: Sequence[Guide | None],
    compiled: bool,
) -> ConeResult:
    if 2 ** len(task.basis) > MOST_ROOTS:
        raise ValueError(f"search_cones: rank {len(task.basis)} needs too many root cones; use sign branching")
    result = ConeResult(task, "proved", 0.0, np.zeros((0, task.rows.shape[1])), 0, 0, [], compiled)
    for j, guide in enumerate(guides):
        data = _samples(task, None if task.shifts is None else task.shifts[j])
        searches = [_Search(data, _roots(task, data, guide), 2 ** len(task.basis), guide, compiled)]
        log = searches[0].log
        for running in _advance(searches, replace(limits, nodes=limits.nodes - result.nodes), executor):
            if progress is not None:
                bound = max(result.bound, *(search.bound() for search in running))
                nodes = result.nodes + sum(search.nodes for search in running)
                progress(nodes, sum(len(search.frontier) for search in running), bound)
        for search in searches[1:]:
            log.bounds += search.log.bounds
            log.splits += search.log.splits
        result.logs.append(log)
        result.nodes += sum(search.nodes for search in searches)
        result.leaves += sum(search.leaves for search in searches)
        result.bound = max(result.bound, *(search.bound() for search in searches))
        found = [search.violators for search in searches if len(search.violators)]
        if found:
            result.status, result.bound, result.violators = "violated", np.inf, np.concatenate(found) @ data.frame.T
            return result
        if any(len(search.frontier) or search.stuck for search in searches):
            result.status = "stopped"
    if result.status == "stopped":
        result.bound = max(result.bound, 1.0) * (1.0 + BOUND_MARGIN)
    return result


def _samples(task: SphereTask, shift: FloatArray | None) -> Samples:
    rows = np.asarray(task.rows, dtype=np.float64)
    if shift is not None:
        rows = rows - shift
    frame = np.linalg.qr(np.array(task.basis, dtype=np.float64).T)[0]
    norms = np.linalg.norm(rows, axis=1)
    used = np.flatnonzero((task.nu != 0) & (norms > 0))
    order = used[np.argsort(task.nu[used] < 0, kind="stable")]
    unit = rows[order] @ frame
    unit /= np.linalg.norm(unit, axis=1, keepdims=True)
    weights = task.nu[order] * norms[order] / task.threshold
    return Samples(unit, weights, order, int(np.count_nonzero(weights > 0)), frame)


def _roots(task: SphereTask, data: Samples, guide: Guide | None) -> Nodes:
    """The orthants of the basis: generator k is negated when bit k of the orthant's number is set."""
    basis = np.array(task.basis, dtype=np.float64)
    rank, count = len(basis), 2 ** len(basis)
    bits = (np.arange(count)[:, None] >> np.arange(rank)) & 1
    lengths = np.linalg.norm(basis, axis=1)
    generators = (1.0 - 2.0 * bits)[:, :, None] * ((basis / lengths[:, None]) @ data.frame)
    centre = generators.sum(axis=1)
    mask = np.packbits(np.ones((count, len(data.weights)), dtype=np.bool_), axis=1)
    return Nodes(
        generators, np.tile(lengths, (count, 1)), np.zeros((count, rank)), mask,
        centre / np.linalg.norm(centre, axis=1, keepdims=True), np.full(count, np.inf),
        np.arange(count, dtype=np.float64), np.zeros(count, dtype=np.int64),
        np.arange(count) if guide is not None else np.full(count, -1), np.arange(count),
    )  # fmt: skip


class _Search:
    """A best-first search of its own: open nodes, and the log of what was done. Picklable."""

    def __init__(self, data: Samples, frontier: Nodes, fresh: int, guide: Guide | None, compiled: bool) -> None:
        self.data, self.frontier, self.fresh, self.guide, self.compiled = data, frontier, fresh, guide, compiled
        self.log = TreeLog()
        self.nodes = self.leaves = 0
        self.closed_bound = -np.inf
        self.stuck = False  # an open node that is not split: of rank 1, where its bound is exact, or too flat
        self.violators = np.zeros((0, data.rows.shape[1]))
        entries = max(1, data.rows.shape[0] * data.rows.shape[1])
        self.batch = min(BATCH_MOST, max(BATCH_LEAST, BATCH_ENTRIES // entries)) // (4 if compiled else 1)

    def bound(self) -> float:
        return max(self.closed_bound, float(self.frontier.bound.max(initial=-np.inf)))

    def finished(self) -> bool:
        return self.hopeless() or not len(self.frontier) or len(self.violators) > 0

    def hopeless(self) -> bool:
        """Whether the bound is that of a node which cannot be split: the other nodes no longer matter."""
        return self.stuck and bool(self.frontier.bound.max(initial=-np.inf) <= self.closed_bound)

    def step(self, memory_bytes: int, deadline: float) -> None:
        """Bound one batch of open nodes, the worst ones (the deepest ones when memory is short), and split them."""
        frontier = self.frontier
        if len(frontier) > self.batch:
            short = frontier.nbytes > memory_bytes
            order = np.argpartition(-(frontier.depth if short else frontier.bound), self.batch)
            chosen, rest = frontier.take(order[: self.batch]), frontier.take(order[self.batch :])
        else:
            chosen, rest = frontier, frontier.take(slice(0, 0))
        chosen = chosen.take(np.argsort(chosen.place, kind="stable"))
        outcome = expand(chosen, self.data, deadline, self.compiled)
        self.nodes += len(chosen)
        self.leaves += outcome.closed
        self.closed_bound = max(self.closed_bound, outcome.closed_bound)
        self.violators = outcome.violators
        self.log.bounds += outcome.records
        if len(outcome.flat):
            self.stuck = True
            self.closed_bound = max(self.closed_bound, float(outcome.flat.bound.max()))
        parents = outcome.open_nodes
        if not len(parents) or self.data.rows.shape[1] == 1:
            self.stuck |= len(parents) > 0
            self.closed_bound = max(self.closed_bound, float(parents.bound.max(initial=-np.inf)))
            self.frontier = rest
            return
        edge = choose_weights(parents, outcome.a, outcome.b)
        guided = parents.guide >= 0
        if self.guide is not None and guided.any():
            guided[guided] = self.guide.child[parents.guide[guided]] >= 0
            edge[guided] = self.guide.edge[parents.guide[guided]]
        children = split(parents, edge, self.fresh)
        children.guide[:] = -1
        if self.guide is not None:
            numbers = np.where(guided, parents.guide, 0)
            children.guide[::2] = np.where(guided, self.guide.child[numbers], -1)
            children.guide[1::2] = np.where(guided, self.guide.second[numbers], -1)
        self.log.splits.append(SplitRecords(parents.identity, edge, children.identity[::2]))
        self.fresh += len(children)
        self.frontier = Nodes.join([rest, children])

    def stopped(self, limits: Limits) -> bool:
        return self.nodes >= limits.nodes or time.monotonic() >= limits.deadline

    def settle(self, memory_bytes: int) -> None:
        """Out of time: give every open node a finite bound."""
        while not self.finished() and not np.isfinite(self.frontier.bound).all():
            self.step(memory_bytes, -np.inf)


def _advance(searches: list[_Search], limits: Limits, executor: Executor | None) -> Iterator[list[_Search]]:
    """Run the first search; when its frontier is wide, append chunks of it to the list and run those."""
    first = searches[0]
    while not first.finished() and not first.stopped(limits) and len(first.frontier) < WIDE:
        first.step(limits.memory_bytes, limits.deadline)
        yield searches
    if first.stopped(limits):
        first.settle(limits.memory_bytes)
        yield searches
    if first.finished() or first.stopped(limits):
        return
    order = np.argsort(first.frontier.place, kind="stable")
    for k, part in enumerate(np.array_split(order, CHUNKS)):
        searches.append(_Search(first.data, first.frontier.take(part), (k + 1) << 48, first.guide, first.compiled))
    first.frontier = first.frontier.take(slice(0, 0))
    share = Limits(max(1, (limits.nodes - first.nodes) // CHUNKS), limits.deadline, limits.memory_bytes // CHUNKS)
    if executor is None:
        active = searches[1:]
        while active:
            for search in active:
                if not search.stopped(share):
                    search.step(share.memory_bytes, share.deadline)
                    yield searches
                if len(search.violators):
                    return
            for search in active:
                if search.stopped(share):
                    search.settle(share.memory_bytes)
            active = [search for search in active if not search.finished() and not search.stopped(share)]
        return
    pending: dict[Future[_Search], int] = {
        executor.submit(_run, search, share): k for k, search in enumerate(searches) if k
    }
    while pending:
        done, _ = wait(pending, return_when=FIRST_COMPLETED)
        for future in done:
            searches[pending.pop(future)] = future.result()
        yield searches
        if any(len(search.violators) for search in searches):
            for future in pending:
                future.cancel()
            return


def _run(search: _Search, limits: Limits) -> _Search:
    while not search.finished() and not search.stopped(limits):
        search.step(limits.memory_bytes, limits.deadline)
    search.settle(limits.memory_bytes)
    return search
