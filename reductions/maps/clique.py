"""Satisfiability to clique, and clique to a matrix that is not copositive."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations

from relucert.reductions.problems.clauses import Assignment
from relucert.reductions.problems.clique import Clique, Vertices
from relucert.reductions.problems.cnf import CNF
from relucert.reductions.problems.copositivity import Copositivity
from relucert.reductions.problems.graph import make_graph
from relucert.reductions.problems.numbers import Vector, dot
from relucert.reductions.reduction import Reduction
from relucert.reductions.size_bound import bounds
from relucert.reductions.text import require_small


@dataclass(frozen=True)
class CnfToClique(Reduction[CNF, Assignment, Clique, Vertices]):
    """A vertex for each literal of each clause; edges between literals of different clauses that do not contradict
    each other; a clique with a vertex from each clause.

    Proof.  A true literal from each clause of a model is such a clique.  Conversely no two vertices of one clause are
    joined, so a clique of as many vertices as there are clauses has one in each; make its literals true.
    """

    name = "cnf-to-clique"
    source = CNF
    target = Clique
    citation = "Karp 1972, problem 3"
    parsimonious = False
    size_bound = bounds(
        vertices="literals",
        edges="literals * literals",
        least="clauses",
    )

    def apply(self, instance: CNF) -> Clique:
        vertices = _occurrences(instance)
        require_small(len(vertices) ** 2 // 2, "the graph")
        edges = [
            (u, v)
            for (u, (first, a)), (v, (second, b)) in combinations(enumerate(vertices, 1), 2)
            if first != second and a != -b
        ]
        return Clique(make_graph(len(vertices), edges), len(instance.clauses))

    def forward(self, instance: CNF, witness: Assignment) -> Vertices:
        chosen: dict[int, int] = {}
        for vertex, (clause, literal) in enumerate(_occurrences(instance), 1):
            if witness[abs(literal) - 1] == (literal > 0):
                chosen.setdefault(clause, vertex)
        return tuple(chosen.values())

    def backward(self, instance: CNF, witness: Vertices) -> Assignment:
        vertices = _occurrences(instance)
        true = {vertices[vertex - 1][1] for vertex in witness}
        return tuple(variable in true for variable in range(1, instance.variables + 1))


@dataclass(frozen=True)
class CliqueToCopositivity(Reduction[Clique, Vertices, Copositivity, Vector]):
    """M = (t - 1) J - t A for a clique of more than t = least - 1 vertices; A is the adjacency matrix, J all ones.

    Proof.  The indicator of a clique of s > t vertices has the value (t - 1) s^2 - t s (s - 1) = s (t - s) < 0.
    Conversely let x >= 0 have a negative value.  If two vertices u, v of its support are not adjacent, the value is
    linear in what is shifted from u to v, since M_uu + M_vv - 2 M_uv = 0; so it does not grow when all of x_u is
    shifted to v, or all of x_v to u.  When all vertices of the support, s of them, are adjacent, x.Ax = (sum x)^2 -
    sum x^2 <= (1 - 1/s) (sum x)^2, and 0 > x.Mx >= (t/s - 1) (sum x)^2 gives s > t.  The empty clique, least = 0, is
    always there: then M = (-1).
    """

    name = "clique-to-copositivity"
    source = Clique
    target = Copositivity
    citation = "Motzkin and Straus 1965, Theorem 1; Murty and Kabadi 1987"
    parsimonious = False
    size_bound = bounds(order="max(1, vertices)", largest="max(1, least)")

    def apply(self, instance: Clique) -> Copositivity:
        n, t = instance.graph.vertices, instance.least - 1
        if t < 0:
            return Copositivity(((Fraction(-1),),))
        require_small(n * n, "the matrix")
        rows = [[Fraction(t - 1)] * n for _ in range(n)]
        for u, v in instance.graph.edges:
            if u != v:
                rows[u - 1][v - 1] = rows[v - 1][u - 1] = Fraction(-1)
        return Copositivity(tuple(map(tuple, rows)))

    def forward(self, instance: Clique, witness: Vertices) -> Vector:
        if instance.least == 0:
            return (Fraction(1),)
        chosen = set(witness)
        return tuple(Fraction(vertex in chosen) for vertex in range(1, instance.graph.vertices + 1))

    def backward(self, instance: Clique, witness: Vector) -> Vertices:
        if instance.least == 0:
            return ()
        matrix = self.apply(instance).matrix
        edges = set(instance.graph.edges)
        x = list(witness)
        while (pair := _not_adjacent([i for i, entry in enumerate(x) if entry], edges)) is not None:
            u, v = pair
            if dot(matrix[u], x) < dot(matrix[v], x):  # the gradient says which end of the segment is lower
                u, v = v, u
            x[u], x[v] = Fraction(0), x[u] + x[v]
        return tuple(i + 1 for i, entry in enumerate(x) if entry)


def _not_adjacent(support: list[int], edges: set[tuple[int, int]]) -> tuple[int, int] | None:
    """Two coordinates whose vertices are not joined."""
    return next(((u, v) for u, v in combinations(support, 2) if (u + 1, v + 1) not in edges), None)


def _occurrences(instance: CNF) -> list[tuple[int, int]]:
    """The pairs (clause, literal) in their order: vertex 1, 2, ..."""
    return [(number, literal) for number, clause in enumerate(instance.clauses) for literal in clause]
