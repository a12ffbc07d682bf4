"""Semidefinite programs: matrices in an affine space that are as far inside of the cone as possible."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from relucert.certify.search.formula_arrays import Floats

Integers = NDArray[np.int64]

SOLVED = ("Solved", "AlmostSolved", "InsufficientProgress")
DEEPEST = 1.0  # least eigenvalue at which the search for more stops


@dataclass(frozen=True)
class Inside:
    """A solution: all unknowns, and the least eigenvalue of all matrices."""

    unknowns: Floats
    margin: float


def is_installed() -> bool:
    """Whether there is a solver."""
    from importlib.util import find_spec

    return find_spec("clarabel") is not None


@dataclass(frozen=True)
class Sparse:
    """A matrix by columns, with the attributes that the solver reads from SciPy's: SciPy takes longer to load."""

    data: Floats
    indices: Integers
    indptr: Integers
    shape: tuple[int, int]
    has_canonical_format: bool = True

    @classmethod
    def of(cls, columns: Sequence[dict[int, float]], rows: int) -> Sparse:
        """From the entries of each column by their rows."""
        entries = [entry for column in columns for entry in sorted(column.items())]
        ends = np.cumsum([0, *map(len, columns)])
        places = np.array([row for row, _ in entries], dtype=int)
        return cls(np.array([value for _, value in entries], dtype=float), places, ends, (rows, len(columns)))


def deepest(columns: Sequence[dict[int, float]], right: Floats, sizes: Sequence[int], seconds: float) -> Inside | None:
    """max t with sum x_c columns_c = right; the matrices in x minus t times the identity are semidefinite, t <= 1.

    Parameters
    ----------
    columns : of the equations, the entries by their rows; one for every unknown.
    sizes : of the symmetric matrices, whose upper triangles (column by column) are the first unknowns in their order;
        the others may have any sign.
    """
    import clarabel

    whole = [dict(column) for column in columns]
    depth: dict[int, float] = {}
    cones = [clarabel.ZeroConeT(len(right))]
    row, unknown = len(right), 0
    for size in sizes:
        for b in range(size):
            for a in range(b + 1):
                whole[unknown][row] = -1.0 if a == b else -sqrt(2.0)
                if a == b:
                    depth[row] = 1.0
                row, unknown = row + 1, unknown + 1
        cones.append(clarabel.NonnegativeConeT(1) if size == 1 else clarabel.PSDTriangleConeT(size))
    depth[row] = 1.0
    cones.append(clarabel.NonnegativeConeT(1))
    whole.append(depth)
    objective = np.zeros(len(whole))
    objective[-1] = -1.0
    limits = np.zeros(row + 1)
    limits[: len(right)], limits[-1] = right, DEEPEST
    settings = clarabel.DefaultSettings()
    settings.verbose = False
    settings.max_iter = 100
    settings.time_limit = max(seconds, 0.01)
    quadratic = Sparse.of([{} for _ in whole], len(whole))
    solver = clarabel.DefaultSolver(quadratic, objective, Sparse.of(whole, row + 1), limits, cones, settings)
    solution = solver.solve()
    unknowns = np.array(solution.x)
    if str(solution.status) not in SOLVED or not np.all(np.isfinite(unknowns)):
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
