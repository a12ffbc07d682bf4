"""Not-all-equal satisfiability (Schaefer 1978)."""

from __future__ import annotations

from dataclasses import dataclass

from relucert.reductions.problems.clauses import Assignment, ClauseProblem, truth_values


@dataclass(frozen=True)
class NaeSat(ClauseProblem):
    """Is there an assignment under which every clause has a true and a false literal?  Clauses of fewer than two
    literals never have both."""

    name = "nae-sat"
    question = "Is there an assignment under which every clause has a true literal and a false one?"

    def is_witness(self, candidate: Assignment) -> bool:
        self.require_shape(candidate)
        return all(len(set(truth_values(clause, candidate))) == 2 for clause in self.clauses)
