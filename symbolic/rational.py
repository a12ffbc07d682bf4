"""Rational functions: one numerator, expanded, over a product of powers of polynomials."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import Any, NamedTuple

from sympy import QQ, Expr, Symbol
from sympy.polys.orderings import lex
from sympy.polys.rings import PolyRing

Polynomial = Any  # PolyElement of the ring in use
Relation = tuple[Symbol, Expr]  # an unknown, and its square in earlier unknowns


class Quotient(NamedTuple):
    """``top`` over the product of the keys of ``bottom`` to their powers."""

    top: Polynomial
    bottom: dict[Polynomial, int]


def vanishes(expression: Expr, relations: Sequence[Relation]) -> bool:
    """Whether a rational function of symbols is zero by the relations between them; False where it divides by zero."""
    formulas = [expression, *(part for relation in relations for part in relation)]
    symbols = sorted(set().union(*(formula.free_symbols for formula in formulas)), key=str)
    if not symbols:
        return bool(expression == 0)
    ring = PolyRing(symbols, QQ, lex)
    try:
        top = quotient(expression, ring).top
        for unknown, square in reversed(relations):  # a later radicand may contain earlier unknowns
            place, replacement = symbols.index(unknown), quotient(square, ring)
            while any(powers[place] > 1 for powers in top.itermonoms()):
                top = _reduced(top, place, replacement)
    except ZeroDivisionError:
        return False
    return bool(top == 0)


def quotient(expression: Expr, ring: PolyRing) -> Quotient:
    """The formula, of symbols of the ring, with one numerator.

    Raises
    ------
    ZeroDivisionError
        When a denominator is zero.
    """
    if expression.is_Rational:
        return Quotient(ring.ground_new(QQ(expression.p, expression.q)), {})
    if expression.is_Symbol:
        return Quotient(ring.gens[ring.symbols.index(expression)], {})
    if expression.is_Add:
        return _sum([quotient(part, ring) for part in expression.args], ring)
    if expression.is_Mul:
        return reduce(_product, (quotient(part, ring) for part in expression.args))
    base, exponent = quotient(expression.args[0], ring), int(expression.args[1])
    if exponent < 0:
        base, exponent = _inverse(base, ring), -exponent
    return Quotient(base.top**exponent, {factor: power * exponent for factor, power in base.bottom.items()})


def _sum(terms: list[Quotient], ring: PolyRing) -> Quotient:
    common: dict[Polynomial, int] = {}
    for term in terms:
        for factor, power in term.bottom.items():
            common[factor] = max(common.get(factor, 0), power)
    by_bottom: dict[frozenset[Any], Polynomial] = {}  # the sum of terms over one denominator is extended once
    for term in terms:
        key = frozenset(term.bottom.items())
        by_bottom[key] = by_bottom.get(key, ring.zero) + term.top
    total = ring.zero
    for key, top in by_bottom.items():
        own = dict(key)
        for factor, power in common.items():
            top *= factor ** (power - own.get(factor, 0))
        total += top
    return Quotient(total, common)


def _product(one: Quotient, other: Quotient) -> Quotient:
    bottom = dict(one.bottom)
    for factor, power in other.bottom.items():
        bottom[factor] = bottom.get(factor, 0) + power
    return Quotient(one.top * other.top, bottom)


def _inverse(number: Quotient, ring: PolyRing) -> Quotient:
    """Numerator and denominator exchanged; the new denominator's number and symbols are split off as factors."""
    if number.top == 0:
        raise ZeroDivisionError
    top = ring.one
    for factor, power in number.bottom.items():
        top *= factor**power
    common = [min(powers) for powers in zip(*number.top.itermonoms(), strict=True)]
    bottom = {symbol: power for symbol, power in zip(ring.gens, common, strict=True) if power}
    leading = number.top.LC
    rest = ring.from_dict(
        {
            tuple(map(int.__sub__, powers, common)): coefficient / leading
            for powers, coefficient in number.top.iterterms()
        }
    )
    if rest != 1:
        bottom[rest] = 1
    return Quotient(top.quo_ground(leading), bottom)


def _reduced(top: Polynomial, place: int, square: Quotient) -> Polynomial:
    """The numerator with even powers of a symbol replaced by powers of its square, times the square's denominator."""
    ring = top.ring
    bottom = ring.one
    for factor, power in square.bottom.items():
        bottom *= factor**power
    parts: dict[int, Any] = {}  # power of the square -> the terms that it multiplies
    for powers, coefficient in top.iterterms():
        half, odd = divmod(powers[place], 2)
        parts.setdefault(half, ring.zero)[(*powers[:place], odd, *powers[place + 1 :])] = coefficient
    highest, total = max(parts), ring.zero
    for half, part in parts.items():
        total += part * square.top**half * bottom ** (highest - half)
    return total
