"""One claim: recorded bytes are those that were recorded, frozen runs search nothing, grades are kept."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from relucert.claims.files import sha256
from relucert.claims.kinds import formula
from relucert.claims.ledger import WITHOUT_CERTIFICATE, Claim
from relucert.claims.outcome import Status
from relucert.claims.settle import MODULES, How, settle
from tests.claims.ledgers import OPEN, SINE, claim


def recorded(folder: Path) -> Claim:
    """The sine, with its certificate."""
    sine = claim(folder, SINE)
    data = formula.settle(sine).certificate or b""
    (folder / "sine.json").write_bytes(data)
    return replace(sine, certificate="sine.json", sha256=sha256(data))


def test_a_recorded_certificate_is_replayed_and_nothing_is_searched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sine = recorded(tmp_path)
    monkeypatch.setattr(formula, "settle", lambda _: pytest.fail("it searched"))
    for frozen in (False, True):
        assert settle(sine, How(frozen=frozen)).status is Status.PROVED


def test_a_changed_byte_is_drift_even_where_the_checker_would_not_mind(tmp_path: Path) -> None:
    sine = recorded(tmp_path)
    path = tmp_path / "sine.json"
    path.write_bytes(path.read_bytes() + b" ")
    found = settle(sine, How(frozen=True))
    assert found.status is Status.DRIFTED and "sha256" in found.message
    assert settle(replace(sine, sha256=sha256(path.read_bytes())), How(frozen=True)).status is Status.PROVED


def test_a_changed_claim_is_drift(tmp_path: Path) -> None:
    found = settle(replace(recorded(tmp_path), prove="sin(x) <= 1.1*x"), How())
    assert found.status is Status.DRIFTED and "something else" in found.message


def test_a_certificate_that_is_gone(tmp_path: Path) -> None:
    sine = recorded(tmp_path)
    (tmp_path / "sine.json").unlink()
    assert settle(sine, How()).status is Status.MISSING


def test_a_certificate_without_hash(tmp_path: Path) -> None:
    found = settle(replace(recorded(tmp_path), sha256=None), How())
    assert found.status is Status.DRIFTED and "no sha256" in found.message


def test_frozen_runs_search_nothing(tmp_path: Path) -> None:
    found = settle(claim(tmp_path, SINE), How(frozen=True))
    assert found.status is Status.MISSING and "--frozen" in found.message


def test_an_empty_claim_is_undecided(tmp_path: Path) -> None:
    assert settle(claim(tmp_path, OPEN), How()).status is Status.UNDECIDED


@pytest.mark.parametrize(("grade", "status"), [("interval", Status.PROVED), ("exact", Status.UNDECIDED)])
def test_a_weaker_grade_than_asked_for_is_no_proof(tmp_path: Path, grade: str, status: Status) -> None:
    found = settle(replace(recorded(tmp_path), grade=grade), How())
    assert found.status is status
    assert ("exact is asked for" in found.message) == (status is Status.UNDECIDED)


@pytest.mark.parametrize("name", ["../sine.json", "/etc/passwd", "link.json"])
def test_certificates_outside_are_not_read(tmp_path: Path, name: str) -> None:
    home = tmp_path / "home"
    home.mkdir()
    sine = recorded(home)
    (home / "sine.json").rename(tmp_path / "sine.json")
    (home / "link.json").symlink_to(tmp_path / "sine.json")
    found = settle(replace(sine, certificate=name), How())
    assert found.status is Status.REFUSED and "ledger's folder" in found.message


def test_what_goes_wrong_inside_is_an_outcome_that_names_the_claim(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def raising(error: Exception) -> object:
        def settle_it(_: Claim) -> None:
            raise error

        return settle_it

    sine = claim(tmp_path, SINE)
    for error, status in ((ZeroDivisionError("x"), Status.ERROR), (MemoryError(), Status.CRASHED),
                          (RecursionError(), Status.REFUSED)):  # fmt: skip
        monkeypatch.setattr(formula, "settle", raising(error))
        found = settle(sine, How())
        assert found.status is status
        assert status is Status.CRASHED or "'sine'" in found.message


def test_every_content_has_a_module() -> None:
    from importlib import import_module

    for name in MODULES.values():
        module = import_module(f"relucert.claims.kinds.{name}")
        assert hasattr(module, "settle") or name == "certificate"
        assert hasattr(module, "replay") != (name in WITHOUT_CERTIFICATE)
