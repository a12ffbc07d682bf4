"""Nonnegative lasso over a fixed list of units, and joining of units that share a cell.

For fixed directions ``u_j`` and signs ``s_j`` the training problem is the convex quadratic program
``min_{c >= 0} 1/2 |M c + const - y|^2 + beta * sum(c)`` with ``M_ij = s_j relu(x_i . u_j)``; it is solved by the
active-set method of Lawson & Hanson (1974, ch. 23), warm started.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from relucert.certify.search.climb import ZERO_MARGIN
from relucert.certify.search.dual import FloatArray

IntArray = NDArray[np.intp]

# A new column whose part orthogonal to the passive ones is below this fraction of its length is refused.
INDEPENDENT = 1e-7


class _PassiveSystem:
    """Normal equations of the passive columns, factorised anew per change (k is small)."""

    def __init__(self, gram: FloatArray, target: FloatArray) -> None:
        self.gram = gram
        self.target = target

    def solve(self, passive: list[int]) -> FloatArray | None:
        """Coefficients of the passive columns, None when they are numerically dependent."""
        if not passive:
            return np.zeros(0)
        block = self.gram[np.ix_(passive, passive)]
        scale = 1.0 / np.sqrt(np.maximum(np.diag(block), 1e-300))
        scaled = block * scale[:, None] * scale
        try:
            factor = np.linalg.cholesky(scaled)
        except np.linalg.LinAlgError:
            return None
        if float(np.diag(factor).min()) < INDEPENDENT:
            return None
        right = self.target[passive] * scale
        solution = np.linalg.solve(scaled, right)
        solution += np.linalg.solve(scaled, right - scaled @ solution)
        return np.asarray(solution * scale, dtype=np.float64)


def nonnegative_lasso(
    columns: FloatArray,
    y: FloatArray,
    beta: float,
    *,
    constant: bool,
    constant_decay: float,
    passive: IntArray | None = None,
) -> tuple[FloatArray, float]:
    """Minimise ``1/2 |columns @ c + const - y|^2 + beta sum(c) + constant_decay/2 const^2`` over ``c >= 0``.

    Parameters
    ----------
    columns : (n, k).
    constant : whether the output constant exists; ``constant_decay`` 0 leaves it free.
    passive : indices expected to be positive (warm start).

    Returns
    -------
    (k,) coefficients and the constant (0 when absent).
    """
    count = columns.shape[1]
    offset: list[int] = []
    matrix = columns
    if constant:
        matrix = np.hstack([columns, np.ones((len(y), 1))])
        offset = [count]
    gram = matrix.T @ matrix
    target = matrix.T @ y
    if constant:
        gram[count, count] += constant_decay
    target[:count] -= beta
    system = _PassiveSystem(gram, target)
    values = np.zeros(matrix.shape[1])
    chosen: list[int] = []
    start = system.solve(offset) if offset else None
    if start is not None:
        values[offset] = start
    if passive is not None and len(passive):
        chosen = [int(j) for j in passive]
        solution = system.solve(chosen + offset)
        while chosen and (solution is None or float(solution[: len(chosen)].min()) <= 0):
            if solution is None:
                chosen = _independent_subset(gram, chosen)
                solution = system.solve(chosen + offset)
                if solution is None:
                    chosen = []
            else:
                chosen = [j for j, value in zip(chosen, solution, strict=False) if value > 0]
                solution = system.solve(chosen + offset) if chosen else None
        if chosen and solution is not None:
            values[:] = 0.0
            values[chosen + offset] = solution
    refused: set[int] = set()
    scale = np.sqrt(np.maximum(np.diag(gram)[:count], 1e-300))
    noise = 1e-13 * float(np.linalg.norm(y))
    for _ in range(6 * count + 50):
        gradient = (target - gram @ values)[:count]
        gradient[chosen] = -np.inf
        gradient[list(refused)] = -np.inf
        if count == 0 or not float((gradient / scale).max()) > noise:
            break
        # The largest violation of beta, not of beta/|column|: units are compared on the sphere.
        entering = int(np.argmax(gradient))
        solution = system.solve([*chosen, entering, *offset])
        if solution is None or solution[len(chosen)] <= 0:
            refused.add(entering)
            continue
        chosen.append(entering)
        while solution is not None and chosen and float(solution[: len(chosen)].min()) <= 0:
            new = solution[: len(chosen)]
            current = values[chosen]
            falling = new <= 0
            length = float((current[falling] / (current[falling] - new[falling])).min())
            blended = current + length * (new - current)
            dropped = falling & (blended <= 1e-14 * max(float(np.abs(blended).max()), 1e-300))
            if not dropped.any():
                dropped = falling
            values[chosen] = np.where(dropped, 0.0, blended)
            chosen = [j for j, gone in zip(chosen, dropped, strict=True) if not gone]
            solution = system.solve(chosen + offset) if chosen or offset else None
        values[:] = 0.0
        if solution is not None:
            values[chosen + offset] = solution
        refused = set()
    return values[:count], float(values[count]) if constant else 0.0


def _independent_subset(gram: FloatArray, chosen: list[int]) -> list[int]:
    """Greedy subset of columns that passes the independence test (pivoted Gram-Schmidt on the Gram matrix)."""
    block = gram[np.ix_(chosen, chosen)]
    scale = 1.0 / np.sqrt(np.maximum(np.diag(block), 1e-300))
    rest = block * scale[:, None] * scale
    kept: list[int] = []
    for _ in range(len(chosen)):
        diagonal = np.diag(rest).copy()
        diagonal[kept] = -1.0
        pivot = int(np.argmax(diagonal))
        if diagonal[pivot] < (10 * INDEPENDENT) ** 2:
            break
        kept.append(pivot)
        column = rest[:, pivot] / np.sqrt(diagonal[pivot])
        rest = rest - np.outer(column, column)
    return [chosen[k] for k in sorted(kept)]


def join_cells(rows: FloatArray, weights: FloatArray, signs: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Sum hidden weight vectors (k, p) of equal sign whose closed activation cells meet.

    The fit does not change and the penalty does not grow (triangle inequality); Wang, Lacotte & Pilanci 2022.
    """
    if len(signs) < 2:
        return weights, signs
    margins = rows @ weights.T
    tolerance = ZERO_MARGIN * np.linalg.norm(rows, axis=1)[:, None] * np.linalg.norm(weights, axis=1)
    positive = (margins > tolerance).astype(np.float32)
    negative = (margins < -tolerance).astype(np.float32)
    conflicts = positive.T @ negative
    conflicts += conflicts.T
    conflicts[signs[:, None] != signs] = 1.0
    if np.count_nonzero(conflicts == 0) == len(signs):
        return weights, signs
    joined: list[FloatArray] = []
    joined_signs: list[float] = []
    left = list(range(len(signs)))
    while left:
        first = left.pop(0)
        members = [first]
        for other in list(left):
            if not conflicts[members, other].any():
                members.append(other)
                left.remove(other)
        joined.append(weights[members].sum(axis=0))
        joined_signs.append(float(signs[first]))
    return np.array(joined), np.array(joined_signs)
