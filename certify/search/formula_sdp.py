"""Semidefinite programs: matrices in an affine space that are as far inside of the cone as possible."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from relucert.certify.search.formula_arrays import Floats

WIDEST = 1.0  # least eigenvalue at which the search for more stops


@dataclass(frozen=True)
class Inside:
    """A solution: all unknowns, and the least eigenvalue of all matrices."""

    unknowns: Floats
    margin: float


def is_installed() -> bool:
    """Whether there is a solver."""
    from importlib.util import find_spec

    return find_spec("clarabel") is not None


def deepest(matrix: object, right: Floats, sizes: Sequence[int], free: int, seconds: float) -> Inside | None:
    """max t with matrix @ x = right; the matrices in x minus t times the identity are positive semidefinite, t <= 1.

    Parameters
    ----------
    matrix : sparse, of as many columns as there are unknowns.
    sizes : of the symmetric matrices, whose upper triangles (column by column) are the unknowns in their order.
    free : number of further unknowns at the end, of any sign.
    """
    import clarabel
    from scipy import sparse

    count = sum(size * (size + 1) // 2 for size in sizes) + free
    rows, columns, values = [], [], []
    cones = [clarabel.ZeroConeT(len(right))]
    row, column = 0, 0
    for size in sizes:
        for b in range(size):
            for a in range(b + 1):
                rows.append(row)
                columns.append(column)
                values.append(-1.0 if a == b else -np.sqrt(2.0))
                if a == b:
                    rows.append(row)
                    columns.append(count)
                    values.append(1.0)
                row, column = row + 1, column + 1
        cones.append(clarabel.NonnegativeConeT(1) if size == 1 else clarabel.PSDTriangleConeT(size))
    rows.append(row)
    columns.append(count)
    values.append(1.0)
    cones.append(clarabel.NonnegativeConeT(1))
    below = sparse.csc_matrix((values, (rows, columns)), shape=(row + 1, count + 1))
    above = sparse.hstack([matrix, sparse.csc_matrix((len(right), 1))])
    objective = np.zeros(count + 1)
    objective[-1] = -1.0
    limits = np.concatenate([right, np.zeros(row), [WIDEST]])
    settings = clarabel.DefaultSettings()
    settings.verbose = False
    settings.max_iter = 100
    settings.time_limit = max(seconds, 0.01)
    whole = sparse.csc_matrix(sparse.vstack([above, below]))
    empty = sparse.csc_matrix((count + 1, count + 1))
    solution = clarabel.DefaultSolver(empty, objective, whole, limits, cones, settings).solve()
    unknowns = np.array(solution.x)
    if str(solution.status) in ("PrimalInfeasible", "AlmostPrimalInfeasible") or not np.all(np.isfinite(unknowns)):
        return None
    return Inside(unknowns[:-1], float(unknowns[-1]))


def unpacked(triangle: Floats, size: int) -> Floats:
    """The symmetric matrix whose upper triangle is given column by column."""
    found = np.zeros((size, size))
    k = 0
    for b in range(size):
        found[: b + 1, b] = triangle[k : k + b + 1]
        found[b, : b + 1] = triangle[k : k + b + 1]
        k += b + 1
    return found
