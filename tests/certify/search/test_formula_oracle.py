"""Questions to the checker about single cells."""

from fractions import Fraction

import numpy as np

from relucert.certify.language.parse import parse_claim
from relucert.certify.search.formula_cells import Mark, Ranges
from relucert.certify.search.formula_goal import clauses
from relucert.certify.search.formula_oracle import Oracle


def oracle(text, *ranges):
    claim = parse_claim(text, list(ranges))
    found = Ranges(claim)
    return Oracle(claim, found), found, clauses(claim)[0][0]


def test_an_answer_is_the_condition_that_fails():
    ask, ranges, atom = oracle("sin(x) <= x", "x in [0, 1]")
    assert ask.ask(ranges.cells, 0, atom, ["taylor_touch", 0, 0, "low", 3], 64) == ""
    assert ask.ask(ranges.cells, 0, atom, ["taylor_touch", 0, 0, "low", 4], 64) == "S3"
    assert ask.ask(ranges.cells, 0, atom, ["interval", 0], 64) == "S1"
    assert ask.order(ranges.cells, 0, atom, 0, "low") == 3 and ask.order(ranges.cells, 0, atom, 0, "high") == 0


def test_orders_are_asked_once():
    ask, ranges, atom = oracle("sin(x) <= x", "x in [0, 1]")
    ask.order(ranges.cells, 0, atom, 0, "low")
    before = ask.asked
    below, _ = ranges.split(ranges.cells, np.array([0]), np.array([0.5]))
    assert ask.order(below, 0, atom, 0, "low") == 3 and ask.asked == before


def test_ends_at_pi_and_at_rationals_are_exact():
    ask, ranges, atom = oracle("1 - sin(x) >= (x - pi/2)^2/4", "x in [1, 2]")
    below, above, _ = ranges.split_exactly(ranges.cells, 0, Mark(Fraction(1, 2), True))
    assert ask.order(below, 0, atom, 0, "high") == 2 == ask.order(above, 0, atom, 0, "low")
    ask, ranges, atom = oracle("(3*x - 1)^2 >= 0", "x in [0, 1]")
    below, _, _ = ranges.split_exactly(ranges.cells, 0, Mark(Fraction(1, 3)))
    assert ask.order(below, 0, atom, 0, "high") == 2


def test_on_a_face_the_variable_is_a_number():
    ask, ranges, atom = oracle("x*y + cos(y)^2 + sin(y)^2 >= 1", "x in [0, 1]", "y in [-1, 1]")
    assert not ask.identity(ranges.cells, 0, atom)
    assert ask.identity(ranges.face(ranges.cells, 0, "low"), 0, atom)
    assert not ask.identity(ranges.face(ranges.cells, 0, "high"), 0, atom)
