"""All zeros in ranges: found, boxed, and nothing else left; or not decided."""

from __future__ import annotations

from math import pi

import pytest

from relucert.certify.check.real.zeros import check_zero_set
from relucert.certify.language.parse import parse_claim
from relucert.certify.search.formula_proof import Undecided
from relucert.certify.search.zero_cover import ZeroCover
from relucert.certify.search.zero_set import Equations, ZeroProved, search_zero_set
from relucert.certify.zero_set import ZeroSet

CIRCLE = parse_claim("x^2 + y^2 - 1 != 0 or x - y != 0", ["x in [-2, 2]", "y in [-2, 2]"])


def proved(*ranges: str, equations: str, where: tuple[str, ...] = ()) -> ZeroProved:
    outcome = search_zero_set(parse_claim(equations, ranges, where), time=20)
    assert isinstance(outcome, ZeroProved), outcome
    assert check_zero_set(outcome.certificate).valid
    return outcome


def test_two_points_of_a_circle() -> None:
    outcome = search_zero_set(CIRCLE, time=20)
    assert isinstance(outcome, ZeroProved)
    for box, sign in zip(outcome.claim.boxes, (-1, 1), strict=True):
        assert all(float(low) < sign * 0.5**0.5 < float(high) for low, high in box)
        assert all(float(high - low) < 1e-9 for low, high in box)
    assert outcome.claim.negative == (2, 1)  # of [[2x, 2y], [1, -1]], symmetric part


def test_a_zero_on_an_unbounded_range() -> None:
    outcome = proved("x in (0, inf)", equations="log(x) - 1 != 0")
    ((low, high),) = outcome.claim.boxes[0]
    assert float(low) < 2.718281828459045 < float(high)


def test_both_ends_infinite_and_no_zero() -> None:
    assert proved("x in (-inf, inf)", equations="x^2 + 1 != 0").claim.boxes == ()


def test_a_line_without_ends_beside_a_range() -> None:
    outcome = proved("u in [1, 3]", "t in (-inf, inf)", equations="t - sin(u) != 0 or 2*t - u != 0")
    assert len(outcome.claim.boxes) == 1
    assert outcome.zeros[0] == pytest.approx((1.895494267, 0.947747133))


def test_all_zeros_of_a_wave() -> None:
    outcome = proved("x in (-1, 10)", equations="sin(x) != 0")
    assert [round(zero[0] / pi) for zero in outcome.zeros] == [0, 1, 2, 3]
    assert outcome.claim.negative == (0, 1, 0, 1)


def test_a_condition_hides_a_zero() -> None:
    outcome = proved("x in [-2, 2]", "y in [-2, 2]", equations="x^2 + y^2 - 1 != 0 or x - y != 0", where=("x >= 0",))
    assert len(outcome.claim.boxes) == 1


@pytest.mark.parametrize(
    ("equation", "range_"),
    [("(x - 1)^2 != 0", "x in [0, 2]"), ("x != 0", "x in [0, 1]"), ("sin(1/x) != 0", "x in (0, 1]")],
    ids=["double", "at an end", "infinitely many"],
)
def test_what_is_not_decided(equation: str, range_: str) -> None:
    outcome = search_zero_set(parse_claim(equation, [range_]), time=0.5)
    assert isinstance(outcome, Undecided)
    assert outcome.reason


def test_a_cover_that_misses_a_zero_ends() -> None:
    blank = ZeroSet(CIRCLE, (), ())
    stuck = ZeroCover(blank, (), 0.0).run()
    assert not isinstance(stuck, list)
    assert stuck.reason == "the limit of time is reached"


def test_float_values_and_slopes() -> None:
    import numpy as np

    equations = Equations(ZeroSet(CIRCLE, (), ()))
    points = np.array([[0.5, 2.0]])
    assert equations.values(points).tolist() == [[3.25, -1.5]]
    assert np.allclose(equations.jacobians(points)[0], [[1.0, 4.0], [1.0, -1.0]], atol=1e-8)
    slopes = equations.slopes(np.array([0.4, 1.9]), np.array([0.6, 2.1]))
    assert slopes is not None
    assert np.allclose(slopes[0][0], [0.8, 3.8])
    assert np.allclose(slopes[1][0], [1.2, 4.2])
