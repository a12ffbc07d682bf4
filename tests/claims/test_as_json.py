"""Outcomes for programs are JSON, whatever was found."""

from __future__ import annotations

import json
from math import inf, nan
from pathlib import Path

from relucert.claims.as_json import outcome_json, report_json
from relucert.claims.ledger import Claim, Place
from relucert.claims.outcome import Certificate, Finding, Outcome, Report, Settled, Status

HERE = Place(Path("claims.toml"), 3)
CLAIM = Claim("a", "inequality", "words", Path(), HERE, prove="x = x", label="l")


def test_infinite_ends_are_null() -> None:
    stuck = {"margin": -inf, "where": {"x": [0.0, inf]}, "lowest_found": {"value": nan, "at": {"x": 1.0}}}
    found = outcome_json(Outcome(CLAIM, Settled(Status.UNDECIDED, stuck=stuck)))
    assert found["stuck"] == {
        "margin": None,
        "where": {"x": [0.0, None]},
        "lowest_found": {"value": None, "at": {"x": 1.0}},
    }
    json.dumps(found, allow_nan=False)


def test_a_report_is_complete() -> None:
    outcome = Outcome(CLAIM, Settled(Status.PROVED, "said", grade="exact"), Certificate("a.json", 3, "0" * 64))
    found = report_json(Report([], [outcome], [Finding("rule", "error", "what", HERE, "cure", "a")], {"sha256": "x"}))
    json.dumps(found, allow_nan=False)
    assert (found["verdict"], found["exit_code"], found["counts"]) == ("input error", 2, {"proved": 1})
    assert found["findings"] == [
        {
            "rule": "rule",
            "level": "error",
            "message": "what",
            "cure": "cure",
            "file": "claims.toml",
            "line": 3,
            "claim": "a",
        }
    ]
    claim = found["claims"][0]
    assert (claim["line"], claim["authors_words"], claim["checkers_words"]) == (3, "words", "said")
    assert claim["certificate"] == {"path": "a.json", "size": 3, "sha256": "0" * 64}
