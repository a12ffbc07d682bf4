"""Feasibility of linear constraints whose bounds change, with the reason when there is no solution.

The general simplex method of Dutertre and de Moura (2006): variables x and rows s = A x, all with bounds.  Bounds may
be changed between calls; the basis stays, so that a call after a small change needs few pivots.  The same code runs in
floats, where answers are hints, and in rationals, where they are exact.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]
TOLERANCE = 1e-9
STALE = 300  # pivots after which a tableau of floats is computed anew


class Simplex:
    """x (n,) and s = A x (m,) between bounds; variable i < n is x_i, variable n + i is s_i.

    lower, upper : (n + m,) arrays, to be changed by `bound`; infinite ones are none.
    """

    def __init__(self, matrix: Array, *, exact: bool, tick: Callable[[], None] = lambda: None) -> None:
        rows, columns = matrix.shape
        self.exact, self.tick = exact, tick
        self.zero: Any = Fraction(0) if exact else 0.0
        self.tolerance: Any = Fraction(0) if exact else TOLERANCE
        self.matrix = _fractions(matrix) if exact else matrix.astype(float)
        self.tableau = self.matrix.copy()
        self.columns, self.rows = columns, rows
        self.basic = np.arange(columns, columns + rows)
        self.nonbasic = np.arange(columns)
        self.value = np.full(columns + rows, self.zero, dtype=object if exact else float)
        self.lower = np.full(columns + rows, -np.inf, dtype=self.value.dtype)
        self.upper = np.full(columns + rows, np.inf, dtype=self.value.dtype)
        self.pivots = 0

    def bound(self, lower: Array, upper: Array) -> None:
        """Set all bounds."""
        self.lower, self.upper = lower.copy(), upper.copy()
        place = self.nonbasic
        moved = np.minimum(np.maximum(self.value[place], lower[place]), upper[place])
        if (moved != self.value[place]).any():
            self.value[place] = moved
            self.value[self.basic] = self.tableau @ moved

    def feasible(self) -> dict[tuple[int, bool], Any] | None:
        """``None`` when there is a solution, which `value` then holds.

        Otherwise multipliers (variable, is it the upper bound) -> m > 0 of bounds that contradict each other: the sum
        of m times (upper - variable) and m times (variable - lower) is a negative constant.
        """
        for count in range(1 << 30):
            self.tick()
            if not self.rows:
                return None
            basic = self.value[self.basic]
            lower, upper = self.lower[self.basic], self.upper[self.basic]
            careful = self.exact or count > 2 * (self.rows + self.columns)  # Bland's rule ends cycles
            if careful:  # rationals are compared with infinity, never subtracted from it
                bad = np.nonzero((basic < lower - self.tolerance) | (basic > upper + self.tolerance))[0]
                if len(bad) == 0:
                    return None
                row = int(bad[np.argmin(self.basic[bad])])
            else:
                worst = np.maximum(lower - basic, basic - upper)
                row = int(np.argmax(worst))
                if worst[row] <= self.tolerance:
                    return None
            up = bool(basic[row] < lower[row])
            column = self._entering(row, up, careful)
            if column is None:
                if not self.exact and self.pivots:
                    self._refresh()
                    continue
                return self._conflict(row, up)
            self._pivot(row, column, self.lower[self.basic[row]] if up else self.upper[self.basic[row]])
            if not self.exact and (self.pivots >= STALE or count > 50 * (self.rows + self.columns)):
                self._refresh()
                if count > 50 * (self.rows + self.columns):
                    raise ArithmeticError("the float simplex method does not end")
        return None

    def _entering(self, row: int, up: bool, careful: bool) -> int | None:
        entries = self.tableau[row] if up else -self.tableau[row]
        value, place = self.value[self.nonbasic], self.nonbasic
        small = self.tolerance
        useful = ((entries > small) & (value < self.upper[place])) | ((entries < -small) & (value > self.lower[place]))
        found = np.nonzero(useful)[0]
        if len(found) == 0:
            return None
        if careful:
            return int(found[np.argmin(place[found])])
        return int(found[np.argmax(np.abs(entries[found]))])

    def _pivot(self, row: int, column: int, target: Any) -> None:
        tableau, leaving, entering = self.tableau, self.basic[row], self.nonbasic[column]
        pivot = tableau[row, column]
        step = (target - self.value[leaving]) / pivot
        self.value[self.basic] += tableau[:, column] * step
        self.value[entering] += step
        self.value[leaving] = target
        new = tableau[row] / -pivot
        new[column] = 1 / pivot
        entries = tableau[:, column].copy()
        entries[row] = self.zero
        tableau[:, column] = self.zero
        touched = np.nonzero(entries)[0]
        tableau[touched] += np.outer(entries[touched], new)
        tableau[row] = new
        self.basic[row], self.nonbasic[column] = entering, leaving
        self.pivots += 1

    def _refresh(self) -> None:
        """The tableau from the matrix: removes rounding errors."""
        whole = np.vstack([np.eye(self.columns), self.matrix])
        try:
            self.tableau = whole[self.basic] @ np.linalg.inv(whole[self.nonbasic])
        except np.linalg.LinAlgError:
            raise ArithmeticError("the basis of floats is singular") from None
        self.value[self.basic] = self.tableau @ self.value[self.nonbasic]
        self.pivots = 0

    def _conflict(self, row: int, up: bool) -> dict[tuple[int, bool], Any]:
        found: dict[tuple[int, bool], Any] = {(int(self.basic[row]), not up): 1 + self.zero}
        for variable, entry in zip(self.nonbasic, self.tableau[row] if up else -self.tableau[row], strict=True):
            if abs(entry) > self.tolerance:
                found[int(variable), bool(entry > 0)] = abs(entry)
        return found


def _fractions(matrix: Array) -> Array:
    return np.array([[Fraction(int(entry)) for entry in row] for row in matrix.tolist()], dtype=object).reshape(
        matrix.shape
    )
