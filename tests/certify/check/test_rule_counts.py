"""Counting rule applications."""

from __future__ import annotations

from tests.certify.check.build import check
from tests.certify.check.catalogue import CATALOGUE


def test_counts_of_a_check() -> None:
    assert check(CATALOGUE["exceptions_and_caps"]).rules == {
        "dual_value": 1,
        "cone_cover": 2,
        "simplicial_leaf": 8,
        "cap": 2,
        "primal_value": 1,
    }
