"""Random arguments for the formulas of a derivation: the same point for the engine and for code on arrays."""

from __future__ import annotations

import random
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from sympy import Expr, Float, Integer, Limit, Sum, Symbol

from relucert.symbolic.conditions import relations
from relucert.symbolic.derivation import Derivation, Result
from relucert.symbolic.evaluate import EvaluationError, value
from relucert.symbolic.expressions import (
    ONES,
    Entry,
    Gradient,
    Hessian,
    Matrix,
    MatrixFamily,
    Mean,
    ScalarFamily,
    Vector,
    VectorFamily,
)
from relucert.symbolic.frames import Frame, FrameError, GaussianMean, between, rational
from relucert.symbolic.printers.numpy_sizes import Sizes, is_size
from relucert.symbolic.verify import DEFAULT_DOMAIN

DENOMINATOR = 2**20  # coordinates are floats exactly
MOST_DRAWN = 6  # Gaussian coordinates: each more costs ten times as much


@dataclass(frozen=True)
class Point:
    """A point of a frame.

    Attributes
    ----------
    frame : Frame
        With every size fixed.
    scalars : mapping of Symbol to Rational
        The frame's free coordinates.
    arguments : mapping of Symbol to array or float
        What they make of the result's arguments.
    """

    frame: Frame
    scalars: Mapping[Symbol, Any]
    arguments: Mapping[Symbol, Any]

    def components(self, expression: Expr) -> Any:
        """A formula of any rank at the point, each component to 30 digits."""
        found = {index: value(part, self.scalars) for index, part in self.frame.resolve(expression).items()}
        if list(found) == [()]:
            return found[()]
        shape = tuple(max(places) + 1 for places in zip(*found, strict=True))
        result = np.empty(shape, dtype=object)
        for index, entry in found.items():
            result[index] = entry
        return result


def random_point(derivation: Derivation, result: Result, seed: str) -> Point:
    """Arguments at random coordinates, under the derivation's conditions.

    The coordinates are those of the first frame that gives some to all of the result, else those of the plane.
    """
    generator = random.Random(zlib.crc32(f"{derivation.name}/{result.name}/{seed}".encode()))
    axes = Sizes([_equality(result)], derivation.definitions())
    failures = []
    frames = [*derivation.frames(), _plane(derivation, result)]
    # best a frame in which the arguments fix all of the left side; not so where a derivative does not depend on it
    for own, strict in [*((own, True) for own in frames), *((own, False) for own in frames)]:
        try:
            frame = _completed(own, derivation, result, axes)
            parts = {symbol: _components(symbol, frame, axes) for symbol in result.arguments}
            right = np.array([*frame.resolve(result.right).values()])
            opened, coordinates = _opened(frame, result.left)
            left = np.array([*opened.resolve(result.left).values()])
            if isinstance(result.left, Hessian) and len({frame.dimension(name) for name in result.left.args[1:]}) > 1:
                raise FrameError("frames resolve square matrices only")
            drawn = {sum(map(len, mean.args[1:])) for entry in left for mean in entry.atoms(GaussianMean)}
            if max(drawn, default=0) > MOST_DRAWN:
                raise FrameError("too many Gaussian coordinates for a product rule")
            known = {symbol for part in (*parts.values(), right) for entry in np.ravel(part) for symbol in _free(entry)}
            extra = {symbol for entry in left for symbol in _free(entry)} - known - set(coordinates)
            moving = {limit.args[1] for limit in result.left.atoms(Limit)} - _named(frame)
            if strict and moving:
                raise FrameError(f"nothing depends on {moving}")
            if strict and extra and not names_a_value(result, derivation):
                raise FrameError(f"the arguments do not fix {extra}")
            break
        except (FrameError, IndexError) as failure:
            failures.append(str(failure))
    else:
        raise FrameError(f"{derivation.name}, {result.name}: {'; '.join(failures)}")
    free = known | extra
    for _ in range(100):
        scalars = {symbol: _random(symbol, frame, generator) for symbol in sorted(free, key=str)}
        if all(_holds(condition.relation, frame, scalars) for condition in relations(derivation)):
            break
    else:
        raise FrameError(f"{derivation.name}: no random point satisfies the conditions")
    arguments = {}
    for symbol, part in parts.items():
        numbers = np.vectorize(lambda entry: float(value(entry, scalars)), otypes=[float])(part)
        arguments[symbol] = numbers if numbers.ndim else float(numbers)
    scalars |= {symbol: value(entry, scalars) for symbol, entry in coordinates.items()}
    return Point(opened, scalars, arguments)


def _opened(frame: Frame, left: Expr) -> tuple[Frame, dict[Symbol, Expr]]:
    """Where a frame ties a vector's coordinates to others, a derivative needs them free: new names for them."""
    try:
        frame.resolve(left)
    except FrameError:
        opened: dict[Symbol, Expr] = {}
        vectors = {}
        for node in left.atoms(Gradient, Hessian):
            for vector in node.args[1:]:
                names = [Symbol(f"free_{vector}_{place}", real=True) for place in range(frame.dimension(vector))]
                opened |= {name: frame.component(vector, (place,)) for place, name in enumerate(names)}
                vectors[vector] = tuple(names)
        return frame.extended(vectors=vectors), opened
    return frame, {}


def _named(frame: Frame) -> set[Symbol]:
    """The symbols in a frame's definitions and coordinates."""
    entries = [*frame.definitions.values(), *(entry for part in frame.vectors.values() for entry in part)]
    return set().union(*(entry.free_symbols for entry in entries))


def names_a_value(result: Result, derivation: Derivation) -> bool:
    """The left side is only a name for the right side."""
    return bool(result.left.is_Symbol) and result.left not in derivation.definitions()


def _completed(frame: Frame, derivation: Derivation, result: Result, axes: Sizes) -> Frame:
    """With two of everything whose number is open, and with the derivation's abbreviations."""
    drawn = {name for mean in result.left.atoms(Mean) for name in mean.args[1:] if isinstance(name, Vector)}
    lengths = {axes.name(("coordinates", name)): len(entries) for name, entries in frame.vectors.items()
               if isinstance(name, Vector)}  # fmt: skip
    lengths |= {axes.name(("coordinates", name)): size for name, size in frame.dimensions.items()}
    places = {name: lengths[axes.name(("coordinates", name))] for name in drawn - set(frame.dimensions)
              if axes.name(("coordinates", name)) in lengths}  # fmt: skip
    coordinates = {symbol for entries in frame.vectors.values() for entry in entries for symbol in entry.free_symbols}
    return frame.extended(
        sizes={size: 2 for size in _sizes(result, derivation) if size not in frame.sizes},
        dimensions=places,
        definitions={
            name: meaning
            for name, meaning in derivation.abbreviations.items()
            if name not in coordinates | set(frame.definitions) and not is_size(meaning)
        },
    )


def _plane(derivation: Derivation, result: Result) -> Frame:
    """Every vector of the result has two free coordinates, every Gaussian too."""
    symbols = result.left.atoms(Symbol) | set(result.arguments)
    vectors = {name: _coordinates(name) for name in symbols if isinstance(name, Vector) and name != ONES}
    drawn = {name for mean in result.left.atoms(Mean) for name in mean.args[1:]}
    families = {name for name in symbols if isinstance(name, VectorFamily)}
    free = {entry for name in vectors for entry in vectors[name]}
    return Frame(
        vectors={name: entries for name, entries in vectors.items() if name not in drawn},
        definitions={name: meaning for name, meaning in derivation.definitions().items() if not is_size(meaning)},
        sizes={name: 2 for name, meaning in derivation.definitions().items() if is_size(meaning)},
        dimensions={name: 2 for name in drawn | families},
        domains={symbol: between(-2, 2) for symbol in free},
    )


def _coordinates(name: Symbol) -> tuple[Symbol, ...]:
    return tuple(Symbol(f"{name}_{place}", real=True) for place in (1, 2))


def _holds(relation: Any, frame: Frame, scalars: Mapping[Symbol, Any]) -> bool:
    """The condition at the point; one about other names holds."""
    try:
        sides = [value(frame.scalar(side), scalars) for side in relation.args]
    except (FrameError, EvaluationError):
        return True
    return bool(relation.func(*(Float(side, 30) for side in sides)))


def _sizes(result: Result, derivation: Derivation) -> set[Symbol]:
    """Symbols that sums run to."""
    formulas = [result.left, result.right, *derivation.definitions().values()]
    limits = [limit for formula in formulas for total in formula.atoms(Sum) for limit in total.limits]
    return set().union(*(limit[2].free_symbols for limit in limits)) - {limit[0] for limit in limits}


def _equality(result: Result) -> Any:
    from sympy import Eq

    return Eq(result.left, result.right, evaluate=False)


def _free(entry: Expr) -> set[Symbol]:
    from relucert.symbolic.verify import _free as free

    return free(entry)


def _components(symbol: Symbol, frame: Frame, axes: Sizes) -> Any:
    if isinstance(symbol, (VectorFamily, ScalarFamily)):
        size = axes.name(("members", symbol))
        count = next(number for name, number in frame.sizes.items() if str(name) == size)
        rows = [frame.resolve(Entry(symbol, Integer(number))) for number in range(1, count + 1)]
        listed = [[row[index] for index in sorted(row)] for row in rows]
        return np.array(listed if isinstance(symbol, VectorFamily) else [row[0] for row in listed])
    if isinstance(symbol, MatrixFamily):
        numbered = [name for name in frame.matrices if name.args[:1] == (symbol,)]
        return np.array([frame.matrices[name] for name in sorted(numbered, key=lambda name: int(name.args[1]))])
    if isinstance(symbol, Vector):
        return np.array([frame.component(symbol, (place,)) for place in range(frame.dimension(symbol))])
    if isinstance(symbol, Matrix):
        size = frame.dimension(symbol)
        return np.array([[frame.component(symbol, (i, j)) for j in range(size)] for i in range(size)])
    return np.array(frame.scalar(symbol))


def _random(symbol: Symbol, frame: Frame, generator: random.Random) -> Any:
    low, high = frame.domains.get(symbol, (Fraction(2), Fraction(9)) if symbol.is_integer else DEFAULT_DOMAIN)
    if symbol.is_integer:
        return Integer(generator.randint(int(low), int(high)))
    first, last = int(low * DENOMINATOR) + 1, int(high * DENOMINATOR) - 1
    return rational(Fraction(generator.randint(first, last), DENOMINATOR))
