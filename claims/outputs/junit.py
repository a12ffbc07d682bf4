"""JUnit's XML: a test case for every claim, so that any CI system lists them."""

from __future__ import annotations

from xml.etree.ElementTree import Element, SubElement, indent, tostring

from relucert.claims.outcome import Code, Outcome, Report, Status

_ERRORS = (Code.INTERNAL_ERROR, Code.INPUT_ERROR)


def junit(report: Report) -> str:
    """Suites are ledgers.  Not as declared is a failure, unreadable or crashed an error; declared open is skipped."""
    root = Element("testsuites", name="relucert claims", time=f"{report.seconds:.3f}")
    for ledger in report.ledgers:
        cases = [outcome for outcome in report.outcomes if outcome.claim in ledger.claims]
        suite = SubElement(root, "testsuite", name=_clean(ledger.title or str(ledger.path)), tests=str(len(cases)))
        counts = {"failure": 0, "error": 0, "skipped": 0}
        for outcome in cases:
            kind = _case(suite, outcome)
            if kind:
                counts[kind] += 1
        noticed = [one for one in report.findings if one.level == "error" and one.place.file.parent == ledger.folder]
        for finding in noticed:
            case = SubElement(suite, "testcase", classname=_clean(str(ledger.path)), name=_clean(finding.rule))
            SubElement(case, "failure", message=_clean(str(finding)), type=_clean(finding.rule))
        suite.set("tests", str(len(cases) + len(noticed)))
        suite.set("failures", str(counts["failure"] + len(noticed)))
        suite.set("errors", str(counts["error"]))
        suite.set("skipped", str(counts["skipped"]))
    indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="unicode") + "\n"


def _case(suite: Element, outcome: Outcome) -> str:
    claim, found = outcome.claim, outcome.settled
    case = SubElement(suite, "testcase", classname=_clean(claim.kind), name=_clean(claim.id))
    case.set("time", f"{0.0 if outcome.cached else found.seconds:.3f}")
    case.set("file", _clean(str(claim.place.file)))
    case.set("line", str(claim.place.line))
    text = f"{outcome.verdict}, declared {claim.expect}"
    if outcome.expected:
        if claim.expect == "open":
            SubElement(case, "skipped", message="declared open")
            return "skipped"
        if outcome.exit_code != Code.AS_DECLARED:  # sampled only or modulo an oracle: not proved
            SubElement(case, "skipped", message=_clean(f"{outcome.verdict}: not proved"))
            return "skipped"
        return ""
    kind = "error" if outcome.exit_code in _ERRORS or outcome.status is Status.CRASHED else "failure"
    message = f"{text}: {found.message}" if found.message else text
    node = SubElement(case, kind, message=_clean(message), type=outcome.status.value)
    lines = [f"author's words: {claim.statement}", f"checker's words: {found.words or 'nothing formal is stated'}"]
    if found.point:
        lines.append("at " + ", ".join(f"{name} = {value}" for name, value in found.point.items()))
    if found.cure:
        lines.append(found.cure)
    node.text = _clean("\n".join(lines), keep="\n")
    return kind


def _clean(text: str, keep: str = "") -> str:
    """XML 1.0 has no control characters, not even escaped."""
    return "".join(c if c.isprintable() or c in keep else " " for c in text)
