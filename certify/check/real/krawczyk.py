"""The rules about zeros of several functions: there is exactly one in a box; signs of eigenvalues there."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from relucert.certify.check.errors import CertificateError, require
from relucert.certify.check.real.interval import Arithmetic, Interval, is_positive, negative
from relucert.certify.check.real.jacobian import Matrix, System, product
from relucert.certify.check.real.leaves import evaluated
from relucert.certify.zero_set import Box


def krawczyk(system: System, box: Box, inverse: Sequence[Sequence[Fraction]], step: str) -> Matrix:
    """
    c the centre of the box X, F the functions, Y a matrix of rational numbers

    S1  F is defined at c, and its derivatives on X
    S2  c - Y F(c) + (I - Y F'(X)) (X - c) lies inside of X, without touching the sides
    -----------------------------------------------------------------------------------
    F has exactly one zero in X, and it is simple; the result encloses the derivatives on X
    """
    arithmetic = system.arithmetic
    centre = [arithmetic.rational((low + high) / 2) for low, high in box]
    around = enclosed(box, arithmetic)
    values = evaluated(step, "krawczyk", "S1", lambda: system.values(centre))
    slopes: Matrix = evaluated(step, "krawczyk", "S1", lambda: system.jacobian(around))
    columns = list(zip(*slopes, strict=True))
    distances = [arithmetic.add(x, negative(c)) for x, c in zip(around, centre, strict=True)]
    for place, (low, high) in enumerate(box):
        row = [arithmetic.rational(entry) for entry in inverse[place]]
        products = product([list(column) for column in columns], row, arithmetic)
        rest = [negative(entry) for entry in products]
        rest[place] = arithmetic.add(arithmetic.rational(Fraction(1)), rest[place])
        moved = arithmetic.add(centre[place], negative(product([row], values, arithmetic)[0]))
        moved = arithmetic.add(moved, product([rest], distances, arithmetic)[0])
        above = is_positive(arithmetic.add(moved, negative(arithmetic.rational(low))))
        below = is_positive(arithmetic.add(arithmetic.rational(high), negative(moved)))
        require(above and below, step, "krawczyk", "S2", f"coordinate {place} of the image is not inside of the box")
    return slopes


def enclosed(box: Box, arithmetic: Arithmetic) -> list[Interval]:
    """Intervals that hold the box."""
    ends = [(arithmetic.rational(low), arithmetic.rational(high)) for low, high in box]
    return [Interval(low.low, high.high, False, False) for low, high in ends]


def negative_eigenvalues(matrix: Matrix, arithmetic: Arithmetic, step: str) -> int:
    """
    S1  elimination of the symmetric part of the matrix, in the order of the rows, meets pivots of known signs
    -----------------------------------------------------------------------------------------------------------
    no eigenvalue is zero, and as many are negative as pivots are (Sylvester's law of inertia)
    """
    count, half = 0, arithmetic.rational(Fraction(1, 2))
    rows = [
        [arithmetic.multiply(half, arithmetic.add(x, y)) for x, y in zip(row, column, strict=True)]
        for row, column in zip(matrix, zip(*matrix, strict=True), strict=True)
    ]
    for k, pivot_row in enumerate(rows):
        try:
            count += arithmetic.sign(pivot_row[k]) < 0
        except ArithmeticError:
            raise CertificateError(step, "eigenvalues", "S1", f"pivot {k} may be zero") from None
        inverse = arithmetic.inverse(pivot_row[k])
        for row in rows[k + 1 :]:
            factor = negative(arithmetic.multiply(row[k], inverse))
            row[k + 1 :] = [
                arithmetic.add(x, arithmetic.multiply(factor, y))
                for x, y in zip(row[k + 1 :], pivot_row[k + 1 :], strict=True)
            ]
    return count
