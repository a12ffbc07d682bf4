"""A derivation with numbers for some of its symbols: an instance of the general statement and of each step."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from fractions import Fraction
from typing import Any

from sympy import Expr, Integral, Limit, Rational, Sum, Symbol, false, nan, oo, zoo

from relucert.symbolic.conditions import relations
from relucert.symbolic.derivation import Derivation, Identity, Step
from relucert.symbolic.expressions import ONES, Dot, Matrix, Mean, ScalarFamily, Vector, VectorFamily
from relucert.symbolic.frames import Frame
from relucert.symbolic.printers.prose import symbols

_WIDE = {
    Vector: "a vector",
    Matrix: "a matrix",
    VectorFamily: "a family of vectors",
    ScalarFamily: "a family of numbers",
}


class CannotSet(ValueError):
    """A value that a symbol cannot have; the message says why."""


def settable(derivation: Derivation) -> list[Symbol]:
    """The numbers that the results and steps are about, in alphabetical order."""
    formulas = [side for result in derivation.results for side in (result.left, result.right)]
    formulas += [side for step in derivation.steps for side in (step.left, step.right)]
    free = set().union(*(formula.free_symbols for formula in formulas)) - _drawn(formulas)
    definitions = derivation.definitions()
    found = {symbol for symbol in free if not isinstance(symbol, tuple(_WIDE))}
    return sorted((s for s in found if s not in definitions or definitions[s] == Dot(ONES, ONES)), key=str)


def _drawn(formulas: list[Expr]) -> set[Symbol]:
    """Variables of means, sums, integrals and limits."""
    means = {name for formula in formulas for mean in formula.atoms(Mean) for name in mean.args[1:]}
    limits = {limit[0] for formula in formulas for node in formula.atoms(Sum, Integral) for limit in node.limits}
    return means | limits | {node.args[1] for formula in formulas for node in formula.atoms(Limit)}


def instance(derivation: Derivation, values: Mapping[str, Fraction]) -> Derivation:
    """The derivation with these values.

    Raises
    ------
    CannotSet
        An unknown symbol, no number, a value against the symbol's assumptions or the derivation's conditions.
    """
    chosen = {_symbol(derivation, name): Rational(value.numerator, value.denominator) for name, value in values.items()}
    for symbol, value in chosen.items():
        _suits(symbol, value)
    for condition in relations(derivation):
        if condition.relation.func(*(side.subs(chosen) for side in condition.relation.args)) == false:
            raise CannotSet(f"{_listed(values)} contradicts the condition {condition.source}")
    return _replaced(derivation, chosen, values)


def _symbol(derivation: Derivation, name: str) -> Symbol:
    numbers = settable(derivation)
    found = next((symbol for symbol in numbers if symbol.name == name), None)
    if found is not None:
        return found
    other = next((symbol for symbol in sorted(symbols(derivation), key=str) if symbol.name == name), None)
    for kind, words in _WIDE.items():
        if isinstance(other, kind):
            raise CannotSet(f"{name} is {words}: only numbers can be set ({_names(numbers)})")
    meaning = derivation.definitions().get(other) if other is not None else None
    if meaning is not None:
        raise CannotSet(f"{name} stands for {meaning}: set what it depends on ({_names(numbers)})")
    raise CannotSet(f"{derivation.name} has no symbol {name} that can be set: {_names(numbers)}")


def _names(numbers: list[Symbol]) -> str:
    return f"there are {', '.join(symbol.name for symbol in numbers)}" if numbers else "there are none"


def _suits(symbol: Symbol, value: Rational) -> None:
    """The assumptions that the algebra uses."""
    wanted: list[tuple[str, Callable[[Rational], bool]]] = [
        ("integer", lambda number: bool(number.is_integer)),
        ("positive", lambda number: bool(number.is_positive)),
        ("nonnegative", lambda number: bool(number.is_nonnegative)),
        ("negative", lambda number: bool(number.is_negative)),
        ("nonzero", lambda number: number != 0),
    ]
    words = {"integer": "a whole number", "nonnegative": "at least 0", "nonzero": "different from 0"}
    for assumption, holds in wanted:
        if getattr(symbol, f"is_{assumption}") and not holds(value):
            if symbol.is_integer and symbol.is_positive and value.is_integer:
                raise CannotSet(f"{symbol} = {value}: {symbol} must be at least 1")
            raise CannotSet(f"{symbol} = {value}: {symbol} must be {words.get(assumption, assumption)}")


def _listed(values: Mapping[str, Fraction]) -> str:
    return ", ".join(f"{name} = {value}" for name, value in values.items())


def _replaced(derivation: Derivation, chosen: Mapping[Symbol, Rational], values: Mapping[str, Fraction]) -> Derivation:
    def inserted(formula: Expr) -> Expr:
        found: Expr = formula.subs(chosen, simultaneous=True)
        if found.has(nan, zoo, oo, -oo) and not formula.has(oo, -oo):
            raise CannotSet(f"with {_listed(values)} the formula {formula} has no value")
        return found

    def coordinates(frame: Frame) -> Frame:
        definitions = {name: inserted(meaning) for name, meaning in frame.definitions.items() if name not in chosen}
        vectors = {name: tuple(inserted(entry) for entry in entries) for name, entries in frame.vectors.items()}
        sizes = {name: size for name, size in frame.sizes.items() if name not in chosen}
        return replace(frame, definitions=definitions, vectors=vectors, sizes=sizes)

    def step(one: Step) -> Step:
        check: Any = one.check
        changes = {
            entry.name: inserted(getattr(check, entry.name))
            for entry in fields(check)
            if isinstance(getattr(check, entry.name), Expr)
        }
        if isinstance(check, Identity):
            changes["sizes"] = ()
        frame = None if one.frame is None else coordinates(one.frame)
        return replace(
            one, left=inserted(one.left), right=inserted(one.right), check=replace(check, **changes), frame=frame
        )

    results = tuple(
        replace(
            result,
            left=inserted(result.left),
            right=inserted(result.right),
            arguments=tuple(symbol for symbol in result.arguments if symbol not in chosen),
        )
        for result in derivation.results
    )
    said = " and ".join(f"`Eq({symbol}, {value})`" for symbol, value in chosen.items())
    return replace(
        derivation,
        title=f"{derivation.title}, for {_listed(values)}",
        frame=coordinates(derivation.frame),
        results=results,
        steps=tuple(step(one) for one in derivation.steps),
        conditions=(f"{said}: a case of the general statement", *derivation.conditions),
        abbreviations={
            name: inserted(meaning) for name, meaning in derivation.abbreviations.items() if name not in chosen
        },
    )
