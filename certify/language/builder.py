"""Straight-line expressions and formulas in which equal parts are one, and arithmetic of numbers is carried out.

Nothing else is simplified: ``0*log(x)`` stays, because it is not defined where ``log(x)`` is not.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction

from relucert.certify.formula import CONNECTIVES, MAX_NUMBER, Node, RealFormula, Variable, arguments
from relucert.certify.language.errors import ExpressionError

MAX_NODES = 250_000  # different expressions and formulas of one claim
_MAX_BITS = 4000  # of numbers that come out of arithmetic; beyond it stays unevaluated


class Builder:
    """What has been said so far; every part is named by its place."""

    def __init__(self) -> None:
        self.nodes: list[Node] = []
        self.formulas: list[Node] = []
        self._places: dict[Node, int] = {}
        self._formula_places: dict[Node, int] = {}
        self._constant: list[bool] = []

    # ---- expressions

    def node(self, *node: object) -> int:
        """The place of an expression as :class:`RealFormula` has them."""
        place = self._places.get(node)
        if place is None:
            place = self._places[node] = len(self.nodes)
            self.nodes.append(node)
            self._constant.append(node[0] != "variable" and all(self._constant[part] for part in arguments(node)))
            self._limit()
        return place

    def rational(self, value: Fraction | int) -> int:
        """A rational number."""
        return self.node("rational", Fraction(value))

    def number(self, place: int) -> Fraction | None:
        """The value of an expression that is a rational number as it stands."""
        node = self.nodes[place]
        return node[1] if node[0] == "rational" else None

    def is_constant(self, place: int) -> bool:
        """Whether no variable occurs in the expression."""
        return self._constant[place]

    def negative(self, a: int) -> int:
        """-a."""
        value = self.number(a)
        return self.node("neg", a) if value is None else self.rational(-value)

    def add(self, a: int, b: int) -> int:
        """a + b."""
        return self._arithmetic("add", a, b)

    def subtract(self, a: int, b: int) -> int:
        """a - b."""
        return self._arithmetic("sub", a, b)

    def multiply(self, a: int, b: int) -> int:
        """a·b."""
        return self._arithmetic("mul", a, b)

    def divide(self, a: int, b: int) -> int:
        """a/b."""
        if self.number(b) == 0:
            raise ExpressionError("division by zero", "remove it: it has no value")
        return self._arithmetic("div", a, b)

    def _arithmetic(self, kind: str, a: int, b: int) -> int:
        x, y = self.number(a), self.number(b)
        if x is not None and y is not None:
            value = x + y if kind == "add" else x - y if kind == "sub" else x * y if kind == "mul" else x / y
            if _is_short(value):
                return self.rational(value)
        return self.node(kind, a, b)

    def power(self, a: int, exponent: int) -> int:
        """a^n for a whole number n."""
        value = self.number(a)
        if abs(exponent) > MAX_NUMBER:
            raise ExpressionError(f"the exponent {_short(exponent)} is beyond {MAX_NUMBER}", "write a power of a power")
        if value == 0 and exponent < 0:
            raise ExpressionError("zero has no negative power", "remove it: it has no value")
        if value is not None and _bits(value) * abs(exponent) <= _MAX_BITS:
            return self.rational(value**exponent)
        return self.node("power", a, exponent)

    def root(self, a: int, degree: int) -> int:
        """The real root of a: for odd degrees that of a negative number too."""
        value = self.number(a)
        if not 2 <= degree <= MAX_NUMBER:
            raise ExpressionError(f"there is no root of degree {_short(degree)}", f"take one from 2 to {MAX_NUMBER}")
        if value is not None and value < 0 and degree % 2 == 0:
            raise ExpressionError("an even root of a negative number", "remove it: it is not real")
        return self.node("root", a, degree)

    def function(self, name: str, a: int) -> int:
        """One of the functions of :class:`RealFormula`."""
        value = self.number(a)
        if value is not None and name == "log" and value <= 0:
            raise ExpressionError("a logarithm of a number that is not positive", "remove it: it is not real")
        if value is not None and name == "arccos" and abs(value) > 1:
            raise ExpressionError("an arc cosine or arc sine of a number beyond 1", "remove it: it is not real")
        return self.node(name, a)

    # ---- formulas

    def formula(self, *formula: object) -> int:
        """The place of a formula as :class:`RealFormula` has them."""
        place = self._formula_places.get(formula)
        if place is None:
            place = self._formula_places[formula] = len(self.formulas)
            self.formulas.append(formula)
            self._limit()
        return place

    def all_of(self, formulas: Sequence[int]) -> int | None:
        """The conjunction; none of no formulas."""
        result: int | None = None
        for formula in formulas:
            result = formula if result is None else self.formula("and", result, formula)
        return result

    def _limit(self) -> None:
        if len(self.nodes) + len(self.formulas) > MAX_NODES:
            raise ExpressionError(f"the claim has more than {MAX_NODES} different parts", "split it")

    # ---- the claim

    def claim(
        self, assertion: str, variables: Sequence[Variable], hypothesis: int | None, conclusion: int
    ) -> RealFormula:
        """The claim with only what it needs, in the order in which a reader meets it: ends, hypothesis, conclusion."""
        ends = [end for variable in variables for end in (variable.low, variable.high) if end is not None]
        stated = [place for place in (hypothesis, conclusion) if place is not None]
        formulas = _postorder(stated, self._inner_formulas)
        sides = [side for place in formulas for side in self.formulas[place][1:] if self._is_relation(place)]
        nodes = _postorder([*ends, *sides], lambda place: arguments(self.nodes[place]))

        def moved(entry: Node, parts: Sequence[int], places: dict[int, int]) -> Node:
            return (entry[0], *(places[part] for part in parts), *entry[1 + len(parts) :])

        return RealFormula(
            assertion,
            tuple(replace(v, low=_at(v.low, nodes), high=_at(v.high, nodes)) for v in variables),
            tuple(moved(self.nodes[place], arguments(self.nodes[place]), nodes) for place in nodes),
            tuple(
                moved(entry, entry[1:], nodes if self._is_relation(place) else formulas)
                for place in formulas
                for entry in (self.formulas[place],)
            ),
            _at(hypothesis, formulas),
            formulas[conclusion],
        )

    def _is_relation(self, place: int) -> bool:
        return self.formulas[place][0] not in CONNECTIVES

    def _inner_formulas(self, place: int) -> Sequence[int]:
        return () if self._is_relation(place) else self.formulas[place][1:]


def _at(place: int | None, places: dict[int, int]) -> int | None:
    return None if place is None else places[place]


def _postorder(roots: Sequence[int], parts: Callable[[int], Sequence[int]]) -> dict[int, int]:
    """Everything that the roots are made of, parts first, with its number in this order."""
    numbers: dict[int, int] = {}
    stack = [(root, False) for root in reversed(roots)]
    while stack:
        place, ready = stack.pop()
        if place in numbers:
            continue
        if ready:
            numbers[place] = len(numbers)
        else:
            stack.append((place, True))
            stack.extend((part, False) for part in reversed(parts(place)))
    return numbers


def _is_short(value: Fraction) -> bool:
    return _bits(value) <= _MAX_BITS


def _bits(value: Fraction) -> int:
    return max(value.numerator.bit_length(), value.denominator.bit_length())


def _short(number: int) -> str:
    return str(number) if number.bit_length() < 64 else "of so many digits"
