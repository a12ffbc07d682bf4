"""Linear constraints on rational variables: a solution, or multipliers that say why there is none."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from relucert.reductions.solve.rational import solve_exactly
from relucert.reductions.solve.simplex import Simplex

Bounds = Sequence[int | None]  # of every variable and row; None is no bound
Multipliers = dict[tuple[int, bool], Any]  # (variable or row, is it its upper bound) -> m > 0


class System:
    """Variables x_0 .. x_(n-1) and rows, sparse forms in them with whole coefficients; both are numbered together.

    Multipliers of bounds are a conflict when the sum of m (upper - form) and m (form - lower) is a negative constant
    (Farkas 1902).

    point : the variables in the last solution that was found.
    """

    def __init__(self, variables: int, rows: Sequence[Mapping[int, int]], tick: Callable[[], None]) -> None:
        self.variables, self.tick = variables, tick
        self.forms: list[Mapping[int, int]] = [*({i: 1} for i in range(variables)), *rows]
        # the float tableau has rows of size 1
        sizes = [max(map(abs, row.values()), default=1) for row in rows]
        self.scale = np.array([1.0] * variables + [1.0 / size for size in sizes])
        self.point: Any = np.zeros(variables)
        self._matrix = np.zeros((len(rows), variables), dtype=object)
        for place, row in enumerate(rows):
            for i, entry in row.items():
                self._matrix[place, i] = entry
        scaled = [[entry / size for entry in row] for row, size in zip(self._matrix.tolist(), sizes, strict=True)]
        self._float = Simplex(np.array(scaled, dtype=float).reshape(len(rows), variables), exact=False, tick=tick)

    def conflict(self, lower: Bounds, upper: Bounds) -> Multipliers | None:
        """Multipliers in floats, which are a hint; ``None``: `point` is a solution but for rounding."""
        sides = [np.array([end if v is None else float(v) for v in side]) * self.scale
                 for side, end in ((lower, -np.inf), (upper, np.inf))]  # fmt: skip
        self._float.bound(*sides)
        found = self._float.feasible()
        if found is None:
            self.point = self._float.value[: self.variables]
            return None
        return {key: m * self.scale[key[0]] for key, m in found.items()}

    def exact_conflict(self, lower: Bounds, upper: Bounds) -> Multipliers | None:
        """Multipliers in rationals; ``None``: `point` is a solution."""
        solver = Simplex(self._matrix, exact=True, tick=self.tick)
        sides = [np.array([end if v is None else Fraction(v) for v in side], dtype=object)
                 for side, end in ((lower, -np.inf), (upper, np.inf))]  # fmt: skip
        solver.bound(*sides)
        found = solver.feasible()
        if found is None:
            self.point = solver.value[: self.variables]
        return found

    def repaired(self, hint: Multipliers, lower: Bounds, upper: Bounds) -> Multipliers | None:
        """Multipliers in rationals of the same bounds as a hint; ``None`` when there are none near it."""
        columns: dict[int, dict[int, int]] = {}
        constant: dict[int, int] = {}
        for j, (variable, is_upper) in enumerate(hint):
            sign = -1 if is_upper else 1
            for i, entry in self.forms[variable].items():
                columns.setdefault(i, {})[j] = sign * entry
            constant[j] = sign * ((upper if is_upper else lower)[variable] or 0)
        total = sum(m * constant[j] for j, m in enumerate(hint.values()))
        if not total > 0:
            return None
        equations = [*[(row, 0) for row in columns.values()], (constant, 1)]
        found = solve_exactly(equations, [m / total for m in hint.values()])
        if found is None or min(found, default=Fraction(0)) < 0:
            return None
        return {key: m for key, m in zip(hint, found, strict=True) if m}

    def decide(self, lower: Bounds, upper: Bounds) -> Multipliers | None:
        """As `exact_conflict`, mostly by floats: only solutions are left to the caller to check."""
        try:
            hint = self.conflict(lower, upper)
        except ArithmeticError:
            return self.exact_conflict(lower, upper)
        if hint is None:
            return None
        return self.repaired(hint, lower, upper) or self.exact_conflict(lower, upper)
