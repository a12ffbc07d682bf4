"""Rule free_bias_split: each of S1 to S3 broken alone."""

from __future__ import annotations

import pytest

from tests.certify.check.build import (
    SIGN_TREE,
    Json,
    Refused,
    certificate,
    check,
    edited,
    free_bias_split,
    ignoring,
    tag,
    training_problem,
)
from tests.certify.check.catalogue import CATALOGUE, LINE, ZERO_LINE

BASE = CATALOGUE["free_bias_split_exact"]
PARTS = BASE["evidence"]["dual"]["proofs"]["-"]["parts"]
TREES = BASE["trees"]
MINUS = "evidence.dual.proofs.-.parts"


def unbalanced() -> Json:
    """1'nu = 1: every part is right, and phi(0, b) = relu(b) is unbounded in T |w| = 0."""
    problem = training_problem([[0], [1], [2]], [1, 1, 1], decay=2, hidden_bias="free")
    two: Json = [["L", 0, [1], 0, []]]
    return certificate(
        problem,
        nu=[1, -2, 2],
        proofs=(free_bias_split((1, LINE)), free_bias_split((0, LINE), (2, LINE))),
        trees=[two, [["L", 0, [-1], 0, []]], *[ZERO_LINE] * 4],
        threshold=2,
        scale="1/9",
        lower_bound="1/18",
    )


TABLE = [
    Refused("hidden bias is penalised", edited(BASE, ("claim.problem.hidden_bias", "penalised")), "free_bias_split S1"),
    Refused("sum of nu is not 0", unbalanced(), "free_bias_split S2"),
    Refused("a part is missing", edited(BASE, (MINUS, PARTS[:1]), ("trees", TREES[:3])), "free_bias_split S3"),
    Refused("no parts", edited(BASE, (MINUS, []), ("trees", TREES[:2])), "free_bias_split S3"),
    Refused(
        "another order",
        edited(BASE, (MINUS, PARTS[::-1]), ("trees", [*TREES[:2], *TREES[3:], TREES[2]])),
        "free_bias_split S3",
    ),
    Refused(
        "a part twice", edited(BASE, (MINUS, [*PARTS, PARTS[1]]), ("trees", [*TREES, *TREES[3:]])), "free_bias_split S3"
    ),
    Refused(
        "a part for a positive nu",
        edited(BASE, ("evidence.dual.proofs.+.parts.0.kink", 0)),
        "free_bias_split S3",
        False,
    ),
    Refused("negative index", edited(BASE, (f"{MINUS}.1.kink", -1)), "free_bias_split S3"),
    Refused("index out of range", edited(BASE, (f"{MINUS}.1.kink", 3)), "free_bias_split S3", False),
    Refused("a split in a split", edited(BASE, (f"{MINUS}.0.proof", free_bias_split())), "format S7", False),
    Refused("kink is a boolean", edited(BASE, (f"{MINUS}.0.kink", False)), "format S7", False),
]


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.name)
def test_refused(row: Refused) -> None:
    row.verify()


def test_without_the_sum_a_false_bound_would_pass() -> None:
    false = unbalanced()
    with ignoring("free_bias_split S2"):
        assert check(false).valid
    # f = 1 with relu(b) / b and b -> infinity: objectives tend to 0, below 1/18


def test_no_negative_dual_variable_means_zero() -> None:
    problem = training_problem([[0], [1]], [1, 2], hidden_bias="free", output_bias="free")
    empty = free_bias_split()
    assert tag(check(certificate(problem, nu=[0, 0], proofs=(empty, empty), threshold=0))) == "VALID"
    assert tag(check(certificate(problem, nu=[0, 0], proofs=(empty, empty), lower_bound="1/9"))) == "dual_value S5"
    assert tag(check(certificate(problem, nu=[1, -1], proofs=(empty, empty), scale=0))) == "free_bias_split S3"


def test_parts_may_use_every_rule_without_a_free_coordinate() -> None:
    singular = edited(
        BASE, (f"{MINUS}.0.proof", SIGN_TREE), (f"{MINUS}.1.proof", {"rule": "singular_value", "bound": "5"})
    )
    assert tag(check(edited(singular, ("trees", TREES[:3])))) == "singular_value S3"  # reached, though too weak here


def test_rank_zero_part() -> None:
    """All samples at one point: the rows x_i - x_j are zero and a basis of no vectors is enough."""
    problem = training_problem([[3], [3]], [1, 2], hidden_bias="free")
    point: Json = {"rule": "cone_cover", "basis": []}
    split = free_bias_split((1, point)), free_bias_split((0, point))
    assert (
        tag(check(certificate(problem, nu=[1, -1], proofs=split, trees=[ZERO_LINE] * 2, threshold=0, scale=0)))
        == "VALID"
    )
