r"""Formulas in LaTeX (amsmath), as they are written by hand, e.g. ``\frac{\lVert u \rVert G(\theta)}{2 \pi}``.

What is written here, and nothing else, is read back by `parse_latex.py`.
"""

from __future__ import annotations

from typing import Any

from sympy import Add, Basic, Expr, Mul, Symbol, oo
from sympy.core.function import AppliedUndef
from sympy.core.relational import Relational

from relucert.symbolic import expressions as nodes
from relucert.symbolic.printers.arithmetic import TRIGONOMETRIC, ArithmeticPrinter, plain
from relucert.symbolic.printers.notation import DEFAULT, Notation
from relucert.symbolic.printers.prose import FUNCTION_NAMES

OPERATORS = TRIGONOMETRIC | {
    "acos": r"\arccos",
    "asin": r"\arcsin",
    "atan": r"\arctan",
    "log": r"\log",
    "gamma": r"\Gamma",
    "Max": r"\max",
    "Min": r"\min",
    "sign": r"\operatorname{sgn}",
    "Angle": r"\angle",
    "Trace": r"\operatorname{tr}",
    "normal_pdf": r"\varphi",
    "normal_cdf": r"\Phi",
}
RELATIONS = {"==": "=", "!=": r"\neq", "<": "<", ">": ">", "<=": r"\leq", ">=": r"\geq"}


def latex(expression: Basic, notation: Notation = DEFAULT, *, inline: bool = False) -> str:
    """The formula in LaTeX, without dollar signs; `inline` prefers a/b to fractions, for text lines."""
    text: str = Printer(notation, inline=inline)._print(expression)
    return text


def function_names(notation: Notation) -> dict[str, str]:
    """How a function is called without its arguments."""
    special = {"relu": notation.relu, "step": r"\mathbf{1}[\cdot > 0]", "G": "G", "exp": r"\exp"}
    return {name: special.get(name) or OPERATORS[name] for name in FUNCTION_NAMES}


class Printer(ArithmeticPrinter):
    """All formulas of the derivations."""

    # --- functions

    def _print_Function(self, function: Expr, exp: str | None = None) -> str:
        name = type(function).__name__
        if isinstance(function, AppliedUndef):
            return f"{self.notation.spelling(Symbol(name))}{self._list(function.args)}"
        operator = OPERATORS.get(name, f"\\operatorname{{{name}}}")
        return operator + self._operand(function.args)

    def _print_G(self, function: Expr) -> str:
        return "G" + self._list(function.args)

    def _print_gamma(self, function: Expr, exp: str | None = None) -> str:
        return r"\Gamma" + self._list(function.args)

    _print_log = _print_Max = _print_Min = _print_acos = _print_asin = _print_Function
    _print_erf = _print_factorial = _print_binomial = _print_Function

    def _print_normal_pdf(self, function: Expr) -> str:
        return r"\varphi" + self._list(function.args)

    def _print_normal_cdf(self, function: Expr) -> str:
        return r"\Phi" + self._list(function.args)

    def _print_relu(self, function: Expr) -> str:
        return self.notation.relu + self._list(function.args)

    def _print_leaky_relu(self, function: Expr) -> str:
        argument, slope = function.args
        with self._slashes():
            below = self._print(slope)
        return f"{self.notation.relu}_{{{below}}}{self._list([argument])}"

    def _print_step(self, function: Expr) -> str:
        return r"\mathbf{1}" + self._in("[", f"{self._print(function.args[0])} > 0", "]")

    def _print_KroneckerDelta(self, function: Expr, exp: str | None = None) -> str:
        one, other = (self._print(index) for index in function.args)
        return rf"\mathbf{{1}}[{one} = {other}]"

    def _print_Abs(self, function: Expr, exp: str | None = None) -> str:
        return self._in(r"\lvert", self._print(function.args[0]), r"\rvert")

    def _print_Str(self, name: Any) -> str:
        """A function that a sentence names."""
        return function_names(self.notation)[name.name]

    # --- vectors and matrices

    def _print_Norm(self, norm: Expr) -> str:
        return self._in(r"\lVert", self._print(norm.args[0]), r"\rVert")

    def _print_Angle(self, angle: Expr) -> str:
        return r"\angle" + self._list(angle.args)

    def _print_Trace(self, trace: Expr) -> str:
        return r"\operatorname{tr}" + self._list(trace.args)

    def _brackets_dot(self, dot: Expr) -> bool:
        return self.notation.dot == "brackets" or not all(plain(vector) for vector in dot.args)

    def _print_Dot(self, dot: Expr) -> str:
        one, other = (self._print(vector) for vector in dot.args)
        if self._brackets_dot(dot):
            return self._in(r"\langle", f"{one}, {other}", r"\rangle")
        return rf"{transposed(one)} {other}" if self.notation.dot == "transpose" else rf"{one} \cdot {other}"

    def _vector(self, vector: Expr) -> str:
        return str(self._print(vector)) if plain(vector) else self._parens(vector)

    def _print_Outer(self, outer: Expr) -> str:
        one, other = (self._vector(vector) for vector in outer.args)
        return f"{one} {transposed(other)}"

    def _print_Apply(self, application: Expr) -> str:
        matrix, vector = application.args
        simple = isinstance(matrix, nodes.Transposed) or plain(matrix)
        return f"{self._print(matrix) if simple else self._parens(matrix)} {self._vector(vector)}"

    def _print_Transposed(self, node: Expr) -> str:
        return transposed(self._vector(node.args[0]))

    # --- means, integrals, derivatives

    def _print_Mean(self, mean: Expr) -> str:
        integrand, *names = mean.args
        below = ", ".join(self._print(name) for name in names)
        return rf"\mathbb{{E}}_{{{below}}}\left[ {self._print(integrand)} \right]"

    def _print_Gradient(self, gradient: Expr) -> str:
        function, name = gradient.args
        return rf"\nabla_{{{self._print(name)}}} {self._atom(function)}"

    def _print_Hessian(self, hessian: Expr) -> str:
        function, *names = hessian.args
        below = ", ".join(self._print(name) for name in names)
        return rf"\nabla^{{2}}_{{{below}}} {self._atom(function)}"

    def _print_Sum(self, total: Expr) -> str:
        return self._with_limits(r"\sum", total)

    def _print_Product(self, product: Expr) -> str:
        return self._with_limits(r"\prod", product)

    def _with_limits(self, sign: str, total: Expr) -> str:
        body, *limits = total.args
        parts = []
        for counter, first, last in reversed(limits):
            with self._slashes():
                parts.append(f"{sign}_{{{self._print(counter)} = {self._print(first)}}}^{{{self._print(last)}}}")
        return " ".join([*parts, self._body(body)])

    def _body(self, body: Expr) -> str:
        """What a sum sign reaches over: up to the next plus or minus."""
        text = self._print(body) if isinstance(body, Mul) else self._factor(body, last=True)
        return self._in("(", text, ")") if text.startswith("-") else text

    def _print_Integral(self, integral: Expr) -> str:
        integrand, *limits = integral.args
        parts = []
        for _, *ends in reversed(limits):
            with self._slashes():
                texts = [self._print(end) for end in ends]
            parts.append(rf"\int_{{{texts[0]}}}^{{{texts[1]}}}" if len(ends) == 2 else r"\int")
        text = (
            self._parens(integrand)
            if isinstance(integrand, Add) and not self._common(integrand)
            else self._print(integrand)
        )
        return " ".join([*parts, text, *(rf"\, \mathrm{{d}} {self._print(limit[0])}" for limit in limits)])

    def _print_Derivative(self, derivative: Expr) -> str:
        function, *variables = derivative.args
        sign = r"\mathrm{d}" if len(function.free_symbols) == 1 else r"\partial"
        parts = []
        for name, times in reversed(variables):
            power = "" if times == 1 else f"^{{{times}}}"
            variable = self._print(name)
            variable = f"({variable})" if power and "^" in variable else variable
            parts.append(rf"\frac{{{sign}{power}}}{{{sign} {variable}{power}}}")
        return " ".join([*parts, self._atom(function)])

    def _print_Limit(self, limit: Expr) -> str:
        body, name, target, direction = limit.args
        side = "" if str(direction) == "+-" or target in (oo, -oo) else f"^{{{direction}}}"
        below = rf"{self._print(name)} \to {self._print(target)}{side}"
        return rf"\lim_{{{below}}} {self._body(body)}"

    # --- statements

    def _print_Relational(self, relation: Relational) -> str:
        return f"{self._print(relation.lhs)} {RELATIONS[relation.rel_op]} {self._print(relation.rhs)}"

    def _print_Tuple(self, entries: Basic) -> str:
        return self._list(entries.args)

    def _print_Interval(self, interval: Any) -> str:
        text = f"{self._print(interval.start)}, {self._print(interval.end)}"
        return self._in("(" if interval.left_open else "[", text, ")" if interval.right_open else "]")

    def _print_Piecewise(self, cases: Expr) -> str:
        lines = [
            rf"{self._print(value)} & "
            + (r"\text{otherwise}" if condition == True else rf"\text{{if }} {self._print(condition)}")  # noqa: E712
            for value, condition in cases.args
        ]
        return r"\begin{cases} " + r" \\ ".join(lines) + r" \end{cases}"


def transposed(text: str) -> str:
    r"""With ``^{\top}``, after a star inside the same exponent."""
    before, star, after = text.rpartition("^{*}")
    return rf"{before}^{{*\top}}{after}" if star and after.count("_") <= 1 and ")" not in after else rf"{text}^{{\top}}"
