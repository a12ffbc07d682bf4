"""Which axes of a formula's vectors, families and matrices have the same length."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sympy import Add, Basic, Derivative, Expr, Integral, Mul, Sum, Symbol
from sympy.core.relational import Relational

from relucert.symbolic import expressions as nodes
from relucert.symbolic.expressions import IDENTITY, ONES, Matrix, ScalarFamily, Vector, VectorFamily

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
                self._join([self.axis(side) for side in formula.args])
            else:
                self.axis(formula)
        for name, meaning in definitions.items():
            self._join([self.axis(name), self.axis(meaning)])

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

    def _join(self, axes: Sequence[Axis | None]) -> Axis | None:
        known = [axis for axis in axes if axis is not None]
        for other in known[1:]:
            one, two = self._root(known[0]), self._root(other)
            self._parent[two] = one
        return known[0] if known else None

    def axis(self, part: Basic) -> Axis | None:
        """The coordinates' axis of a vector or matrix; joins what the formula combines."""
        if isinstance(part, (Vector, Matrix)):
            self._root(("coordinates", part))
            return ("coordinates", part)
        if isinstance(part, Symbol):
            return None
        if isinstance(part, nodes.Entry):
            family = part.args[0]
            if isinstance(family, VectorFamily):
                self._root(("members", family))
                self._root(("coordinates", family))
                return ("coordinates", family)
            self._root(_members(family))
            return None
        if isinstance(part, (Add, nodes.Outer, nodes.Apply)):
            return self._join([self.axis(entry) for entry in part.args])
        if isinstance(part, (nodes.Dot, nodes.Angle)):
            self._join([self.axis(entry) for entry in part.args])
            return None
        if isinstance(part, (nodes.Gradient, nodes.Hessian)):
            self.axis(part.args[0])
            return self._join([self.axis(entry) for entry in part.args[1:]])
        if isinstance(part, Sum):
            self._limits(part)
        axes = [self.axis(entry) for entry in part.args if isinstance(entry, Basic)]
        if isinstance(part, (Sum, Mul, nodes.Mean, nodes.Transposed, Integral, Derivative)):
            return next((axis for axis in axes if axis is not None), None)
        return None

    def _limits(self, total: Sum) -> None:
        for counter, first, last in total.limits:
            for entry in total.atoms(nodes.Entry):
                if entry.args[1] == counter and first == 1 and last.is_Symbol:
                    self._join([("size", last), _members(entry.args[0])])

    def families(self, symbols: Iterable[Symbol]) -> dict[Symbol, str]:
        """Those that a sum runs over or that have numbered members, and the name of their length."""
        return {
            symbol: self.name(_members(symbol))
            for symbol in symbols
            if isinstance(symbol, (Vector, VectorFamily, ScalarFamily)) and _members(symbol) in self._parent
        }

    def constants(self) -> dict[Expr, str]:
        """Code for the vector of ones and the identity matrix, where they occur."""
        code = {ONES: "np.ones({})", IDENTITY: "np.eye({})"}
        return {
            symbol: text.format(self.name(("coordinates", symbol)))
            for symbol, text in code.items()
            if ("coordinates", symbol) in self._parent
        }


def _members(family: Symbol) -> Axis:
    return ("coordinates" if isinstance(family, Vector) else "members", family)
