"""Which axes of a formula's vectors, families and matrices have the same length."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sympy import Add, Basic, Derivative, Expr, Integral, Mul, Sum, Symbol
from sympy.core.relational import Relational

from relucert.symbolic import expressions as nodes
from relucert.symbolic.expressions import IDENTITY, ONES, Matrix, MatrixFamily, ScalarFamily, Vector, VectorFamily

Axis = tuple[str, Symbol]  # ("coordinates", w), ("members", family), ("size", k)
LETTERS = ("d", "p", "q", "r")


class Sizes:
    """Classes of axes that a formula makes equal; each class has a name.

    Parameters
    ----------
    formulas : iterable of Expr
        What is added, multiplied and summed together; an equality has both sides in one `Relational`.
    definitions : mapping of Symbol to Expr
        Abbreviations that they use.
    """

    def __init__(self, formulas: Iterable[Basic], definitions: Mapping[Symbol, Expr]) -> None:
        self._definitions = definitions
        self._parent: dict[Axis, Axis] = {}
        for formula in formulas:
            if isinstance(formula, Relational):
                self._join([self.axes_of(side) for side in formula.args])
            else:
                self.axes_of(formula)
        for name, meaning in definitions.items():
            if is_size(meaning):
                self._join([(("size", name),), self.axes_of(ONES)])
            else:
                self._join([self.axes_of(name), self.axes_of(meaning)])

    def name(self, axis: Axis) -> str:
        """The name of the axis's length: of a size in the formulas if there is one, else a letter."""
        root = self._root(axis)
        members = [other for other in self._parent if self._root(other) == root]
        named: list[str] = sorted(symbol.name for kind, symbol in members if kind == "size")
        if named:
            return named[0]
        taken = {symbol.name for _, symbol in self._parent}
        letters = [letter for letter in LETTERS if letter not in taken]
        unnamed = [
            r for r in self._roots() if not any(k == "size" and self._root((k, s)) == r for k, s in self._parent)
        ]
        return letters[unnamed.index(root)] if root in unnamed else letters[-1]

    def axes(self, symbol: Symbol) -> list[Axis]:
        """The axes of an argument, in the order of its shape."""
        if isinstance(symbol, VectorFamily):
            return [("members", symbol), ("coordinates", symbol)]
        if isinstance(symbol, Matrix):
            return [("coordinates", symbol), ("coordinates", symbol)]
        if isinstance(symbol, MatrixFamily):
            return [("members", symbol), ("rows", symbol), ("coordinates", symbol)]
        if isinstance(symbol, ScalarFamily):
            return [("members", symbol)]
        return [("coordinates", symbol)] if isinstance(symbol, Vector) else []

    def _roots(self) -> list[Axis]:
        found: list[Axis] = []
        for axis in self._parent:
            root = self._root(axis)
            if root not in found:
                found.append(root)
        return found

    def _root(self, axis: Axis) -> Axis:
        self._parent.setdefault(axis, axis)
        while self._parent[axis] != axis:
            axis = self._parent[axis]
        return axis

    def _join(self, parts: Sequence[tuple[Axis, ...]]) -> tuple[Axis, ...]:
        """Parts of the same rank are combined: their axes are equal, one by one."""
        known = [part for part in parts if part]
        for other in known[1:]:
            for one, two in zip(known[0], other, strict=True):
                self._parent[self._root(two)] = self._root(one)
        return known[0] if known else ()

    def axes_of(self, part: Basic) -> tuple[Axis, ...]:
        """The axes of a scalar, vector or matrix; joins what the formula combines."""
        if isinstance(part, (Vector, Matrix)):
            self._root(("coordinates", part))
            return (("coordinates", part),) * (2 if isinstance(part, Matrix) else 1)
        if isinstance(part, Symbol):
            return ()
        if isinstance(part, nodes.Entry):
            family = part.args[0]
            self._root(_members(family))
            if isinstance(family, VectorFamily):
                self._root(("coordinates", family))
                return (("coordinates", family),)
            if isinstance(family, MatrixFamily):
                self._root(("rows", family))
                self._root(("coordinates", family))
                return (("rows", family), ("coordinates", family))
            return ()
        found = [self.axes_of(entry) for entry in part.args if isinstance(entry, Basic)]
        if isinstance(part, Add):
            return self._join(found)
        if isinstance(part, nodes.Outer):
            return (*found[0], *found[1])
        if isinstance(part, nodes.Apply):
            self._join([found[0][1:], found[1]])
            return found[0][:1]
        if isinstance(part, nodes.Transposed):
            return found[0][::-1]
        if isinstance(part, (nodes.Dot, nodes.Angle)):
            self._join(found)
            return ()
        if isinstance(part, nodes.Gradient):
            return found[1]
        if isinstance(part, nodes.Hessian):
            return (*found[1], *found[-1])
        if isinstance(part, Sum):
            self._limits(part)
        if isinstance(part, (Sum, Mul, nodes.Mean, Integral, Derivative)):
            return next((axes for axes in found if axes), ())
        return ()

    def _limits(self, total: Sum) -> None:
        for counter, first, last in total.limits:
            for entry in total.atoms(nodes.Entry):
                if entry.args[1] == counter and first == 1 and (last.is_Symbol or last.is_Integer):
                    size = last if last.is_Symbol else Symbol(str(last))
                    self._join([(("size", size),), (_members(entry.args[0]),)])

    def families(self, symbols: Iterable[Symbol]) -> dict[Symbol, str]:
        """Those that a sum runs over or that have numbered members, and the name of their length."""
        families = (Vector, VectorFamily, MatrixFamily, ScalarFamily)
        return {
            symbol: self.name(_members(symbol))
            for symbol in symbols
            if isinstance(symbol, families) and _members(symbol) in self._parent
        }

    def constants(self) -> dict[Expr, str]:
        """Code for the vector of ones and the identity matrix, where they occur."""
        code = {ONES: "np.ones({})", IDENTITY: "np.eye({})"}
        return {
            symbol: text.format(self.name(("coordinates", symbol)))
            for symbol, text in code.items()
            if ("coordinates", symbol) in self._parent
        }


def is_size(meaning: Expr) -> bool:
    """The number of coordinates that the vector of ones has."""
    return bool(meaning == nodes.Dot(ONES, ONES))


def _members(family: Symbol) -> Axis:
    return ("coordinates" if isinstance(family, Vector) else "members", family)
