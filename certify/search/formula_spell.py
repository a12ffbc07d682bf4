"""Normal forms as expressions again, in a shape of which interval arithmetic makes much.

A sum is grouped by its functions; polynomials of variables are written in Horner's form, so that x^2 - x = x*(x - 1)
has a sign far out; a product has one exponential.
"""

from __future__ import annotations

from fractions import Fraction

from relucert.certify.check.real.algebra import Atom, Monomial, Polynomial
from relucert.certify.formula import Node

Powers = dict[Atom, Fraction]
MOST_STEPS = 200  # of a division


def variables_of(part: Atom) -> frozenset[int]:
    """The variables of the claim on which an atom depends."""
    if part[0] == "variable":
        return frozenset((part[1],))
    inner = [x for x in part[1:] if isinstance(x, frozenset)]
    return frozenset().union(*(variables_of(a) for p in inner for monomial, _ in p for a, _ in monomial))


def depends(p: Polynomial) -> frozenset[int]:
    """The variables of a normal form."""
    return frozenset().union(*(variables_of(a) for monomial, _ in p for a, _ in monomial))


def content(p: Polynomial) -> Powers:
    """The atoms by which every term can be divided, to which power; negative powers of those in a denominator."""
    monomials = [dict(monomial) for monomial, _ in p]
    atoms = dict.fromkeys(a for m in monomials for a in m)
    least = {a: min(m.get(a, Fraction(0)) for m in monomials) for a in atoms}
    return {a: e for a, e in least.items() if e}


def divided(p: Polynomial, powers: Powers) -> Polynomial:
    """p without the powers of atoms."""
    result: list[tuple[Monomial, Fraction]] = []
    for monomial, coefficient in p:
        exponents = dict(monomial)
        for part, exponent in powers.items():
            exponents[part] = exponents.get(part, Fraction(0)) - exponent
        result.append((frozenset((a, e) for a, e in exponents.items() if e), coefficient))
    return frozenset(result)


def quotient(p: Polynomial, divisor: Polynomial) -> Polynomial | None:
    """p/divisor where that leaves no rest; atoms are taken for variables."""
    order = {a: k for k, a in enumerate(sorted({a for m, _ in (*p, *divisor) for a, _ in m}, key=repr))}

    def key(monomial: Monomial) -> list[Fraction]:
        exponents = [Fraction(0)] * len(order)
        for part, exponent in monomial:
            exponents[order[part]] = exponent
        return exponents

    if any(part[0] == "exp" for m, _ in divisor for part, _ in m):
        return None
    rest, found = dict(p), dict[Monomial, Fraction]()
    leading = max(dict(divisor), key=key)
    for _ in range(MOST_STEPS):
        if not rest:
            return frozenset(found.items())
        top = max(rest, key=key)
        exponents = dict(top)
        for part, exponent in leading:
            exponents[part] = exponents.get(part, Fraction(0)) - exponent
        if any(exponents[part] < 0 for part, _ in leading):
            return None
        monomial = frozenset((a, e) for a, e in exponents.items() if e)
        factor = rest[top] / dict(divisor)[leading]
        found[monomial] = factor
        for other, coefficient in divisor:
            powers = dict(monomial)
            for part, exponent in other:
                powers[part] = powers.get(part, Fraction(0)) + exponent
            place = frozenset((a, e) for a, e in powers.items() if e)
            rest[place] = rest.get(place, Fraction(0)) - factor * coefficient
            if not rest[place]:
                del rest[place]
    return None


def without_root(p: Polynomial, root: Atom) -> Polynomial | None:
    """p/root, if the terms without the root can be divided by its radicand: 1 + x^2 is sqrt(1 + x^2)^2."""
    radicand, degree = root[1], root[2]
    free = frozenset((m, c) for m, c in p if not any(part == root for part, _ in m))
    over = quotient(free, radicand) if free else frozenset()
    if over is None:
        return None
    power = frozenset({(root, Fraction(degree - 1))})
    lower = [(frozenset((a, e - (a == root)) for a, e in m if e != (a == root)), c) for m, c in p - free]
    return frozenset([*lower, *((m | power, c) for m, c in over)])


class Speller:
    """Appends to a list of nodes."""

    def __init__(self, nodes: list[Node]) -> None:
        self.nodes = nodes
        self.places: dict[Node, int] = {}
        for place, node in enumerate(nodes):
            self.places.setdefault(node, place)

    def node(self, *parts: object) -> int:
        """The place of a node, a new one if there is none."""
        if parts not in self.places:
            self.nodes.append(parts)
            self.places[parts] = len(self.nodes) - 1
        return self.places[parts]

    def number(self, value: Fraction | int) -> int:
        """The place of a rational."""
        return self.node("rational", Fraction(value))

    def power(self, place: int, exponent: int) -> int:
        """The place of a power."""
        return place if exponent == 1 else self.node("power", place, exponent)

    def product(self, factors: list[int]) -> int:
        """Of places; of none it is 1."""
        if not factors:
            return self.number(1)
        total = factors[0]
        for factor in factors[1:]:
            total = self.node("mul", total, factor)
        return total

    def total(self, terms: list[tuple[Fraction, list[int]]]) -> int:
        """The sum of coefficients times products."""
        place = -1
        for coefficient, factors in terms:
            size = [*([] if abs(coefficient) == 1 and factors else [self.number(abs(coefficient))]), *factors]
            term = self.product(size)
            if place < 0:
                place = term if coefficient > 0 else self.node("neg", term)
            else:
                place = self.node("add" if coefficient > 0 else "sub", place, term)
        return place if place >= 0 else self.number(0)

    def atom(self, part: Atom) -> int:
        """The place of what normal forms take as a variable."""
        kind, *rest = part
        if kind == "variable":
            return self.node("variable", rest[0])
        if kind == "pi":
            return self.node("pi")
        inner = self.expression(rest[0])
        if kind == "inverse":
            return self.node("power", inner, -1)
        return self.node(kind, inner, *rest[1:])

    def powers(self, powers: Powers) -> list[int]:
        """Places of the factors; all exponentials are one."""
        factors: list[int] = []
        exponent: dict[Monomial, Fraction] = {}
        for part, times in sorted(powers.items(), key=lambda item: repr(item[0])):
            if part[0] == "exp":
                for monomial, coefficient in part[1]:
                    exponent[monomial] = exponent.get(monomial, Fraction(0)) + times * coefficient
            elif part[0] == "inverse" and times > 0:
                factors.append(self.node("power", self.expression(part[1]), -int(times)))
            else:
                factors.append(self.power(self.atom(part), int(times)))
        if exponent:
            argument = frozenset((m, c) for m, c in exponent.items() if c)
            factors.append(self.node("exp", self.expression(argument)))
        return factors

    def expression(self, p: Polynomial) -> int:
        """The place of a normal form."""
        groups: dict[Monomial, list[tuple[Monomial, Fraction]]] = {}
        for monomial, coefficient in sorted(p, key=lambda term: repr(sorted(term[0], key=repr))):
            outer = frozenset((a, e) for a, e in monomial if a[0] != "variable" and variables_of(a))
            groups.setdefault(outer, []).append((monomial - outer, coefficient))
        terms: list[tuple[Fraction, list[int]]] = []
        for outer, inner in groups.items():
            factors = self.powers(dict(outer))
            if len(inner) == 1:
                ((monomial, coefficient),) = inner
                terms.append((coefficient, [*self.powers(dict(monomial)), *factors]))
            else:
                terms.append((Fraction(1), [self.horner(inner), *factors]))
        return self.total(sorted(terms, key=lambda term: term[0] < 0))

    def horner(self, terms: list[tuple[Monomial, Fraction]]) -> int:
        """A polynomial of variables, with constants for coefficients: c + x^k (...)."""
        names = sorted({a[1] for monomial, _ in terms for a, _ in monomial if a[0] == "variable"})
        if not names:
            return self.total([(c, self.powers(dict(m))) for m, c in sorted(terms, key=lambda t: t[1] < 0)])
        main: Atom = ("variable", names[0])
        by_power: dict[int, list[tuple[Monomial, Fraction]]] = {}
        for monomial, coefficient in terms:
            exponents = dict(monomial)
            exponent = int(exponents.pop(main, Fraction(0)))
            by_power.setdefault(exponent, []).append((frozenset(exponents.items()), coefficient))
        powers = sorted(by_power, reverse=True)
        x, place = self.atom(main), -1
        for k, exponent in enumerate(powers):
            own = by_power[exponent]
            single = len(own) == 1 and not own[0][0]
            if place < 0:
                place = self.number(own[0][1]) if single else self.horner(own)
            elif single:
                value = own[0][1]
                place = self.node("add" if value > 0 else "sub", place, self.number(abs(value)))
            else:
                place = self.node("add", place, self.horner(own))
            below = powers[k + 1] if k + 1 < len(powers) else 0
            if exponent != below:  # the last one may be negative
                factor = self.power(x, exponent - below)
                one = self.nodes[place] == ("rational", Fraction(1))
                place = factor if one else self.node("mul", place, factor)
        return place
