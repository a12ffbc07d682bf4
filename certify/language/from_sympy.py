"""SymPy expressions as texts of the language."""

from __future__ import annotations

from typing import Any

from relucert.certify.language.errors import quoted
from relucert.certify.language.functions import BUILT_IN

_NAMES = {"Abs": "abs", "Min": "min", "Max": "max"}


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
    from sympy.printing.str import StrPrinter

    known = {name for name in BUILT_IN if name not in ("root", "relu")} | {*functions}

    class Printer(StrPrinter):  # type: ignore[misc]  # SymPy has no types
        def _print_Function(self, node: Any) -> str:
            name = _NAMES.get(type(node).__name__, type(node).__name__)
            if name not in known:
                raise ValueError(f"there is no word for {quoted(str(node))}")
            return f"{name}({', '.join(self._print(argument) for argument in node.args)})"

        _print_Abs = _print_Min = _print_Max = _print_LatticeOp = _print_Function

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

        def emptyPrinter(self, expr: Any) -> str:
            raise ValueError(f"there is no word for {quoted(str(expr))}")

    text: str = Printer().doprint(expression)
    return text.replace("**", "^")
