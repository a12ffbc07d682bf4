"""Rule dual_value: each of S1 to S5 broken alone, and the conventions that it must accept."""

from __future__ import annotations

from fractions import Fraction

import pytest

from tests.certify.check.build import (
    Json,
    Refused,
    certificate,
    check,
    edited,
    ignoring,
    network,
    singular_value,
    tag,
    training_problem,
)
from tests.certify.check.catalogue import CATALOGUE
from tests.certify.check.oracle import best_known_objective, falsehood

BASE = CATALOGUE["singular_value_with_better_network"]  # X = (3, 4), y = (6, 8), nu = (3, 4), T = 25, D = 75/2
PLAIN = edited(BASE, ("claim.refuted_gap", None), ("evidence.better_network", None))


def simple(
    threshold: str = "25", lower_bound: str = "0", scale: str = "1", nu: tuple[int, ...] = (3, 4), **convention: Json
) -> Json:
    problem = training_problem([[3], [4]], [6, 8], **({"decay": 25} | convention))
    proof = singular_value(25)
    return certificate(problem, nu=nu, proofs=(proof, proof), threshold=threshold, lower_bound=lower_bound, scale=scale)


TWO_OUTPUTS = edited(
    PLAIN, ("claim.problem.Y", [["0x1.8p+2", "0x0p+0"], ["0x1p+3", "0x0p+0"]]), ("claim.network.output_bias", None)
)
# |nu|^2 sigma^2 <= T^2 holds for T and for -T; a negative scale needs a negative bound
NEGATIVE_THRESHOLD = edited(PLAIN, ("evidence.dual.threshold", "-25"))
NEGATIVE_SCALE = edited(PLAIN, ("evidence.dual.scale", "-1"), ("claim.lower_bound", "-63"))
LARGE_SCALE = simple(scale="3/2", lower_bound="46")  # 75 - 225/8 = 46.875
PENALISED_WITHOUT_DECAY = simple(scale="0", output_decay=0, output_bias="penalised")

TABLE = [
    Refused("two outputs", TWO_OUTPUTS, "dual_value S1"),
    Refused(
        "a dual variable too many",
        edited(PLAIN, ("evidence.dual.dual_variable.mantissas", [3, 4, 0])),
        "dual_value S1",
        False,
    ),
    Refused(
        "a dual variable too few", edited(PLAIN, ("evidence.dual.dual_variable.mantissas", [3])), "dual_value S1", False
    ),
    Refused("negative threshold", NEGATIVE_THRESHOLD, "dual_value S2"),
    Refused("negative scale", NEGATIVE_SCALE, "dual_value S2"),
    Refused("scale too large", LARGE_SCALE, "dual_value S3"),
    Refused("scale too large by 2^-60", simple(scale=f"{2**60 + 1}/{2**60}"), "dual_value S3"),
    Refused("weight decay too small", simple(output_decay="24"), "dual_value S3"),
    Refused("one weight decay is zero", simple(output_decay=0), "dual_value S3"),
    Refused("mean loss divides the decay", simple(loss="mean", decay=24), "dual_value S3"),
    Refused("free output bias", simple(output_bias="free"), "dual_value S4"),
    Refused("free output bias, product penalty", simple(output_bias="free", penalty="product"), "dual_value S4"),
    Refused("penalised output bias without decay", PENALISED_WITHOUT_DECAY, "dual_value S4"),
    Refused("bound too large", edited(PLAIN, ("claim.lower_bound", "38")), "dual_value S5"),
    Refused(
        "bound too large by 10^-40",
        edited(PLAIN, ("claim.lower_bound", f"{75 * 10**40 + 1}/{2 * 10**40}")),
        "dual_value S5",
    ),
    Refused("mean of two is not a sum", simple(loss="half-mean", decay="25/2", lower_bound="75/2"), "dual_value S5"),
    # s nu.y - s^2/2 |nu|^2 - s^2 (1'nu)^2 / (2 b2) = 37.5 - 49/50
    Refused("the constant's part is missing", simple(output_bias="penalised", lower_bound="37"), "dual_value S5"),
]


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.name)
def test_refused(row: Refused) -> None:
    row.verify()


@pytest.mark.parametrize(
    ("convention", "bound"),
    [
        ({}, "75/2"),
        ({"penalty": "product"}, "75/2"),
        ({"decay": 5, "output_decay": 125}, "75/2"),
        ({"decay": "25/2", "loss": "half-mean"}, "75/4"),
        ({"decay": 25, "loss": "mean"}, "75/2"),
        ({"output_bias": "penalised"}, str(Fraction(75, 2) - Fraction(49, 50))),
    ],
    ids=str,
)
def test_accepted_up_to_the_exact_bound(convention: Json, bound: str) -> None:
    accepted = simple(**convention, lower_bound=bound)
    assert tag(check(accepted)) == "VALID"
    assert falsehood(accepted) is None
    above = simple(**convention, lower_bound=str(Fraction(bound) + Fraction(1, 10**30)))
    assert tag(check(above)) == "dual_value S5"


def test_free_output_bias_with_a_dual_variable_that_sums_to_zero() -> None:
    free = simple(nu=(4, -4), threshold="256/9", scale="1/2", output_bias="free")
    assert tag(check(edited(free, ("claim.lower_bound", "-8")))) == "VALID"
    assert tag(check(edited(free, ("claim.lower_bound", "-7")))) == "dual_value S5"


@pytest.mark.parametrize("unsafe", [LARGE_SCALE, simple(output_bias="free", lower_bound="75/2")], ids=["S3", "S4"])
def test_without_the_condition_a_false_bound_would_pass(unsafe: Json) -> None:
    with ignoring(tag(check(unsafe))):
        assert check(unsafe).valid
    assert float(Fraction(unsafe["claim"]["lower_bound"])) > best_known_objective(unsafe["claim"]["problem"]) + 0.1


def test_zero_threshold_and_zero_scale_are_no_loopholes() -> None:
    zero = simple(threshold="0", scale=str(10**6), nu=(0, 0))
    assert tag(check(zero)) == "VALID"  # s is unbounded, but nu = 0 proves the bound 0 only
    assert tag(check(edited(zero, ("claim.lower_bound", "1/1000")))) == "dual_value S5"
    assert tag(check(simple(threshold="0"))) == "singular_value S3"
    assert tag(check(simple(threshold=str(10**9), scale="0", lower_bound="1/1000"))) == "dual_value S5"


def test_the_exponent_scales_the_dual_variable() -> None:
    halves = edited(PLAIN, ("evidence.dual.dual_variable", {"exponent": -1, "mantissas": [6, 8]}))
    assert tag(check(halves)) == "VALID"
    quarter = edited(halves, ("evidence.dual.dual_variable.exponent", -2))
    assert tag(check(quarter)) == "dual_value S5"
    double = edited(halves, ("evidence.dual.dual_variable.exponent", 0), ("claim.lower_bound", "0"))
    assert tag(check(double)) == "singular_value S3"


def test_network_of_the_convention() -> None:
    """A claim about a convention that the network does not have is refused before any mathematics."""
    problem = training_problem([[3], [4]], [6, 8], decay=25, output_bias="free")
    assert network(problem)["output_bias"] == ["0x0p+0"]
    assert tag(check(edited(simple(), ("claim.problem.output_bias", "free")))) == "format S8"
