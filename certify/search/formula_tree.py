"""The tree of a clause while it grows, and its records in the order in which the checker reads them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

Record = list[Any]


class Tree:
    """Node 0 is the root; a node without a record is still to be proved."""

    def __init__(self) -> None:
        self.records: list[Record | None] = [None]
        self.children: list[tuple[int, ...]] = [()]
        self.tally = Counter[str]()  # how often a rule was entered

    def __len__(self) -> int:
        return len(self.records)

    def grow(self, node: int, record: Record, count: int) -> tuple[int, ...]:
        """Gives a node its record and so many children."""
        first = len(self.records)
        places = tuple(range(first, first + count))
        self.records[node], self.children[node] = record, places
        self.tally[record[0]] += 1
        self.records += [None] * count
        self.children += [()] * count
        return places

    def close(self, node: int, record: Record) -> None:
        """Makes a node a leaf."""
        self.records[node], self.children[node] = record, ()
        self.tally[record[0]] += 1

    def preorder(self) -> Iterator[int]:
        """The nodes as the checker meets them."""
        stack = [0]
        while stack:
            node = stack.pop()
            yield node
            stack += reversed(self.children[node])

    def written(self) -> list[Record]:
        """All records; complete only if every node has one."""
        return [record for node in self.preorder() if (record := self.records[node]) is not None]
