"""Certificates of false bounds that only one side condition keeps out."""

from __future__ import annotations

import pytest

from tests.certify.check.build import certificate, check, ignoring, singular_value, tag, training_problem
from tests.certify.check.catalogue import ROOT, pretty
from tests.certify.check.oracle import falsehood
from tests.certify.check.unsafe import UNSAFE


@pytest.mark.parametrize("condition", UNSAFE)
def test_one_condition_keeps_a_false_bound_out(condition: str) -> None:
    """Refused under its tag; accepted without that condition, although there are better networks."""
    false, name = UNSAFE[condition](), condition.replace(".", " ")
    assert tag(check(false)) == name
    assert tag(check(false, jobs=2)) == name
    with ignoring(name):
        verdict = check(false)
    assert verdict.valid, verdict.reason
    assert falsehood(false) is not None


def test_files_are_these_certificates() -> None:
    for condition, make in UNSAFE.items():
        path = ROOT / "tests/certificates/invalid" / f"{condition}.{make.__name__}.json"
        assert path.read_text("ascii") == pretty(make())


@pytest.mark.parametrize("hidden_bias", ["none", "penalised", "free"])
def test_product_penalty_with_a_penalised_output_bias_is_refused(hidden_bias: str) -> None:
    problem = training_problem([[1]], [1], penalty="product", hidden_bias=hidden_bias, output_bias="penalised")
    zero = certificate(problem, nu=[0], proofs=(singular_value(2),) * 2)
    assert tag(check(zero)) == "format S8"


def test_product_penalty_has_one_decay() -> None:
    problem = training_problem([[1]], [1], penalty="product", decay=1, output_decay=4)
    assert tag(check(certificate(problem, nu=[0], proofs=(singular_value(1),) * 2))) == "format S8"
