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


# ---- matrices, and multipliers that may vanish

CONE = claim("x^3 - 2*x^2*y + x*y^2 >= 0", "x in [0, inf)", "y in [0, inf)")


def test_a_matrix() -> None:
    """x^2 - 2xy + y^2."""
    basis = [variable(SQUARE, "x"), variable(SQUARE, "y")]
    good = [[["1", "-1"], ["1"]], [], basis]
    verdict = checked(SQUARE, [record([], [], [good])], ["0", "0"])
    assert (tag(verdict), verdict.grade) == ("VALID", "exact")
    assert tag(checked(SQUARE, [record([], [], [[[["1", "-1"], ["2"]], [], basis]])])) == "combination S5"
    twice = [*basis, variable(SQUARE, "x")]  # the same sum, but the matrix is not semidefinite
    indefinite = [[["0", "-1", "1/2"], ["1", "0"], ["0"]], [], twice]
    assert tag(checked(SQUARE, [record([], [], [indefinite])])) == "combination S3"
    assert tag(checked(SQUARE, [record([], [], [[[["-1", "1"], ["-1"]], [], basis]])])) == "combination S3"


def test_a_matrix_times_factors() -> None:
    x, y = variable(CONE, "x"), variable(CONE, "y")
    matrix = [["1", "-1"], ["1"]]
    assert tag(checked(CONE, [record([], [], [[matrix, [["side", 0, "low"]], [x, y]]])])) == "VALID"
    assert tag(checked(CONE, [record([], [], [[matrix, [["side", 1, "low"]], [x, y]]])])) == "combination S5"
    everywhere = claim("x^3 - 2*x^2*y + x*y^2 >= 0", "x in (-inf, inf)", "y in [0, inf)")
    own = record(
        [], [], [[matrix, [variable(everywhere, "x")], [variable(everywhere, "x"), variable(everywhere, "y")]]]
    )
    assert tag(checked(everywhere, [own])) == "combination S3"


def test_a_matrix_does_not_make_a_sum_strict() -> None:
    """x^2 + 2x + 1 is zero at -1, though the matrix has a 1 where the basis has one."""
    weak = claim("x^2 + 2*x + 1 > 0", "x in (-inf, inf)")
    x, one = variable(weak, "x"), place(weak, "rational", 1)
    assert tag(checked(weak, [record([], [], [[[["1", "1"], ["1"]], [], [one, x]]])])) == "combination S4"
    assert tag(checked(weak, [record([], [], [[[], [], []], [[["1", "1"], ["1"]], [], [one, x]]])])) == "combination S1"


def vanishing(text: str, *ranges: str, where: tuple[str, ...] = ()) -> tuple[RealFormula, list[Any], list[Any]]:
    """x^2 (x + 1)^2 = (x^2 + x)^2: a claim, nodes and terms."""
    formula = claim(text, *ranges, where=where)
    x = variable(formula, "x")
    first = len(formula.nodes)
    return formula, [["mul", x, x], ["add", first, x]], [["1", [first + 1, first + 1]]]


def test_a_multiplier_may_vanish_where_points_around_do_not() -> None:
    text = "(x + 1)^2 >= 0"
    formula, nodes, terms = vanishing(text, "x in (-inf, inf)")
    square = [["1", [variable(formula, "x")] * 2]]
    verdict = checked(formula, [record(nodes, [square], terms)], ["0"])
    assert (tag(verdict), verdict.grade) == ("VALID", "exact")
    formula, nodes, terms = vanishing(text, "x in [0, 0]")
    square = [["1", [variable(formula, "x")] * 2]]
    assert tag(checked(formula, [record(nodes, [square], terms)])) == "combination S2"


def test_a_multiplier_that_vanishes_needs_all_points_around() -> None:
    """On x <= 0, which leaves the point 0: x (x^2 - 1) = x^2 x + (-x) >= 0 would prove -1 >= 0."""
    formula = claim("x^2 >= 1", "x in [0, 1]", where=["x <= 0"])
    x = variable(formula, "x")
    terms = [["1", [x, x, ["side", 0, "low"]]], ["1", [["assume", 0]]]]
    assert tag(checked(formula, [record([], [[["1", [["side", 0, "low"]]]]], terms, 1)])) == "combination S2"


def test_a_multiplier_may_not_be_negative_or_zero() -> None:
    formula, nodes, terms = vanishing("(x + 1)^2 >= 0", "x in (-inf, inf)")
    x = variable(formula, "x")
    assert tag(checked(formula, [record(nodes, [[["-1", [x, x]]]], [])])) == "combination S2"
    assert tag(checked(formula, [record(nodes, [[["1", [x]]]], terms)])) == "combination S2"
    false = claim("x - 1 >= 0", "x in (-inf, inf)")
    assert tag(checked(false, [record([], [[]], [])])) == "combination S2"  # 0 (x - 1) = 0
    zero = [["sub", variable(false, "x"), variable(false, "x")]]
    assert tag(checked(false, [record(zero, [[["1", [len(false.nodes)] * 2]]], [])])) == "combination S2"


def test_a_multiplier_of_functions_may_not_vanish() -> None:
    """sin(x)^2 + cos(x)^2 - 1 is zero, but a normal form that is not zero could be, too."""
    formula = claim("(x + 1)^2 >= 0", "x in (-inf, inf)")
    x, first = variable(formula, "x"), len(formula.nodes)
    nodes = [["sin", x], ["add", x, place(formula, "rational", 1)], ["mul", first, first + 1]]
    terms = [["1", [first + 2, first + 2]]]
    assert tag(checked(formula, [record(nodes, [[["1", [first, first]]]], terms)])) == "combination S2"


def test_a_strict_sum_needs_no_positive_multiplier() -> None:
    """y (1 + y) = y + y^2 is above zero, so that the multiplier y is not zero."""
    formula = claim("1 + y > 0", "y in (0, 1]")
    y = variable(formula, "y")
    terms = [["1", [["side", 0, "low"]]], ["1", [y, y]]]
    assert tag(checked(formula, [record([], [[["1", [["side", 0, "low"]]]]], terms)])) == "VALID"
    closed = claim("1 + y > 0", "y in [0, 1]")
    y = variable(closed, "y")
    terms = [["1", [["side", 0, "low"]]], ["1", [y, y]]]
    assert tag(checked(closed, [record([], [[["1", [["side", 0, "low"]]]]], terms)])) == "combination S4"


@pytest.mark.parametrize(
    "term",
    [
        [[], [], []],
        [[["1"]], [], []],
        [[["1", "0"]], [], [0, 1]],
        [[["1", "0"], ["1", "0"]], [], [0, 1]],
        [[["1"]], [], [99]],
        [[["1"]], [], [["side", 0, "low"]]],
        [[[1]], [], [0]],
        [["1"], [], [0]],
        ["1", [], [0]],
        [[["1"]], [], [0], []],
        [[["1"]], [], [0] * 201],
    ],
)
def test_shapes_of_matrices(term: list[Any]) -> None:
    assert tag(checked(SQUARE, [record([], [], [term])])) == "combination S1"
    assert tag(checked(SQUARE, [record([], [[term]], [])])) == "combination S1"


def test_the_grade_tells_whether_a_multiplier_was_enclosed() -> None:
    """y > 0 as a side is exact, y - 0 as an expression is enclosed; where it may vanish its sign is all that counts."""
    formula = claim("y^2 >= 0", "y in (0, 1]")
    y = variable(formula, "y")
    for multiplier, grade in (([["1", [["side", 0, "low"]]]], "exact"), (y, "interval"), ([["1", [y, y]]], "exact")):
        factors = [y, y, ["side", 0, "low"]] if multiplier != [["1", [y, y]]] else [y, y, y, y]
        verdict = checked(formula, [record([], [multiplier], [["1", factors]])], ["1"])
        assert (tag(verdict), verdict.grade) == ("VALID", grade)
