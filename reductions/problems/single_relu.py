"""Training one ReLU with squared loss to a given bound (Dey, Wang and Xie 2018; Goel et al. 2020)."""

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
    relu,
    require_vector,
    vector_from_json,
    vector_to_json,
)
from relucert.reductions.text import MAX_COUNT, fields, rational, spell, whole


@dataclass(frozen=True)
class SingleReluTraining(Problem[Vector]):
    """Is there a w in R^dimension with sum_t (relu(w.x_t) - y_t)^2 <= bound?

    points : (N, dimension) inputs x_t.  labels : (N,).  Rational weights suffice when the least loss is below the
    bound; at the bound itself the optimum of one activation pattern is rational too, as a least-squares solution.
    """

    name = "single-relu-training"
    question = "Is there a weight vector with which one ReLU has a squared loss of at most the bound?"

    dimension: int
    points: Matrix
    labels: Vector
    bound: Fraction

    def __post_init__(self) -> None:
        require_vector(self.labels, len(self.points), "labels")
        for t, point in enumerate(self.points):
            require_vector(point, self.dimension, f"points[{t}]")

    def size(self) -> Mapping[str, int]:
        """The dimension, the samples, the entries that are not zero, and the largest numerator or denominator."""
        entries = [value for point in self.points for value in point]
        return {
            "dimension": self.dimension,
            "samples": len(self.points),
            "nonzeros": sum(value != 0 for value in entries),
            "largest": largest([*entries, *self.labels, self.bound]),
        }

    def loss(self, w: Vector) -> Fraction:
        """sum_t (relu(w.x_t) - y_t)^2."""
        return sum(
            [(relu(dot(w, x)) - y) ** 2 for x, y in zip(self.points, self.labels, strict=True)],
            Fraction(0),
        )

    def is_witness(self, candidate: Vector) -> bool:
        require_vector(candidate, self.dimension, "witness")
        return self.loss(candidate) <= self.bound

    def to_json(self) -> Json:
        return {
            "problem": self.name,
            "dimension": self.dimension,
            "points": [vector_to_json(point) for point in self.points],
            "labels": vector_to_json(self.labels),
            "bound": spell(self.bound),
        }

    @classmethod
    def from_json(cls, value: Json, where: str = "", k: int | None = None) -> SingleReluTraining:
        given = fields(value, where, ("dimension", "points", "labels", "bound"))
        dimension = whole(given["dimension"], f"{where}, dimension", 0, MAX_COUNT)
        points = matrix_from_json(given["points"], f"{where}, points", dimension)
        labels = vector_from_json(given["labels"], None, f"{where}, labels")
        if len(labels) != len(points):
            raise ProblemError(f"{len(points)} points and {len(labels)} labels", where, "give one label per point")
        return cls(dimension, points, labels, rational(given["bound"], f"{where}, bound"))

    def witness_to_json(self, witness: Vector) -> Json:
        return vector_to_json(witness)

    def witness_from_json(self, value: Json, where: str = "") -> Vector:
        return vector_from_json(value, self.dimension, where)
