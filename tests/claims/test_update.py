"""Updates: what is missing is made, what is right stays, nothing that is not as declared is recorded."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from relucert.claims import run, update
from relucert.claims.errors import LedgerError
from relucert.claims.outcome import Outcome
from relucert.claims.read import read_ledger
from relucert.claims.run import check_ledgers
from relucert.claims.update import update_ledgers
from tests.claims.ledgers import FALSE, OPEN, SINE, VACUOUS, read, written


def test_certificates_are_recorded_and_replay(tmp_path: Path) -> None:
    done = update_ledgers([read(tmp_path, SINE + FALSE + OPEN)])
    assert set(done.written) == {"sine", "false"}
    report = check_ledgers([tmp_path], frozen=True)
    assert [one.verdict for one in report.outcomes] == ["proved", "refuted", "open"]
    assert report.exit_code == 0
    assert [one.certificate and one.certificate.path for one in report.outcomes] == [
        "certificates/sine.cert.json", "certificates/false.cert.json", None,
    ]  # fmt: skip


def test_a_second_update_changes_nothing(tmp_path: Path) -> None:
    update_ledgers([read(tmp_path, SINE + FALSE)])
    path = tmp_path / "claims.toml"
    before = path.read_bytes()
    assert update_ledgers([read_ledger(path)]).written == {}
    assert path.read_bytes() == before


def test_what_is_not_as_declared_is_not_recorded(tmp_path: Path) -> None:
    wrong = FALSE.replace('expect = "refuted"\n', "")
    done = update_ledgers([read(tmp_path, wrong + VACUOUS)])
    assert done.written == {} and not (tmp_path / "certificates").exists()
    assert [one.verdict for one in done.outcomes] == ["refuted", "vacuous"]
    assert (tmp_path / "claims.toml").read_text() == wrong + VACUOUS


@pytest.mark.parametrize("damage", ["byte", "gone", "constant", "hash"])
def test_what_drifted_is_made_again(tmp_path: Path, damage: str) -> None:
    update_ledgers([read(tmp_path, SINE)])
    path, certificate = tmp_path / "claims.toml", tmp_path / "certificates" / "sine.cert.json"
    whole = certificate.read_bytes()
    if damage == "byte":
        certificate.write_bytes(whole + b" ")
    elif damage == "gone":
        certificate.unlink()
    elif damage == "constant":
        path.write_text(path.read_text().replace("<= x", "<= 2*x"))
    else:
        path.write_text("\n".join(line for line in path.read_text().split("\n") if not line.startswith("sha256")))
    assert check_ledgers([path], frozen=True).exit_code != 0
    update_ledgers([read_ledger(path)])
    assert check_ledgers([path], frozen=True).exit_code == 0
    assert (certificate.read_bytes() == whole) == (damage != "constant")


def test_a_certificate_that_is_itself_the_claim_is_recorded_when_it_is_valid(tmp_path: Path) -> None:
    update_ledgers([read(tmp_path, SINE)])
    bare = '[[claim]]\nid = "bare"\nkind = "inequality"\nstatement = "s"\ncertificate = "certificates/sine.cert.json"\n'
    assert update_ledgers([read(tmp_path, bare)]).written == {"bare": "certificates/sine.cert.json"}
    assert check_ledgers([tmp_path], frozen=True).exit_code == 0
    (tmp_path / "certificates" / "sine.cert.json").write_bytes(b"{}")
    done = update_ledgers([read_ledger(tmp_path / "claims.toml")])
    assert done.written == {} and done.outcomes[0].verdict == "invalid"


def test_only_what_is_named(tmp_path: Path) -> None:
    done = update_ledgers([read(tmp_path, SINE + FALSE)], only=["false"])
    assert set(done.written) == {"false"} and len(done.outcomes) == 1


def test_the_checker_is_recorded_by_a_whole_update(tmp_path: Path) -> None:
    text = 'checker = "00000000"\n'
    update_ledgers([read(tmp_path, text + SINE + FALSE)], only=["sine"])
    assert read_ledger(tmp_path / "claims.toml").checker == "00000000"
    update_ledgers([read_ledger(tmp_path / "claims.toml")])
    assert read_ledger(tmp_path / "claims.toml").checker == str(run.checker()["sha256"])[:16]


def test_an_interruption_leaves_finished_certificates(tmp_path: Path) -> None:
    def stop(outcome: Outcome, known: int, of: int) -> None:
        del outcome, known, of
        raise KeyboardInterrupt

    done = update_ledgers([read(tmp_path, SINE + FALSE)], jobs=1, progress=stop)
    assert done.interrupted and set(done.written) == {"sine"}
    assert (tmp_path / "certificates" / "sine.cert.json").is_file()
    ledger = read_ledger(tmp_path / "claims.toml")
    assert [claim.certificate for claim in ledger.claims] == ["certificates/sine.cert.json", None]


def test_a_ledger_that_was_changed_meanwhile_keeps_the_change(tmp_path: Path) -> None:
    ledger = read(tmp_path, SINE + FALSE)
    other = OPEN + SINE.replace("<= x", "<= 3*x") + FALSE + "# a remark\n"
    written(tmp_path, other)
    update_ledgers([ledger])
    now = read_ledger(tmp_path / "claims.toml")
    assert [claim.certificate for claim in now.claims] == [None, None, "certificates/false.cert.json"]
    assert now.path.read_text().endswith("# a remark\n")


def test_two_updates_at_once_are_refused(tmp_path: Path) -> None:
    fcntl = pytest.importorskip("fcntl")
    ledger = read(tmp_path, SINE)
    with ledger.path.open() as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        with pytest.raises(LedgerError, match="another update is at work"):
            update_ledgers([ledger])
    assert update_ledgers([ledger]).written


def test_a_folder_that_leads_out_is_not_written_to(tmp_path: Path) -> None:
    home, outside = tmp_path / "home", tmp_path / "outside"
    home.mkdir()
    outside.mkdir()
    (home / "certificates").symlink_to(outside)
    with pytest.raises(LedgerError, match="leads out"):
        update_ledgers([read(home, SINE)])
    assert list(outside.iterdir()) == []


def test_a_full_disk_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path, data: bytes) -> None:
        del path, data
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr(update, "write_atomically", full)
    with pytest.raises(LedgerError, match="No space left"):
        update_ledgers([read(tmp_path, SINE)])
