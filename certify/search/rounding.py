"""From floats to the exact numbers of a certificate, each rounded to its safe side."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import frexp, isqrt

import numpy as np

from relucert.certify.claim import TrainingProblem
from relucert.certify.search.dual import FloatArray

# The dual variable is rounded to this many bits below its largest entry; it stays exact in binary64.
DUAL_BITS = 50
# Bits kept of a claimed lower bound.
BOUND_BITS = 64


@dataclass(frozen=True)
class DualVariable:
    """nu_i = mantissas[i] * 2^exponent, each an exact binary64."""

    mantissas: list[int]
    exponent: int

    @property
    def values(self) -> FloatArray:
        return np.ldexp(np.array(self.mantissas, dtype=np.float64), self.exponent)

    @property
    def unit(self) -> Fraction:
        return Fraction(2) ** self.exponent


def round_dual(nu: FloatArray, balanced: bool) -> DualVariable:
    """Nearest integers on a common grid; ``balanced`` makes them sum to 0 exactly (needed for a free constant)."""
    largest = float(np.abs(nu).max(initial=0.0))
    if largest == 0.0:
        return DualVariable([0] * len(nu), 0)
    exponent = frexp(largest)[1] - DUAL_BITS
    mantissas = [int(m) for m in np.rint(np.ldexp(nu, -exponent))]
    if balanced:
        excess = sum(mantissas)
        order = sorted(range(len(mantissas)), key=lambda i: -abs(mantissas[i]))
        step, rest = divmod(abs(excess), len(mantissas))
        sign = 1 if excess > 0 else -1
        for place, i in enumerate(order):
            mantissas[i] -= sign * (step + (place < rest))
    return DualVariable(mantissas, exponent)


def squared_decay(problem: TrainingProblem) -> Fraction:
    """beta^2 = b_1 b_2 in sum scaling."""
    return problem.hidden_weight_decay * problem.output_weight_decay * problem.sum_scaling**2


def sqrt_below(value: Fraction) -> Fraction:
    """A rational below the square root, exact for rational squares, otherwise within 2^-96 (relative)."""
    product = value.numerator * value.denominator
    shift = max(0, 200 - product.bit_length())
    shift += shift & 1
    return Fraction(isqrt(product << shift), value.denominator << (shift // 2))


def best_scale(problem: TrainingProblem, dual: DualVariable, threshold: Fraction) -> Fraction:
    """The scale s >= 0 with s T <= beta at which the dual value is largest."""
    inner, squares = _quadratic(problem, dual)
    if inner <= 0:
        return Fraction(0)
    free = Fraction(float(inner / squares))
    if threshold == 0:
        return free
    limit = sqrt_below(squared_decay(problem) / threshold**2)
    return min(free, _round_down(limit))


def _quadratic(problem: TrainingProblem, dual: DualVariable) -> tuple[Fraction, Fraction]:
    """(linear, squares) with D(s nu) = s linear - s^2 squares / 2."""
    inner = sum((y[0] * m for y, m in zip(problem.Y, dual.mantissas, strict=True)), Fraction(0)) * dual.unit
    squares = dual.unit**2 * sum(m * m for m in dual.mantissas)
    constant_decay = problem.output_weight_decay * problem.sum_scaling
    if problem.output_bias == "penalised" and constant_decay > 0:
        squares += (dual.unit * sum(dual.mantissas)) ** 2 / constant_decay
    return inner, squares


def exact_bound(problem: TrainingProblem, dual: DualVariable, scale: Fraction) -> Fraction:
    """The dual value in the problem's own scaling, rounded down to a short rational; at least 0 is always claimed."""
    linear, squares = _quadratic(problem, dual)
    value = (scale * linear - scale**2 * squares / 2) / problem.sum_scaling
    return _round_down(value) if value > 0 else Fraction(0)


def _round_down(value: Fraction) -> Fraction:
    """The largest multiple of a power of two below, with about BOUND_BITS significant bits."""
    if value == 0:
        return value
    shift = BOUND_BITS - (value.numerator.bit_length() - value.denominator.bit_length())
    unit = Fraction(2) ** -shift
    return (value // unit) * unit


def binary64_above(value: float) -> Fraction:
    """The exact value of the next binary64."""
    return Fraction(float(np.nextafter(value, np.inf)))
