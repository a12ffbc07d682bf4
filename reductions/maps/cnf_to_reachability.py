"""Satisfiability to reachability for a ReLU network with one hidden layer and inputs from all of R^v.

Construction.  For each variable four neurons that add up to

    g(x) = relu(-x) + 2 relu(x - 1) + relu(x) - relu(2x - 1),

for each clause that is not a tautology the neuron relu(1 - sum of its literals), where the literal -x is 1 - x.  The
threshold is 0.

Proof.  g is -x, x, 1 - x, x - 1 on the intervals between 0, 1/2 and 1: it is at least 0 everywhere, and 0 exactly at
0 and 1.  So N >= 0, and N(x) <= 0 exactly if x is in {0, 1}^v and the literals of each clause sum to at least 1, that
is, if x is a model.  The neuron of an empty clause is relu(1) = 1.  Models and such inputs correspond one to one.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from relucert.reductions.problems.clauses import Assignment, is_tautology
from relucert.reductions.problems.cnf import CNF
from relucert.reductions.problems.numbers import Vector
from relucert.reductions.problems.relu_reachability import Neuron, ReluReachability
from relucert.reductions.reduction import Reduction
from relucert.reductions.size_bound import bounds

ZERO, ONE, TWO = Fraction(0), Fraction(1), Fraction(2)


@dataclass(frozen=True)
class CnfToReachability(Reduction[CNF, Assignment, ReluReachability, Vector]):
    """See the module."""

    name = "cnf-to-reachability"
    source = CNF
    target = ReluReachability
    citation = "derived here, in the spirit of Katz et al. 2017 and Salzer and Lange 2021"
    parsimonious = True
    size_bound = bounds(
        inputs="variables",
        neurons="4 * variables + clauses",
        nonzeros="4 * variables + literals",
        largest="max(2, width)",
    )

    def apply(self, instance: CNF) -> ReluReachability:
        neurons = []
        for i in range(instance.variables):
            neurons += [
                Neuron(ONE, ZERO, ((i, -ONE),)),
                Neuron(TWO, -ONE, ((i, ONE),)),
                Neuron(ONE, ZERO, ((i, ONE),)),
                Neuron(-ONE, -ONE, ((i, TWO),)),
            ]
        for clause in instance.clauses:
            if not is_tautology(clause):
                negative = sum(literal < 0 for literal in clause)
                weights = tuple((abs(literal) - 1, -ONE if literal > 0 else ONE) for literal in sorted(clause, key=abs))
                neurons.append(Neuron(ONE, Fraction(1 - negative), weights))
        return ReluReachability(instance.variables, tuple(neurons), ZERO)

    def forward(self, instance: CNF, witness: Assignment) -> Vector:
        return tuple(ONE if value else ZERO for value in witness)

    def backward(self, instance: CNF, witness: Vector) -> Assignment:
        return tuple(entry == 1 for entry in witness)
