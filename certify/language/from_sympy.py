"""SymPy expressions as texts of the language."""

from __future__ import annotations

from typing import Any

from relucert.certify.language.errors import quoted
from relucert.certify.language.functions import BUILT_IN, CONSTANTS, RANGE_WORDS
from relucert.certify.language.tokens import KEYWORDS

_RENAMED = {"Abs": "abs", "Min": "min", "Max": "max"}
_SYMPY_HAS_NO = ("root", "relu")


def from_sympy(expression: Any, functions: tuple[str, ...] = ()) -> str:
    """An expression, a relation or a combination of relations, of real symbols, in one line.

    Parameters
    ----------
    expression : sympy.Basic
    functions : tuple of str
        Names of functions besides those of the language, which print as calls.

    Raises
    ------
    ValueError
        There is a part that the language has no word for.

    Notes
    -----
    A power with a fractional exponent is the real one of the language, whereas SymPy takes the principal value of
    ``x**(1/3)`` for negative x.
    """
    from sympy import preorder_traversal
    from sympy.printing.str import StrPrinter

    known = {*BUILT_IN, *functions} - {*_SYMPY_HAS_NO}
    for part in preorder_traversal(expression):
        if not _has_word(part, known):
            raise ValueError(f"there is no word for {quoted(str(part))}")

    class Printer(StrPrinter):  # type: ignore[misc]  # SymPy has no types
        def _print_Function(self, node: Any) -> str:
            arguments = ", ".join(self._print(argument) for argument in node.args)
            return f"{_function_name(node)}({arguments})"

        _print_Abs = _print_LatticeOp = _print_Function

        def _print_Exp1(self, node: Any) -> str:
            return "e"

        def _print_Relational(self, node: Any) -> str:
            sign = "=" if node.rel_op == "==" else node.rel_op
            return f"{self._print(node.lhs)} {sign} {self._print(node.rhs)}"

        def _joined(self, node: Any, word: str) -> str:
            parts = sorted(node.args, key=lambda part: part.sort_key())
            return word.join(f"({self._print(part)})" for part in parts)

        def _print_And(self, node: Any) -> str:
            return self._joined(node, " and ")

        def _print_Or(self, node: Any) -> str:
            return self._joined(node, " or ")

        def _print_Not(self, node: Any) -> str:
            return f"not ({self._print(node.args[0])})"

    text: str = Printer().doprint(expression)
    return text.replace("**", "^")


def _function_name(node: Any) -> str:
    name = type(node).__name__
    return _RENAMED.get(name, name)


def _has_word(part: Any, functions: set[str]) -> bool:
    import sympy
    from sympy.core.relational import Relational

    if isinstance(part, sympy.Symbol):
        taken = part.name in BUILT_IN or part.name in CONSTANTS or part.name in (*RANGE_WORDS, *KEYWORDS)
        return part.name.isascii() and part.name.isidentifier() and not taken
    if isinstance(part, sympy.Function | sympy.Min | sympy.Max):
        return _function_name(part) in functions
    words = (sympy.Rational, sympy.Add, sympy.Mul, sympy.Pow, Relational, sympy.And, sympy.Or, sympy.Not)
    return isinstance(part, words) or part in (sympy.pi, sympy.E)
