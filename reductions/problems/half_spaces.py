"""Separation by an intersection of k half-spaces (Megiddo 1988; Blum and Rivest 1992, Section 4)."""

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
from relucert.reductions.text import MAX_COUNT, array, fields, rational, whole

HalfSpaces = tuple[tuple[Vector, Fraction], ...]


@dataclass(frozen=True)
class HalfSpaceIntersection(Problem[HalfSpaces]):
    """Are there k half-spaces a.x > b whose intersection contains `inside` and none of the points `outside`?

    inside, outside : points of R^dimension.  A point that is in both makes the answer NO.
    """

    name = "half-space-intersection"
    question = "Are there k open half-spaces whose intersection holds all points of one list and none of the other?"

    k: int
    dimension: int
    inside: Matrix
    outside: Matrix

    def __post_init__(self) -> None:
        if not 1 <= self.k <= MAX_COUNT:
            raise ProblemError(f"{self.k} half-spaces", "k", "there must be at least 1")
        for name, points in (("inside", self.inside), ("outside", self.outside)):
            for i, point in enumerate(points):
                require_vector(point, self.dimension, f"{name}[{i}]")

    def size(self) -> Mapping[str, int]:
        """The half-spaces k, the dimension, the points, their entries that are not zero, the largest numerator or
        denominator."""
        points = [*self.inside, *self.outside]
        return {
            "k": self.k,
            "dimension": self.dimension,
            "points": len(points),
            "nonzeros": sum(value != 0 for point in points for value in point),
            "largest": largest([value for point in points for value in point]),
        }

    def is_witness(self, candidate: HalfSpaces) -> bool:
        if len(candidate) != self.k:
            raise ProblemError(f"{len(candidate)} half-spaces", "witness", f"give {self.k} of them")
        for normal, _ in candidate:
            require_vector(normal, self.dimension, "witness, normal")
        return all(self._holds(candidate, point) for point in self.inside) and not any(
            self._holds(candidate, point) for point in self.outside
        )

    @staticmethod
    def _holds(half_spaces: HalfSpaces, point: Vector) -> bool:
        return all(dot(normal, point) > threshold for normal, threshold in half_spaces)

    def to_json(self) -> Json:
        return {
            "problem": self.name,
            "k": self.k,
            "dimension": self.dimension,
            "inside": [vector_to_json(point) for point in self.inside],
            "outside": [vector_to_json(point) for point in self.outside],
        }

    @classmethod
    def from_json(cls, value: Json, where: str = "", k: int | None = None) -> HalfSpaceIntersection:
        given = fields(value, where, ("dimension", "inside", "outside"), ("k",))
        dimension = whole(given["dimension"], f"{where}, dimension", 0, MAX_COUNT)
        return cls(
            whole(given.get("k", 2 if k is None else k), f"{where}, k", 1, MAX_COUNT),
            dimension,
            matrix_from_json(given["inside"], f"{where}, inside", dimension),
            matrix_from_json(given["outside"], f"{where}, outside", dimension),
        )

    def witness_to_json(self, witness: HalfSpaces) -> Json:
        return [{"normal": vector_to_json(a), "threshold": str(b)} for a, b in witness]

    def witness_from_json(self, value: Json, where: str = "") -> HalfSpaces:
        found = []
        for entry in array(value, where, self.k):
            given = fields(entry, where, ("normal", "threshold"))
            normal = vector_from_json(given["normal"], self.dimension, f"{where}, normal")
            found.append((normal, rational(given["threshold"], f"{where}, threshold")))
        return tuple(found)
