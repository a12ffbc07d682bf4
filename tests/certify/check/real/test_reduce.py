"""Reductions to other inequalities: each side condition fails in a certificate that breaks only it."""

from __future__ import annotations

from typing import Any

import pytest

from relucert.certify.formula import RealFormula
from tests.certify.check.real.claims import checked, claim, tag

LOG = claim("log(1 + x) <= x", "x in [0, inf)")
QUOTIENT = claim("sin(x)/x > 1/2", "x in (0, 1]")
TANGENT = claim("x <= tan(x)", "x in [1, pi/2)")
KINK = claim("abs(x - 1) <= 1", "x in [0, 2]")
WHOLE = claim("sin(pi*k) + k >= 1", "k in 1..9")
OUT, IN = ["slope", 0, 0, "low"], ["interval", 0]


def place(formula: RealFormula, kind: str, *rest: Any) -> int:
    return formula.nodes.index((kind, *rest))


def x_of(formula: RealFormula) -> int:
    return place(formula, "variable", 0)


def log_slope(**changes: Any) -> list[Any]:
    """d/dx (x - log(1 + x)) times 1 + x is x."""
    one_more = next(node[1] for node in LOG.nodes if node[0] == "log")
    parts = {"i": 0, "end": "low", "nodes": [], "multipliers": [one_more], "h": x_of(LOG)} | changes
    return ["slope", 0, parts["i"], parts["end"], parts["nodes"], parts["multipliers"], parts["h"]]


SLOPES: dict[str, tuple[dict[str, Any], list[Any], str]] = {
    "good": ({}, [IN, IN], "VALID"),
    "infinite end": ({"end": "high"}, [IN, IN], "slope S1"),
    "no such place": ({"h": 99}, [IN, IN], "slope S1"),
    "no place": ({"h": True}, [IN, IN], "slope S1"),
    "no list": ({"multipliers": 0}, [IN, IN], "slope S1"),
    "no nodes": ({"nodes": [["add", 99, 0]]}, [IN, IN], "slope S1"),
    "multiplier below zero": ({"nodes": [["neg", 0], ["rational", "-1"]], "multipliers": [len(LOG.nodes) + 1]},
                              [IN, IN], "slope S2"),
    "another derivative": ({"multipliers": []}, [IN, IN], "slope S3"),
    "no record of the derivative": ({}, [IN], "cover S2"),
    "no such variable": ({"i": 1}, [IN, IN], "cover S1"),
    "no such end": ({"end": "middle"}, [IN, IN], "cover S1"),
}  # fmt: skip


@pytest.mark.parametrize("name", SLOPES)
def test_slope(name: str) -> None:
    changes, rest, expected = SLOPES[name]
    verdict = checked(LOG, [[log_slope(**changes), *rest]])
    assert tag(verdict) == expected, verdict.reason


def test_the_sign_of_a_slope_has_to_be_proved() -> None:
    """1 - exp(-x) rises; so the derivative of x + exp(-x) is not shown to be below zero."""
    formula = claim("x + exp(-x) >= 1", "x in [0, 1]")
    negative = next(node[1] for node in formula.nodes if node[0] == "exp")
    place_of_exp = place(formula, "exp", negative)
    nodes = [["rational", "1"], ["sub", len(formula.nodes), place_of_exp]]
    record = ["slope", 0, 0, "low", nodes, [], len(formula.nodes) + 1]
    assert tag(checked(formula, [[record, IN, ["exact_form", 0]]])) == "VALID"
    turned = [["rational", "1"], ["sub", place_of_exp, len(formula.nodes)]]
    record = ["slope", 0, 0, "high", turned, [], len(formula.nodes) + 1]
    assert tag(checked(formula, [[record, IN, IN]])) == "interval S1"


def test_strictly_above_an_end_outside_of_the_range() -> None:
    """x > 0 on (0, 1] may touch zero at the end; the derivative must then be above zero."""
    formula = claim("x > 0", "x in (0, 1]")
    record = ["slope", 0, 0, "low", [["rational", "1"]], [], len(formula.nodes)]
    assert tag(checked(formula, [[record, IN, IN]])) == "VALID"
    closed = claim("x > 0", "x in [0, 1]")
    record = ["slope", 0, 0, "low", [["rational", "1"]], [], len(closed.nodes)]
    assert tag(checked(closed, [[record, IN, IN]])) == "interval S1"
    flat = claim("0*x > 0", "x in (0, 1]")
    record = ["slope", 0, 0, "low", [["rational", "0"]], [], len(flat.nodes)]
    assert tag(checked(flat, [[record, IN, IN]])) == "interval S1"


def test_the_end_must_not_be_a_pole() -> None:
    """1/x - 1 falls on (0, 1], but -1/x rises from no value at 0."""
    formula = claim("-1/x >= -9", "x in (0, 1]")
    x = x_of(formula)
    record = ["slope", 0, 0, "low", [["power", x, -2]], [], len(formula.nodes)]
    assert tag(checked(formula, [[record, IN, IN]])) == "slope S1"


def test_a_derivative_must_exist() -> None:
    formula = claim("abs(x) >= 0", "x in [-1, 1]")
    record = ["slope", 0, 0, "low", [["rational", "-1"]], [], len(formula.nodes)]
    assert tag(checked(formula, [[record, IN, IN]])) == "slope S2"


def cleared(**changes: Any) -> list[Any]:
    """sin x - x/2 is the difference times x."""
    n, x = len(QUOTIENT.nodes), x_of(QUOTIENT)
    nodes = [["rational", "1/2"], ["mul", n, x], ["sub", place(QUOTIENT, "sin", x), n + 1], ["neg", x]]
    parts = {"multipliers": [x], "h": n + 2} | changes
    return ["rewrite", 0, nodes, parts["multipliers"], parts["h"]]


REWRITES: dict[str, tuple[dict[str, Any], list[Any], str]] = {
    "good": ({}, [["taylor_touch", 0, 0, "low", 1]], "VALID"),
    "a multiplier below zero": ({"multipliers": [len(QUOTIENT.nodes) + 3]}, [IN], "rewrite S2"),
    "another expression": ({"multipliers": []}, [IN], "rewrite S3"),
    "no such place": ({"h": -1}, [IN], "rewrite S1"),
    "not proved": ({}, [IN], "interval S1"),
}


@pytest.mark.parametrize("name", REWRITES)
def test_rewrite(name: str) -> None:
    changes, rest, expected = REWRITES[name]
    verdict = checked(QUOTIENT, [[cleared(**changes), *rest]])
    assert tag(verdict) == expected, verdict.reason


def test_a_multiplier_that_may_be_zero() -> None:
    formula = claim("x > -1", "x in [0, 1]")
    x, n = x_of(formula), len(formula.nodes)
    nodes = [["rational", "1"], ["add", x, n], ["mul", x, n + 1]]
    assert tag(checked(formula, [[["rewrite", 0, nodes, [x], n + 2], IN]])) == "rewrite S2"


def test_a_rewritten_inequality_stays_strict() -> None:
    formula = claim("x^2 > 0", "x in [0, 1]")
    square = place(formula, "power", x_of(formula), 2)
    assert tag(checked(formula, [[["rewrite", 0, [], [], square], IN]])) == "interval S1"


def test_branches_that_are_known() -> None:
    """On [0, 1] the absolute value of x is x; on [-1, 1] it is no polynomial."""
    for low, expected in (("0", "VALID"), ("-1", "rewrite S1")):
        formula = claim("abs(x) + 1 > x", f"x in [{low}, 1]")
        n = len(formula.nodes)
        verdict = checked(formula, [[["rewrite", 0, [["rational", "1"]], [], n], IN]])
        assert tag(verdict) == expected, verdict.reason


COSINE = next(k for k, node in enumerate(TANGENT.nodes) if node[0] == "cos")
ABOVE = ["taylor_touch", 0, 0, "high", 1]


def test_lemma() -> None:
    """tan x = sin x/cos x on [1, pi/2) needs that cos x is above zero, where the enclosure of pi/2 does not tell."""
    n, x = len(TANGENT.nodes), x_of(TANGENT)
    nodes = [["mul", x, COSINE], ["sub", place(TANGENT, "sin", x), n]]
    rest = [["rewrite", 0, nodes, [COSINE], n + 1], ["split", 0, "3/2"], IN, IN]
    assert tag(checked(TANGENT, [[["lemma", [], COSINE], ABOVE, *rest]])) == "VALID"
    assert tag(checked(TANGENT, [[rest[0], *rest[1:]]])) == "rewrite S1"
    assert tag(checked(TANGENT, [[["lemma", [], n], ABOVE, *rest]])) == "lemma S1"
    assert tag(checked(TANGENT, [[["lemma", [["add", 99, 0]], COSINE], ABOVE, *rest]])) == "lemma S1"
    assert tag(checked(TANGENT, [[["lemma", [["neg", COSINE]], n], ABOVE, *rest]])) == "taylor_touch S4"
    outside = [rest[0], ["split", 0, "2"], IN, IN]
    assert tag(checked(TANGENT, [[["lemma", [], COSINE], ABOVE, *outside]])) == "cover S3"


def test_a_lemma_about_the_inside_says_nothing_about_the_end() -> None:
    """1/x is defined on (0, 1] by a lemma as well, but not at 0."""
    formula = claim("-1/x >= -9", "x in (0, 1]")
    x = x_of(formula)
    record = ["slope", 0, 0, "low", [["power", x, -2]], [], len(formula.nodes)]
    assert tag(checked(formula, [[["lemma", [], x], IN, record, IN, IN]])) == "slope S1"
    records = [["lemma", [], x], IN, ["monotone", 0, 0, "low"], IN]
    assert tag(checked(formula, [records])) == "monotone S1"


def test_a_lemma_about_whole_numbers_says_nothing_between_them() -> None:
    """k^2 - k + 1/8 is above zero at whole k, not at 1/2, where its inverse has a pole: it is no slope from 0 to 1."""
    formula = claim("1/(k^2 - k + 1/8) >= 1/1000", "k in 0..1")
    inverse = next(node[2] for node in formula.nodes if node[0] == "div" and formula.nodes[node[2]][0] == "add")
    whole = [["lemma", [], inverse], ["split", 0, "0"], IN, IN]
    assert tag(checked(formula, [[*whole, ["split", 0, "0"], IN, IN]])) == "VALID"
    assert tag(checked(formula, [[*whole, ["monotone", 0, 0, "low"], IN]])) == "monotone S1"
    record = ["slope", 0, 0, "low", [["rational", "0"]], [], len(formula.nodes)]
    assert tag(checked(formula, [[*whole, record, IN, IN]])) == "slope S1"


def test_branch() -> None:
    inner = next(node[1] for node in KINK.nodes if node[0] == "abs")
    absolute = place(KINK, "abs", inner)
    assert tag(checked(KINK, [[["branch", absolute], IN, IN]])) == "VALID"
    assert tag(checked(KINK, [[["branch", inner], IN, IN]])) == "branch S1"
    assert tag(checked(KINK, [[["branch", 99], IN, IN]])) == "branch S1"
    assert tag(checked(KINK, [[["branch", absolute], IN]])) == "cover S2"
    false = claim("abs(x - 1) <= 1", "x in [-1/2, 2]")
    absolute = next(k for k, node in enumerate(false.nodes) if node[0] == "abs")
    assert tag(checked(false, [[["branch", absolute], IN, IN]])) == "interval S1"


@pytest.mark.parametrize("word", ["min", "max"])
def test_branches_of_extremes(word: str) -> None:
    formula = claim(f"{word}(x, 1 - x) <= 1", "x in [0, 1]")
    extreme = next(k for k, node in enumerate(formula.nodes) if node[0] == word)
    assert tag(checked(formula, [[["branch", extreme], IN, IN]])) == "VALID"
    false = claim(f"{word}(x, 2 - x) <= 1", "x in [0, 1/2]")
    extreme = next(k for k, node in enumerate(false.nodes) if node[0] == word)
    assert tag(checked(false, [[["branch", extreme], IN, IN]])) == "interval S1"


def test_a_branch_forgets_lemmas() -> None:
    """|x| > 0 is known on [1/2, 1]; that x itself is, which stands in its place, is not what the lemma says."""
    formula = claim("abs(x) >= 0", "x in [-1, -1/2]")
    absolute = next(k for k, node in enumerate(formula.nodes) if node[0] == "abs")
    records = [["lemma", [], absolute], IN, ["branch", absolute], IN, IN]
    assert tag(checked(formula, [records])) == "interval S1"


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ([["rational", "1/2"]], "VALID"),
        ([["rational", "-1"], ["exp", 0]], "VALID"),
        ([], "cover S1"),
        ([["variable", 0]], "cover S1"),
        ([["rational", "-1"], ["log", 0]], "cover S1"),
        ([["exp", 1]], "cover S1"),
    ],
)
def test_numbers_that_are_expressions(number: list[Any], expected: str) -> None:
    formula = claim("x <= 1", "x in [0, 1]")
    assert tag(checked(formula, [[["split", 0, number], IN, IN]])) == expected


def test_a_face_is_proved_for_its_inequality() -> None:
    formula = claim("x >= 0 or y > 1", "x in [-1, 1]", "y in [0, 2]")
    zero = place(formula, "rational", 0)
    records = [["monotone", 0, 0, "low"], ["rewrite", 1, [], [], zero], IN]
    assert tag(checked(formula, [records])) == "cover S1"
