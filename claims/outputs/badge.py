"""A badge in the JSON of shields.io: its text counts, and is never just green."""

from __future__ import annotations

import json

from relucert.claims.outcome import Code, Report

COLOURS = {
    Code.AS_DECLARED: "brightgreen",
    Code.NOT_PROVED: "yellow",
    Code.UNDECIDED: "orange",
    Code.NOTHING_TO_CHECK: "lightgrey",
}


def badge(report: Report) -> str:
    """https://shields.io/badges/endpoint-badge; a report that some claims are open is not bright green."""
    colour = COLOURS.get(report.exit_code, "red")
    if colour == "brightgreen" and not all(outcome.established for outcome in report.outcomes):
        colour = "green"
    message = report.summary() if report.outcomes else "no claims"
    return json.dumps({"schemaVersion": 1, "label": "claims", "message": message, "color": colour}) + "\n"
