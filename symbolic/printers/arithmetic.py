r"""How sums, products, quotients and powers are written: factors in the usual order, short fractions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sympy import (
    Add,
    Basic,
    Derivative,
    Expr,
    Integer,
    Integral,
    Limit,
    Mul,
    Piecewise,
    Pow,
    Product,
    Rational,
    Sum,
    Symbol,
    pi,
)
from sympy.core.relational import Relational
from sympy.printing.latex import LatexPrinter

from relucert.symbolic import expressions as nodes
from relucert.symbolic.expressions import rank
from relucert.symbolic.printers.lines import width
from relucert.symbolic.printers.notation import Notation

TRIGONOMETRIC = {"sin": r"\sin", "cos": r"\cos", "tan": r"\tan"}
LARGE = (nodes.Mean, nodes.Gradient, nodes.Hessian, Integral, Sum, Product, Limit, Derivative, Piecewise)
OPEN = (Sum, Product, Limit)  # they reach to the end of the product
WIDEST_NUMERATOR = 30.0
WIDEST_EXPONENT = 9.0


class ArithmeticPrinter(LatexPrinter):
    """Everything but the nodes and functions, which `latex.py` adds."""

    def __init__(self, notation: Notation, *, inline: bool) -> None:
        super().__init__()
        self.notation = notation
        self.inline = inline
        self.bracketed = False
        self._written: dict[tuple[Basic, bool, bool], str] = {}

    def _print(self, expr: Basic, **settings: Any) -> str:
        """Every part is written once: layout asks for the same parts again and again."""
        key = (expr, self.inline, self.bracketed)
        if key not in self._written or settings:
            self._written[key] = str(super()._print(expr, **settings))
        return self._written[key]

    @contextmanager
    def _brackets(self) -> Iterator[None]:
        """Inside: cos(x)/2 and not cos x/2."""
        before, self.bracketed = self.bracketed, True
        yield
        self.bracketed = before

    @contextmanager
    def _slashes(self) -> Iterator[None]:
        """Inside: a/b instead of fractions."""
        before, self.inline = self.inline, True
        yield
        self.inline = before

    # --- brackets

    def _in(self, left: str, text: str, right: str) -> str:
        tall = any(mark in text for mark in (r"\frac", r"\sum", r"\prod", r"\int", r"\left", r"\begin", r"\sqrt"))
        if not tall:
            return f"{left}{text}{right}" if left[0] != "\\" else f"{left} {text} {right}"
        return f"\\left{left} {text} \\right{right}"

    def _parens(self, expression: Basic) -> str:
        return self._in("(", self._print(expression), ")")

    def _list(self, expressions: Sequence[Basic]) -> str:
        return self._in("(", ", ".join(self._print(entry) for entry in expressions), ")")

    def _atom(self, expression: Expr) -> str:
        """The operand of a sign that reaches as far as the next factor."""
        return self._print(expression) if self._closed(expression) else self._parens(expression)

    def _closed(self, expression: Expr) -> bool:
        if isinstance(expression, nodes.Dot):
            return bool(self._brackets_dot(expression))
        if isinstance(expression, (nodes.Gradient, nodes.Hessian, nodes.Outer, nodes.Apply, nodes.Transposed)):
            return False
        if isinstance(expression, (*LARGE, Add, Mul, Pow, Relational)):
            return isinstance(expression, nodes.Mean)
        return not bool(expression.is_Number and not (expression.is_Integer and expression >= 0))

    def _factor(self, expression: Expr, *, last: bool) -> str:
        """As a factor of a product."""
        text: str = self._print(expression)
        open_to_the_right = isinstance(expression, OPEN) and not last
        sum_like = isinstance(expression, (Add, Relational, Mul)) and not (self._common(expression) and not self.inline)
        point = isinstance(expression, nodes.Dot) and r"\cdot" in text and not self._brackets_dot(expression)
        if open_to_the_right or sum_like or point or text.startswith("-"):
            return self._in("(", text, ")")
        return text

    # --- numbers, symbols

    def _print_Symbol(self, symbol: Symbol, style: str = "plain") -> str:
        return str(self.notation.spelling(symbol))

    def _print_Integer(self, number: Integer) -> str:
        return str(number)

    def _print_Rational(self, number: Rational) -> str:
        sign = "-" if number < 0 else ""
        top, bottom = abs(number.p), number.q
        return f"{sign}{top}/{bottom}" if self.inline else f"{sign}\\frac{{{top}}}{{{bottom}}}"

    def _print_Exp1(self, _: Expr) -> str:
        return r"\mathrm{e}"

    def _print_Entry(self, entry: nodes.Entry) -> str:
        family, index = entry.args
        with self._slashes():
            below = self._print(index)
        return str(self.notation.members(family).member(below))

    # --- sums, products, powers

    def _print_Add(self, total: Add, order: str | None = None) -> str:
        common = self._common(total)
        if common > 1:
            top = self._sum(tuple(term * common for term in total.args))
            return f"({top})/{common}" if self.inline else f"\\frac{{{top}}}{{{common}}}"
        return self._sum(total.args)

    def _common(self, total: Expr) -> int:
        """The denominator that all terms of a sum share, when it is to be written once; else 0."""
        if not isinstance(total, Add) or total.has(*LARGE) or _rank(total):
            return 0
        found = {term.as_coeff_Mul()[0].q if term.as_coeff_Mul()[0].is_Rational else 0 for term in total.args}
        if len(found) != 1 or found <= {0, 1}:
            return 0
        (common,) = found
        wide = width(self._sum(tuple(term * common for term in total.args))) > WIDEST_NUMERATOR
        return 0 if wide else int(common)

    def _sum(self, terms: Sequence[Expr]) -> str:
        ordered = list(self._as_ordered_terms(Add(*terms, evaluate=False)))
        positive = next((term for term in ordered if not _negative(term)), ordered[0])
        ordered.remove(positive)
        texts = [self._term(term) for term in (positive, *ordered)]
        return texts[0] + "".join(f" - {text[1:]}" if text[0] == "-" else f" + {text}" for text in texts[1:])

    def _term(self, term: Expr) -> str:
        return self._parens(term) if isinstance(term, (Add, Relational)) else str(self._print(term))

    def _print_Mul(self, product: Mul) -> str:
        negative, top, bottom = _split(product)
        return ("-" if negative else "") + self._quotient(top, bottom)

    def _quotient(self, top: Sequence[Expr], bottom: Sequence[Expr]) -> str:
        scalars = sorted((part for part in top if not _large(part)), key=self._place)
        tail = sorted((part for part in top if _large(part)), key=self._place)
        if not bottom:
            return self._product([*scalars, *tail])
        if self.inline and not tail:
            under = (
                self._product(sorted(bottom, key=self._place))
                if len(bottom) > 1
                else self._factor(bottom[0], last=True)
            )
            under = f"({under})" if len(bottom) > 1 else under
            with self._brackets():
                over = self._product(scalars)
            return f"{over}/{under}"
        with self._slashes() if self.inline else _nothing():
            over = self._print(scalars[0]) if len(scalars) == 1 else self._product(scalars)
            under = self._print(bottom[0]) if len(bottom) == 1 else self._product(sorted(bottom, key=self._place))
        if width(over) > WIDEST_NUMERATOR or r"\frac" in over:
            numbers = [part for part in scalars if part.is_Number]
            tail = [part for part in scalars if not part.is_Number] + tail
            over = self._product(numbers)
        return _juxtaposed([f"\\frac{{{over}}}{{{under}}}", *self._factors(tail)])

    def _product(self, factors: Sequence[Expr]) -> str:
        return _juxtaposed(self._factors(factors)) if factors else "1"

    def _factors(self, factors: Sequence[Expr]) -> list[str]:
        only = len(factors) == 1 and not isinstance(factors[0], (Add, Relational))
        return [
            self._print(factor) if only else self._factor(factor, last=number == len(factors) - 1)
            for number, factor in enumerate(factors)
        ]

    def _place(self, factor: Expr) -> tuple[int, int, str]:
        """Where a factor stands in a product: numbers, letters, norms, sums, functions, means, vectors."""
        base = factor.base if isinstance(factor, Pow) else factor
        classes: tuple[Any, ...] = (
            lambda: factor.is_Number or (isinstance(factor, Pow) and factor.is_number),
            lambda: base.is_NumberSymbol,
            lambda: isinstance(base, (Symbol, nodes.Entry)) and not _rank(base),
            lambda: isinstance(base, nodes.Norm) or (isinstance(factor, Pow) and factor.exp == Rational(1, 2)),
            lambda: isinstance(base, Add),
            lambda: not isinstance(base, (nodes.Dot, nodes.relu, nodes.step, *LARGE)) and not _rank(base),
            lambda: not isinstance(base, LARGE) and not _rank(base),
            lambda: isinstance(base, LARGE) and not isinstance(base, OPEN) and not _rank(base),
            lambda: not _rank(base),
            lambda: not isinstance(base, OPEN),
        )
        return (
            next((place for place, holds in enumerate(classes) if holds()), len(classes)),
            len(str(factor)),
            str(factor),
        )

    def _print_Pow(self, power: Pow) -> str:
        base, exponent = power.args
        if exponent.could_extract_minus_sign():
            return self._quotient([], [Pow(base, -exponent)])
        if exponent == Rational(1, 2):
            return f"\\sqrt{{{self._print(base)}}}"
        with self._slashes():
            above = self._print(exponent)
        name = type(base).__name__
        if name in TRIGONOMETRIC and exponent.is_Integer:
            return f"{TRIGONOMETRIC[name]}^{{{above}}}{self._operand(base.args)}"
        text = self._print(base)
        starred = isinstance(base, (Symbol, nodes.Entry)) and "^" in text
        bare = (
            not base.is_Atom
            and not isinstance(base, nodes.Entry)
            and not text.endswith((")", r"\rVert", r"\rvert", r"\rangle"))
        )
        if starred or bare or not self._closed(base) or isinstance(base, nodes.Mean):
            text = self._in("(", text, ")")
        return f"{text}^{{{above}}}"

    def _print_ExpBase(self, function: Expr, exp: str | None = None) -> str:
        (exponent,) = function.args
        with self._slashes():
            above = self._print(exponent)
        if width(above) > WIDEST_EXPONENT:
            return rf"\exp{self._list(function.args)}"
        return rf"\mathrm{{e}}^{{{above}}}"

    def _operand(self, arguments: Sequence[Expr]) -> str:
        if len(arguments) == 1 and isinstance(arguments[0], Symbol) and not self.bracketed:
            return f" {self._print(arguments[0])}"
        return self._list(arguments)


@contextmanager
def _nothing() -> Iterator[None]:
    yield


def _rank(expression: Basic) -> int:
    """0 where the expression is a family, which only names itself."""
    try:
        return rank(expression)
    except nodes.RankError:
        return 0


def _large(factor: Expr) -> bool:
    """Too tall for a fraction's numerator, or a vector."""
    return bool(factor.has(*LARGE)) or _rank(factor) > 0


def plain(vector: Expr) -> bool:
    return isinstance(vector, (Symbol, nodes.Entry))


def _negative(term: Expr) -> bool:
    return bool(term.as_coeff_Mul()[0].is_negative)


def _split(product: Expr) -> tuple[bool, list[Expr], list[Expr]]:
    """(is there a minus sign, factors above, factors below the fraction's line)."""
    negative = False
    top: list[Expr] = []
    bottom: list[Expr] = []
    for factor in Mul.make_args(product):
        if factor.is_Rational:
            negative ^= bool(factor < 0)
            top += [Integer(abs(factor.p))] if abs(factor.p) != 1 else []
            bottom += [Integer(factor.q)] if factor.q != 1 else []
        elif isinstance(factor, Pow) and factor.exp.could_extract_minus_sign():
            bottom.append(Pow(factor.base, -factor.exp))
        elif isinstance(factor, Add) and _reads_better_negated(factor):
            negative = not negative
            top.append(-factor)
        else:
            top.append(factor)
    _move_roots(top, bottom)
    return negative, top, bottom


def _move_roots(top: list[Expr], bottom: list[Expr]) -> None:
    """One root below the line, as in 1/sqrt(2 pi), which SymPy keeps as sqrt(2)/(2 sqrt(pi))."""
    half = Rational(1, 2)
    below = [factor for factor in bottom if isinstance(factor, Pow) and factor.exp == half and factor.is_number]
    for root in [factor for factor in top if isinstance(factor, Pow) and factor.exp == half and factor.base.is_Integer]:
        whole = next((number for number in bottom if number.is_Integer and number % root.base == 0), None)
        if below and whole is not None:
            top.remove(root)
            bottom.remove(whole)
            bottom += [whole / root.base] if whole != root.base else []
            below.append(root)
            bottom.append(root)
    if len(below) > 1:
        for root in below:
            bottom.remove(root)
        bottom.append(Pow(Mul(*(root.base for root in below)), half, evaluate=False))


def _reads_better_negated(total: Add) -> bool:
    """``theta - pi`` as a factor: the field writes the angle that is missing to pi; and sums of negative terms."""
    return bool(total.coeff(pi).is_negative) or all(_negative(term) for term in total.args)


def _juxtaposed(texts: Sequence[str]) -> str:
    """Factors side by side, with a dot before a number."""
    joined = texts[0]
    for text in texts[1:]:
        norms = joined.endswith(r"\rVert") and text.startswith(r"\lVert")
        spaced = norms or joined.endswith("]") or text.startswith(r"\mathbf{1}[")
        joined += (r" \cdot " if text[0].isdigit() else r" \, " if spaced else " ") + text
    return joined
