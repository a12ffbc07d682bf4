"""The library of claims is what its sources say, and its certificates replay."""

from __future__ import annotations

import pytest

from relucert.claims.outcome import Code
from relucert.claims.read import read_ledger
from relucert.claims.run import LIBRARY, check_ledgers
from tests.house.tree import ROOT
from tools import library


def test_the_ledger_is_written_from_its_sources() -> None:
    claims = read_ledger(LIBRARY).claims
    recorded = {
        claim.id: {"certificate": claim.certificate, "sha256": claim.sha256}
        for claim in claims
        if claim.certificate is not None and claim.sha256 is not None
    }
    assert LIBRARY.read_text(encoding="utf-8") == library.ledger_text(recorded), "run python tools/library.py --update"


def test_every_entry_has_evidence_and_a_source_and_folklore_is_refuted() -> None:
    claims = read_ledger(LIBRARY).claims
    assert all(claim.certificate or claim.derivation or claim.bundle for claim in claims)
    assert all(claim.source for claim in claims)
    assert sum(claim.expect == "refuted" for claim in claims) >= 15
    page = (ROOT / "docs" / "library.md").read_text(encoding="utf-8")
    assert [line.split(" | ")[0][2:] for line in page.splitlines() if line.startswith("| ")][1:] == [
        claim.id for claim in claims
    ]


def test_a_part_of_the_library_replays() -> None:
    claims = [claim.id for claim in read_ledger(LIBRARY).claims if claim.id.startswith(("a01.", "f0", "reduction."))]
    report = check_ledgers([LIBRARY], frozen=True, only=claims, jobs=2)
    assert report.exit_code is Code.AS_DECLARED and len(report.outcomes) == len(claims) > 15


@pytest.mark.slow
def test_the_library_replays() -> None:
    report = check_ledgers([LIBRARY], frozen=True, jobs=2)
    assert [outcome.claim.id for outcome in report.outcomes if not outcome.established] == []
    assert report.exit_code is Code.AS_DECLARED
