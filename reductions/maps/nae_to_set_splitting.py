"""Not-all-equal satisfiability to set splitting with two colours: literals are elements (Lovasz 1973)."""

from __future__ import annotations

from dataclasses import dataclass

from relucert.reductions.problems.clauses import Assignment
from relucert.reductions.problems.coloring import Coloring
from relucert.reductions.problems.nae_sat import NaeSat
from relucert.reductions.problems.set_splitting import SetSplitting
from relucert.reductions.reduction import Reduction
from relucert.reductions.size_bound import bounds


@dataclass(frozen=True)
class NaeToSetSplitting(Reduction[NaeSat, Assignment, SetSplitting, Coloring]):
    """An element for each literal that occurs, a set for each clause, and a pair {x, -x} where both occur.

    Proof.  An assignment colours the elements by the values of the literals; pairs and clauses have both values.
    Conversely the pairs give x and -x different colours, so the colour of x, or the other one than that of -x, is an
    assignment, and a clause whose literals were all equal would lie in one colour.  Variables that do not occur are
    free.  Empty clauses become empty sets.
    """

    name = "nae-to-set-splitting"
    source = NaeSat
    target = SetSplitting
    citation = "Lovasz 1973; Garey and Johnson 1979, SP4"
    parsimonious = False  # variables that do not occur are lost
    size_bound = bounds(
        elements="2 * variables",
        sets="clauses + variables",
        members="literals + 2 * variables",
        k="2",
    )

    def apply(self, instance: NaeSat) -> SetSplitting:
        number = _elements(instance)
        pairs = [
            (element, number[-literal]) for literal, element in number.items() if literal > 0 and -literal in number
        ]
        clauses = [tuple(number[literal] for literal in clause) for clause in instance.clauses]
        return SetSplitting(len(number), (*pairs, *clauses), 2)

    def forward(self, instance: NaeSat, witness: Assignment) -> Coloring:
        return tuple(int(witness[abs(literal) - 1] == (literal > 0)) for literal in _elements(instance))

    def backward(self, instance: NaeSat, witness: Coloring) -> Assignment:
        true = {literal if witness[element - 1] else -literal for literal, element in _elements(instance).items()}
        return tuple(variable in true for variable in range(1, instance.variables + 1))


def _elements(instance: NaeSat) -> dict[int, int]:
    """The elements of the literals that occur, in the order 1, -1, 2, -2, ..."""
    occurring = {literal for clause in instance.clauses for literal in clause}
    ordered = sorted(occurring, key=lambda literal: (abs(literal), literal < 0))
    return {literal: element for element, literal in enumerate(ordered, 1)}
