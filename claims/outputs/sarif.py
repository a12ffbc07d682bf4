"""SARIF 2.1.0: what is not as declared, at its line of the ledger or of the paper."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from relucert.claims.ledger import Place
from relucert.claims.outcome import Code, Outcome, Report
from relucert.claims.paper.link import read_paper

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS = {Code.NOT_PROVED: "warning", Code.UNDECIDED: "warning"}
_RULES = {
    "claim-refuted": "a claim is refuted by a counterexample that was replayed",
    "claim-undecided": "a claim could not be settled within the limits",
    "claim-vacuous": "the assumptions of a claim contradict each other",
    "claim-modulo": "a claim is proved but for an oracle",
    "claim-numeric": "a claim is sampled only",
    "claim-drifted": "a certificate is not the one that the ledger records",
}


def sarif(report: Report, root: Path | None = None) -> str:
    """One run.  Files are named relative to `root`, by default the current folder, as code hosts need it."""
    base = (root or Path.cwd()).resolve()
    labels = _labels(report)
    results: list[dict[str, Any]] = []
    for outcome in report.outcomes:
        if outcome.exit_code != Code.AS_DECLARED:
            results.append(_of_outcome(outcome, labels, base))
    for finding in report.findings:
        text = f"{finding.message}: {finding.cure}" if finding.cure else finding.message
        results.append(_result(finding.rule, finding.level, text, [finding.place], base))
    rules = list(dict.fromkeys(result["ruleId"] for result in results))
    driver = {
        "name": "relucert",
        "rules": [
            {"id": rule, "shortDescription": {"text": _RULES.get(rule, rule.replace("-", " "))}} for rule in rules
        ],
    }
    for result in results:
        result["ruleIndex"] = rules.index(result["ruleId"])
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {"ROOT": {"description": {"text": "the folder in which relucert ran"}}},
        "results": results,
        "invocations": [{"executionSuccessful": not report.interrupted, "exitCode": int(report.exit_code)}],
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=1) + "\n"


def _labels(report: Report) -> dict[tuple[Path, str], Place]:
    """Where the labels of papers stand."""
    found: dict[tuple[Path, str], Place] = {}
    for ledger in report.ledgers:
        read = read_paper(ledger)
        if read is not None:
            for label, places in read[0].labels.items():
                found[ledger.path, label] = places[0]
    return found


def _of_outcome(outcome: Outcome, labels: Mapping[tuple[Path, str], Place], base: Path) -> dict[str, Any]:
    """At the theorem in the paper when it is known, with the ledger's line as a related place."""
    claim, found = outcome.claim, outcome.settled
    parts = [f"{claim.id} is {outcome.verdict}, declared {claim.expect}"]
    if found.message:
        parts.append(found.message)
    if found.point:
        parts.append("at " + ", ".join(f"{name} = {value}" for name, value in found.point.items()))
    if found.words:
        parts.append(f"the checker's words: {found.words}")
    if found.cure:
        parts.append(found.cure)
    in_paper = labels.get((claim.place.file, claim.label or ""))
    places = [claim.place] if in_paper is None else [in_paper, claim.place]
    level = _LEVELS.get(outcome.exit_code, "error")
    result = _result(f"claim-{outcome.verdict}", level, ". ".join(parts), places, base)
    result["partialFingerprints"] = {"claim/v1": f"{_uri(claim.place.file, base)}#{claim.id}"}
    return result


def _result(rule: str, level: str, text: str, places: Sequence[Place], base: Path) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": rule,
        "level": level,
        "message": {"text": text},
        "locations": [_location(places[0], base)],
    }
    if len(places) > 1:
        result["relatedLocations"] = [
            {"id": number, **_location(place, base), "message": {"text": "the claim in the ledger"}}
            for number, place in enumerate(places[1:], 1)
        ]
    return result


def _location(place: Place, base: Path) -> dict[str, Any]:
    artifact = {"uri": _uri(place.file, base), "uriBaseId": "ROOT"}
    if artifact["uri"].startswith("file:"):
        del artifact["uriBaseId"]
    return {"physicalLocation": {"artifactLocation": artifact, "region": {"startLine": max(place.line, 1)}}}


def _uri(path: Path, base: Path) -> str:
    from urllib.parse import quote

    whole = path.resolve()
    try:
        return quote(whole.relative_to(base).as_posix())
    except ValueError:
        return whole.as_uri() if whole.is_absolute() else quote(os.fspath(path))
