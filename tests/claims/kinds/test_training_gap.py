"""Training gaps of a ledger: model, data and objective are the claim's, and the gap is reached."""

from __future__ import annotations

import shutil
from dataclasses import replace
from fractions import Fraction

import pytest

from relucert.claims.errors import LedgerError
from relucert.claims.kinds import training_gap
from relucert.claims.ledger import Claim
from relucert.claims.outcome import Settled, Status
from tests.claims.ledgers import claim
from tests.house.tree import ROOT

TEXT = """
[[claim]]
id = "iris"
kind = "training-gap"
statement = "The network is optimal."
model = "iris_torch.pt"
data = "iris.csv"
options = { weight_decay = 0.2, convention = "torch", gap = 0.001 }
"""


@pytest.fixture(scope="module")
def settled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Claim, Settled]:
    folder = tmp_path_factory.mktemp("gap")
    shutil.copy(ROOT / "examples/networks/iris_torch.pt", folder)
    shutil.copy(ROOT / "examples/data/iris.csv", folder)
    one = claim(folder, TEXT)
    return one, training_gap.settle(one)


def with_options(one: Claim, **options: object) -> Claim:
    return replace(one, options={**one.options, **options})


def test_the_gap_is_proved(settled: tuple[Claim, Settled]) -> None:
    found = settled[1]
    assert found.status is Status.PROVED and float(found.facts["relative gap"]) <= 0.001
    assert "minimise the mean squared error over 150 samples" in found.words
    assert any("target" in note for note in found.notes)


def test_its_certificate_is_replayed(settled: tuple[Claim, Settled]) -> None:
    one, found = settled
    again = training_gap.replay(one, found.certificate or b"")
    assert (again.status, again.facts, again.words) == (Status.PROVED, found.facts, found.words)


def test_another_objective_or_network_is_drift(settled: tuple[Claim, Settled]) -> None:
    one, found = settled
    data = found.certificate or b""
    decay = training_gap.replay(with_options(one, weight_decay=Fraction(1, 4)), data)
    assert decay.status is Status.DRIFTED and "hidden_weight_decay" in decay.message
    loss = replace(one, options={"weight_decay": Fraction(1, 5), "gap": Fraction(1, 10), "loss": "half-mean",
                                 "hidden_bias": "penalised", "output_bias": "penalised"})  # fmt: skip
    assert training_gap.replay(loss, data).status is Status.DRIFTED


def test_a_smaller_gap_than_the_certified_one_is_undecided(settled: tuple[Claim, Settled]) -> None:
    one, found = settled
    small = training_gap.replay(with_options(one, gap=Fraction(1, 10**9)), found.certificate or b"")
    assert small.status is Status.UNDECIDED and "the certified gap is" in small.message


@pytest.mark.parametrize(
    ("options", "what"),
    [
        ({"gap": None}, "gap is missing"),
        ({"gap": "0.1"}, "type"),
        ({"gap": Fraction(1)}, r"not in \[0, 1\)"),
        ({"gap": True}, "type"),
        ({"weight_decay": Fraction(0)}, "not positive"),
        ({"convention": "keras"}, "not one of torch"),
        ({"loss": "mean"}, "settled by the convention"),
        ({"lr": 1}, "is unknown"),
        ({"features": "a"}, "type"),
    ],
)
def test_options_that_make_no_sense(settled: tuple[Claim, Settled], options: dict[str, object], what: str) -> None:
    one = settled[0]
    kept = {key: value for key, value in {**one.options, **options}.items() if value is not None}
    with pytest.raises(LedgerError, match=what):
        training_gap.stated(replace(one, options=kept))


def test_files_that_are_not_there(settled: tuple[Claim, Settled]) -> None:
    with pytest.raises(LedgerError, match=r"none\.npz"):
        training_gap.stated(replace(settled[0], model="none.npz"))
    with pytest.raises(LedgerError, match="no path inside"):
        training_gap.stated(replace(settled[0], data="../iris.csv"))
