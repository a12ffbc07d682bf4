"""The derivation both-layers-dissipativity holds, and fails with a changed sign."""

from __future__ import annotations

from relucert.symbolic.landscapes.both_layers_dissipativity import derivation
from tests.symbolic.mutations import failures, survivors


def test_every_step_verifies() -> None:
    assert not failures(derivation())


def test_no_step_verifies_with_a_changed_sign() -> None:
    assert not survivors(derivation())
