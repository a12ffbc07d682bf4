"""Covers of single clauses: rules, limits, and what happens when the checker refuses a record."""

from math import inf
from time import monotonic

import pytest

from relucert.certify.check.real.kernel import check_formula
from relucert.certify.language.parse import parse_claim
from relucert.certify.search.formula_cells import Mark, Ranges
from relucert.certify.search.formula_cover import Cover
from relucert.certify.search.formula_goal import clauses
from relucert.certify.search.formula_limits import Limits
from relucert.certify.search.formula_oracle import Oracle, certificate


def cover(text, ranges, where=(), limits=None):
    claim = parse_claim(text, ranges, list(where))
    found = Ranges(claim)
    oracle = Oracle(claim, found)
    limits = limits or Limits(monotonic() + 20, 100_000, 1 << 30)
    return claim, [Cover(claim, clause, found, oracle, limits) for clause in clauses(claim)], found


def valid(claim, covers):
    verdict = check_formula(certificate(claim, [part.tree.written() for part in covers], None, 64))
    assert verdict.valid, verdict.reason
    return verdict.rules


def test_a_derivative_of_one_sign_leads_to_a_face():
    claim, covers, found = cover("exp(x) >= x/2 + 1/2", ["x in [0, 10]"])
    assert covers[0].run(found.cells) is None
    assert valid(claim, covers) == {"monotone": 1, "interval": 1}


def test_a_touching_end_takes_a_taylor_coefficient():
    claim, covers, found = cover("sin(x) < x", ["x in (0, 1]"])
    assert covers[0].run(found.cells) is None
    assert valid(claim, covers)["taylor_touch"] == 1


def test_an_undefined_other_end_is_no_obstacle():
    claim, covers, found = cover("1/x >= 2 - x", ["x in (0, 1]"])
    assert covers[0].run(found.cells) is None
    assert valid(claim, covers)["monotone"] >= 1


def test_each_cell_takes_the_inequality_that_holds_there():
    claim, covers, found = cover("x*y <= 1", ["x in [-2, 2]", "y in [-2, 2]"], ["x^2 + y^2 <= 3/2"])
    assert covers[0].run(found.cells) is None
    assert valid(claim, covers)["interval"] > 3


@pytest.mark.parametrize(
    ("limits", "word"),
    [
        (Limits(-inf, 1000, 1 << 30), "time"),
        (Limits(inf, 50, 1 << 30), "nodes"),
        (Limits(inf, 10**9, 100_000), "memory"),
    ],
)
def test_limits_end_the_search(limits, word):
    _, covers, found = cover("x^2 + y^2 >= 2*x*y", ["x in [-3, 3]", "y in [-3, 3]"], limits=limits)
    stuck = covers[0].run(found.cells)
    assert word in stuck.reason and len(stuck.low) == 2


def test_a_claim_that_touches_and_is_false_ends():
    """sin x < x fails at 0 only: cells become too small there."""
    _, covers, found = cover("sin(x) < x", ["x in [0, 1]"])
    stuck = covers[0].run(found.cells)
    assert "too small" in stuck.reason and stuck.low == (0.0,) and stuck.high[0] < 1e-12


@pytest.mark.parametrize("index", range(4))
def test_a_refused_record_is_divided_further(index):
    claim, covers, found = cover("x^2 + sin(3*x) > -1", ["x in [-1, 2]"])
    assert covers[0].run(found.cells) is None
    before = len(covers[0].tree.written())
    assert before >= 4 and covers[0].reopen(index) is None
    valid(claim, covers)


def test_cuts_are_walked_again_when_a_record_is_refused():
    claim, covers, found = cover("abs(x) <= 1", ["x in [-5, 5]"], ["x^2 <= 1"])
    assert covers[0].run(found.cells, [(0, Mark.parse("1")), (0, Mark.parse("-1"))]) is None
    last = len(covers[0].tree.written()) - 1
    assert covers[0].reopen(last) is None
    assert valid(claim, covers)["cut"] == 2
