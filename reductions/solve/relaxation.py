"""Linear relaxations of a network: w and r >= relu(a) that give the labels, with the literals of a partial assignment.

Variables are w_0 .. w_(p-1) and r_ts of the patches that are not zero in samples with a positive label; rows are
r_ts - a_ts, the sums over a sample, and a_ts of samples with label 0.  The literal on(t, s) says r_ts <= a_ts, its
negation r_ts <= 0, and max(t, s) says r_ts >= Y_t.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import gcd, lcm
from typing import Any, NamedTuple

from relucert.reductions.solve.proof import Literals, Proof, Rows
from relucert.reductions.solve.rational import solve_exactly
from relucert.reductions.solve.system import Multipliers, System

Slot = tuple[int, int]
NEAR = 1e-7


class Known(NamedTuple):
    """The slots whose literals are known: on(t, s), its negation, and max(t, s)."""

    on: set[Slot]
    off: set[Slot]
    carry: set[Slot]


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

    def bounds(self, known: Known) -> tuple[list[int | None], list[int | None]]:
        """Exact bounds of all variables, ``None`` for none."""
        lower: list[int | None] = []
        upper: list[int | None] = []
        for kind, *place in self.names:
            label = 0 if kind == "w" else self.proof.samples[place[0]].label
            slot = tuple(place)
            if kind == "w":
                low, high = None, None
            elif kind == "sum":
                low = high = self.proof.instance.k * label
            elif kind == "below":
                low, high = None, 0
            elif kind == "relu":
                low, high = label if slot in known.carry else 0, 0 if slot in known.off else None
            else:
                low, high = 0, 0 if slot in known.on else None
            lower.append(low)
            upper.append(high)
        return lower, upper

    def conflict(self, known: Known) -> Multipliers | None:
        """Multipliers in floats; ``None``: the system's point is a solution but for rounding."""
        return self.system.conflict(*self.bounds(known))

    def exact_conflict(self, known: Known) -> Multipliers | None:
        """Multipliers in rationals; ``None``: the system's point is a solution."""
        return self.system.exact_conflict(*self.bounds(known))

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

    def lemma(self, known: Known, conflict: Multipliers) -> int:
        """The step of multipliers in floats, which become exact when a certificate needs them.

        Raises Inexact then if that is not possible.
        """
        used = self._used(known, conflict)

        def make() -> tuple[Literals, Rows]:
            exact = self.system.repaired(conflict, *self.bounds(used)) or self.exact_conflict(used)
            if exact is None:
                raise Inexact("a conflict of floats is none")
            return self.rows(used, exact)

        atom = self.proof.atom
        clause = [-atom("on", *slot) for slot in used.on] + [atom("on", *slot) for slot in used.off]
        return self.proof.farkas_later([*clause, *(-atom("max", *slot) for slot in used.carry)], make)

    def _used(self, known: Known, multipliers: Multipliers) -> Known:
        """The slots whose literals give bounds that the multipliers use."""
        slots: dict[tuple[str, bool], set[Slot]] = {}
        for variable, is_upper in multipliers:
            kind, *place = self.names[variable]
            if kind in ("relu", "above"):
                slots.setdefault((kind, is_upper), set()).add((place[0], place[1]))
        above, relu = slots.get(("above", True), set()), slots.get(("relu", True), set())
        return Known(above, relu, slots.get(("relu", False), set()) & known.carry)

    def rows(self, known: Known, multipliers: Multipliers) -> tuple[Literals, Rows]:
        """The literals and rows of a Farkas step, with whole multipliers."""
        unit = lcm(*[Fraction(m).denominator for m in multipliers.values()])
        whole = {key: int(value * unit) for key, value in multipliers.items()}
        common = gcd(*whole.values())
        literals: list[tuple[int, int]] = []
        rows: list[list[Any]] = []
        above: dict[tuple[int, ...], int] = {}
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
            elif kind == "relu" and tuple(slot) in known.carry:  # r - Y = (r - a) + (a - Y)
                literals.append((self.proof.atom("max", *slot), m))
                above[tuple(slot)] = above.get(tuple(slot), 0) + m
            elif kind == "above":
                above[tuple(slot)] = above.get(tuple(slot), 0) + m
            else:
                rows.append([kind, *slot, m])
        return literals, [*rows, *(["above", *slot, m] for slot, m in above.items())]
