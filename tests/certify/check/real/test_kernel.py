"""The way in: points that refute or show that something is asserted, hypotheses, what is not well formed."""

from __future__ import annotations

import copy
import gzip
import json
from fractions import Fraction
from typing import Any

import pytest

from relucert.certify.check.real.kernel import check_formula
from relucert.certify.formula import RealFormula, Variable
from tests.certify.check.real.claims import certificate, checked, claim, tag

POINTS: dict[str, tuple[Any, list[str], str]] = {
    "inside": (claim("x^2 >= x", "x in [0, 2]", assertion="fails"), ["1/2"], "VALID"),
    "the conclusion holds": (claim("x^2 >= x", "x in [0, 2]", assertion="fails"), ["1"], "point S4"),
    "out of range": (claim("x^2 >= x", "x in [1, 2]", assertion="fails"), ["1/2"], "point S2"),
    "an open end": (claim("x > 0", "x in (0, 1]", assertion="fails"), ["0"], "point S2"),
    "a closed end": (claim("x > 0", "x in [0, 1]", assertion="fails"), ["0"], "VALID"),
    "below pi": (claim("x < 3.1415", "x in [0, pi]", assertion="fails"), ["31415/10000"], "point S1"),
    "below pi, in lowest terms": (claim("x < 3.1415", "x in [0, pi]", assertion="fails"), ["6283/2000"], "VALID"),
    "above pi": (claim("x < 3.1415", "x in [0, pi]", assertion="fails"), ["22/7"], "point S2"),
    "not whole": (claim("k != 5/2", "k in 0..9", assertion="fails"), ["5/2"], "point S1"),
    "whole": (claim("k^2 != 4*k - 4", "k in 0..9", assertion="fails"), ["2"], "VALID"),
    "equality of transcendental numbers": (claim("cos(x) != 1", "x in [0, 1]", assertion="fails"), ["0"], "VALID"),
    "too few numbers": (claim("x + y > 0", "x in [0, 1]", "y in [0, 1]", assertion="fails"), ["0"], "point S1"),
    "with a hypothesis": (
        claim("x > y", "x in [0, 1]", "y in [0, 1]", where=["x != y"], assertion="fails"), ["0", "1"], "VALID",
    ),
    "the hypothesis does not hold": (
        claim("x > y", "x in [0, 1]", "y in [0, 1]", where=["x != y"], assertion="fails"), ["1", "1"], "point S3",
    ),
    "undefined is not false": (claim("1/x > 0", "x in [0, 1]", assertion="fails"), ["0"], "point S4"),
}  # fmt: skip


@pytest.mark.parametrize("name", POINTS)
def test_points(name: str) -> None:
    formula, point, expected = POINTS[name]
    verdict = checked(formula, [], point)
    assert tag(verdict) == expected, verdict.reason


def test_a_failure_needs_a_point() -> None:
    assert tag(checked(claim("x > 0", "x in [0, 1]", assertion="fails"), [])) == "point S1"


def test_a_point_shows_that_a_claim_is_not_vacuous() -> None:
    formula = claim("x > 1/2", "x in [0, 1]", where=["x > 3/4"])
    trees = [[["split", 0, "5/8"], ["interval", 0], ["interval", 1]]]
    assert checked(formula, trees).point is None
    assert checked(formula, trees, ["4/5"]).point is not None
    assert tag(checked(formula, trees, ["3/4"])) == "point S3"


def test_vacuous_claims() -> None:
    formula = claim("x > 5", "x in [0, 1]", where=["x > 2"], assertion="vacuous")
    assert tag(checked(formula, [[["interval", 0]]])) == "VALID"
    inhabited = claim("x > 5", "x in [0, 1]", where=["x > 1/2"], assertion="vacuous")
    assert tag(checked(inhabited, [[["interval", 0]]])) == "interval S1"
    no_hypothesis = claim("x > 5", "x in [0, 1]", assertion="vacuous")
    assert tag(checked(no_hypothesis, [[]])) == "cover S2"
    assert tag(checked(no_hypothesis, [[["interval", 0]]])) == "cover S1"


def test_grades() -> None:
    exact = checked(claim("cos(x)^2 + sin(x)^2 = 1", "x in [0, 1]"), [[["exact_form", 0]], [["exact_form", 0]]])
    assert (exact.kind, exact.grade) == ("VALID", "exact")
    assert checked(claim("x > -1", "x in [0, 1]"), [[["interval", 0]]]).grade == "interval"


VALID = certificate(claim("G(t) >= 0", "t in [3, pi]"), [[["taylor_touch", 0, 0, "high", 3]]], ["3"])


def changed(path: list[Any], value: Any) -> dict[str, Any]:
    result = copy.deepcopy(VALID)
    target: Any = result
    for key in path[:-1]:
        target = target[key]
    target[path[-1]] = value
    return result


@pytest.mark.parametrize(
    ("path", "value", "expected"),
    [
        (["version"], 7, "format S6"),
        (["evidence", "bits"], 8, "format S9"),
        (["evidence", "bits"], 10**6, "format S9"),
        (["evidence", "bits"], True, "format S9"),
        (["evidence"], {"bits": 64}, "format S9"),
        (["evidence"], [], "format S9"),
        (["claim", "assertion"], "maybe", "format S8"),
        (["claim", "conclusion"], 99, "format S8"),
        (["claim", "nodes", 0], ["eval", 0], "format S8"),
        (["claim", "kind"], "training-gap", "format S8"),
        (["trees"], [], "format S1"),
        (["trees", 0], [], "cover S2"),
        (["trees", 0, 0, 4], 2, "taylor_touch S4"),
        (["trees", 0, 0, 3], "low", "taylor_touch S3"),
    ],
)
def test_what_is_not_well_formed(path: list[Any], value: Any, expected: str) -> None:
    assert check_formula(json.dumps(VALID).encode()).valid
    verdict = check_formula(json.dumps(changed(path, value)).encode())
    assert tag(verdict).startswith(expected), verdict.reason


def test_compressed_text_is_read_and_other_bytes_are_refused() -> None:
    data = json.dumps(VALID).encode()
    assert check_formula(gzip.compress(data)).valid
    for bad in (b"", b"{}", data[:-1], data + b"x", data.replace(b"3", b"3.0"), b"\xff" + data):
        assert not check_formula(bad).valid


@pytest.mark.parametrize("rule", [["exact_form", 0], ["interval", 0], ["taylor_touch", 0, 0, "low", 1]])
def test_deep_expressions_are_valid_or_refused_but_nothing_raises(rule: list[Any]) -> None:
    nodes = [("variable", 0), ("rational", Fraction(-2)), ("rational", Fraction(2))]
    nodes += [("sin", place if place > 2 else 0) for place in range(2, 8_000)]
    variable = Variable("x", 1, 2, low_open=False, high_open=False, integer=False)
    formula = RealFormula("holds", (variable,), tuple(nodes), (("<=", len(nodes) - 1, 2),), None, 0)
    verdict = checked(formula, [[rule]], ["1"], bits=16)
    assert verdict.kind == ("VALID" if rule[0] == "interval" else "INVALID")


def test_a_claim_over_empty_ranges_does_not_hold() -> None:
    empty = claim("x > 5", "x in [pi, 3]")
    assert tag(checked(empty, [[]])) == "ranges S2"
    assert tag(checked(claim("x > 5", "x in [pi, 3]", assertion="vacuous"), [[]])) == "VALID"
