"""Linear inequalities and disjunctions of bounds, decided exactly: an oracle for tests, sharing no code with solvers.

The simplex method with bounds (Dutertre and de Moura 2006) in rational arithmetic, with Bland's rule; disjunctions are
split on when the current point violates them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

Bound = tuple[int, str, Fraction]  # (variable, "<=" or ">=", value)


class Linear:
    """Free variables, and variables that are linear forms in them; every one may have bounds."""

    def __init__(self) -> None:
        self.lower: list[Fraction | None] = []
        self.upper: list[Fraction | None] = []
        self.value: list[Fraction] = []
        self.rows: dict[int, dict[int, Fraction]] = {}  # basic variable -> coefficients of the non-basic ones

    def variable(self) -> int:
        self.lower.append(None)
        self.upper.append(None)
        self.value.append(Fraction(0))
        return len(self.value) - 1

    def form(self, coefficients: Mapping[int, Fraction | int]) -> int:
        """A new variable that equals sum coefficient * variable."""
        row: dict[int, Fraction] = {}
        for variable, coefficient in coefficients.items():
            for j, c in self.rows.get(variable, {variable: Fraction(1)}).items():
                row[j] = row.get(j, Fraction(0)) + coefficient * c
        index = self.variable()
        self.rows[index] = {j: c for j, c in row.items() if c}
        self.value[index] = sum((c * self.value[j] for j, c in self.rows[index].items()), Fraction(0))
        return index

    def equate(self, variable: int, value: Fraction | int) -> bool:
        return self.bound((variable, "<=", Fraction(value))) and self.bound((variable, ">=", Fraction(value)))

    def bound(self, bound: Bound) -> bool:
        """Add a bound; whether the bounds of the variable still allow a value."""
        variable, relation, value = bound
        if relation == "<=":
            old = self.upper[variable]
            self.upper[variable] = value if old is None else min(old, value)
        else:
            old = self.lower[variable]
            self.lower[variable] = value if old is None else max(old, value)
        lower, upper = self.lower[variable], self.upper[variable]
        if lower is not None and upper is not None and lower > upper:
            return False
        if variable not in self.rows:
            if lower is not None and self.value[variable] < lower:
                self._move(variable, lower)
            elif upper is not None and self.value[variable] > upper:
                self._move(variable, upper)
        return True

    def feasible(self) -> bool:
        """Whether some point respects all bounds; then `value` is one."""
        while True:
            violated = [i for i in self.rows if self._excess(i)]
            if not violated:
                return True
            i = min(violated)
            excess = self._excess(i)
            for j in sorted(self.rows[i]):
                if self._can_move(j, up=(self.rows[i][j] > 0) == (excess < 0)):
                    self._pivot(i, j, self.value[i] - excess)
                    break
            else:
                return False

    def _excess(self, i: int) -> Fraction:
        lower, upper, value = self.lower[i], self.upper[i], self.value[i]
        if upper is not None and value > upper:
            return value - upper
        return value - lower if lower is not None and value < lower else Fraction(0)

    def _can_move(self, j: int, *, up: bool) -> bool:
        limit = self.upper[j] if up else self.lower[j]
        return limit is None or (self.value[j] < limit if up else self.value[j] > limit)

    def _move(self, j: int, value: Fraction) -> None:
        step = value - self.value[j]
        self.value[j] = value
        for i, row in self.rows.items():
            if j in row:
                self.value[i] += row[j] * step

    def _pivot(self, i: int, j: int, value: Fraction) -> None:
        """Make the basic variable i non-basic at `value`, and j basic."""
        row = self.rows.pop(i)
        step = (value - self.value[i]) / row[j]
        self.value[i] = value
        self.value[j] += step
        solved = {n: -c / row[j] for n, c in row.items() if n != j}
        solved[i] = 1 / row[j]
        for k, other in self.rows.items():
            if (factor := other.pop(j, None)) is not None:
                self.value[k] += factor * step
                for n, c in solved.items():
                    other[n] = other.get(n, Fraction(0)) + factor * c
                    if not other[n]:
                        del other[n]
        self.rows[j] = solved


def solve(system: Linear, choices: Sequence[Sequence[Bound]]) -> list[Fraction] | None:
    """Values of all variables that respect the bounds and one bound of each choice; the system keeps its own bounds."""
    if not system.feasible():
        return None
    for choice in choices:
        if not any(_holds(system, bound) for bound in choice):
            for bound in choice:
                saved = system.lower[bound[0]], system.upper[bound[0]]
                if system.bound(bound) and (found := solve(system, choices)) is not None:
                    system.lower[bound[0]], system.upper[bound[0]] = saved
                    return found
                system.lower[bound[0]], system.upper[bound[0]] = saved
            return None
    return list(system.value)


def _holds(system: Linear, bound: Bound) -> bool:
    variable, relation, value = bound
    return system.value[variable] <= value if relation == "<=" else system.value[variable] >= value
