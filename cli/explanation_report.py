"""An explanation as a document: the same sections and tables as Markdown or as one self-contained HTML page."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from relucert.certify.check.report import decimal
from relucert.cli.explanation import Explanation

# Rows of the table of hidden units.
MOST_UNITS = 20
# Width in characters of the longest bar of the depth histogram.
BAR = 40

STYLE = """
:root { color-scheme: light dark; --text: #1b1b1b; --page: #ffffff; --soft: #f2f3f5; --line: #c9ccd1; --mark: #0b6b3a; }
@media (prefers-color-scheme: dark) {
  :root { --text: #e6e6e6; --page: #16181b; --soft: #22262b; --line: #454b54; --mark: #6fd19b; }
}
body { margin: 0 auto; max-width: 56rem; padding: 1.5rem; background: var(--page); color: var(--text);
  font: 16px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.6rem; margin: 0 0 .5rem; } h2 { font-size: 1.2rem; margin: 2rem 0 .5rem; }
.lead { border-left: .3rem solid var(--mark); background: var(--soft); padding: .6rem 1rem; }
pre { background: var(--soft); padding: .7rem 1rem; overflow-x: auto; font-size: .85rem; }
pre.formula { white-space: pre-wrap; overflow-wrap: anywhere; }
.table { overflow-x: auto; margin: .8rem 0; } table { border-collapse: collapse; font-size: .9rem; }
th, td { border-bottom: 1px solid var(--line); padding: .25rem .8rem .25rem 0; text-align: left; vertical-align: top; }
.number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
td:last-child { overflow-wrap: anywhere; } figure { margin: 1rem 0; } img { max-width: 100%; background: #ffffff; }
figcaption { font-size: .9rem; }
"""


@dataclass(frozen=True)
class Text:
    """A paragraph of plain text."""

    words: str


@dataclass(frozen=True)
class Code:
    """Text to be shown as it is; a formula may be broken into lines."""

    words: str
    formula: bool = False


@dataclass(frozen=True)
class Table:
    """Head and rows; the columns in ``numbers`` are set to the right."""

    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    numbers: Sequence[int] = ()


@dataclass(frozen=True)
class Picture:
    """A file beside the report, named relative to it."""

    link: str
    caption: str


Block = Text | Code | Table | Picture


@dataclass(frozen=True)
class Section:
    """A heading and what stands below it."""

    title: str
    blocks: list[Block]


# --------------------------------------------------------------------------------------------------------- contents


def _unbalanced(summary: dict[str, Any]) -> bool:
    """Does rescaling the hidden units change a digit that is shown?"""
    return bool(summary["claim"]["balanced_loss"] != summary["claim"]["loss"])


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.6g}"


def _percent(share: float) -> str:
    if 0 < abs(share) < 5e-4:
        return "< 0.1 %"
    return f"{100 * share:.1f} %"


def _lead(summary: dict[str, Any]) -> str:
    """The result in one or two sentences."""
    claim = summary["claim"]
    if Fraction(claim["relative_gap_exact"]) >= 1:
        lead = (
            f"The certificate is valid, but its lower bound {claim['lower_bound']} says nothing about the network, "
            f"whose objective is {claim['loss']}."
        )
        if claim["refuted_gap"] is not None:  # what the certificate is about
            lead = f"The network's objective is {claim['loss']}; the lower bound {claim['lower_bound']} adds nothing."
    elif claim["relative_gap"] == "0":
        lead = f"The network is a global optimum: no network of any width has an objective below its {claim['loss']}."
    else:
        gap = decimal(Fraction(claim["relative_gap_exact"]), up=True, digits=3)
        lead = (
            f"The network's objective is {claim['loss']}. No network of any width has an objective below "
            f"{claim['lower_bound']}. So the network is within a relative gap of {gap} of the "
            "global optimum."
        )
    if claim["refuted_gap"] is not None:
        lead += (
            f" Refuted: it is not within {claim['refuted_gap']}. The certificate contains a network of width "
            f"{summary['better_width']} with objective {claim['better_loss']}."
        )
    return lead


def _numbers(summary: dict[str, Any]) -> Table:
    claim, network = summary["claim"], summary["network"]
    exact_loss = claim["loss_exact"] if claim["grade"] == "exact" else ""
    rows = [
        ["objective as given", claim["loss"], exact_loss],
        ["lower bound, every width", claim["lower_bound"], claim["lower_bound_exact"]],
        ["relative gap", claim["relative_gap"], claim["relative_gap_exact"]],
    ]
    if _unbalanced(summary):
        rows.insert(1, ["objective, units balanced", claim["balanced_loss"], ""])
        rows.append(["relative gap, units balanced", summary["balanced_gap"], ""])
    if claim["refuted_gap"] is not None:
        rows.append(["refuted relative gap", claim["refuted_gap"], claim["refuted_gap_exact"]])
        rows.append(["objective of the better network", claim["better_loss"], claim["better_loss_exact"]])
    rows.append(["sum of squared errors", _number(network["squared_error"]), ""])
    return Table(["", "decimal", "exact"], [[name, value, _fraction(exact)] for name, value, exact in rows], [1])


def _fraction(exact: str) -> str:
    """An exact rational, or only its size when it would fill the page."""
    return exact if len(exact) <= 60 else f"in --json ({len(exact)} characters)"


def _network(summary: dict[str, Any]) -> list[Block]:
    claim, network = summary["claim"], summary["network"]
    dead, width = network["dead_units"], network["width"]
    words = f"{width} hidden units, {claim['features']} inputs, {claim['samples']} samples. "
    if dead:
        names = ", ".join(str(j) for j in dead[:MOST_UNITS]) + (", ..." if len(dead) > MOST_UNITS else "")
        words += f"Dead, because active on no sample or with a zero weight: {len(dead)} of {width} ({names}). "
    elif width:
        words += "No unit is dead. "
    if _unbalanced(summary):
        words += (
            "The hidden units are not balanced: rescaling each by its best factor keeps the function and lowers the "
            "penalty."
        )
    return [Text(words.strip())]


SEARCH = "A longer search (relucert certify --time) may prove a smaller T; the rule singular_value alone is coarse."
ADVICE = {
    "residuals": "This network's errors are not those of the best network found, on which the proof is built: more "
    "training should bring them closer.",
    "shrinking": f"Either the network fits the data too little, or T is too large and keeps s small. {SEARCH}",
    "unbalanced units": "Rescaling every hidden unit so that both layers pay the same penalty removes it at no cost.",
    "loose units": "An optimal network has no unit in these directions: it would turn them or remove them.",
    "threshold": f"Either the network has no unit in the best direction, or T is larger than it need be. {SEARCH}",
    "unused decay": "The dual variable is far from the best one, or it is a poor match for this network.",
    "constant": "The output bias is not where its penalty and the residuals balance.",
    "rounding": "Only the rounding of the claimed bound is left.",
}


def _diagnosis(summary: dict[str, Any]) -> str:
    parts = summary["gap_parts"]
    largest = max(parts, key=lambda part: float(part["amount"]))
    if largest["amount"] <= 0:
        return "There is no gap beyond the rounding of square roots: network and dual variable are optimal."
    if summary["dual_variable"]["scale"] == 0 or summary["dual_variable"]["nonzero"] == 0:
        return "The dual variable is zero: the bound is the trivial one, and the gap is the whole objective."
    name = largest["part"]
    return f'The largest part of the gap ({_percent(largest["share"])}) is "{name}". {ADVICE[name]}'


def _gap(summary: dict[str, Any]) -> list[Block]:
    rows = [[p["part"], _number(p["amount"]), _percent(p["share"]), p["meaning"]] for p in summary["gap_parts"]]
    return [
        Text(
            "Objective minus lower bound is a sum of parts, none negative; all are zero when the network and the dual "
            "variable are optimal."
        ),
        Table(["part", "amount", "share", "what it is"], rows, [1, 2]),
        Text(_diagnosis(summary)),
    ]


def _proof(summary: dict[str, Any]) -> list[Block]:
    dual, proofs = summary["dual_variable"], summary["proofs"]
    signs = ("+", "-", "total")
    labels = [("trees", "trees"), ("nodes", "nodes"), ("branches", "branches"), ("leaves", "leaves"), ("caps", "caps"),
              ("depth_max", "deepest leaf"), ("depth_mean", "mean depth of leaves"), ("bytes", "bytes"),
              ("bytes_per_node", "bytes per node")]  # fmt: skip
    rows = [[label, *[_number(proofs[sign][key]) if isinstance(proofs[sign][key], float) else str(proofs[sign][key])
                      for sign in signs]] for key, label in labels]  # fmt: skip
    blocks: list[Block] = [
        Text(
            "The bound is the Lagrange dual: for a dual variable ν with |φ_ν(u)| ≤ T |u| for all directions u, where "
            "φ_ν(u) = sum_i ν_i relu(x_i.u), no network of any width has an objective below the dual value of sν. The "
            "inequality is proved for both signs of ν in exact arithmetic."
        ),
        Text(
            f"ν is nonzero on {dual['nonzero']} samples ({dual['positive']} positive, {dual['negative']} negative); "
            f"T = {_number(dual['threshold'])}, s = {_number(dual['scale'])}."
        ),
        Table(["sign", "rule", "how it covers all directions"],
              [[f"{sign}ν", _rule(proofs[sign]), proofs[sign]["in_words"]] for sign in "+-"]),
    ]  # fmt: skip
    if proofs["total"]["nodes"]:
        blocks.append(Table(["", "+ν", "-ν", "both"], rows, [1, 2, 3]))
        blocks.append(Text("Leaves by depth:"))
        blocks.append(Code(_histogram(proofs["total"]["depth_histogram"])))
    return blocks


def _rule(proof: dict[str, Any]) -> str:
    parts = ", ".join(f"{rule} {times}" for rule, times in sorted(proof["part_rules"].items()))
    return f"{proof['rule']} ({parts})" if parts else str(proof["rule"])


def _histogram(depths: dict[str, int]) -> str:
    most = max(depths.values())
    return "\n".join(
        f"{depth:>4} {leaves:>9} {'#' * max(1, round(BAR * leaves / most))}" for depth, leaves in depths.items()
    )


def _tight(summary: dict[str, Any]) -> list[Block]:
    network, units = summary["network"], summary["units"]
    rows = [
        [str(u["unit"]), {1: "+", 0: "0", -1: "-"}[u["sign"]], _ratio(u["ratio"]), _number(u["slack"]),
         "yes" if u["agrees"] else "no", _percent(u["share"]), f"{u['active']}", _percent(u["gap_share"])]
        for u in units[:MOST_UNITS]
    ]  # fmt: skip
    blocks: list[Block] = [
        Text(
            "The bound is tight in a direction u where |φ_ν(u)| = T |u|; the hidden units of an optimal network point "
            f"only there. Of the {network['width']} units, {len(network['tight_units'])} are tight to "
            f"{network['tight_tolerance']:g} with the right sign; they carry {_percent(network['tight_share'])} of the "
            "sum of |w||a|."
        )
    ]
    if rows:
        head = ["unit", "a", "|φ|/(T|w|)", "1 - ratio", "sign fits", "share of |w||a|", "active", "share of gap"]
        blocks.append(Table(head, rows, [0, 2, 3, 5, 6, 7]))
    if len(units) > MOST_UNITS:
        blocks.append(Text(f"{len(units) - MOST_UNITS} more units are further from tight; --json lists all."))
    return blocks


def _ratio(value: float | None) -> str:
    return "–" if value is None else f"{value:.9f}"


def _residuals(summary: dict[str, Any]) -> list[Block]:
    rows = [
        [str(r["sample"]), *[_number(r[key]) for key in ("target", "output", "residual", "scaled_dual")]]
        for r in summary["residuals"]
    ]
    return [
        Text("At an optimum the residual y - f(x) of every sample is its dual variable sν."),
        Table(["sample", "target y", "output f(x)", "residual", "sν"], rows, [0, 1, 2, 3, 4]),
    ]


def _replay(summary: dict[str, Any]) -> list[Block]:
    certificate, claim = summary["certificate"], summary["claim"]
    rules = ", ".join(f"{name} {times}" for name, times in sorted(claim["rules"].items()))
    rows = [
        ["certificate", f"{certificate['bytes']} bytes, sha256 {certificate['sha256']}"],
        ["claim", f"sha256 {claim['claim_sha256']}"],
        ["checker", f"{claim['checker']['lines']} lines, sha256 {claim['checker']['sha256']}"],
        ["rules applied", rules],
        ["arithmetic", {"exact": "rational", "interval": "rational, square roots rounded outward"}[claim["grade"]]],
    ]
    return [Table(["", ""], rows), Text("relucert check CERT replays the certificate and needs nothing else.")]


def _document(explanation: Explanation, picture: str | None) -> list[Section]:
    summary = explanation.summary
    claim = summary["claim"]
    caption = "The dual function φ_ν(u) / (T |u|) and the network's units."
    shown: list[Block] = [] if picture is None else [Picture(picture, caption)]
    return [
        Section("Problem", [Text(claim["problem"]), Code(claim["formula"], formula=True)]),
        Section("Numbers", [_numbers(summary)]),
        Section("Network", _network(summary)),
        Section("Why the gap is what it is", _gap(summary)),
        Section("Where the bound is tight", [*_tight(summary), *shown]),
        Section("Largest residuals", _residuals(summary)),
        Section("Proof", _proof(summary)),
        Section("Replay", _replay(summary)),
    ]


# ------------------------------------------------------------------------------------------------------------ forms

TITLE = "How far from the global optimum?"


def as_markdown(explanation: Explanation, picture: str | None) -> str:
    """GitHub-flavoured Markdown; ``picture`` is the link to an image, percent-encoded."""
    lines = [f"# {TITLE}", "", _escape(_lead(explanation.summary))]
    for section in _document(explanation, picture):
        lines += ["", f"## {section.title}"]
        for block in section.blocks:
            lines += ["", _markdown(block)]
    return "\n".join(lines)


def _escape(text: str) -> str:
    """Characters that Markdown would take for markup or for the edge of a table cell."""
    return "".join("\\" + c if c in "\\|*_<>`" else c for c in text)


def _markdown(block: Block) -> str:
    match block:
        case Text(words):
            return _escape(words)
        case Code(words):
            return f"```text\n{words}\n```"
        case Picture(link, caption):
            return f"![{_escape(caption)}]({link})"
        case Table(head, rows, numbers):
            rule = ["---:" if k in numbers else "---" for k in range(len(head))]
            cells = [[_escape(cell) for cell in row] for row in [head, *rows]]
            return "\n".join("| " + " | ".join(row) + " |" for row in [cells[0], rule, *cells[1:]])


def as_html(explanation: Explanation, picture: str | None) -> str:
    """One page without scripts or outside style sheets; ``picture`` as for Markdown."""
    body = [f"<h1>{TITLE}</h1>", f'<p class="lead">{html.escape(_lead(explanation.summary))}</p>']
    for section in _document(explanation, picture):
        body.append(f"<h2>{html.escape(section.title)}</h2>")
        body += [_html(block) for block in section.blocks]
    return "\n".join([
        "<!DOCTYPE html>", '<html lang="en">', "<head>", '<meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{TITLE}</title>", f"<style>{STYLE}</style>", "</head>", "<body>", *body, "</body>", "</html>", "",
    ])  # fmt: skip


def _html(block: Block) -> str:
    match block:
        case Text(words):
            return f"<p>{html.escape(words)}</p>"
        case Code(words, formula):
            start = '<pre class="formula">' if formula else "<pre>"
            return f"{start}{html.escape(words)}</pre>"
        case Picture(link, caption):
            alt = html.escape(caption)
            return f'<figure><img src="{html.escape(link)}" alt="{alt}"><figcaption>{alt}</figcaption></figure>'
        case Table(head, rows, numbers):

            def line(tag: str, cells: Sequence[str]) -> str:
                marks = [' class="number"' if k in numbers else "" for k in range(len(cells))]
                inner = "".join(f"<{tag}{m}>{html.escape(c)}</{tag}>" for m, c in zip(marks, cells, strict=True))
                return f"<tr>{inner}</tr>"

            top = f"<thead>{line('th', head)}</thead>" if any(head) else ""
            rest = "\n".join(line("td", row) for row in rows)
            return f'<div class="table"><table>{top}\n<tbody>\n{rest}\n</tbody></table></div>'
