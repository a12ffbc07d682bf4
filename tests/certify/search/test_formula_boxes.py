"""Parts of ranges with exact ends: faces, cuts, samples, and claims about them."""

from fractions import Fraction
from math import e, pi, sqrt

import numpy as np
import pytest

from relucert.certify.language.parse import parse_claim
from relucert.certify.search.formula_boxes import (
    Number,
    accepts,
    face,
    inside,
    local,
    near,
    refusal,
    samples,
    split,
    whole,
)
from relucert.certify.search.formula_cells import Mark

CLAIM = parse_claim("sin(x) <= y", ["x in [0, pi)", "y in (-inf, 2]"])


@pytest.mark.parametrize(
    ("value", "spelled"),
    [
        (0.25, "1/4"),
        (1 / e, [["rational", "-1"], ["exp", 0]]),
        (e**2, [["rational", "2"], ["exp", 0]]),
        (sqrt(1 / 3), [["rational", "1/3"], ["root", 0, 2]]),
        (pi / 3, [["rational", "1/3"], ["pi"], ["mul", 0, 1]]),
    ],
)
def test_simple_numbers(value, spelled):
    number = near(value)
    assert number.spelled() == spelled
    assert number.low <= value <= number.high or abs(number.low - value) < 1e-12


def test_numbers_that_are_not_simple():
    assert near(0.7390851332151607) is None


def test_faces_and_cuts():
    box = whole(CLAIM)
    assert box[0].ends()[0] == 0 and box[0].ends()[1] >= pi and box[1].low is None
    assert face(box, 0, "high")[0].pinned
    assert inside(box, 0)[0].low_open and not box[0].low_open
    one = Number.at(Mark(Fraction(1)))
    below, above = split(box, 0, one, cut=False)
    assert (below[0].high, above[0].low, below[0].high_open) == (one, one, False)
    below, at, above = split(box, 0, one, cut=True)
    assert at[0].pinned and below[0].high_open and above[0].low_open


def test_samples_lie_in_the_box():
    points = samples(whole(CLAIM))
    assert np.all((points[:, 0] >= 0) & (points[:, 0] < pi) & (points[:, 1] <= 2))
    whole_numbers = samples(whole(parse_claim("k >= 0", ["k in 1..9"])))
    assert np.all(whole_numbers == np.round(whole_numbers))


def test_what_the_checker_says_of_a_part():
    claim = parse_claim("x*y >= 0", ["x in [-1, 1]", "y in [0, 1]"])
    product = next(k for k, node in enumerate(claim.nodes) if node[0] == "mul")
    _, above = split(whole(claim), 0, Number.at(Mark(Fraction(0))), cut=False)
    assert accepts(claim.nodes, product, False, above, [["interval", 0]])
    assert "S1" in refusal(claim.nodes, product, False, whole(claim), [["interval", 0]])
    assert accepts(claim.nodes, product, False, face(whole(claim), 1, "low"), [["exact_form", 0]])
    assert "x0" in local(claim.nodes, product, False, above).in_words()
