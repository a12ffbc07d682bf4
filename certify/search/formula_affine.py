"""Exact linear algebra next to approximate solutions: sparse systems of equations, and subspaces that are rational."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from relucert.certify.search.formula_arrays import Floats

MOST_DENOMINATOR = 60
NEAR = 2e-3  # of an entry of a reduced basis from the rational number it is taken for


class Affine:
    """Equations sum_c columns[c][r] x_c = right[r], brought into a form in which some unknowns follow from the others.

    Pivots are chosen where few other equations change (Markowitz).
    """

    def __init__(self, columns: Sequence[dict[int, Fraction]], right: dict[int, Fraction]) -> None:
        rows: dict[int, dict[int, Fraction]] = {r: {} for r in right}
        for c, column in enumerate(columns):
            for r, value in column.items():
                rows.setdefault(r, {})[c] = value
        values = {r: right.get(r, Fraction(0)) for r in rows}
        within: dict[int, set[int]] = {}
        for r, row in rows.items():
            for c in row:
                within.setdefault(c, set()).add(r)
        self.count = len(columns)
        self.pivots: list[tuple[int, dict[int, Fraction], Fraction]] = []
        self.consistent = True
        while rows:
            empty = [r for r, row in rows.items() if not row]
            for r in empty:
                self.consistent = self.consistent and not values[r]
                del rows[r]
            if not rows or not self.consistent:
                break
            c = min(within, key=lambda c: (len(within[c]), min(len(rows[r]) for r in within[c])))
            r = min(within[c], key=lambda r: len(rows[r]))
            pivot, value = rows.pop(r), values.pop(r)
            for inner in pivot:
                within[inner].discard(r)
            for other in list(within[c]):
                factor = rows[other][c] / pivot[c]
                for inner, entry in pivot.items():
                    changed = rows[other].get(inner, Fraction(0)) - factor * entry
                    if changed:
                        rows[other][inner] = changed
                        within[inner].add(other)
                    else:
                        rows[other].pop(inner, None)
                        within[inner].discard(other)
                values[other] -= factor * value
            for inner in pivot:
                if not within[inner]:
                    del within[inner]
            self.pivots.append((c, pivot, value))

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
        if any(abs(float(a) - b) > NEAR for a, b in zip(simple, row, strict=True)):
            return None
        found.append(simple)
    return found


def _simple(value: float) -> Fraction:
    """The rational with the least denominator nearby."""
    for most in (1, 2, 4, 12, MOST_DENOMINATOR):
        found = Fraction(value).limit_denominator(most)
        if abs(float(found) - value) < NEAR / most:
            return found
    return Fraction(value).limit_denominator(MOST_DENOMINATOR)


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
