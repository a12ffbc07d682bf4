"""Claims in LaTeX (amsmath), as they stand: nothing is reordered or simplified."""

from __future__ import annotations

import re

from relucert.certify.formula import CONNECTIVES, Node, RealFormula, Variable
from relucert.certify.language.layout import (
    ATOM,
    CONJUNCTION,
    DISJUNCTION,
    NEGATION,
    POWER,
    PRODUCT,
    RELATION,
    SUM,
    TRUTH,
    Part,
    Pieces,
    Printed,
    chain,
    one_text,
    printed,
    relation,
)
from relucert.certify.language.tokens import GREEK, MAX_TEXT

_SIGNS = {"<": "<", "<=": r"\leq", "=": "=", "!=": r"\neq", ">": ">", ">=": r"\geq"}
_SQUARED = ("sin", "cos")  # \sin^{2} x is (sin x)^2
_LETTERS = {**{name: rf"\{name}" for name in GREEK.values()}, "epsilon": r"\varepsilon", "omicron": "o"}
_NAME = re.compile(r"([A-Za-z]+?)_*([0-9]*)((?:_+[A-Za-z0-9]+)*)_*")


def to_latex(claim: RealFormula) -> Printed:
    """The claim in lines of LaTeX, without dollar signs."""
    return printed(claim, Latex(claim))


def expression_latex(claim: RealFormula, place: int) -> str:
    """One expression of a claim."""
    return one_text(claim, Latex(claim), Part(place))


def name_latex(name: str) -> str:
    r"""A name: ``theta_0`` is ``\theta_{0}``, ``x1`` is ``x_{1}``, ``w_star`` is ``w_{\mathit{star}}``."""
    match = _NAME.fullmatch(name)
    if match is None:
        return rf"\mathit{{{_escaped(name)}}}"
    below = [part for part in (match[2], *match[3].split("_")) if part]
    subscript = f"_{{{', '.join(map(_word, below))}}}" if below else ""
    return f"{_word(match[1])}{subscript}"


def _escaped(name: str) -> str:
    return name.replace("_", r"\_")


def _word(word: str) -> str:
    if word in _LETTERS:
        return _LETTERS[word]
    return word if len(word) == 1 or word.isdigit() else rf"\mathit{{{word}}}"


class Latex:
    """Fractions, roots and Greek letters."""

    brackets = (r"\left( ", r" \right)")
    longest = 10 * MAX_TEXT

    def __init__(self, claim: RealFormula) -> None:
        names = [variable.name for variable in claim.variables]
        written = [name_latex(name) for name in names]
        # x1 and x_1 look alike: then both are written in full
        self.names = {
            name: text if written.count(text) == 1 else rf"\mathit{{{_escaped(name)}}}"
            for name, text in zip(names, written, strict=True)
        }

    def expression(self, node: Node, claim: RealFormula) -> Pieces:
        kind, *rest = node
        if kind == "rational":
            value = abs(rest[0])
            text = str(value) if value.denominator == 1 else rf"\frac{{{value.numerator}}}{{{value.denominator}}}"
            return (SUM, ["-" + text]) if rest[0] < 0 else (ATOM if value.denominator == 1 else POWER, [text])
        if kind == "variable":
            return ATOM, [self.name(claim.variables[rest[0]].name)]
        if kind == "pi":
            return ATOM, [r"\pi"]
        if kind == "neg":
            return SUM, ["-", Part(rest[0], PRODUCT)]
        if kind in ("add", "sub"):
            return SUM, [Part(rest[0], SUM), " + " if kind == "add" else " - ", Part(rest[1], PRODUCT)]
        if kind == "mul":
            sign = r" \cdot " if _starts_with_digit(claim.nodes[rest[1]], claim) else " "
            return PRODUCT, [Part(rest[0], PRODUCT), sign, Part(rest[1], POWER)]
        if kind == "div":
            return POWER, [r"\frac{", Part(rest[0]), "}{", Part(rest[1]), "}"]
        if kind == "power":
            return self._power(rest[0], rest[1], claim)
        if kind == "root":
            return POWER, [r"\sqrt{" if rest[1] == 2 else rf"\sqrt[{rest[1]}]{{", Part(rest[0]), "}"]
        if kind == "exp":
            return POWER, [r"\mathrm{e}^{", Part(rest[0]), "}"]
        if kind == "abs":
            return ATOM, [r"\left\lvert ", Part(rest[0]), r" \right\rvert"]
        left, right = self.brackets
        if len(rest) == 2:
            return POWER, [rf"\{kind}{left}", Part(rest[0]), ", ", Part(rest[1]), right]
        return POWER, [rf"\{kind}{left}", Part(rest[0]), right]

    def _power(self, base: int, exponent: int, claim: RealFormula) -> Pieces:
        inner = claim.nodes[base]
        if inner[0] in _SQUARED and exponent >= 2:
            left, right = self.brackets
            return POWER, [rf"\{inner[0]}^{{{exponent}}}{left}", Part(inner[1]), right]
        return POWER, [Part(base, ATOM), f"^{{{exponent}}}"]

    def formula(self, formula: Node, claim: RealFormula) -> Pieces:
        kind, *rest = formula
        if kind not in CONNECTIVES:
            a, sign, b = relation(formula, claim)
            return RELATION, [Part(a, SUM), f" {_SIGNS[sign]} ", Part(b, SUM)]
        if kind == "not":
            return NEGATION, [r"\neg ", Part(rest[0], TRUTH, True)]
        if kind == "and" and (found := chain(formula, claim)):
            (low, a, b), (high, _, c) = found
            return CONJUNCTION, [Part(a, SUM), f" {_SIGNS[low]} ", Part(b, SUM), f" {_SIGNS[high]} ", Part(c, SUM)]
        strength, sign = (CONJUNCTION, r"\wedge") if kind == "and" else (DISJUNCTION, r"\vee")
        return strength, [Part(rest[0], strength, True), f" {sign} ", Part(rest[1], strength + 1, True)]

    def name(self, name: str) -> str:
        return self.names.get(name) or name_latex(name)

    def range(self, variable: Variable, low: str, high: str) -> str:
        name = self.name(variable.name)
        if variable.integer and low and high and not variable.low_open and not variable.high_open:
            return rf"{name} \in \{{{low}, \dots, {high}\}}"
        left = "[" if low and not variable.low_open else "("
        right = "]" if high and not variable.high_open else ")"
        ends = left + (low or r"-\infty") + ", " + (high or r"\infty") + right
        return rf"{name} \in {ends} \cap \mathbb{{Z}}" if variable.integer else rf"{name} \in {ends}"


def _starts_with_digit(node: Node, claim: RealFormula) -> bool:
    """Whether a right factor begins with a digit, which would join with what is before it."""
    base = claim.nodes[node[1]] if node[0] == "power" else node
    return bool(base[0] == "rational")
