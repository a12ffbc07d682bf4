"""Claims as texts of the language: what is printed is read back to the same claim."""

from __future__ import annotations

from relucert.certify.claim import spell_rational
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
from relucert.certify.language.tokens import MAX_TEXT

_SIGNS = {"add": " + ", "sub": " - ", "mul": "*", "div": "/"}


def to_text(claim: RealFormula) -> Printed:
    """The claim in the language, such that ``parse_claim`` gives the same claim.

    The same expressions and formulas come back when the claim has come from the parser; another one may hold numbers
    that are not in lowest terms of arithmetic (``1 + 1``), which are worked out when they are read.
    """
    return printed(claim, PlainText())


def expression_text(claim: RealFormula, place: int) -> str:
    """One expression of a claim."""
    return one_text(claim, PlainText(), Part(place))


class PlainText:
    """The grammar of docs/language.md with as few brackets as possible."""

    brackets = ("(", ")")
    longest = MAX_TEXT

    def expression(self, node: Node, claim: RealFormula) -> Pieces:
        kind, *rest = node
        if kind == "rational":
            value = rest[0]
            strength = SUM if value < 0 else ATOM if value.denominator == 1 else PRODUCT
            return strength, [spell_rational(value)]
        if kind == "variable":
            return ATOM, [claim.variables[rest[0]].name]
        if kind == "pi":
            return ATOM, ["pi"]
        if kind == "neg":
            return SUM, ["-", Part(rest[0], PRODUCT)]
        if kind in _SIGNS:
            strength = SUM if kind in ("add", "sub") else PRODUCT
            return strength, [Part(rest[0], strength), _SIGNS[kind], Part(rest[1], strength + 1)]
        if kind == "power":
            exponent = str(rest[1]) if rest[1] >= 0 else f"({rest[1]})"
            return POWER, [Part(rest[0], ATOM), f"^{exponent}"]
        if kind == "root":
            name, degree = {2: ("sqrt", ""), 3: ("cbrt", "")}.get(rest[1], ("root", f", {rest[1]}"))
            return ATOM, [f"{name}(", Part(rest[0]), f"{degree})"]
        if len(rest) == 2:
            return ATOM, [f"{kind}(", Part(rest[0]), ", ", Part(rest[1]), ")"]
        return ATOM, [f"{kind}(", Part(rest[0]), ")"]

    def formula(self, formula: Node, claim: RealFormula) -> Pieces:
        kind, *rest = formula
        if kind not in CONNECTIVES:
            a, sign, b = relation(formula, claim)
            return RELATION, [Part(a, SUM), f" {sign} ", Part(b, SUM)]
        if kind == "not":
            return NEGATION, ["not ", Part(rest[0], TRUTH, True)]
        if kind == "and" and (found := chain(formula, claim)):
            (low, a, b), (high, _, c) = found
            return CONJUNCTION, [Part(a, SUM), f" {low} ", Part(b, SUM), f" {high} ", Part(c, SUM)]
        strength = CONJUNCTION if kind == "and" else DISJUNCTION
        return strength, [Part(rest[0], strength, True), f" {kind} ", Part(rest[1], strength + 1, True)]

    def name(self, name: str) -> str:
        return name

    def range(self, variable: Variable, low: str, high: str) -> str:
        name = variable.name
        if variable.integer and low and high and not variable.low_open and not variable.high_open:
            return f"{name} in {low}..{high}"
        left = "[" if low and not variable.low_open else "("
        right = "]" if high and not variable.high_open else ")"
        whole = " integer" if variable.integer else ""
        return f"{name} in {left}{low or '-inf'}, {high or 'inf'}{right}{whole}"
