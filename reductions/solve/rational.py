"""Systems of linear equations in rationals, sparse, by elimination."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

Equation = tuple[Mapping[int, Fraction | int], Fraction | int]  # coefficients and right-hand side
DENOMINATOR = 1 << 20


def solve_exactly(equations: Sequence[Equation], guess: Sequence[float]) -> list[Fraction] | None:
    """A solution near a guess, or ``None``.

    Unknowns that the equations leave free take the value of the guess, rounded to a simple rational; the others are
    what they must be.  ``None`` when there is no solution.
    """
    pivots: list[tuple[int, dict[int, Fraction], Fraction]] = []
    for coefficients, value in sorted(equations, key=lambda equation: len(equation[0])):
        row = {i: Fraction(c) for i, c in coefficients.items() if c}
        side = Fraction(value)
        for i, pivot, constant in pivots:
            factor = row.get(i)
            if factor:
                for j, c in pivot.items():
                    left = row.get(j, 0) - factor * c
                    if left:
                        row[j] = left
                    else:
                        row.pop(j, None)
                side -= factor * constant
        if row:
            place = max(row, key=lambda j: (abs(guess[j]), -j))
            scale = row[place]
            pivots.append((place, {j: c / scale for j, c in row.items()}, side / scale))
        elif side:
            return None
    known = {place for place, _, _ in pivots}
    found = [Fraction(0) if i in known else Fraction(g).limit_denominator(DENOMINATOR) for i, g in enumerate(guess)]
    for place, row, side in reversed(pivots):
        found[place] = side - sum((c * found[j] for j, c in row.items() if j != place), Fraction(0))
    return found
