"""Linear relaxations of a network: w and r >= relu(a) that give the labels, with the literals of a partial assignment.

Variables are w_0 .. w_(p-1) and r_ts of the patches that are not zero in samples with a positive label; rows are
r_ts - a_ts, the sums over a sample, and a_ts of samples with label 0.  The literal on(t, s) says r_ts <= a_ts, its
negation r_ts <= 0.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction
from math import lcm
from typing import Any

import numpy as np

from relucert.reductions.solve.proof import Proof
from relucert.reductions.solve.rational import solve_exactly
from relucert.reductions.solve.simplex import Simplex

Multipliers = dict[tuple[int, bool], Any]  # (variable, is it its upper bound) -> m
NEAR = 1e-7


class Relaxation:
    """The constraints of the samples of a proof.

    slots : (t, s) of the variables r.
    """

    def __init__(self, proof: Proof, tick: Callable[[], None] = lambda: None) -> None:
        self.proof, self.p = proof, proof.instance.p
        self.slots = [
            (t, s)
            for t, sample in enumerate(proof.samples)
            if sample.label > 0
            for s, patch in enumerate(sample.patches)
            if patch
        ]
        self.place = {slot: self.p + i for i, slot in enumerate(self.slots)}
        positive = [t for t, sample in enumerate(proof.samples) if sample.label > 0]
        zero = [
            (t, s)
            for t, sample in enumerate(proof.samples)
            if sample.label == 0
            for s, patch in enumerate(sample.patches)
            if patch
        ]
        columns = self.p + len(self.slots)
        self.names: list[tuple[Any, ...]] = [("w", i) for i in range(self.p)]
        self.names += [("relu", *slot) for slot in self.slots]
        self.names += [*[("above", *slot) for slot in self.slots], *[("sum", t) for t in positive]]
        self.names += [("below", *slot) for slot in zero]
        self.forms: list[dict[int, int]] = [{i: 1} for i in range(columns)]
        for t, s in self.slots:
            self.forms.append({i: -entry for i, entry in proof.samples[t].patches[s]} | {self.place[t, s]: 1})
        for t in positive:
            self.forms.append({self.place[t, s]: 1 for s in range(proof.instance.k) if (t, s) in self.place})
        self.forms += [dict(proof.samples[t].patches[s]) for t, s in zero]
        # rows may be scaled: the float tableau has rows of size 1, the exact one is as given
        self.scales = [1.0] * columns + [1.0 / max(map(abs, form.values()), default=1) for form in self.forms[columns:]]
        self.tick = tick
        self.float = Simplex(self._matrix(columns), exact=False, tick=tick)
        self.first_row = columns

    def _matrix(self, columns: int) -> Any:
        matrix = np.zeros((len(self.forms) - columns, columns))
        for row, form in enumerate(self.forms[columns:]):
            for i, entry in form.items():
                matrix[row, i] = entry * self.scales[columns + row]
        return matrix

    def bounds(self, on: Iterable[tuple[int, int]], off: Iterable[tuple[int, int]]) -> tuple[list[Any], list[Any]]:
        """Exact bounds of all variables, ``None`` for none."""
        active, inactive = set(on), set(off)
        lower: list[Any] = []
        upper: list[Any] = []
        for kind, *slot in self.names:
            if kind == "w":
                low, high = None, None
            elif kind == "sum":
                low = high = self.proof.instance.k * self.proof.samples[slot[0]].label
            elif kind == "below":
                low, high = None, 0
            else:
                low, high = 0, 0 if tuple(slot) in (inactive if kind == "relu" else active) else None
            lower.append(low)
            upper.append(high)
        return lower, upper

    def check(self, on: Iterable[tuple[int, int]], off: Iterable[tuple[int, int]]) -> Multipliers | None:
        """Feasible in floats (``None``: the point is `point`), or exact multipliers that prove the contrary."""
        on, off = list(on), list(off)
        lower, upper = self.bounds(on, off)
        solver = self.float
        scale = np.array(self.scales)
        floats = [np.array([end if v is None else float(v) for v in side]) * scale
                  for side, end in ((lower, -np.inf), (upper, np.inf))]  # fmt: skip
        try:
            solver.bound(*floats)
            conflict = solver.feasible()
        except (ArithmeticError, np.linalg.LinAlgError):
            return self.exactly(on, off)
        if conflict is None:
            return None
        return self._repaired(conflict, lower, upper) or self.exactly(on, off)

    def point(self) -> Any:
        """The variables w, r of the last feasible check, in floats."""
        return self.float.value[: self.first_row]

    def _repaired(self, conflict: Multipliers, lower: list[Any], upper: list[Any]) -> Multipliers | None:
        """Exact multipliers of the same bounds; ``None`` when some are negative."""
        keys = list(conflict)
        guess = [float(conflict[key]) * self.scales[key[0]] for key in keys]
        columns: dict[int, dict[int, int]] = {}
        constant: dict[int, int] = {}
        for j, (variable, is_upper) in enumerate(keys):
            sign = -1 if is_upper else 1
            for i, entry in self.forms[variable].items():
                columns.setdefault(i, {})[j] = sign * entry
            constant[j] = sign * (upper if is_upper else lower)[variable]
        total = sum(guess[j] * value for j, value in constant.items())
        if total <= 0:
            return None
        guess = [value / total for value in guess]
        found = solve_exactly([(row, 0) for row in columns.values()] + [(constant, 1)], guess)
        if found is None or min(found, default=Fraction(0)) < 0:
            return None
        return {key: value for key, value in zip(keys, found, strict=True) if value}

    def exactly(self, on: Iterable[tuple[int, int]], off: Iterable[tuple[int, int]]) -> Multipliers | None:
        """As `check`, in rationals; the point is then `exact_filter`."""
        on, off = list(on), list(off)
        columns = self.first_row
        matrix = np.zeros((len(self.forms) - columns, columns), dtype=object)
        for row, form in enumerate(self.forms[columns:]):
            for i, entry in form.items():
                matrix[row, i] = entry
        solver = Simplex(matrix, exact=True, tick=self.tick)
        lower, upper = self.bounds(on, off)
        solver.bound(*[
            np.array([end if v is None else Fraction(v) for v in side], dtype=object)
            for side, end in ((lower, -solver.infinity), (upper, solver.infinity))
        ])  # fmt: skip
        conflict = solver.feasible()
        self.exact_filter: list[Fraction] = list(solver.value[: self.p])
        return conflict

    def filter_near(self, w: Any) -> list[Fraction] | None:
        """A rational filter that fits, with the active patches of a float filter; ``None``: none was found."""
        equations = []
        for sample in self.proof.samples:
            total: dict[int, int] = {}
            size = max(sample.label, *[abs(entry) for patch in sample.patches for _, entry in patch], 1)
            for patch in sample.patches:
                value = sum(float(entry) * w[i] for i, entry in patch)
                if abs(value) <= NEAR * size and patch:
                    equations.append((dict(patch), 0))
                elif value > 0:
                    for i, entry in patch:
                        total[i] = total.get(i, 0) + entry
            if total:
                equations.append((total, self.proof.instance.k * sample.label))
        found = solve_exactly(equations, [float(value) for value in w])
        return found if found is not None and self.proof.instance.misfit(found) is None else None

    def lemma(self, multipliers: Multipliers) -> int:
        """The Farkas step of multipliers: the number of the step."""
        unit = lcm(*[Fraction(m).denominator for m in multipliers.values()])
        literals: list[tuple[int, int]] = []
        rows: list[list[Any]] = []
        for (variable, is_upper), value in multipliers.items():
            m = int(value * unit)
            kind, *slot = self.names[variable]
            if kind == "sum":
                rows.append(["sum", *slot, -m if is_upper else m])
                continue
            if is_upper and kind in ("relu", "above"):
                literal = self.proof.atom("on", *slot)
                literals.append((literal if kind == "above" else -literal, m))
            else:
                rows.append([kind, *slot, m])
        # zero patches have r = 0, which the sums of the relaxation leave out
        for _, t, m in [row for row in rows if row[0] == "sum"]:
            for s, patch in enumerate(self.proof.samples[t].patches):
                if not patch:
                    rows.append(["null" if m > 0 else "relu", t, s, abs(m)])
        return self.proof.farkas(literals, rows)
