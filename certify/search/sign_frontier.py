"""The open nodes of a search over sign trees, and its log: which nodes are expanded when.

The best open nodes are expanded in waves of fixed chunks, so that the result does not depend on the executor.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from dataclasses import dataclass
from itertools import repeat
from typing import Literal

import numpy as np

from relucert.certify.search.cones import Limits
from relucert.certify.search.sign_bound import FIRST_SCALE, FloatArray, SignSamples, evaluate
from relucert.certify.search.sign_nodes import Expansion, SignNodes, expand
from relucert.certify.search.sign_records import TreeLog, round_bounds

SMALLEST_WAVE, WAVE_SHARE = 256, 4  # a wave takes 256 nodes, or a quarter of the open ones
CHUNK_ENTRIES, LARGEST_CHUNK = 15_000, 256  # a chunk has about this many entries (nodes x samples): 120 kB per array
SUBMITTED = 16  # chunks handed to an executor between two looks at the clock
NODE_BYTES = 20  # per open node and sample: two float64 and a float32


@dataclass
class SignResult:
    """The outcome of a search.

    bound : phi(u) <= bound T |u| is proved by the tree; finite for every status but "violated", and never below the
    1 of a proof that used caps;  violators : (k, D) unit u with phi(u) > T, best first;
    steps : bound records in the tree.
    """

    status: Literal["proved", "violated", "stopped"]
    bound: float
    violators: FloatArray
    nodes: int
    leaves: int
    steps: int
    log: TreeLog
    samples: SignSamples


class SignFrontier:
    """Open nodes, the log of the tree and the counters."""

    def __init__(self, data: SignSamples, lower: FloatArray, upper: FloatArray) -> None:
        """Start with one node: lower, upper (1, m)."""
        self.data = data
        start = SignNodes(
            lower,
            upper,
            np.full(lower.shape, 0.5, dtype=np.float32),
            np.full(1, FIRST_SCALE),
            np.zeros(1),
            np.zeros(1, dtype=np.int64),
        )
        start.bound = evaluate(data, start.lower, start.upper, start.shares * data.weights).value
        self.open = start
        self.stuck = start.take(slice(0, 0))
        self.log = TreeLog()
        self.fresh = 1
        self.nodes = self.leaves = self.caps = 0
        self.leaf_bound = -np.inf

    def run(
        self,
        limits: Limits,
        progress: Callable[[int, int, float], None] | None = None,
        executor: Executor | None = None,
    ) -> SignResult:
        """Expand until everything is closed, a violator is found, or a limit is reached."""
        chunk = int(np.clip(CHUNK_ENTRIES // max(len(self.data.weights), 1), 8, LARGEST_CHUNK))
        while len(self.open) and self.nodes < limits.nodes and time.monotonic() < limits.deadline:
            wave = max(SMALLEST_WAVE, len(self.open) // WAVE_SHARE)
            chosen = self._choose(min(wave, limits.nodes - self.nodes), limits.memory_bytes)
            pieces = [chosen.take(slice(at, at + chunk)) for at in range(0, len(chosen), chunk)]
            kept = [self.open]
            for piece, found in zip(pieces, self._expansions(pieces, limits.deadline, executor), strict=True):
                if found is None:
                    kept.append(piece)
                    continue
                if len(found.violators):
                    return self._violated(found.violators, len(piece))
                kept.append(self._enter(piece, found))
            self.open = SignNodes.join(kept)
            if progress is not None:
                progress(self.nodes, len(self.open), self._bound())
        if len(self.stuck):
            self.open = SignNodes.join([self.open, self.stuck])
        return self._finish()

    def _choose(self, count: int, memory: int) -> SignNodes:
        """Take the nodes with the largest bounds; the newest ones when the memory is nearly used up."""
        total = len(self.open)
        if total <= count:
            chosen, self.open = self.open, self.open.take(slice(0, 0))
            return chosen
        scarce = total * NODE_BYTES * len(self.data.weights) > memory // 3
        keys = self.open.identity if scarce else self.open.bound
        order = np.lexsort((self.open.identity, keys))
        chosen = self.open.take(np.sort(order[total - count :]))
        self.open = self.open.take(np.sort(order[: total - count]))
        return chosen

    def _expansions(
        self, pieces: list[SignNodes], deadline: float, executor: Executor | None
    ) -> Iterator[Expansion | None]:
        """The pieces' expansions in order; None for those that the deadline leaves out."""
        group = 1 if executor is None else SUBMITTED
        for at in range(0, len(pieces), group):
            some = pieces[at : at + group]
            if at and time.monotonic() >= deadline:
                yield from repeat(None, len(some))
            else:
                yield from (map if executor is None else executor.map)(expand, repeat(self.data), some)

    def _enter(self, piece: SignNodes, found: Expansion) -> SignNodes:
        """Log an expansion; its children."""
        self.nodes += len(piece)
        self.leaves += found.leaves
        self.caps += found.caps
        self.leaf_bound = max(self.leaf_bound, found.leaf_bound)
        for block in found.records:
            block.node = piece.identity[block.node]
            self.log.bounds.append(block)
        count = len(found.parents)
        first = self.fresh + 2 * np.arange(count)
        self.fresh += 2 * count
        self.log.branches.append((piece.identity[found.parents], found.samples, first))
        found.children.identity = np.repeat(first, 2)
        found.children.identity[1::2] += 1
        if len(found.stuck):
            found.stuck.identity = piece.identity[found.stuck.identity]
            self.stuck = SignNodes.join([self.stuck, found.stuck])
        return found.children

    def _bound(self) -> float:
        """What is proved now: a tree with caps says nothing about directions with phi <= T."""
        values = [self.leaf_bound, 1.0 if self.caps else -np.inf]
        values += [float(nodes.bound.max()) for nodes in (self.open, self.stuck) if len(nodes)]
        return max(values)

    def _violated(self, inside: FloatArray, last: int) -> SignResult:
        units = inside @ self.data.frame.T
        units /= np.linalg.norm(units, axis=1, keepdims=True)
        return SignResult(
            "violated", np.inf, units, self.nodes + last, self.leaves, self.leaves + self.caps, self.log, self.data
        )

    def _finish(self) -> SignResult:
        """Turn the open nodes into leaves of a weaker statement."""
        status: Literal["proved", "stopped"] = "stopped" if len(self.open) else "proved"
        step = max(1, CHUNK_ENTRIES // max(len(self.data.weights), 1))
        for at in range(0, len(self.open), step):
            part = self.open.take(slice(at, at + step))
            found = evaluate(self.data, part.lower, part.upper, part.shares * self.data.weights)
            rounded, block = round_bounds(self.data, part.lower, part.upper, found, 1e-6 * found.value, True)
            block.node = part.identity
            self.log.bounds.append(block)
            self.leaf_bound = max(self.leaf_bound, float(rounded.value.max()))
            self.leaves += len(part)
        self.open = self.open.take(slice(0, 0))
        self.stuck = self.open
        none = np.zeros((0, len(self.data.frame)))
        return SignResult(
            status, self._bound(), none, self.nodes, self.leaves, self.leaves + self.caps, self.log, self.data
        )
