"""Satisfiability of a formula in conjunctive normal form (Cook 1971, Theorem 1)."""

from __future__ import annotations

from dataclasses import dataclass

from relucert.reductions.problems.clauses import Assignment, ClauseProblem, truth_values


@dataclass(frozen=True)
class CNF(ClauseProblem):
    """Is there an assignment under which every clause has a true literal?  An empty clause has none."""

    name = "cnf"
    question = "Is there an assignment under which every clause has a true literal?"

    def is_witness(self, candidate: Assignment) -> bool:
        self.require_shape(candidate)
        return all(any(truth_values(clause, candidate)) for clause in self.clauses)
