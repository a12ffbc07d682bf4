r"""Derivations as LaTeX: an article with theorem and proof, a fragment for ``\input``, or a collection of all.

Every result and every step is an equation with a label, ``eq:<derivation>:<result or step>``.  Nothing but amsmath,
amssymb, amsthm and hyperref is used.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sympy import Basic, Expr, Integer, Symbol, Tuple

from relucert.symbolic.derivation import Argument, Calculus, Derivation, Identity, Result, Step
from relucert.symbolic.frames import Frame
from relucert.symbolic.printers.latex import latex
from relucert.symbolic.printers.latex_text import escaped, inline, sentence
from relucert.symbolic.printers.lines import display, width
from relucert.symbolic.printers.notation import DEFAULT, Notation
from relucert.symbolic.printers.prose import Formula, namespace, pieces
from relucert.symbolic.verify import Report, StepReport

_RELATIONS = {"=": "=", "<": "<", ">": ">", "<=": r"\leq", ">=": r"\geq"}
_KINDS = {
    "identity": "computer algebra proves that the two sides differ by zero",
    "calculus": "a derivative is carried out, or a primitive is differentiated back",
    "argument": "reasoning, confirmed by an independent numerical evaluation or by exact special cases",
}
_MARK = r"\fbox{\textbf{UNVERIFIED}}"
_WIDEST_CELL = 40.0

PREAMBLE = r"""\documentclass[11pt,a4paper]{article}
\usepackage{amsmath,amssymb,amsthm}
\usepackage[hidelinks]{hyperref}
\setlength{\textwidth}{16cm}
\setlength{\textheight}{23.5cm}
\setlength{\oddsidemargin}{0cm}
\setlength{\evensidemargin}{0cm}
\setlength{\topmargin}{-1cm}
\setlength{\emergencystretch}{8em}
\allowdisplaybreaks
"""
ITEMS = r"\renewcommand{\labelitemi}{$\bullet$}"
ENVIRONMENTS = r"\theoremstyle{definition}\newtheorem{theorem}{Theorem}"


def document(
    derivation: Derivation,
    report: Report,
    *,
    notation: Notation = DEFAULT,
    steps: bool = True,
    fragment: bool = False,
) -> str:
    r"""One derivation.

    Parameters
    ----------
    derivation : Derivation
    report : Report
        What verifying it gave: a step that it does not call verified is marked, and so is the title.
    notation : Notation
    steps : bool
        With the proof.
    fragment : bool
        For ``\input``: without preamble and ``\begin{document}``; the first lines say what it needs.
    """
    writer = _Writer(derivation, report, notation)
    body = writer.section(steps=steps)
    if fragment:
        needs = ["% needs: \\usepackage{amsmath,amssymb,amsthm,hyperref}", f"% needs: {ENVIRONMENTS}"]
        return "\n".join([*needs, body, ""])
    head = [PREAMBLE + ENVIRONMENTS, ITEMS, f"\\title{{{writer.title()}}}", rf"\author{{{_origin(derivation.name)}}}"]
    body = body.replace(writer.heading(), "", 1)
    return "\n".join([*head, r"\date{}", r"\begin{document}", r"\maketitle", body, r"\end{document}", ""])


def collection(
    derivations: Sequence[tuple[Derivation, Report]], *, notation: Notation = DEFAULT, steps: bool = True
) -> str:
    """All of them as one article with a table of contents; mentions of other derivations are links."""
    known = frozenset(derivation.name for derivation, _ in derivations)
    writers = [_Writer(derivation, report, notation, known) for derivation, report in derivations]
    open_ones = [writer for writer in writers if not writer.report.verified]
    title = "Population losses of shallow ReLU networks"
    head = [
        PREAMBLE + ENVIRONMENTS.replace("{Theorem}", "{Theorem}[section]"),
        ITEMS,
        r"\numberwithin{equation}{section}",
        f"\\title{{{title}{f' {_MARK}' if open_ones else ''}}}",
        rf"\author{{{_origin('--all')}}}",
        r"\date{}",
        r"\begin{document}",
        r"\maketitle",
        r"\tableofcontents",
        r"\clearpage",
    ]
    bodies = [writer.section(steps=steps) for writer in writers]
    return "\n".join([*head, *bodies, r"\end{document}", ""])


def _origin(arguments: str) -> str:
    return rf"\texttt{{relucert derive {arguments.replace('--', '-{}-')}}}"


@dataclass
class _Writer:
    """Writes one derivation."""

    derivation: Derivation
    report: Report
    notation: Notation
    linked: frozenset[str] = frozenset()
    names: Mapping[str, Any] = field(init=False)
    labels: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        self.names = namespace(self.derivation)
        self.labels = _labels(self.derivation)

    # --- pieces of text

    def _math(self, expression: Basic) -> str:
        return latex(expression, self.notation)

    def _prose(self, text: str, stop: str = ".") -> str:
        return sentence(pieces(text, self.names, of=self.derivation.name), self.notation, stop=stop, words=self._words)

    def _words(self, text: str) -> str:
        """Escaped; names of other derivations in the collection as links."""
        others = sorted((name for name in self.linked if name != self.derivation.name), key=len, reverse=True)
        if not others:
            return escaped(text)
        found = re.split(rf"(?<![\w-])({'|'.join(map(re.escape, others))})(?![\w-])", text)
        return "".join(
            rf"\hyperref[thm:{part}]{{{part}}}" if number % 2 else escaped(part) for number, part in enumerate(found)
        )

    def _equation(self, name: str, left: Expr, relation: str, right: Expr, mark: str = "") -> str:
        body = display(f"{self._math(left)} {_RELATIONS[relation]} {self._math(right)}{mark}")
        return f"\\begin{{equation}}\\label{{{self.labels[name]}}}\n{body}\n\\end{{equation}}"

    # --- parts of the section

    def title(self) -> str:
        """With a mark, when a step is not verified."""
        return escaped(self.derivation.title) + ("" if self.report.verified else f" {_MARK}")

    def heading(self) -> str:
        """The section's first lines."""
        name = self.derivation.name
        mark = "" if self.report.verified else r" \texorpdfstring{" + _MARK + "}{(UNVERIFIED)}"
        return f"\\section{{{escaped(self.derivation.title)}{mark}}}\\label{{sec:{name}}}"

    def section(self, *, steps: bool) -> str:
        """Everything about the derivation."""
        parts = [self.heading(), self._setting(), self._table(), self._theorem()]
        if steps:
            parts.append(self._proof())
        return "\n\n".join(part for part in [*parts, self._remarks()] if part)

    def _setting(self) -> str:
        source = f"Source: {self._words(self.derivation.source)}."
        return " ".join([self._prose(self.derivation.law), self._prose(self.derivation.normalisation), source])

    def _table(self) -> str:
        rows = [
            rf"${self._math(symbol)}$ & \raggedright {self._meaning(symbol, text)} \tabularnewline"
            for symbol, text in self._meanings()
        ]
        return "\n".join(
            [r"\begin{center}", r"\begin{tabular}{@{}l@{\quad}p{13cm}@{}}", *rows, r"\end{tabular}", r"\end{center}"]
        )

    def _meanings(self) -> list[tuple[Symbol, str]]:
        explained = list(self.derivation.meanings.items())
        shown = set().union(
            *(side.free_symbols for part in self.derivation.results for side in (part.left, part.right))
        )
        others = [name for name in self.derivation.frame.definitions if name not in self.derivation.meanings]
        return explained + [(name, "") for name in others if name in shown]

    def _meaning(self, symbol: Symbol, text: str) -> str:
        """In words, and the abbreviation's formula when the words do not have it."""
        parts = pieces(text, self.names, of=self.derivation.name)
        definition = self.derivation.definitions().get(symbol)
        said = {part.expression for part in parts if isinstance(part, Formula)}
        written = sentence(parts, self.notation, stop="", words=self._words)
        if definition is None or definition in said or symbol.is_integer:  # a number's definition serves the check only
            return written
        formula = self._math(definition)
        if width(formula) > _WIDEST_CELL:
            body = display(f"{self._math(symbol)} = {formula}", 50)
            aligned = body.replace("{split}", "{aligned}")
            return f"{written}:\\newline $\\displaystyle {aligned}$" if written else f"$\\displaystyle {aligned}$"
        short = f"${self._math(symbol)} = {latex(definition, self.notation, inline=True)}$"
        return f"{written}; {short}" if written else short

    def _theorem(self) -> str:
        lines = [f"\\begin{{theorem}}\\label{{thm:{self.derivation.name}}}"]
        if self.derivation.conditions:
            lines += ["Under the conditions", r"\begin{itemize}"]
            lines += [rf"\item {self._prose(condition)}" for condition in self.derivation.conditions]
            lines += [r"\end{itemize}", r"the following holds.\smallskip"]
        for result in self.derivation.results:
            lines += ["", self._result(result)]
        return "\n".join([*lines, r"\end{theorem}"])

    def _result(self, result: Result) -> str:
        described = self._prose(result.description, stop="").rstrip(".")
        return f"\\noindent {described}:\n{self._equation(f'result {result.name}', result.left, '=', result.right)}"

    def _proof(self) -> str:
        kinds = dict.fromkeys(step.check.kind for step in self.derivation.steps)
        legend = "; ".join(rf"\emph{{{kind.capitalize()}}}: {_KINDS[kind]}" for kind in kinds)
        lines = [r"\begin{proof}", f"The word after a step's name says how it is checked. {legend}."]
        coordinates = self._coordinates(self.derivation.frame)
        if coordinates:
            lines.append(f"Coordinates, unless a step says otherwise: {', '.join(coordinates)}.")
        for number, step in enumerate(self.derivation.steps, start=1):
            lines += ["", self._step(number, step)]
        return "\n".join([*lines, r"\end{proof}"])

    def _step(self, number: int, step: Step) -> str:
        reported = self._reported(step)
        mark = "" if reported.verified else f" {_MARK}"
        title = rf"\medskip\noindent\textbf{{Step {number}: {escaped(step.name)}}} (\emph{{{step.check.kind}}}).{mark}"
        head = f"{title} {self._prose(step.reason)}"
        equation = self._equation(step.name, step.left, step.relation, step.right)
        details = " ".join(part for part in (self._details(step), self._own_coordinates(step)) if part)
        return "\n".join(part for part in (head, equation, details) if part)

    def _reported(self, step: Step) -> StepReport:
        missing = StepReport(step.name, step.check.kind, False, "not verified")
        return next((entry for entry in self.report.steps if entry.step == step.name), missing)

    def _details(self, step: Step) -> str:
        """What the check uses: primitive, witness, sizes, special cases, earlier steps."""
        check = step.check
        said = []
        if isinstance(check, Calculus) and check.primitive is not None:
            said.append(f"A primitive is {self._wide(check.primitive)}.")
        if isinstance(check, Identity) and check.inserting:
            earlier = ", ".join(rf"\eqref{{{self.labels[name]}}}" for name in check.inserting)
            said.append(f"Inserted: {earlier}.")
        if isinstance(check, Identity) and check.witness is not None:
            said.append(f"The difference of the two sides is {self._wide(check.witness)}.")
        cases: Sequence[Mapping[Symbol, Any]] = ()
        if isinstance(check, Identity):
            cases = check.sizes
        elif isinstance(check, Argument):
            cases = check.special_cases
        if cases:
            word = "Proved for" if isinstance(check, Identity) else "Exact special cases:"
            said.append(f"{word} {'; '.join(self._assigned(case) for case in cases)}.")
        return " ".join(said)

    def _wide(self, expression: Expr) -> str:
        return inline(Formula(expression, ""), self.notation)

    def _assigned(self, values: Mapping[Symbol, Any]) -> str:
        return ", ".join(f"${self._math(name)} = {self._value(value)}$" for name, value in values.items())

    def _value(self, value: Any) -> str:
        return latex(value, self.notation, inline=True) if isinstance(value, Basic) else str(value)

    def _own_coordinates(self, step: Step) -> str:
        """Where the step's coordinates differ from the derivation's, as far as its formulas need them."""
        if step.frame is None:
            return ""
        used = _used(step)
        parts = self._coordinates(step.frame, known=self.derivation.frame, used=used)
        inline_parts = [text for text in parts if not text.startswith("\n")]
        displays = [text for text in parts if text.startswith("\n")]
        text = ", ".join(inline_parts) + (" and" if inline_parts and displays else "")
        return f"Here {text}{''.join(displays) or '.'}" if parts else ""

    def _coordinates(self, frame: Frame, *, known: Frame | None = None, used: set[Symbol] | None = None) -> list[str]:
        """What the frame says: without what is known, and about these symbols only."""
        before = known or Frame()
        said = [
            *(
                (name, Tuple(*entry) if len(entry) > 1 else entry[0], before.vectors.get(name) == entry)
                for name, entry in frame.vectors.items()
            ),
            *((name, Integer(size), before.sizes.get(name) == size) for name, size in frame.sizes.items()),
        ]
        if known is not None:
            said += [(name, entry, before.definitions.get(name) == entry) for name, entry in frame.definitions.items()]
        return [
            self._assignment(name, value)
            for name, value, is_known in said
            if not is_known and (used is None or name.free_symbols & used)
        ]

    def _assignment(self, name: Basic, value: Basic) -> str:
        text = f"{self._math(name)} = {latex(value, self.notation, inline=True)}"
        if width(text) <= _WIDEST_CELL:
            breakable = text.replace(", ", r", \allowbreak ")
            return f"${breakable}$"
        return f"\n\\[\n{display(f'{self._math(name)} = {self._math(value)}')}\n\\]"

    def _remarks(self) -> str:
        if not self.derivation.remarks:
            return ""
        return "\n".join(
            [
                r"\paragraph{Remarks.}",
                r"\begin{itemize}",
                *(rf"\item {self._prose(remark)}" for remark in self.derivation.remarks),
                r"\end{itemize}",
            ]
        )


def _used(step: Step) -> set[Symbol]:
    """The symbols of the step's formulas, and those that abbreviations among them stand for."""
    assert step.frame is not None
    found: set[Symbol] = step.left.free_symbols | step.right.free_symbols
    while True:
        more = set().union(*(step.frame.definitions[name].free_symbols for name in found & {*step.frame.definitions}))
        if more <= found:
            return found
        found |= more


def _labels(derivation: Derivation) -> dict[str, str]:
    """Labels of the results, by ``result <name>``, and of the steps, by name: all different."""
    labels: dict[str, str] = {}
    for name in (
        *(f"result {result.name}" for result in derivation.results),
        *(step.name for step in derivation.steps),
    ):
        plain = re.sub(r"[^a-z0-9]+", "-", name.removeprefix("result ").lower()).strip("-")
        label, number = f"eq:{derivation.name}:{plain}", 2
        while label in labels.values():
            label, number = f"eq:{derivation.name}:{plain}-{number}", number + 1
        labels[name] = label
    return labels
