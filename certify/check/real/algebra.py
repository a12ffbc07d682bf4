"""Exact normal forms: polynomials with rational coefficients in atoms, to prove that an expression is zero.

An atom is a variable, pi, or a function of a normal form that rules do not simplify; ``sqrt(2)`` is one.  Two
expressions with the same normal form agree wherever both are defined.  The converse is not claimed: a normal form that
is not zero says nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from functools import lru_cache
from hashlib import sha256
from math import isqrt
from typing import Any

Atom = tuple[Any, ...]  # ("variable", i), ("pi",), (function, polynomial), ("root", polynomial, degree), ...
Monomial = frozenset[tuple[Atom, Fraction]]  # exponents are whole, but for "exp" atoms
Polynomial = frozenset[tuple[Monomial, Fraction]]

ONE: Monomial = frozenset()
ZERO: Polynomial = frozenset()
PI: Atom = ("pi",)
MAX_TERMS = 5000
MAX_BITS = 1 << 17  # of a coefficient: towers of powers have more digits than memory
MAX_EXPONENT, MAX_POWER_OF_SUM = 1000, 200
LONGEST_TEXT = 1000
# sin(q pi) for 0 <= q <= 1/2; cosines are sines of 1/2 - q
_HALF = Fraction(1, 2)
_SINES = {Fraction(0): (Fraction(0), 1), Fraction(1, 6): (_HALF, 1), Fraction(1, 4): (_HALF, 2),
          Fraction(1, 3): (_HALF, 3), _HALF: (Fraction(1), 1)}  # fmt: skip
_ARC_COSINES = {Fraction(1): Fraction(0), _HALF: Fraction(1, 3), Fraction(0): _HALF, -_HALF: Fraction(2, 3),
                Fraction(-1): Fraction(1)}  # fmt: skip


_PRIMES = (2, 3, 5, 7, 11, 13)


class TooLargeError(ArithmeticError):
    """A normal form would have more terms, or digits, than allowed."""


def constant(value: Fraction | int) -> Polynomial:
    """A rational number."""
    return frozenset({(ONE, _short(Fraction(value)))}) if value else ZERO


def _short(value: Fraction) -> Fraction:
    """The number, unless it has too many digits."""
    if max(value.numerator.bit_length(), value.denominator.bit_length()) > MAX_BITS:
        raise TooLargeError("a coefficient has too many digits")
    return value


def atom(*parts: Any) -> Polynomial:
    """An atom by itself."""
    shared = tuple([_shared(part) if isinstance(part, frozenset) else part for part in parts])
    return frozenset({(frozenset({(shared, Fraction(1))}), Fraction(1))})


@lru_cache(maxsize=1 << 14)
def _shared(p: Polynomial) -> Polynomial:
    """The same object for equal polynomials, so that comparing functions of functions does not go down into them."""
    return p


def as_rational(p: Polynomial) -> Fraction | None:
    """The number that a normal form without atoms is."""
    if not p:
        return Fraction(0)
    ((monomial, coefficient), *others) = p
    return coefficient if not others and monomial == ONE else None


def _collected(terms: Iterable[tuple[Monomial, Fraction]]) -> Polynomial:
    total: dict[Monomial, Fraction] = {}
    for monomial, coefficient in terms:
        total[monomial] = _short(total.get(monomial, Fraction(0)) + coefficient)
    if len(total) > MAX_TERMS:
        raise TooLargeError("a normal form has too many terms")
    return frozenset((monomial, coefficient) for monomial, coefficient in total.items() if coefficient)


def _leading_sign(p: Polynomial) -> int:
    """The sign of one coefficient, the same one for p and -p: it decides which of the two stands in an odd function."""
    return 1 if max((repr_of(monomial), coefficient) for monomial, coefficient in p)[1] > 0 else -1


def repr_of(monomial: Monomial) -> str:
    """One text for a monomial."""
    return ",".join(sorted(f"{_text(part)}^{exponent}" for part, exponent in monomial))


def _text(part: Atom) -> str:
    inner = [_polynomial_text(x) if isinstance(x, frozenset) else str(x) for x in part[1:]]
    return f"{part[0]}({';'.join(inner)})"


@lru_cache(maxsize=4096)
def _polynomial_text(p: Polynomial) -> str:
    """A text, or in place of a long one its hash: functions of functions would double it at every step."""
    text = "+".join(sorted(f"{coefficient}*{repr_of(monomial)}" for monomial, coefficient in p))
    return text if len(text) <= LONGEST_TEXT else sha256(text.encode("ascii")).hexdigest()


class Algebra:
    """The normal form of what functions and operations make of normal forms."""

    def rational(self, value: Fraction) -> Polynomial:
        """A number."""
        return constant(value)

    def pi(self) -> Polynomial:
        """The atom pi: it is transcendental, so that only the zero polynomial in it is zero."""
        return atom(*PI)

    def variable(self, place: int) -> Polynomial:
        """A variable of the claim."""
        return atom("variable", place)

    def sign(self, x: Polynomial) -> int:
        """Known for numbers other than zero."""
        value = as_rational(x)
        if not value:
            raise ArithmeticError("a sign is not known")
        return 1 if value > 0 else -1

    def positive(self, x: Polynomial) -> Polynomial:
        """Nothing changes."""
        return x

    def negative(self, x: Polynomial) -> Polynomial:
        """-x."""
        return frozenset((monomial, -coefficient) for monomial, coefficient in x)

    def add(self, x: Polynomial, y: Polynomial) -> Polynomial:
        """x + y."""
        return _collected([*x, *y])

    def total(self, parts: Iterable[Polynomial]) -> Polynomial:
        """The sum of many."""
        return _collected(term for part in parts for term in part)

    def multiply(self, x: Polynomial, y: Polynomial) -> Polynomial:
        """x·y."""
        if len(x) * len(y) > 4 * MAX_TERMS:
            raise TooLargeError("a product has too many terms")
        terms: list[tuple[Monomial, Fraction]] = []
        for first, a in x:
            for second, b in y:
                terms += [(monomial, a * b * c) for monomial, c in self._product(first, second)]
        return _collected(terms)

    def _product(self, first: Monomial, second: Monomial) -> Polynomial:
        exponents: dict[Atom, Fraction] = dict(first)
        for part, exponent in second:
            exponents[part] = exponents.get(part, Fraction(0)) + exponent
        factors: list[Polynomial] = []
        for part, exponent in list(exponents.items()):
            if part[0] == "cos" and exponent >= 2:  # cos^2 = 1 - sin^2
                sine = self.sin(part[1])
                one_less = self.add(constant(1), self.negative(self.multiply(sine, sine)))
                factors += [one_less] * int(exponent // 2)
                exponents[part] = exponent % 2
            elif part[0] == "root" and exponent >= part[2]:
                factors += [part[1]] * int(exponent // part[2])
                exponents[part] = exponent % part[2]
        product: Polynomial = frozenset({(frozenset((k, e) for k, e in exponents.items() if e), Fraction(1))})
        for factor in factors:
            product = self.multiply(product, factor)
        return product

    def power(self, x: Polynomial, exponent: int) -> Polynomial:
        """x^n."""
        if exponent < 0:
            return self.inverse(self.power(x, -exponent))
        cosines = any(part[0] == "cos" for monomial, _ in x for part, _ in monomial)  # their squares are sums
        if exponent > MAX_POWER_OF_SUM and (len(x) > 1 or cosines):
            raise TooLargeError("a power of a sum has too many terms")
        result = constant(1)
        for _ in range(exponent):
            result = self.multiply(result, x)
        return result

    def inverse(self, x: Polynomial) -> Polynomial:
        """1/x: of a product the product of the inverses, of a sum an atom."""
        if not x:
            raise ArithmeticError("a denominator is zero")
        ((monomial, coefficient), *others) = x
        if others:
            return atom("inverse", x)
        return frozenset({(frozenset((part, -exponent) for part, exponent in monomial), 1 / coefficient)})

    def cleared(self, x: Polynomial, denominator: Polynomial) -> Polynomial:
        """x·denominator: where a term has its inverse, that goes away."""
        inverse: Atom = ("inverse", _shared(denominator))
        if len(x) * len(denominator) > 20 * MAX_TERMS:
            raise TooLargeError("a product has too many terms")
        kept: list[tuple[Monomial, Fraction]] = []
        parts: list[Polynomial] = []
        for monomial, coefficient in x:
            exponents = dict(monomial)
            if inverse in exponents:
                exponents[inverse] -= 1
                kept.append((frozenset((part, e) for part, e in exponents.items() if e), coefficient))
            else:
                parts.append(self.multiply(frozenset({(monomial, coefficient)}), denominator))
        return self.total([*parts, _collected(kept)])

    # ---- functions

    def root(self, x: Polynomial, degree: int) -> Polynomial:
        """Exact for powers of rationals, and for exp."""
        value = as_rational(x)
        if value is None:
            ((monomial, coefficient), *others) = x
            if not others and all(part[0] == "exp" for part, _ in monomial):
                shared = frozenset({(frozenset((part, e / degree) for part, e in monomial), Fraction(1))})
                return self.multiply(self.root(constant(coefficient), degree), shared)
            return atom("root", x, degree)
        if value < 0:
            if degree % 2 == 0:
                raise ArithmeticError("an even root of a negative number")
            return self.negative(self.root(constant(-value), degree))
        top, bottom = (_whole_root(n, degree) for n in (value.numerator, value.denominator))
        if top is not None and bottom is not None:
            return constant(Fraction(top, bottom))
        if value.denominator.bit_length() * degree > MAX_BITS:
            return atom("root", x, degree)
        outer, inner = _taken_out(value.numerator * value.denominator ** (degree - 1), degree)
        # root(p/q) = root(p q^(n-1))/q
        return self.multiply(constant(Fraction(outer, value.denominator)), atom("root", constant(inner), degree))

    def absolute(self, x: Polynomial) -> Polynomial:
        """Of numbers."""
        return x if not x or self.sign(x) > 0 else self.negative(x)

    def minimum(self, x: Polynomial, y: Polynomial) -> Polynomial:
        """Of two whose difference is a number."""
        difference = self.add(x, self.negative(y))
        return x if not difference or self.sign(difference) < 0 else y

    def maximum(self, x: Polynomial, y: Polynomial) -> Polynomial:
        """Of two whose difference is a number."""
        return y if self.minimum(x, y) == x else x

    def exp(self, x: Polynomial) -> Polynomial:
        """A sum becomes a product; exp(log p) = p."""
        product = constant(1)
        for monomial, coefficient in x:
            inner = next(iter(monomial))[0] if len(monomial) == 1 else ("",)
            whole = coefficient.denominator == 1 and abs(coefficient) <= MAX_EXPONENT
            if inner[0] == "log" and whole and dict(monomial)[inner] == 1:
                factor = self.power(inner[1], int(coefficient))
            else:
                part: Atom = ("exp", _shared(frozenset({(monomial, Fraction(1))})))
                factor = frozenset({(frozenset({(part, coefficient)}), Fraction(1))})
            product = self.multiply(product, factor)
        return product

    def log(self, x: Polynomial) -> Polynomial:
        """log exp p = p; of rationals the logarithms of small primes, and of what is left."""
        value = as_rational(x)
        if value is not None and value <= 0:
            raise ArithmeticError("log of a number that is not positive")
        if value is not None:
            return self.add(_log_of_whole(value.numerator), self.negative(_log_of_whole(value.denominator)))
        if len(x) == 1:
            ((monomial, coefficient),) = x
            if coefficient == 1 and len(monomial) == 1:
                ((part, exponent),) = monomial
                if part[0] == "exp":
                    return self.multiply(constant(exponent), part[1])
        return atom("log", x)

    def sin(self, x: Polynomial) -> Polynomial:
        """Of rational multiples of pi; whole quarters of a turn and the sign are taken out."""
        turns, rest = _multiple_of_pi(x)
        quarters, part = divmod(2 * turns, 1)
        if not rest:
            return self._sine_of_turns(turns)
        inner = self.add(rest, self.multiply(constant(part / 2), self.pi()))
        if quarters % 2:
            return self.multiply(constant((-1) ** int(quarters // 2 % 2)), self._wave("cos", inner))
        return self.multiply(constant((-1) ** int(quarters // 2 % 2)), self._wave("sin", inner))

    def cos(self, x: Polynomial) -> Polynomial:
        """cos x = sin(x + pi/2)."""
        return self.sin(self.add(x, self.multiply(constant(Fraction(1, 2)), self.pi())))

    def _wave(self, kind: str, inner: Polynomial) -> Polynomial:
        """sin(arccos p) and the like; an argument or its negative, whichever comes first."""
        if len(inner) == 1:
            ((monomial, coefficient),) = inner
            part = next(iter(monomial))[0] if len(monomial) == 1 else ("",)
            if part[0] == "arccos" and abs(coefficient) == 1 and dict(monomial)[part] == 1:
                cosine: Polynomial = part[1]
                if kind == "cos":
                    return cosine
                square = self.add(constant(1), self.negative(self.multiply(cosine, cosine)))
                return self.multiply(constant(coefficient), self.root(square, 2))
        if _leading_sign(inner) > 0:
            return atom(kind, inner)
        turned = atom(kind, self.negative(inner))
        return turned if kind == "cos" else self.negative(turned)

    def _sine_of_turns(self, turns: Fraction) -> Polynomial:
        """sin(turns·pi)."""
        turns %= 2
        sign = 1
        if turns > 1:
            turns, sign = turns - 1, -1
        turns = min(turns, 1 - turns)
        if turns in _SINES:
            factor, radicand = _SINES[turns]
            return self.multiply(constant(sign * factor), self.root(constant(radicand), 2))
        return self.multiply(constant(sign), atom("sin", self.multiply(constant(turns), self.pi())))

    def arctan(self, x: Polynomial) -> Polynomial:
        """0, 1 and -1; an odd function."""
        value = as_rational(x)
        if value is not None and value in (-1, 0, 1):
            return self.multiply(constant(value / 4), self.pi())
        return atom("arctan", x) if _leading_sign(x) > 0 else self.negative(atom("arctan", self.negative(x)))

    def arccos(self, x: Polynomial) -> Polynomial:
        """Of numbers whose arc cosine is a simple part of pi."""
        value = as_rational(x)
        if value is not None and value in _ARC_COSINES:
            return self.multiply(constant(_ARC_COSINES[value]), self.pi())
        return atom("arccos", x)


def _multiple_of_pi(x: Polynomial) -> tuple[Fraction, Polynomial]:
    """q and p with x = q·pi + p."""
    alone: Monomial = frozenset({(PI, Fraction(1))})
    return dict(x).get(alone, Fraction(0)), frozenset(term for term in x if term[0] != alone)


def _log_of_whole(n: int) -> Polynomial:
    """log n for n >= 1."""
    terms: list[tuple[Monomial, Fraction]] = []
    for prime in _PRIMES:
        times = 0
        while n % prime == 0:
            n, times = n // prime, times + 1
        terms.append((frozenset({(("log", constant(prime)), Fraction(1))}), Fraction(times)))
    if n > 1:
        terms.append((frozenset({(("log", constant(n)), Fraction(1))}), Fraction(1)))
    return _collected(terms)


def _taken_out(n: int, degree: int) -> tuple[int, int]:
    """d and m with n = d^degree·m, so that sqrt(12) is 2 sqrt(3); only small primes are tried."""
    outer = 1
    for prime in _PRIMES:
        power = prime**degree
        while n % power == 0:
            outer, n = outer * prime, n // power
    return outer, n


def _whole_root(n: int, degree: int) -> int | None:
    """The whole number whose power is n >= 0, if there is one."""
    if degree == 2:
        root = isqrt(n)
        return root if root * root == n else None
    if n < 2:
        return n
    root = 1 << -(-n.bit_length() // degree)  # Newton's method goes down from above
    while (after := ((degree - 1) * root + n // root ** (degree - 1)) // degree) < root:
        root = after
    return root if root**degree == n else None
