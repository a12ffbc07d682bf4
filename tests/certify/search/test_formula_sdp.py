"""Semidefinite programs."""

from __future__ import annotations

import numpy as np
import pytest

from relucert.certify.search.formula_sdp import Sparse, deepest, is_installed, unpacked

pytest.importorskip("clarabel")


def test_the_solver_is_found() -> None:
    assert is_installed()


def test_triangles_are_unpacked_column_by_column() -> None:
    assert unpacked(np.array([1.0, 2.0, 3.0, 4.0, 5.0, 6.0]), 3).tolist() == [[1, 2, 4], [2, 3, 5], [4, 5, 6]]


def test_a_matrix_by_columns() -> None:
    made = Sparse.of([{2: 5.0, 0: 1.0}, {}, {1: 3.0}], 3)
    assert (made.data.tolist(), made.indices.tolist(), made.indptr.tolist()) == ([1, 5, 3], [0, 2, 1], [0, 2, 2, 3])


def test_the_deepest_matrix_of_given_trace_is_a_multiple_of_the_identity() -> None:
    found = deepest([{0: 1.0}, {}, {0: 1.0}], np.array([1.0]), [2], 10)  # M_11 + M_22 = 1
    assert found is not None
    assert found.margin == pytest.approx(0.5, abs=1e-6)
    assert unpacked(found.unknowns, 2) == pytest.approx(np.eye(2) / 2, abs=1e-6)


def test_off_diagonal_entries_count_once() -> None:
    found = deepest([{0: 1.0}, {1: 1.0}, {2: 1.0}], np.array([1.0, 1.0, 1.0]), [2], 10)
    assert found is not None and found.margin == pytest.approx(0, abs=1e-6)  # [[1, 1], [1, 1]]
    found = deepest([{0: 1.0}, {1: 1.0}, {2: 1.0}], np.array([1.0, 2.0, 1.0]), [2], 10)
    assert found is not None and found.margin == pytest.approx(-1, abs=1e-6)


def test_unknowns_without_a_sign_and_numbers() -> None:
    """m - x = 0 for a number m >= t and x of any sign: t as large as is allowed."""
    found = deepest([{0: 1.0}, {0: -1.0}], np.array([0.0]), [1], 10)
    assert found is not None and found.margin == pytest.approx(1, abs=1e-6)


def test_equations_without_a_solution() -> None:
    assert deepest([{0: 1.0, 1: 1.0}], np.array([1.0, 2.0]), [1], 10) is None
