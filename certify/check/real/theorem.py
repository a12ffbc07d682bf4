"""The verdict on a claim about several functions at once: a zero set, a descent."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Protocol

from relucert.certify.check.report import trusted_base

LONGEST = 4000


class Statement(Protocol):
    """What every claim can say of itself."""

    def in_words(self) -> str: ...
    def sha256(self) -> str: ...


@dataclass(frozen=True)
class TheoremVerdict:
    """VALID or INVALID; rules : how often each rule was applied."""

    kind: str
    reason: str = ""
    claim: Statement | None = None
    rules: dict[str, int] = field(default_factory=dict)
    grade: str = "interval"  # numbers were rounded outward

    @property
    def valid(self) -> bool:
        return self.kind == "VALID"


def as_text(verdict: TheoremVerdict) -> str:
    """A few lines for people."""
    claim = verdict.claim
    if not verdict.valid or claim is None:
        return f"INVALID: {verdict.reason}"
    words, base = claim.in_words(), trusted_base()
    rules = ", ".join(f"{name} {times}" for name, times in sorted(verdict.rules.items()))
    return "\n".join(
        [
            words if len(words) <= LONGEST else f"{words[:LONGEST]} ... ({len(words)} characters)",
            f"grade          {verdict.grade}",
            f"rules          {rules}",
            f"claim          sha256 {claim.sha256()}",
            f"checker        {base['lines']} lines, sha256 {base['sha256'][:16]}",
            "VALID",
        ]
    )


def as_json(verdict: TheoremVerdict) -> dict[str, Any]:
    """The same for programs."""
    result: dict[str, Any] = {"verdict": verdict.kind, "reason": verdict.reason, "checker": trusted_base()}
    claim = verdict.claim
    if not verdict.valid or claim is None:
        return result
    said = {"meaning": "proved", "statement": claim.in_words(), "grade": verdict.grade}
    return result | said | {"claim_sha256": claim.sha256(), "rules": verdict.rules}
