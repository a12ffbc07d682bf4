"""Formulas given by clauses of literals: what CNF and not-all-equal satisfiability share, and DIMACS files."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Self

from relucert.reductions.problem import Json, Problem, ProblemError
from relucert.reductions.text import MAX_COUNT, array, distinct, fields, quoted, whole

_LITERAL = re.compile(r"[+-]?\d{1,4000}", re.ASCII)

Clause = tuple[int, ...]
Assignment = tuple[bool, ...]


@dataclass(frozen=True)
class ClauseProblem(Problem[Assignment]):
    """Clauses over the variables 1..`variables`; a literal is v or -v.

    Within a clause the literals differ: readers drop repetitions, which change nothing.  Empty clauses, clauses with v
    and -v, and repeated clauses may occur.
    """

    variables: int
    clauses: tuple[Clause, ...]

    def __post_init__(self) -> None:
        if not 0 <= self.variables <= MAX_COUNT:
            raise ProblemError(f"{self.variables} variables", "variables", f"there must be from 0 to {MAX_COUNT}")
        for number, clause in enumerate(self.clauses, 1):
            if len(set(clause)) != len(clause):
                raise ProblemError("a literal is repeated", f"clause {number}", "write it once")
            for literal in clause:
                if literal == 0 or abs(literal) > self.variables:
                    raise ProblemError(
                        f"literal {literal} of a formula in {self.variables} variables",
                        f"clause {number}",
                        f"literals are from 1 to {self.variables} and their negatives",
                    )

    @classmethod
    def parse_lines(cls, text: str, where: str, k: int | None = None) -> Self:
        """A formula in DIMACS format: ``p cnf VARIABLES CLAUSES``, then clauses that end in 0, over any lines.

        Lines that start with ``c`` are comments; a line that starts with ``%`` ends the file, as in SATLIB.
        """
        variables, clauses = _read_dimacs(text, where)
        return cls(variables, clauses)

    def size(self) -> Mapping[str, int]:
        """The variables, the clauses, the literals in all of them, and the literals of the longest."""
        lengths = [len(clause) for clause in self.clauses]
        return {
            "variables": self.variables,
            "clauses": len(self.clauses),
            "literals": sum(lengths),
            "width": max(lengths, default=0),
        }

    def to_json(self) -> Json:
        return {
            "problem": self.name,
            "variables": self.variables,
            "clauses": [list(clause) for clause in self.clauses],
        }

    @classmethod
    def from_json(cls, value: Json, where: str = "", k: int | None = None) -> Self:
        given = fields(value, where, ("variables", "clauses"))
        variables = whole(given["variables"], f"{where}, variables", 0, MAX_COUNT)
        clauses = []
        for number, clause in enumerate(array(given["clauses"], f"{where}, clauses"), 1):
            place = f"{where}, clause {number}"
            literals = [whole(literal, place, -variables, variables) for literal in array(clause, place)]
            if 0 in literals:
                raise ProblemError("the literal 0", place, "leave it out: 0 ends a clause only in DIMACS files")
            clauses.append(distinct(literals))
        return cls(variables, tuple(clauses))

    def to_dimacs(self) -> str:
        """The formula in DIMACS format."""
        rows = (" ".join(map(str, (*clause, 0))) for clause in self.clauses)
        return "\n".join(chain([f"p cnf {self.variables} {len(self.clauses)}"], rows)) + "\n"

    def require_shape(self, candidate: Assignment) -> None:
        """ProblemError unless the candidate has one truth value per variable."""
        if len(candidate) != self.variables or not all(isinstance(value, bool) for value in candidate):
            raise ProblemError(
                f"an assignment to {len(candidate)} of {self.variables} variables",
                "witness",
                "give one truth value each",
            )

    def witness_to_json(self, witness: Assignment) -> Json:
        """The true literals in the order of the variables."""
        return [number if value else -number for number, value in enumerate(witness, 1)]

    def witness_from_json(self, value: Json, where: str = "") -> Assignment:
        literals = [whole(entry, where, -self.variables, self.variables) for entry in array(value, where)]
        truth = {abs(literal): literal > 0 for literal in literals}
        if 0 in truth or len(truth) != len(literals) or len(truth) != self.variables:
            raise ProblemError(
                f"{len(literals)} literals for {self.variables} variables",
                where,
                "give v or -v for each variable, once",
            )
        return tuple(truth[variable] for variable in range(1, self.variables + 1))


def is_tautology(clause: Iterable[int]) -> bool:
    """Whether a variable occurs with both signs."""
    literals = set(clause)
    return any(-literal in literals for literal in literals)


def truth_values(clause: Iterable[int], assignment: Assignment) -> Iterator[bool]:
    """The values of the literals."""
    return (assignment[abs(literal) - 1] == (literal > 0) for literal in clause)


def _read_dimacs(text: str, where: str) -> tuple[int, tuple[Clause, ...]]:
    header: tuple[int, int] | None = None
    clauses: list[Clause] = []
    pending: list[int] = []
    number = 0
    for number, line in enumerate(text.splitlines(), 1):
        words = line.split()
        if not words or words[0].startswith("c"):
            continue
        if words[0].startswith("%"):
            break
        place = f"{where}:{number}"
        if words[0] == "p":
            if header is not None:
                raise ProblemError("a second line 'p cnf'", place, "keep one formula per file")
            header = _read_header(words, place)
            continue
        if header is None:
            raise ProblemError(
                f"{quoted(words[0])} before the line 'p cnf'", place, "begin with 'p cnf VARIABLES CLAUSES'"
            )
        for literal in _literals(line, header[0], place):
            if literal:
                pending.append(literal)
            else:
                clauses.append(distinct(pending))
                pending = []
    if header is None:
        raise ProblemError("no line 'p cnf'", where, "begin with 'p cnf VARIABLES CLAUSES'")
    if pending:
        raise ProblemError("the last clause does not end in 0", f"{where}:{number}", "write 0 after its last literal")
    if len(clauses) != header[1]:
        raise ProblemError(
            f"{len(clauses)} clauses where 'p cnf' promises {header[1]}",
            where,
            f"write 'p cnf {header[0]} {len(clauses)}' if no clause is missing",
        )
    return header[0], tuple(clauses)


def _read_header(words: list[str], place: str) -> tuple[int, int]:
    counts = [int(word) for word in words[2:] if word.isascii() and word.isdigit() and len(word) <= 9]
    if words[1:2] != ["cnf"] or len(counts) != 2 or len(words) != 4 or max(counts) > MAX_COUNT:
        raise ProblemError(
            f"{quoted(' '.join(words))} is not a header", place, f"write 'p cnf VARIABLES CLAUSES', at most {MAX_COUNT}"
        )
    return counts[0], counts[1]


def _literals(line: str, variables: int, place: str) -> list[int]:
    """The numbers of one line; the common case, no mistake, makes one pass in C."""
    words = line.split()
    try:
        literals = list(map(int, words))
        if line.isascii() and "_" not in line and -variables <= min(literals) and max(literals) <= variables:
            return literals
    except ValueError:
        pass
    for word in words:
        if not _LITERAL.fullmatch(word):
            raise ProblemError(f"{quoted(word)} is not a literal", place, "clauses are whole numbers that end in 0")
        if abs(int(word)) > variables:
            break
    raise ProblemError(
        f"literal {quoted(word)} of a formula in {variables} variables",
        place,
        "correct the literal, or the number of variables in 'p cnf'",
    )
