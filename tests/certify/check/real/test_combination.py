"""Sums of products: each side condition fails in a certificate that breaks only it."""

from __future__ import annotations

from typing import Any

import pytest

from relucert.certify.formula import RealFormula
from tests.certify.check.real.claims import checked, claim, tag

SQUARE = claim("x^2 + y^2 >= 2*x*y", "x in (-inf, inf)", "y in (-inf, inf)")
PRODUCT = claim("x*y <= 1/4", "x in [0, 1]", "y in [0, 1]", where=["x + y <= 1"])
STRICT = claim("x^2 + 1 > 0", "x in (-inf, inf)")
RATIONAL = claim("k/(k + 1) < 1", "k in [0, inf)")
STRICT_CASE = claim("x > 1 or y <= 1", "x in [0, 3]", "y in [0, 3]", where=["y <= x"])
FACE = claim("x >= 0 or y > 1", "x in [-1, 1]", "y in [0, 2]")


def place(formula: RealFormula, kind: str, *rest: Any) -> int:
    return formula.nodes.index((kind, *rest))


def variable(formula: RealFormula, name: str) -> int:
    names = [v.name for v in formula.variables]
    return place(formula, "variable", names.index(name))


def square() -> tuple[list[Any], int]:
    """x - y as a further expression, and its place."""
    return [["sub", variable(SQUARE, "x"), variable(SQUARE, "y")]], len(SQUARE.nodes)


def record(nodes: list[Any], multipliers: list[Any], terms: list[Any], own: int = 0) -> list[Any]:
    return [["combination", own, nodes, multipliers, terms]]


def test_a_square() -> None:
    nodes, root = square()
    good = record(nodes, [], [["1", [root, root]]])
    verdict = checked(SQUARE, [good], ["0", "0"])
    assert (tag(verdict), verdict.grade) == ("VALID", "exact")
    assert tag(checked(SQUARE, [record(nodes, [], [["2", [root, root]]])])) == "combination S5"
    assert tag(checked(SQUARE, [record(nodes, [], [["-1", [root, root]]])])) == "combination S3"
    assert tag(checked(SQUARE, [record(nodes, [], [["1", [root]]])])) == "combination S3"
    assert tag(checked(SQUARE, [record(nodes, [], [])])) == "combination S5"


def test_an_assumption_and_a_square() -> None:
    """1/4 - xy = ((1 - x - y)(1 + x + y) + (x - y)^2)/4."""
    n, x, y = len(PRODUCT.nodes), variable(PRODUCT, "x"), variable(PRODUCT, "y")
    nodes = [["sub", x, y], ["add", x, y], ["rational", "1"], ["add", n + 1, n + 2]]
    claims = [clause for clause in (0, 1)]
    valid = []
    for own in claims:
        terms = [["1/4", [["assume", 1 - own], n + 3]], ["1/4", [n, n]]]
        valid.append(tag(checked(PRODUCT, [record(nodes, [], terms, own)], ["0", "0"])))
    assert sorted(valid) == ["VALID", "combination S5"]


def test_a_strict_inequality_needs_a_term_that_is_not_zero() -> None:
    x = variable(STRICT, "x")
    assert tag(checked(STRICT, [record([], [], [["1", [x, x]], ["1", []]])])) == "VALID"
    weak = claim("x^2 > 0", "x in (-inf, inf)")
    x = variable(weak, "x")
    assert tag(checked(weak, [record([], [], [["1", [x, x]]])])) == "combination S4"
    apart = claim("x^2 > 0", "x in (-inf, -1]")
    assert tag(checked(apart, [record([], [], [["1", [variable(apart, "x")] * 2]])])) == "VALID"


def test_multipliers_clear_denominators() -> None:
    denominator = next(node[2] for node in RATIONAL.nodes if node[0] == "div")
    numerator = variable(RATIONAL, "k")
    one = [["rational", "1"]]
    assert tag(checked(RATIONAL, [record(one, [denominator], [["1", []]])])) == "VALID"
    assert tag(checked(RATIONAL, [record(one, [], [["1", []]])])) == "combination S5"
    negative = claim("k/(k + 1) < 1", "k in [-9, -2]")
    denominator = next(node[2] for node in negative.nodes if node[0] == "div")
    assert tag(checked(negative, [record([], [denominator], [["1", []]])])) == "combination S2"
    assert numerator >= 0


def test_distances_from_the_ends() -> None:
    formula = claim("x^2 <= 4", "x in [-2, 2]")
    good = [["1", [["side", 0, "low"], ["side", 0, "high"]]]]
    assert tag(checked(formula, [record([], [], good)])) == "VALID"
    unbounded = claim("x^2 + 1 >= x", "x in [-2, inf)")
    assert tag(checked(unbounded, [record([], [], [["1", [["side", 0, "high"]]]])])) == "combination S1"


def test_nothing_is_assumed_below_a_face() -> None:
    """x >= 0 or y > 1 is false at x = -1, y = 0: below the face x = -1 y > 1 must not be taken to be false."""
    verdict = checked(FACE, [[["monotone", 0, 0, "low"], *record([], [], [["1", [["assume", 1]]]])]])
    assert tag(verdict) == "combination S6"


@pytest.mark.parametrize(
    "bad",
    [
        ["combination", 0, [], [], [["1", [99]]]],
        ["combination", 0, [], [], [["1", [True]]]],
        ["combination", 0, [], [], [["1", ["x"]]]],
        ["combination", 0, [], [], [["1", [["side", 5, "low"]]]]],
        ["combination", 0, [], [], [["1", [["side", 0, "middle"]]]]],
        ["combination", 0, [], [], [["1", [["assume", 0]]]]],
        ["combination", 0, [], [], [["1", [["assume", 7]]]]],
        ["combination", 0, [], [], [["1"]]],
        ["combination", 0, [], [], [[1, []]]],
        ["combination", 0, [], [], ["1"]],
        ["combination", 0, [], 0, []],
        ["combination", 0, [["add", 99, 0]], [], []],
        ["combination", 0, "x", [], []],
        ["combination", 0, [], [], [["1", [0] * 3000]]],
        ["combination", 0, [["rational", "-1"], ["log", 9]], [], [["1", [10]]]],
    ],
)
def test_shapes(bad: list[Any]) -> None:
    assert tag(checked(SQUARE, [[bad]])) == "combination S1"
