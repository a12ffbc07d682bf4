"""Chains of reductions of a ledger: derived anew, their evidence replayed, the answer the claimed one."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from relucert.claims.errors import LedgerError
from relucert.claims.kinds import bundle
from relucert.claims.ledger import Claim
from relucert.claims.outcome import Status
from relucert.claims.settle import How, settle
from relucert.cli.main import main
from tests.claims.ledgers import claim

TEXT = """
[[claim]]
id = "vdw"
kind = "reduction"
statement = "W(2,3) > 8."
bundle = "chain.json"
options = { answer = "yes" }
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("bundle")
    arguments = ["--instance", "vdw:3,3,8", "--to", "k-non-overlap", "-o", str(place / "open.json")]
    assert main(["reduce", *arguments]) == 0
    for name, size in (("yes", 8), ("no", 9)):
        arguments = ["--instance", f"vdw:3,3,{size}", "--to", "k-non-overlap", "-o", str(place / f"{name}-chain.json")]
        assert main(["reduce", *arguments]) == 0
        assert main(["decide", str(place / f"{name}-chain.json"), "-o", str(place / f"{name}.json")]) == 0
    return place


def entry(folder: Path, name: str, answer: str) -> Claim:
    return claim(folder, TEXT.replace("chain.json", name).replace('"yes"', f'"{answer}"'))


def test_both_answers_are_proved(folder: Path) -> None:
    for name in ("yes", "no"):
        found = bundle.settle(entry(folder, f"{name}.json", name))
        assert (found.status, found.grade, found.certificate) == (Status.PROVED, "exact", None)
        assert found.words.startswith(f"The answer is {name} for this instance of set-splitting")
    assert any("maps of the reduction" in text for text in found.believe)


def test_the_other_answer_is_refuted(folder: Path) -> None:
    assert bundle.settle(entry(folder, "yes.json", "no")).status is Status.REFUTED
    assert bundle.settle(entry(folder, "no.json", "yes")).status is Status.REFUTED


def test_a_chain_without_evidence_proves_nothing(folder: Path) -> None:
    assert bundle.settle(entry(folder, "open.json", "yes")).status is Status.UNDECIDED


def test_frozen_runs_replay_it(folder: Path) -> None:
    assert settle(entry(folder, "no.json", "no"), How(frozen=True)).status is Status.PROVED


@pytest.mark.parametrize("part", ["path", "certificate"])
def test_damage_is_found(folder: Path, part: str) -> None:
    values: dict[str, Any] = json.loads((folder / "no.json").read_text())
    other: dict[str, Any] = json.loads((folder / "yes.json").read_text())
    values[part] = other["path"] if part == "path" else json.loads((folder / "no.json").read_text())["certificate"]
    if part == "certificate":
        text = json.dumps(values[part])
        values[part] = json.loads(text.replace("unreachable", "reachable", 1))
    (folder / "damaged.json").write_text(json.dumps(values))
    found = settle(entry(folder, "damaged.json", "no"), How())
    assert found.status in (Status.INVALID, Status.REFUSED) and found.message


def test_mistakes_are_explained(folder: Path) -> None:
    for one, what in (
        (entry(folder, "none.json", "yes"), "there is no bundle"),
        (entry(folder, "../no.json", "yes"), "no path inside"),
        (entry(folder, "no.json", "maybe"), "no answer"),
        (replace(entry(folder, "no.json", "no"), options={"answer": "no", "k": 2}), "no answer"),
    ):
        with pytest.raises(LedgerError, match=what):
            bundle.settle(one)


def test_a_certificate_beside_it_has_no_meaning(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="has no meaning with bundle"):
        claim(tmp_path, TEXT + 'certificate = "a.json"\n')
