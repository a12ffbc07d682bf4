"""Rule singular_value: each of S1 to S3 broken alone; the exact elimination behind S2."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relucert.certify.check.rules.singular_value import is_positive_semidefinite
from tests.certify.check.build import Json, Refused, certificate, check, edited, singular_value, tag, training_problem
from tests.certify.check.catalogue import CATALOGUE

BASE = CATALOGUE["singular_value_with_better_network"]


def free_bias() -> Json:
    """phi(w, b) is bounded by |(w, b)| here, but the claim is about |w|."""
    problem = training_problem([[0], [1], [2]], [0, 0, 0], hidden_bias="free")
    return certificate(problem, nu=[1, -2, 1], proofs=(singular_value(10),) * 2, threshold=8, scale=0)


TABLE = [
    Refused("free coordinate", free_bias(), "singular_value S1"),
    Refused("S too small", edited(BASE, ("evidence.dual.proofs.+.bound", "24")), "singular_value S2"),
    Refused(
        "S too small for the other sign", edited(BASE, ("evidence.dual.proofs.-.bound", "24")), "singular_value S2"
    ),
    Refused("S negative", edited(BASE, ("evidence.dual.proofs.+.bound", "-25")), "singular_value S2"),
    Refused("S zero", edited(BASE, ("evidence.dual.proofs.+.bound", "0")), "singular_value S2"),
    Refused(
        "S in the units of the scaled rows", edited(BASE, ("claim.problem.X.0.0", "0x1.c01p+1")), "singular_value S2"
    ),
    Refused("T too small", edited(BASE, ("evidence.dual.threshold", "24")), "singular_value S3"),
    Refused(
        "T too small by 10^-40",
        edited(BASE, ("evidence.dual.threshold", f"{25 * 10**40 - 1}/{10**40}")),
        "singular_value S3",
    ),
    Refused("S too large", edited(BASE, ("evidence.dual.proofs.-.bound", "26")), "singular_value S3"),
]


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.name)
def test_refused(row: Refused) -> None:
    row.verify()


@pytest.mark.parametrize("hidden_bias", ["none", "penalised"])
@pytest.mark.parametrize("shift", [-30, 0, 30])
def test_accepted_at_every_scale(hidden_bias: str, shift: int) -> None:
    X = np.array([[1.0, 2.0], [-0.5, 0.25], [3.0, -1.0]]) * 2.0**shift
    rows = X if hidden_bias == "none" else np.c_[X, np.ones(3)]
    nu = [2, -1, 3]
    squared = Fraction(float(np.linalg.norm(rows, 2)) ** 2)
    for factor, expected in ((Fraction(1001, 1000), "VALID"), (Fraction(999, 1000), "singular_value S2")):
        threshold = Fraction(float(np.sqrt(14 * float(squared) * 1.002)))
        problem = training_problem(X.tolist(), [0, 0, 0], hidden_bias=hidden_bias)
        proof = singular_value(squared * factor)
        assert tag(check(certificate(problem, nu=nu, proofs=(proof, proof), threshold=threshold, scale=0))) == expected


@pytest.mark.parametrize(
    ("matrix", "expected"),
    [
        ([], True),
        ([[0]], True),
        ([[-1]], False),
        ([[0, 1], [1, 0]], False),
        ([[0, 0], [0, -1]], False),
        ([[1, 1], [1, 1]], True),
        ([[1, 2], [2, 1]], False),
        ([[0, 0, 0], [0, 2, 1], [0, 1, 1]], True),
        ([[1, 1, 0], [1, 1, 1], [0, 1, 5]], False),
    ],
)
def test_positive_semidefinite(matrix: list[list[int]], expected: bool) -> None:
    assert is_positive_semidefinite([[Fraction(v) for v in row] for row in matrix]) is expected


@given(st.lists(st.lists(st.integers(-3, 3), min_size=3, max_size=3), min_size=1, max_size=4), st.integers(-2, 2))
def test_positive_semidefinite_agrees_with_eigenvalues(rows: list[list[int]], shift: int) -> None:
    gram = np.array(rows).T @ np.array(rows) + shift * np.eye(3)
    smallest = float(np.linalg.eigvalsh(gram)[0])
    if abs(smallest) > 1e-9:
        matrix = [[Fraction(int(v)) for v in row] for row in gram]
        assert is_positive_semidefinite(matrix) is (smallest > 0)
