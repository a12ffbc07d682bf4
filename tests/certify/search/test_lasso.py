"""The nonnegative lasso against its optimality conditions, and joining of units."""

import numpy as np
import pytest

from relucert.certify.search.lasso import join_cells, nonnegative_lasso


@pytest.mark.parametrize("decay", [None, 0.0, 2.0])
@pytest.mark.parametrize("seed", range(5))
def test_optimality_conditions(seed: int, decay: float | None) -> None:
    generator = np.random.default_rng(seed)
    columns, y = np.maximum(generator.standard_normal((30, 50)), 0.0), generator.standard_normal(30) + 1.0
    columns *= generator.choice([-1.0, 1.0], 50)
    columns = np.hstack([columns, columns[:, :3], columns[:, :3] * (1 + 1e-9)])  # duplicates
    coefficients, constant = nonnegative_lasso(
        columns, y, 0.8, constant=decay is not None, constant_decay=decay or 0.0, passive=np.arange(0, 50, 7)
    )
    error = y - columns @ coefficients - constant
    gradient = columns.T @ error - 0.8
    assert np.all(coefficients >= 0) and coefficients.any()
    assert gradient.max() <= 1e-7
    assert np.abs(gradient[coefficients > 0]).max() <= 1e-7
    if decay is None:
        assert constant == 0.0
    else:
        assert error.sum() - decay * constant == pytest.approx(0.0, abs=1e-9)


def test_no_columns() -> None:
    coefficients, constant = nonnegative_lasso(np.zeros((4, 0)), np.arange(4.0), 1.0, constant=True, constant_decay=0.0)
    assert coefficients.shape == (0,)
    assert constant == pytest.approx(1.5)


def test_warm_start_does_not_change_the_optimum() -> None:
    generator = np.random.default_rng(9)
    columns, y = generator.standard_normal((20, 8)), generator.standard_normal(20)
    cold, _ = nonnegative_lasso(columns, y, 0.3, constant=False, constant_decay=0.0)
    warm, _ = nonnegative_lasso(columns, y, 0.3, constant=False, constant_decay=0.0, passive=np.arange(8))
    assert warm == pytest.approx(cold, abs=1e-12)


def test_units_of_one_cell_are_joined() -> None:
    rows = np.array([[1.0, 0.0], [0.0, 1.0], [-1.0, -1.0]])
    weights = np.array([[1.0, 0.5], [0.5, 1.0], [0.2, 0.1], [-1.0, 0.3]])
    signs = np.array([1.0, 1.0, -1.0, 1.0])
    joined, joined_signs = join_cells(rows, weights, signs)
    assert joined == pytest.approx(np.array([[1.5, 1.5], [0.2, 0.1], [-1.0, 0.3]]))
    before = np.maximum(rows @ weights.T, 0.0) @ signs
    assert np.maximum(rows @ joined.T, 0.0) @ joined_signs == pytest.approx(before)
