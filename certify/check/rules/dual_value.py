"""Rule dual_value: from a bounded dual function to a lower bound on every network.

::

    phi_nu(u) <= T |u|     phi_{-nu}(u) <= T |u|     for all u
    -----------------------------------------------------------------------------------------------------------
    sum-scaled objective of every network >= s nu.y - s^2/2 |nu|^2 [- s^2 (1'nu)^2 / (2 b_2), output bias penalised]

With b_1, b_2 the sum-scaled decays of the two layers (the decays times TrainingProblem.sum_scaling):

S1  one output, and one dual variable per sample
S2  T >= 0 and s >= 0
S3  (s T)^2 <= b_1 b_2   (for the product penalty b_1 = b_2)
S4  1'nu = 0 if the output bias is free, or penalised with b_2 = 0
S5  the right-hand side is at least the claimed bound

Source: Pilanci & Ergen 2020; every bias convention is proved in docs/theory/training_gap.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from relucert.certify.check.errors import require
from relucert.certify.claim import TrainingGap


@dataclass(frozen=True)
class Dual:
    """nu_i = mantissas[i] * 2^exponent, the threshold T, and the scale s."""

    mantissas: list[int]
    exponent: int
    threshold: Fraction
    scale: Fraction

    @property
    def unit(self) -> Fraction:
        return Fraction(1 << self.exponent) if self.exponent >= 0 else Fraction(1, 1 << -self.exponent)


def dual_value(claim: TrainingGap, dual: Dual, step: str) -> None:
    """Check S1 to S5; the two premises are checked by the rules named in the evidence."""
    rule, problem = "dual_value", claim.problem
    scaling = problem.sum_scaling
    require(problem.outputs == 1, step, rule, "S1", "the problem has more than one output")
    require(len(dual.mantissas) == problem.samples, step, rule, "S1", "not one dual variable per sample")
    require(dual.threshold >= 0 and dual.scale >= 0, step, rule, "S2", "the threshold or the scale is negative")
    decays = problem.hidden_weight_decay * problem.output_weight_decay * scaling * scaling
    require((dual.scale * dual.threshold) ** 2 <= decays, step, rule, "S3", "s T is above the weight decay")
    total = dual.unit * sum(dual.mantissas)
    constant_decay = problem.output_weight_decay * scaling if problem.output_bias == "penalised" else Fraction(0)
    if problem.output_bias == "free" or (problem.output_bias == "penalised" and constant_decay == 0):
        require(total == 0, step, rule, "S4", "the dual variable does not sum to 0")
    inner = sum((y[0] * m for y, m in zip(problem.Y, dual.mantissas, strict=True)), Fraction(0)) * dual.unit
    squares = dual.unit * dual.unit * sum([m * m for m in dual.mantissas])
    value = dual.scale * inner - dual.scale * dual.scale * squares / 2
    if constant_decay > 0:
        value -= (dual.scale * total) ** 2 / (2 * constant_decay)
    require(value >= claim.lower_bound * scaling, step, rule, "S5", "the dual value is below the claimed bound")
