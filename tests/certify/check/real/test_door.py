"""One door for certificates of every kind, and what is said about claims on real functions."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from relucert.certify.check.__main__ import main
from relucert.certify.check.real.door import as_json, as_text, check_any, exit_code
from relucert.cli.main import main as command
from tests.certify.check.real.claims import certificate, claim

PROVED = certificate(claim("G(t) >= 0", "t in [3, pi]"), [[["taylor_touch", 0, 0, "high", 3]]], ["3"])
REFUTED = certificate(claim("x^2 >= x", "x in [0, 1]", assertion="fails"), [], ["1/2"])
VACUOUS = certificate(claim("x > 5", "x in [0, 1]", where=["x > 2"], assertion="vacuous"), [[["interval", 0]]])
OPEN = certificate(claim("x > 1/2", "x in [1, 2]", where=["x > 0"]), [[["interval", 1]]])


def bytes_of(value: Any) -> bytes:
    return json.dumps(value).encode()


@pytest.mark.parametrize(
    ("value", "code", "meaning", "line"),
    [
        (PROVED, 0, "proved", "not vacuous at t = 3"),
        (REFUTED, 0, "refuted", "counterexample x = 1/2"),
        (VACUOUS, 1, "vacuous", "There are no x in [0, 1] with x > 2."),
        (OPEN, 0, "proved", "the claim may be true for want of points"),
    ],
    ids=["proved", "refuted", "vacuous", "no point"],
)
def test_what_is_said(value: Any, code: int, meaning: str, line: str) -> None:
    verdict = check_any(bytes_of(value))
    assert exit_code(verdict) == code
    assert as_json(verdict)["meaning"] == meaning
    text = as_text(verdict)
    assert line in text
    assert text.endswith("\nVALID")


def test_other_bytes_are_invalid() -> None:
    for data in (b"", b"[]", b'{"format":"relucert-certificate"}', bytes_of(PROVED)[:-1]):
        verdict = check_any(data)
        assert exit_code(verdict) == 1
        assert as_text(verdict).startswith("INVALID: ")
        assert as_json(verdict)["verdict"] == "INVALID"


def test_both_commands_print_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "g.json"
    path.write_bytes(bytes_of(PROVED))
    for run in (lambda: main([str(path)]), lambda: command(["check", str(path)])):
        assert run() == 0
        assert "For all t in [3, pi]: (pi - t)*cos(t) + sin(t) >= 0." in capsys.readouterr().out
    assert command(["check", str(path), "--weight-decay", "1"]) == 2
    assert "leave it out" in capsys.readouterr().err


def test_long_statements_are_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    from relucert.certify.check.real import report

    monkeypatch.setattr(report, "LONGEST", 20)
    assert "characters)" in as_text(check_any(bytes_of(VACUOUS)))


def test_explain_says_which_command_shows_a_formula(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "g.json"
    path.write_bytes(bytes_of(PROVED))
    assert command(["explain", str(path)]) == 2
    assert "the certificate is about real functions" in capsys.readouterr().err
