"""From floats to exact numbers: everything on its safe side."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relucert.certify.search.rounding import (
    DualVariable,
    best_scale,
    binary64_above,
    exact_bound,
    round_dual,
    sqrt_below,
    squared_decay,
)
from tests.certify.search.small_problems import problem, regression

X, Y = regression()
VECTORS = st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=8)


@given(VECTORS, st.integers(-300, 300))
def test_the_dual_variable_is_close_and_exact_in_binary64(values: list[float], power: int) -> None:
    nu = np.ldexp(np.array(values), power)
    dual = round_dual(nu, balanced=False)
    assert np.abs(dual.values - nu).max() <= 2.0**-49 * np.abs(nu).max()
    for value, mantissa in zip(dual.values.tolist(), dual.mantissas, strict=True):
        assert Fraction(value) == mantissa * dual.unit


@given(VECTORS)
def test_a_balanced_dual_variable_sums_to_zero(values: list[float]) -> None:
    nu = np.array(values) - np.mean(values)
    dual = round_dual(nu, balanced=True)
    assert sum(dual.mantissas) == 0
    assert np.abs(dual.values - nu).max() <= 2.0**-45 * np.abs(values).max()


def test_zero_stays_zero() -> None:
    assert round_dual(np.zeros(3), balanced=True) == DualVariable([0, 0, 0], 0)


@given(st.fractions(0, 10**12, max_denominator=10**9))
def test_sqrt_below(value: Fraction) -> None:
    root = sqrt_below(value)
    assert root**2 <= value
    assert value == 0 or value < (root * (1 + Fraction(1, 2**90))) ** 2
    assert sqrt_below(value**2) == value


@given(st.floats(0, 1e300))
def test_the_next_binary64(value: float) -> None:
    assert binary64_above(value) > Fraction(value)
    assert float(binary64_above(value)) == np.nextafter(value, np.inf)


@pytest.mark.parametrize("biases", [("none", "none"), ("penalised", "penalised"), ("free", "free")])
@pytest.mark.parametrize("loss", ["half-sum", "half-mean", "mean"])
def test_the_scale_is_feasible_and_the_best_one(loss: str, biases: Any) -> None:
    task = problem(X, Y, Fraction(1, 3), *biases, loss=loss, ratio=Fraction(1, 2))
    dual = round_dual(Y - Y.mean(), balanced=True)
    for threshold in (Fraction(1, 100), Fraction(1), Fraction(100)):
        scale = best_scale(task, dual, threshold)
        assert (scale * threshold) ** 2 <= squared_decay(task)
        value = exact_bound(task, dual, scale)
        for other in (scale * Fraction(99, 100), scale / 2):
            assert exact_bound(task, dual, other) <= value


def test_the_bound_is_rounded_down_and_short() -> None:
    task = problem(X, Y, Fraction(1, 3))
    dual = round_dual(Y, balanced=False)
    nu = [m * dual.unit for m in dual.mantissas]
    exact = sum(a * Fraction(b) for a, b in zip(nu, Y.tolist(), strict=True)) - sum(a * a for a in nu) / 2
    bound = exact_bound(task, dual, Fraction(1))
    assert exact * (1 - Fraction(1, 2**60)) < bound <= exact
    assert bound.numerator.bit_length() <= 70
    assert exact_bound(task, dual, Fraction(5)) == 0  # never worse than the trivial bound
