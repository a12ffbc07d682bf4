"""One inequality on many cells."""

from math import inf

import numpy as np

from relucert.certify.language.parse import parse_claim
from relucert.certify.search.formula_atoms import Difference
from relucert.certify.search.formula_cells import Ranges
from relucert.certify.search.formula_goal import clauses


def difference(text, *ranges):
    claim = parse_claim(text, list(ranges))
    return Difference(claim.nodes, clauses(claim)[0][0]), Ranges(claim).cells


def slopes(found, cells):
    closed = found.values(cells.boxes(closed=True), len(cells))
    return {i: found.slope(closed, i, len(cells)) for i in found.variables}


def test_mean_values_prove_what_intervals_do_not():
    found, cells = difference("x - x^2/2 >= 0", "x in [1/4, 1]")
    enclosed = found.values(cells.boxes(), 1)
    assert not found.holds(enclosed.difference, enclosed.defined)[0]
    assert found.mean_value(cells, slopes(found, cells))[0]


def test_mean_values_need_bounded_cells():
    found, cells = difference("x + 1 >= 0", "x in [0, inf)")
    assert not found.mean_value(cells, slopes(found, cells))[0]


def test_what_is_not_defined_is_not_proved():
    found, cells = difference("1/x + 1 > 0", "x in [0, 1]")
    enclosed = found.values(cells.boxes(), 1)
    assert not enclosed.defined[0] and not found.holds(enclosed.difference, enclosed.defined)[0]
    found, cells = difference("1/x > 0", "x in (0, 1]")
    enclosed = found.values(cells.boxes(), 1)
    assert found.holds(enclosed.difference, enclosed.defined)[0] and enclosed.difference.high[0] == inf


def test_slopes_of_variables_that_do_not_occur_are_zero():
    found, cells = difference("x + 0*y <= x + 1", "x in [0, 1]", "y in [0, 1]")
    slope, defined = slopes(found, cells)[1]
    assert slope.low[0] == 0 == slope.high[0] and defined[0]


def test_zeros_are_recognised_up_to_rounding():
    found, _ = difference("sin(x) <= x", "x in [-4, 4]")
    assert found.vanishes(np.array([[0.0], [1e-3], [2.0]])).tolist() == [True, False, False]
    value, size = found.points(np.array([[2.0]]))
    assert value[0] == 2 - np.sin(2.0) and size[0] == 2
