"""Claims as functions of python-flint's balls: an independent enclosure for searches and tests, not for the checker.

python-flint is loaded when a function here is called.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from relucert.certify.formula import CONNECTIVES, RealFormula, arguments
from relucert.certify.language.walk import needed_expressions, needed_formulas, sides

BITS = 128  # of the balls' middles


def arb_function(claim: RealFormula, place: int, bits: int = BITS) -> Callable[[Sequence[Any]], Any]:
    """One expression as a function of a box.

    Parameters
    ----------
    claim : RealFormula
    place : int
        Of the expression.
    bits : int
        Precision.

    Returns
    -------
    function
        From a sequence of ``flint.arb``, one for every variable, to an ``arb`` that holds all values on the box; NaN if
        the expression is perhaps undefined somewhere.
    """
    evaluator = _Evaluator(claim, {place}, bits)
    return lambda box: evaluator.values(box)[place]


def arb_truth(claim: RealFormula, place: int, bits: int = BITS) -> Callable[[Sequence[Any]], bool | None]:
    """One formula as a function of a box: whether it holds everywhere there, nowhere (False), or that is not known."""
    formulas = needed_formulas(claim, {place})
    evaluator = _Evaluator(claim, sides(claim, formulas), bits)

    def truth(box: Sequence[Any]) -> bool | None:
        values = evaluator.values(box)
        known: dict[int, bool | None] = {}
        for part in formulas:
            kind, *rest = claim.formulas[part]
            if kind in CONNECTIVES:
                known[part] = _connected(kind, [known[inner] for inner in rest])
            else:
                known[part] = _compared(kind, *(values[side] for side in rest))
        return known[place]

    return truth


class _Evaluator:
    """The expressions that are needed, in order; constant ones are worked out once."""

    def __init__(self, claim: RealFormula, places: set[int], bits: int) -> None:
        import flint

        self.flint, self.nodes, self.bits = flint, claim.nodes, bits
        self.constants: dict[int, Any] = {}
        self.order: list[int] = []
        with flint.ctx.workprec(bits):
            for place in needed_expressions(claim, places):
                node = claim.nodes[place]
                if node[0] == "variable" or any(part not in self.constants for part in arguments(node)):
                    self.order.append(place)
                else:
                    self.constants[place] = self._apply(node, self.constants)

    def values(self, box: Sequence[Any]) -> dict[int, Any]:
        known = dict(self.constants)
        with self.flint.ctx.workprec(self.bits):
            for place in self.order:
                node = self.nodes[place]
                known[place] = self.flint.arb(box[node[1]]) if node[0] == "variable" else self._apply(node, known)
        return known

    def _apply(self, node: tuple[Any, ...], known: dict[int, Any]) -> Any:
        arb = self.flint.arb
        kind, *rest = node
        if kind == "rational":
            return arb(self.flint.fmpq(rest[0].numerator, rest[0].denominator))
        if kind == "pi":
            return arb.pi()
        a = known[rest[0]]
        if kind == "power":
            return a if rest[1] == 0 and a.is_nan() else a ** rest[1]  # NaN to the power 0 is 1 in Arb
        if kind == "root":
            return self._root(a, rest[1])
        if len(rest) == 2:
            return _BINARY[kind](a, known[rest[1]])
        return _UNARY[kind](a)

    def _root(self, a: Any, degree: int) -> Any:
        if a.is_zero():
            return a  # Arb has no root of zero
        if degree % 2 == 0 or not a.is_finite():
            return a.root(degree)
        low, high = (self._odd_root(end, degree) for end in (a.lower(), a.upper()))
        return low.union(high)

    @staticmethod
    def _odd_root(a: Any, degree: int) -> Any:
        return a if a.is_zero() else -(-a).root(degree) if a < 0 else a.root(degree)


_UNARY: dict[str, Callable[[Any], Any]] = {
    "neg": lambda a: -a,
    "exp": lambda a: a.exp(),
    "log": lambda a: a.log(),
    "sin": lambda a: a.sin(),
    "cos": lambda a: a.cos(),
    "arctan": lambda a: a.atan(),
    "arccos": lambda a: a.acos(),
    "abs": abs,
}
_BINARY: dict[str, Callable[[Any, Any], Any]] = {
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "div": lambda a, b: a / b,
    "min": lambda a, b: a.min(b),
    "max": lambda a, b: a.max(b),
}


def _compared(kind: str, a: Any, b: Any) -> bool | None:
    if a.is_nan() or b.is_nan():
        return None
    yes, no = {
        "<": (a < b, a >= b),
        "<=": (a <= b, a > b),
        "=": (a == b, a != b),
        "!=": (a != b, a == b),
    }[kind]
    return True if yes else False if no else None


def _connected(kind: str, values: list[bool | None]) -> bool | None:
    if kind == "not":
        return None if values[0] is None else not values[0]
    deciding = kind == "or"
    if deciding in values:
        return deciding
    return None if None in values else not deciding
