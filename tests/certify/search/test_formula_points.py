"""Samples, local minimisation and simple numbers."""

from fractions import Fraction
from math import pi

import numpy as np
import pytest

from relucert.certify.language.parse import parse_claim
from relucert.certify.search.formula_cells import Mark, Ranges
from relucert.certify.search.formula_goal import clauses
from relucert.certify.search.formula_points import (
    Landscape,
    Samples,
    hypothesis_holds,
    simplest,
    touching_coordinates,
)


def landscape(text, ranges, where=()):
    claim = parse_claim(text, ranges, list(where))
    found = Ranges(claim)
    return Landscape(claim, clauses(claim)[0], Samples(claim, found)), found


def test_samples_lie_in_the_ranges():
    claim = parse_claim("x + y + k + z > 0", ["x in (0, 1]", "y in (-inf, -3]", "k in 2..5", "z in (-inf, inf)"])
    points = Samples(claim, Ranges(claim)).spread(500)
    assert np.all((points[:, 0] > 0) & (points[:, 0] <= 1) & (points[:, 1] <= -3))
    assert set(points[:, 2]) == {2, 3, 4, 5} and np.ptp(np.log10(np.abs(points[:, 3]))) > 4


def test_a_shallow_minimum_is_found():
    found, _ = landscape("sin(x) <= 0.9999*x", ["x in [0, 1]"])
    lowest, lost = found.minimise()
    assert lowest.failing()[0] and lowest.points[0, 0] == pytest.approx(0.0141, abs=1e-3) and len(lost) == 0


def test_minima_in_several_variables():
    found, _ = landscape("(x - 1/3)^2 + (y - x)^2 + 1 > 0", ["x in [-5, 5]", "y in [-5, 5]"])
    lowest, _ = found.minimise()
    assert np.allclose(lowest.points[0], 1 / 3, atol=1e-4)


def test_touching_numbers_are_guessed():
    found, ranges = landscape("1 - sin(x) >= 0*x", ["x in [0, 3]"])
    assert (0, Mark(Fraction(1, 2), True)) in touching_coordinates(found.minimise()[0], ranges)
    found, ranges = landscape("(3*x - 1)^2 >= 0", ["x in [0, 3]"])
    assert touching_coordinates(found.minimise()[0], ranges) == [(0, Mark(Fraction(1, 3)))]
    found, ranges = landscape("(3*x - 1)^2 + 1/100 >= 0", ["x in [0, 3]"])
    assert touching_coordinates(found.minimise()[0], ranges) == []


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (0.5, Mark(Fraction(1, 2))),
        (pi / 3, Mark(Fraction(1, 3), True)),
        (-2 / 7, Mark(Fraction(-2, 7))),
        (0.12345, None),
    ],
)
def test_simple_numbers(number, expected):
    assert simplest(number) == expected


def test_places_without_a_value_are_reported():
    found, _ = landscape("log(x) < 10", ["x in [-1, 1]"])
    _, lost = found.minimise()
    assert len(lost) and np.all(lost <= 0)


def test_points_with_the_hypothesis_are_simple():
    claim = parse_claim("x > 0", ["x in [0, 5]"], ["x^2 > 7"])
    samples = Samples(claim, Ranges(claim))
    point = next(samples.with_hypothesis())
    assert point == [3]
    assert hypothesis_holds(claim, claim.hypothesis, np.array([[2.0], [3.0]])).tolist() == [False, True]


def test_open_ends_do_not_belong_to_the_ranges():
    claim = parse_claim("x > 0", ["x in (0, 5]"])
    samples = Samples(claim, Ranges(claim))
    assert not samples.contains([Fraction(0)]) and samples.contains([Fraction(5)])


def test_rounding_stays_in_the_range_and_finds_its_rational_end():
    claim = parse_claim("x > 0", ["x in [1/3, pi]"])
    samples = Samples(claim, Ranges(claim))
    near_low = list(samples.round(np.array([1 / 3])))
    assert near_low[0] == [Fraction(1, 3)] and all(map(samples.contains, near_low[:-1]))
    assert all(samples.contains(point) for point in samples.round(np.array([pi])))


def test_undefined_alternatives_count_only_where_no_other_holds():
    found, _ = landscape("log(x) < 10 or x > -1", ["x in [-1/2, 1]"])
    assert len(found.minimise()[1]) == 0
    found, _ = landscape("log(x) < 10 or x > -1/4", ["x in [-1/2, 1]"])
    lost = found.minimise()[1]
    assert len(lost) and np.all(lost <= -1 / 4)


def test_numbers_that_are_too_large_are_not_undefined():
    found, _ = landscape("tanh(x) <= 2", ["x in (-inf, inf)"])
    assert len(found.minimise()[1]) == 0
