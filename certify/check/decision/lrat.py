"""Rule lrat: a clause that follows by unit propagation through named earlier clauses.

::

    earlier clauses h_1 .. h_n; with all literals of C false, each of h_1 .. h_(n-1) has one literal that is not
    false, which becomes true, and h_n has none
    ------------------------------------------------------------------------------------------------------------
    C                                                                     step ["lrat", [literal, ..], [hint, ..]]

S1  the record has this shape               S2  literals are of atoms, no atom occurs twice in C
S3  hints are numbers of earlier steps      S4  h_1 .. h_(n-1) have exactly one literal that is not false, nor true yet
S5  h_n has none, and there is a hint

Source: Cruz-Filipe, Heule, Hunt, Kaufmann, Schneider-Kamp 2017, without their RAT steps.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from relucert.certify.check.errors import require


def lrat(atoms: int, clauses: Sequence[Sequence[int]], record: list[Any], step: str) -> list[int]:
    """The clause C, from the clauses of the earlier steps."""
    rule = "lrat"
    shaped = len(record) == 3 and all(
        isinstance(part, list) and all(type(number) is int for number in part) for part in record[1:]
    )
    require(shaped, step, rule, "S1", 'must be ["lrat", literals, hints]')
    clause: list[int] = record[1]
    hints: list[int] = record[2]
    named = {abs(literal) for literal in clause}
    known = len(named) == len(clause) and all(0 < number <= atoms for number in named)
    require(known, step, rule, "S2", "a literal is not of an atom, or an atom occurs twice")
    false, conflict = set(clause), False
    for hint in hints:
        require(0 <= hint < len(clauses), step, rule, "S3", f"hint {hint} is not an earlier step")
        require(not conflict, step, rule, "S4", f"hint {hint} stands after the conflict")
        left = [literal for literal in clauses[hint] if literal not in false]
        conflict = not left
        if left:
            unit = len(left) == 1 and -left[0] not in false
            require(unit, step, rule, "S4", f"hint {hint} does not leave one undecided literal")
            false.add(-left[0])
    require(conflict, step, rule, "S5", "the hints end without a conflict")
    return clause
