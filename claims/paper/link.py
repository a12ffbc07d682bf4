"""Labels and claims, both ways: theorems without a claim, claims without a theorem, labels twice or renamed."""

from __future__ import annotations

import re
from difflib import SequenceMatcher

from relucert.claims.errors import LedgerError
from relucert.claims.ledger import Claim, Ledger
from relucert.claims.outcome import Finding
from relucert.claims.paper.source import read_source
from relucert.claims.paper.theorems import Contents, Theorem, contents

SIMILAR = 0.6  # of labels, or of the words of statements


def read_paper(ledger: Ledger) -> tuple[Contents, list[Finding]] | None:
    """The paper that a ledger names, and what could not be read of it; None without a paper."""
    if ledger.paper is None:
        return None
    try:
        source = read_source(ledger.folder, ledger.paper.tex, ledger.at("paper.tex"))
    except LedgerError as error:
        return Contents(), [Finding("paper-not-read", "error", error.what, ledger.at("paper.tex"), error.cure or "")]
    return contents(source, ledger.paper.theorems), source.findings


def link(ledger: Ledger) -> list[Finding]:
    """Everything in which ledger and paper do not agree, with file and line."""
    read = read_paper(ledger)
    if read is None:
        return []
    paper, findings = read
    if any(finding.rule == "paper-not-read" for finding in findings):
        return findings
    claimed = {claim.label for claim in ledger.claims if claim.label is not None}
    bare = [theorem for theorem in paper.theorems if theorem.labels and not claimed & set(theorem.labels)]
    for label, places in paper.labels.items():
        for place in places[1:]:
            message = f"the label {label} is given twice, first at {places[0]}"
            findings.append(Finding("label-twice", "error", message, place, "rename one of them"))
    for claim in ledger.claims:
        if claim.label is None:
            if claim.kind != "numeric":
                cure = "add label, if the paper states it"
                findings.append(
                    Finding(
                        "claim-without-label", "note", f"claim {claim.id} has no label", claim.place, cure, claim.id
                    )
                )
        elif claim.label not in paper.labels:
            twin = _renamed(claim, bare)
            if twin is not None:
                bare.remove(twin)
            findings.append(_unknown(claim, twin))
    for theorem in bare:
        cure = 'add a claim with this label, with expect = "open" if nothing formal is said'
        message = f"the {theorem.environment} {theorem.labels[0]} has no claim"
        findings.append(Finding("theorem-without-claim", "error", message, theorem.place, cure))
    for theorem in paper.theorems:
        if not theorem.labels:
            message, cure = f"a {theorem.environment} has no label, so that no claim can name it", "add a \\label"
            findings.append(Finding("theorem-without-label", "warning", message, theorem.place, cure))
    return findings


def _unknown(claim: Claim, twin: Theorem | None) -> Finding:
    message, cure = f"the label {claim.label} of claim {claim.id} is not in the paper", "correct it, or the paper"
    rule = "label-not-in-paper"
    if twin is not None:
        rule, message = "label-renamed", f"{message}; {twin.labels[0]} ({twin.place}) has no claim and looks like it"
        cure = f"if it was renamed, write label = {twin.labels[0]!r}"
    return Finding(rule, "error", message, claim.at("label"), cure, claim.id)


def _renamed(claim: Claim, bare: list[Theorem]) -> Theorem | None:
    """The theorem without a claim whose label or words are most like the claim's, if they are like them at all."""

    def likeness(theorem: Theorem) -> float:
        label = max(SequenceMatcher(None, claim.label or "", other).ratio() for other in theorem.labels)
        words, others = _words(claim.statement), _words(theorem.body)
        shared = 2 * len(words & others) / (len(words) + len(others)) if len(words) > 3 else 0.0
        return max(label, shared)

    best = max(bare, key=likeness, default=None)
    return best if best is not None and likeness(best) >= SIMILAR else None


def _words(text: str) -> set[str]:
    return set(re.findall(r"[a-z]{3,}", text.lower()))
