"""The tree of regions: shapes of records, completeness, halves of real and whole variables."""

from __future__ import annotations

from typing import Any

import pytest

from relucert.certify.check.real.leaves import MAX_ORDER
from tests.certify.check.real.claims import checked, claim, tag

LEAF = ["interval", 0]
CASES: dict[str, tuple[list[Any], str]] = {
    "complete": ([["split", 0, "1/3"], LEAF, LEAF], "VALID"),
    "nested": ([["split", 0, "1/3"], ["split", 0, "1/5"], LEAF, LEAF, LEAF], "VALID"),
    "a number beyond the range leaves one part": ([["split", 0, "7"], LEAF], "VALID"),
    "split at a multiple of pi": ([["split", 0, "1/7*pi"], LEAF, LEAF], "VALID"),
    "cut": ([["cut", 0, "1/3"], LEAF, LEAF, LEAF], "VALID"),
    "cut at an end of the range": ([["cut", 0, "1"], LEAF, LEAF], "VALID"),
    "a part of a cut is missing": ([["cut", 0, "1/3"], LEAF, LEAF], "cover S2"),
    "a number that is no multiple of pi": ([["split", 0, "1/7pi"], LEAF, LEAF], "cover S1"),
    "a leaf is missing": ([["split", 0, "1/3"], LEAF], "cover S2"),
    "no record": ([], "cover S2"),
    "a leaf too many": ([LEAF, LEAF], "cover S2"),
    "no list": (["interval"], "cover S1"),
    "unknown rule": ([["guess", 0]], "cover S1"),
    "a rule that is no text": ([[["interval"], 0]], "cover S1"),
    "too long": ([["interval", 0, 0]], "cover S1"),
    "no such inequality": ([["interval", 1]], "cover S1"),
    "a truth value is no number": ([["interval", False]], "cover S1"),
    "a negative number": ([["interval", -1]], "cover S1"),
    "no such variable": ([["split", 2, "1/3"], LEAF, LEAF], "cover S1"),
    "no such end": ([["monotone", 0, 0, "middle"], LEAF], "cover S1"),
    "no such variable of a face": ([["monotone", 0, 5, "low"], LEAF], "cover S1"),
    "order zero": ([["taylor_touch", 0, 0, "low", 0]], "cover S1"),
    "order too high": ([["taylor_touch", 0, 0, "low", MAX_ORDER + 1]], "cover S1"),
    "a number that is no rational": ([["split", 0, "1/0"], LEAF, LEAF], "cover S1"),
    "a number that is no text": ([["split", 0, 1], LEAF, LEAF], "cover S1"),
}


@pytest.mark.parametrize("name", CASES)
def test_records(name: str) -> None:
    records, expected = CASES[name]
    verdict = checked(claim("x + y + 3 > 0", "x in [0, 1]", "y in [0, 1]"), [records])
    assert tag(verdict) == expected, verdict.reason


def test_below_a_face_only_its_inequality_is_proved() -> None:
    """x^2 <= 0 or x >= 0: at the face x = 0 of the second, the first would hold, but not on the region."""
    false = claim("x^2 <= 0 or -x >= 0", "x in [0, 1]")
    records = [["monotone", 1, 0, "low"], ["exact_form", 0]]
    assert tag(checked(false, [records])) in ("cover S1", "monotone S2")
    true = claim("x^2 <= -1 or x >= 0", "x in [0, 1]")
    assert tag(checked(true, [[["monotone", 1, 0, "low"], ["exact_form", 1]]])) == "VALID"
    assert tag(checked(true, [[["monotone", 1, 0, "low"], ["exact_form", 0]]])) == "cover S1"


def test_whole_variables_are_split_between_whole_numbers() -> None:
    """(2k - 5)^2 >= 1 holds for whole k although not for k = 5/2."""
    formula = claim("(2*k - 5)^2 >= 1", "k in 0..9")
    halves = [["split", 0, "2"], ["interval", 0], ["interval", 0]]
    assert tag(checked(formula, [halves])) == "VALID"
    real = claim("(2*k - 5)^2 >= 1", "k in [0, 9]")
    assert tag(checked(real, [halves])) == "interval S1"


def test_a_cut_leaves_its_number_out_of_the_other_parts() -> None:
    """|x| is not zero below and above zero; at zero only the other inequality holds."""
    formula = claim("abs(x) > 0 or x = 0", "x in [-1, 1]")
    tree = [["cut", 0, "0"], ["interval", 0], ["exact_form", 1], ["interval", 0]]
    assert tag(checked(formula, [tree, tree])) == "VALID"
    halves = [["split", 0, "0"], ["interval", 0], ["interval", 0]]
    assert tag(checked(formula, [halves, halves])) == "interval S1"
    wrong = [["cut", 0, "0"], ["interval", 0], ["interval", 0], ["interval", 0]]
    assert tag(checked(formula, [wrong, wrong])) == "interval S1"


def test_a_multiple_of_pi_is_known_exactly() -> None:
    """1 - sin x has a double zero at pi/2, inside of the range."""
    formula = claim("sin(x) <= 1 - (x - pi/2)^2/4", "x in [1, 2]")
    touch = [["taylor_touch", 0, 0, "high", 2], ["taylor_touch", 0, 0, "low", 2]]
    assert tag(checked(formula, [[["split", 0, "1/2*pi"], *touch]])) == "VALID"
    assert tag(checked(formula, [[["split", 0, "11/7"], *touch]])) == "taylor_touch S3"


def test_one_whole_number_is_a_point_of_normal_forms() -> None:
    formula = claim("sqrt(k) >= 2 or k < 4", "k in 4..4")
    assert tag(checked(formula, [[["exact_form", 0]]])) == "VALID"


def test_every_clause_has_its_tree() -> None:
    formula = claim("x > -1 and x < 2", "x in [0, 1]")
    assert tag(checked(formula, [[LEAF], [LEAF]])) == "VALID"
    assert tag(checked(formula, [[LEAF]])) == "format S1"
    assert tag(checked(formula, [[LEAF], [LEAF], [LEAF]])) == "format S1"


def test_a_leaf_proves_any_inequality_of_its_clause() -> None:
    formula = claim("x > 1/4 or x < 1/2", "x in [0, 1]")
    records = [["split", 0, "3/8"], ["interval", 1], ["interval", 0]]
    assert tag(checked(formula, [records])) == "VALID"
    assert tag(checked(formula, [[records[0], ["interval", 0], ["interval", 0]]])) == "interval S1"
