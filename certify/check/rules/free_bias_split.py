"""Rule free_bias_split: a hidden bias that is not penalised, one kink at a time.

::

    1'nu = 0      for every j with nu_j < 0:  sum_i nu_i relu((x_i - x_j).w) <= T |w| for all w
    -------------------------------------------------------------------------------------------
    sum_i nu_i relu(x_i.w + b) <= T |w| for all w and b

because in b the left side is piecewise linear, constant outside the kinks, and its concave kinks b = -x_j.w have
nu_j < 0.

S1  the claim has a free coordinate (the rows end in a constant 1)
S2  1'nu = 0
S3  the parts name exactly the samples with nu_j < 0, in increasing order

Source: docs/theory/training_gap.md (free hidden bias).
"""

from __future__ import annotations

from relucert.certify.check.errors import require
from relucert.certify.check.sphere import SphereClaim


def check_parts(claim: SphereClaim, kinks: list[int], step: str) -> None:
    """Side conditions S1 to S3."""
    rule = "free_bias_split"
    require(claim.free, step, rule, "S1", "the hidden bias is not free")
    require(sum(claim.nu) == 0, step, rule, "S2", "the dual variable does not sum to 0")
    expected = [j for j, nu in enumerate(claim.nu) if nu < 0]
    require(kinks == expected, step, rule, "S3", "the parts are not the samples with a negative dual variable")


def part(claim: SphereClaim, kink: int) -> SphereClaim:
    """The premise for one kink: rows x_i - x_j without the constant coordinate."""
    pivot = claim.rows[kink][:-1]
    rows = [[a - b for a, b in zip(row[:-1], pivot, strict=True)] for row in claim.rows]
    return SphereClaim(rows, claim.nu, claim.numerator, claim.denominator, claim.dimension - 1, free=False)
