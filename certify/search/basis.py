"""Integer bases of the row space, from which the root cones of branch and bound are made."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from relucert.certify.search.dual import FloatArray

# Principal directions are rounded to multiples of 1/64: cones near the axes of the data, with small integers.
GRID = 64


def integer_basis(rows: FloatArray, nu: FloatArray, origin: FloatArray | None = None) -> NDArray[Any]:
    """(r, D) Python integers: r independent vectors that span exactly the rows (less ``origin``) with nu_i != 0.

    They approximate the principal directions of ``X' diag|nu| X``, in which the root cones separate the data best.
    """
    base = np.zeros(rows.shape[1]) if origin is None else origin
    differences = rows - base
    chosen = (nu != 0) & np.any(differences != 0, axis=1)
    used = differences[chosen]
    dimension = rows.shape[1]
    if len(used) == 0:
        return np.zeros((0, dimension), dtype=object)
    size = float(np.abs(used).max())
    scaled = used / size
    directions = _principal_directions(scaled, np.abs(nu[chosen]))
    rounded = np.rint(directions * GRID)
    if len(used) >= dimension and np.linalg.matrix_rank(scaled) == dimension:
        if abs(np.linalg.slogdet(rounded / GRID)[1]) < 1.0:
            return np.array([[int(v) for v in row] for row in rounded], dtype=object)
        return np.array(np.eye(dimension, dtype=int), dtype=object)
    return _within_row_space(rows[chosen], base, directions)


def _principal_directions(rows: FloatArray, weights: FloatArray) -> FloatArray:
    scale = np.sqrt(weights / max(float(weights.max(initial=0.0)), 1e-300))
    return np.asarray(np.linalg.svd(rows * scale[:, None], full_matrices=False)[2], dtype=np.float64)


def _within_row_space(rows: FloatArray, base: FloatArray, directions: FloatArray) -> NDArray[Any]:
    """Integer combinations of independent rows x - base (taken as exact integers) close to the directions."""
    independent = _independent_rows(rows, base)
    rank, dimension = len(independent), rows.shape[1]
    if rank == dimension:
        return np.array(np.eye(dimension, dtype=int), dtype=object)
    approximate = np.array([[float(v) for v in row] for row in independent])
    approximate /= np.linalg.norm(approximate, axis=1, keepdims=True)
    lengths = [float(np.linalg.norm([float(v) for v in row])) for row in independent]
    inverse = np.linalg.pinv(approximate, rcond=1e-13)
    for grid in (GRID, 2**12, 2**20, 2**30):
        # M R is close to the directions when the rounding of M, against rows of about equal length, is small
        mixing = np.rint(directions[:rank] @ inverse * grid)
        if np.linalg.matrix_rank(mixing) == rank:
            break
    else:
        mixing = np.eye(rank)
    longest = max(lengths)
    # rows of very different length are brought together by whole powers of two
    shifts = [max(0, int(np.log2(longest / length))) for length in lengths]
    result = [
        [sum(int(mixing[k, i]) * (independent[i][j] << shifts[i]) for i in range(rank)) for j in range(dimension)]
        for k in range(rank)
    ]
    return np.array(result, dtype=object).reshape(rank, dimension)


def _independent_rows(rows: FloatArray, base: FloatArray) -> list[list[int]]:
    """A maximal set of exactly independent x - base, as integers on one common scale; long rows are tried first."""
    order = np.argsort(-np.abs(rows - base).max(axis=1), kind="stable")
    origin = [Fraction(v) for v in base.tolist()]  # differences of floats are rounded, and leave the row space
    exact = [[Fraction(v) - o for v, o in zip(rows[i].tolist(), origin, strict=True)] for i in order]
    denominator = max(value.denominator for row in exact for value in row)
    echelon: list[tuple[int, list[Fraction]]] = []
    chosen: list[list[int]] = []
    for row in exact:
        reduced = list(row)
        for pivot, other in echelon:
            if reduced[pivot]:
                factor = reduced[pivot] / other[pivot]
                reduced = [a - factor * b for a, b in zip(reduced, other, strict=True)]
        nonzero = next((j for j, v in enumerate(reduced) if v), None)
        if nonzero is not None:
            echelon.append((nonzero, reduced))
            chosen.append([int(value * denominator) for value in row])
            if len(chosen) == len(row):
                break
    return chosen
