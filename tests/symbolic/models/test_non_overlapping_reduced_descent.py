"""The derivation non-overlapping-reduced-descent holds, and fails with a changed sign."""

from __future__ import annotations

from relucert.symbolic.models.non_overlapping_reduced_descent import derivation
from tests.symbolic.mutations import failures, survivors


def test_every_step_verifies() -> None:
    assert not failures(derivation())


def test_no_step_verifies_with_a_changed_sign() -> None:
    assert not survivors(derivation())
