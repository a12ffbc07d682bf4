"""Proofs by derivatives, of claims on which plain covers do not end."""

from __future__ import annotations

from time import monotonic

import pytest

from relucert.certify.check.real.kernel import check_formula
from relucert.certify.language.parse import parse_claim
from relucert.certify.search.formula_calculus import calculus
from relucert.certify.search.formula_cells import Ranges
from relucert.certify.search.formula_goal import clauses
from relucert.certify.search.formula_oracle import certificate
from relucert.certify.search.formula_points import Landscape, Samples

TRUE = [
    ("log(1 + x) >= 2*x/(2 + x)", ["x in [0, inf)"], "slope"),
    ("log(1 + x) >= x/(1 + x)", ["x in (-1, inf)"], "slope"),
    ("log(x) <= 2*sqrt(x)/e", ["x > 0"], "slope"),
    ("sin(x)/x < (2 + cos(x))/3", ["x in (0, pi/2)"], "rewrite"),
    ("x <= tan(x)", ["x in [0, pi/2)"], "lemma"),
    ("abs(log(1 + x) - x) <= x^2", ["x in [-1/2, 1/2]"], "branch"),
    ("(pi - t)*sin(t)/(pi*k) > 0", ["k in 1..inf", "t in (0, pi)"], "rewrite"),
    ("k/(k + pi) - 1 = -pi/(k + pi)", ["k >= 1"], "rewrite"),
]
FALSE = [
    ("log(1 + x) >= 1.01*x/(1 + x)", ["x in [0, inf)"]),
    ("sin(x)/x < (2 + cos(x))/3.001", ["x in (0, pi/2)"]),
]


def trees(text, ranges):
    claim = parse_claim(text, ranges)
    samples = Samples(claim, Ranges(claim))
    found = []
    for clause in clauses(claim):
        lowest, _ = Landscape(claim, clause, samples).minimise()
        found.append(calculus(claim, clause, lowest, goals=400, deadline=monotonic() + 60))
    return claim, found


@pytest.mark.parametrize(("text", "ranges", "rule"), TRUE)
def test_the_checker_takes_the_tree(text, ranges, rule):
    claim, found = trees(text, ranges)
    assert None not in found
    verdict = check_formula(certificate(claim, found, None, 64))
    assert verdict.valid and verdict.rules[rule] > 0


@pytest.mark.parametrize(("text", "ranges"), FALSE)
def test_nothing_is_found_for_what_is_false(text, ranges):
    assert trees(text, ranges)[1] == [None]


def test_roots_of_numbers_are_no_factors():
    """Every number can be divided by sqrt(3), again and again."""
    assert None not in trees("sin(a) <= 2/sqrt(3)*sqrt(3)/2*a", ["a in [0, 1]"])[1]


def test_a_budget_ends_the_search():
    claim = parse_claim("log(1 + x) >= 2*x/(2 + x)", ["x in [0, inf)"])
    (clause,) = clauses(claim)
    lowest, _ = Landscape(claim, clause, Samples(claim, Ranges(claim))).minimise()
    assert calculus(claim, clause, lowest, goals=1, deadline=monotonic() + 60) is None
    assert calculus(claim, clause, lowest, goals=400, deadline=monotonic() - 1) is None
