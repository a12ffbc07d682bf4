"""A derivation as one HTML page that needs nothing else: formulas in MathML, a few lines of style, light and dark."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from sympy import Basic

from relucert.symbolic.derivation import Derivation
from relucert.symbolic.printers.latex import latex
from relucert.symbolic.printers.markdown import RELATIONS
from relucert.symbolic.printers.notation import DEFAULT, Notation
from relucert.symbolic.printers.page import (
    KINDS,
    UNVERIFIED,
    Assignment,
    Equation,
    Prose,
    StepText,
    page,
    without_steps,
)
from relucert.symbolic.printers.prose import Formula, Words
from relucert.symbolic.verify import Report

STYLE = """\
:root { color-scheme: light dark; --quiet: #666; --line: #ccc; --bad: #b00020; }
@media (prefers-color-scheme: dark) { :root { --quiet: #aaa; --line: #444; --bad: #ff6b81; } }
body { max-width: 46rem; margin: 2rem auto; padding: 0 1rem; font: 1rem/1.55 Georgia, serif; }
h1, h2 { font-weight: normal; line-height: 1.2; }
h2 { margin-top: 2.2rem; border-bottom: 1px solid var(--line); }
table { border-collapse: collapse; width: 100%; }
td, th { padding: .25rem .8rem .25rem 0; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); }
.display { margin: .8rem 0; overflow-x: auto; overflow-y: hidden; padding: .3rem 0; }
.step { margin: 1.6rem 0; }
.note, .kind, footer { color: var(--quiet); font-size: .9rem; }
.bad { color: var(--bad); font-weight: bold; }
math { font-size: 1.05em; }
"""


def html(
    derivation: Derivation, report: Report, *, notation: Notation = DEFAULT, steps: bool = True, fragment: bool = False
) -> str:
    """The page; a fragment is what stands in its body, without the title.

    Parameters
    ----------
    derivation : Derivation
    report : Report
        What verifying it gave: steps that it does not call verified are marked.
    notation : Notation
    steps, fragment : bool
    """
    text = page(derivation, report)
    text = text if steps else without_steps(text)
    writer = _Writer(notation)
    mark = "" if text.verified else f' <span class="bad">{UNVERIFIED}</span>'
    body = [] if fragment else [f"<h1>{escape(text.title)}{mark}</h1>"]
    body.append(f"<p>{'<br>'.join(writer.prose(fact) for fact in text.facts)}</p>")
    rows = [f"<tr><td>{writer.math(name)}</td><td>{writer.prose(words)}</td></tr>" for name, words in text.meanings]
    body.append("\n".join(["<table>", *rows, "</table>"]))
    if text.conditions:
        body += ["<h2>Conditions</h2>", _listed([writer.prose(entry) for entry in text.conditions])]
    body.append(f"<h2>{'Result' if len(text.results) == 1 else 'Results'}</h2>")
    for description, equation in text.results:
        body += [f"<p>{writer.prose(description).rstrip('.')}:</p>", writer.display(equation)]
    if text.steps:
        kinds = dict.fromkeys(step.kind for step in text.steps)
        legend = " ".join(f"<em>{kind.capitalize()}</em>: {KINDS[kind]}." for kind in kinds)
        body += ["<h2>Proof</h2>", f'<p class="note">How each step is checked is said in brackets. {legend}</p>']
        if text.coordinates:
            body.append(f"<p>Coordinates, unless a step says otherwise: {writer.prose(text.coordinates)}.</p>")
        body += [writer.step(step) for step in text.steps]
    if text.remarks:
        body += ["<h2>Remarks</h2>", _listed([writer.prose(entry) for entry in text.remarks])]
    body.append(f"<footer><p>Written by <code>relucert derive {derivation.name} --to html</code>.</p></footer>")
    content = "\n".join(body) + "\n"
    return content if fragment else _document(text.title, content)


def index(derivations: Sequence[Derivation]) -> str:
    """A list of pages in the order of reading."""
    rows = [
        f'<tr><td><a href="{item.name}.html">{item.name}</a></td><td>{escape(item.title)}</td>'
        f"<td>{len(item.steps)}</td></tr>"
        for item in derivations
    ]
    total = sum(len(item.steps) for item in derivations)
    count = f"<p>{len(derivations)} derivations in {total} steps, in the order of reading.</p>"
    head = "<tr><th>name</th><th>statement</th><th>steps</th></tr>"
    return _document(
        "Derivations", "\n".join(["<h1>Derivations</h1>", count, "<table>", head, *rows, "</table>"]) + "\n"
    )


def _document(title: str, content: str) -> str:
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n{content}</body>\n</html>\n"
    )


def _listed(entries: Sequence[str]) -> str:
    return "\n".join(["<ul>", *(f"<li>{entry}</li>" for entry in entries), "</ul>"])


class _Writer:
    def __init__(self, notation: Notation) -> None:
        self.notation = notation

    def math(self, expression: Basic, name: Basic | None = None) -> str:
        """MathML in a line of text."""
        text = latex(expression, self.notation, inline=True)
        if name is not None:
            text = f"{latex(name, self.notation, inline=True)} = {text}"
        return _mathml(text, "inline")

    def prose(self, parts: Prose) -> str:
        """Words and formulas in a line."""
        return "".join(self._piece(part) for part in parts)

    def _piece(self, part: object) -> str:
        if isinstance(part, Words):
            return escape(part.text, quote=False)
        assert isinstance(part, Formula)
        return self.math(part.expression, part.name if isinstance(part, Assignment) else None)

    def display(self, equation: Equation) -> str:
        """A formula on a line of its own, which can be scrolled when it is wide."""
        left, right = (latex(side, self.notation) for side in (equation.left, equation.right))
        return f'<div class="display">{_mathml(f"{left} {RELATIONS[equation.relation]} {right}", "block")}</div>'

    def step(self, step: StepText) -> str:
        """Name, reason and kind; the formula; what the check uses."""
        mark = f' <span class="bad">{UNVERIFIED}: {escape(step.failure)}</span>' if step.failure else ""
        head = f"<strong>Step {step.number}: {escape(step.name, quote=False)}.</strong>{mark}"
        lines = [
            '<div class="step">',
            f'<p>{head} {self.prose(step.reason)} <span class="kind">[{step.kind}]</span></p>',
            self.display(step.equation),
        ]
        if step.notes:
            lines.append(f'<p class="note">{" ".join(self.prose(note) for note in step.notes)}</p>')
        return "\n".join([*lines, "</div>"])


def _mathml(text: str, where: str) -> str:
    from latex2mathml.converter import convert

    found: str = convert(text, display=where)
    return found
