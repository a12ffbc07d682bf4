"""The parts of a gap: exact, never negative, and together the whole gap."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relucert.certify.check.evidence import decode_evidence
from relucert.certify.check.kernel import check_bytes
from relucert.cli.explanation_gap import Accounts, account
from tests.certify.check.build import Json, certificate, network, singular_value, text_of, training_problem
from tests.certify.check.catalogue import CATALOGUE

SMALL = Fraction(1, 1 << 80)  # square roots are good to 2^-96


def accounts_of(value: Json) -> tuple[Accounts, Fraction, Fraction]:
    """The accounts, the objective and the gap of a valid certificate."""
    verdict = check_bytes(text_of(value).encode("ascii"))
    assert verdict.valid and verdict.claim is not None and verdict.loss is not None, verdict.reason
    accounts = account(verdict.claim, decode_evidence(value["evidence"]).dual)
    return accounts, verdict.loss.high, verdict.loss.high - verdict.claim.lower_bound


@pytest.mark.parametrize("name", CATALOGUE)
def test_parts_add_up(name: str) -> None:
    accounts, loss, gap = accounts_of(CATALOGUE[name])
    assert all(part.amount >= 0 for part in accounts.parts)
    assert abs(accounts.total - gap) <= 10 * SMALL * loss


def test_an_optimal_network_has_no_parts() -> None:
    accounts, _, _ = accounts_of(CATALOGUE["free_bias_split_exact"])
    assert all(part.amount == 0 for part in accounts.parts)


def test_a_network_off_balance() -> None:
    """The same network, with the squared penalty: 1/2 (1/2)(1 + 1/4) for each unit instead of 1/2 * 1/2."""
    accounts, _, _ = accounts_of(CATALOGUE["cone_cover_free_bias"])
    assert {part.name: part.amount for part in accounts.parts if part.amount} == {"unbalanced units": Fraction(1, 8)}


def test_a_loose_threshold_is_no_fault_of_the_network() -> None:
    """The optimal f(x) = x of the problem with T = 32 instead of 25: s falls from 1 to 25/32."""
    problem = training_problem([[3], [4]], [6, 8], decay=25)
    proof = singular_value(25)
    value = certificate(
        problem, nu=[3, 4], proofs=(proof, proof), threshold=32, scale="25/32", lower_bound=31,
        net=network(problem, [[1]], [1]),
    )  # fmt: skip
    accounts, _, _ = accounts_of(value)
    parts = {part.name: part.amount for part in accounts.parts if part.amount}
    assert set(parts) == {"shrinking", "threshold", "rounding"}
    assert parts["shrinking"] == Fraction(7, 32) ** 2 * 25 / 2
    assert parts["threshold"] == Fraction(25, 32) * (32 - 25)


numbers = st.integers(-64, 64).map(lambda k: Fraction(k, 16))


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_parts_of_random_networks(data: st.DataObject) -> None:
    """Any network, every loss, penalty and output bias; the bound is that of nu = (1, -1) and a singular value."""
    hidden = data.draw(st.sampled_from(["none", "penalised"]))
    penalty = data.draw(st.sampled_from(["sum-of-squares", "product"]))
    output = data.draw(st.sampled_from(["none", "free"] if penalty == "product" else ["none", "penalised", "free"]))
    decay = data.draw(st.sampled_from([Fraction(1), Fraction(9, 4)]))
    other = decay if penalty == "product" else data.draw(st.sampled_from([Fraction(1, 3), Fraction(2)]))
    problem = training_problem(
        [data.draw(st.tuples(numbers, numbers)) for _ in range(2)],
        data.draw(st.tuples(numbers, numbers)),
        loss=data.draw(st.sampled_from(["half-sum", "half-mean", "mean"])),
        penalty=penalty,
        decay=decay,
        output_decay=other,
        hidden_bias=hidden,
        output_bias=output,
    )
    units = data.draw(st.lists(st.tuples(numbers, numbers, numbers, numbers), max_size=3))
    net = network(
        problem,
        [unit[:2] for unit in units],
        [unit[2] for unit in units],
        [unit[3] for unit in units],
        data.draw(numbers),
    )
    value = certificate(
        problem,
        nu=[1, -1],
        proofs=(singular_value(100), singular_value(100)),
        threshold=20,
        scale=Fraction(data.draw(st.integers(0, 8)), 1024),
        lower_bound=-1000,
        net=net,
    )
    accounts, loss, gap = accounts_of(value)
    assert all(part.amount >= 0 for part in accounts.parts)
    assert abs(accounts.total - gap) <= SMALL * (loss + 1000) * 10
