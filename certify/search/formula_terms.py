"""Expressions as polynomials in the variables, in atoms (pi, and functions of expressions) and in inverses."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from fractions import Fraction

from relucert.certify.formula import Node
from relucert.certify.search.formula_goal import needed

Symbol = tuple[str, int]  # ("variable", i), ("atom", place of the expression), ("inverse", place of the denominator)
Monomial = frozenset[tuple[Symbol, int]]
Polynomial = dict[Monomial, Fraction]
ONE: Monomial = frozenset()
MOST_DEGREE, MOST_TERMS = 8, 400


class TooLargeError(Exception):
    """A polynomial has too many terms, or too high a degree."""


def constant(value: Fraction | int) -> Polynomial:
    """A number."""
    return {ONE: Fraction(value)} if value else {}


def symbol(name: Symbol) -> Polynomial:
    """A variable, an atom or an inverse."""
    return {frozenset({(name, 1)}): Fraction(1)}


def add(p: Polynomial, q: Polynomial, factor: Fraction | int = 1) -> Polynomial:
    """p + factor·q."""
    total = dict(p)
    for monomial, coefficient in q.items():
        total[monomial] = total.get(monomial, Fraction(0)) + factor * coefficient
    return {monomial: c for monomial, c in total.items() if c}


def multiply(p: Polynomial, q: Polynomial) -> Polynomial:
    """p·q."""
    if len(p) * len(q) > MOST_TERMS**2 // 4:
        raise TooLargeError
    total: Polynomial = {}
    for (a, c), (b, d) in itertools.product(p.items(), q.items()):
        exponents = dict(a)
        for name, exponent in b:
            exponents[name] = exponents.get(name, 0) + exponent
        key = frozenset(exponents.items())
        total[key] = total.get(key, Fraction(0)) + c * d
    return {monomial: c for monomial, c in total.items() if c}


def degree(p: Polynomial) -> int:
    """The total degree."""
    return max((sum(exponent for _, exponent in monomial) for monomial in p), default=0)


def symbols(*polynomials: Polynomial) -> list[Symbol]:
    """What occurs in them."""
    return sorted({name for p in polynomials for monomial in p for name, _ in monomial})


class Terms:
    """The polynomials of expressions of a claim."""

    def __init__(self, nodes: Sequence[Node], places: tuple[int, ...]) -> None:
        self.nodes = nodes
        self.known: dict[int, Polynomial] = {}
        for place in needed(list(nodes), places):
            found = self._apply(nodes[place], place)
            if len(found) > MOST_TERMS or degree(found) > MOST_DEGREE:
                found = symbol(("atom", place))
            self.known[place] = self.reduced(found)

    def _apply(self, node: Node, place: int) -> Polynomial:
        kind, *rest = node
        known = self.known
        try:
            if kind == "rational":
                return constant(rest[0])
            if kind == "variable":
                return symbol(("variable", rest[0]))
            if kind == "neg":
                return add({}, known[rest[0]], -1)
            if kind in ("add", "sub"):
                return add(known[rest[0]], known[rest[1]], 1 if kind == "add" else -1)
            if kind == "mul":
                return multiply(known[rest[0]], known[rest[1]])
            if kind == "div":
                return multiply(known[rest[0]], self._inverse(rest[1]))
            if kind in ("sin", "cos"):
                halves = self._half_turns(known[rest[0]])
                if halves is not None:
                    return constant((0, 1, 0, -1)[(halves + (kind == "cos")) % 4])
            if kind == "power":
                base = known[rest[0]] if rest[1] >= 0 else self._inverse(rest[0])
                result = constant(1)
                for _ in range(min(abs(rest[1]), MOST_DEGREE + 1)):
                    result = multiply(result, base)
                return result if abs(rest[1]) <= MOST_DEGREE else symbol(("atom", place))
        except TooLargeError:
            pass
        return symbol(("atom", place))

    def _half_turns(self, p: Polynomial) -> int | None:
        """n for n pi/2."""
        if not p:
            return 0
        ((monomial, coefficient), *others) = p.items()
        is_pi = len(monomial) == 1 and all(
            name[0] == "atom" and self.nodes[name[1]] == ("pi",) and power == 1 for name, power in monomial
        )
        twice = 2 * coefficient
        return int(twice) if is_pi and not others and twice.denominator == 1 else None

    def _inverse(self, place: int) -> Polynomial:
        p = self.known[place]
        if len(p) == 1 and ONE in p:
            return constant(1 / p[ONE])
        return symbol(("inverse", place))

    def reduced(self, p: Polynomial) -> Polynomial:
        """With cos^2 = 1 - sin^2 and root^n = radicand, as in the checker's normal forms."""
        for _ in range(4 * MOST_DEGREE):
            change = next(((m, rule) for m in p for rule in [self._rule(m)] if rule is not None), None)
            if change is None:
                return p
            monomial, (rest, replacement) = change
            coefficient = p.pop(monomial)
            p = add(p, multiply({rest: coefficient}, replacement))
        return p

    def _rule(self, monomial: Monomial) -> tuple[Monomial, Polynomial] | None:
        for name, exponent in monomial:
            if name[0] != "atom" or exponent < 2:
                continue
            kind, *rest = self.nodes[name[1]]
            power, replacement = 0, {}
            if kind == "root" and exponent >= rest[1]:
                power, replacement = rest[1], self.known[rest[0]]
            if kind == "cos":
                sine = next((i for i, node in enumerate(self.nodes) if node == ("sin", rest[0])), None)
                if sine is not None:
                    square = multiply(symbol(("atom", sine)), symbol(("atom", sine)))
                    power, replacement = 2, add(constant(1), square, -1)
            if power:
                exponents = {**dict(monomial), name: exponent - power}
                return frozenset((n, e) for n, e in exponents.items() if e), replacement
        return None

    def cleared(self, p: Polynomial) -> tuple[Polynomial, list[int]]:
        """Without inverses, and the denominators (places) by which it was multiplied."""
        multipliers: list[int] = []
        while True:
            inverses = [name for name in symbols(p) if name[0] == "inverse"]
            if not inverses:
                return self.reduced(p), multipliers
            name = max(inverses, key=lambda n: n[1])
            total: Polynomial = {}
            for monomial, coefficient in p.items():
                exponents = dict(monomial)
                if name in exponents:
                    exponents[name] -= 1
                    rest = frozenset((n, e) for n, e in exponents.items() if e)
                    total = add(total, {rest: coefficient})
                else:
                    total = add(total, multiply({monomial: coefficient}, self.known[name[1]]))
            p = total
            multipliers.append(name[1])
            if len(multipliers) > MOST_DEGREE:
                raise TooLargeError
