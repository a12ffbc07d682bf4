"""Values of claims at points by mpmath and fractions, for the tests only: what the printers are compared with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import mpmath

from relucert.certify.formula import RealFormula

DIGITS = 40


def expression_values(claim: RealFormula, point: Mapping[str, Fraction]) -> list[Any]:
    """All expressions at a point: a Fraction where arithmetic alone decides, else an mpf; None where undefined."""
    with mpmath.workdps(DIGITS):
        values: list[Any] = []
        for node in claim.nodes:
            try:
                values.append(_value(claim, node, values, point))
            except ArithmeticError:
                values.append(None)
        return values


def truths(claim: RealFormula, point: Mapping[str, Fraction]) -> list[bool | None]:
    """All formulas at a point; a relation of undefined numbers is neither true nor false."""
    values = expression_values(claim, point)
    known: list[bool | None] = []
    for kind, *rest in claim.formulas:
        if kind == "not":
            known.append(None if known[rest[0]] is None else not known[rest[0]])
        elif kind in ("and", "or"):
            parts = [known[part] for part in rest]
            known.append((kind == "or") if (kind == "or") in parts else None if None in parts else kind == "and")
        else:
            sides = [values[side] for side in rest]
            known.append(None if None in sides else _RELATIONS[kind](*_alike(sides)))
    return known


def holds(claim: RealFormula, **point: Fraction | int) -> bool | None:
    """Whether the conclusion holds at a point."""
    return truths(claim, {name: Fraction(value) for name, value in point.items()})[claim.conclusion]


def value(claim: RealFormula, place: int, **point: Fraction | int) -> Any:
    """One expression at a point."""
    return expression_values(claim, {name: Fraction(number) for name, number in point.items()})[place]


def _value(claim: RealFormula, node: Sequence[Any], values: Sequence[Any], point: Mapping[str, Fraction]) -> Any:
    kind, *rest = node
    if kind == "rational":
        return rest[0]
    if kind == "pi":
        return +mpmath.pi
    if kind == "variable":
        return point[claim.variables[rest[0]].name]
    if kind in ("power", "root"):
        base, number = values[rest[0]], rest[1]
        _require(base is not None)
        if kind == "power":
            _require(base != 0 or number >= 0)
            return base**number
        return _root(base, number)
    parts = [values[part] for part in rest]
    _require(all(part is not None for part in parts))
    if kind in _EXACT:
        _require(kind != "div" or parts[1] != 0)
        return _EXACT[kind](*_alike(parts))
    x = mpmath.mpmathify(_mpf(parts[0]))
    _require(kind != "log" or x > 0)
    _require(kind != "arccos" or abs(x) <= 1)
    return {"exp": mpmath.exp, "log": mpmath.log, "sin": mpmath.sin, "cos": mpmath.cos, "arctan": mpmath.atan,
            "arccos": mpmath.acos}[kind](x)  # fmt: skip


_EXACT: dict[str, Any] = {
    "neg": lambda a: -a,
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "div": lambda a, b: a / b,
    "abs": abs,
    "min": min,
    "max": max,
}


_RELATIONS: dict[str, Any] = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    "=": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
}


def _root(base: Any, degree: int) -> Any:
    _require(base >= 0 or degree % 2 == 1)
    if isinstance(base, Fraction):
        whole = [_whole_root(abs(part), degree) for part in (base.numerator, base.denominator)]
        if None not in whole:
            return Fraction(*whole) * (-1 if base < 0 else 1)
    size = mpmath.root(abs(_mpf(base)), degree)
    return -size if base < 0 else size


def _whole_root(number: int, degree: int) -> int | None:
    guess = round(float(number) ** (1 / degree))
    return guess if guess**degree == number else None


def _alike(parts: Sequence[Any]) -> list[Any]:
    exact = all(isinstance(part, Fraction) for part in parts)
    return list(parts) if exact else [_mpf(part) for part in parts]


def _mpf(number: Any) -> Any:
    return mpmath.mpf(number.numerator) / number.denominator if isinstance(number, Fraction) else number


def _require(condition: bool) -> None:
    if not condition:
        raise ArithmeticError
