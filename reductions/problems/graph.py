"""Graphs and the DIMACS .col format, shared by colouring and clique."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from relucert.reductions.problem import Json, ProblemError
from relucert.reductions.text import MAX_COUNT, array, quoted, whole

Edge = tuple[int, int]
_DESCRIPTIONS = ("c", "n", "d", "v", "x")  # comments, and data about nodes that no question here is about


@dataclass(frozen=True)
class Graph:
    """An undirected graph on the vertices 1..`vertices`; its edges (u, v), u <= v, are sorted; loops may occur."""

    vertices: int
    edges: tuple[Edge, ...]

    def __post_init__(self) -> None:
        if list(self.edges) != sorted(set(self.edges)):
            raise ProblemError("edges are repeated or not in order", "edges", "use make_graph")
        for u, v in self.edges:
            if not 1 <= u <= v <= self.vertices:
                raise ProblemError(f"edge {u} {v} of {self.vertices} vertices", "edges", "write u <= v in this range")


def make_graph(vertices: int, edges: Iterable[Edge]) -> Graph:
    """The graph with these edges, in any order and direction, possibly repeated."""
    return Graph(vertices, tuple(sorted({(min(edge), max(edge)) for edge in edges})))


def parse_col(text: str, where: str) -> Graph:
    """A graph in DIMACS format: ``p edge VERTICES EDGES``, then lines ``e U V``.

    Files that list each edge in both directions may count it once or twice.
    """
    header: tuple[int, int] | None = None
    edges: list[Edge] = []
    for number, line in enumerate(text.splitlines(), 1):
        words, place = line.split(), f"{where}:{number}"
        if not words or words[0] in _DESCRIPTIONS:
            continue
        numbers = [int(word) for word in words if word.isascii() and word.isdigit() and len(word) <= 9]
        if words[0] == "p" and header is None and words[1:2] in (["edge"], ["col"], ["edges"]) and len(numbers) == 2:
            header = (numbers[0], numbers[1])
            if numbers[0] > MAX_COUNT:
                raise ProblemError(f"{numbers[0]} vertices", place, f"at most {MAX_COUNT} are read")
        elif words[0] == "e" and header is not None and len(words) == 3 and len(numbers) == 2:
            if not 1 <= min(numbers) <= max(numbers) <= header[0]:
                raise ProblemError(
                    f"edge {quoted(' '.join(words[1:]))} of a graph with {header[0]} vertices",
                    place,
                    "correct the edge, or the number of vertices in 'p edge'",
                )
            edges.append((numbers[0], numbers[1]))
        elif words[0] == "p" and header is not None:
            raise ProblemError("a second line 'p edge'", place, "keep one graph per file")
        elif words[0] == "e" and header is None:
            raise ProblemError("an edge before the line 'p edge'", place, "begin with 'p edge VERTICES EDGES'")
        else:
            raise ProblemError(
                f"{quoted(line.strip())} is no line of a graph", place, "write 'p edge VERTICES EDGES', then 'e U V'"
            )
    if header is None:
        raise ProblemError("no line 'p edge'", where, "begin with 'p edge VERTICES EDGES'")
    graph = make_graph(header[0], edges)
    if header[1] not in (len(edges), len(graph.edges)):
        raise ProblemError(
            f"{len(edges)} edges where 'p edge' promises {header[1]}",
            where,
            f"write 'p edge {header[0]} {len(edges)}' if no edge is missing",
        )
    return graph


def graph_from_json(vertices: Json, edges: Json, where: str) -> Graph:
    """A graph from the fields ``vertices`` and ``edges`` of an object."""
    count = whole(vertices, f"{where}, vertices", 0, MAX_COUNT)
    pairs = []
    for number, edge in enumerate(array(edges, f"{where}, edges"), 1):
        u, v = (whole(end, f"{where}, edge {number}", 1, count) for end in array(edge, f"{where}, edge {number}", 2))
        pairs.append((u, v))
    return make_graph(count, pairs)
