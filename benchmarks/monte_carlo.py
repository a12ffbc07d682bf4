"""Means of derivations estimated by simulation: a small interpreter of their left sides on Gaussian samples.

It knows nothing of frames, closed forms or coordinates chosen on purpose: vectors are arrays, a `Mean` draws its
variables, a `Gradient` in front of it differentiates the network sample by sample (forward mode).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import sympy
from sympy import Add, Expr, Mul, Pow, Sum, Symbol

from relucert.symbolic import expressions as nodes
from relucert.symbolic.expressions import IDENTITY, ONES, Vector, VectorFamily

Array = npt.NDArray[np.float64]
CHUNK = 50_000


class CannotSimulate(ValueError):
    """A left side that is not linear in its means, or a node that has no sample-wise meaning."""


@dataclass(frozen=True)
class Estimate:
    """Mean and standard error, entry by entry."""

    mean: Array
    error: Array

    def deviations(self, exact: Any) -> Array:
        """(mean - exact) in standard errors; an estimate without spread has to be exact."""
        difference = self.mean - np.asarray(exact)
        exactly = self.error <= 1e-13 * (1 + np.abs(self.mean))
        spread = np.where(exactly, 1e-9 * (1 + np.abs(self.mean)), self.error)
        return np.asarray(difference / spread)


@dataclass(frozen=True)
class _Dual:
    """A value for every sample, shape (samples or 1, *axes), and its derivatives in a last axis, or None for zero."""

    value: Array
    slope: Array | None = None

    def map(self, value: Array, factor: Array) -> _Dual:
        """A function applied entry by entry; `factor` is its derivative."""
        return _Dual(value, None if self.slope is None else factor[..., None] * self.slope)


Names = Mapping[Any, _Dual]


def simulate(
    left: Expr, values: Mapping[Symbol, Any], dimensions: Mapping[Symbol, int], samples: int, seed: int
) -> Estimate:
    """Estimate a formula that is linear in its means.

    Parameters
    ----------
    left : Expr
    values : mapping of Symbol to array
        Of every name that is not drawn: vectors (d,), families (K, d) or (K,), numbers.
    dimensions : mapping of Symbol to int
        Coordinates of the vectors that are drawn.
    samples, seed : int
    """
    generator = np.random.default_rng(seed)
    names = {name: _Dual(np.asarray(value, dtype=float)[None]) for name, value in values.items()}
    total, squares, count = 0.0, 0.0, 0
    while count < samples:
        size = min(CHUNK, samples - count)
        drawn = _Interpreter(generator, dimensions, size).evaluate(left, names).value
        drawn = np.broadcast_to(drawn, (size, *drawn.shape[1:]))
        if count == 0:
            centre = drawn.mean(axis=0)
        total = total + (drawn - centre).sum(axis=0)
        squares = squares + ((drawn - centre) ** 2).sum(axis=0)
        count += size
    mean = total / count
    return Estimate(np.asarray(centre + mean), np.sqrt(np.maximum(squares / count - mean**2, 0) / count))


@dataclass(frozen=True)
class _Interpreter:
    generator: np.random.Generator
    dimensions: Mapping[Symbol, int]
    samples: int

    def evaluate(self, expression: Expr, names: Names) -> _Dual:
        """The formula for every sample."""
        if expression in names:
            return names[expression]
        if expression in (ONES, IDENTITY):
            raise CannotSimulate(f"{expression} of unknown size")
        if expression.is_number and not expression.args:
            return _Dual(np.array([float(expression)]))
        for kinds, rule in _RULES:
            if isinstance(expression, kinds):
                return rule(self, expression, names)
        if expression.is_number:
            return _Dual(np.array([float(expression)]))
        raise CannotSimulate(f"no rule for {type(expression).__name__} in {expression}")

    def mean(self, expression: Expr, names: Names) -> _Dual:
        """Draw the variables and evaluate the integrand."""
        integrand, *variables = expression.args
        drawn = dict(names)
        for name in variables:
            if isinstance(name, VectorFamily):
                shape: tuple[int, ...] = (self._members(integrand, name, names), self.dimensions[name])
            else:
                shape = (self.dimensions[name],) if isinstance(name, Vector) else ()
            drawn[name] = _Dual(self.generator.standard_normal((self.samples, *shape)))
        return self.evaluate(integrand, drawn)

    def _members(self, integrand: Expr, family: Symbol, names: Names) -> int:
        ends = [
            self.number(limit[2], names)
            for total in integrand.atoms(Sum)
            for limit in total.limits
            if any(entry.args[0] == family for entry in total.atoms(nodes.Entry))
        ]
        places = [entry.args[1] for entry in integrand.atoms(nodes.Entry) if entry.args[0] == family]
        return max([*ends, *(int(place) for place in places if place.is_Integer)])

    def number(self, expression: Expr, names: Names) -> int:
        """A size or an index."""
        return round(float(self.evaluate(expression, names).value.item()))

    def gradient(self, expression: Expr, names: Names) -> _Dual:
        """Derivatives of the network in a vector, a family's member or a number, by forward mode."""
        function, variable = expression.args
        family, place = variable, None
        if isinstance(variable, nodes.Entry):
            family, place = variable.args[0], self.number(variable.args[1], names) - 1
        value = names[family].value
        inner = value if place is None else value[:, place]
        directions = int(np.prod(inner.shape[1:], dtype=int))
        identity = np.eye(directions).reshape(1, *inner.shape[1:], directions)
        slope = identity
        if place is not None:
            slope = np.zeros((1, *value.shape[1:], directions))
            slope[:, place] = identity
        if names[family].slope is not None:
            raise CannotSimulate("second derivatives of a network are no functions")
        found = self.evaluate(function, {**names, family: _Dual(value, slope)}).slope
        shape = inner.shape[1:]
        return _Dual(np.zeros((1, *shape)) if found is None else found.reshape(found.shape[0], *shape))

    def derivative(self, expression: Expr, names: Names) -> _Dual:
        """A first derivative in one number, e.g. an output weight."""
        function, *variables = expression.args
        if [order for _, order in variables] != [1]:
            raise CannotSimulate("second derivatives of a network are no functions")
        return self.gradient(nodes.Gradient(function, variables[0][0]), names)

    def add(self, expression: Expr, names: Names) -> _Dual:
        """A sum."""
        first, *rest = (self.evaluate(part, names) for part in expression.args)
        for part in rest:
            first = _Dual(first.value + part.value, _plus(first.slope, part.slope))
        return first

    def multiply(self, expression: Expr, names: Names) -> _Dual:
        """A product of scalars and at most one vector; independent means are drawn one by one."""
        parts = sorted((self.evaluate(part, names) for part in expression.args), key=lambda part: part.value.ndim)
        first, *rest = parts
        for part in rest:
            extra = part.value.ndim - first.value.ndim
            first = _product(_widened(first, extra), part)
        return first

    def power(self, expression: Expr, names: Names) -> _Dual:
        """A power; the square of a mean is not the mean of a square."""
        base, exponent = expression.args
        if base.has(nodes.Mean) and expression.args:
            raise CannotSimulate(f"{expression} is not linear in a mean")
        body, number = self.evaluate(base, names), float(exponent)
        with np.errstate(divide="ignore", invalid="ignore"):
            return body.map(body.value**number, number * body.value ** (number - 1))

    def entry(self, expression: Expr, names: Names) -> _Dual:
        """A member of a family, a coordinate of a vector."""
        family, index = expression.args
        place, whole = self.number(index, names) - 1, self.evaluate(family, names)
        return _Dual(whole.value[:, place], None if whole.slope is None else whole.slope[:, place])

    def dot(self, expression: Expr, names: Names) -> _Dual:
        """An inner product."""
        one, other = expression.args
        if ONES in (one, other):
            body = self.evaluate(other if one == ONES else one, names)
            return _Dual(body.value.sum(axis=-1), None if body.slope is None else body.slope.sum(axis=-2))
        return self._dot(self.evaluate(one, names), self.evaluate(other, names))

    def _dot(self, one: _Dual, other: _Dual) -> _Dual:
        slope = None
        for first, second in ((one, other), (other, one)):
            if first.slope is not None:
                slope = _plus(slope, np.einsum("...ij,...i->...j", first.slope, second.value))
        return _Dual(np.einsum("...i,...i->...", one.value, other.value), slope)

    def norm(self, expression: Expr, names: Names) -> _Dual:
        """A Euclidean norm."""
        body = self.evaluate(expression.args[0], names)
        square = self._dot(body, body)
        root = np.sqrt(square.value)
        return square.map(root, 1 / (2 * root))

    def angle(self, expression: Expr, names: Names) -> _Dual:
        """An angle between two vectors."""
        one, other = (self.evaluate(part, names) for part in expression.args)
        lengths = np.linalg.norm(one.value, axis=-1) * np.linalg.norm(other.value, axis=-1)
        if one.slope is not None or other.slope is not None:
            raise CannotSimulate("the slope of an angle")
        return _Dual(np.arccos(np.clip(self._dot(one, other).value / lengths, -1, 1)))

    def relu(self, expression: Expr, names: Names) -> _Dual:
        """max(t, 0)."""
        body = self.evaluate(expression.args[0], names)
        return body.map(np.maximum(body.value, 0), (body.value > 0).astype(float))

    def leaky(self, expression: Expr, names: Names) -> _Dual:
        """max(t, alpha t)."""
        body, slope = (self.evaluate(part, names) for part in expression.args)
        factor = np.where(body.value > 0, 1, slope.value)
        return body.map(factor * body.value, factor)

    def step(self, expression: Expr, names: Names) -> _Dual:
        """The indicator of t > 0, whose derivative is no function."""
        body = self.evaluate(expression.args[0], names)
        if body.slope is not None:
            raise CannotSimulate("the derivative of a step")
        return _Dual((body.value > 0).astype(float))

    def total(self, expression: Expr, names: Names) -> _Dual:
        """A sum over an index, term by term."""
        body, *limits = expression.args
        *inner, (counter, first, last) = [tuple(limit) for limit in limits]
        summand = Sum(body, *inner) if inner else body
        result = _Dual(np.zeros(1))
        for number in range(self.number(first, names), self.number(last, names) + 1):
            term = self.evaluate(summand, {**names, counter: _Dual(np.array([float(number)]))})
            result = _Dual(_widened(result, term.value.ndim - result.value.ndim).value + term.value,
                           _plus(result.slope, term.slope))  # fmt: skip
        return result

    def outer(self, expression: Expr, names: Names) -> _Dual:
        """The matrix u v^T."""
        one, other = (self.evaluate(part, names) for part in expression.args)
        if one.slope is not None or other.slope is not None:
            raise CannotSimulate("the slope of a matrix")
        return _Dual(one.value[:, :, None] * other.value[:, None, :])

    def apply(self, expression: Expr, names: Names) -> _Dual:
        """A matrix without slope times a vector."""
        matrix, vector = expression.args
        transposed = isinstance(matrix, nodes.Transposed)
        entries = self.evaluate(matrix.args[0] if transposed else matrix, names).value
        entries = np.swapaxes(entries, -1, -2) if transposed else entries
        body = self.evaluate(vector, names)
        slope = None if body.slope is None else np.einsum("...ij,...jk->...ik", entries, body.slope)
        return _Dual(np.einsum("...ij,...j->...i", entries, body.value), slope)

    def trace(self, expression: Expr, names: Names) -> _Dual:
        """The trace of a matrix."""
        return _Dual(np.trace(self.evaluate(expression.args[0], names).value, axis1=-2, axis2=-1))

    def function(self, expression: Expr, names: Names) -> _Dual:
        """A smooth function of one argument."""
        body = self.evaluate(expression.args[0], names)
        name = type(expression).__name__
        if name in ("sign", "Abs"):
            return body.map(getattr(np, name.lower())(body.value), np.sign(body.value) * (name == "Abs"))
        slopes: dict[str, Callable[[Array], Array]] = {
            "sin": np.cos,
            "cos": lambda t: -np.sin(t),
            "exp": np.exp,
            "log": lambda t: 1 / t,
        }
        return body.map(getattr(np, name)(body.value), slopes[name](body.value))


def _plus(one: Array | None, other: Array | None) -> Array | None:
    return other if one is None else one if other is None else one + other


def _widened(part: _Dual, extra: int) -> _Dual:
    """More axes of length 1 after the value's own."""
    value = part.value.reshape(*part.value.shape, *(1,) * extra)
    slope = None if part.slope is None else part.slope.reshape(*value.shape, part.slope.shape[-1])
    return _Dual(value, slope)


def _product(one: _Dual, other: _Dual) -> _Dual:
    slope = None
    if one.slope is not None:
        slope = one.slope * other.value[..., None]
    if other.slope is not None:
        slope = _plus(slope, other.slope * one.value[..., None])
    return _Dual(one.value * other.value, slope)


Rule = Callable[[_Interpreter, Expr, Names], _Dual]
_RULES: tuple[tuple[Any, Rule], ...] = (
    (nodes.Mean, _Interpreter.mean),
    (nodes.Gradient, _Interpreter.gradient),
    (sympy.Derivative, _Interpreter.derivative),
    (Add, _Interpreter.add),
    (Mul, _Interpreter.multiply),
    (sympy.exp, _Interpreter.function),
    (Pow, _Interpreter.power),
    (nodes.Entry, _Interpreter.entry),
    (nodes.Dot, _Interpreter.dot),
    (nodes.Norm, _Interpreter.norm),
    (nodes.Angle, _Interpreter.angle),
    (nodes.relu, _Interpreter.relu),
    (nodes.leaky_relu, _Interpreter.leaky),
    (nodes.step, _Interpreter.step),
    (nodes.Outer, _Interpreter.outer),
    (nodes.Apply, _Interpreter.apply),
    (nodes.Trace, _Interpreter.trace),
    (Sum, _Interpreter.total),
    ((sympy.sin, sympy.cos, sympy.log, sympy.Abs, sympy.sign), _Interpreter.function),
)


def simulable(left: Expr) -> bool:
    """There is a mean to simulate, and no second derivative of a network."""
    return bool(left.has(nodes.Mean)) and not left.has(nodes.Hessian)
