"""Graph colouring with k colours (Karp 1972, problem 12)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from relucert.reductions.problem import Json, Problem, ProblemError
from relucert.reductions.problems.coloring import Coloring, coloring_from_json, number_of_colors, require_coloring
from relucert.reductions.problems.graph import Graph, graph_from_json, parse_col
from relucert.reductions.text import MAX_COUNT, fields


@dataclass(frozen=True)
class GraphColoring(Problem[Coloring]):
    """Can the vertices be coloured with k >= 1 colours such that the ends of each edge differ?  With a loop: no."""

    name = "graph-coloring"
    question = "Is there a colouring of the vertices with k colours that gives the ends of every edge different ones?"

    graph: Graph
    k: int

    def __post_init__(self) -> None:
        if not 1 <= self.k <= MAX_COUNT:
            raise ProblemError(f"{self.k} colours", "k", "there must be at least 1")

    @classmethod
    def parse_lines(cls, text: str, where: str, k: int | None = None) -> GraphColoring:
        """A graph in DIMACS .col format."""
        return cls(parse_col(text, where), number_of_colors(None, k, where))

    def size(self) -> Mapping[str, int]:
        """The vertices, the edges and the colours k."""
        return {"vertices": self.graph.vertices, "edges": len(self.graph.edges), "k": self.k}

    def is_witness(self, candidate: Coloring) -> bool:
        require_coloring(candidate, self.graph.vertices, self.k)
        return all(candidate[u - 1] != candidate[v - 1] for u, v in self.graph.edges)

    def to_json(self) -> Json:
        return {
            "problem": self.name,
            "vertices": self.graph.vertices,
            "edges": [list(edge) for edge in self.graph.edges],
            "k": self.k,
        }

    @classmethod
    def from_json(cls, value: Json, where: str = "", k: int | None = None) -> GraphColoring:
        """``{"vertices": n, "edges": [[u, v], ...], "k": 3}``; k may be left out."""
        given = fields(value, where, ("vertices", "edges"), ("k",))
        graph = graph_from_json(given["vertices"], given["edges"], where)
        return cls(graph, number_of_colors(given.get("k"), k, where))

    def witness_to_json(self, witness: Coloring) -> Json:
        return list(witness)

    def witness_from_json(self, value: Json, where: str = "") -> Coloring:
        return coloring_from_json(value, self.graph.vertices, self.k, where)
