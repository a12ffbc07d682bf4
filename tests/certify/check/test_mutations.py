"""No small change of a certificate makes a false claim VALID; nothing raises."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import islice
from typing import Any

import pytest

from relucert.certify.check.kernel import check_bytes
from tests.certify.check.build import edited, tag, text_of
from tests.certify.check.catalogue import CATALOGUE
from tests.certify.check.mutations import double_mutants, places, single_mutants
from tests.certify.check.oracle import falsehood

Json = Any


def survey(mutants: Iterator[tuple[str, Json]]) -> Counter[str]:
    """Tags of all mutants; fails on a VALID one whose claim is false."""
    tags: Counter[str] = Counter()
    for name, mutant in mutants:
        verdict = check_bytes(text_of(mutant).encode())
        tags[tag(verdict)] += 1
        if verdict.valid:
            wrong = falsehood(mutant)
            assert wrong is None, f"{name}: {wrong}"
    return tags


@pytest.mark.parametrize("name", CATALOGUE)
def test_single_changes_sampled(name: str) -> None:
    tags = survey(islice(single_mutants(CATALOGUE[name]), 0, None, 5))
    assert tags["VALID"] and sum(tags.values()) > 100


@pytest.mark.slow
@pytest.mark.parametrize("name", CATALOGUE)
def test_all_single_changes(name: str) -> None:
    survey(single_mutants(CATALOGUE[name]))


@pytest.mark.slow
@pytest.mark.parametrize("name", CATALOGUE)
def test_two_changes_at_once(name: str) -> None:
    survey(islice(double_mutants(CATALOGUE[name], seed=1), 1500))


def test_the_changes_reach_every_place_and_most_conditions() -> None:
    """The engine is not idle: all values are changed, and the mutants are refused under many tags."""
    base = CATALOGUE["cap_with_secants"]
    names = [name for name, _ in single_mutants(base)]
    for path in places(base):
        assert any(name.startswith(".".join(map(str, path)) + ":") for name in names), path
    tags = Counter(tag(check_bytes(text_of(m).encode())) for _, m in islice(single_mutants(base), 0, None, 2))
    assert {
        "cap S1",
        "cap S3",
        "cap S6",
        "simplicial_leaf S3",
        "simplicial_leaf S5",
        "cone_cover S4",
        "dual_value S3",
    } <= set(tags)


def test_the_oracle_recognises_false_claims() -> None:
    base = CATALOGUE["free_bias_split_exact"]
    assert falsehood(base) is None
    assert "lower bound" in str(falsehood(edited(base, ("claim.lower_bound", "126/100"))))
    assert "threshold" in str(falsehood(edited(base, ("evidence.dual.threshold", "99/100"))))
    better = CATALOGUE["singular_value_with_better_network"]
    assert "better" in str(falsehood(edited(better, ("claim.refuted_gap", "26/100"))))
