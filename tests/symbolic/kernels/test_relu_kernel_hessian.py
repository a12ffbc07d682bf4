"""The derivation relu-kernel-hessian holds, and fails with a changed sign."""

from __future__ import annotations

from dataclasses import replace

from relucert.symbolic.expressions import Outer
from relucert.symbolic.kernels.relu_kernel import theta, u, v
from relucert.symbolic.kernels.relu_kernel_hessian import derivation, kernel_hessian, kernel_mixed_hessian, m, n, normal
from tests.symbolic.mutations import failures, survivors


def test_every_step_verifies() -> None:
    assert not failures(derivation())


def test_no_step_verifies_with_a_changed_sign() -> None:
    assert not survivors(derivation())


def test_the_function_is_the_result() -> None:
    """`kernel_hessian` spells the unit normal out that the result names."""
    proof = derivation()
    hessian, mixed = (result.right for result in proof.results)
    assert kernel_hessian(u, v, theta) == hessian.xreplace({n: normal(u, v, theta)})
    named = {n: normal(u, v, theta), m: normal(v, u, theta)}
    assert kernel_mixed_hessian(u, v, theta) == mixed.xreplace(named)


def test_a_hessian_without_its_normal_part_fails() -> None:
    proof = derivation()
    wrong = [replace(step, right=step.right.subs(Outer(n, n), 0 * Outer(n, n))) for step in proof.steps]
    assert "collect" in failures(replace(proof, steps=tuple(wrong)))
