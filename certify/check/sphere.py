"""The statement every search proves: phi(u) = sum_i nu_i relu(x_i.u) <= T |u| for all u."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from relucert.certify.check.numbers import IntMatrix, IntVector, dot


@dataclass(frozen=True)
class SphereClaim:
    """phi(u) = sum_i nu[i] relu(rows[i].u) <= (numerator/denominator) |u| for all u in R^D, everything an integer.

    free : the last coordinate of u is not part of |u| (a hidden bias that is not penalised).
    """

    rows: IntMatrix
    nu: IntVector
    numerator: int
    denominator: int
    dimension: int
    free: bool

    @cached_property
    def samples(self) -> dict[int, frozenset[int]]:
        """The samples with nu_i > 0 and with nu_i < 0, by the sign."""
        return {s: frozenset(i for i, nu in enumerate(self.nu) if s * nu > 0) for s in (1, -1)}

    @cached_property
    def squared_norms(self) -> IntVector:
        return [dot(row, row) for row in self.rows]
