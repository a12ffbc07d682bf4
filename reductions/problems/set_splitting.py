"""Set splitting with k colours: colourings of hypergraphs (Lovasz 1973; Garey and Johnson 1979, SP4 for k = 2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from relucert.reductions.problem import Json, Problem, ProblemError
from relucert.reductions.problems.coloring import (
    Coloring,
    coloring_from_json,
    is_proper,
    number_of_colors,
    require_coloring,
)
from relucert.reductions.problems.sets import Sets, members, read_sets, require_sets, sets_from_json
from relucert.reductions.text import MAX_COUNT, fields


@dataclass(frozen=True)
class SetSplitting(Problem[Coloring]):
    """Can the elements 1..`elements` be coloured with k >= 1 colours such that no set is of a single colour?

    Within a set the elements differ: readers drop repetitions.  A set of fewer than two elements is always of a single
    colour, the empty one too, so that the answer is NO; with k = 1 any set makes it NO.
    """

    name = "set-splitting"
    question = "Is there a colouring of the elements with k colours that leaves no set in a single colour?"

    elements: int
    sets: Sets
    k: int = 2

    def __post_init__(self) -> None:
        require_sets(self.elements, self.sets)
        if not 1 <= self.k <= MAX_COUNT:
            raise ProblemError(f"{self.k} colours", "k", "there must be at least 1")

    @classmethod
    def parse_lines(cls, text: str, where: str, k: int | None = None) -> SetSplitting:
        """One set of whole numbers per line; # begins a comment; the largest number is the number of elements."""
        return cls(*read_sets(text, where), number_of_colors(None, k, where))

    def size(self) -> Mapping[str, int]:
        """The elements, the sets, the members of all sets, and the colours k."""
        return {"elements": self.elements, "sets": len(self.sets), "members": members(self.sets), "k": self.k}

    def is_witness(self, candidate: Coloring) -> bool:
        require_coloring(candidate, self.elements, self.k)
        return is_proper(self.sets, candidate)

    def to_json(self) -> Json:
        return {
            "problem": self.name,
            "elements": self.elements,
            "sets": [list(members) for members in self.sets],
            "k": self.k,
        }

    @classmethod
    def from_json(cls, value: Json, where: str = "", k: int | None = None) -> SetSplitting:
        """``{"elements": n, "sets": [[1, 2, 3], ...], "k": 2}``; k may be left out."""
        given = fields(value, where, ("elements", "sets"), ("k",))
        elements, sets = sets_from_json(given["elements"], given["sets"], where)
        return cls(elements, sets, number_of_colors(given.get("k"), k, where))

    def witness_to_json(self, witness: Coloring) -> Json:
        return list(witness)

    def witness_from_json(self, value: Json, where: str = "") -> Coloring:
        return coloring_from_json(value, self.elements, self.k, where)
