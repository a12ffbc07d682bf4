"""The report as one HTML page: no network, no frameworks; formulas are MathML; foreign text is escaped."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from html import escape

from relucert.claims.ledger import Claim
from relucert.claims.outcome import Outcome, Report, Status
from relucert.claims.outputs.html_parts import SCRIPT, STYLE

LONGEST_FORMULA = 20_000  # characters of LaTeX; beyond, the checker's words have to do
_MEANINGS = {
    "proved": "the checker has replayed a proof",
    "refuted": "the checker has replayed a counterexample",
    "open": "declared open, and not settled",
    "undecided": "not settled within the limits",
    "vacuous": "the assumptions contradict each other",
    "modulo": "proved but for the answer of an oracle",
    "numeric": "sampled only: nothing is proved",
    "failed": "a sampled check or a step came out wrong",
    "invalid": "the checker refuses the certificate",
    "drifted": "the certificate is another one than recorded",
    "missing": "there is no certificate to replay",
    "refused": "the entry cannot be read or may not be run",
    "crashed": "its process ended",
    "error": "a fault of this program",
}


def html(report: Report, title: str = "") -> str:
    """The page; it can be searched, filtered by verdict and read without scripts."""
    name = title or next((ledger.title for ledger in report.ledgers if ledger.title), "") or "Claims"
    digest = base64.b64encode(hashlib.sha256(SCRIPT.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'"
    body = [
        f"<header><h1>{escape(name)}</h1>",
        f'<p class="summary">{escape(report.summary() if report.outcomes else "nothing to check")}</p>',
        '<nav aria-label="Sections"><a href="#claims">Claims</a> <a href="#noticed">Noticed</a> '
        '<a href="#trust">What has to be believed</a></nav></header><main>',
        _filters(report.counts()),
        '<section id="claims" aria-labelledby="claims-title"><h2 id="claims-title">Claims</h2>',
        '<p id="shown" role="status" aria-live="polite"></p>',
        *(_claim(outcome) for outcome in report.outcomes),
        "</section>",
        _noticed(report),
        _trust(report),
        "</main>",
    ]
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{escape(policy)}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(name)}: {escape(report.summary())}</title><style>{STYLE}</style></head><body>\n"
        + "\n".join(body)
        + f"\n<script>{SCRIPT}</script></body></html>\n"
    )


def _filters(counts: Mapping[str, int]) -> str:
    boxes = "".join(
        f'<label class="{escape(name)}" title="{escape(_MEANINGS.get(name, ""))}">'
        f'<input type="checkbox" name="verdict" value="{escape(name)}" checked> {escape(name)} ({count})</label>'
        for name, count in counts.items()
    )
    return (
        '<form role="search" aria-label="Find claims"><label for="find">Search</label> '
        '<input id="find" type="search" autocomplete="off" placeholder="words, labels, ids">'
        f"<fieldset><legend>Verdicts</legend>{boxes}</fieldset></form>"
    )


def _claim(outcome: Outcome) -> str:
    claim, found = outcome.claim, outcome.settled
    identity = f"claim-{claim.id}"
    declared = "" if outcome.expected else f' <strong class="wrong">declared {escape(claim.expect)}</strong>'
    opened = "" if outcome.expected else " open"
    rows = [
        ("Author’s words", _paragraphs(claim.statement) + '<p class="hint">nobody checks that they say the same</p>'),
        ("Checker’s words", _checkers_words(outcome)),
    ]
    formula = _formula(claim)
    if formula:
        rows.insert(1, ("Formula claimed", formula))
    if claim.assumptions:
        rows.append(("Assumed", _list(claim.assumptions)))
    if found.message:
        rows.append(("Remark", escape(f"{found.message}: {found.cure}" if found.cure else found.message)))
    if found.point:
        role = "Counterexample" if found.status is Status.REFUTED else "Not vacuous at"
        rows.append((role, _list([f"{name} = {value}" for name, value in found.point.items()])))
    rows += [(name, escape(value)) for name, value in found.facts.items()]
    if found.rules:
        rows.append(("Rules", escape(", ".join(f"{name} {times}" for name, times in sorted(found.rules.items())))))
    rows.append(("Certificate", _certificate(outcome)))
    rows.append(("Time", f"{found.seconds:.2f} s, replay {found.check_seconds:.2f} s{_known(outcome)}"))
    if outcome.must_believe:
        rows.append(("To be believed", _list(outcome.must_believe)))
    if claim.depends:
        links = (f'<a href="#claim-{escape(name)}">{escape(name)}</a>' for name in claim.depends)
        rows.append(("Depends on", ", ".join(links)))
    if claim.source:
        rows.append(("Source", escape(claim.source)))
    if claim.note:
        rows.append(("Note", escape(claim.note)))
    rows.append(("Stands in", escape(str(claim.place)) + (f", label {escape(claim.label)}" if claim.label else "")))
    table = "".join(f"<dt>{name}</dt><dd>{text}</dd>" for name, text in rows)
    return (
        f'<article class="claim" id="{escape(identity)}" data-verdict="{escape(outcome.verdict)}" '
        f'aria-labelledby="{escape(identity)}-title"><details{opened}><summary><h3 id="{escape(identity)}-title">'
        f'{escape(claim.id)}</h3> <span class="verdict {escape(outcome.verdict)}">{escape(outcome.verdict)}</span>'
        f'{declared} <span class="grade">{escape(found.grade)}</span> <span class="kind">{escape(claim.kind)}</span>'
        f"</summary><dl>{table}</dl></details></article>"
    )


def _checkers_words(outcome: Outcome) -> str:
    found = outcome.settled
    if not found.words:
        return '<p class="hint">nothing formal is stated</p>'
    if outcome.claim.content == "derivation":
        return f"<p>{_with_formulas(found.words)}</p>"
    return f"<p>{escape(found.words)}</p>"


def _formula(claim: Claim) -> str:
    """The formula as MathML, from the same claim that the checker words; empty when it is no formula."""
    if claim.prove is None:
        return ""
    from relucert.certify.language.errors import LanguageError
    from relucert.certify.language.parse import parse_claim
    from relucert.certify.language.to_latex import to_latex

    try:
        shown = to_latex(parse_claim(claim.prove, list(claim.ranges), list(claim.where), list(claim.let)))
    except (LanguageError, RecursionError):
        return ""
    lines = [shown.conclusion, *(rf"\text{{for }}{text}" for text in shown.ranges)]
    lines += [rf"\text{{with }}{text}" for text in (*shown.where, *shown.definitions)]
    if sum(map(len, lines)) > LONGEST_FORMULA:
        return ""
    return "".join(f'<div class="formula">{_mathml(line, display=True)}</div>' for line in lines)


def _with_formulas(text: str) -> str:
    """Text with formulas between dollar signs, as the printers of derivations write it."""
    parts = text.split("$")
    return "".join(_mathml(part) if place % 2 else escape(part) for place, part in enumerate(parts))


def _mathml(latex: str, *, display: bool = False) -> str:
    from latex2mathml.converter import convert

    try:
        return str(convert(latex, display="block" if display else "inline"))
    except Exception:  # a formula that the converter does not know is shown as it is
        return f"<code>{escape(latex)}</code>"


def _certificate(outcome: Outcome) -> str:
    certificate = outcome.certificate
    if certificate is None:
        return "none"
    path = "not recorded" if certificate.path is None else escape(certificate.path)
    return f'{certificate.size} bytes, {path}<br><code class="hash">sha256 {certificate.sha256}</code>'


def _known(outcome: Outcome) -> str:
    return ", known from an earlier run" if outcome.cached else ""


def _noticed(report: Report) -> str:
    items = "".join(
        f'<li><span class="level {escape(one.level)}">{escape(one.level)}</span> {escape(str(one))}</li>'
        for one in report.findings
    )
    inner = f"<ul>{items}</ul>" if items else "<p>Nothing: the ledger and its paper agree.</p>"
    return f'<section id="noticed" aria-labelledby="noticed-title"><h2 id="noticed-title">Noticed</h2>{inner}</section>'


def _trust(report: Report) -> str:
    """Which lines a human must still believe."""
    believed: dict[str, list[str]] = {}
    for outcome in report.outcomes:
        for text in outcome.must_believe:
            believed.setdefault(text, []).append(outcome.claim.id)
    rows = "".join(
        f"<tr><td>{escape(text)}</td><td>"
        + ", ".join(f'<a href="#claim-{escape(name)}">{escape(name)}</a>' for name in names)
        + "</td></tr>"
        for text, names in believed.items()
    )
    base = report.checker
    lines = escape(str(base.get("lines", "")))
    own = (
        f"<p>The trusted checker: {lines} lines of Python, its standard library alone, sha256 "
        f'<code class="hash">{escape(str(base.get("sha256", "")))}</code>. <code>relucert check --trusted-base</code> '
        "prints the same; <code>make checker</code> writes it as one file.</p>"
    )
    table = (
        '<table><thead><tr><th scope="col">What a human still has to believe</th><th scope="col">for these claims</th>'
        f"</tr></thead><tbody>{rows}</tbody></table>"
    )
    return (
        '<section id="trust" aria-labelledby="trust-title"><h2 id="trust-title">What has to be believed</h2>'
        f"{own}{table if rows else ''}</section>"
    )


def _paragraphs(text: str) -> str:
    return "".join(f"<p>{escape(part)}</p>" for part in text.strip().split("\n\n"))


def _list(texts: tuple[str, ...] | list[str]) -> str:
    return "<ul>" + "".join(f"<li>{escape(text)}</li>" for text in texts) + "</ul>"
