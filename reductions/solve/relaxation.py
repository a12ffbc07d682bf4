"""Linear relaxations of a network: w and r >= relu(a) that give the labels, with the literals of a partial assignment.

Variables are w_0 .. w_(p-1) and r_ts of the patches that are not zero in samples with a positive label; rows are
r_ts - a_ts, the sums over a sample, and a_ts of samples with label 0.  The literal on(t, s) says r_ts <= a_ts, its
negation r_ts <= 0.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction
from math import gcd, lcm
from typing import Any

from relucert.reductions.solve.proof import Literals, Proof, Rows
from relucert.reductions.solve.rational import solve_exactly
from relucert.reductions.solve.system import Multipliers, System

Slot = tuple[int, int]
NEAR = 1e-7


class Inexact(Exception):
    """Floats took something for a conflict that is none."""


class Relaxation:
    """The constraints of the samples of a proof.

    slots : (t, s) of the variables r.  place : their numbers as variables.
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
        self.names: list[tuple[Any, ...]] = [("w", i) for i in range(self.p)]
        self.names += [("relu", *slot) for slot in self.slots]
        self.names += [*[("above", *slot) for slot in self.slots], *[("sum", t) for t in positive]]
        self.names += [("below", *slot) for slot in zero]
        rows = [{i: -entry for i, entry in proof.samples[t].patches[s]} | {self.place[t, s]: 1} for t, s in self.slots]
        rows += [{self.place[t, s]: 1 for s in range(proof.instance.k) if (t, s) in self.place} for t in positive]
        rows += [dict(proof.samples[t].patches[s]) for t, s in zero]
        self.system = System(self.p + len(self.slots), rows, tick)

    def bounds(self, on: Iterable[Slot], off: Iterable[Slot]) -> tuple[list[int | None], list[int | None]]:
        """Exact bounds of all variables, ``None`` for none."""
        active, inactive = set(on), set(off)
        lower: list[int | None] = []
        upper: list[int | None] = []
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

    def conflict(self, on: Iterable[Slot], off: Iterable[Slot]) -> Multipliers | None:
        """Multipliers in floats; ``None``: the system's point is a solution but for rounding."""
        return self.system.conflict(*self.bounds(on, off))

    def exact_conflict(self, on: Iterable[Slot], off: Iterable[Slot]) -> Multipliers | None:
        """Multipliers in rationals; ``None``: the system's point is a solution."""
        return self.system.exact_conflict(*self.bounds(on, off))

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

    def lemma(self, conflict: Multipliers) -> int:
        """The step of multipliers in floats, which become exact when a certificate needs them.

        Raises Inexact then if that is not possible.
        """

        def make() -> tuple[Literals, Rows]:
            used = [self.names[variable] for variable, is_upper in conflict if is_upper]
            on = [(name[1], name[2]) for name in used if name[0] == "above"]
            off = [(name[1], name[2]) for name in used if name[0] == "relu"]
            exact = self.system.repaired(conflict, *self.bounds(on, off)) or self.exact_conflict(on, off)
            if exact is None:
                raise Inexact("a conflict of floats is none")
            return self.rows(exact)

        return self.proof.farkas_later([-literal for literal in self.literals(conflict)], make)

    def literals(self, multipliers: Multipliers) -> list[int]:
        """The literals whose bounds the multipliers use."""
        found = []
        for variable, is_upper in multipliers:
            kind, *slot = self.names[variable]
            if is_upper and kind in ("relu", "above"):
                literal = self.proof.atom("on", *slot)
                found.append(literal if kind == "above" else -literal)
        return found

    def rows(self, multipliers: Multipliers) -> tuple[Literals, Rows]:
        """The literals and rows of a Farkas step, with whole multipliers."""
        unit = lcm(*[Fraction(m).denominator for m in multipliers.values()])
        whole = {key: int(value * unit) for key, value in multipliers.items()}
        common = gcd(*whole.values())
        literals: list[tuple[int, int]] = []
        rows: list[list[Any]] = []
        for (variable, is_upper), number in whole.items():
            m = number // common
            kind, *slot = self.names[variable]
            if kind == "sum":
                m = -m if is_upper else m
                rows.append(["sum", *slot, m])
                empty = [s for s, patch in enumerate(self.proof.samples[slot[0]].patches) if not patch]
                rows += [["null" if m > 0 else "relu", *slot, s, abs(m)] for s in empty]
            elif is_upper and kind in ("relu", "above"):
                literal = self.proof.atom("on", *slot)
                literals.append((literal if kind == "above" else -literal, m))
            else:
                rows.append([kind, *slot, m])
        return literals, rows
