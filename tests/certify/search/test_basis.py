"""Integer bases of the row space."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from relucert.certify.search.basis import integer_basis

GENERATOR = np.random.default_rng(0)
FULL = GENERATOR.normal(size=(9, 3))
CASES = {
    "full rank": FULL,
    "duplicate column": FULL[:, [0, 1, 1]],
    "zero column": FULL * [1.0, 0.0, 1.0],
    "fewer rows than columns": GENERATOR.normal(size=(2, 5)),
    "one row": FULL[:1],
    "collinear": np.outer([1.0, 2.0, -0.5], [0.1, 0.7, 0.3]) * 3.0,
    "nearly collinear": np.array([[1.0, 1.0], [1.0, 1.0 + 2.0**-50]]),
    "long and short rows": np.array([[1e8, 1.0, 0.0], [1e-8, 0.0, 1e-9]]),
    "tiny": FULL[:2] * 1e-300,
    "zero": np.zeros((3, 2)),
}


def rank(rows: list[list[Fraction]]) -> int:
    """Exact."""
    work, found = [list(row) for row in rows], 0
    for j in range(len(work[0]) if work else 0):
        pivot = next((row for row in work if row[j]), None)
        if pivot is not None:
            work.remove(pivot)
            work = [[a - row[j] / pivot[j] * b for a, b in zip(row, pivot, strict=True)] for row in work]
            found += 1
    return found


def exact(rows: Any) -> list[list[Fraction]]:
    return [[Fraction(value) for value in row] for row in rows.tolist()]


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("shifted", [False, True])
def test_spans_the_rows_exactly(name: str, shifted: bool) -> None:
    rows = CASES[name]
    origin = rows[0] if shifted else None
    basis = integer_basis(rows, np.ones(len(rows)), origin)
    spanned = exact(rows)
    if shifted:
        spanned = [[a - b for a, b in zip(row, spanned[0], strict=True)] for row in spanned]
    vectors = exact(basis)
    assert all(isinstance(value, int) for row in basis.tolist() for value in row)
    assert rank(vectors) == len(vectors)
    assert rank(vectors + spanned) == len(vectors) >= rank(spanned)
    if len(vectors) < rows.shape[1]:
        assert len(vectors) == rank(spanned)


def test_differences_are_exact() -> None:
    """In floats 0.3 - 0.1 and 0.7 - 0.1 are rounded, and their multiples leave the row space."""
    rows = np.array([[0.1, 0.2, 0.4], [0.3, 0.7, 1e17], [0.7, 1e-17, 3.0]])
    basis = integer_basis(rows, np.ones(3), rows[0])
    spanned = [[a - b for a, b in zip(row, exact(rows)[0], strict=True)] for row in exact(rows)]
    assert len(basis) == 2 and rank(exact(basis) + spanned) == 2


def test_samples_with_weight_zero_do_not_count() -> None:
    basis = integer_basis(FULL, np.array([1.0, 0, 0, 0, 0, 0, 0, 0, -1.0]))
    assert len(basis) == 2
    assert integer_basis(FULL, np.zeros(9)).shape == (0, 3)


def test_close_to_the_principal_directions() -> None:
    rows = GENERATOR.normal(size=(200, 2)) @ np.array([[3.0, 3.0], [0.2, -0.2]])
    basis = integer_basis(rows, np.ones(200)).astype(float)
    basis /= np.linalg.norm(basis, axis=1, keepdims=True)
    assert abs(basis[0] @ np.array([1.0, 1.0])) / np.sqrt(2) > 0.999
