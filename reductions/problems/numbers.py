"""Rational vectors and matrices in instances and witnesses."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from relucert.reductions.problem import Json, ProblemError
from relucert.reductions.text import array, rational, spell

Vector = tuple[Fraction, ...]
Matrix = tuple[Vector, ...]


def require_vector(candidate: Vector, length: int, name: str) -> None:
    """ProblemError unless the candidate is `length` rationals."""
    if len(candidate) != length or not all(isinstance(entry, (int, Fraction)) for entry in candidate):
        raise ProblemError(f"{len(candidate)} entries where {length} rationals are needed", name, "give every entry")


def vector_from_json(value: Json, length: int | None, where: str) -> Vector:
    """A vector of JSON numbers or strings "p/q"."""
    return tuple([rational(entry, f"{where}[{i}]") for i, entry in enumerate(array(value, where, length))])


def matrix_from_json(value: Json, where: str, columns: int | None = None) -> Matrix:
    """Rows of one length."""
    rows = []
    for i, row in enumerate(array(value, where)):
        rows.append(vector_from_json(row, columns, f"{where}[{i}]"))
        columns = len(rows[0])
    return tuple(rows)


def vector_to_json(vector: Iterable[Fraction]) -> Json:
    """Strings "p/q"."""
    return [spell(entry) for entry in vector]


def dot(x: Iterable[Fraction], y: Iterable[Fraction]) -> Fraction:
    """The inner product."""
    return sum([a * b for a, b in zip(x, y, strict=True)], Fraction(0))


def relu(value: Fraction) -> Fraction:
    """max(value, 0)."""
    return max(value, Fraction(0))


def largest(numbers: Iterable[Fraction]) -> int:
    """The largest absolute numerator or denominator, at least 1: whether an instance stays hard in unary."""
    return max((max(abs(number.numerator), number.denominator) for number in numbers), default=1)
