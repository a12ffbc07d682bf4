"""The derivation relu-kernel holds, and fails with a changed sign."""

from __future__ import annotations

from itertools import pairwise

from sympy import Integer, pi, sqrt

from relucert.symbolic.expressions import G, Mean
from relucert.symbolic.frames import Frame
from relucert.symbolic.kernels.relu_kernel import derivation, kernel, u, v
from tests.symbolic.mutations import failures, survivors


def test_every_step_verifies() -> None:
    assert not failures(derivation())


def test_no_step_verifies_with_a_changed_sign() -> None:
    assert not survivors(derivation())


def test_the_proof_goes_from_the_mean_to_the_formula_without_a_gap() -> None:
    proof = derivation()
    by_name = {step.name: step for step in proof.steps}
    definition, formula = proof.results[0].left, proof.results[0].right
    chain = ["into the plane", "polar coordinates", "assembly"]
    assert by_name[chain[0]].left == definition and definition.has(Mean)
    for before, after in pairwise(chain):
        assert by_name[before].right == by_name[after].left
    assert by_name["assembly"].right == formula
    for inserted in ("radial integral", "wedge"):
        assert by_name["assembly"].left.has(by_name[inserted].left)
    assert by_name["angular integral"].left == by_name["wedge"].right


def test_values_of_the_kernel() -> None:
    at = {(1, 0): pi, (0, 2): Integer(2), (-3, 0): Integer(0)}
    for place, expected in at.items():
        frame = Frame(vectors={u: (Integer(1), Integer(0)), v: tuple(map(Integer, place))})
        found = frame.scalar(kernel(u, v)).replace(G, lambda theta: G(theta).unfolded())
        assert found * 2 * pi == expected
    diagonal = Frame(vectors={u: (Integer(1), Integer(1)), v: (Integer(3), Integer(3))})
    found = diagonal.scalar(kernel(u, v)).replace(G, lambda theta: G(theta).unfolded())
    assert found == Integer(3) and diagonal.scalar(kernel(u, v)) != sqrt(2)
