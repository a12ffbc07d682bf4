"""Exact equations and rational subspaces."""

from __future__ import annotations

import random
from fractions import Fraction

import numpy as np

from relucert.certify.search.formula_affine import Affine, complement, rational_basis


def test_solutions_are_exact_and_near() -> None:
    generator = random.Random(3)
    for _ in range(60):
        rows, count = generator.randint(1, 5), generator.randint(1, 7)
        columns = [
            {r: Fraction(generator.randint(-3, 3)) for r in range(rows) if generator.random() < 0.6}
            for _ in range(count)
        ]
        columns = [{r: value for r, value in column.items() if value} for column in columns]
        truth = [Fraction(generator.randint(-5, 5), generator.randint(1, 4)) for _ in range(count)]
        right = {
            r: sum((column.get(r, Fraction(0)) * x for column, x in zip(columns, truth, strict=True)), Fraction(0))
            for r in range(rows)
        }
        affine = Affine(columns, right)
        assert affine.consistent
        assert affine.near(truth) == truth
        solution = affine.near([Fraction(0)] * count)
        for r in range(rows):
            value = sum(
                (column.get(r, Fraction(0)) * x for column, x in zip(columns, solution, strict=True)), Fraction(0)
            )
            assert value == right[r]
        matrix = np.array([[float(column.get(r, 0)) for column in columns] for r in range(rows)])
        assert len(affine.kept) == np.linalg.matrix_rank(matrix)


def test_what_has_no_solution_is_not_consistent() -> None:
    one = Fraction(1)
    assert not Affine([{0: one, 1: one}], {0: one, 1: Fraction(2)}).consistent
    assert not Affine([{}], {0: one}).consistent
    assert Affine([{0: one, 1: one}], {0: one, 1: one}).kept in ([0], [1])


def test_a_rational_subspace_is_recognised() -> None:
    generator = np.random.default_rng(1)
    simple = np.array([[1, 0, 0.5, -1], [0, 1, 2, 1 / 3]])
    vectors = generator.normal(size=(2, 2)) @ simple + 1e-7 * generator.normal(size=(2, 4))
    basis = rational_basis(vectors)
    assert basis is not None
    assert np.linalg.matrix_rank(np.vstack([simple, np.array(basis, dtype=float)]), tol=1e-9) == 2
    assert rational_basis(np.array([[1.0, np.sqrt(0.5) / 9]])) is None
    assert rational_basis(np.array([[1.0, 0.0], [1.0, 1e-9]])) is None


def test_the_complement_is_orthogonal() -> None:
    vectors = [[Fraction(1), Fraction(2), Fraction(0)], [Fraction(2), Fraction(4), Fraction(0)]]
    basis = complement(vectors, 3)
    assert len(basis) == 2
    assert all(sum(a * b for a, b in zip(row, vector, strict=True)) == 0 for row in basis for vector in vectors)
    assert complement([], 2) == [[Fraction(1), Fraction(0)], [Fraction(0), Fraction(1)]]
