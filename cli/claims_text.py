"""What `relucert claims` shows on a screen: the table, one claim in two wordings, and why a claim is not settled."""

from __future__ import annotations

from relucert.claims.ledger import CONTENTS, Ledger
from relucert.claims.outcome import Outcome, Report, Status
from relucert.cli.output import one_line
from relucert.cli.prove import stuck_lines

_ROW = "{:<2}{:<28} {:<15} {:<11} {:<9} {:>9} {:>9}"


def as_table(report: Report) -> str:
    """A row for every claim; then what is not as declared, what was noticed, and the sum."""
    lines = []
    if report.outcomes:
        lines.append(_ROW.format("", "claim", "kind", "verdict", "grade", "bytes", "seconds").rstrip())
    lines += [row(outcome) for outcome in report.outcomes]
    for outcome in report.outcomes:
        if not outcome.expected or (outcome.settled.message and outcome.verdict != "open"):
            lines += ["", *_details(outcome)]
    shown = [finding for finding in report.findings if finding.level != "note"]
    notes = len(report.findings) - len(shown)
    if shown:
        lines += ["", *(f"{finding.level}: {one_line(str(finding))}" for finding in shown)]
    if notes:
        lines.append(f"{notes} note{'s' if notes > 1 else ''} (--json shows them)")
    if lines:
        lines.append("")
    lines.append(f"{report.summary()} ({report.seconds:.1f} s)" if report.outcomes else "nothing to check: no claims")
    return "\n".join(lines)


def row(outcome: Outcome) -> str:
    """One line; a cross marks what is not as declared, a tilde what is not proved."""
    found, certificate = outcome.settled, outcome.certificate
    mark = "x" if not outcome.expected else "~" if outcome.exit_code else " "
    seconds = "known" if outcome.cached else f"{found.seconds:.2f}"
    size = "" if certificate is None else str(certificate.size)
    verdict = outcome.verdict if outcome.expected else outcome.verdict.upper()
    text = _ROW.format(mark, _cut(outcome.claim.id, 28), outcome.claim.kind, verdict, found.grade, size, seconds)
    return text.rstrip()


def _details(outcome: Outcome) -> list[str]:
    claim, found = outcome.claim, outcome.settled
    declared = "" if outcome.expected else f", declared {claim.expect}"
    lines = [f"{claim.id} ({claim.place}): {outcome.verdict}{declared}"]
    if found.message:
        lines.append(f"  {_message(outcome)}")
    if claim.expect == "open" and found.status in (Status.PROVED, Status.REFUTED):
        lines.append(f'  it is settled now: write expect = "{found.status.value}"')
    if not outcome.expected:
        if found.words:
            lines.append(f"  checker's words  {one_line(found.words)}")
        lines += [f"  {line}" for line in _point(outcome)]
    return lines


def _message(outcome: Outcome) -> str:
    found = outcome.settled
    return one_line(f"{found.message}: {found.cure}" if found.cure else found.message)


def _point(outcome: Outcome) -> list[str]:
    found = outcome.settled
    if not found.point:
        return []
    role = "counterexample" if found.status is Status.REFUTED else "not vacuous at"
    return [f"{role}   {', '.join(f'{name} = {value}' for name, value in found.point.items())}"]


def shown(outcome: Outcome, ledger: Ledger) -> str:
    """Everything about one claim; whose words are whose is said."""
    claim, found, certificate = outcome.claim, outcome.settled, outcome.certificate
    label = "" if claim.label is None else f", label {claim.label}{_in_paper(claim.label, ledger)}"
    lines = [
        f"{claim.id} ({claim.place}){label}",
        "",
        "in the author's words (nobody checks that they say the same):",
        _quoted(claim.statement.strip()),
        "",
        "in the checker's words (this is what the verdict is about):",
        _quoted(found.words or "nothing formal is stated"),
        "",
        f"verdict          {outcome.verdict}" + ("" if outcome.expected else f", declared {claim.expect}"),
    ]
    if found.message:
        lines.append(
            f"                 {one_line(found.message)}" + (f": {one_line(found.cure)}" if found.cure else "")
        )
    if found.grade:
        lines.append(f"grade            {found.grade} (asked for: {claim.grade})")
    lines += _point(outcome)
    lines += [f"{name:<16} {value}" for name, value in found.facts.items()]
    if found.rules:
        lines.append(f"rules            {', '.join(f'{name} {times}' for name, times in sorted(found.rules.items()))}")
    if certificate is not None:
        where = certificate.path or f"not recorded: relucert claims update {claim.id}"
        lines.append(f"certificate      {certificate.size} bytes, {where}")
        lines.append(f"                 sha256 {certificate.sha256}")
    known = ", known from an earlier run" if outcome.cached else ""
    lines.append(f"seconds          {found.seconds:.2f}, of them {found.check_seconds:.2f} for the replay{known}")
    lines += [f"to be believed   {one_line(text)}" for text in outcome.must_believe]
    lines += [f"depends on       {name}" for name in claim.depends]
    lines += [f"note             {one_line(text)}" for text in (*found.notes, claim.note) if text]
    if claim.source:
        lines.append(f"source           {one_line(claim.source)}")
    return "\n".join(lines)


def _quoted(text: str) -> str:
    """Foreign lines, marked so that none of them can pass for a line of the report, or for a command to a terminal."""
    return "\n".join(f"  | {one_line(line)}" for line in text.splitlines())


def _in_paper(label: str, ledger: Ledger) -> str:
    from relucert.claims.paper.link import read_paper

    read = read_paper(ledger)
    if read is None:
        return ""
    places = read[0].labels.get(label)
    return f" ({places[0]})" if places else " (not in the paper)"


def why(outcome: Outcome) -> str:
    """What stands in the way of a verdict, and what might help."""
    found = outcome.settled
    lines = [f"{outcome.claim.id} is {outcome.verdict}: {one_line(found.message or 'as the checker says')}"]
    if found.words:
        lines.append(f"checker's words  {one_line(found.words)}")
    lines += _point(outcome)
    if found.stuck is not None:
        lines += stuck_lines(found.stuck, width=17)
    lines += [f"{name:<16} {value}" for name, value in found.facts.items()]
    lines += [f"try              {text}" for text in _advice(outcome)]
    return "\n".join(lines)


def _advice(outcome: Outcome) -> list[str]:
    """What has helped with such claims."""
    found, claim = outcome.settled, outcome.claim
    if found.status is not Status.UNDECIDED:
        return [found.cure] if found.cure else []
    advice = []
    if "time" in found.message:
        advice.append(f"more time than {float(claim.time):g} s in the ledger")
    if claim.content == "prove" and found.stuck is not None:
        lowest = found.stuck["lowest_found"]
        if lowest is not None and lowest["value"] < -1e-9:
            advice.append("the claim seems to fail near the lowest point: a simpler point may refute it exactly")
        elif lowest is not None and abs(lowest["value"]) <= 1e-9:
            advice.append("both sides seem to touch there: split the range at that point, or claim < with a margin")
        if any(end in (float("inf"), float("-inf")) for ends in found.stuck["where"].values() for end in ends):
            advice.append("bounded ranges first: the rest by a substitution such as x = 1/y")
        advice.append("divide by what is positive, or multiply denominators away")
    if claim.content is None:
        advice.append(f"add one of {', '.join(CONTENTS)} to the claim")
    return advice


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[: length - 3]}..."
