"""Values and first derivatives of expressions on many boxes at once, and plain float values at many points."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import inf, pi
from time import monotonic

import numpy as np

from relucert.certify.formula import Node, arguments
from relucert.certify.search.formula_arrays import Arrays, Boxes, Flags, Floats, at, is_positive, negative, select
from relucert.certify.search.formula_goal import needed

_ULP = 2.0**-52
PI = Boxes(
    np.array([pi]), np.array([np.nextafter(pi, inf)]), np.array([True]), np.array([True])
)  # pi is above its float
Slope = Boxes | None  # None is zero, because nothing depends on the variable


class OutOfTimeError(Exception):
    """The deadline passed while a long expression was evaluated."""


class Expressions:
    """Expressions of a claim that are evaluated together, on boxes and at points.

    deadline : a value of time.monotonic(); past it evaluation ends in OutOfTimeError.
    """

    def __init__(self, nodes: Sequence[Node], places: tuple[int, ...], deadline: float = inf) -> None:
        self.nodes, self.places, self.deadline = nodes, places, deadline
        self.order = needed(list(nodes), places)
        self.uses: dict[int, frozenset[int]] = {}
        for place in self.order:
            node = nodes[place]
            if node[0] == "variable":
                self.uses[place] = frozenset((node[1],))
            else:
                self.uses[place] = frozenset().union(*(self.uses[i] for i in arguments(node)))
        with np.errstate(all="ignore"):
            arrays = Arrays(1)
            self.constants: dict[int, Boxes] = {}
            for place in self.order:
                if not self.uses[place]:
                    self.constants[place] = _value(nodes[place], self.constants, arrays)
        self.constants_defined = bool(arrays.defined[0])
        self.variable_order = [place for place in self.order if self.uses[place]]

    def _tick(self, count: int) -> None:
        if count % 256 == 255 and monotonic() >= self.deadline:
            raise OutOfTimeError

    def values(self, box: Sequence[Boxes], size: int) -> tuple[dict[int, Boxes], Flags]:
        """The values of all expressions on boxes (one entry for each variable), and where they are defined."""
        arrays = Arrays(size)
        arrays.defined &= self.constants_defined
        known = dict(self.constants)
        with np.errstate(all="ignore"):
            for count, place in enumerate(self.variable_order):
                self._tick(count)
                node = self.nodes[place]
                known[place] = box[node[1]] if node[0] == "variable" else _value(node, known, arrays)
        return known, arrays.defined

    def slopes(self, known: dict[int, Boxes], variable: int, size: int) -> tuple[dict[int, Slope], Flags]:
        """The derivatives in one variable of all expressions whose values are known, and where they are defined."""
        arrays = Arrays(size)
        found: dict[int, Slope] = {}
        with np.errstate(all="ignore"):
            for count, place in enumerate(self.order):
                self._tick(count)
                if variable not in self.uses[place]:
                    found[place] = None
                elif self.nodes[place][0] == "variable":
                    found[place] = at(1.0)
                else:
                    found[place] = _slope(self.nodes[place], place, known, found, arrays)
        return found, arrays.defined

    def points(self, points: Floats) -> dict[int, Floats]:
        """Float values at points (shape: points, variables); not a number where undefined."""
        return float_values(self.nodes, self.order, points, self._tick)


def float_values(
    nodes: Sequence[Node], order: Sequence[int], points: Floats, tick: Callable[[int], None] = lambda count: None
) -> dict[int, Floats]:
    """Float values of the expressions of these places, in order, at points; not a number where undefined."""
    known: dict[int, Floats] = {}
    with np.errstate(all="ignore"):
        for count, place in enumerate(order):
            tick(count)
            node = nodes[place]
            known[place] = points[:, node[1]] if node[0] == "variable" else _point(node, known)
    return known


def _value(node: Node, known: dict[int, Boxes], arrays: Arrays) -> Boxes:
    kind, *rest = node
    if kind == "rational":
        return _rational(rest[0])
    if kind == "pi":
        return PI
    x = known[rest[0]]
    if kind in ("power", "root"):
        return arrays.power(x, rest[1]) if kind == "power" else arrays.root(x, rest[1])
    if kind in _UNARY:
        value: Boxes = getattr(arrays, _UNARY[kind])(x) if kind != "neg" else negative(x)
        return value
    y = known[rest[1]]
    if kind == "div":
        return arrays.multiply(x, arrays.inverse(y))
    value = getattr(arrays, _BINARY[kind])(x, y)
    return value


_UNARY = {"neg": "", "exp": "exp", "log": "log", "sin": "sin", "cos": "cos", "arctan": "arctan", "arccos": "arccos",
          "abs": "absolute"}  # fmt: skip
_BINARY = {"add": "add", "sub": "subtract", "mul": "multiply", "min": "minimum", "max": "maximum"}


def _rational(value: object) -> Boxes:
    low, high = around(value)
    is_open = np.array([low != high])
    bound = np.array([low])
    return Boxes(bound, bound if low == high else np.array([high]), is_open, is_open)


def around(value: object) -> tuple[float, float]:
    """The floats at most and at least a rational."""
    try:
        nearest = float(value)  # type: ignore[arg-type]
    except OverflowError:
        largest = float(np.finfo(float).max)
        return (largest, inf) if value > 0 else (-inf, -largest)  # type: ignore[operator]
    if nearest == value:
        return nearest, nearest
    if nearest < value:  # type: ignore[operator]
        return nearest, float(np.nextafter(nearest, inf))
    return float(np.nextafter(nearest, -inf)), nearest


def _slope(node: Node, place: int, known: dict[int, Boxes], found: dict[int, Slope], arrays: Arrays) -> Slope:
    """The checker's power series, cut off after the first coefficient, in its order of operations."""
    kind, *rest = node
    x, dx = known[rest[0]], found[rest[0]]
    if kind in ("add", "sub", "mul", "div", "min", "max"):
        return _slope_of_two(kind, x, dx, known[rest[1]], found[rest[1]], arrays)
    if dx is None:
        return None
    if kind == "neg":
        return negative(dx)
    if kind == "abs":
        return arrays.signed(arrays.sign(x), dx)
    if kind == "exp":
        return arrays.multiply(dx, known[place])
    if kind == "log":
        return arrays.multiply(dx, arrays.inverse(x))
    if kind == "sin":
        return arrays.multiply(dx, arrays.cos(x))
    if kind == "cos":
        return arrays.scaled(-1.0, arrays.multiply(dx, arrays.sin(x)))
    if kind == "arctan":
        return arrays.multiply(dx, arrays.inverse(arrays.add(at(1.0), arrays.power(x, 2))))
    if kind == "arccos":
        below = arrays.add(at(1.0), negative(arrays.power(x, 2)))
        arrays.sign(below)
        return arrays.multiply(negative(dx), arrays.inverse(arrays.root(below, 2)))
    if kind == "root":
        arrays.sign(x)
        third = _rational_inverse(rest[1])
        return arrays.multiply(arrays.multiply(third, arrays.multiply(dx, known[place])), arrays.inverse(x))
    if rest[1] >= 0:
        return _slope_of_power(x, dx, rest[1], arrays)
    under = _slope_of_power(x, dx, -rest[1], arrays)
    return None if under is None else _slope_of_inverse(arrays.power(x, -rest[1]), under, arrays)


def _rational_inverse(degree: int) -> Boxes:
    value = 1.0 / degree
    return Boxes(np.array([value * (1 - _ULP)]), np.array([value * (1 + _ULP)]), np.array([True]), np.array([True]))


def _slope_of_power(x: Boxes, dx: Boxes, exponent: int, arrays: Arrays) -> Slope:
    """n·x^(n-1)·x'."""
    if exponent == 0:
        return None
    return arrays.scaled(float(exponent), arrays.multiply(dx, arrays.power(x, exponent - 1)))


def _slope_of_inverse(x: Boxes, dx: Boxes, arrays: Arrays) -> Boxes:
    first = arrays.inverse(x)
    return arrays.multiply(arrays.scaled(-1.0, arrays.multiply(dx, first)), first)


def _slope_of_two(kind: str, x: Boxes, dx: Slope, y: Boxes, dy: Slope, arrays: Arrays) -> Slope:
    if dx is None and dy is None:
        return None
    zero = at(0.0)
    if kind in ("add", "sub"):
        if dy is None:
            return dx
        turned = dy if kind == "add" else negative(dy)
        return turned if dx is None else arrays.add(dx, turned)
    if kind in ("mul", "div"):
        if kind == "div":
            y, dy = arrays.inverse(y), None if dy is None else _slope_of_inverse(y, dy, arrays)
        first = None if dy is None else arrays.multiply(x, dy)
        second = None if dx is None else arrays.multiply(dx, y)
        if first is None or second is None:
            return first or second
        return arrays.add(first, second)
    difference = arrays.subtract(x, y)
    known = is_positive(difference) | is_positive(negative(difference))
    arrays.defined = arrays.defined & known
    below = is_positive(negative(difference)) == (kind == "min")
    return select(np.asarray(below), dx or zero, dy or zero)


def _point(node: Node, known: dict[int, Floats]) -> Floats:
    kind, *rest = node
    if kind == "rational":
        return np.array([around(rest[0])[0]])
    if kind == "pi":
        return np.array([pi])
    x = known[rest[0]]
    if kind == "root":
        size = np.abs(x) ** (1.0 / rest[1]) if rest[1] != 2 else np.sqrt(np.abs(x))
        return np.where(x < 0, np.nan if rest[1] % 2 == 0 else -size, size)
    if kind == "power":
        return np.asarray(np.where((x == 0) & (rest[1] < 0), np.nan, x ** float(rest[1])))
    if kind == "log":
        return np.where(x > 0, np.log(np.maximum(x, 5e-324)), np.nan)
    if kind == "div":
        return np.asarray(np.where(known[rest[1]] == 0, np.nan, x / known[rest[1]]))
    return np.asarray(_FLOATS[kind](*[known[i] for i in rest]))


_FLOATS = {"neg": np.negative, "exp": np.exp, "sin": np.sin, "cos": np.cos, "arctan": np.arctan, "arccos": np.arccos,
           "abs": np.abs, "add": np.add, "sub": np.subtract, "mul": np.multiply, "min": np.minimum,
           "max": np.maximum}  # fmt: skip
