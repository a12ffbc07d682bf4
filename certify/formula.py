"""What a certificate about real functions asserts: expressions, relations between them, and for which numbers.

Like :mod:`relucert.certify.claim` this file belongs to the trusted base: standard library only, no float arithmetic.
Expressions and formulas are lists in which every entry names earlier ones by their place, so that the largest of them
is read, evaluated and worded without recursion, and a part that occurs twice is worked out once.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from relucert.certify.claim import ClaimError, Json, canonical_json, parse_rational, spell_rational

ASSERTIONS = ("holds", "fails", "vacuous")
FUNCTIONS = ("exp", "log", "sin", "cos", "arctan", "arccos", "abs")  # of one argument
BINARY = {"add": " + ", "sub": " - ", "mul": "*", "div": "/"}
EXTREMES = ("min", "max")
WITH_NUMBER = ("power", "root")  # of an expression and a whole number
RELATIONS = ("<", "<=", "=", "!=")
CONNECTIVES = ("and", "or", "not")
MAX_NODES, MAX_NUMBER, MAX_VARIABLES = 1_000_000, 1000, 64

Node = tuple[Any, ...]


@dataclass(frozen=True)
class Variable:
    """A real (or whole) number between two ends: places of constant expressions, or ``None``, which is infinite."""

    name: str
    low: int | None
    high: int | None
    low_open: bool
    high_open: bool
    integer: bool


@dataclass(frozen=True)
class RealFormula:
    """For all numbers in the ranges for which the hypothesis holds, the conclusion is defined and holds.

    Attributes
    ----------
    assertion : "holds" as above; "fails": not so; "vacuous": the hypothesis holds for no numbers in the ranges.
    nodes : expressions: ("rational", Fraction), ("pi",), ("variable", i), ("neg" | function, a),
        ("add" | "sub" | "mul" | "div" | "min" | "max", a, b), ("power", a, n) for any whole n, ("root", a, n) for
        n >= 2: the real root, odd ones of negative numbers too.
    formulas : ("<" | "<=" | "=" | "!=", a, b) for expressions; ("and" | "or", f, g), ("not", f) for formulas.
    hypothesis, conclusion : places of formulas; no hypothesis is ``None``.
    """

    assertion: str
    variables: tuple[Variable, ...]
    nodes: tuple[Node, ...]
    formulas: tuple[Node, ...]
    hypothesis: int | None
    conclusion: int

    def __post_init__(self) -> None:
        if self.assertion not in ASSERTIONS:
            raise ClaimError(f"claim.assertion: is not one of {', '.join(ASSERTIONS)}")
        if len(self.variables) > MAX_VARIABLES or len({v.name for v in self.variables}) != len(self.variables):
            raise ClaimError(f"claim.variables: at most {MAX_VARIABLES}, each with a name of its own")
        constant: list[bool] = []
        for place, node in enumerate(self.nodes):
            parts = _arguments(node, place, len(self.variables), f"claim.nodes[{place}]")
            constant.append(node[0] != "variable" and all(constant[part] for part in parts))
        for place, formula in enumerate(self.formulas):
            _check_formula(formula, place, len(self.nodes), f"claim.formulas[{place}]")
        for variable in self.variables:
            for end in (variable.low, variable.high):
                if end is not None and not (_is_place(end, len(self.nodes)) and constant[end]):
                    raise ClaimError(f"claim.variables: an end of {variable.name} is no constant expression")
        for name, part in (("hypothesis", self.hypothesis), ("conclusion", self.conclusion)):
            if not (_is_place(part, len(self.formulas)) or (name == "hypothesis" and part is None)):
                raise ClaimError(f"claim.{name}: is no place of a formula")

    # ---- JSON

    def to_json(self) -> Json:
        return {
            "kind": "real-formula",
            "assertion": self.assertion,
            "variables": [[v.name, v.low, v.high, v.low_open, v.high_open, v.integer] for v in self.variables],
            "nodes": [[node[0], *(spell_rational(a) if isinstance(a, Fraction) else a for a in node[1:])]
                      for node in self.nodes],
            "formulas": [list(formula) for formula in self.formulas],
            "hypothesis": self.hypothesis,
            "conclusion": self.conclusion,
        }  # fmt: skip

    @staticmethod
    def from_json(value: Json) -> RealFormula:
        names = ["kind", *RealFormula.__annotations__]
        if not isinstance(value, dict) or list(value) != names or value["kind"] != "real-formula":
            raise ClaimError(f"claim: must be a real-formula with the fields {', '.join(names)} in this order")
        return RealFormula(
            value["assertion"],
            tuple([_variable(entry) for entry in _list(value["variables"], "claim.variables", MAX_VARIABLES)]),
            tuple([_node(entry) for entry in _list(value["nodes"], "claim.nodes", MAX_NODES)]),
            tuple([tuple(_list(entry, "claim.formulas", 3)) for entry in _list(value["formulas"], "claim.formulas",
                                                                               MAX_NODES)]),
            value["hypothesis"],
            value["conclusion"],
        )  # fmt: skip

    def sha256(self) -> str:
        return hashlib.sha256(canonical_json(self.to_json()).encode("ascii")).hexdigest()

    def in_words(self) -> str:
        """The statement in one sentence; long parts that occur in it are named #k and follow it."""
        words = _Words(self)
        ranges = ", ".join(words.range(variable) for variable in self.variables)
        where = "" if self.hypothesis is None else f" with {words.formula(self.hypothesis)}"
        conclusion = words.formula(self.conclusion)
        if self.assertion == "vacuous":
            sentence = f"There are no {ranges}{where}."
        elif not self.variables:
            sentence = f"{conclusion}." if self.assertion == "holds" else f"It is not so that {conclusion}."
        else:
            sentence = f"{'For' if self.assertion == 'holds' else 'Not for'} all {ranges}{where}: {conclusion}."
        return f"{sentence} Here {', '.join(words.named)}." if words.named else sentence

    def expression(self, place: int) -> str:
        """An expression as a text; long parts are named #k."""
        return _Words(self).expression(place)

    def texts(self, expressions: Sequence[int], formulas: Sequence[int]) -> tuple[list[str], list[str], list[str]]:
        """Expressions and formulas as texts, and what the #k that stand for long parts of them are."""
        words = _Words(self)
        said = [words.expression(place) for place in expressions], [words.formula(place) for place in formulas]
        return *said, words.named

    def range(self, variable: Variable) -> str:
        """Where a variable lies, as a text."""
        return _Words(self).range(variable)


class _Words:
    """Expressions and formulas as plain-text mathematics, without recursion.

    A text that has become long gets the name of its place, #k, so that all of them together stay short.
    """

    LONG = 240

    def __init__(self, claim: RealFormula) -> None:
        self.claim = claim
        self.named: list[str] = []
        self.texts: dict[int, tuple[str, int]] = {}  # text, and how it binds: 3 a name, 2 a product, 1 a sum
        self.said: dict[int, str] = {}

    def expression(self, last: int) -> str:
        """One expression."""
        for place in _needed(self.claim.nodes, last):
            if place not in self.texts:
                text, binding = self._text(self.claim.nodes[place])
                long = len(text) > self.LONG and place != last
                self.texts[place] = (self._name(f"#{place}", text), 3) if long else (text, binding)
        return self.texts[last][0]

    def _name(self, name: str, text: str) -> str:
        self.named.append(f"{name} = {text}")
        return name

    def _operand(self, part: int, strength: int) -> str:
        text, binding = self.texts[part]
        return text if binding >= strength else f"({text})"

    def _text(self, node: Node) -> tuple[str, int]:
        kind, *rest = node
        if kind == "rational":
            text = spell_rational(rest[0])
            return text, 3 if text.isdigit() else 1
        if kind == "variable":
            return self.claim.variables[rest[0]].name, 3
        if kind == "pi":
            return "pi", 3
        if kind == "neg":
            return f"-{self._operand(rest[0], 2)}", 1
        if kind in BINARY:
            strength = 1 if kind in ("add", "sub") else 2
            left, right = self._operand(rest[0], strength), self._operand(rest[1], strength + (kind != "add"))
            return f"{left}{BINARY[kind]}{right}", strength
        if kind == "power":
            return f"{self._operand(rest[0], 3)}^{rest[1] if rest[1] >= 0 else f'({rest[1]})'}", 2
        inner = ", ".join(self.texts[part][0] for part in arguments(node))
        if kind == "root":
            names = {2: "sqrt", 3: "cbrt"}
            return (f"{names[rest[1]]}({inner})" if rest[1] in names else f"root({inner}, {rest[1]})"), 3
        return f"{kind}({inner})", 3

    def formula(self, last: int) -> str:
        """One formula."""
        for place in _needed(self.claim.formulas, last, CONNECTIVES):
            if place not in self.said:
                text = self._said(self.claim.formulas[place])
                long = len(text) > 4 * self.LONG and place != last
                self.said[place] = self._name(f"[{place}]", text) if long else text
        return self.said[last]

    def _said(self, formula: Node) -> str:
        kind, *rest = formula
        if kind not in RELATIONS:
            inner = [f"({self.said[i]})" if self.claim.formulas[i][0] in CONNECTIVES else self.said[i] for i in rest]
            return f"not ({self.said[rest[0]]})" if kind == "not" else f" {kind} ".join(inner)
        left, right = rest
        number, other = (self.claim.nodes[place][0] == "rational" for place in (left, right))
        if kind in ("<", "<=") and number and not other:
            return f"{self.expression(right)} {kind.replace('<', '>')} {self.expression(left)}"
        return f"{self.expression(left)} {kind} {self.expression(right)}"

    def range(self, variable: Variable) -> str:
        """Where a variable lies."""
        low = "-inf" if variable.low is None else self.expression(variable.low)
        high = "inf" if variable.high is None else self.expression(variable.high)
        left = "(" if variable.low is None or variable.low_open else "["
        right = ")" if variable.high is None or variable.high_open else "]"
        return f"{'integer ' if variable.integer else ''}{variable.name} in {left}{low}, {high}{right}"


def nodes_from_json(value: Json, first: int, variables: int) -> list[Node]:
    """Expressions whose places begin at a number: each may name those before it."""
    found = [_node(entry) for entry in _list(value, "nodes", MAX_NODES)]
    for place, node in enumerate(found, start=first):
        _arguments(node, place, variables, f"nodes[{place}]")
    return found


def arguments(node: Node) -> tuple[int, ...]:
    """The places of the expressions of which this one is made."""
    kind = node[0]
    if kind in ("rational", "pi", "variable"):
        return ()
    return (node[1],) if kind in WITH_NUMBER else tuple(node[1:])


def _needed(entries: Sequence[Node], last: int, inner: Sequence[str] | None = None) -> list[int]:
    """The places that an entry is made of, itself included, in order."""
    marked = {last}
    for place in range(last, -1, -1):
        if place in marked and (inner is None or entries[place][0] in inner):
            marked.update(arguments(entries[place]) if inner is None else entries[place][1:])
    return sorted(marked)


def _is_place(value: Json, count: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < count


def _arguments(node: Node, place: int, variables: int, field: str) -> tuple[int, ...]:
    kind, *rest = node if node else ("",)
    if kind == "rational" and len(rest) == 1 and isinstance(rest[0], Fraction):
        return ()
    if (kind == "pi" and not rest) or (kind == "variable" and len(rest) == 1 and _is_place(rest[0], variables)):
        return ()
    count = 1 if kind in ("neg", *FUNCTIONS, *WITH_NUMBER) else 2 if kind in (*BINARY, *EXTREMES) else -1
    if kind in WITH_NUMBER:
        number = rest.pop() if len(rest) == 2 else None
        least = 2 if kind == "root" else -MAX_NUMBER
        if not isinstance(number, int) or isinstance(number, bool) or not least <= number <= MAX_NUMBER:
            raise ClaimError(f"{field}: needs a whole number from {least} to {MAX_NUMBER}")
    if len(rest) != count or not all(_is_place(part, place) for part in rest):
        raise ClaimError(f"{field}: is no expression of earlier ones")
    return tuple(rest)


def _check_formula(formula: Node, place: int, nodes: int, field: str) -> None:
    kind, *rest = formula if formula else ("",)
    count, limit = (2, nodes) if kind in RELATIONS else (1 if kind == "not" else 2, place)
    known = kind in RELATIONS or kind in CONNECTIVES
    if not known or len(rest) != count or not all(_is_place(part, limit) for part in rest):
        raise ClaimError(f"{field}: is no relation of expressions and no combination of earlier formulas")


def _list(value: Json, field: str, most: int) -> list[Json]:
    if not isinstance(value, list) or len(value) > most:
        raise ClaimError(f"{field}: must be an array of at most {most} entries")
    return value


def _variable(entry: Json) -> Variable:
    values = _list(entry, "claim.variables", 6)
    good = len(values) == 6 and isinstance(values[0], str) and all(isinstance(flag, bool) for flag in values[3:])
    if not good or not (values[0].isidentifier() and values[0].isascii() and len(values[0]) <= 40):
        raise ClaimError("claim.variables: an entry must be [name, low, high, low_open, high_open, integer]")
    return Variable(*values)


def _node(entry: Json) -> Node:
    values = _list(entry, "claim.nodes", 3)
    if len(values) == 2 and values[0] == "rational":
        return "rational", parse_rational(values[1], "claim.nodes")
    return tuple(values)
