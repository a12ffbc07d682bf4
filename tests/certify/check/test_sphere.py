"""The statement behind every proof, in integers: units of data, dual variable and threshold cancel."""

from __future__ import annotations

from fractions import Fraction

import pytest

from relucert.certify.check.sphere import SphereClaim
from relucert.certify.claim import parse_hex_float, spell_hex_float
from tests.certify.check.build import Json, certificate, check, edited, singular_value, tag, training_problem
from tests.certify.check.catalogue import CATALOGUE


def test_squared_norms() -> None:
    claim = SphereClaim([[3, 4], [0, 0]], [1, -1], 1, 1, 2, False)
    assert claim.squared_norms == [25, 0]


@pytest.mark.parametrize("name", ["cone_cover_with_split", "cap_with_secants", "exceptions_and_caps", "row_space"])
@pytest.mark.parametrize("k", [-300, -27, -1, 1, 27, 300])
def test_data_in_other_units(name: str, k: int) -> None:
    """X times 2^k with T and the decays times 2^k: the same trees prove the same bound, and not a bit more."""
    base = CATALOGUE[name]
    two = Fraction(2) ** k

    def times(text: str) -> str:
        return str(Fraction(text) * two)

    def rows(X: Json) -> Json:
        return [[spell_hex_float(parse_hex_float(v, "X") * two) for v in row] for row in X]

    twin = edited(
        base,
        ("claim.problem.X", rows),
        ("evidence.dual.threshold", times),
        ("claim.problem.hidden_weight_decay", times),
        ("claim.problem.output_weight_decay", times),
        ("claim.network", {"hidden_weights": [], "hidden_bias": None, "output_weights": [], "output_bias": None}),
    )
    assert tag(check(twin)) == "VALID"
    above = edited(twin, ("evidence.dual.threshold", lambda text: str(Fraction(text) * Fraction(9, 10))))
    assert not check(above).valid


@pytest.mark.parametrize("k", [-60, 60])
def test_dual_variable_in_other_units(k: int) -> None:
    """nu times 2^k, T times 2^k and s divided by 2^k."""
    two = Fraction(2) ** k
    base = CATALOGUE["sign_tree_with_branch"]
    twin = edited(
        base,
        ("evidence.dual.dual_variable.exponent", k),
        ("evidence.dual.threshold", lambda text: str(Fraction(text) * two)),
        ("evidence.dual.scale", lambda text: str(Fraction(text) / two)),
    )
    assert tag(check(twin)) == "VALID"
    assert tag(check(edited(twin, ("evidence.dual.dual_variable.exponent", k + 1)))) in (
        "sign_leaf S4",
        "dual_value S5",
    )


def test_zero_rows_and_zero_dual_variables() -> None:
    """A sample at the origin, a sample without dual variable, and data that are all zero."""
    problem = training_problem([[0, 0], [3, 4], [1, 1]], [1, 2, 7], decay=5)
    proof = singular_value(27)
    zero_row = certificate(problem, nu=[1, 0, 0], proofs=(proof, proof), threshold=6, scale="1/2")
    assert tag(check(edited(zero_row, ("claim.lower_bound", "3/8")))) == "VALID"
    nowhere = training_problem([[0, 0]], [4], decay=5)
    cover: Json = {"rule": "cone_cover", "basis": []}
    leaf = [["L", 0, [0, 0], 0, []]]
    free_fit = certificate(nowhere, nu=[4], proofs=(cover, cover), trees=[leaf, leaf], threshold=0, lower_bound=8)
    assert tag(check(free_fit)) == "VALID"  # f(0) = 0 without biases, so the objective is at least 8
    assert (
        tag(check(edited(free_fit, ("claim.problem.hidden_bias", "penalised"), ("claim.network.hidden_bias", []))))
        == "cone_cover S3"
    )
