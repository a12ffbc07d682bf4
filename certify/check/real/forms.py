"""Expressions on a region as fractions of normal forms, next to their enclosures.

The enclosures say which branch of min, max and abs is taken, and that no denominator is zero; so two expressions with
the same fraction agree everywhere on the region.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import NamedTuple

from relucert.certify.check.real.algebra import Algebra, Polynomial, atom, constant
from relucert.certify.check.real.interval import Arithmetic, Interval, is_nonnegative, negative

Factors = Mapping[Polynomial, int]


class Form(NamedTuple):
    """top / product of the factors, to their powers; no factor is zero on the region, where values lie in the box."""

    box: Interval
    top: Polynomial
    bottom: Factors


class Forms:
    """Arithmetic of forms."""

    def __init__(self, arithmetic: Arithmetic) -> None:
        self.arithmetic, self.algebra = arithmetic, Algebra()

    def same(self, x: Form, y: Form) -> bool:
        """The two fractions agree: their tops do over a common denominator."""
        left, right, _ = self._common(x, y)
        return left == right

    def variable(self, place: int, box: Interval, known: Polynomial | None = None) -> Form:
        """A variable of the claim, or the number that it is."""
        return Form(box, self.algebra.variable(place) if known is None else known, {})

    def rational(self, value: Fraction) -> Form:
        return Form(self.arithmetic.rational(value), constant(value), {})

    def pi(self) -> Form:
        return Form(self.arithmetic.pi(), self.algebra.pi(), {})

    def negative(self, x: Form) -> Form:
        return Form(negative(x.box), self.algebra.negative(x.top), x.bottom)

    def positive(self, x: Form) -> Form:
        return x._replace(box=self.arithmetic.positive(x.box))

    def _common(self, x: Form, y: Form) -> tuple[Polynomial, Polynomial, Factors]:
        """Both tops over the least common multiple of the denominators."""
        bottom = {factor: max(x.bottom.get(factor, 0), y.bottom.get(factor, 0)) for factor in {**x.bottom, **y.bottom}}
        tops = []
        for form in (x, y):
            top = form.top
            for factor, times in bottom.items():
                top = self.algebra.multiply(top, self.algebra.power(factor, times - form.bottom.get(factor, 0)))
            tops.append(top)
        return tops[0], tops[1], bottom

    def add(self, x: Form, y: Form) -> Form:
        left, right, bottom = self._common(x, y)
        return Form(self.arithmetic.add(x.box, y.box), self.algebra.add(left, right), bottom)

    def multiply(self, x: Form, y: Form) -> Form:
        box = self.arithmetic.multiply(x.box, y.box)
        bottom = {factor: x.bottom.get(factor, 0) + y.bottom.get(factor, 0) for factor in {**x.bottom, **y.bottom}}
        tops = []
        for top in (x.top, y.top):
            if bottom.get(top, 0):  # p·(1/p) = 1
                bottom[top] -= 1
                top = constant(1)
            tops.append(top)
        return Form(box, self.algebra.multiply(*tops), {factor: times for factor, times in bottom.items() if times})

    def inverse(self, x: Form) -> Form:
        box, top = self.arithmetic.inverse(x.box), constant(1)
        for factor, times in x.bottom.items():
            top = self.algebra.multiply(top, self.algebra.power(factor, times))
        if len(x.top) != 1:
            return Form(box, top, {x.top: 1})
        bottom: dict[Polynomial, int] = {}
        ((monomial, coefficient),) = x.top
        for part, exponent in monomial:  # of a product every factor for itself
            if part[0] in ("exp", "pi") or exponent < 1:
                top = self.algebra.multiply(top, frozenset({(frozenset({(part, -exponent)}), Fraction(1))}))
            else:
                bottom[atom(*part)] = int(exponent)
        return Form(box, self.algebra.multiply(top, constant(1 / coefficient)), bottom)

    def power(self, x: Form, exponent: int) -> Form:
        if exponent < 0:
            return self.inverse(self.power(x, -exponent))
        box = self.arithmetic.power(x.box, exponent)
        bottom = {factor: times * exponent for factor, times in x.bottom.items() if exponent}
        return Form(box, self.algebra.power(x.top, exponent), bottom)

    def minimum(self, x: Form, y: Form) -> Form:
        return x if self._above(self.arithmetic.add(y.box, negative(x.box))) else y

    def maximum(self, x: Form, y: Form) -> Form:
        return x if self._above(self.arithmetic.add(x.box, negative(y.box))) else y

    def absolute(self, x: Form) -> Form:
        return x if self._above(x.box) else self.negative(x)

    def _above(self, box: Interval) -> bool:
        """Whether no number is below zero, rather than none above."""
        if not is_nonnegative(box) and not is_nonnegative(negative(box)):
            raise ArithmeticError("a sign is not known")
        return is_nonnegative(box)

    def sign(self, x: Form) -> int:
        return self.arithmetic.sign(x.box)

    # ---- functions: of a fraction as a normal form

    def _function(self, box: Interval, f: Callable[[Polynomial], Polynomial], x: Form) -> Form:
        inner = x.top
        for factor, times in x.bottom.items():
            inner = self.algebra.multiply(inner, self.algebra.power(self.algebra.inverse(factor), times))
        return Form(box, f(inner), {})

    def root(self, x: Form, degree: int) -> Form:
        return self._function(self.arithmetic.root(x.box, degree), lambda p: self.algebra.root(p, degree), x)

    def exp(self, x: Form) -> Form:
        return self._function(self.arithmetic.exp(x.box), self.algebra.exp, x)

    def log(self, x: Form) -> Form:
        return self._function(self.arithmetic.log(x.box), self.algebra.log, x)

    def sin(self, x: Form) -> Form:
        return self._function(self.arithmetic.sin(x.box), self.algebra.sin, x)

    def cos(self, x: Form) -> Form:
        return self._function(self.arithmetic.cos(x.box), self.algebra.cos, x)

    def arctan(self, x: Form) -> Form:
        return self._function(self.arithmetic.arctan(x.box), self.algebra.arctan, x)

    def arccos(self, x: Form) -> Form:
        return self._function(self.arithmetic.arccos(x.box), self.algebra.arccos, x)
