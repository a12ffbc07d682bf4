"""When a search stops, and what it says then."""

from __future__ import annotations

import time
from dataclasses import dataclass

BYTES = 400  # of a node of the tree and a cell of the frontier


@dataclass
class Limits:
    """Until when (time.monotonic()), how many nodes in all trees together, and how many bytes."""

    deadline: float
    nodes: int
    memory: int

    def reached(self, nodes: int, cells: int, replay: float = 0.0) -> str:
        """Which limit is reached, if any; `replay`: seconds that the checker will need."""
        if time.monotonic() + replay >= self.deadline:
            return "time"
        if nodes >= self.nodes:
            return "nodes"
        return "memory" if (nodes + cells) * BYTES > self.memory else ""


@dataclass(frozen=True)
class Stuck:
    """A cell that is not proved: why, its ends, and a lower bound of the best inequality's difference there."""

    reason: str
    low: tuple[float, ...]
    high: tuple[float, ...]
    margin: float
