"""Outcomes of the search for proofs of real inequalities; every one is the checker's."""

import pytest

from relucert.certify.check.real.kernel import check_formula
from relucert.certify.language.parse import parse_claim
from relucert.certify.search.formula_proof import Proved, Refuted, Undecided, Vacuous, search_formula

TRUE = [
    ("sin(t) + (pi - t)*cos(t) >= 0", ["t in [0, pi]"]),
    ("sin(x) <= x", ["x in [0, 10]"]),
    ("sin(x) < x", ["x in (0, 1]"]),
    ("sin(x) >= 2*x/pi", ["x in [0, pi/2]"]),
    ("exp(x) >= 1 + x", ["x in (-inf, inf)"]),
    ("log(x) <= x - 1", ["x > 0"]),
    ("tan(x) >= x", ["x in [0, 3/2]"]),
    ("x^4 - 3*x^2 + 3 > 0", ["x in [-10, 10]"]),
    ("9*x^2 - 6*x + 1 >= 0", ["x in [0, 3]"]),
    ("2^k >= k + 1", ["k in 0..30"]),
    ("log(1 + x) >= 2*x/(2 + x)", ["x in [0, inf)"]),
    ("x^x >= exp(-1/e)", ["x in (0, 1]"]),
    ("sin(a) + sin(b) + sin(a + b) <= 3*sqrt(3)/2", ["a in [1, 11/10]", "b in [1, 11/10]"]),
]
FALSE = [
    ("sin(x) <= 0.9999*x", ["x in [0, 1]"]),
    ("exp(x) >= 1 + x + x^2/2", ["x in [-1, 1]"]),
    ("sin(x) < x", ["x in [0, 1]"]),
]


@pytest.mark.parametrize(("text", "ranges"), TRUE)
def test_what_holds_is_proved(text, ranges):
    claim = parse_claim(text, ranges)
    outcome = search_formula(claim, time=20)
    assert isinstance(outcome, Proved)
    verdict = check_formula(outcome.certificate)
    assert verdict.valid and verdict.claim == claim and verdict.point is not None


@pytest.mark.parametrize(("text", "ranges"), FALSE)
def test_what_fails_is_refuted_at_a_point(text, ranges):
    outcome = search_formula(parse_claim(text, ranges), time=20)
    assert isinstance(outcome, Refuted)
    verdict = check_formula(outcome.certificate)
    assert verdict.valid and verdict.claim.assertion == "fails" and verdict.point == outcome.point


def test_identities_take_one_record_for_each_direction():
    outcome = search_formula(parse_claim("cos(x)^2 + sin(x)^2 = 1", ["x in (-inf, inf)"]), time=20)
    assert isinstance(outcome, Proved) and outcome.verdict.grade == "exact"
    assert outcome.verdict.rules == {"point": 1, "exact_form": 2}


def test_a_hypothesis_that_never_holds_makes_the_claim_vacuous():
    outcome = search_formula(parse_claim("x > 1", ["x in [0, 5]"], ["x^2 + 1 < 0"]), time=20)
    assert isinstance(outcome, Vacuous) and check_formula(outcome.certificate).claim.assertion == "vacuous"


@pytest.mark.parametrize(
    ("ranges", "where"),
    [
        (["x, y real"], ["x < y", "y < x"]),
        (["x, y real"], ["x^2 + y^2 < x*y - 1"]),
        (["x > 0", "y > 0"], ["x*y > 1", "x + y < 1"]),
        (["x > 0"], ["exp(x) < x"]),
    ],
)
def test_contradictions_on_unbounded_ranges_are_found_too(ranges, where):
    outcome = search_formula(parse_claim("x > 1", ranges, where), time=30)
    assert isinstance(outcome, Vacuous) and outcome.verdict.valid


def test_a_place_where_the_claim_is_not_defined_is_named():
    outcome = search_formula(parse_claim("log(x) <= x - 1", ["x in [-1, 1]"]), time=20)
    assert isinstance(outcome, Undecided) and "not defined at x = " in outcome.reason


def test_the_number_of_nodes_is_limited():
    outcome = search_formula(
        parse_claim("exp(x - y) >= 1 + x - y", ["x in [-3, 3]", "y in [-3, 3]"]), time=20, nodes=300
    )
    assert isinstance(outcome, Undecided) and "nodes" in outcome.reason
    assert outcome.margin < 0 and len(outcome.where) == 2
