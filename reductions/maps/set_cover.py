"""Satisfiability to set cover, and set cover to training one ReLU."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import isqrt

from relucert.reductions.problems.clauses import Assignment
from relucert.reductions.problems.cnf import CNF
from relucert.reductions.problems.numbers import Vector
from relucert.reductions.problems.set_cover import Family, SetCover
from relucert.reductions.problems.single_relu import SingleReluTraining
from relucert.reductions.reduction import Reduction
from relucert.reductions.size_bound import bounds
from relucert.reductions.text import require_small


@dataclass(frozen=True)
class CnfToSetCover(Reduction[CNF, Assignment, SetCover, Family]):
    """Elements: variables and clauses.  Sets 2x - 1 and 2x: the variable x with the clauses that hold x, or that hold
    -x.  As many sets as there are variables.

    Proof.  The sets of the true literals of a model cover everything.  Conversely such a cover needs a set for each
    variable, so it has exactly one: an assignment, and the clauses that it satisfies are covered.
    """

    name = "cnf-to-set-cover"
    source = CNF
    target = SetCover
    citation = "Karp 1972, problem 6; the form without a detour is folklore"
    parsimonious = True
    size_bound = bounds(
        elements="variables + clauses",
        sets="2 * variables",
        members="2 * variables + literals",
        most="variables",
    )

    def apply(self, instance: CNF) -> SetCover:
        v = instance.variables
        sets = {literal: [abs(literal)] for x in range(1, v + 1) for literal in (x, -x)}
        for number, clause in enumerate(instance.clauses, 1):
            for literal in clause:
                sets[literal].append(v + number)
        return SetCover(v + len(instance.clauses), tuple(map(tuple, sets.values())), v)

    def forward(self, instance: CNF, witness: Assignment) -> Family:
        return tuple(2 * x - value for x, value in enumerate(witness, 1))

    def backward(self, instance: CNF, witness: Family) -> Assignment:
        chosen = set(witness)
        return tuple(2 * x - 1 in chosen for x in range(1, instance.variables + 1))


@dataclass(frozen=True)
class SetCoverToSingleRelu(Reduction[SetCover, Family, SingleReluTraining, Vector]):
    """Coordinates w_s for the sets and t; K sets allowed; f is the largest number of sets that hold one element (at
    least 1), B = 6 (isqrt(K) + 1).  Samples, and the bound K:

    * B t with label B;
    * for each element B (t - sum of w_s over the sets that hold it), label 0;
    * for each set t - 2f w_s, label 1.

    Proof.  For a cover put t = 1, w_s = 1 for its sets and 0 for the others.  The first two kinds fit, a set that is
    not used gives 1, one that is used gives 0 for 1: the loss is the number of sets.  Conversely let the loss be at
    most K.  Each sample errs by at most sqrt(K).  So |t - 1| <= sqrt(K)/B < 1/6, and for each element its w_s, at most
    f of them, sum to more than t - 1/6 > t/2: one is at least t/(2f).  So the sets with 2f w_s >= t cover.  Each of
    them gives 0 for the label 1 and costs 1, so there are at most K.
    """

    name = "set-cover-to-single-relu"
    source = SetCover
    target = SingleReluTraining
    citation = "derived here, in the spirit of Manurangsi and Reichman 2018 and Goel et al. 2020"
    parsimonious = False
    size_bound = bounds(
        dimension="sets + 1",
        samples="1 + elements + sets",
        nonzeros="1 + elements + members + 2 * sets",
        largest="max(6 * most + 6, 2 * sets)",
    )

    def apply(self, instance: SetCover) -> SingleReluTraining:
        m = len(instance.sets)
        require_small(m * (m + instance.elements), "the list of points")
        scale = Fraction(6 * (isqrt(instance.most) + 1))
        points = [_point(m, {m: scale})]
        holders: dict[int, dict[int, Fraction]] = {}
        for s, members in enumerate(instance.sets):
            for element in members:
                holders.setdefault(element, {})[s] = -scale
        points += [_point(m, {m: scale, **holders.get(u, {})}) for u in range(1, instance.elements + 1)]
        slope = Fraction(-2 * _frequency(instance))
        points += [_point(m, {m: Fraction(1), s: slope}) for s in range(m)]
        labels = [scale] + [Fraction(0)] * instance.elements + [Fraction(1)] * m
        return SingleReluTraining(m + 1, tuple(points), tuple(labels), Fraction(instance.most))

    def forward(self, instance: SetCover, witness: Family) -> Vector:
        return (*(Fraction(s in witness) for s in range(1, len(instance.sets) + 1)), Fraction(1))

    def backward(self, instance: SetCover, witness: Vector) -> Family:
        *weights, t = witness
        frequency = _frequency(instance)
        return tuple(s for s, weight in enumerate(weights, 1) if 2 * frequency * weight >= t)


def _point(m: int, entries: dict[int, Fraction]) -> Vector:
    return tuple(entries.get(i, Fraction(0)) for i in range(m + 1))


def _frequency(instance: SetCover) -> int:
    """In how many sets an element is at most; at least 1."""
    count = [1] * (instance.elements + 1)
    for members in instance.sets:
        for element in members:
            count[element] += 1
    return max([1, *(number - 1 for number in count[1:])])
