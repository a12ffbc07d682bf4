"""Is a symmetric matrix of rationals positive semidefinite?"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import lcm


def is_semidefinite(rows: Sequence[Sequence[Fraction]]) -> bool:
    """Of a matrix given by its rows from the diagonal on.  Symmetric elimination in integers (Bareiss).

    After each step the rest is the Schur complement times a number above zero; its entries are minors, so that the
    divisions leave no remainder.  No pivot is below zero, and one that is zero has a row of zeros, which is left out.
    """
    scale = lcm(*(entry.denominator for row in rows for entry in row))
    rest = [[entry.numerator * (scale // entry.denominator) for entry in row] for row in rows]
    previous = 1
    for place, (pivot, *row) in enumerate(rest):
        if pivot < 0 or (pivot == 0 and any(row)):
            return False
        if pivot:
            for i, factor in enumerate(row):
                below = rest[place + 1 + i]
                rest[place + 1 + i] = [
                    (pivot * a - factor * b) // previous for a, b in zip(below, row[i:], strict=True)
                ]
            previous = pivot
    return True
