"""Landscapes of a ledger: every part that the model names has a certificate about just that part."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from relucert.claims.errors import LedgerError
from relucert.claims.kinds import landscape
from relucert.claims.ledger import Claim
from relucert.claims.outcome import Settled, Status
from tests.claims.ledgers import claim

TEXT = """
[[claim]]
id = "all"
kind = "critical-points"
statement = "All critical points."
landscape = "non-overlapping"
options = { k = 2 }
"""


@pytest.fixture(scope="module")
def settled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Claim, Settled]:
    one = claim(tmp_path_factory.mktemp("landscape"), TEXT)
    return one, landscape.settle(one)


@pytest.mark.slow
def test_it_is_proved_and_replayed(settled: tuple[Claim, Settled]) -> None:
    one, found = settled
    assert found.status is Status.PROVED and int(found.facts["parts"]) > 5
    assert "degenerate saddle" in found.words
    assert landscape.replay(one, found.certificate or b"").status is Status.PROVED


@pytest.mark.slow
def test_every_part_is_needed_and_must_be_about_its_own(settled: tuple[Claim, Settled]) -> None:
    one, found = settled
    values = json.loads(found.certificate or b"")
    names = list(values["parts"])
    for place, name in enumerate(names):
        missing = {**values, "parts": {key: part for key, part in values["parts"].items() if key != name}}
        swapped = {**values, "parts": {**values["parts"], name: values["parts"][names[place - 1]]}}
        for damaged in (missing, swapped):
            result = landscape.replay(one, json.dumps(damaged).encode())
            # a loss encloses a number for the table; the theorem does not need it
            assert result.status is Status.DRIFTED or "/loss-" in name


@pytest.mark.slow
def test_other_settings_are_drift(settled: tuple[Claim, Settled]) -> None:
    one, found = settled
    assert landscape.replay(replace(one, options={"k": 3}), found.certificate or b"").status is Status.DRIFTED


@pytest.mark.parametrize(
    "data", [b"", b"{}", b"[]", b'{"format": "relucert-landscape-parts", "version": 1, "parts": 3}']
)
def test_what_holds_no_parts_is_invalid(tmp_path: Path, data: bytes) -> None:
    assert landscape.replay(claim(tmp_path, TEXT), data).status is Status.INVALID


def test_a_bound_is_a_positive_number(tmp_path: Path) -> None:
    (bounded,) = [
        part for entry in landscape.stated(claim(tmp_path, TEXT)) for part in entry.parts if part.kind == "bound"
    ]
    for bound in (None, "0", "-1", "x", "1/0"):
        assert not landscape.is_about(bounded, None, bound)


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [("non-overlapping", "resnet", "unknown model"), ("k = 2", "m = 2", "is unknown"),
     ("k = 2", 'k = "2"', "no number"), ("k = 2", "k = 2.5", "out of range"), ("k = 2", "k = -1", "out of range"),
     ("k = 2", "k = []", "no number")],
)  # fmt: skip
def test_mistakes_are_explained(tmp_path: Path, old: str, new: str, what: str) -> None:
    with pytest.raises(LedgerError, match=what):
        landscape.stated(claim(tmp_path, TEXT.replace(old, new)))


def test_defaults_are_those_of_the_model(tmp_path: Path) -> None:
    one = claim(tmp_path, TEXT.replace("options = { k = 2 }\n", ""))
    assert len(landscape.stated(one)) > len(landscape.stated(replace(one, options={"k": Fraction(2)})))
