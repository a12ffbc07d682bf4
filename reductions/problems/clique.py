"""Clique (Karp 1972, problem 3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations

from relucert.reductions.problem import Json, Problem, ProblemError
from relucert.reductions.problems.graph import Graph, graph_from_json, parse_col
from relucert.reductions.text import MAX_COUNT, array, distinct, fields, whole

Vertices = tuple[int, ...]


@dataclass(frozen=True)
class Clique(Problem[Vertices]):
    """Are there at least `least` vertices that are pairwise joined by edges?  Loops play no part."""

    name = "clique"
    question = "Is there a set of at least so many vertices, every two of them joined by an edge?"

    graph: Graph
    least: int

    def __post_init__(self) -> None:
        if not 0 <= self.least <= MAX_COUNT:
            raise ProblemError(f"a clique of {self.least} vertices", "least", "ask for 0 vertices or more")

    @classmethod
    def parse_lines(cls, text: str, where: str, k: int | None = None) -> Clique:
        """A graph in DIMACS format; `k` is the size of the clique, which the format does not hold."""
        if k is None:
            raise ProblemError("how large a clique?", where, "give the number of its vertices as k")
        return cls(parse_col(text, where), whole(k, "k", 0, MAX_COUNT))

    def size(self) -> Mapping[str, int]:
        """The vertices, the edges, and the number of vertices asked for."""
        return {"vertices": self.graph.vertices, "edges": len(self.graph.edges), "least": self.least}

    def is_witness(self, candidate: Vertices) -> bool:
        if len(set(candidate)) != len(candidate) or not all(1 <= v <= self.graph.vertices for v in candidate):
            raise ProblemError(
                "not a set of vertices", "witness", f"give distinct numbers from 1 to {self.graph.vertices}"
            )
        edges = set(self.graph.edges)
        return len(candidate) >= self.least and all(pair in edges for pair in combinations(sorted(candidate), 2))

    def to_json(self) -> Json:
        return {
            "problem": self.name,
            "vertices": self.graph.vertices,
            "edges": [list(edge) for edge in self.graph.edges],
            "least": self.least,
        }

    @classmethod
    def from_json(cls, value: Json, where: str = "", k: int | None = None) -> Clique:
        given = fields(value, where, ("vertices", "edges"), ("least",))
        least = given.get("least", k)
        if least is None:
            raise ProblemError("how large a clique?", where, "give the number of its vertices as 'least'")
        graph = graph_from_json(given["vertices"], given["edges"], where)
        return cls(graph, whole(least, f"{where}, least", 0, MAX_COUNT))

    def witness_to_json(self, witness: Vertices) -> Json:
        return list(witness)

    def witness_from_json(self, value: Json, where: str = "") -> Vertices:
        return distinct(whole(entry, where, 1, self.graph.vertices) for entry in array(value, where))
