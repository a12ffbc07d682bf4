"""The derivation relu-kernel-gradient holds, and fails with a changed sign."""

from __future__ import annotations

from dataclasses import replace

from relucert.symbolic.kernels.relu_kernel_gradient import derivation
from tests.symbolic.mutations import failures, survivors


def test_every_step_verifies() -> None:
    assert not failures(derivation())


def test_no_step_verifies_with_a_changed_sign() -> None:
    assert not survivors(derivation())


def test_the_gradient_is_twice_half_the_vector_on_the_diagonal() -> None:
    """A factor of two more or less in the diagonal result is found."""
    proof = derivation()
    last = proof.steps[-1]
    assert last.right == proof.results[1].right
    wrong = replace(proof, steps=(*proof.steps[:-1], replace(last, right=2 * last.right)))
    assert failures(wrong).keys() == {last.name}
