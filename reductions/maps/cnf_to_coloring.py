"""Satisfiability to graph colouring with three colours: a palette, and a gadget for each "or" (Karp 1972; GJS 1976)."""

from __future__ import annotations

from dataclasses import dataclass

from relucert.reductions.problems.clauses import Assignment
from relucert.reductions.problems.cnf import CNF
from relucert.reductions.problems.coloring import Coloring
from relucert.reductions.problems.graph import Edge, make_graph
from relucert.reductions.problems.graph_coloring import GraphColoring
from relucert.reductions.reduction import Reduction
from relucert.reductions.size_bound import bounds

TRUE, FALSE, BASE = 1, 2, 3  # the vertices of the palette; `forward` gives them the colours 0, 1, 2
_GADGET = {  # colours of the gadget's vertices (p, q, o) for the colours of its inputs
    (0, 0): (1, 2, 0),
    (0, 1): (1, 2, 0),
    (1, 0): (2, 1, 0),
    (1, 1): (0, 2, 1),
}


@dataclass(frozen=True)
class CnfToColoring(Reduction[CNF, Assignment, GraphColoring, Coloring]):
    """A triangle of true, false, base; for each variable a triangle x, -x, base; gadgets for the clauses.

    The gadget of "a or b" has vertices p, q and the output o, and edges ap, bq, pq, po, qo.  A clause of two or more
    literals chains them: the first joins the first two literals, each other one the output so far and the next literal;
    the last output is joined to false and base.  The literal of a clause of one is joined to false.  An empty clause
    makes a fourth vertex of the palette, joined to the other three.

    Proof.  If both inputs are false, p and q have the two other colours, so the output is false: when all literals of a
    clause are false the last output would be false, which its edge forbids.  So the variables with the colour of true
    are a model.  Conversely colour each gadget by the table: its output is true if one of the inputs is.
    """

    name = "cnf-to-coloring"
    source = CNF
    target = GraphColoring
    citation = "Garey, Johnson and Stockmeyer 1976, Theorem 2.1; with chains for any width"
    parsimonious = False
    size_bound = bounds(
        vertices="4 + 2 * variables + 3 * literals",
        edges="6 + 3 * variables + 5 * literals",
        k="3",
    )

    def apply(self, instance: CNF) -> GraphColoring:
        edges: list[Edge] = [(TRUE, FALSE), (TRUE, BASE), (FALSE, BASE)]
        for x in range(1, instance.variables + 1):
            edges += [(_vertex(x), _vertex(-x)), (_vertex(x), BASE), (_vertex(-x), BASE)]
        last = 3 + 2 * instance.variables
        for clause in instance.clauses:
            if not clause:
                continue
            output = _vertex(clause[0])
            for literal in clause[1:]:
                p, q, o = last + 1, last + 2, last + 3
                edges += [(output, p), (_vertex(literal), q), (p, q), (p, o), (q, o)]
                output = last = o
            edges.append((output, FALSE))
            if len(clause) > 1:
                edges.append((output, BASE))
        if () in instance.clauses:
            last += 1
            edges += [(last, TRUE), (last, FALSE), (last, BASE)]
        return GraphColoring(make_graph(last, edges), 3)

    def forward(self, instance: CNF, witness: Assignment) -> Coloring:
        colors = [0, 1, 2]
        for value in witness:
            colors += [0, 1] if value else [1, 0]
        for clause in instance.clauses:
            output = colors[_vertex(clause[0]) - 1]
            for literal in clause[1:]:
                colors += _GADGET[output, colors[_vertex(literal) - 1]]
                output = colors[-1]
        return tuple(colors)

    def backward(self, instance: CNF, witness: Coloring) -> Assignment:
        return tuple(witness[_vertex(x) - 1] == witness[TRUE - 1] for x in range(1, instance.variables + 1))


def _vertex(literal: int) -> int:
    """The vertex of a literal."""
    return 2 + 2 * literal if literal > 0 else 3 - 2 * literal
