"""The functions of the language in terms of those that claims have, and the powers with any exponent."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import NamedTuple

from relucert.certify.language.builder import Builder
from relucert.certify.language.errors import ExpressionError

Meaning = Callable[[Builder, Sequence[int]], int]


class BuiltIn(NamedTuple):
    """A function with the number of its arguments (``most`` is ``None``: any number)."""

    least: int
    most: int | None
    meaning: Meaning


def power(builder: Builder, base: int, exponent: int) -> int:
    """base^exponent.

    Whole exponents repeat multiplication; p/q in lowest terms is the p-th power of the real q-th root, so even q need
    base >= 0 and odd q do not; powers of e are the exponential function; every other power is exp(exponent*log(base)).
    """
    value = builder.number(exponent)
    if base == euler(builder):
        return builder.function("exp", exponent)
    if value is None:
        return builder.function("exp", builder.multiply(exponent, builder.function("log", base)))
    if value.denominator == 1:
        return builder.power(base, value.numerator)
    root = builder.root(base, value.denominator)
    return root if value.numerator == 1 else builder.power(root, value.numerator)


def euler(builder: Builder) -> int:
    """The number e, which is exp(1)."""
    return builder.function("exp", builder.rational(1))


def _root(builder: Builder, arguments: Sequence[int]) -> int:
    degree = builder.number(arguments[1])
    if degree is None or degree.denominator != 1:
        raise ExpressionError("the degree of a root is a whole number", "write root(x, 5), or x^(1/n)")
    return builder.root(arguments[0], degree.numerator)


def _plain(name: str) -> BuiltIn:
    return BuiltIn(1, 1, lambda builder, arguments: builder.function(name, arguments[0]))


def _one(meaning: Callable[[Builder, int], int]) -> BuiltIn:
    return BuiltIn(1, 1, lambda builder, arguments: meaning(builder, arguments[0]))


def _extreme(kind: str) -> BuiltIn:
    def meaning(builder: Builder, arguments: Sequence[int]) -> int:
        result = arguments[0]
        for argument in arguments[1:]:
            result = builder.node(kind, result, argument)
        return result

    return BuiltIn(2, None, meaning)


def _tan(b: Builder, x: int) -> int:
    return b.divide(b.function("sin", x), b.function("cos", x))


def _arcsin(b: Builder, x: int) -> int:
    arccos = b.function("arccos", x)
    return b.subtract(b.divide(b.node("pi"), b.rational(2)), arccos)


def _sinh(b: Builder, x: int) -> int:
    growing, falling = b.function("exp", x), b.function("exp", b.negative(x))
    return b.divide(b.subtract(growing, falling), b.rational(2))


def _cosh(b: Builder, x: int) -> int:
    growing, falling = b.function("exp", x), b.function("exp", b.negative(x))
    return b.divide(b.add(growing, falling), b.rational(2))


def _tanh(b: Builder, x: int) -> int:
    """1 - 2/(exp(2x) + 1): x occurs once, so that intervals do not overestimate it."""
    grown = b.add(b.function("exp", b.multiply(b.rational(2), x)), b.rational(1))
    return b.subtract(b.rational(1), b.divide(b.rational(2), grown))


BUILT_IN = {
    "sqrt": _one(lambda b, x: b.root(x, 2)),
    "cbrt": _one(lambda b, x: b.root(x, 3)),
    "root": BuiltIn(2, 2, _root),
    "exp": _plain("exp"),
    "log": _plain("log"),
    "ln": _plain("log"),
    "sin": _plain("sin"),
    "cos": _plain("cos"),
    "tan": _one(_tan),
    "asin": _one(_arcsin),
    "arcsin": _one(_arcsin),
    "acos": _plain("arccos"),
    "arccos": _plain("arccos"),
    "atan": _plain("arctan"),
    "arctan": _plain("arctan"),
    "sinh": _one(_sinh),
    "cosh": _one(_cosh),
    "tanh": _one(_tanh),
    "abs": _plain("abs"),
    "min": _extreme("min"),
    "max": _extreme("max"),
    "relu": _one(lambda b, x: b.node("max", b.rational(Fraction(0)), x)),
}  # fmt: skip

CONSTANTS: dict[str, Callable[[Builder], int]] = {"pi": lambda builder: builder.node("pi"), "e": euler}
# names that a range reads, so that no variable can have them
RANGE_WORDS = ("in", "inf", "integer", "real")
