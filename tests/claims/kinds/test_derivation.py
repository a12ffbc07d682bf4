"""Derivations of a ledger are verified anew; what has to be believed is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from relucert.claims.errors import LedgerError
from relucert.claims.kinds import derivation
from relucert.claims.outcome import Status
from tests.claims.ledgers import claim

TEXT = """
[[claim]]
id = "mean"
kind = "identity"
statement = "The mean of a ReLU."
derivation = "relu-mean"
"""


def test_a_derivation_is_verified(tmp_path: Path) -> None:
    found = derivation.settle(claim(tmp_path, TEXT))
    assert (found.status, found.grade, found.certificate) == (Status.PROVED, "symbolic", None)
    assert sum(found.rules.values()) > 0 and "$" in found.words
    assert any("SymPy" in text for text in found.believe)


def test_an_unknown_one_names_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="did you mean relu-mean") as caught:
        derivation.settle(claim(tmp_path, TEXT.replace("relu-mean", "relu-men")))
    assert "line 6" in str(caught.value)


def test_a_step_that_fails_is_no_proof(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from relucert.symbolic import verify

    def failing(name: object) -> verify.Report:
        del name
        return verify.Report("relu-mean", (verify.StepReport("first", "identity", False, "1 is not 2"),))

    monkeypatch.setattr(verify, "verify", failing)
    found = derivation.settle(claim(tmp_path, TEXT))
    assert found.status is Status.FAILED and "step 'first' fails: 1 is not 2" in found.message
