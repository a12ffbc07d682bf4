"""Nothing is valid by default, and the gap is relative to the network's objective."""

from __future__ import annotations

from fractions import Fraction

from relucert.certify.check.verdict import Objective, Verdict
from tests.certify.check.build import check, edited
from tests.certify.check.catalogue import CATALOGUE


def test_a_bare_verdict_has_no_numbers() -> None:
    verdict = Verdict("INVALID")
    assert not verdict.valid and verdict.relative_gap is None and verdict.grade == "interval"
    assert not Verdict("valid").valid and not Verdict("").valid


def test_relative_gap() -> None:
    verdict = check(CATALOGUE["singular_value_with_better_network"])
    assert verdict.relative_gap == Fraction(1, 4) and verdict.loss == Objective(Fraction(50), Fraction(50))
    assert verdict.grade == "exact"
    assert check(CATALOGUE["free_bias_split_exact"]).relative_gap == 0


def test_zero_over_zero() -> None:
    """A network with objective 0 is optimal, whatever the bound says."""
    zero = edited(CATALOGUE["nothing"], ("claim.problem.Y.0.0", "0x0p+0"))
    assert check(zero).relative_gap == 0
    assert check(edited(zero, ("claim.lower_bound", "-5"))).relative_gap == 0
