"""Rules cone_cover, split, simplicial_leaf and cap: each side condition broken alone."""

from __future__ import annotations

import itertools

import pytest

from relucert.certify.check.rules import cone_cover as rule
from tests.certify.check.build import (
    Json,
    Refused,
    certificate,
    check,
    edited,
    ignoring,
    tag,
    training_problem,
)
from tests.certify.check.catalogue import CATALOGUE, PLANE, ZERO_PLANE
from tests.certify.check.oracle import falsehood

SPLIT = CATALOGUE["cone_cover_with_split"]
CAP = CATALOGUE["cap_with_secants"]
MIXED = CATALOGUE["exceptions_and_caps"]
FREE = CATALOGUE["cone_cover_free_bias"]
ROW_SPACE = CATALOGUE["row_space"]
BASIS = "evidence.dual.proofs.+.basis"
LAST = [["L", 4, [-7, -7], 0, []]]  # the tree of cone(-e1, -e2) in SPLIT


def last_tree(*records: Json) -> Json:
    return edited(SPLIT, ("trees.3", list(records)))


def one_sample(first_orthant: Json) -> Json:
    """X = (1, -1), nu = -1: for "+" only the first and the last orthant leave the sample undecided."""
    problem = training_problem([[1, -1]], [0], decay=2)
    minus = [[["L", 1, m, 0, []]] for m in ([1, 0], [0, 0], [1, -1], [0, -1])]
    trees = [first_orthant, *[ZERO_PLANE] * 3, *minus]
    return certificate(problem, nu=[-1], proofs=(PLANE, PLANE), trees=trees, threshold=2, scale=0)


def pairs(first_orthant: Json) -> Json:
    """phi = |2 u1 - u2| + |u1 - 2 u2| + |u1 - u2| has the maximum 5.657 < T = 57/10; half-plane secants cost 5.77."""
    rows = [[2, -1], [1, -2], [1, -1]]
    problem = training_problem([*rows, *[[-a, -b] for a, b in rows]], [0] * 6)
    leaves = [[["L", 10, [719 * a, 719 * b], 0, []]] for a, b in ((-1, 1), (1, -1), (-1, -1))]
    trees = [first_orthant, *leaves, *[ZERO_PLANE] * 4]
    return certificate(problem, nu=[1] * 6, proofs=(PLANE, PLANE), trees=trees, threshold="57/10", scale=0)


PAIR_CAP: Json = ["K", 4, [10**7, 10**7], 0, [], list(range(6))]
PAIR_LEAF: Json = ["L", 10, [719, 719], 0, []]

DEPENDENT = edited(SPLIT, (BASIS, [[1, 0], [1, 0]]))
OUTSIDE = edited(ROW_SPACE, (BASIS, [[0, 1]]), ("trees.0", [["L", 3, [0, 8], 0, []]]))
FREE_ROW_SPACE_PROBLEM = training_problem([[1, 10], [1, 11], [1, 12]], [0, 0, 0], hidden_bias="free")

COVER = [
    Refused("three vectors in the plane", edited(SPLIT, (BASIS, [[1, 0], [0, 1], [1, 1]])), "cone_cover S1", False),
    Refused("a short vector", edited(SPLIT, (f"{BASIS}.0", [1])), "cone_cover S1", False),
    Refused("a boolean", edited(SPLIT, (f"{BASIS}.0", [True, 0])), "cone_cover S1"),
    Refused("a string", edited(SPLIT, (f"{BASIS}.0", "10")), "cone_cover S1", False),
    Refused("an object", edited(SPLIT, (f"{BASIS}.0", {"1": 0})), "cone_cover S1", False),
    Refused("one vector, with a free coordinate", edited(FREE, (BASIS, [[1, 0]])), "cone_cover S1", False),
    Refused("no vector, with a free coordinate", edited(FREE, (BASIS, [])), "cone_cover S1", False),
    Refused("the same vector twice", DEPENDENT, "cone_cover S2", False),
    Refused("a zero vector", edited(SPLIT, (f"{BASIS}.1", [0, 0])), "cone_cover S2", False),
    Refused("a multiple", edited(SPLIT, (BASIS, [[3, 5], [-6, -10]])), "cone_cover S2", False),
    Refused("a row outside the span", OUTSIDE, "cone_cover S3"),
    Refused("rank 0 with a row", edited(ROW_SPACE, (BASIS, [])), "cone_cover S3", False),
    Refused("a tree without records", last_tree(), "cone_cover S4", False),
    Refused("a split with one child", last_tree(["S", 0, 1, 1, 1], LAST[0]), "cone_cover S4", False),
    Refused("a cap and no leaf", last_tree(["K", 4, [-7, -7], 0, [], []]), "cone_cover S4", False),
    Refused("a leaf too many", last_tree(LAST[0], LAST[0]), "cone_cover S4", False),
    Refused("a null after the leaf", last_tree(LAST[0], None), "cone_cover S4", False),
    Refused("a null first", last_tree(None, LAST[0]), "cone_cover S4", False),
    Refused("an empty record", last_tree([]), "cone_cover S4", False),
    Refused("a record of a sign tree", last_tree(["B", 0], LAST[0], LAST[0]), "cone_cover S4", False),
    Refused("an unknown record", last_tree(["M", 0]), "cone_cover S4", False),
    Refused("a record that is an object", last_tree({"L": 0}), "cone_cover S4", False),
    Refused("lower case", last_tree(["l", *LAST[0][1:]]), "cone_cover S4", False),
    Refused("a tree too few", edited(SPLIT, ("trees", SPLIT["trees"][:-1])), "format S9", False),
    Refused("a tree too many", edited(SPLIT, ("trees", [*SPLIT["trees"], ZERO_PLANE])), "format S9", False),
    Refused("half of the cones", edited(SPLIT, ("trees", SPLIT["trees"][:4])), "format S9", False),
]

LEAF = LAST[0]


def leaf(*m: int) -> Json:
    return ["L", 4, list(m), 0, []]


# w = -v_a - v_b points away from the cone, and its children cover the rest of the plane instead
BOTH_NEGATIVE = last_tree(
    ["S", 0, 1, -1, -1], ["S", 0, 1, 2, 1], leaf(14, -7), leaf(7, 7), ["S", 0, 1, 1, 2], leaf(7, 7), leaf(-7, 14)
)
SPLITS = [
    Refused("an edge to itself", last_tree(["S", 0, 0, 1, 1], LEAF, LEAF), "split S1"),
    Refused("a negative edge", last_tree(["S", -1, 0, 1, 1], LEAF, LEAF), "split S1", False),
    Refused("an edge out of range", last_tree(["S", 0, 2, 1, 1], LEAF, LEAF), "split S1", False),
    Refused("a boolean edge", last_tree(["S", 0, True, 1, 1], LEAF, LEAF), "split S1"),
    Refused("a boolean weight", last_tree(["S", 0, 1, True, 1], LEAF, LEAF), "split S1"),
    Refused("too short", last_tree(["S", 0, 1, 1], LEAF, LEAF), "split S1", False),
    Refused("too long", last_tree(["S", 0, 1, 1, 1, 1], LEAF, LEAF), "split S1", False),
    Refused("rational weight", last_tree(["S", 0, 1, "1/2", 1], LEAF, LEAF), "split S1", False),
    Refused("weight 0", last_tree(["S", 0, 1, 0, 1], LEAF, LEAF), "split S2"),
    Refused("other weight 0", last_tree(["S", 0, 1, 1, 0], LEAF, LEAF), "split S2"),
    Refused("negative weight", last_tree(["S", 0, 1, -1, 3], leaf(14, -7), leaf(-7, -14)), "split S2"),
    Refused("both negative", BOTH_NEGATIVE, "split S2"),
]

SHAPES = [
    ("too short", LEAF[:4]),
    ("too long", [*LEAF, []]),
    ("negative shift", ["L", -1, *LEAF[2:]]),
    ("large shift", ["L", 4097, *LEAF[2:]]),
    ("boolean shift", ["L", True, *LEAF[2:]]),
    ("string shift", ["L", "4", *LEAF[2:]]),
    ("negative bits", [*LEAF[:3], -1, []]),
    ("many bits", [*LEAF[:3], 4097, []]),
    ("boolean bits", [*LEAF[:3], False, []]),
    ("m too short", ["L", 4, [-7], 0, []]),
    ("m too long", ["L", 4, [-7, -7, 0], 0, []]),
    ("m with a boolean", ["L", 4, [-7, False], 0, []]),
    ("m nested", ["L", 4, [[-7], -7], 0, []]),
    ("m null", ["L", 4, None, 0, []]),
    ("m an object", ["L", 4, {"0": -7, "1": -7}, 0, []]),
    ("half an exception", ["L", 4, [-7, -7], 0, [0]]),
    ("exception with a string", ["L", 4, [-7, -7], 0, [0, "0"]]),
    ("exceptions null", ["L", 4, [-7, -7], 0, None]),
]
# MIXED tree 0 leaf: secants for samples 0 and 1, c_2 = -1/4
LEAVES = [
    *[Refused(name, last_tree(record), "simplicial_leaf S1", False) for name, record in SHAPES],
    Refused("an exception twice", edited(MIXED, ("trees.0.1.4", [2, 1, 2, 1])), "simplicial_leaf S2"),
    Refused("an exception for nu > 0", edited(MIXED, ("trees.0.1.4", [2, 1, 0, 1])), "simplicial_leaf S2"),
    Refused("an exception out of range", edited(MIXED, ("trees.0.1.4", [2, 1, 3, 1])), "simplicial_leaf S2"),
    Refused("a negative sample", edited(MIXED, ("trees.0.1.4", [2, 1, -1, 1])), "simplicial_leaf S2"),
    Refused("c above 0", edited(MIXED, ("trees.0.1", ["L", 4, [7, 4], 2, [2, -1]])), "simplicial_leaf S2"),
    Refused("c below nu", one_sample([["L", 0, [0, 1], 0, [0, 2]]]), "simplicial_leaf S2"),
    Refused("an exception for nu = 0", edited(ROW_SPACE, ("trees.0.0.4", [1, 0])), "simplicial_leaf S2"),
    Refused("z too short", edited(SPLIT, ("trees.0.1.2", [0, 13])), "simplicial_leaf S3"),
    Refused("z = 0", edited(SPLIT, ("trees.0.2.2", [0, 0])), "simplicial_leaf S3"),
    Refused("z too short with a secant", edited(CAP, ("trees.0.1.2", [5, 6])), "simplicial_leaf S3"),
    Refused("another coefficient is needed", edited(MIXED, ("trees.0.1.4", [2, 4])), "simplicial_leaf S3"),
    Refused("kappa above T", pairs([PAIR_CAP, ["L", 10, [5, 5], 0, []]]), "simplicial_leaf S4"),
    Refused("z too long", edited(SPLIT, ("trees.0.1.2", [0, 17])), "simplicial_leaf S5"),
    Refused(
        "z too long by a unit", edited(SPLIT, ("trees.0.1", ["L", 99, [0, 2**99 + 1], 0, []])), "simplicial_leaf S5"
    ),
    Refused("z too long with kappa", edited(CAP, ("trees.0.1.2", [7, 7])), "simplicial_leaf S5"),
    Refused("z in the free coordinate", edited(FREE, ("trees.7.0.2", [0, -1])), "simplicial_leaf S6"),
]

CAPS = [
    Refused("no list of secants", edited(CAP, ("trees.0.0", ["K", 4, [14, 14], 0, []])), "cap S1", False),
    Refused("a boolean secant", edited(CAP, ("trees.0.0.5", [False, True])), "cap S1"),
    Refused("secants an object", edited(CAP, ("trees.0.0.5", {})), "cap S1", False),
    Refused("a shift too large", edited(CAP, ("trees.0.0.1", 5000)), "cap S1", False),
    Refused("an exception twice", edited(MIXED, ("trees.4.0.4", [0, 0, 0, 0])), "cap S2"),
    Refused("an exception for nu > 0", edited(MIXED, ("trees.4.0.4", [0, 0, 2, 0])), "cap S2"),
    Refused("z too short", edited(CAP, ("trees.0.0.2", [13, 13])), "cap S3"),
    Refused("z = 0", edited(SPLIT, ("trees.4", [["K", 0, [0, 0], 0, [], []], ZERO_PLANE[0]])), "cap S4"),
    Refused("tau < 0", pairs([PAIR_CAP, ["K", 0, [1, 1], 0, [], []], PAIR_LEAF]), "cap S4"),
    Refused(
        "T = 0",
        edited(CATALOGUE["nothing"], ("trees.0", [["K", 0, [1, 0], 0, [], []], ZERO_PLANE[0]])),
        "cap S4",
        False,
    ),
    Refused("a secant twice", edited(CAP, ("trees.0.0.5", [0, 1, 0])), "cap S6"),
    Refused("a secant for nu < 0", edited(MIXED, ("trees.0.0.5", [1, 0, 2])), "cap S6"),
    Refused("a secant out of range", edited(CAP, ("trees.0.0.5", [0, 1, 2])), "cap S6"),
    Refused("a negative secant", edited(CAP, ("trees.0.0.5", [0, 1, -1])), "cap S6"),
]


@pytest.mark.parametrize("row", [*COVER, *SPLITS, *LEAVES, *CAPS], ids=lambda row: f"{row.condition} {row.name}")
def test_refused(row: Refused) -> None:
    row.verify()


ACCEPTED = {
    "one sample": one_sample([["L", 0, [0, 1], 0, [0, 1]]]),
    "pairs by secants of a small cap": pairs([PAIR_LEAF]),
    "pairs, a useless cap first": pairs([["K", 4, [80, 80], 0, [], []], PAIR_LEAF]),
    "m = 2^e at shift 4096": edited(SPLIT, ("trees.0.1", ["L", 4096, [0, 2**4096], 0, []])),
    "large weights": last_tree(["S", 0, 1, 10**30, 7], LEAF, LEAF),
    "nested splits": last_tree(["S", 0, 1, 1, 1], ["S", 1, 0, 3, 1], LEAF, LEAF, LEAF),
    "two caps": edited(CAP, ("trees.0", [CAP["trees"][0][0], ["K", 4, [6, 6], 0, [], [1]], ["L", 0, [1, 1], 0, []]])),
    "a skew basis": edited(
        CATALOGUE["row_space"], (BASIS, [[-6, -8]]), ("trees.0", ZERO_PLANE), ("trees.1", ROW_SPACE["trees"][0])
    ),
    "a secant of a decided sample": edited(MIXED, ("trees.4.0.5", [2])),
    "an exception of a decided sample": edited(MIXED, ("trees.1.0.4", [2, 0])),
    "white space": SPLIT,
}


@pytest.mark.parametrize("name", ACCEPTED)
def test_accepted(name: str) -> None:
    verdict = check(ACCEPTED[name])
    if name == "two caps":  # its last leaf is too long on purpose: the second cap dropped the secant of sample 0
        assert tag(verdict) == "simplicial_leaf S5"
        return
    assert verdict.valid, verdict.reason
    assert falsehood(ACCEPTED[name]) is None


def test_the_rank_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rule, "MAX_RANK", 1)
    assert tag(check(SPLIT)) == "cone_cover S1"
    assert tag(check(ROW_SPACE)) == "VALID"


def test_a_huge_basis_is_refused_at_once() -> None:
    """2^100000 trees are never enumerated."""
    assert tag(check(edited(SPLIT, (BASIS, [[1, 0]] * 100_000)))) == "cone_cover S1"
    assert tag(check(edited(SPLIT, (BASIS, [[1, 0]] * 100_000)), jobs=2)) == "cone_cover S1"


def test_trees_cannot_be_shared_between_orthants() -> None:
    """Every order of the four trees of "+" but the right one is refused: each has its own orthant."""
    trees = SPLIT["trees"]
    for order in itertools.permutations(range(4)):
        verdict = check(edited(SPLIT, ("trees", [*[trees[k] for k in order], *trees[4:]])))
        assert verdict.valid == (order == (0, 1, 2, 3)), order


def test_secants_do_not_outlive_a_split() -> None:
    """Without the split the leaf closes; in a child the chords are back."""
    records = CAP["trees"][0]
    assert (
        tag(check(edited(CAP, ("trees.0", [records[0], ["S", 0, 1, 1, 1], records[1], records[1]]))))
        == "simplicial_leaf S3"
    )


def test_without_the_condition_a_false_bound_would_pass() -> None:
    """Rows outside the span, and kappa above T."""
    with ignoring("cone_cover S3"):
        short = edited(
            OUTSIDE, ("evidence.dual.threshold", "9/2"), ("evidence.dual.scale", "10/9"), ("claim.lower_bound", "8/5")
        )
        assert check(short).valid
    assert falsehood(short) is not None
