r"""Readers of the constructs that begin with a macro of their own: fractions, sums, integrals, means, derivatives."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import sympy
from sympy import Derivative, Expr, Integral, Limit, Piecewise, Product, Sum, exp, sqrt

from relucert.symbolic import expressions as nodes

if TYPE_CHECKING:
    from relucert.symbolic.printers.parse_latex import Reader

_DIFFERENTIALS = ((r"\mathrm", "{", "d", "}"), (r"\partial",))


def _fraction(reader: Reader) -> Any:
    for sign in _DIFFERENTIALS:
        if reader.accept("{", *sign):
            return _derivative(reader, sign)
    top = reader.group()
    return top / reader.group()


def _derivative(reader: Reader, sign: tuple[str, ...]) -> Expr:
    times = reader.group() if reader.accept("^") else sympy.S.One
    reader.take("}", "{", *sign)
    name = _name(reader)
    if reader.accept("^"):
        if reader.group() != times:
            raise reader.error("the orders of the derivative differ")
    elif times != 1:
        raise reader.error("the orders of the derivative differ")
    reader.take("}")
    return Derivative(reader.atom(), (name, times))


def _name(reader: Reader) -> Any:
    """A symbol without an exponent."""
    if reader.accept("("):
        name = _name(reader)
        reader.take(")")
        return name
    return reader.symbol_or_function()[0]


def _root(reader: Reader) -> Expr:
    return sqrt(reader.group())


def _repeated(node: Any) -> Callable[[Reader], Expr]:
    def read(reader: Reader) -> Expr:
        reader.take("_", "{")
        counter = _name(reader)
        reader.take("=")
        first = reader.sum()
        reader.take("}", "^")
        last = reader.group()
        return node(reader.product(), (counter, first, last))

    return read


def _integral(reader: Reader) -> Expr:
    ends = []
    if reader.accept("_"):
        low = reader.group()
        reader.take("^")
        ends = [low, reader.group()]
    integrand = reader.sum()
    reader.take(r"\mathrm", "{", "d", "}")
    return Integral(integrand, (_name(reader), *ends))


def _limit(reader: Reader) -> Expr:
    reader.take("_", "{")
    name = _name(reader)
    reader.take(r"\to")
    target = reader.sum()
    side = "+-"
    if reader.accept("^", "{"):
        side = reader.next
        reader.take(side, "}")
    reader.take("}")
    return Limit(reader.product(), name, target, side)


def _names(reader: Reader) -> list[Any]:
    reader.take("{")
    names = [_name(reader)]
    while reader.accept(","):
        names.append(_name(reader))
    reader.take("}")
    return names


def _mean(reader: Reader) -> Expr:
    reader.take("{", "E", "}", "_")
    names = _names(reader)
    reader.take("[")
    integrand = reader.sum()
    reader.take("]")
    return nodes.Mean(integrand, *names)


def _nabla(reader: Reader) -> Expr:
    second = reader.accept("^", "{", "2", "}")
    reader.take("_")
    names = _names(reader)
    function = reader.atom()
    return nodes.Hessian(function, *names) if second else nodes.Gradient(function, *names)


def _exponential(reader: Reader) -> Expr:
    reader.take("(")
    value = exp(reader.sum())
    reader.take(")")
    return value


def _product_of_vectors(reader: Reader) -> Expr:
    one = reader.sum()
    reader.take(",")
    other = reader.sum()
    reader.take(r"\rangle")
    return nodes.Dot(one, other)


def _between(closing: str, node: Any) -> Callable[[Reader], Expr]:
    def read(reader: Reader) -> Expr:
        value = node(reader.sum())
        reader.take(closing)
        return value

    return read


def _cases(reader: Reader) -> Expr:
    reader.take("{", *"cases", "}")
    entries = []
    while True:
        value = reader.sum()
        reader.take("&", r"\text")
        words = "".join(reader.raw_group())
        entries.append((value, True if words == "otherwise" else reader.relation()))
        if not reader.accept(r"\\"):
            break
    reader.take(r"\end", "{", *"cases", "}")
    return Piecewise(*entries)


CONSTRUCTS: dict[str, Callable[[Reader], Any]] = {
    r"\frac": _fraction,
    r"\sqrt": _root,
    r"\sum": _repeated(Sum),
    r"\prod": _repeated(Product),
    r"\int": _integral,
    r"\lim": _limit,
    r"\mathbb": _mean,
    r"\nabla": _nabla,
    r"\exp": _exponential,
    r"\langle": _product_of_vectors,
    r"\lVert": _between(r"\rVert", nodes.Norm),
    r"\lvert": _between(r"\rvert", sympy.Abs),
    r"\begin": _cases,
}
