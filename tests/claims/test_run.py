"""Whole ledgers: the order of the file, the cache, drift, workers that die."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from relucert.claims import run
from relucert.claims.errors import LedgerError
from relucert.claims.outcome import Outcome, Settled, Status
from relucert.claims.run import check_ledgers
from relucert.claims.update import update_ledgers
from tests.claims.ledgers import FALSE, OPEN, SINE, VACUOUS, read, written


def verdicts(path: Path, **options: object) -> dict[str, str]:
    return {one.claim.id: one.verdict for one in check_ledgers([path], **options).outcomes}  # type: ignore[arg-type]


def test_outcomes_come_in_the_order_of_the_file(tmp_path: Path) -> None:
    report = check_ledgers([written(tmp_path, OPEN + FALSE + SINE)], jobs=2)
    assert [(one.claim.id, one.verdict) for one in report.outcomes] == [
        ("open", "open"), ("false", "refuted"), ("sine", "proved"),
    ]  # fmt: skip
    assert report.exit_code == 0 and not report.interrupted
    assert report.summary() == "1/3 proved, 1 refuted as declared, 1 open"


def test_a_folder_or_a_file_and_each_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path, OPEN)
    assert len(check_ledgers([path, tmp_path]).outcomes) == 1
    monkeypatch.chdir(tmp_path)
    assert len(check_ledgers([]).outcomes) == 1
    with pytest.raises(LedgerError, match="there is no ledger"):
        check_ledgers([tmp_path / "none"])


def test_an_emptied_ledger_has_nothing_to_check(tmp_path: Path) -> None:
    for text in ("", "# only\n", 'title = "t"\n', "claim = []\n"):
        assert check_ledgers([written(tmp_path, text)]).exit_code == 5


def test_contradictory_conditions_fail(tmp_path: Path) -> None:
    report = check_ledgers([written(tmp_path, VACUOUS)])
    assert (report.outcomes[0].verdict, report.exit_code) == ("vacuous", 1)


def test_one_claim_by_its_id_or_label(tmp_path: Path) -> None:
    path = written(tmp_path, OPEN + SINE)
    assert verdicts(path, only=["lem:sine"]) == {"sine": "proved"}
    with pytest.raises(LedgerError, match="did you mean sine"):
        check_ledgers([path], only=["sin"])


def test_what_is_known_is_not_settled_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, cache = written(tmp_path, SINE + FALSE), tmp_path / "cache"
    first = check_ledgers([path], cache=cache)
    assert not any(one.cached for one in first.outcomes)
    monkeypatch.setattr(run, "settle", lambda *_: pytest.fail("settled again"))
    second = check_ledgers([path], cache=cache)
    assert all(one.cached for one in second.outcomes)
    assert [one.settled for one in second.outcomes] == [one.settled for one in first.outcomes]


def test_frozen_trusts_no_cache(tmp_path: Path) -> None:
    path, cache = written(tmp_path, SINE), tmp_path / "cache"
    assert verdicts(path, cache=cache) == {"sine": "proved"}
    assert verdicts(path, cache=cache, frozen=True) == {"sine": "missing"}
    assert check_ledgers([path], cache=cache, frozen=True).exit_code == 4


def test_frozen_neither_reads_nor_writes_the_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, cache = written(tmp_path, SINE), tmp_path / "cache"
    update_ledgers([read(tmp_path, SINE)])
    monkeypatch.setattr(run.Cache, "get", lambda *_: pytest.fail("read"))
    report = check_ledgers([path], cache=cache, frozen=True)
    assert report.exit_code == 0 and not cache.exists()


def test_progress_counts_up(tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    check_ledgers([written(tmp_path, OPEN + SINE)], progress=lambda _, known, of: seen.append((known, of)))
    assert seen == [(1, 2), (2, 2)]


# ---- what happens to processes


forked = pytest.mark.skipif(
    multiprocessing.get_start_method() != "fork", reason="the test replaces what forked workers run"
)


def with_settle(monkeypatch: pytest.MonkeyPatch, settle: Callable[..., Settled]) -> None:
    """Workers are forked here, so they run what is put in place of the real thing."""
    monkeypatch.setattr(run, "settle", settle)


def many(folder: Path, count: int = 6) -> Path:
    """Claims that differ in id, label and formula."""
    texts = [
        SINE.replace('"sine"', f'"c{n}"').replace("lem:sine", f"lem:{n}").replace("<= x", f"<= x + {n}")
        for n in range(count)
    ]
    return written(folder, "".join(texts))


@forked
def test_a_killed_worker_is_named_and_loses_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, cache = many(tmp_path), tmp_path / "cache"

    def killing(claim: object, _: object) -> Settled:
        if getattr(claim, "id", "") == "c2":
            os.kill(os.getpid(), signal.SIGKILL)
        return Settled(Status.PROVED, "words", grade="exact")

    with_settle(monkeypatch, killing)
    report = check_ledgers([path], cache=cache, jobs=2)
    assert [one.verdict for one in report.outcomes] == ["proved", "proved", "crashed", "proved", "proved", "proved"]
    crashed = report.outcomes[2]
    assert "'c2'" in crashed.settled.message and "SIGKILL" in crashed.settled.message
    assert report.exit_code == 4
    # the next run takes up where this one ended
    with_settle(monkeypatch, lambda *_: Settled(Status.PROVED, "words", grade="exact"))
    again = check_ledgers([path], cache=cache)
    assert [one.cached for one in again.outcomes] == [True, True, False, True, True, True]


@forked
def test_an_interruption_keeps_what_is_finished(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, cache = many(tmp_path), tmp_path / "cache"
    with_settle(monkeypatch, lambda *_: Settled(Status.PROVED, "words", grade="exact"))

    def stop(outcome: Outcome, known: int, of: int) -> None:
        del outcome, of
        if known == 3:
            raise KeyboardInterrupt

    report = check_ledgers([path], cache=cache, jobs=1, progress=stop)
    assert report.interrupted and len(report.outcomes) == 3
    assert [one.cached for one in check_ledgers([path], cache=cache).outcomes] == [True] * 3 + [False] * 3


def test_code_that_does_not_end_is_stopped(tmp_path: Path) -> None:
    (tmp_path / "endless_code.py").write_text("def run():\n    while True:\n        pass\n")
    text = '[[claim]]\nid = "endless"\nkind = "numeric"\nstatement = "s"\npython = "endless_code:run"\ntime = 0.5\n'
    report = check_ledgers([written(tmp_path, text + SINE)], allow_code=True)
    assert [one.verdict for one in report.outcomes] == ["crashed", "proved"]
    assert "'endless': it did not end within" in report.outcomes[0].settled.message


# ---- drift: each kind with its own message and exit code


@pytest.fixture
def recorded(tmp_path: Path) -> Path:
    """A ledger with a recorded certificate and a paper."""
    (tmp_path / "paper.tex").write_text("\\begin{lemma}\\label{lem:sine} Sines. \\end{lemma}\n")
    text = 'checker = "00000000"\n[paper]\ntex = "paper.tex"\n' + SINE
    assert update_ledgers([read(tmp_path, text)]).written == {"sine": "certificates/sine.cert.json"}
    path = tmp_path / "claims.toml"
    assert check_ledgers([path], frozen=True).exit_code == 0
    return path


def replaced(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def test_drift_of_a_constant(recorded: Path) -> None:
    replaced(recorded, 'sin(x) <= x"', 'sin(x) <= 1.5*x"')
    for frozen in (False, True):
        report = check_ledgers([recorded], frozen=frozen)
        assert (report.outcomes[0].verdict, report.exit_code) == ("drifted", 1)
        assert "the certificate is about something else" in report.outcomes[0].settled.message


def test_drift_of_a_label(recorded: Path) -> None:
    replaced(recorded.parent / "paper.tex", "lem:sine", "lem:sines")
    report = check_ledgers([recorded], frozen=True)
    (finding,) = [finding for finding in report.findings if finding.level == "error"]
    assert (finding.rule, report.exit_code) == ("label-renamed", 2)
    assert "lem:sines" in str(finding) and "paper.tex, line 1" in str(finding) and "claims.toml, line 7" in str(finding)


@pytest.mark.parametrize("place", [0, 100, -2])
def test_drift_of_a_byte(recorded: Path, place: int) -> None:
    path = recorded.parent / "certificates" / "sine.cert.json"
    data = bytearray(path.read_bytes())
    data[place] ^= 1
    path.write_bytes(data)
    report = check_ledgers([recorded], frozen=True)
    assert (report.outcomes[0].verdict, report.exit_code) == ("drifted", 1)
    assert "not the one that was recorded" in report.outcomes[0].settled.message


def test_drift_of_the_checker(recorded: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "checker", lambda: {"sha256": "f" * 64, "lines": 1})
    report = check_ledgers([recorded], frozen=True)
    (finding,) = report.findings
    assert (finding.rule, report.outcomes[0].verdict, report.exit_code) == ("checker-changed", "proved", 1)
    assert "ffffffff" in finding.message


def test_an_emptied_recorded_ledger(recorded: Path) -> None:
    recorded.write_text("")
    assert check_ledgers([recorded], frozen=True).exit_code == 5
