"""What counts as declared, and which exit code a whole check has."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from relucert.claims.ledger import Claim, Place
from relucert.claims.outcome import Code, Finding, Outcome, Report, Settled, Status
from relucert.claims.outputs.badge import badge

HERE = Place(Path("claims.toml"), 1)


def outcome(status: Status, expect: str = "proved", **keys: str) -> Outcome:
    content = {"prove": "x = x"} if keys.pop("content", "yes") else {}
    claim = Claim("a", "inequality", "words", Path(), HERE, expect=expect, **content, **keys)  # type: ignore[arg-type]
    return Outcome(claim, Settled(status, grade="exact"))


def report(*outcomes: Outcome, findings: tuple[Finding, ...] = ()) -> Report:
    return Report([], outcomes, findings)


@pytest.mark.parametrize(
    ("status", "expect", "code"),
    [
        (Status.PROVED, "proved", 0),
        (Status.PROVED, "refuted", 1),
        (Status.PROVED, "open", 1),
        (Status.REFUTED, "refuted", 0),
        (Status.REFUTED, "proved", 1),
        (Status.REFUTED, "open", 1),
        (Status.UNDECIDED, "proved", 4),
        (Status.UNDECIDED, "refuted", 4),
        (Status.UNDECIDED, "open", 0),
        (Status.MISSING, "proved", 4),
        (Status.MISSING, "open", 0),
        (Status.CRASHED, "open", 4),
        (Status.CRASHED, "proved", 4),
        *[(status, expect, 1) for status in (Status.VACUOUS, Status.INVALID, Status.DRIFTED, Status.FAILED)
          for expect in ("proved", "refuted", "open")],
        (Status.NUMERIC, "proved", 3),
        (Status.NUMERIC, "refuted", 3),
        (Status.MODULO, "proved", 3),
        (Status.REFUSED, "open", 2),
        (Status.ERROR, "proved", 70),
    ],
)  # fmt: skip
def test_exit_codes_of_single_claims(status: Status, expect: str, code: int) -> None:
    one = outcome(status, expect)
    assert one.exit_code == code
    assert one.expected == (code == 0 or (code == 3 and expect == "proved"))
    assert not (one.established and status not in (Status.PROVED, Status.REFUTED))


def test_a_recorded_certificate_that_is_gone_is_not_open() -> None:
    assert not outcome(Status.MISSING, "open", certificate="a.json").expected


def test_the_worst_code_wins() -> None:
    good = outcome(Status.PROVED)
    assert report().exit_code == Code.NOTHING_TO_CHECK
    assert report(good).exit_code == 0
    assert report(good, outcome(Status.NUMERIC)).exit_code == 3
    assert report(good, outcome(Status.NUMERIC), outcome(Status.UNDECIDED)).exit_code == 4
    assert report(outcome(Status.UNDECIDED), outcome(Status.REFUTED)).exit_code == 1
    assert report(outcome(Status.REFUTED), outcome(Status.REFUSED)).exit_code == 2
    assert report(outcome(Status.REFUSED), outcome(Status.ERROR)).exit_code == 70


def test_open_claims_alone_are_no_success() -> None:
    is_open = outcome(Status.UNDECIDED, "open")
    assert report(is_open).exit_code == 4
    assert report(is_open, outcome(Status.PROVED)).exit_code == 0


def test_findings_count_when_they_are_errors() -> None:
    good = outcome(Status.PROVED)
    for level, code in (("error", 2), ("warning", 0), ("note", 0)):
        assert report(good, findings=(Finding("rule", level, "what", HERE),)).exit_code == code
    changed = Finding("checker-changed", "error", "what", HERE, code=Code.NOT_AS_DECLARED)
    assert report(good, findings=(changed,)).exit_code == 1


def test_the_summary_never_says_only_what_is_well() -> None:
    found = report(
        outcome(Status.PROVED),
        outcome(Status.REFUTED, "refuted"),
        outcome(Status.REFUTED),
        outcome(Status.PROVED, "open"),
        outcome(Status.NUMERIC),
        outcome(Status.UNDECIDED, "open"),
        outcome(Status.VACUOUS),
    )
    assert found.summary() == (
        "1/7 proved, 1 refuted as declared, 1 proved, not as declared, 1 refuted, not as declared, 1 vacuous, "
        "1 numeric, 1 open"
    )
    assert sum(found.counts().values()) == 7
    assert report(outcome(Status.PROVED)).summary() == "1/1 proved"


def test_what_must_be_believed() -> None:
    claim = Claim("a", "identity", "w", Path(), HERE, derivation="x", assumptions=("inputs are Gaussian",))
    found = Outcome(claim, Settled(Status.PROVED, grade="symbolic", believe=("SymPy",)))
    assert found.must_believe == (
        "inputs are Gaussian (assumed in words)",
        "SymPy",
        "the author's words say what the checker's words say",
    )


def test_a_part_of_the_claims_is_not_all_of_them() -> None:
    whole = report(outcome(Status.PROVED))
    part = replace(whole, interrupted=True)
    assert (whole.exit_code, part.exit_code) == (Code.AS_DECLARED, Code.UNDECIDED)
    assert part.summary() == "1/1 proved, interrupted before the others"
    assert "green" in badge(whole) and "green" not in badge(part)
