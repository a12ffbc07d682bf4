"""Cells: ranges of a claim, splits, cuts and faces."""

from fractions import Fraction
from math import inf, pi

import numpy as np

from relucert.certify.language.parse import parse_claim
from relucert.certify.search.formula_cells import PLAIN, Mark, Ranges


def ranges(*texts):
    names = [text.split()[0] for text in texts]
    return Ranges(parse_claim(f"{' + '.join(names)} < 0", list(texts)))


def test_ends_that_are_no_floats_are_enclosed_and_remembered():
    found = ranges("x in [1/3, pi]", "y in (0, 1]")
    cells = found.cells
    assert Fraction(cells.low[0, 0]) < Fraction(1, 3) and cells.high[0, 0] > pi
    assert [end.place is not None for end in found.exact] == [True, True]
    assert cells.low_code[0, 1] == cells.high_code[0, 1] == PLAIN
    assert cells.low_open[0].tolist() == [False, True]


def test_whole_numbers_and_empty_ranges():
    found = ranges("k in 2..9")
    assert (found.cells.low[0, 0], found.cells.high[0, 0]) == (2, 9) and not found.empty
    below, above = found.split(found.cells, np.array([0]), np.array([4.5]))
    assert (below.high[0, 0], above.low[0, 0]) == (4, 5)


def test_a_cut_leaves_the_number_out_on_both_sides():
    found = ranges("x in [0, 2]")
    below, at, above, inside = found.cut(found.cells, 0, Mark(Fraction(1, 3)))
    assert inside[0] and below.high_open[0, 0] and above.low_open[0, 0] and at.pinned[0, 0]
    assert Fraction(at.low[0, 0]) < Fraction(1, 3) < Fraction(at.high[0, 0])
    face, rest, inside = found.cut_end(found.cells, 0, Mark(Fraction(0)))
    assert inside[0] and face.high[0, 0] == 0 and rest.low_open[0, 0]
    assert not found.cut(found.cells, 0, Mark(Fraction(2)))[3][0]


def test_marks_are_read_back():
    for mark in (Mark(Fraction(-1, 3)), Mark(Fraction(3, 2), True)):
        assert Mark.parse(mark.text()) == mark
        low, high = mark.around()
        assert low <= float(mark.value) * (pi if mark.times_pi else 1) <= high


def test_infinite_ranges_are_split_at_growing_numbers():
    found = ranges("x in (-inf, inf)")
    variable, cells, points = np.array([0]), found.cells, []
    for _ in range(6):
        points.append(float(found.split_points(cells, variable)[0]))
        cells = found.split(cells, variable, np.array([points[-1]]))[1]
    assert points[:4] == [0, 1, 4, 16] and points == sorted(set(points)) and cells.high[0, 0] == inf


def test_split_points_are_short_and_near_the_middle():
    found = ranges("x in [0.1, 0.9371]")
    point = float(found.split_points(found.cells, np.array([0]))[0])
    assert 0.3 < point < 0.7 and Fraction(point).denominator <= 16


def test_middles_lie_in_the_cells():
    found = ranges("x in [3, inf)", "y in (-inf, -5]", "z in (-inf, inf)", "u in [1, 2]")
    middle = found.cells.middles()[0]
    assert np.all(np.isfinite(middle)) and middle[0] >= 3 and middle[1] <= -5 and middle[3] == 1.5
