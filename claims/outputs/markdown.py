"""The summary of a job as Markdown: what is not as declared first, then every claim."""

from __future__ import annotations

from relucert.claims.outcome import Outcome, Report, Status

_SPECIAL = "\\`*_{}[]<>()#+!|~&$"
LONGEST = 300  # characters of one cell
MARKS = {True: "✔", False: "✘"}


def escaped(text: str) -> str:
    """Foreign text on one line: neither markup nor HTML."""
    shown = " ".join(text.split())
    shown = shown if len(shown) <= LONGEST else f"{shown[: LONGEST - 3]}..."
    return "".join(f"\\{c}" if c in _SPECIAL else c for c in shown)


def code(text: str) -> str:
    """Foreign text as code; in a table a bar would end the cell."""
    shown = " ".join(text.split()).replace("`", "'").replace("|", "¦")
    return f"`{shown if len(shown) <= LONGEST else shown[: LONGEST - 3] + '...'}`" if shown else ""


def markdown(report: Report, title: str = "Claims") -> str:
    """For a job summary or a comment."""
    lines = [f"## {escaped(title)}: {escaped(report.summary() if report.outcomes else 'nothing to check')}", ""]
    failing = [outcome for outcome in report.outcomes if not outcome.expected]
    if report.interrupted:
        lines += ["**Interrupted**: these are the claims that were finished.", ""]
    if failing:
        lines += ["### Not as declared", ""]
        for outcome in failing:
            lines += _failure(outcome)
    if report.findings:
        lines += ["### Noticed", ""]
        lines += [f"- **{one.level}** {escaped(str(one))}" for one in report.findings]
        lines.append("")
    if report.outcomes:
        lines += [
            "### All claims",
            "",
            "| | claim | verdict | grade | in the checker's words | certificate | seconds |",
            "|---|---|---|---|---|--:|--:|",
            *(_row(outcome) for outcome in report.outcomes),
            "",
        ]
    base = report.checker
    if base:
        lines.append(f"Checker: {base['lines']} lines, sha256 `{str(base['sha256'])[:16]}`.")
    return "\n".join(lines).rstrip() + "\n"


def _failure(outcome: Outcome) -> list[str]:
    claim, found = outcome.claim, outcome.settled
    lines = [f"- **{escaped(claim.id)}** is {outcome.verdict}, declared {claim.expect} ({escaped(str(claim.place))})"]
    lines.append(f"  - author's words: {escaped(claim.statement)}")
    if found.words:
        lines.append(f"  - checker's words: {code(found.words)}")
    if found.point:
        role = "counterexample" if found.status is Status.REFUTED else "not vacuous at"
        lines.append(f"  - {role}: {code(', '.join(f'{name} = {value}' for name, value in found.point.items()))}")
    if found.message:
        lines.append(f"  - {escaped(f'{found.message}: {found.cure}' if found.cure else found.message)}")
    return [*lines, ""]


def _row(outcome: Outcome) -> str:
    size = "" if outcome.certificate is None else f"{outcome.certificate.size} B"
    seconds = "known" if outcome.cached else f"{outcome.settled.seconds:.2f}"
    cells = [
        MARKS[outcome.expected],
        escaped(outcome.claim.id),
        outcome.verdict,
        escaped(outcome.settled.grade),
        code(outcome.settled.words),
        size,
        seconds,
    ]
    return f"| {' | '.join(cells)} |"
