"""Descents of a ledger: the map, the starts, the target and the number of steps are the claim's own."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from relucert.claims.errors import LedgerError
from relucert.claims.kinds import descent, formula
from relucert.claims.ledger import Claim
from relucert.claims.outcome import Settled, Status
from tests.claims.ledgers import SINE, claim

TEXT = """
[[claim]]
id = "descent"
kind = "descent"
statement = "It gets there."
descent = "non-overlapping"
for = ["r in [9/10, 11/10]", "theta in [0, 1/10]"]
options = { k = 2, step = 0.5, radius = 0.1 }
"""


@pytest.fixture(scope="module")
def settled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Claim, Settled]:
    one = claim(tmp_path_factory.mktemp("descent"), TEXT)
    return one, descent.settle(one)


def test_it_is_proved_and_replayed(settled: tuple[Claim, Settled]) -> None:
    one, found = settled
    assert found.status is Status.PROVED and int(found.facts["steps"]) >= 1
    assert "step = 1/2" in found.words and "From every start with r in [9/10, 11/10]" in found.words
    assert any("derivation non-overlapping-reduced-descent" in text for text in found.believe)
    again = descent.replay(one, found.certificate or b"")
    assert (again.status, again.words, again.facts) == (found.status, found.words, found.facts)


@pytest.mark.parametrize(
    "change",
    [{"ranges": ("r in [9/10, 11/10]", "theta in [0, 1/5]")}, {"options": {"k": 3, "step": Fraction(1, 2)}},
     {"options": {"k": 2, "step": Fraction(1, 4)}},
     {"options": {"k": 2, "step": Fraction(1, 2), "radius": Fraction(1, 20)}}, {"descent": "leaky"}],
    ids=["starts", "patches", "step", "radius", "model"],
)  # fmt: skip
def test_any_other_constant_is_drift(settled: tuple[Claim, Settled], change: dict[str, object]) -> None:
    one, found = settled
    try:
        other = descent.replay(replace(one, **change), found.certificate or b"")  # type: ignore[arg-type]
    except LedgerError:
        assert "descent" in change  # a model with other coordinates has no such starts
        return
    assert other.status is Status.DRIFTED


def test_fewer_steps_than_certified_are_not_proved(settled: tuple[Claim, Settled]) -> None:
    one, found = settled
    steps = int(found.facts["steps"])
    for claimed, status in ((steps, Status.PROVED), (steps - 1, Status.UNDECIDED)):
        asked = replace(one, options={**one.options, "steps": claimed})
        assert descent.replay(asked, found.certificate or b"").status is status


def test_convergence_needs_a_rate(settled: tuple[Claim, Settled]) -> None:
    one, found = settled
    convergence = replace(one, kind="convergence")
    expected = Status.PROVED if "rate" in found.facts else Status.UNDECIDED
    assert descent.replay(convergence, found.certificate or b"").status is expected
    aimed = replace(convergence, options={"k": 2, "step": Fraction(1, 2), "target": "r >= 1/2"})
    result = descent.settle(aimed)
    assert result.status is Status.UNDECIDED and "no rate" in result.message


def test_a_certificate_of_another_kind_is_drift(settled: tuple[Claim, Settled], tmp_path: Path) -> None:
    data = formula.settle(claim(tmp_path, SINE)).certificate or b""
    assert descent.replay(settled[0], data).status is Status.DRIFTED
    assert descent.replay(settled[0], b"{").status is Status.INVALID


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [("non-overlapping", "non-overlaping", "unknown descent"), ("theta in", "angle in", "no coordinate"),
     ("k = 2", "m = 2", "no setting"), ("step = 0.5", 'step = "0.5"', "no number above 0"),
     ("step = 0.5", "steps = 1.5", "no number of steps"), ("radius = 0.1", "target = 1", "no formula"),
     ("k = 2", "k = true", "no number"), ("step = 0.5", "step = -1", "no number above 0")],
)  # fmt: skip
def test_mistakes_are_explained(tmp_path: Path, old: str, new: str, what: str) -> None:
    with pytest.raises(LedgerError, match=what) as caught:
        descent.stated(claim(tmp_path, TEXT.replace(old, new)))
    assert "claims.toml, line " in str(caught.value)
