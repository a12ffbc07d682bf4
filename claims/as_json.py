"""Outcomes and reports for programs."""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite
from typing import Any

from relucert.claims.outcome import Finding, Outcome, Report


def report_json(report: Report) -> dict[str, Any]:
    """What ``relucert claims check --json`` prints."""
    return {
        "verdict": verdict(report),
        "exit_code": int(report.exit_code),
        "summary": report.summary(),
        "counts": report.counts(),
        "interrupted": report.interrupted,
        "seconds": round(report.seconds, 3),
        "checker": dict(report.checker),
        "claims": [outcome_json(outcome) for outcome in report.outcomes],
        "findings": [finding_json(finding) for finding in report.findings],
    }


def verdict(report: Report) -> str:
    """One word for the exit code."""
    words = {0: "as declared", 1: "not as declared", 2: "input error", 3: "not all proved", 4: "undecided",
             5: "nothing to check", 70: "internal error"}  # fmt: skip
    return words[int(report.exit_code)]


def outcome_json(outcome: Outcome) -> dict[str, Any]:
    """One claim: what was expected and found, both wordings, and what has to be believed."""
    claim, found, certificate = outcome.claim, outcome.settled, outcome.certificate
    return {
        "id": claim.id,
        "label": claim.label,
        "kind": claim.kind,
        "file": str(claim.place.file),
        "line": claim.place.line,
        "verdict": outcome.verdict,
        "expect": claim.expect,
        "expected": outcome.expected,
        "established": outcome.established,
        "authors_words": claim.statement,
        "checkers_words": found.words,
        "assumptions": list(claim.assumptions),
        "must_believe": list(outcome.must_believe),
        "message": found.message,
        "cure": found.cure,
        "grade": found.grade,
        "point": None if found.point is None else dict(found.point),
        "rules": dict(found.rules),
        "facts": dict(found.facts),
        "stuck": _finite(found.stuck),
        "notes": list(found.notes),
        "certificate": None if certificate is None else vars(certificate),
        "seconds": round(found.seconds, 3),
        "check_seconds": round(found.check_seconds, 3),
        "cached": outcome.cached,
    }


def _finite(value: Any) -> Any:
    """JSON has no infinity: an end without a number is null."""
    if isinstance(value, Mapping):
        return {key: _finite(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(inner) for inner in value]
    return None if isinstance(value, float) and not isfinite(value) else value


def finding_json(finding: Finding) -> dict[str, Any]:
    """One finding."""
    return {
        "rule": finding.rule,
        "level": finding.level,
        "message": finding.message,
        "cure": finding.cure,
        "file": str(finding.place.file),
        "line": finding.place.line,
        "claim": finding.claim,
    }
