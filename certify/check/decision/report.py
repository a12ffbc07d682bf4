"""What is said about a decision, as text and as JSON."""

from __future__ import annotations

from typing import Any

from relucert.certify.check.decision.kernel import DecisionVerdict
from relucert.certify.check.report import trusted_base

ANSWER = {"reachable": "yes", "unreachable": "no"}


def as_text(verdict: DecisionVerdict) -> str:
    """A few lines for people."""
    claim = verdict.claim
    if not verdict.valid or claim is None:
        return f"INVALID: {verdict.reason}"
    base = trusted_base()
    rules = ", ".join(f"{name} {times}" for name, times in sorted(verdict.rules.items()))
    return "\n".join(
        [
            claim.in_words(),
            f"  {claim.formula()}",
            f"answer       {ANSWER[claim.assertion]}",
            "grade        exact",
            f"rules        {rules}",
            f"instance     sha256 {claim.instance.sha256()}",
            f"claim        sha256 {claim.sha256()}",
            f"checker      {base['lines']} lines, sha256 {base['sha256'][:16]}",
            "VALID",
        ]
    )


def as_json(verdict: DecisionVerdict) -> dict[str, Any]:
    """The same for programs."""
    result: dict[str, Any] = {"verdict": verdict.kind, "reason": verdict.reason, "checker": trusted_base()}
    claim = verdict.claim
    if not verdict.valid or claim is None:
        return result
    instance = claim.instance
    return result | {
        "answer": ANSWER[claim.assertion],
        "statement": claim.in_words(),
        "formula": claim.formula(),
        "k": instance.k,
        "p": instance.p,
        "samples": len(instance.samples),
        "grade": "exact",
        "instance_sha256": instance.sha256(),
        "claim_sha256": claim.sha256(),
        "rules": verdict.rules,
    }
