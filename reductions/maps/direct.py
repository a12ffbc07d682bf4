"""A formula in conjunctive normal form to k-Non-Overlap-Opt, one coordinate per variable and one more.

Construction, for k >= 2.  The filter is (w_1, ..., w_v, t).  Patches that are not given are zero.

* the sample (e_t) with label 1/k: relu(t) = 1, so t = 1;
* for each variable the sample (e_x, -e_x) with label 1/k: |w_x| = 1;
* for each clause with q + 1 literals, not a tautology and not empty: one patch, the sum of -e_x for literals x and of
  +e_x for literals -x, minus q e_t, with label 0;
* for an empty clause: zero patches with label 1/k, which no filter fits.

Proof.  With w_x = 1 for true and -1 for false, the sum over a clause of q + 1 literals is q + 1 if all are false and at
most q - 1 otherwise.  So with t = 1 the clause's argument is positive exactly if the assignment violates the clause.
Tautologies are always satisfied.  Models and filters that fit correspond one to one.  With p = v + 1, a formula that
needs time 2^Omega(v + m) makes a network that needs 2^Omega(p + N), for k = 2 already.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from relucert.certify.non_overlap import Row, Sample
from relucert.reductions.problem import ProblemError
from relucert.reductions.problems.clauses import Assignment, is_tautology
from relucert.reductions.problems.cnf import CNF
from relucert.reductions.problems.k_non_overlap import Filter, KNonOverlap, make_non_overlap
from relucert.reductions.reduction import Reduction
from relucert.reductions.size_bound import bounds
from relucert.reductions.text import require_small

ONE = Fraction(1)


@dataclass(frozen=True)
class Direct(Reduction[CNF, Assignment, KNonOverlap, Filter]):
    """See the module; k is the number of patches."""

    name = "direct"
    source = CNF
    target = KNonOverlap
    citation = "derived here"
    parsimonious = True
    refutes = True
    size_bound = bounds(
        k="k",
        p="variables + 1",
        samples="1 + variables + clauses",
        nonzeros="1 + 2 * variables + literals + clauses",
        largest="max(k, width)",
    )

    k: int = 2

    def __post_init__(self) -> None:
        if self.k < 2:
            raise ProblemError("the reduction needs two patches", "k", "ask for at least 2: with 1 there is an LP")

    def apply(self, instance: CNF) -> KNonOverlap:
        v = instance.variables
        require_small(self.k * (v + 1 + len(instance.clauses)), "the list of patches")
        label = Fraction(1, self.k)
        samples = [self._sample(label, ((v, ONE),))]
        samples += [self._sample(label, ((x, ONE),), ((x, -ONE),)) for x in range(v)]
        for clause in instance.clauses:
            if not clause:
                samples.append(self._sample(label))
            elif not is_tautology(clause):
                samples.append(self._sample(Fraction(0), clause_patch(v, clause)))
        return make_non_overlap(self.k, v + 1, samples)

    def _sample(self, label: Fraction, *patches: Row) -> Sample:
        return Sample((*patches, *((),) * (self.k - len(patches))), label)

    def forward(self, instance: CNF, witness: Assignment) -> Filter:
        return (*(ONE if value else -ONE for value in witness), ONE)

    def backward(self, instance: CNF, witness: Filter) -> Assignment:
        return tuple(entry > 0 for entry in witness[:-1])


def clause_patch(variables: int, clause: tuple[int, ...]) -> Row:
    """The patch of a clause; its argument is positive exactly when all literals are false."""
    row = [(abs(literal) - 1, -ONE if literal > 0 else ONE) for literal in sorted(clause, key=abs)]
    return (*row, (variables, Fraction(1 - len(clause)))) if len(clause) > 1 else tuple(row)
