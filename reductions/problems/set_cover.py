"""Set cover (Karp 1972, problem 6)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from relucert.reductions.problem import Json, Problem, ProblemError
from relucert.reductions.problems.sets import Sets, members, read_sets, require_sets, sets_from_json
from relucert.reductions.text import MAX_COUNT, array, distinct, fields, whole

Family = tuple[int, ...]


@dataclass(frozen=True)
class SetCover(Problem[Family]):
    """Do at most `most` of the sets, which are numbered from 1, contain all elements 1..`elements`?"""

    name = "set-cover"
    question = "Do at most so many of the sets contain all elements?"

    elements: int
    sets: Sets
    most: int

    def __post_init__(self) -> None:
        require_sets(self.elements, self.sets)
        if not 0 <= self.most <= MAX_COUNT:
            raise ProblemError(f"at most {self.most} sets", "most", "allow 0 sets or more")

    @classmethod
    def parse_lines(cls, text: str, where: str, k: int | None = None) -> SetCover:
        """One set of whole numbers per line; `k` is the number of sets allowed, which such a file does not hold."""
        if k is None:
            raise ProblemError("how many sets are allowed?", where, "give their number as k")
        return cls(*read_sets(text, where), whole(k, "k", 0, MAX_COUNT))

    def size(self) -> Mapping[str, int]:
        """The elements, the sets, the members of all sets, and the number of sets allowed."""
        return {"elements": self.elements, "sets": len(self.sets), "members": members(self.sets), "most": self.most}

    def is_witness(self, candidate: Family) -> bool:
        if len(set(candidate)) != len(candidate) or not all(1 <= s <= len(self.sets) for s in candidate):
            raise ProblemError("not a family of sets", "witness", f"give distinct numbers from 1 to {len(self.sets)}")
        covered = {element for number in candidate for element in self.sets[number - 1]}
        return len(candidate) <= self.most and len(covered) == self.elements

    def to_json(self) -> Json:
        return {
            "problem": self.name,
            "elements": self.elements,
            "sets": [list(members) for members in self.sets],
            "most": self.most,
        }

    @classmethod
    def from_json(cls, value: Json, where: str = "", k: int | None = None) -> SetCover:
        """``{"elements": n, "sets": [[1, 2, 3], ...], "most": 2}``; `most` may come from the caller as k."""
        given = fields(value, where, ("elements", "sets"), ("most",))
        most = given.get("most", k)
        if most is None:
            raise ProblemError("how many sets are allowed?", where, "give their number as 'most'")
        elements, sets = sets_from_json(given["elements"], given["sets"], where)
        return cls(elements, sets, whole(most, f"{where}, most", 0, MAX_COUNT))

    def witness_to_json(self, witness: Family) -> Json:
        return list(witness)

    def witness_from_json(self, value: Json, where: str = "") -> Family:
        return distinct(whole(entry, where, 1, len(self.sets)) for entry in array(value, where))
