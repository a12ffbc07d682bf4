"""Coordinates: how a formula about vectors becomes formulas about numbers.

A frame gives each vector its components, each abbreviation its meaning and each symbolic size (a number of neurons or
patches under a sum) a value.  By rotation invariance a frame may put one vector on an axis; that this loses nothing is
a step of its own in the derivation of the kernel.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property, lru_cache
from itertools import product

from sympy import (
    Add,
    Basic,
    Derivative,
    Dummy,
    Expr,
    Function,
    Integer,
    Integral,
    Limit,
    Mul,
    Rational,
    S,
    Sum,
    Symbol,
    Tuple,
    acos,
    cos,
    sin,
    sqrt,
)

from relucert.symbolic import expressions as nodes
from relucert.symbolic.expressions import IDENTITY, ONES, Vector, VectorFamily, rank

Domain = tuple[Fraction, Fraction]
Index = tuple[int, ...]


class FrameError(ValueError):
    """A formula asks for coordinates that the frame does not give."""


class GaussianMean(Function):
    """A mean whose integrand is a formula in coordinates: ``GaussianMean(h, Tuple(x1, x2), Tuple(y1, y2), ...)``.

    Each tuple is one independent standard Gaussian vector.
    """

    nargs = None


@dataclass(frozen=True)
class Frame:
    """Coordinates for the names of a formula.

    Attributes
    ----------
    vectors : mapping of Vector to components
        Components are scalar expressions; plain symbols where the vector is a variable that gradients are taken in.
    matrices : mapping of Matrix to rows of components
    definitions : mapping of Symbol to Expr
        Abbreviations, of any rank, in terms of other names.
    sizes : mapping of Symbol to int
        Values of symbolic sums' upper limits (number of neurons, of patches).
    dimensions : mapping of Vector, VectorFamily to int
        For Gaussian variables and families: how many coordinates.
    domains : mapping of Symbol to (low, high)
        Where random points are drawn for the free scalars; default (1/8, 2).
    """

    vectors: Mapping[Symbol, tuple[Expr, ...]] = field(default_factory=dict)
    matrices: Mapping[Symbol, tuple[tuple[Expr, ...], ...]] = field(default_factory=dict)
    definitions: Mapping[Symbol, Expr] = field(default_factory=dict)
    sizes: Mapping[Symbol, int] = field(default_factory=dict)
    dimensions: Mapping[Symbol, int] = field(default_factory=dict)
    domains: Mapping[Symbol, Domain] = field(default_factory=dict)

    @cached_property  # no field: who reads the formulas of a frame does not read these
    def _known(self) -> dict[tuple[Expr, Index], Expr]:
        """Components worked out before."""
        return {}

    def extended(self, **changes: Mapping[Symbol, object]) -> Frame:
        """The same frame with entries added or replaced, e.g. ``extended(sizes={k: 3})``."""
        merged = {name: {**getattr(self, name), **entries} for name, entries in changes.items()}
        return replace(self, **merged)

    def resolve(self, expression: Expr) -> dict[Index, Expr]:
        """Every component of the expression as a formula in the frame's scalars; the index is () for a scalar.

        Raises
        ------
        FrameError
            A vector without components, a sum without a size, a mean without a dimension.
        """
        shape = (self.dimension(expression),) * rank(expression)
        return {index: self.component(expression, index) for index in product(*map(range, shape))}

    def scalar(self, expression: Expr) -> Expr:
        """The only component of a scalar expression."""
        return self.component(expression, ())

    def dimension(self, expression: Expr) -> int:
        """How many coordinates a vector expression has; for a matrix, how many rows."""
        found = self._dimension(expression)
        if found is None:
            if rank(expression) == 0:
                return 0
            raise FrameError(f"no dimension known for {expression}")
        return found

    def _dimension(self, expression: Basic) -> int | None:
        if expression in self.vectors:
            return len(self.vectors[expression])
        if expression in self.matrices:
            return len(self.matrices[expression])
        if expression in self.dimensions:
            return self.dimensions[expression]
        if isinstance(expression, nodes.Transposed):
            return self._columns(expression.args[0])
        if expression in self.definitions:
            return self._dimension(self.definitions[expression])
        if isinstance(expression, nodes.Entry):
            return self._dimension(expression.args[0])
        if isinstance(expression, (nodes.Gradient, nodes.Hessian)):
            return self._dimension(expression.args[1])
        if isinstance(
            expression, (nodes.Outer, nodes.Apply, nodes.Transposed, nodes.Mean, Sum, Integral, Derivative, Limit)
        ):
            return self._dimension(expression.args[0])
        if isinstance(expression, (Add, Mul)):
            found = (self._dimension(part) for part in expression.args if rank(part))
            return next((size for size in found if size is not None), None)
        return None

    def _columns(self, matrix: Basic) -> int | None:
        """How many columns a matrix has: as many as rows, unless its components say otherwise."""
        listed = self.matrices.get(matrix)
        if listed is None and isinstance(matrix, nodes.Entry):
            listed = next((rows for name, rows in self.matrices.items() if name.args[:1] == matrix.args[:1]), None)
        return self._dimension(matrix) if listed is None else len(listed[0])

    def component(self, expression: Expr, index: Index) -> Expr:
        """One component of the expression; `index` has as many places as the expression's rank."""
        found = self._known.get((expression, index))
        if found is None:
            found = self._known[expression, index] = self._component(expression, index)
        return found

    def _component(self, expression: Expr, index: Index) -> Expr:
        if expression in self.definitions:
            return self.component(self.definitions[expression], index)
        if expression in self.vectors:
            return self.vectors[expression][index[0]]
        if expression in self.matrices:
            return self.matrices[expression][index[0]][index[1]]
        if expression in self.sizes:
            return Integer(self.sizes[expression])
        if expression == IDENTITY:
            return S.One if index[0] == index[1] else S.Zero
        if expression == ONES:
            return S.One
        if isinstance(expression, Vector | VectorFamily | nodes.Matrix):
            raise FrameError(f"the frame has no components for {expression}")
        if isinstance(expression, nodes.Entry):
            return self._entry(expression, index)
        if isinstance(expression, nodes.Dot):
            return self._dot(*expression.args)
        if isinstance(expression, nodes.Norm):
            return _square_root(self._dot(expression.args[0], expression.args[0]))
        if isinstance(expression, nodes.Angle):
            one, other = expression.args
            if one == other or self.resolve(one) == self.resolve(other):
                return S.Zero
            return acos(self._dot(one, other) / (self.scalar(nodes.Norm(one)) * self.scalar(nodes.Norm(other))))
        if isinstance(expression, nodes.Outer):
            return self.component(expression.args[0], index[:1]) * self.component(expression.args[1], index[1:])
        if isinstance(expression, nodes.Apply):
            matrix, vector = expression.args
            places = range(self.dimension(vector))
            return Add(*(self.component(matrix, (index[0], j)) * self.component(vector, (j,)) for j in places))
        if isinstance(expression, nodes.Transposed):
            return self.component(expression.args[0], index[::-1])
        if isinstance(expression, nodes.Trace):
            matrix = expression.args[0]
            return Add(*(self.component(matrix, (i, i)) for i in range(self.dimension(matrix))))
        if isinstance(expression, nodes.Gradient):
            function, vector = expression.args
            return Derivative(self.scalar(function), self._coordinate(function, vector, index[0]))
        if isinstance(expression, nodes.Hessian):
            function, rows, columns = expression.args[0], expression.args[1], expression.args[-1]
            first, second = (
                self._coordinate(function, name, place) for name, place in ((rows, index[0]), (columns, index[1]))
            )
            return Derivative(Derivative(self.scalar(function), first), second)
        if isinstance(expression, Derivative) and any(isinstance(name, nodes.Entry) for name, _ in expression.args[1:]):
            found = self.component(expression.args[0], index)
            return Derivative(found, *((self._variable(name), order) for name, order in expression.args[1:]))
        if isinstance(expression, nodes.Mean):
            return self._mean(expression, index)
        if isinstance(expression, Sum):
            return self._sum(expression, index)
        if not expression.args:
            return expression
        if isinstance(expression, Mul):
            return Mul(*(self.component(part, index if rank(part) else ()) for part in expression.args))
        return self._arguments(expression, index)

    def _arguments(self, expression: Expr, index: Index) -> Expr:
        """A sum, or a scalar function: component by component, argument by argument."""
        changed = [self._part(argument, index) for argument in expression.args]
        return expression.func(*changed)

    def _part(self, argument: Basic, index: Index) -> Basic:
        if isinstance(argument, Expr):
            return self.component(argument, index if rank(argument) else ())
        if isinstance(argument, Tuple):  # limits of an integral, variables of a derivative
            kept, *rest = argument.args
            return Tuple(kept, *(self._part(entry, ()) for entry in rest))
        if not argument.args:
            return argument
        return argument.func(*(self._part(part, index) for part in argument.args))

    def _dot(self, one: Expr, other: Expr) -> Expr:
        size = self._dimension(one) or self.dimension(other)
        return Add(*(self.component(one, (i,)) * self.component(other, (i,)) for i in range(size)))

    def _entry(self, expression: Expr, index: Index) -> Expr:
        family, number = expression.args
        where = number if number.is_Integer else self.component(number, ())
        if not where.is_Integer:
            raise FrameError(f"the frame gives {number} no value in {expression}")
        listed = self.vectors.get(nodes.Entry(family, where))
        if listed is not None:
            return listed[index[0]]
        if isinstance(family, nodes.MatrixFamily):
            return self.matrices[nodes.Entry(family, where)][index[0]][index[1]]
        if isinstance(family, Vector):
            return self.component(family, (int(where) - 1,))
        if nodes.Entry(family, where) in self.definitions:
            return self.component(self.definitions[nodes.Entry(family, where)], index)
        return coordinate(family, int(where), *index)

    def _coordinate(self, function: Expr, vector: Expr, place: int) -> Symbol:
        found = self.component(vector, (place,)) if rank(vector) else self.component(vector, ())
        if not isinstance(found, Symbol):
            raise FrameError(f"the frame fixes {vector}: no derivative can be taken in it")
        others = [
            entry
            for name, entries in self.vectors.items()
            for at, entry in enumerate(entries)
            if rank(vector) and (name, at) != (vector, place) and name.free_symbols & (function.free_symbols | {vector})
        ]
        if any(entry.has(found) for entry in others):
            raise FrameError(f"{found} is no coordinate of {vector} alone: no derivative can be taken in it")
        return found

    def _variable(self, name: Expr) -> Expr:
        """The symbol that a derivative is taken in: a coordinate for an `Entry`."""
        return self._coordinate(S.One, name, 0) if isinstance(name, nodes.Entry) else name

    def _mean(self, expression: Expr, index: Index) -> Expr:
        integrand, *names = expression.args
        blocks: list[Tuple] = []
        vectors: dict[Symbol, tuple[Expr, ...]] = {}
        for name in names:
            if isinstance(name, VectorFamily):
                count = self._count(integrand, name)
                for number in range(1, count + 1):
                    entry = tuple(Dummy(f"{name}{number}", real=True) for _ in range(self._places(name)))
                    vectors[nodes.Entry(name, Integer(number))] = entry
                    blocks.append(Tuple(*entry))
            elif isinstance(name, Vector):
                entry = tuple(Dummy(str(name), real=True) for _ in range(self._places(name)))
                vectors[name] = entry
                blocks.append(Tuple(*entry))
            else:
                blocks.append(Tuple(name))
        inner = self.extended(vectors=vectors)
        return GaussianMean(inner.component(integrand, index), *blocks)

    def _count(self, integrand: Expr, family: Symbol) -> int:
        """How many members of the family the integrand uses: the largest number that a sum runs to."""
        limits = [
            self.component(total.limits[0][2], ())
            for total in integrand.atoms(Sum)
            if any(entry.args[0] == family for entry in total.atoms(nodes.Entry))
        ]
        numbers = [entry.args[1] for entry in integrand.atoms(nodes.Entry) if entry.args[0] == family]
        counts = [int(count) for count in (*limits, *numbers) if count.is_Integer]
        if not counts:
            raise FrameError(f"how many members of {family} there are is not known: give the size in the frame")
        return max(counts)

    def _places(self, name: Symbol) -> int:
        try:
            return self.dimensions[name]
        except KeyError:
            raise FrameError(f"the frame gives no dimension for the Gaussian {name}") from None

    def _sum(self, expression: Sum, index: Index) -> Expr:
        body, *limits = expression.args
        *outer, (counter, first, last) = [tuple(limit) for limit in limits]
        start, stop = self.component(first, ()), self.component(last, ())
        if not (start.is_Integer and stop.is_Integer):
            raise FrameError(f"the frame gives no size for the sum to {last}")
        inner = Sum(body, *outer) if outer else body
        numbers = range(int(start), int(stop) + 1)
        return Add(*(self.component(inner.xreplace({counter: Integer(n)}), index) for n in numbers))


def coordinate(family: Symbol, number: int, place: int | None = None) -> Symbol:
    """The symbol for a coordinate (place from 0) of a family's member, or for a number of a scalar family."""
    suffix = "" if place is None else f"_{place + 1}"
    return Symbol(f"{family}_{number}{suffix}", real=True)


@lru_cache(maxsize=4096)
def _square_root(square: Expr) -> Expr:
    """The root of a sum of squares, simplified where SymPy sees a square (sin² + cos² = 1 in polar coordinates)."""
    if square.has(sin):
        square = square.expand().replace(
            lambda node: node.is_Pow and isinstance(node.base, sin) and node.exp == 2,
            lambda node: 1 - cos(node.base.args[0]) ** 2,
        )
    return sqrt(square.expand().factor()) if len(square.free_symbols) > 1 else sqrt(square.expand())


def between(low: int | str, high: int | str) -> Domain:
    """A domain with rational ends, e.g. ``between("1/10", 3)``."""
    return Fraction(low), Fraction(high)


def rational(value: Fraction) -> Rational:
    """The SymPy number."""
    return Rational(value.numerator, value.denominator)
