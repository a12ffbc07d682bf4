"""Random tiny instances with an independent prover: a threshold below the true maximum is never VALID, one above is."""

from __future__ import annotations

import random
from fractions import Fraction
from typing import Any

import pytest

from relucert.certify.claim import BIASES, LOSSES, PENALTIES
from tests.certify.check.build import certificate, check, tag, training_problem
from tests.certify.check.oracle import falsehood
from tests.certify.check.tiny_prover import Claim, both_signs, maximum, negated

Json = Any
ABOVE = Fraction(10**5 + 1, 10**5)
BELOW = (Fraction(10**6 - 1, 10**6), Fraction(999, 1000), Fraction(9, 10), Fraction(1, 2))


def instance(source: random.Random) -> tuple[Json, list[int], Claim]:
    """Problem, dual variable and direction claim with T = 1; n <= 6, at most three directions."""
    hidden_bias = source.choice(BIASES)
    penalty = source.choice(PENALTIES)
    output_bias = source.choice(BIASES if penalty != "product" else ("none", "free"))
    features = source.randint(1, 3 if hidden_bias == "none" else 2)
    n = source.randint(1, 6)
    X = [[source.choice((0, source.randint(-5, 5), source.randint(-5, 5))) for _ in range(features)] for _ in range(n)]
    y = [source.randint(-6, 6) for _ in range(n)]
    nu = [source.randint(-5, 5) for _ in range(n)]
    if hidden_bias == "free" or output_bias == "free":
        nu[-1] -= sum(nu)
    problem = training_problem(
        X, y, loss=source.choice(LOSSES), penalty=penalty, hidden_bias=hidden_bias, output_bias=output_bias
    )
    rows = tuple((*row, 1) if hidden_bias != "none" else tuple(row) for row in X)
    return problem, nu, Claim(rows, tuple(nu), Fraction(1), hidden_bias == "free")


def with_threshold(problem: Json, nu: list[int], threshold: Fraction, proof: tuple[Any, list[Json]]) -> Json:
    """Decays that allow the best scale exactly, and the dual value as the claimed bound."""
    n = len(nu)
    sigma = {"half-sum": Fraction(1), "half-mean": Fraction(n), "mean": Fraction(n, 2)}[problem["loss"]]
    inner = sum((Fraction(float.fromhex(row[0])) * v for row, v in zip(problem["Y"], nu, strict=True)), Fraction(0))
    squares = Fraction(sum(v * v for v in nu))
    scale = max(Fraction(0), inner / (2 * squares)) if squares else Fraction(0)
    decay = scale * threshold / sigma or Fraction(1)
    value = scale * inner - scale * scale * squares / 2
    if problem["output_bias"] == "penalised":
        value -= (scale * sum(nu)) ** 2 / (2 * decay * sigma)
    problem = problem | {"hidden_weight_decay": str(decay), "output_weight_decay": str(decay)}
    return certificate(
        problem, nu=nu, proofs=proof[0], trees=proof[1], threshold=threshold, scale=scale, lower_bound=value / sigma
    )


def run(seed: int) -> str:
    source = random.Random(seed)
    problem, nu, claim = instance(source)
    largest = max(maximum(claim), maximum(negated(claim)))
    rule = source.choice(("cone_cover", "free_bias_split") if claim.free else ("cone_cover", "sign_tree"))
    caps = source.random() < 0.7

    above = Fraction(largest) * ABOVE if largest > 1e-9 else Fraction(1, 8)
    proof = both_signs(Claim(claim.rows, claim.nu, above, claim.free), rule, caps)
    assert proof is not None, "the prover found no proof"
    true = with_threshold(problem, nu, above, proof)
    verdict = check(true)
    assert verdict.valid, verdict.reason
    assert falsehood(true) is None

    if largest > 1e-9:
        below = Fraction(largest) * source.choice(BELOW)
        bluff = both_signs(Claim(claim.rows, claim.nu, below, claim.free), rule, caps, bluff=True)
        assert bluff is not None
        verdict = check(with_threshold(problem, nu, below, bluff))
        assert not verdict.valid
        for trees in (bluff[1], proof[1]):  # also the trees of the true claim do not serve the false one
            stolen = with_threshold(problem, nu, below, (bluff[0] if trees is bluff[1] else proof[0], trees))
            assert not check(stolen).valid
        return tag(verdict)
    return "no maximum"


@pytest.mark.parametrize("seed", range(40))
def test_thresholds_on_both_sides_of_the_maximum(seed: int) -> None:
    run(seed)


@pytest.mark.slow
@pytest.mark.parametrize("block", range(10))
def test_many_thresholds_on_both_sides_of_the_maximum(block: int) -> None:
    for seed in range(1000 + 100 * block, 1100 + 100 * block):
        run(seed)


def test_wrong_certificates_fail_in_many_ways() -> None:
    tags = {run(seed) for seed in range(100, 120)}
    assert {"sign_leaf S4", "simplicial_leaf S3"} <= tags
