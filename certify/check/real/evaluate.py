"""Values of expressions on boxes, and their Taylor coefficients along one variable."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from fractions import Fraction
from typing import Any, Generic, Protocol, TypeVar

from relucert.certify.formula import Node, arguments

T = TypeVar("T")


class Ring(Protocol[T]):
    """What expressions are evaluated in: intervals, or exact normal forms.

    Functions raise ArithmeticError where they are not known to be defined.
    """

    def rational(self, value: Fraction) -> T: ...
    def pi(self) -> T: ...
    def negative(self, x: T) -> T: ...
    def add(self, x: T, y: T) -> T: ...
    def multiply(self, x: T, y: T) -> T: ...
    def inverse(self, x: T) -> T: ...
    def power(self, x: T, exponent: int) -> T: ...
    def root(self, x: T, degree: int) -> T: ...
    def minimum(self, x: T, y: T) -> T: ...
    def maximum(self, x: T, y: T) -> T: ...
    def absolute(self, x: T) -> T: ...
    def exp(self, x: T) -> T: ...
    def log(self, x: T) -> T: ...
    def sin(self, x: T) -> T: ...
    def cos(self, x: T) -> T: ...
    def arctan(self, x: T) -> T: ...
    def arccos(self, x: T) -> T: ...
    def positive(self, x: T) -> T: ...  # the same, known to be above zero
    def sign(self, x: T) -> int: ...  # 1 or -1 where x is everywhere above or below zero, else ArithmeticError


class Program(Generic[T]):
    """Expressions of a claim, with the parts that they need; constant parts are worked out once.

    positive : the places of parts that are known to be above zero wherever the expressions are evaluated.
    """

    def __init__(
        self, nodes: Sequence[Node], place: int, ring: Ring[T], *others: int, positive: Collection[int] = ()
    ) -> None:
        self.nodes, self.place, self.ring, self.positive = nodes, place, ring, positive
        needed = {place, *others}
        for part in range(max(needed), -1, -1):
            if part in needed:
                needed.update(arguments(nodes[part]))
        self.constants: dict[int, T] = {}
        self.order: list[int] = []
        for part in sorted(needed):
            inner = arguments(nodes[part])
            if nodes[part][0] == "variable" or any(i not in self.constants for i in inner):
                self.order.append(part)
                continue
            try:
                self.constants[part] = self._apply(nodes[part], self.constants)
            except ArithmeticError:  # so does every evaluation
                self.order.append(part)

    def _apply(self, node: Node, known: dict[int, T]) -> T:
        ring: Any = self.ring
        kind, *rest = node
        if kind == "rational":
            return self.ring.rational(rest[0])
        if kind == "pi":
            return self.ring.pi()
        x = known[rest[0]]
        if kind in ("power", "root"):
            return self.ring.power(x, rest[1]) if kind == "power" else self.ring.root(x, rest[1])
        if len(rest) == 1:
            value: T = getattr(ring, _METHODS[kind])(x)
            return value
        y = known[rest[1]]
        if kind == "sub":
            return self.ring.add(x, self.ring.negative(y))
        if kind == "div":
            return self.ring.multiply(x, self.ring.inverse(y))
        value = getattr(ring, _METHODS[kind])(x, y)
        return value

    def value(self, box: Sequence[T]) -> T:
        """The expression's value."""
        return self.values(box)[self.place]

    def values(self, box: Sequence[T]) -> dict[int, T]:
        """The values of all parts, by their places."""
        known = dict(self.constants)
        for part in self.order:
            node = self.nodes[part]
            known[part] = box[node[1]] if node[0] == "variable" else self._apply(node, known)
            if part in self.positive:
                known[part] = self.ring.positive(known[part])
        return known

    def taylor(self, box: Sequence[T], variable: int | tuple[int, int], order: int) -> list[T]:
        """The Taylor coefficients of t -> f(x + t e_variable) at t = 0, up to the order, for x in the box; with two
        variables those of t -> f(x + t e_first + t e_second).

        Coefficients that are zero because nothing depends on the variable are left out at the end.
        """
        return self.expansions(box, variable, order)[self.place]

    def expansions(self, box: Sequence[T], variable: int | tuple[int, int], order: int) -> dict[int, list[T]]:
        """The same for all parts, by their places."""
        series = Series(self.ring, order)
        one = self.ring.rational(Fraction(1))
        moving = (variable,) if isinstance(variable, int) else variable
        known: dict[int, list[T]] = {part: [value] for part, value in self.constants.items()}
        for part in self.order:
            node = self.nodes[part]
            if node[0] == "variable":
                known[part] = [box[node[1]], one] if node[1] in moving else [box[node[1]]]
            elif all(len(known[i]) == 1 for i in arguments(node)):
                known[part] = [self._apply(node, {i: known[i][0] for i in arguments(node)})]
            else:
                known[part] = series.apply(node, known)
            if part in self.positive:
                known[part] = [self.ring.positive(known[part][0]), *known[part][1:]]
        return {part: coefficients[: order + 1] for part, coefficients in known.items()}


_METHODS = {
    "neg": "negative", "add": "add", "mul": "multiply", "min": "minimum", "max": "maximum", "abs": "absolute",
    "exp": "exp", "log": "log", "sin": "sin", "cos": "cos", "arctan": "arctan", "arccos": "arccos",
}  # fmt: skip


class Series(Generic[T]):
    """Arithmetic of truncated power series a_0 + a_1 t + ...; what is left out at the end of a list is zero."""

    def __init__(self, ring: Ring[T], order: int) -> None:
        self.ring, self.order = ring, order

    def apply(self, node: Node, known: dict[int, list[T]]) -> list[T]:
        """The series of an expression from those of its parts."""
        kind, *rest = node
        a = known[rest[0]]
        if kind == "neg":
            return [self.ring.negative(c) for c in a]
        if kind == "power":
            return self.power(a, rest[1])
        if kind == "root":
            return self.root(a, rest[1])
        if kind in ("sin", "cos"):
            return self.sin_cos(a)[kind == "cos"]
        if len(rest) == 1:
            series: list[T] = getattr(self, kind)(a)
            return series
        b = known[rest[1]]
        if kind == "add":
            return self.add(a, b)
        if kind == "sub":
            return self.add(a, [self.ring.negative(c) for c in b])
        if kind == "mul":
            return self.multiply(a, b)
        if kind == "div":
            return self.multiply(a, self.inverse(b))
        below = self.ring.sign(self.ring.add(a[0], self.ring.negative(b[0]))) < 0
        return a if below == (kind == "min") else b

    # ---- sums of products; "weights" are the rational numbers in the recurrences

    def _sum(self, terms: list[tuple[int | Fraction, T, T]]) -> T:
        total = self.ring.rational(Fraction(0))
        for weight, x, y in terms:
            product = self.ring.multiply(x, y)
            scaled = product if weight == 1 else self.ring.multiply(self.ring.rational(Fraction(weight)), product)
            total = self.ring.add(total, scaled)
        return total

    def _convolved(self, a: list[T], b: list[T], k: int, first: int = 0) -> list[tuple[int, T, T]]:
        """a_i b_(k-i) for i from first to k, without those that are zero."""
        return [(1, a[i], b[k - i]) for i in range(max(first, k - len(b) + 1), min(k + 1, len(a)))]

    def add(self, a: list[T], b: list[T]) -> list[T]:
        """a + b."""
        short, long = sorted((a, b), key=len)
        return [self.ring.add(x, y) for x, y in zip(short, long, strict=False)] + long[len(short) :]

    def multiply(self, a: list[T], b: list[T]) -> list[T]:
        """a·b."""
        length = min(self.order + 1, len(a) + len(b) - 1)
        return [self._sum(list(self._convolved(a, b, k))) for k in range(length)]

    def inverse(self, a: list[T]) -> list[T]:
        """1/a: y_k = -(sum over i >= 1 of a_i y_(k-i))/a_0."""
        first = self.ring.inverse(a[0])
        y = [first]
        for k in range(1, self.order + 1):
            total = self._sum([(-1, x, z) for _, x, z in self._convolved(a, y, k, 1)])
            y.append(self.ring.multiply(total, first))
        return y

    def power(self, a: list[T], exponent: int) -> list[T]:
        """(a^m)' = m a' a^(m-1), so k y_k = m times the sum of i a_i z_(k-i), z = a^(m-1); for m up to the exponent."""
        if exponent < 0:
            return self.inverse(self.power(a, -exponent))
        first = max(0, exponent - self.order)
        y = [self.ring.power(a[0], first)]
        for m in range(first + 1, exponent + 1):
            y, below = [self.ring.power(a[0], m)], y
            known = self.order if first == 0 else m - first
            for k in range(1, min(known, m * (len(a) - 1)) + 1):
                places = range(max(1, k - len(below) + 1), min(k + 1, len(a)))
                y.append(self._sum([(Fraction(i * m, k), a[i], below[k - i]) for i in places]))
        return y

    def root(self, a: list[T], degree: int) -> list[T]:
        """y = a^r: y' a = r a' y, so k a_0 y_k = sum over i >= 1 of (i(r + 1) - k) a_i y_(k-i)."""
        self.ring.sign(a[0])  # no derivative at zero
        r = Fraction(1, degree)
        inverse = self.ring.inverse(a[0])
        y = [self.ring.root(a[0], degree)]
        for k in range(1, self.order + 1):
            terms = [((i * (r + 1) - k) / k, a[i], y[k - i]) for i in range(1, min(k + 1, len(a)))]
            y.append(self.ring.multiply(self._sum(list(terms)), inverse))
        return y

    def exp(self, a: list[T]) -> list[T]:
        """y' = a' y."""
        y = [self.ring.exp(a[0])]
        for k in range(1, self.order + 1):
            y.append(self._sum([(Fraction(i, k), a[i], y[k - i]) for i in range(1, min(k + 1, len(a)))]))
        return y

    def log(self, a: list[T]) -> list[T]:
        """y' a = a'."""
        return self._integral([self.ring.log(a[0])], self._derivative(a), a)

    def sin_cos(self, a: list[T]) -> tuple[list[T], list[T]]:
        """s' = a' c, c' = -a' s."""
        s, c = [self.ring.sin(a[0])], [self.ring.cos(a[0])]
        for k in range(1, self.order + 1):
            places = range(1, min(k + 1, len(a)))
            sine = self._sum([(Fraction(i, k), a[i], c[k - i]) for i in places])
            c.append(self._sum([(Fraction(-i, k), a[i], s[k - i]) for i in places]))
            s.append(sine)
        return s, c

    def arctan(self, a: list[T]) -> list[T]:
        """y' (1 + a^2) = a'."""
        one = [self.ring.rational(Fraction(1))]
        return self._integral([self.ring.arctan(a[0])], self._derivative(a), self.add(one, self.power(a, 2)))

    def arccos(self, a: list[T]) -> list[T]:
        """y' sqrt(1 - a^2) = -a'."""
        one = [self.ring.rational(Fraction(1))]
        below = self.add(one, [self.ring.negative(c) for c in self.power(a, 2)])
        slope = [self.ring.negative(c) for c in self._derivative(a)]
        return self._integral([self.ring.arccos(a[0])], slope, self.root(below, 2))

    def abs(self, a: list[T]) -> list[T]:
        """a or -a."""
        return a if self.ring.sign(a[0]) > 0 else [self.ring.negative(c) for c in a]

    def _derivative(self, a: list[T]) -> list[T]:
        return [self.ring.multiply(self.ring.rational(Fraction(k)), a[k]) for k in range(1, len(a))]

    def _integral(self, y: list[T], slope: list[T], divisor: list[T]) -> list[T]:
        """y with y' divisor = slope."""
        rate = self.multiply(slope, self.inverse(divisor))
        for k, c in enumerate(rate[: self.order], start=1):
            y.append(self.ring.multiply(self.ring.rational(Fraction(1, k)), c))
        return y
