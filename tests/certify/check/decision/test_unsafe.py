"""False claims that one side condition refuses: a filter fits, and without the condition the steps would say no."""

from __future__ import annotations

from fractions import Fraction

import pytest

from relucert.certify.check.decision.kernel import check_decision
from relucert.certify.non_overlap import NonOverlapInstance
from tests.certify.check.decision.examples import Json, bytes_of, certificate

W, MINUS = [[0, "1"]], [[0, "-1"]]
TWO = [["1", W, []]]  # w = 2
ABS = [["1/2", W, MINUS]]  # |w| = 1
DOWN = [["0", W, W], ["1", MINUS, []]]  # w = -2

CASES: list[tuple[str, str, Json, Json, Json]] = [
    ("atoms, S3", "-2", DOWN, [["max", 0, 0], ["max", 0, 1]], [
        ["max", 0], ["farkas", [[1, 2]], [["fit", 1, 0, 2]]], ["farkas", [[2, 2]], [["fit", 1, 0, 2]]],
        ["lrat", [], [1, 2, 0]],
    ]),
    ("max, S2", "-2", DOWN, [], [["max", 0]]),
    ("max, S3", "2", TWO, [["max", 0, 1]], [["max", 0], ["farkas", [[1, 1]], []], ["lrat", [], [1, 0]]]),
    ("farkas, S3", "2", TWO, [], [["farkas", [], [["fit", 0, 0, 1], ["below", 0, 0, 1]]]]),
    ("farkas, S3", "2", TWO, [], [["farkas", [], [["sum", 0, 1], ["null", 0, 0, 1], ["null", 0, 1, 1]]]]),
    ("farkas, S3", "-1", [*ABS, ["0", W, []]], [], [["farkas", [], [["fit", 0, 0, 1], ["below", 1, 0, 1]]]]),
    ("farkas, S3", "-1", [["0", W, []]], [], [["farkas", [], [["fit", 0, 0, 1], ["relu", 0, -1, 1]]]]),
    ("farkas, S4", "2", TWO, [], [["farkas", [], [["sum", 0, 1], ["relu", 0, 0, -1], ["relu", 0, 1, -1]]]]),
    ("farkas, S4", "1", ABS, [["on", 0, 0]], [
        ["farkas", [[1, -1]], [["sum", 0, 1], ["above", 0, 0, 1], ["relu", 0, 0, 1]]],
    ]),
    ("farkas, S5", "2", TWO, [], [["farkas", [], [["sum", 0, 1]]]]),
    ("farkas, S6", "2", TWO, [], [["farkas", [], []]]),
    ("farkas, S2", "1", ABS, [["on", 0, 0]], [["farkas", [[0, 1]], []]]),
    ("lrat, S3", "2", TWO, [], [["lrat", [], [0]]]),
    ("lrat, S5", "2", TWO, [], [["lrat", [], []]]),
    ("lrat, S4", "1", ABS, [["on", 0, 0], ["on", 0, 1]], [
        ["farkas", [[-1, 1], [-2, 1]], [["sum", 0, 1]]], ["farkas", [[1, 1], [2, 1]], [["sum", 0, 1]]],
        ["lrat", [], [0, 1]],
    ]),
    ("refutation, S2", "1", ABS, [["on", 0, 0], ["on", 0, 1]], [["farkas", [[-1, 1], [-2, 1]], [["sum", 0, 1]]]]),
    ("refutation, S2", "2", TWO, [], []),
]  # fmt: skip


@pytest.mark.parametrize(("condition", "filter", "samples", "atoms", "steps"), CASES)
def test_a_false_no_is_refused(condition: str, filter: str, samples: Json, atoms: Json, steps: Json) -> None:
    instance = NonOverlapInstance.from_json({"k": 2, "p": 1, "samples": samples})
    assert instance.misfit([Fraction(filter)]) is None
    verdict = check_decision(bytes_of(certificate(samples, atoms, steps)))
    assert f", rule {condition}: " in verdict.reason
