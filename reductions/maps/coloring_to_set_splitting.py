"""Graph colouring to set splitting: an edge is a set of two elements."""

from __future__ import annotations

from dataclasses import dataclass

from relucert.reductions.problems.coloring import Coloring
from relucert.reductions.problems.graph_coloring import GraphColoring
from relucert.reductions.problems.set_splitting import SetSplitting
from relucert.reductions.reduction import Reduction
from relucert.reductions.size_bound import bounds


@dataclass(frozen=True)
class ColoringToSetSplitting(Reduction[GraphColoring, Coloring, SetSplitting, Coloring]):
    """Vertices are elements and edges are sets; a loop is a set of one element, which no colouring splits.

    Proof.  A pair is not in one colour class exactly if its ends differ.
    """

    name = "coloring-to-set-splitting"
    source = GraphColoring
    target = SetSplitting
    citation = "by definition: colourings of 2-uniform hypergraphs"
    parsimonious = True
    size_bound = bounds(
        elements="vertices",
        sets="edges",
        members="2 * edges",
        k="k",
    )

    def apply(self, instance: GraphColoring) -> SetSplitting:
        sets = tuple((u, v) if u != v else (u,) for u, v in instance.graph.edges)
        return SetSplitting(instance.graph.vertices, sets, instance.k)

    def forward(self, instance: GraphColoring, witness: Coloring) -> Coloring:
        return witness

    def backward(self, instance: GraphColoring, witness: Coloring) -> Coloring:
        return witness
