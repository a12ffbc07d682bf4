"""Certificates without another formal content: what they say is the claim."""

from __future__ import annotations

from pathlib import Path

import pytest

from relucert.claims.kinds import certificate, formula
from relucert.claims.outcome import Status
from tests.claims.ledgers import FALSE, SINE, VACUOUS, claim
from tests.house.tree import ROOT

VALID = sorted((ROOT / "tests" / "certificates" / "valid").glob("*.json"))


@pytest.mark.parametrize(
    ("text", "status"), [(SINE, Status.PROVED), (FALSE, Status.REFUTED), (VACUOUS, Status.VACUOUS)]
)
def test_the_words_are_those_of_the_certificate(tmp_path: Path, text: str, status: Status) -> None:
    settled = formula.settle(claim(tmp_path, text))
    found = certificate.replay(claim(tmp_path, SINE), settled.certificate or b"")
    assert (found.status, found.words, found.point) == (status, settled.words, settled.point)


@pytest.mark.parametrize("path", VALID[:6], ids=lambda path: path.name)
def test_certificates_of_every_kind_have_words(path: Path, tmp_path: Path) -> None:
    found = certificate.replay(claim(tmp_path, SINE), path.read_bytes())
    assert found.status in (Status.PROVED, Status.REFUTED, Status.VACUOUS)
    assert found.words and found.grade and found.rules
    assert "sha256" not in found.words


def test_what_is_no_certificate(tmp_path: Path) -> None:
    assert certificate.replay(claim(tmp_path, SINE), b"{}").status is Status.INVALID
