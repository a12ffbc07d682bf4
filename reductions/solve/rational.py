"""Systems of linear equations in rationals, sparse, by elimination."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import gcd, lcm

Equation = tuple[Mapping[int, Fraction | int], Fraction | int]  # coefficients and right-hand side
DENOMINATOR = 1 << 20


def solve_exactly(equations: Sequence[Equation], guess: Sequence[float]) -> list[Fraction] | None:
    """A solution near a guess, or ``None``.

    Unknowns that the equations leave free take the value of the guess, rounded to a simple rational; the others are
    what they must be.  ``None`` when there is no solution.
    """
    pivots: list[tuple[int, dict[int, int], int]] = []
    for coefficients, value in sorted(equations, key=lambda equation: len(equation[0])):
        row, side = _whole(coefficients, value)
        for i, pivot, constant in pivots:
            if i in row:
                common = gcd(row[i], pivot[i])
                ours, theirs = pivot[i] // common, row[i] // common
                row = {j: ours * c for j, c in row.items()} if ours != 1 else row
                for j, c in pivot.items():
                    row[j] = row.get(j, 0) - theirs * c
                side = ours * side - theirs * constant
                row = {j: c for j, c in row.items() if c}
        if row:
            common = gcd(side, *row.values())
            place = max(row, key=lambda j: (abs(guess[j]), -j))
            pivots.append((place, {j: c // common for j, c in row.items()}, side // common))
        elif side:
            return None
    known = {place for place, _, _ in pivots}
    found = [Fraction(0) if i in known else Fraction(g).limit_denominator(DENOMINATOR) for i, g in enumerate(guess)]
    for place, row, side in reversed(pivots):
        found[place] = (side - sum([c * found[j] for j, c in row.items() if j != place], Fraction(0))) / row[place]
    return found


def _whole(coefficients: Mapping[int, Fraction | int], value: Fraction | int) -> tuple[dict[int, int], int]:
    """The equation in whole numbers, without coefficients that are 0."""
    if type(value) is int and all(type(c) is int for c in coefficients.values()):
        return {i: c for i, c in coefficients.items() if c}, value  # type: ignore[misc]
    numbers = [Fraction(c) for c in (value, *coefficients.values())]
    unit = lcm(*[number.denominator for number in numbers])
    side, *entries = [int(number * unit) for number in numbers]
    return {i: entry for i, entry in zip(coefficients, entries, strict=True) if entry}, side
