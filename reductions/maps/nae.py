"""From satisfiability to not-all-equal satisfiability, and from there to clauses of at most three literals."""

from __future__ import annotations

from dataclasses import dataclass

from relucert.reductions.problems.clauses import Assignment, Clause
from relucert.reductions.problems.cnf import CNF
from relucert.reductions.problems.nae_sat import NaeSat
from relucert.reductions.reduction import Reduction
from relucert.reductions.size_bound import bounds


@dataclass(frozen=True)
class CnfToNae(Reduction[CNF, Assignment, NaeSat, Assignment]):
    """One new variable s, added to every clause.

    Proof.  If a model makes some literal of every clause true, s = false makes the clauses not all equal.  Conversely
    the complement of a not-all-equal assignment is one too, so let s be false; then every clause has a true literal,
    and it is not s.  An empty clause becomes (s), whose literals are always equal.
    """

    name = "cnf-to-nae"
    source = CNF
    target = NaeSat
    citation = "Schaefer 1978"
    parsimonious = False  # every model gives two assignments
    size_bound = bounds(
        variables="variables + 1",
        clauses="clauses",
        literals="literals + clauses",
        width="width + 1",
    )

    def apply(self, instance: CNF) -> NaeSat:
        s = instance.variables + 1
        return NaeSat(s, tuple((*clause, s) for clause in instance.clauses))

    def forward(self, instance: CNF, witness: Assignment) -> Assignment:
        return (*witness, False)

    def backward(self, instance: CNF, witness: Assignment) -> Assignment:
        *values, s = witness
        return tuple(value != s for value in values)


@dataclass(frozen=True)
class NaeToWidth3(Reduction[NaeSat, Assignment, NaeSat, Assignment]):
    """A clause (a, b, c, ...) of more than three literals becomes (a, b, z), (-z, c, ...) with a new variable z.

    Proof.  If a = b, only z = not a satisfies the first half, and then the second says that some of c, ... differs from
    a.  If a and b differ, the first half holds for either z, and z = c satisfies the second.  So z exists exactly if
    the literals are not all equal.  Repeat until three are left.
    """

    name = "nae-to-width-3"
    source = NaeSat
    target = NaeSat
    citation = "Schaefer 1978"
    parsimonious = False
    size_bound = bounds(
        variables="variables + literals",
        clauses="clauses + literals",
        literals="3 * literals",
        width="3",
    )

    def apply(self, instance: NaeSat) -> NaeSat:
        fresh = instance.variables
        clauses: list[Clause] = []
        for clause in instance.clauses:
            rest = clause
            while len(rest) > 3:
                fresh += 1
                clauses.append((rest[0], rest[1], fresh))
                rest = (-fresh, *rest[2:])
            clauses.append(rest)
        return NaeSat(fresh, tuple(clauses))

    def forward(self, instance: NaeSat, witness: Assignment) -> Assignment:
        values = list(witness)
        for clause in instance.clauses:
            truth = [witness[abs(literal) - 1] == (literal > 0) for literal in clause]
            for position in range(2, len(truth) - 1):
                # first is the literal that stands before this one: a at the beginning, then -z
                first = truth[0] if position == 2 else not values[-1]
                second = truth[position - 1]
                values.append(not first if first == second else truth[position])
        return tuple(values)

    def backward(self, instance: NaeSat, witness: Assignment) -> Assignment:
        return witness[: instance.variables]
