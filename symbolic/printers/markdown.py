r"""A derivation as GitHub Markdown: formulas between dollar signs, displays in ``math`` fences.

Inside dollar signs GitHub still reads Markdown: what it would take for emphasis, an escape or a tag is spelled in
another way.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from sympy import Basic

from relucert.symbolic.derivation import Derivation
from relucert.symbolic.printers.latex import latex
from relucert.symbolic.printers.lines import display
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

# a macro's name must not run into a letter that follows it
_SAFE = {
    r"\,": r"\thinspace ",
    r"\!": r"\negthinspace ",
    r"\{": r"\lbrace ",
    r"\}": r"\rbrace ",
    "*": r"\ast ",
    "<": r"\lt ",
    ">": r"\gt ",
}
RELATIONS = {"=": "=", "<": "<", ">": ">", "<=": r"\leq", ">=": r"\geq"}
_SPECIAL = re.compile(r"([\\`*_\[\]<>#|$])")


def markdown(
    derivation: Derivation, report: Report, *, notation: Notation = DEFAULT, steps: bool = True, fragment: bool = False
) -> str:
    """The page.

    Parameters
    ----------
    derivation : Derivation
    report : Report
        What verifying it gave: steps that it does not call verified are marked.
    notation : Notation
    steps : bool
        With the proof.
    fragment : bool
        Without the title, one heading level lower.
    """
    text = page(derivation, report)
    text = text if steps else without_steps(text)
    writer = _Writer(notation)
    level = "###" if fragment else "##"
    mark = "" if text.verified else f" **[{UNVERIFIED}]**"
    blocks = [] if fragment else [f"# {_escaped(text.title)}{mark}"]
    blocks.append("\\\n".join(writer.prose(fact) for fact in text.facts))
    rows = [f"| ${writer.inline(symbol)}$ | {writer.prose(meaning)} |" for symbol, meaning in text.meanings]
    blocks.append("\n".join(["| symbol | meaning |", "|---|---|", *rows]))
    if text.conditions:
        blocks.append("\n".join([f"{level} Conditions\n", *(f"* {writer.prose(entry)}" for entry in text.conditions)]))
    blocks.append(f"{level} {'Result' if len(text.results) == 1 else 'Results'}")
    for description, equation in text.results:
        blocks += [f"{writer.prose(description).rstrip('.')}:", writer.display(equation)]
    if text.steps:
        blocks.append(f"{level} Proof")
        kinds = dict.fromkeys(step.kind for step in text.steps)
        blocks.append(f"How each step is checked is said in brackets. {_legend(kinds)}")
        if text.coordinates:
            blocks.append(f"Coordinates, unless a step says otherwise: {writer.prose(text.coordinates)}.")
        blocks += [block for step in text.steps for block in writer.step(step)]
    if text.remarks:
        blocks.append("\n".join([f"{level} Remarks\n", *(f"* {writer.prose(entry)}" for entry in text.remarks)]))
    blocks.append(f"*Written by `relucert derive {derivation.name} --to md`.*")
    return "\n\n".join(blocks) + "\n"


def index(derivations: Sequence[Derivation], extension: str = "md") -> str:
    """A list of pages in the order of reading."""
    rows = [
        f"| [{item.name}]({item.name}.{extension}) | {_escaped(item.title)} | {len(item.steps)} "
        f"| {_escaped(item.source.replace('`', ''))} |"
        for item in derivations
    ]
    total = sum(len(item.steps) for item in derivations)
    lines = [
        "# Derivations",
        "",
        f"{len(derivations)} derivations in {total} steps, in the order of reading. Every step is checked by "
        "`relucert derive --check`.",
        "",
        "| name | statement | steps | source |",
        "|---|---|---|---|",
        *rows,
    ]
    return "\n".join(lines) + "\n"


def _legend(kinds: Sequence[str] | dict[str, None]) -> str:
    return " ".join(f"*{kind.capitalize()}*: {KINDS[kind]}." for kind in kinds)


def _escaped(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", text)


def _named(text: str) -> str:
    r"""GitHub refuses ``\operatorname``."""
    return re.sub(r"\\operatorname\{(\w+)\}", r"\\mathop{\\mathrm{\1}}\\nolimits", text)


class _Writer:
    def __init__(self, notation: Notation) -> None:
        self.notation = notation

    def inline(self, expression: Basic) -> str:
        """Between dollar signs."""
        text = _named(latex(expression, self.notation, inline=True))
        for plain, safe in _SAFE.items():
            text = text.replace(plain, safe)
        return re.sub(r" +(?=[ }])", "", text).strip()

    def prose(self, parts: Prose) -> str:
        """Words and formulas in a line."""
        return "".join(self._piece(part) for part in parts)

    def _piece(self, part: object) -> str:
        if isinstance(part, Words):
            return _escaped(part.text)
        assert isinstance(part, Formula)
        name = f"{self.inline(part.name)} = " if isinstance(part, Assignment) else ""
        return f"${name}{self.inline(part.expression)}$"

    def display(self, equation: Equation) -> str:
        """A formula on lines of its own; fences keep GitHub's Markdown out of it."""
        left, right = (latex(side, self.notation) for side in (equation.left, equation.right))
        body = _named(display(f"{left} {RELATIONS[equation.relation]} {right}"))
        return f"```math\n{body}\n```"

    def step(self, step: StepText) -> list[str]:
        """Name, reason and kind; the formula; what the check uses."""
        mark = f" **[{UNVERIFIED}: {_escaped(step.failure)}]**" if step.failure else ""
        head = f"**Step {step.number}: {_escaped(step.name)}.**{mark} {self.prose(step.reason)} *[{step.kind}]*"
        notes = [" ".join(self.prose(note) for note in step.notes)] if step.notes else []
        return [head, self.display(step.equation), *notes]
