"""The rule for polynomials: an inequality as a sum of products of what is known to be not negative."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from relucert.certify.check.errors import CertificateError, require
from relucert.certify.check.real.algebra import Algebra, Polynomial, constant
from relucert.certify.check.real.evaluate import Program
from relucert.certify.check.real.goal import Clause
from relucert.certify.check.real.interval import Arithmetic, Interval, is_nonnegative, is_positive, negative
from relucert.certify.check.real.region import Region, boxes, exact
from relucert.certify.claim import ClaimError, parse_rational
from relucert.certify.formula import Node, nodes_from_json

MAX_PARTS = 2000  # of factors in all terms together
_RULE = "combination"


def combination(
    nodes: Sequence[Node],
    clause: Clause,
    region: Region,
    arithmetic: Arithmetic,
    record: list[Any],
    step: str,
    *,
    below_face: bool,
) -> bool:
    """``["combination", g, nodes, multipliers, [[Q, factors], ...]]``: the nodes are added to those of the claim; a
    factor is the place of an expression, ``["side", i, "low" | "high"]`` for the distance of a variable from that end
    of its range, or ``["assume", j]`` for the opposite of another inequality of the clause, where that does not hold.

    S1  shapes; all expressions are defined on the region
    S2  every multiplier is above zero on the region
    S3  every coefficient is above zero, and every factor that a term has an odd number of times is not negative
    S4  for a strict inequality some term has no factor that may be zero
    S5  the product of g and the multipliers has the same normal form as the sum of the terms
    S6  below a face nothing is assumed: what is known at the points of a region is not known at its face
    --------------------------------------------------------------------------------------------------------------
    the inequality g holds wherever on the region no other one of the clause does

    Returns whether an enclosure of an expression was needed for a sign.
    """
    work = _Combination(nodes, clause, region, arithmetic, record, step)
    assumed = any(isinstance(factor, tuple) and factor[0] == "assume" for factor in work.factors())
    require(not (below_face and assumed), step, _RULE, "S6", "an inequality is assumed below a face")
    total, strict, certain, enclosed = constant(0), False, False, bool(work.multipliers)
    for coefficient, factors in work.terms:
        require(coefficient > 0, step, _RULE, "S3", "a coefficient is not positive")
        product, positive = constant(coefficient), True
        for factor, times in Counter(factors).items():
            enclosure, form = work.factor(factor)
            good = times % 2 == 0 or is_nonnegative(enclosure)
            require(good, step, _RULE, "S3", f"factor {factor} may be negative")
            enclosed = enclosed or (times % 2 == 1 and isinstance(factor, int))
            positive = positive and (is_positive(enclosure) or (times % 2 == 0 and is_positive(negative(enclosure))))
            product = work.algebra.multiply(product, work.algebra.power(form, times))
        total, strict = work.algebra.add(total, product), strict or positive
        certain = certain or (positive and not any(isinstance(factor, int) for factor in factors))
    require(strict or not clause[record[1]].strict, step, _RULE, "S4", "every term may be zero")
    left = work.difference(record[1])
    for place in work.multipliers:
        enclosure, form = work.factor(place)
        require(is_positive(enclosure), step, _RULE, "S2", f"multiplier {place} may be zero or negative")
        left = work.algebra.cleared(left, form)
    require(left == total, step, _RULE, "S5", "the two sides differ")
    return enclosed or (clause[record[1]].strict and not certain)


_Factor = int | tuple[str, int, str] | tuple[str, int]


class _Combination:
    """The parts of the record, and their values."""

    def __init__(
        self,
        nodes: Sequence[Node],
        clause: Clause,
        region: Region,
        arithmetic: Arithmetic,
        record: list[Any],
        step: str,
    ) -> None:
        self.clause, self.region, self.arithmetic, self.step = clause, region, arithmetic, step
        self.algebra, self.own = Algebra(), record[1]
        try:
            self.nodes = [*nodes, *nodes_from_json(record[2], len(nodes), len(region))]
        except ClaimError as error:
            raise CertificateError(step, _RULE, "S1", str(error)) from None
        self.multipliers = [self._shaped(place) for place in _array(record[3], step)]
        self.terms: list[tuple[Fraction, list[_Factor]]] = []
        for term in _array(record[4], step):
            parts = _array(term, step)
            require(len(parts) == 2, step, _RULE, "S1", "a term is a coefficient and its factors")
            self.terms.append((_rational(parts[0], step), [self._shaped(part) for part in _array(parts[1], step)]))
        size = len(self.multipliers) + sum(1 + len(factors) for _, factors in self.terms)
        require(size <= MAX_PARTS, step, _RULE, "S1", "too many factors")

    def _shaped(self, value: Any) -> _Factor:
        if type(value) is int and 0 <= value < len(self.nodes):
            return value
        shape = [type(part) for part in value] if isinstance(value, list) else []
        if shape == [str, int, str] and value[0] == "side" and value[2] in ("low", "high"):
            require(0 <= value[1] < len(self.region), self.step, _RULE, "S1", "no such variable")
            return "side", value[1], value[2]
        good = (
            shape == [str, int] and value[0] == "assume" and 0 <= value[1] < len(self.clause) and value[1] != self.own
        )
        require(good, self.step, _RULE, "S1", "no such factor")
        return "assume", value[1]

    def factors(self) -> list[_Factor]:
        """All of the record."""
        return [*self.multipliers, *(factor for _, factors in self.terms for factor in factors)]

    def factor(self, factor: _Factor) -> tuple[Interval, Polynomial]:
        """An enclosure on the region, and a normal form."""
        if isinstance(factor, int):
            return self._value(factor)
        if factor[0] == "assume":
            form = self.difference(factor[1])
            low = Interval((0, 0), None, not self.clause[factor[1]].strict, True)  # the opposite of g > 0 is -g >= 0
            return low, self.algebra.negative(form)
        return self._side(factor[1], factor[-1])

    def difference(self, number: int) -> Polynomial:
        """upper - lower of an inequality of the clause; both are defined on the region."""
        inequality = self.clause[number]
        upper, lower = (self._value(place)[1] for place in (inequality.upper, inequality.lower))
        return self.algebra.add(upper, self.algebra.negative(lower))

    def _value(self, place: int) -> tuple[Interval, Polynomial]:
        try:
            enclosure = Program(self.nodes, place, self.arithmetic).value(boxes(self.region))
            return enclosure, Program(self.nodes, place, self.algebra).value(exact(self.region))
        except (ArithmeticError, RecursionError) as error:
            raise CertificateError(self.step, _RULE, "S1", f"not known to be defined: {error}") from None

    def _side(self, variable: int, which: Any) -> tuple[Interval, Polynomial]:
        side = self.region[variable]
        end = side.low if which == "low" else side.high
        if end is None or end.exact is None:
            raise CertificateError(self.step, _RULE, "S1", "the end is not known exactly")
        own = exact(self.region)[variable]
        larger, smaller = (own, end.exact) if which == "low" else (end.exact, own)
        return Interval((0, 0), None, end.out, True), self.algebra.add(larger, self.algebra.negative(smaller))


def _array(value: Any, step: str) -> list[Any]:
    require(isinstance(value, list), step, _RULE, "S1", "an array is expected")
    return list(value)


def _rational(text: Any, step: str) -> Fraction:
    try:
        return parse_rational(text, "coefficient")
    except ClaimError as error:
        raise CertificateError(step, _RULE, "S1", str(error)) from None
