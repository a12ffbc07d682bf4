"""Claims about iterates: every side condition broken alone, and no certificate that is too generous."""

from __future__ import annotations

import copy
import json
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from relucert.certify.check.real.descent import check_descent
from relucert.certify.check.stream import FORMAT, VERSION
from relucert.certify.claim import ClaimError
from relucert.certify.descent_claim import DescentClaim, Trap
from relucert.certify.formula import RealFormula, Variable
from relucert.certify.language.builder import Builder
from relucert.certify.language.errors import Source
from relucert.certify.language.grammar import parse_all
from relucert.certify.language.meaning import Scope
from relucert.certify.language.ranges import read_ranges
from relucert.certify.language.tokens import Tokens
from relucert.certify.search.descent_images import at_points, constants
from relucert.certify.search.formula_values import Expressions
from tests.certify.check.real.claims import tag


def descent(
    ranges: Sequence[str], after: Sequence[str], start: Sequence[tuple[str, str]], target: str, *, steps: int = 5,
    where: str | None = None, centre: Sequence[str] = (), widths: Sequence[str] = (), rate: str | None = None,
) -> DescentClaim:  # fmt: skip
    builder = Builder()
    scope = Scope(builder)

    def expression(text: str) -> int:
        source = Source("text", text)
        return scope.expression(parse_all(Tokens(source)), source)

    boxes = [box for text in ranges for box in read_ranges(Source("range", text))]
    for index, box in enumerate(boxes):
        scope.declare(box.name, index, box.source, box.column)
    variables = tuple(box.variable(scope) for box in boxes)
    hypothesis = None if where is None else scope.formula(Source("where", where))
    conclusion = scope.formula(Source("target", target))
    ends = tuple((expression(low), expression(high)) for low, high in start)
    mapped, middle = tuple(map(expression, after)), tuple(map(expression, centre))
    formula = RealFormula("holds", variables, tuple(builder.nodes), tuple(builder.formulas), hypothesis, conclusion)
    q = None if rate is None else Fraction(rate)
    trap = Trap(middle, tuple(map(Fraction, widths)), q) if widths else None
    return DescentClaim(formula, mapped, ends, steps, trap)


def bytes_of(claim: DescentClaim, trees: Any, bits: int = 64) -> bytes:
    document = {"format": FORMAT, "version": VERSION, "claim": claim.to_json(), "evidence": {"bits": bits}}
    return json.dumps({**document, "trees": trees}).encode()


def outcome(claim: DescentClaim, trees: Any) -> str:
    return tag(check_descent(bytes_of(claim, trees)))  # type: ignore[arg-type]


def cell(*sides: tuple[str, str]) -> list[Any]:
    return ["cell", [list(side) for side in sides]]


# x -> x/2 from [1, 2] to [0, 1/4]: three steps, for 2 -> 1 -> 1/2 -> 1/4
HALF = descent(["x in [0, 4]"], ["x/2"], [("1", "2")], "x <= 1/4", steps=3)
CHAIN = [
    [cell(("1/8", "1/4")), ["target"]],
    [cell(("1/4", "1/2")), ["image", 0]],
    [cell(("1/2", "1")), ["image", 1]],
    [["start"], ["image", 2]],
]
# the same with the trap [0, 1/4], where x falls by one half; the map is bent so that derivatives are not constant
BENT = descent(["x in [0, 4]"], ["x/2 - x^3/100"], [("1", "2")], "x <= 1/4", steps=3, centre=["0"], widths=["1/4"],
               rate="1/2")  # fmt: skip
TRAPPED = [
    [["trap"], ["split", 0, "1/8"], ["stays"], ["stays"]],
    [cell(("0", "1/4")), ["target"]],
    [cell(("0", "1/2")), ["image", 0]],
    [cell(("1/4", "1")), ["image", 1]],
    [["start"], ["split", 0, "3/2"], ["image", 2], ["image", 2]],
]


VIA_1 = [["start"], ["image", 1]]


def trapped(**changes: Any) -> DescentClaim:
    assert BENT.trap is not None
    return replace(BENT, trap=replace(BENT.trap, **changes))


def changed(trees: list[Any], tree: int, record: int, value: Any) -> list[Any]:
    result = copy.deepcopy(trees)
    result[tree][record] = value
    return result


def test_steps_are_counted_along_the_longest_way() -> None:
    assert outcome(HALF, CHAIN) == "VALID"
    assert outcome(replace(HALF, steps=2), CHAIN) == "descent S2"
    assert outcome(replace(HALF, steps=9), CHAIN) == "VALID"
    forked = [*CHAIN[:3], [["start"], ["split", 0, "3/2"], ["image", 2], ["image", 2]]]
    assert outcome(HALF, forked) == "VALID"
    detour = [*CHAIN[:3], [cell(("1/4", "1/2")), ["image", 0]], [["start"], ["image", 3]]]
    assert outcome(HALF, detour) == "image S3"


def test_a_trap_with_a_rate() -> None:
    assert outcome(BENT, TRAPPED) == "VALID"


@pytest.mark.parametrize(
    ("claim", "trees", "expected"),
    [
        (HALF, [], "format S1"),
        (HALF, CHAIN[:3], "format S1"),
        (HALF, [[["trap"], ["stays"]], *CHAIN], "descent S1"),
        (BENT, TRAPPED[1:], "descent S1"),
        (BENT, [TRAPPED[0], *TRAPPED], "descent S1"),
        (HALF, [[["start", 1], ["target"]]], "tree S1"),
        (HALF, changed(CHAIN, 0, 0, cell(("1/4", "1/2"), ("0", "1"))), "tree S1"),
        (HALF, changed(CHAIN, 0, 0, cell(("5", "6"))), "tree S1"),
        (HALF, changed(CHAIN, 0, 0, cell(("0.25", "1/2"))), "tree S1"),
        (HALF, changed(CHAIN, 1, 1, ["image", 1]), "tree S1"),
        (HALF, changed(CHAIN, 1, 1, ["image", True]), "tree S1"),
        (HALF, changed(CHAIN, 1, 1, ["image", -1]), "tree S1"),
        (HALF, changed(CHAIN, 1, 1, ["stays"]), "tree S1"),
        (BENT, changed(TRAPPED, 0, 2, ["target"]), "tree S1"),
        (HALF, [*CHAIN[:3], [["start"], ["split", 0, "2"], ["image", 2], ["image", 2]]], "tree S1"),
        (HALF, [*CHAIN[:3], [["start"], ["split", 1, "3/2"], ["image", 2], ["image", 2]]], "tree S1"),
        (HALF, [*CHAIN[:3], [["start"], ["split", 0, "3/2"], ["image", 2]]], "tree S2"),
        (HALF, [*CHAIN[:3], [["start"], ["image", 2], ["image", 2]]], "tree S2"),
        (HALF, [*CHAIN[:3], [["start"]]], "tree S2"),
        (HALF, changed(CHAIN, 0, 0, cell(("1/8", "3/8"))), "target S1"),
        (BENT, changed(TRAPPED, 1, 0, cell(("0", "3/8"))), "target S1"),
        (HALF, changed(CHAIN, 1, 0, cell(("1/4", "5/8"))), "image S3"),
        (HALF, changed(CHAIN, 1, 0, cell(("1/8", "1/2"))), "image S3"),
        (replace(HALF, formula=replace(HALF.formula, hypothesis=0)), CHAIN, "image S1"),
        (descent(["x in [0, 4]"], ["x/2 - 1/4"], [("1", "2")], "x <= 1/4"),
         [[cell(("-1", "1/4")), ["target"]], [cell(("0", "3/4")), ["image", 0]], VIA_1], "image S2"),
        (descent(["x in [-1, 4]"], ["1/x"], [("1", "2")], "x <= 1/4"),
         [[cell(("-1", "1/4")), ["target"]], [cell(("-1/2", "1")), ["image", 0]], VIA_1], "image S2"),
        (trapped(rate=Fraction(49, 100)), TRAPPED, "stays S5"),
        (trapped(widths=(Fraction(1, 2),)), TRAPPED, "stays S3"),
        (descent(["x in [0, 4]"], ["x/2 + 1/100"], [("1", "2")], "x <= 1/4", centre=["0"], widths=["1/4"], rate="1/2"),
         TRAPPED, "fixed_point S2"),
        (descent(["x in [1/8, 4]"], ["x/2"], [("1", "2")], "x <= 1/4", centre=["0"], widths=["1/4"], rate="1/2"),
         TRAPPED, "fixed_point S1"),
        (descent(["x in [1/8, 4]"], ["x/2"], [("1", "2")], "x <= 1/4", centre=["1/8"], widths=["1/16"]),
         [[["trap"], ["stays"]], *TRAPPED[1:]], "stays S2"),
        (descent(["x in [0, 4]"], ["1 - x"], [("1", "2")], "x <= 1", centre=["0"], widths=["1/4"]),
         TRAPPED, "stays S4"),
        (descent(["x in [0, 4]"], ["x/2"], [("1", "2")], "x <= 1/4", where="x > 1/16", centre=["0"], widths=["1/4"]),
         TRAPPED, "stays S1"),
        (descent(["x in [0, 4]"], ["x/2"], [("log(-exp(1))", "2")], "x <= 1/4"), CHAIN, "descent S3"),
    ],
)  # fmt: skip
def test_each_side_condition(claim: DescentClaim, trees: list[Any], expected: str) -> None:
    assert outcome(claim, trees) == expected


def test_a_trap_without_a_rate_needs_no_fixed_point() -> None:
    turning = descent(
        ["x in [-4, 4]"], ["x/2 + 1/100"], [("1", "2")], "x <= 1/4", steps=4, centre=["0"], widths=["1/4"]
    )
    trees = [
        [["trap"], ["stays"]],
        [cell(("0", "1/4")), ["target"]],
        [cell(("0", "3/8")), ["image", 0]],
        [cell(("1/4", "5/8")), ["image", 1]],
        [["start"], ["split", 0, "9/8"], ["image", 3], ["image", 3]],
    ]
    assert outcome(turning, [*trees[:4], [cell(("1/2", "9/8")), ["image", 2]], trees[4]]) == "VALID"


def test_two_variables_contract_in_a_weighted_norm_only() -> None:
    """J = [[1/2, 1], [0, 1/2]]: in the largest of |x|, |y| it expands, in the largest of |x|/4, |y| it contracts."""
    ranges, after, start = ["x real", "y real"], ["x/2 + y", "y/2"], [("0", "1/10"), ("0", "1/10")]
    trees = [[["trap"], ["stays"]], [["start"], ["target"]]]

    def of(widths: list[str]) -> DescentClaim:
        return descent(ranges, after, start, "x <= 1", centre=["0", "0"], widths=widths, rate="3/4")

    assert outcome(of(["1", "1/4"]), trees) == "VALID"
    assert outcome(of(["1", "1"]), trees) == "stays S5"


def test_ends_of_ranges_are_exact() -> None:
    """x -> x^2/pi keeps pi; no rounding lets a start beyond the range in, and none throws the end out."""
    claim = descent(["x in [0, pi]"], ["x*9/10"], [("3", "pi")], "x <= 3", steps=1)
    trees = [[cell(("2", "3")), ["target"]], [["start"], ["image", 0]]]
    assert outcome(claim, trees) == "VALID"
    assert outcome(replace(claim, map=(claim.start[0][1],)), trees) == "image S2"


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (["kind"], "real-formula"),
        (["steps"], -1),
        (["steps"], True),
        (["map"], []),
        (["map"], [10**6]),
        (["start"], [[0]]),
        (["start"], [[0, 0], [0, 0]]),
        (["trap", "widths"], ["0"]),
        (["trap", "widths"], []),
        (["trap", "rate"], "1"),
        (["trap", "rate"], "-1/2"),
        (["trap", "centre"], []),
        (["trap"], []),
        (["formula", "assertion"], "fails"),
    ],
)
def test_what_is_not_well_formed(path: list[str], value: Any) -> None:
    document = json.loads(bytes_of(BENT, TRAPPED))
    target = document["claim"]
    for key in path[:-1]:
        target = target[key]
    target[path[-1]] = value
    assert tag(check_descent(json.dumps(document).encode())) == "format S8"  # type: ignore[arg-type]


def test_no_value_of_a_certificate_makes_a_false_claim_valid() -> None:
    """x -> x/2 and the like: what is still accepted is tried at points."""
    document = json.loads(bytes_of(BENT, TRAPPED))
    accepted = 0
    for mutant in _mutants(document):
        verdict = check_descent(json.dumps(mutant).encode())
        if verdict.valid:
            accepted += 1
            assert isinstance(verdict.claim, DescentClaim)
            _try(verdict.claim)
    assert accepted > 5


def _mutants(document: Any) -> list[Any]:
    found = []
    for path in _places(document):
        value: Any = document
        for key in path:
            value = value[key]
        options: list[Any] = []
        if type(value) is int:
            options = [value + 1, value - 1, 0, 10**9]
        elif isinstance(value, str) and value[:1].isdigit():
            number = Fraction(value)
            options = [str(number + 1), str(number / 2), str(-number), str(number * 2)]
        elif isinstance(value, str):
            options = ["sub", "add", "mul", "div", "<", "<=", "target", "stays", "image", "split"]
        for option in options:
            mutant = copy.deepcopy(document)
            target = mutant
            for key in path[:-1]:
                target = target[key]
            target[path[-1]] = option
            found.append(mutant)
    return found


def _places(value: Any) -> list[list[Any]]:
    if isinstance(value, dict | list):
        keys = value.keys() if isinstance(value, dict) else range(len(value))
        return [[key, *rest] for key in keys for rest in _places(value[key])]
    return [[]]


def _try(claim: DescentClaim) -> None:
    """Iterates of nine starts, in floats, far enough from every edge of the claim."""
    (low, high), trap = claim.start[0], claim.trap
    assert trap is not None
    ends = constants(claim.formula.nodes, [low, high, *trap.centre])
    variable, width = claim.formula.variables[0], float(trap.widths[0]) + 1e-9
    assert variable.low is not None and variable.high is not None
    least, most = constants(claim.formula.nodes, [variable.low, variable.high])
    expressions = Expressions(claim.formula.nodes, claim.map)
    x = np.clip(np.linspace(ends[0], ends[1], 9), least, most)[:, None]
    there = np.abs(x - ends[2]) <= width
    for _ in range(claim.steps):
        x = np.where(there, x, at_points(expressions, x))
        there |= np.abs(x - ends[2]) <= width
    assert there.all(), claim.in_words()
    inside = np.clip(np.linspace(ends[2] - width, ends[2] + width, 9), least, most)[:, None]
    after = np.abs(at_points(expressions, inside) - ends[2])
    factor = 1.0 if trap.rate is None else float(trap.rate)
    bound = np.abs(inside - ends[2]) if trap.rate is not None else width
    assert (after <= factor * bound + 1e-8).all(), claim.in_words()


def test_claims_come_back_from_json() -> None:
    for claim in (HALF, BENT):
        assert DescentClaim.from_json(json.loads(json.dumps(claim.to_json()))) == claim
    assert "falls by the factor 1/2 or less" in BENT.in_words()
    with pytest.raises(ClaimError):
        replace(HALF, formula=replace(HALF.formula, variables=(Variable("x", None, None, True, True, True),)))
