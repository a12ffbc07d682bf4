"""Copositivity of a symmetric matrix, asked from its NO side (Murty and Kabadi 1987)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from relucert.reductions.problem import Json, Problem, ProblemError
from relucert.reductions.problems.numbers import (
    Matrix,
    Vector,
    dot,
    largest,
    matrix_from_json,
    require_vector,
    vector_from_json,
    vector_to_json,
)
from relucert.reductions.text import exact, fields


@dataclass(frozen=True)
class Copositivity(Problem[Vector]):
    """Is there an x >= 0 with x.Mx < 0?  YES means that the symmetric matrix M is *not* copositive."""

    name = "copositivity"
    question = "Is there a vector x >= 0 with x.Mx < 0, so that the symmetric matrix M is not copositive?"

    matrix: Matrix

    def __post_init__(self) -> None:
        n = len(self.matrix)
        for i, row in enumerate(self.matrix):
            require_vector(row, n, f"matrix[{i}]")
            for j in range(i):
                if row[j] != self.matrix[j][i]:
                    raise ProblemError(
                        "the matrix is not symmetric", f"matrix[{i}][{j}] and [{j}][{i}]", "give (M + M')/2"
                    )

    @classmethod
    def parse_lines(cls, text: str, where: str, k: int | None = None) -> Copositivity:
        """A table of numbers with commas or white space between them; decimals are exact."""
        rows: list[Vector] = []
        for number, line in enumerate(text.splitlines(), 1):
            words = line.replace(",", " ").split()
            if not words:
                continue
            place = f"{where}:{number}"
            if rows and len(words) != len(rows[0]):
                raise ProblemError(
                    f"{len(words)} numbers where the first row has {len(rows[0])}", place, "complete the row"
                )
            try:
                rows.append(tuple([exact(word) for word in words]))
            except ValueError as error:
                raise ProblemError(str(error), place, "write 3, 0.25 or 1/3") from None
        if rows and len(rows) != len(rows[0]):
            raise ProblemError(f"{len(rows)} rows of {len(rows[0])} numbers", where, "give a square matrix")
        return cls(tuple(rows))

    def size(self) -> Mapping[str, int]:
        """The order of the matrix and its largest numerator or denominator."""
        return {"order": len(self.matrix), "largest": largest([entry for row in self.matrix for entry in row])}

    def is_witness(self, candidate: Vector) -> bool:
        require_vector(candidate, len(self.matrix), "witness")
        return all(entry >= 0 for entry in candidate) and self.value(candidate) < 0

    def value(self, x: Vector) -> Fraction:
        """x.Mx."""
        return dot(x, [dot(row, x) for row in self.matrix])

    def to_json(self) -> Json:
        return {"problem": self.name, "matrix": [vector_to_json(row) for row in self.matrix]}

    @classmethod
    def from_json(cls, value: Json, where: str = "", k: int | None = None) -> Copositivity:
        """``{"matrix": [[1, "-1/2"], ["-1/2", 1]]}``, or the array alone."""
        rows = value if isinstance(value, list) else fields(value, where, ("matrix",))["matrix"]
        matrix = matrix_from_json(rows, f"{where}, matrix")
        if any(len(row) != len(matrix) for row in matrix):
            raise ProblemError(f"{len(matrix)} rows of {len(matrix[0])} numbers", where, "give a square matrix")
        return cls(matrix)

    def witness_to_json(self, witness: Vector) -> Json:
        return vector_to_json(witness)

    def witness_from_json(self, value: Json, where: str = "") -> Vector:
        return vector_from_json(value, len(self.matrix), where)
