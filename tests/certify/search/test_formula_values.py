"""Values and slopes of expressions on many boxes, against the checker's on each."""

from fractions import Fraction
from math import inf
from time import monotonic

import numpy as np
import pytest

from relucert.certify.check.real.evaluate import Program
from relucert.certify.check.real.interval import Arithmetic, Interval
from relucert.certify.language.parse import parse_claim
from relucert.certify.search.formula_arrays import Boxes
from relucert.certify.search.formula_values import Expressions, OutOfTimeError, around

TEXTS = [
    "x^3 - 3*x*y + y^2/7",
    "exp(-x)*sin(y) + log(1 + x^2)",
    "arctan(x)/(2 + cos(y))",
    "sqrt(x^2 + 1)*abs(y + 5) + min(x, y + 4)",
    "acos(x/5) + cbrt(y + 5) + max(x - 9, pi)",
    "(x^2 + 1)^(-3) + 1/(y^2 + 2)",
]


def dyadic(x):
    numerator, denominator = Fraction(x).as_integer_ratio()
    return numerator, 1 - denominator.bit_length()


def value(bound, missing):
    return missing if bound is None else float(Fraction(bound[0]) * Fraction(2) ** bound[1])


@pytest.mark.parametrize("text", TEXTS)
def test_enclosures_contain_the_checkers_and_are_nearly_as_narrow(text):
    claim = parse_claim(f"{text} > 0", ["x in [-2, 2]", "y in [-2, 2]"])
    place = claim.formulas[claim.conclusion][2]
    random = np.random.default_rng(0)
    low = np.round(random.uniform(-2, 1.5, (40, 2)), 1)
    high = low + np.round(random.uniform(0, 0.5, (40, 2)), 2)
    closed = np.zeros(40, dtype=bool)
    expressions = Expressions(claim.nodes, (place,))
    known, defined = expressions.values([Boxes(low[:, i], high[:, i], closed, closed) for i in (0, 1)], 40)
    slopes, smooth = expressions.slopes(known, 0, 40)
    assert np.all(defined) and np.all(smooth)
    program = Program(claim.nodes, place, Arithmetic(64))
    for k in range(40):
        box = [Interval(dyadic(low[k, i]), dyadic(high[k, i]), False, False) for i in (0, 1)]
        for ours, theirs in ((known[place], program.value(box)), (slopes[place], program.taylor(box, 0, 1)[1])):
            their_low, their_high = value(theirs.low, -inf), value(theirs.high, inf)
            our_low, our_high = np.broadcast_to(ours.low, (40,))[k], np.broadcast_to(ours.high, (40,))[k]
            size = 1 + abs(their_low) + abs(their_high)
            assert our_low <= their_low + 1e-300 and their_high <= our_high + 1e-300
            assert their_low - our_low < 1e-13 * size and our_high - their_high < 1e-13 * size


def test_points_are_the_values_there():
    claim = parse_claim("sqrt(x) + cbrt(y) + x^y > 0", ["x in [-2, 2]", "y in [-2, 2]"])
    place = claim.formulas[claim.conclusion][2]
    found = Expressions(claim.nodes, (place,)).points(np.array([[4.0, -8.0], [-1.0, 1.0]]))[place]
    assert found[0] == pytest.approx(2 - 2 + 4.0**-8) and np.isnan(found[1])


def test_rationals_lie_between_neighbours():
    assert around(Fraction(1, 2)) == (0.5, 0.5)
    low, high = around(Fraction(1, 3))
    assert Fraction(low) < Fraction(1, 3) < Fraction(high) and np.nextafter(low, inf) == high
    assert around(Fraction(10) ** 400)[1] == inf and around(-(Fraction(10) ** 400))[0] == -inf


def test_long_expressions_stop_at_the_deadline():
    text = "+".join(["sin(x)"] + [f"x/{k}" for k in range(2, 600)])
    claim = parse_claim(f"{text} > 0", ["x in [0, 1]"])
    expressions = Expressions(claim.nodes, (claim.formulas[0][2],), deadline=monotonic() - 1)
    with pytest.raises(OutOfTimeError):
        expressions.points(np.zeros((3, 1)))
