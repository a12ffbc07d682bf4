"""Rules sign_tree, sign_branch, sign_leaf and sign_cap: each side condition broken alone."""

from __future__ import annotations

from fractions import Fraction

import pytest

from tests.certify.check.build import (
    SIGN_TREE,
    Json,
    Refused,
    certificate,
    check,
    edited,
    ignoring,
    tag,
    training_problem,
)
from tests.certify.check.catalogue import CATALOGUE
from tests.certify.check.oracle import falsehood
from tests.certify.check.tiny_prover import Claim, negated, sign_records

BRANCH = CATALOGUE["sign_tree_with_branch"]  # trees: [B 0, L, B 1, L, L] and [L]
CAPS = CATALOGUE["sign_caps"]  # trees: [K, B 0, L, K, B 1, L, L] and [L]
LEAF: Json = ["L", 0, [0, 0], 0, []]


def minus(*records: Json) -> Json:
    return edited(BRANCH, ("trees.1", list(records)))


def line(nu: list[int], plus: list[Json], threshold: str, **changes: Json) -> Json:
    """X = (1, 1, ..): phi(u) = sum(nu) relu(u)."""
    problem = training_problem([[1]] * len(nu), [2] * len(nu), decay=threshold)
    wrong = line_leaf(*[v for i, value in enumerate(nu) if value for v in (i, 0)])
    return certificate(
        problem,
        nu=nu,
        proofs=(SIGN_TREE, SIGN_TREE),
        trees=[plus, [wrong]],
        threshold=threshold,
        scale="1/2",
        **changes,
    )


def line_leaf(*exceptions: int) -> Json:
    return ["L", 0, [0], 0, list(exceptions)]


def line_cap(*exceptions: int) -> Json:
    return ["K", 0, [0], 0, list(exceptions)]


def unit_ball() -> Json:
    """Rows (x, 1) with a free bias: on |(w, b)| = 1 the maximum is 0.09, over |w| = 1 it is 1."""
    rows, nu = ((10, 1), (11, 1), (12, 1)), (1, -2, 1)
    claim = Claim(rows, nu, Fraction(1, 4))
    problem = training_problem([[10], [11], [12]], [4, -8, 4], decay="1/4", hidden_bias="free", output_bias="free")
    trees = [sign_records(claim), sign_records(negated(claim))]
    return certificate(problem, nu=nu, proofs=(SIGN_TREE, SIGN_TREE), trees=trees, threshold="1/4", lower_bound=20)


TREE = [
    Refused("a free coordinate", unit_ball(), "sign_tree S1"),
    Refused("no records", minus(), "sign_tree S2", False),
    Refused("a branch with one child", minus(["B", 0], LEAF), "sign_tree S2", False),
    Refused("a cap and no leaf", minus(["K", 0, [0, 0], 0, [0, 1, 1, 1]]), "sign_tree S2", False),
    Refused("a leaf too many", minus(LEAF, LEAF), "sign_tree S2", False),
    Refused("a null after the leaf", minus(LEAF, None), "sign_tree S2", False),
    Refused("a null first", minus(None, LEAF), "sign_tree S2", False),
    Refused("an empty record", minus([]), "sign_tree S2", False),
    Refused("a record of a cone tree", minus(["S", 0, 1, 1, 1], LEAF, LEAF), "sign_tree S2", False),
    Refused("a record that is a string", minus("L"), "sign_tree S2", False),
    Refused("one tree for both signs", edited(BRANCH, ("trees", BRANCH["trees"][:1])), "format S9", False),
    Refused("three trees", edited(BRANCH, ("trees", [*BRANCH["trees"], [LEAF]])), "format S9", False),
]

BRANCHES = [
    Refused("no sample", minus(["B"], LEAF, LEAF), "sign_branch S1", False),
    Refused("two samples", minus(["B", 0, 1], LEAF, LEAF), "sign_branch S1"),
    Refused("out of range", minus(["B", 2], LEAF, LEAF), "sign_branch S1", False),
    Refused("negative", minus(["B", -1], LEAF, LEAF), "sign_branch S1", False),
    Refused("a boolean", minus(["B", True], LEAF, LEAF), "sign_branch S1"),
    Refused("a string", minus(["B", "0"], LEAF, LEAF), "sign_branch S1", False),
    Refused("null", minus(["B", None], LEAF, LEAF), "sign_branch S1", False),
]

SHAPES = [
    ("too short", LEAF[:4], False),
    ("too long", [*LEAF, []], False),
    ("e = 1", ["L", 1, *LEAF[2:]], True),
    ("e = false", ["L", False, *LEAF[2:]], True),
    ("negative f", ["L", 0, [0, 0], -1, []], True),
    ("large f", ["L", 0, [0, 0], 4097, []], True),
    ("boolean f", ["L", 0, [0, 0], True, []], True),
    ("short hint", ["L", 0, [0], 0, []], False),
    ("hint with a boolean", ["L", 0, [False, 0], 0, []], True),
    ("hint null", ["L", 0, None, 0, []], False),
    ("half an exception", ["L", 0, [0, 0], 0, [0]], False),
    ("exceptions an object", ["L", 0, [0, 0], 0, {}], False),
    ("exception with a rational", ["L", 0, [0, 0], 0, [0, "1"]], False),
]
LEAVES = [
    *[Refused(name, minus(record), "sign_leaf S1", alone) for name, record, alone in SHAPES],
    Refused("an exception twice", minus(["L", 0, [0, 0], 0, [0, 0, 0, 0]]), "sign_leaf S2"),
    Refused("out of range", minus(["L", 0, [0, 0], 0, [2, 0]]), "sign_leaf S2"),
    Refused("negative sample", minus(["L", 0, [0, 0], 0, [-1, 0]]), "sign_leaf S2"),
    Refused("nu = 0", line([2, 0], [["L", 0, [0], 1, [0, 1, 1, 0]]], "2"), "sign_leaf S2"),
    Refused("kappa above T", line([4], [line_leaf(0, 0)], "1"), "sign_leaf S3"),
    Refused("z too long", edited(BRANCH, ("evidence.dual.threshold", "2"), ("claim.lower_bound", "0")), "sign_leaf S4"),
    Refused("a branch is needed", edited(BRANCH, ("trees.0", [LEAF])), "sign_leaf S4"),
    Refused("kappa counts", line([2], [line_leaf(0, 1)], "3"), "sign_leaf S4"),
]

SIGN_CAPS = [
    Refused("e = 1", edited(CAPS, ("trees.0.3.1", 1)), "sign_cap S1"),
    Refused("secants of a cone tree", edited(CAPS, ("trees.0.3", ["K", 0, [0, 0], 0, [], []])), "sign_cap S1", False),
    Refused("an exception twice", edited(CAPS, ("trees.0.0.4", [0, 1, 1, 1, 0, 1])), "sign_cap S2"),
    Refused("out of range", edited(CAPS, ("trees.0.0.4", [0, 1, 1, 1, 2, 1])), "sign_cap S2"),
    Refused("z = 0", edited(CAPS, ("trees.1", [["K", 0, [0, 0], 0, []], LEAF])), "sign_cap S3", False),
    Refused("tau < -|z|", line([2, 2], [line_cap(0, 2, 1, -1), line_leaf()], "1"), "sign_cap S3", False),
    Refused("tau = -|z|", line([2, 2], [line_cap(0, 2, 1, -1), line_leaf()], "6"), "sign_cap S3"),
    Refused("tau = 0 = z", line([1, 1], [line_cap(0, 1, 1, -1), line_leaf(0, 1, 1, 1)], "1"), "sign_cap S3", False),
]

# c = 2 for one sample with nu = 1: z = 2, kappa = 2; with T = 9/8 the cap is u > -7/16; a leaf with c = 3/4 closes it
LARGE_CAP = line([1], [line_cap(0, 2), ["L", 0, [0], 2, [0, 3]]], "9/8")


def test_a_cap_larger_than_half_the_sphere() -> None:
    """tau = -7/8 > -|z|: the cap says something, and without it the leaf does not close."""
    assert check(LARGE_CAP).valid
    assert tag(check(edited(LARGE_CAP, ("trees.0", LARGE_CAP["trees"][0][1:])))) == "sign_leaf S4"


@pytest.mark.parametrize("row", [*TREE, *BRANCHES, *LEAVES, *SIGN_CAPS], ids=lambda row: f"{row.condition} {row.name}")
def test_refused(row: Refused) -> None:
    row.verify()


def test_without_the_condition_a_false_bound_would_pass() -> None:
    """A free coordinate; kappa above T."""
    ball, short = unit_ball(), line([4], [line_leaf(0, 0)], "1", lower_bound=2)
    for false, condition in ((ball, "sign_tree S1"), (short, "sign_leaf S3")):
        with ignoring(condition):
            assert check(false).valid
        assert falsehood(false) is not None, condition


def test_the_two_children_are_not_interchangeable() -> None:
    """First x_i.u <= 0, then x_i.u >= 0."""
    first, leaf, second, *rest = BRANCH["trees"][0]
    assert tag(check(edited(BRANCH, ("trees.0", [first, second, *rest, leaf])))) == "sign_leaf S4"


ACCEPTED = {
    "the secant spelled out": line([2], [["L", 0, [0], 1, [0, 1]]], "2"),
    "exception where the sign is decided": line([2], [["B", 0], line_leaf(0, 0), line_leaf(0, 1)], "2"),
    "the same branch twice": line([2], [["B", 0], line_leaf(), ["B", 0], line_leaf(), line_leaf()], "2"),
    "a sample with nu = 0 branched": line([2, 0], [["B", 1], line_leaf(), line_leaf()], "2"),
    "a coefficient of the other sign": line([2], [["B", 0], line_leaf(0, -1), line_leaf(0, 1)], "2"),
    "hint": edited(
        BRANCH,
        ("trees.1", [["L", 0, [10**30, -7], 0, []]]),
        ("evidence.dual.threshold", "64/7"),
        ("evidence.dual.scale", "1/4"),
        ("claim.lower_bound", "7/8"),
    ),
    "f = 4096": line([2], [["L", 0, [0], 4096, [0, 2**4095]]], "2"),
}


@pytest.mark.parametrize("name", ACCEPTED)
def test_accepted(name: str) -> None:
    verdict = check(ACCEPTED[name])
    assert verdict.valid, verdict.reason
    assert falsehood(ACCEPTED[name]) is None


def test_a_cap_can_only_shrink_intervals() -> None:
    """The same tree with its caps removed needs more room; with a cap repeated it needs none."""
    records = CAPS["trees"][0]
    repeated = [records[0], records[0], *records[1:]]
    assert tag(check(edited(CAPS, ("trees.0", repeated)))) == "VALID"
