r"""A reader of the LaTeX that `latex.py` writes: what was printed is read back and compared with the original.

It reads exactly that subset, knows the symbols of the derivation and the notation, and gives up with the position at
anything else.  Line breaks, sizes of brackets and thin spaces mean nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import sympy
from sympy import (
    Add,
    Basic,
    E,
    Eq,
    Function,
    Ge,
    Gt,
    Integer,
    Interval,
    KroneckerDelta,
    Le,
    Lt,
    Mul,
    Ne,
    Pow,
    Symbol,
    Tuple,
    oo,
    pi,
)
from sympy.core.symbol import Str

from relucert.symbolic import expressions as nodes
from relucert.symbolic.expressions import IDENTITY, ONES, rank
from relucert.symbolic.printers.latex import OPERATORS, function_names
from relucert.symbolic.printers.latex_constructs import CONSTRUCTS
from relucert.symbolic.printers.latex_scanner import Scanner
from relucert.symbolic.printers.notation import DEFAULT, Notation, Spelling

_RELATIONS: dict[str, Any] = {"=": Eq, "<": Lt, ">": Gt, r"\leq": Le, r"\geq": Ge, r"\neq": Ne}
_STOP = {"^", ")", "]", "}", "+", "-", ",", "&", r"\\", r"\end", r"\to", r"\text", r"\rangle", r"\rVert", r"\rvert", ""}
_ACCENTS = {r"\hat", r"\bar", r"\tilde", r"\mathbf", r"\boldsymbol", r"\mathrm"}
_CONSTANTS = {r"\pi": pi, r"\infty": oo}
_CALLED: dict[str, Any] = {
    macro: getattr(nodes, name, None) or getattr(sympy, name)
    for name, macro in OPERATORS.items()
    if not macro.startswith(r"\operatorname")
}
_NAMED: dict[str, Any] = {
    macro[len(r"\operatorname{") : -1]: getattr(nodes, name, None) or getattr(sympy, name)
    for name, macro in OPERATORS.items()
    if macro.startswith(r"\operatorname")
}


def parse_latex(
    text: str, symbols: Iterable[Symbol], notation: Notation = DEFAULT, functions: Iterable[str] = ()
) -> Basic:
    """Read a formula.

    Parameters
    ----------
    text : str
        Without dollar signs.
    symbols : iterable of Symbol
        Every symbol that may occur.
    notation : Notation
        In which it was printed.
    functions : iterable of str
        Names of functions without a definition.

    Raises
    ------
    LatexError
    """
    return Reader(text, symbols, notation, functions).formula()


class Reader(Scanner):
    """Recursive descent over the tokens."""

    def __init__(self, text: str, symbols: Iterable[Symbol], notation: Notation, functions: Iterable[str]) -> None:
        super().__init__(text)
        symbols = {*symbols, IDENTITY, ONES}
        self.notation = notation
        self.table = notation.table(symbols)
        families = (nodes.VectorFamily, nodes.MatrixFamily, nodes.ScalarFamily, nodes.Vector)
        self.families = {notation.members(entry): entry for entry in symbols if isinstance(entry, families)}
        self.functions = {str(notation.spelling(Symbol(name))): Function(name) for name in functions}
        self.letters = {entry.core for entry in (*self.table, *self.families)} | {*self.functions, notation.relu, "G"}

    # --- statements, sums, products, powers

    def formula(self) -> Basic:
        """The whole text."""
        name = self._function_name()
        if name is not None:
            return name
        value = self.relation()
        self.take("")
        return value

    def _function_name(self) -> Str | None:
        """A function without arguments."""
        written = {text.replace(" ", ""): name for name, text in function_names(self.notation).items()}
        name = written.get("".join(self.tokens))
        return None if name is None else Str(name)

    def relation(self) -> Basic:
        """A formula, or two with a relation between them."""
        left = self.sum()
        relation = _RELATIONS.get(self.next)
        if relation is None:
            return left
        self.here += 1
        value: Basic = relation(left, self.sum(), evaluate=False)
        return value

    def sum(self) -> Any:
        """Terms."""
        terms = [self._negative() if self.next == "-" else self.product()]
        while self.next in ("+", "-"):
            terms.append(self.product() if self.accept("+") else self._negative())
        return terms[0] if len(terms) == 1 else Add(*terms)

    def _negative(self) -> Any:
        self.take("-")
        return -self.product()

    def _begins_factor(self) -> bool:
        if self.next in _STOP or self.next in _RELATIONS:
            return False
        return self.tokens[self.here : self.here + 4] != [r"\mathrm", "{", "d", "}"]

    def product(self) -> Any:
        """Factors side by side; vectors and matrices among them by the rules of their product."""
        if not self._begins_factor():
            raise self.error("expected a formula")
        scalars: list[Any] = []
        pending: tuple[Any, bool] | None = None  # a vector or matrix, and whether a vector is transposed
        while self._begins_factor():
            if self.accept("/"):
                scalars.append(1 / self._scalar(self.power()))
                continue
            dotted = self.accept(r"\cdot")
            value, is_row = self.power()
            if not _rank(value):
                scalars.append(value)
                continue
            pending, scalar = self._combined(pending, value, is_row, dotted)
            if scalar is not None:
                scalars.append(scalar)
        if pending is not None and pending[1]:
            raise self.error("a transposed vector has no partner")
        factors = [*scalars, *([] if pending is None else [pending[0]])]
        return factors[0] if len(factors) == 1 else Mul(*factors)

    def _scalar(self, item: tuple[Any, bool]) -> Any:
        if _rank(item[0]):
            raise self.error("division by a vector")
        return item[0]

    def _combined(
        self, pending: tuple[Any, bool] | None, value: Any, is_row: bool, dotted: bool
    ) -> tuple[tuple[Any, bool] | None, Any]:
        """What becomes of a vector or matrix after an earlier one: (still pending, scalar that came out)."""
        if pending is None:
            return (value, is_row), None
        before, was_row = pending
        if _rank(before) == 2 and _rank(value) == 1 and not is_row:
            return (nodes.Apply(before, value), False), None
        if _rank(before) == _rank(value) == 1:
            if was_row and not is_row:
                return None, nodes.Dot(before, value)
            if is_row and not was_row:
                return (nodes.Outer(before, value), False), None
            if dotted and not was_row and not is_row:
                return None, nodes.Dot(before, value)
        raise self.error("a product of two vectors or matrices that has no meaning")

    def power(self) -> tuple[Any, bool]:
        """An atom with its exponent; and whether it is a transposed vector."""
        if self.next in _ACCENTS or self._is_letter():
            symbol, is_row = self.symbol_or_function()
        else:
            symbol, is_row = self.atom(), False
        one_sided = self.tokens[self.here + 2 : self.here + 4] in (["+", "}"], ["-", "}"])  # of a limit
        if self.next == "^" and not is_row and not one_sided:
            self.take("^")
            if self.accept("{", r"\top", "}"):
                return (nodes.Transposed(symbol), False) if _rank(symbol) == 2 else (symbol, True)
            return Pow(symbol, self.group()), False
        return symbol, is_row

    def group(self) -> Any:
        """A formula in braces."""
        self.take("{")
        value = self.sum()
        self.take("}")
        return value

    # --- atoms

    def _is_letter(self) -> bool:
        return self.next.isalpha() or self.next in self.letters

    def atom(self) -> Any:
        """Something that needs no brackets."""
        token = self.next
        if token.isdigit():
            self.here += 1
            return Integer(token)
        if token in _CONSTANTS:
            self.here += 1
            return _CONSTANTS[token]
        if token in ("(", "["):
            return self._bracket()
        if token in CONSTRUCTS:
            self.here += 1
            return CONSTRUCTS[token](self)
        if token in _CALLED:
            self.here += 1
            return self._call(_CALLED[token])
        if token == r"\operatorname":
            self.here += 1
            return self._operator("".join(self.raw_group()))
        if token in _ACCENTS or self._is_letter():
            value, is_row = self.symbol_or_function()
            if is_row:
                raise self.error("a transposed vector has no partner")
            return value
        raise self.error(f"unknown symbol {token or 'at the end'}")

    def _bracket(self) -> Any:
        closing = {"(": ")", "[": "]"}[self.next]
        self.here += 1
        entries = [self.relation()]
        while self.accept(","):
            entries.append(self.sum())
        self.take(closing)
        if closing == "]":
            if len(entries) != 2:
                raise self.error("an interval has two ends")
            return Interval(*entries)
        return entries[0] if len(entries) == 1 else Tuple(*entries)

    def arguments(self) -> list[Any]:
        self.take("(")
        entries = [self.sum()]
        while self.accept(","):
            entries.append(self.sum())
        self.take(")")
        return entries

    def _call(self, function: Any) -> Any:
        """A function's exponent and arguments; one letter needs no brackets."""
        exponent = self.group() if self.accept("^") else None
        arguments = self.arguments() if self.next == "(" else [self.atom()]
        value = function(*arguments)
        return value if exponent is None else Pow(value, exponent)

    def _operator(self, name: str) -> Any:
        if rf"\operatorname{{{name}}}" == self.notation.relu:
            return self._relu()
        function = _NAMED.get(name) or getattr(sympy, name, None)
        if not callable(function):
            raise self.error(f"unknown function {name}")
        return self._call(function)

    def _relu(self) -> Any:
        slope = self.group() if self.accept("_") else None
        (argument,) = self.arguments()
        return nodes.relu(argument) if slope is None else nodes.leaky_relu(argument, slope)

    def symbol_or_function(self) -> tuple[Any, bool]:
        """A symbol, a member of a family or a function written with a letter; and whether it is a transposed vector."""
        start = self.here
        core = self._core()
        if core == r"\mathbf{1}" and self.next == "[":
            return self._indicator(), False
        if core == r"\mathrm{e}":
            return E, False
        if core == self.notation.relu:
            return self._relu(), False
        if self.next == "(" and core in self.functions:
            return self.functions[core](*self.arguments()), False
        if self.next == "(" and core == "G":
            return nodes.G(*self.arguments()), False
        raised, is_row = self._raised()
        lowered = self._lowered()
        texts = tuple("".join(part) for part, _ in lowered)
        symbol = self.table.get(Spelling(core, raised, texts))
        if symbol is None and lowered:
            family = self.families.get(Spelling(core, raised, texts[:-1]))
            if family is not None:
                index = self._subreader(*lowered[-1])
                symbol = nodes.Entry(family, index)
        if symbol is None:
            self.here = start
            raise self.error(f"unknown symbol {Spelling(core, raised, texts)}")
        return symbol, is_row

    def _core(self) -> str:
        token = self.next
        self.here += 1
        if token in _ACCENTS:
            return f"{token}{{{''.join(self.raw_group())}}}"
        return token

    def _raised(self) -> tuple[str, bool]:
        """A star or prime; and whether ``\\top`` follows it."""
        if self.next != "^" or self.tokens[self.here + 2] not in ("*", r"\prime"):
            return "", False
        self.here += 1
        inside = self.raw_group()
        is_row = inside[-1] == r"\top"
        return "".join(inside[:-1] if is_row else inside), is_row

    def _lowered(self) -> list[tuple[list[str], int]]:
        """The parts of a subscript, each with the place where it begins."""
        if self.next != "_":
            return []
        self.here += 1
        begin = self.here + 1
        parts: list[tuple[list[str], int]] = [([], begin)]
        depth = 0
        for number, token in enumerate(self.raw_group()):
            depth += {"{": 1, "}": -1, "(": 1, ")": -1}.get(token, 0)
            if token == "," and not depth:
                parts.append(([], begin + number + 1))
            else:
                parts[-1][0].append(token)
        return parts

    def _subreader(self, part: list[str], begin: int) -> Any:
        """Read tokens that were passed over."""
        here, self.here = self.here, begin
        value = self.sum()
        if self.here != begin + len(part):
            raise self.error("expected the end of the index")
        self.here = here
        return value

    def _indicator(self) -> Any:
        self.take("[")
        left = self.sum()
        if self.accept(">", "0", "]"):
            return nodes.step(left)
        self.take("=")
        right = self.sum()
        self.take("]")
        return KroneckerDelta(left, right)


def _rank(expression: Basic) -> int:
    """0 where the expression only names a family."""
    try:
        return rank(expression)
    except nodes.RankError:
        return 0
