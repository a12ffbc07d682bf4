"""Semidefinite matrices: against eigenvalues, and where eigenvalues in floats say nothing."""

from __future__ import annotations

import random
from fractions import Fraction

import numpy as np
import pytest

from relucert.certify.check.real.semidefinite import is_semidefinite


def upper(matrix: list[list[int]], divisor: int = 1) -> list[list[Fraction]]:
    return [[Fraction(entry, divisor) for entry in row[k:]] for k, row in enumerate(matrix)]


def test_agrees_with_eigenvalues() -> None:
    generator = random.Random(5)
    found = set()
    for _ in range(400):
        size, rank = generator.randint(1, 5), generator.randint(1, 5)
        factor = np.array([[generator.randint(-3, 3) for _ in range(size)] for _ in range(rank)])
        matrix = factor.T @ factor
        place = generator.randrange(size)
        matrix[place, place] -= generator.choice([0, 0, 1, 2])
        least = float(np.linalg.eigvalsh(matrix)[0])
        answer = is_semidefinite(upper(matrix.tolist(), generator.choice([1, 3, 7])))
        found.add(answer)
        assert answer == (least > -1e-9), matrix
    assert found == {True, False}


@pytest.mark.parametrize(
    ("matrix", "answer"),
    [
        ([[0]], True),
        ([[-1]], False),
        ([[0, 1], [1, 5]], False),  # a zero on the diagonal whose row is not zero
        ([[0, 0], [0, -1]], False),
        ([[1, 2], [2, 4]], True),  # singular
        ([[1, 2, 3], [2, 4, 5], [3, 5, 10]], False),  # the second pivot is zero, its row is not
        ([[10**40, 10**40], [10**40, 10**40]], True),
        ([[10**40, 10**40], [10**40, 10**40 - 1]], False),  # too close for floats
        ([[2, 0, 1], [0, 0, 0], [1, 0, 2]], True),  # a zero row is left out
        ([[2, 0, 3], [0, 0, 0], [3, 0, 2]], False),
    ],
)
def test_cases(matrix: list[list[int]], answer: bool) -> None:
    assert is_semidefinite(upper(matrix)) is answer
