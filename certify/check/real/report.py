"""What is said about a claim on real functions, as text and as JSON."""

from __future__ import annotations

from typing import Any

from relucert.certify.check.real.kernel import FormulaVerdict
from relucert.certify.check.report import trusted_base
from relucert.certify.claim import spell_rational

MEANING = {"holds": "proved", "fails": "refuted", "vacuous": "vacuous"}
LONGEST = 4000


def point_of(verdict: FormulaVerdict) -> dict[str, str] | None:
    """The point in the certificate, by the names of the variables."""
    if verdict.claim is None or verdict.point is None:
        return None
    names = [variable.name for variable in verdict.claim.variables]
    return {name: spell_rational(value) for name, value in zip(names, verdict.point, strict=True)}


def as_text(verdict: FormulaVerdict) -> str:
    """A few lines for people."""
    claim = verdict.claim
    if not verdict.valid or claim is None:
        return f"INVALID: {verdict.reason}"
    words = claim.in_words()
    lines = [words if len(words) <= LONGEST else f"{words[:LONGEST]} ... ({len(words)} characters)"]
    point = point_of(verdict)
    if point is not None:
        role = "counterexample" if claim.assertion == "fails" else "not vacuous at"
        lines.append(f"{role:14} {', '.join(f'{name} = {value}' for name, value in point.items()) or 'no variables'}")
    elif claim.assertion == "holds" and claim.variables:
        lines.append("no point with the hypothesis was exhibited: the claim may be true for want of points")
    base = trusted_base()
    rules = ", ".join(f"{name} {times}" for name, times in sorted(verdict.rules.items()))
    return "\n".join(
        [
            *lines,
            f"grade          {verdict.grade}",
            f"rules          {rules}",
            f"claim          sha256 {claim.sha256()}",
            f"checker        {base['lines']} lines, sha256 {base['sha256'][:16]}",
            "VALID",
        ]
    )


def as_json(verdict: FormulaVerdict) -> dict[str, Any]:
    """The same for programs."""
    result: dict[str, Any] = {"verdict": verdict.kind, "reason": verdict.reason, "checker": trusted_base()}
    claim = verdict.claim
    if not verdict.valid or claim is None:
        return result
    return result | {
        "assertion": claim.assertion,
        "meaning": MEANING[claim.assertion],
        "statement": claim.in_words(),
        "point": point_of(verdict),
        "grade": verdict.grade,
        "claim_sha256": claim.sha256(),
        "rules": verdict.rules,
    }
