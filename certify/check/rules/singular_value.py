"""Rule singular_value: the bound that needs no search.

::

    S I - X'X is positive semidefinite      |nu|^2 S <= T^2
    --------------------------------------------------------   because |phi(u)| <= |nu| |relu(Xu)| <= |nu| |Xu|
    phi(u) <= T |u| for all u

S1  no coordinate is free
S2  S is a rational with S >= 0 and S I - X'X is positive semidefinite (rational LDL')
S3  |nu|^2 S <= T^2

With nu a multiple of y this is the bound of the soft-thresholded singular values, Sahiner et al. 2020.
"""

from __future__ import annotations

from fractions import Fraction

from relucert.certify.check.errors import require
from relucert.certify.check.numbers import dot
from relucert.certify.check.sphere import SphereClaim


def is_positive_semidefinite(matrix: list[list[Fraction]]) -> bool:
    """LDL' in exact rationals; a zero pivot needs a zero column."""
    work = [list(row) for row in matrix]
    size = len(work)
    for k in range(size):
        pivot = work[k][k]
        if pivot < 0 or (pivot == 0 and any(work[i][k] != 0 for i in range(k, size))):
            return False
        for i in range(k + 1, size):
            if work[i][k] != 0:
                factor = work[i][k] / pivot
                for j in range(k + 1, size):
                    work[i][j] -= factor * work[k][j]
    return True


def singular_value(claim: SphereClaim, bound: Fraction, step: str) -> None:
    """Check S1 to S3; bound is S in the units of the integer rows."""
    rule = "singular_value"
    require(not claim.free, step, rule, "S1", "needs every coordinate to be penalised")
    columns = [[row[j] for row in claim.rows] for j in range(claim.dimension)]
    matrix = [[Fraction(-dot(left, right)) for right in columns] for left in columns]
    for j in range(claim.dimension):
        matrix[j][j] += bound
    holds = bound >= 0 and is_positive_semidefinite(matrix)
    require(holds, step, rule, "S2", "S is below the largest squared singular value")
    squares = dot(claim.nu, claim.nu)
    holds = squares * bound * claim.denominator**2 <= claim.numerator**2
    require(holds, step, rule, "S3", "|nu|^2 S is above the squared threshold")
