"""Certificates of false bounds: each is VALID as soon as one side condition is left out.

They are the unsafe combinations of docs/theory/training_gap.md (section 10), carried through to a complete certificate.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from tests.certify.check.build import (
    SIGN_TREE,
    certificate,
    cone_cover,
    edited,
    free_bias_split,
    singular_value,
    training_problem,
)
from tests.certify.check.catalogue import CATALOGUE, LINE, PLANE, ROOT, ZERO_LINE, ZERO_PLANE, pretty
from tests.certify.check.tiny_prover import Claim, ConeProver, negated, sign_records

Json = Any


def _hill_problem(decay: str, column: bool = False) -> Json:
    """phi(w, b) = relu(10 w + b) - 2 relu(11 w + b) + relu(12 w + b) reaches |w|; every claim here is T = 1/4."""
    X = [[1, 10], [1, 11], [1, 12]] if column else [[10], [11], [12]]
    return training_problem(X, [1, -2, 1], decay=decay, hidden_bias="free", output_bias="free")


def cap_with_free_bias() -> Json:
    """cap S5.  On cone((1, -9), (1, -13)) the point (1, -11) is a violator with a short w, outside the cap."""
    zero: Json = ["L", 0, [0, 0], 0, []]
    split: Json = ["S", 0, 1, 1, 1]
    right: Json = [["K", 0, [8, 0], 1, [1, 1], []], ["L", 0, [0, 0], 0, [1, 1]]]
    left: Json = [["K", 0, [-8, 0], 1, [1, 1], []], zero]
    minus = [
        [split, zero, ["L", 0, [0, 0], 0, [0, 1]]],
        [zero],
        [zero],
        [split, ["L", 0, [0, 0], 0, [2, 1]], zero],
    ]
    cover = cone_cover([1, -9], [1, -13])
    return certificate(
        _hill_problem("1/4"),
        proofs=(cover, cover),
        trees=[right, [zero], [zero], left, *minus],
        threshold="1/4",
        nu=[1, -2, 1],
        lower_bound="5/2",
    )


def row_space_with_free_bias() -> Json:
    """cone_cover S1.  On the span of the rows (1, x, 1) the ratio is 0.179; the network may use w = (0, 1), b = -11."""
    basis = [[1, 0, 1], [0, 1, 0]]
    claim = Claim(((1, 10, 1), (1, 11, 1), (1, 12, 1)), (1, -2, 1), Fraction(1, 4), free=True)
    plus, minus = ConeProver(claim).prove(basis), ConeProver(negated(claim)).prove(basis)
    assert plus is not None and minus is not None
    cover = cone_cover(*basis)
    return certificate(
        _hill_problem("1/4", column=True),
        proofs=(cover, cover),
        trees=plus + minus,
        threshold="1/4",
        nu=[1, -2, 1],
        lower_bound="5/2",
    )


def sign_tree_with_free_bias() -> Json:
    """sign_tree S1.  Over |(w, b)| = 1 the maximum is 0.09."""
    claim = Claim(((10, 1), (11, 1), (12, 1)), (1, -2, 1), Fraction(1, 4))
    trees = [sign_records(claim), sign_records(negated(claim))]
    return certificate(
        _hill_problem("1/4"),
        proofs=(SIGN_TREE, SIGN_TREE),
        trees=trees,
        threshold="1/4",
        nu=[1, -2, 1],
        lower_bound="5/2",
    )


def sum_not_zero_with_free_output_bias() -> Json:
    """dual_value S4.  A constant fits the mean of y for nothing."""
    problem = training_problem([[3], [4]], [6, 8], decay=25, output_bias="free")
    return certificate(problem, nu=[3, 4], proofs=(singular_value(25),) * 2, threshold=25, lower_bound="75/2")


def sum_not_zero_with_free_hidden_bias() -> Json:
    """free_bias_split S2.  Units with w -> 0 and b -> infinity emulate a constant."""
    problem = training_problem([[0], [1], [2]], [1, 1, 1], decay=2, hidden_bias="free")
    split = free_bias_split((1, LINE)), free_bias_split((0, LINE), (2, LINE))
    trees = [[["L", 0, [1], 0, []]], [["L", 0, [-1], 0, []]], *[ZERO_LINE] * 4]
    return certificate(problem, nu=[1, -2, 2], proofs=split, trees=trees, threshold=2, scale="1/9", lower_bound="1/18")


def missing_part() -> Json:
    """free_bias_split S3.  The hill of phi is at the kink of sample 1, and that part is left out."""
    trees = [ZERO_LINE] * 4
    split = free_bias_split(), free_bias_split((0, LINE), (2, LINE))
    return certificate(
        _hill_problem("1/4"), proofs=split, trees=trees, threshold="1/4", nu=[1, -2, 1], lower_bound="5/2"
    )


def free_coordinate_in_z() -> Json:
    """simplicial_leaf S6.  z = (0, -1/4) bounds phi by the length of b, which is not penalised."""
    capped = cap_with_free_bias()
    right: Json = [["L", 3, [0, -8], 1, [1, 1]]]
    left: Json = [["L", 3, [0, 8], 1, [1, 1]]]
    return edited(capped, ("trees.0", right), ("trees.3", left))


def split_with_negative_weights() -> Json:
    """split S2.  w = -e1 - e2: the children of cone(e1, e2) miss its interior, where relu(u1 + u2) reaches sqrt 2."""
    problem = training_problem([[1, 1]], [2], decay="6/5")
    zero: Json = ["L", 0, [0, 0], 0, []]
    up, right = ["L", 4, [0, 14], 0, []], ["L", 4, [14, 0], 0, []]
    first = [["S", 0, 1, -1, -1], ["S", 0, 1, 1, 2], up, zero, ["S", 0, 1, 2, 1], zero, right]
    trees = [first, [up], [right], [zero], *[ZERO_PLANE] * 4]
    return certificate(problem, nu=[1], proofs=(PLANE, PLANE), trees=trees, threshold="6/5", lower_bound="3/2")


def coefficient_below_nu() -> Json:
    """simplicial_leaf S2.  With c = 9/8 nu the negative sample looks better than it is: 5/4 instead of sqrt 2."""
    problem = training_problem([[9, 0], [8, -1]], [2, -2], decay="5/4")
    plus = [["L", 3, [0, 8], 3, [1, 9]]], ZERO_PLANE, [["L", 3, [7, 0], 0, []]], ZERO_PLANE
    minus = ZERO_PLANE, ZERO_PLANE, [["L", 3, [0, -7], 0, []]], [["L", 3, [0, -7], 0, []]]
    return certificate(
        problem, nu=[1, -1], proofs=(PLANE, PLANE), trees=[*plus, *minus], threshold="5/4", lower_bound=3
    )


def row_outside_the_span() -> Json:
    """cone_cover S3.  The row (3, 4) is projected on (0, 1), which makes it shorter."""
    return edited(
        CATALOGUE["row_space"],
        ("evidence.dual.proofs.+.basis", [[0, 1]]),
        ("trees.0", [["L", 3, [0, 8], 0, []]]),
        ("evidence.dual.threshold", "9/2"),
        ("evidence.dual.scale", "10/9"),
        ("claim.lower_bound", "8/5"),
    )


def _line(proof: Json, *trees: Json, scale: str = "1", threshold: str = "1/2") -> Json:
    """X = 1, y = 2, nu = 1: the maximum of relu(u) is 1, the infimum 7/8; the claims are T = 1/2 and the bound 3/2."""
    problem = training_problem([[1]], [2], decay="1/2")
    other: Json = [["L", 0, [0], 0, [0, 0]]]
    return certificate(
        problem,
        nu=[1],
        proofs=(proof, SIGN_TREE),
        trees=[*trees, other],
        threshold=threshold,
        scale=scale,
        lower_bound="3/2",
    )


def z_too_short() -> Json:
    """simplicial_leaf S3."""
    return _line(LINE, ZERO_LINE, ZERO_LINE)


def z_too_long() -> Json:
    """simplicial_leaf S5."""
    return _line(LINE, [["L", 0, [2], 0, []]], ZERO_LINE)


def kappa_above_the_threshold() -> Json:
    """sign_leaf S3.  z = 0 and kappa = 1: the square of T - kappa is positive again."""
    return _line(SIGN_TREE, [["L", 0, [0], 0, [0, 0]]])


def sign_leaf_too_long() -> Json:
    """sign_leaf S4.  z = 1/2 and kappa = 1/2."""
    return edited(_line(SIGN_TREE, [["L", 0, [0], 1, [0, 1]]]), ("evidence.dual.threshold", "1/2"))


def singular_value_too_small() -> Json:
    """singular_value S2."""
    return _line(singular_value("1/4"))


def threshold_below_the_singular_value() -> Json:
    """singular_value S3."""
    return _line(singular_value(1))


def scale_above_the_decay() -> Json:
    """dual_value S3.  The direction claim T = 1 is true, but s T = 1 is above the weight decay 1/2."""
    return _line(singular_value(1), threshold="1")


def bound_above_the_dual_value() -> Json:
    """dual_value S5.  s = 1/2 gives 1 - 1/8 = 7/8, which is the infimum."""
    return _line(singular_value(1), threshold="1", scale="1/2")


UNSAFE: dict[str, Callable[[], Json]] = {
    "cap.S5": cap_with_free_bias,
    "cone_cover.S1": row_space_with_free_bias,
    "cone_cover.S3": row_outside_the_span,
    "dual_value.S3": scale_above_the_decay,
    "dual_value.S4": sum_not_zero_with_free_output_bias,
    "dual_value.S5": bound_above_the_dual_value,
    "free_bias_split.S2": sum_not_zero_with_free_hidden_bias,
    "free_bias_split.S3": missing_part,
    "sign_leaf.S3": kappa_above_the_threshold,
    "sign_leaf.S4": sign_leaf_too_long,
    "sign_tree.S1": sign_tree_with_free_bias,
    "simplicial_leaf.S2": coefficient_below_nu,
    "simplicial_leaf.S3": z_too_short,
    "simplicial_leaf.S5": z_too_long,
    "simplicial_leaf.S6": free_coordinate_in_z,
    "singular_value.S2": singular_value_too_small,
    "singular_value.S3": threshold_below_the_singular_value,
    "split.S2": split_with_negative_weights,
}


def write() -> None:
    """tests/certificates/invalid/RULE.CONDITION.name.json"""
    folder = ROOT / "tests/certificates/invalid"
    folder.mkdir(parents=True, exist_ok=True)
    for condition, make in UNSAFE.items():
        (folder / f"{condition}.{make.__name__}.json").write_text(pretty(make()), encoding="ascii")


if __name__ == "__main__":
    write()
