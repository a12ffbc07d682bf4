"""Exact linear algebra next to approximate solutions: sparse systems of equations, and subspaces that are rational."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from relucert.certify.search.formula_arrays import Floats

# how close an entry of a reduced basis must be to a number with that denominator at most to be taken for it
NEAR = {1: 2e-3, 2: 1e-3, 4: 5e-4, 12: 2e-4, 60: 2e-5}


class Affine:
    """Equations sum_c columns[c][r] x_c = right[r], brought into a form in which some unknowns follow from the others.

    kept : places of equations that imply all the others.  consistent : whether there is a solution.
    """

    def __init__(self, columns: Sequence[dict[int, Fraction]], right: dict[int, Fraction]) -> None:
        self.rows: dict[int, dict[int, Fraction]] = {r: {} for r in right}
        self.within: list[set[int]] = [set(column) for column in columns]  # the equations of an unknown
        for c, column in enumerate(columns):
            for r, value in column.items():
                self.rows.setdefault(r, {})[c] = value
        self.values = {r: right.get(r, Fraction(0)) for r in self.rows}
        self.pivots: list[tuple[int, dict[int, Fraction], Fraction]] = []
        self.kept: list[int] = []
        single = [c for c, within in enumerate(self.within) if len(within) == 1]
        while True:
            # an unknown of one equation changes no other one; else of the shortest equation the rarest unknown
            while single and len(self.within[single[-1]]) != 1:
                single.pop()
            if single:
                c = single.pop()
                r = next(iter(self.within[c]))
            else:
                r = min((r for r, row in self.rows.items() if row), key=lambda r: len(self.rows[r]), default=-1)
                if r < 0:
                    break
                c = min(self.rows[r], key=lambda c: len(self.within[c]))
            single += [inner for inner in self._eliminate(c, r) if len(self.within[inner]) == 1]
        self.consistent = not any(self.values[r] for r in self.rows)

    def _eliminate(self, c: int, r: int) -> dict[int, Fraction]:
        """Takes the unknown out of all other equations, and its own out of the system."""
        pivot, value = self.rows.pop(r), self.values.pop(r)
        self.pivots.append((c, pivot, value))
        self.kept.append(r)
        for inner in pivot:
            self.within[inner].discard(r)
        for other in list(self.within[c]):
            row = self.rows[other]
            factor = row[c] / pivot[c]
            for inner, entry in pivot.items():
                changed = row.get(inner, Fraction(0)) - factor * entry
                if changed:
                    row[inner] = changed
                    self.within[inner].add(other)
                else:
                    row.pop(inner, None)
                    self.within[inner].discard(other)
            self.values[other] -= factor * value
        return pivot

    def near(self, guess: Sequence[Fraction]) -> list[Fraction]:
        """The solution whose free unknowns are those of the guess."""
        solution = list(guess)
        for c, row, value in reversed(self.pivots):
            rest = sum((a * solution[other] for other, a in row.items() if other != c), Fraction(0))
            solution[c] = (value - rest) / row[c]
        return solution


def rational_basis(vectors: Floats) -> list[list[Fraction]] | None:
    """The reduced basis of the space that the rows span, if its entries are close to simple numbers."""
    work = np.array(vectors, dtype=float)
    pivots: list[int] = []
    for k in range(len(work)):
        rest = np.abs(work[k:])
        # of pivots of about the same size the last one: sums of many squares stay short
        i, j = divmod(int(np.argmax(rest)), work.shape[1])
        work[[k, k + i]] = work[[k + i, k]]
        if abs(work[k, j]) < 1e-6:
            return None
        work[k] /= work[k, j]
        for other in range(len(work)):
            if other != k:
                work[other] -= work[other, j] * work[k]
        pivots.append(j)
    found = []
    for row in work.tolist():
        simple = [_simple(value) for value in row]
        if None in simple:
            return None
        found.append([value for value in simple if value is not None])
    return found


def _simple(value: float) -> Fraction | None:
    """The rational with a small denominator nearby."""
    for most, near in NEAR.items():
        found = Fraction(value).limit_denominator(most)
        if abs(float(found) - value) < near:
            return found
    return None


def complement(vectors: Sequence[Sequence[Fraction]], size: int) -> list[list[Fraction]]:
    """A basis of what is orthogonal to the rows: one vector for each coordinate that is no pivot."""
    rows: list[list[Fraction]] = []
    pivots: list[int] = []
    for vector in vectors:
        row = list(vector)
        for known, pivot in zip(rows, pivots, strict=True):
            if row[pivot]:
                factor = row[pivot]
                row = [a - factor * b for a, b in zip(row, known, strict=True)]
        place = next((j for j, value in enumerate(row) if value), None)
        if place is None:
            continue
        row = [value / row[place] for value in row]
        for k, known in enumerate(rows):
            if known[place]:
                factor = known[place]
                rows[k] = [a - factor * b for a, b in zip(known, row, strict=True)]
        rows.append(row)
        pivots.append(place)
    basis = []
    for free in range(size):
        if free in pivots:
            continue
        vector = [Fraction(0)] * size
        vector[free] = Fraction(1)
        for row, pivot in zip(rows, pivots, strict=True):
            vector[pivot] = -row[free]
        basis.append(vector)
    return basis
