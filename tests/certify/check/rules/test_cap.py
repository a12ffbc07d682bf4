"""What a cap says about a sample, against the geometry and against sampled directions."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relucert.certify.check.rules.cap import INTERVAL_BITS, SLOPE_BITS, Cap, secant_constant, secant_slope

UNIT = 1 << INTERVAL_BITS
vectors = st.lists(st.integers(-9, 9), min_size=2, max_size=3)


def dot(left: list[int], right: list[int]) -> int:
    return sum(a * b for a, b in zip(left, right, strict=True))


@settings(max_examples=120, deadline=None)
@given(st.data())
def test_every_direction_of_the_cap_is_inside(data: st.DataObject) -> None:
    """z.u >= tau > -|z|, |u| = 1 implies L <= x.u <= U, and the decided sign if tau > 0; the ends are attained."""
    z = data.draw(vectors.filter(any))
    x = data.draw(st.lists(st.integers(-9, 9), min_size=len(z), max_size=len(z)))
    share = data.draw(st.fractions(Fraction(-19, 20), 1))
    tau = Fraction(math.isqrt(dot(z, z) * 10**12), 10**6) * share
    cap = Cap.of(dot(z, z), tau.numerator, tau.denominator)
    product, norm = dot(x, z), dot(x, x)
    lower, upper = cap.interval(product, norm)
    sign = cap.sign(product, norm) if tau > 0 else 0

    length = math.sqrt(dot(z, z))
    rng = np.random.default_rng(0)
    normal = rng.normal(size=(400, len(z)))
    direction = np.array(z) / length
    normal -= np.outer(normal @ direction, direction)
    across = np.array(x) - dot(x, z) / length**2 * np.array(z)
    normal = np.vstack([normal, across, -across])
    normal = normal[np.linalg.norm(normal, axis=1) > 1e-9]
    normal /= np.linalg.norm(normal, axis=1, keepdims=True)
    heights = np.linspace(float(tau) / length, 1, 60)
    values = np.concatenate(
        [[dot(x, z) / length]] + [h * (direction @ x) + math.sqrt(1 - h * h) * (normal @ x) for h in heights]
    )
    slack = 1e-6 * math.sqrt(norm + 1)
    assert lower / UNIT <= values.min() + slack and values.max() - slack <= upper / UNIT
    if len(normal):
        peak = dot(x, z) / length / math.sqrt(norm) if norm else 0.0  # the height of the maximum, if it is on the cap
        if peak < float(tau) / length:
            assert values.max() == pytest.approx(upper / UNIT, abs=1e-3 * math.sqrt(norm))
    if sign > 0:
        assert values.min() >= -slack
    if sign < 0:
        assert values.max() <= slack
    if tau > 0 and sign == 0 and len(normal) and norm:
        assert lower <= 0 <= upper


def test_units_do_not_matter() -> None:
    """(m, t) and (k m, k t) describe the same cap."""
    x, z = [3, -1], [2, 5]
    for k in (1, 7, 2**60):
        cap = Cap.of(k * k * dot(z, z), 9 * k, 2)
        assert cap.interval(k * dot(x, z), dot(x, x)) == Cap.of(dot(z, z), 9, 2).interval(dot(x, z), dot(x, x))
        assert cap.sign(k * dot(x, z), dot(x, x)) == Cap.of(dot(z, z), 9, 2).sign(dot(x, z), dot(x, x))


def test_the_decision_is_exact_at_its_limit() -> None:
    """z = (1, 0), tau = 3/5: x.u >= 0 on the cap exactly when the angle of x is at most 90 - 53.13 degrees."""
    cap = Cap.of(1, 3, 5)
    assert cap.sign(4, 25) == 1  # x = (4, 3)
    assert cap.sign(-4, 25) == -1
    assert cap.sign(3999, 3999**2 + 3000**2) == 0
    assert cap.sign(4001, 4001**2 + 3000**2) == 1
    assert cap.sign(0, 1) == 0
    assert cap.sign(0, 0) == 0


def test_an_interval_by_hand() -> None:
    """z = (1, 0), tau = 3/5, x = (0, 1): |x.u| <= 4/5."""
    lower, upper = Cap.of(1, 3, 5).interval(0, 1)
    assert 0 <= Fraction(upper, UNIT) - Fraction(4, 5) <= Fraction(1, UNIT) and lower == -upper
    lower, upper = Cap.of(1, 3, 5).interval(1, 1)  # x = z
    assert upper == UNIT and 0 <= Fraction(3, 5) - Fraction(lower, UNIT) <= Fraction(1, UNIT)


def test_an_empty_cap_says_anything_that_is_true_of_nothing() -> None:
    """|z| < tau: no unit vector has z.u >= tau."""
    cap = Cap.of(1, 2, 1)
    assert cap.remainder == 0 and cap.sign(1, 100) == 1 and cap.sign(-1, 100) == -1


def test_a_cap_larger_than_half_the_sphere() -> None:
    """z = (1, 0), tau = -9/10: the squares alone would not do, A >= tau |x| needs the signs."""
    cap = Cap.of(1, -9, 10)
    assert cap.sign(1, 1) == 1  # u = (-4/5, 3/5) is on the cap and x.u < 0 for x = (1, 0): why `sign` needs tau > 0
    lower, upper = cap.interval(1, 1)
    assert upper == UNIT and 0 <= Fraction(-9, 10) - Fraction(lower, UNIT) <= Fraction(1, UNIT)
    # x = (-1/2, sqrt(3)/2) is on the cap itself, so that |x| is reached, though A^2 < tau^2 N and A < 0
    assert cap.interval(-(10**6), 4 * 10**12)[1] >= UNIT * 2 * 10**6
    # x = (-1, 0) is not
    assert Fraction(cap.interval(-1, 1)[1], UNIT) < Fraction(9, 10) + Fraction(2, UNIT)


@given(st.integers(1, 9), st.integers(-(2**52), -1), st.integers(1, 2**52))
def test_a_secant_lies_above_the_relu(nu: int, lower: int, upper: int) -> None:
    slope = secant_slope(lower, upper)
    assert 0 <= slope <= 1 << SLOPE_BITS
    constant = secant_constant(nu, slope, lower, upper)
    for t in (lower, 0, upper, (lower + upper) // 2):
        assert nu * max(t, 0) << SLOPE_BITS <= nu * slope * t + constant
    ends = [(nu * max(t, 0) << SLOPE_BITS) - nu * slope * t for t in (lower, upper)]
    assert constant == max(ends)
