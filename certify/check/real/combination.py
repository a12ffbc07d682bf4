"""The rule for polynomials: an inequality as a sum of products of what is known to be not negative."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from fractions import Fraction
from typing import Any, NamedTuple

from relucert.certify.check.errors import CertificateError, require
from relucert.certify.check.real.algebra import MAX_TERMS, Algebra, Polynomial, constant
from relucert.certify.check.real.evaluate import Program
from relucert.certify.check.real.goal import Clause
from relucert.certify.check.real.interval import Arithmetic, Interval, is_nonnegative, is_positive, negative
from relucert.certify.check.real.region import Region, boxes, exact
from relucert.certify.check.real.semidefinite import is_semidefinite
from relucert.certify.claim import ClaimError, parse_rational
from relucert.certify.formula import Node, nodes_from_json

MAX_PARTS = 2000  # of factors and of entries of bases in all terms together
MAX_BASIS = 200
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
    """``["combination", g, nodes, multipliers, terms]``: the nodes are added to those of the claim; a term is
    ``[Q, factors]``, or ``[matrix, factors, basis]`` for the factors times the sum of M_ij z_i z_j, where the matrix is
    given by its rows from the diagonal on, and the basis z by places of expressions; a factor is the place of an
    expression, ``["side", i, "low" | "high"]`` for the distance of a variable from that end of its range, or
    ``["assume", j]`` for the opposite of another inequality of the clause, where that does not hold; a multiplier is a
    factor, or a list of terms.

    S1  shapes; all expressions are defined on the region
    S2  every multiplier is above zero on the region; one that is only not negative will do when the sum of the terms is
        above zero, or when nothing is assumed and it is a polynomial, not zero, in variables whose ranges are no points
    S3  every coefficient is above zero, every matrix is positive semidefinite, and every factor that a term has an odd
        number of times is not negative
    S4  for a strict inequality some term has no factor that may be zero, and no matrix
    S5  the product of g and the multipliers has the same normal form as the sum of the terms
    S6  below a face nothing is assumed: what is known at the points of a region is not known at its face
    --------------------------------------------------------------------------------------------------------------
    the inequality g holds wherever on the region no other one of the clause does

    Returns whether an enclosure of an expression was needed for a sign.
    """
    work = _Combination(nodes, clause, region, arithmetic, record, step)
    require(not (below_face and work.assumes), step, _RULE, "S6", "an inequality is assumed below a face")
    right = work.total(work.terms, "S3")
    require(right.positive or not clause[record[1]].strict, step, _RULE, "S4", "every term may be zero")
    left = work.difference(record[1])
    enclosed = right.enclosed or (clause[record[1]].strict and not right.certain)
    for terms in work.multipliers:
        multiplier = work.total(terms, "S2")
        exactly = multiplier.certain or right.certain or (not work.assumes and work.is_dense(multiplier.form))
        require(exactly or multiplier.positive or right.positive, step, _RULE, "S2", "a multiplier may be zero")
        enclosed = enclosed or multiplier.enclosed or not exactly
        left = work.algebra.cleared(left, multiplier.form)
    require(left == right.form, step, _RULE, "S5", "the two sides differ")
    return enclosed


_Factor = int | tuple[str, int, str] | tuple[str, int]


class _Term(NamedTuple):
    """matrix : rows from the diagonal on; of a coefficient there is one, and the basis is empty."""

    matrix: list[list[Fraction]]
    factors: list[_Factor]
    basis: list[int]


class _Total(NamedTuple):
    """A sum of terms, none of which is negative.

    positive : it is above zero.  certain : that is known without enclosures of expressions.  enclosed : that it is not
    negative is not.
    """

    form: Polynomial
    positive: bool
    certain: bool
    enclosed: bool


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
        self.known: dict[_Factor, tuple[Interval, Polynomial]] = {}
        self.terms = [self._term(term) for term in _array(record[4], step)]
        self.multipliers: list[list[_Term]] = []
        for multiplier in _array(record[3], step):
            listed = isinstance(multiplier, list) and all(isinstance(part, list) for part in multiplier)
            self.multipliers.append([self._term(t) for t in (multiplier if listed else [["1", [multiplier]]])])
        every = [*self.terms, *(term for terms in self.multipliers for term in terms)]
        size = sum(1 + len(term.factors) + len(term.basis) for term in every)
        require(size <= MAX_PARTS, step, _RULE, "S1", "too many factors")
        self.assumes = any(isinstance(f, tuple) and f[0] == "assume" for term in every for f in term.factors)

    def _term(self, value: Any) -> _Term:
        parts = _array(value, self.step)
        require(len(parts) in (2, 3), self.step, _RULE, "S1", "a term is a coefficient or a matrix, with its factors")
        factors = [self._shaped(part) for part in _array(parts[1], self.step)]
        if len(parts) == 2:
            return _Term([[_rational(parts[0], self.step)]], factors, [])
        basis = [self._shaped(part) for part in _array(parts[2], self.step)]
        places = [part for part in basis if isinstance(part, int)]
        rows = [[_rational(q, self.step) for q in _array(row, self.step)] for row in _array(parts[0], self.step)]
        good = 0 < len(places) == len(basis) <= MAX_BASIS and [len(row) for row in rows] == [*range(len(basis), 0, -1)]
        require(good, self.step, _RULE, "S1", "the matrix does not fit its basis")
        return _Term(rows, factors, places)

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

    def total(self, terms: list[_Term], condition: str) -> _Total:
        """The sum of the terms, each of which was seen not to be negative."""
        form, above, certain, enclosed = constant(0), False, False, False
        for term in terms:
            good = is_semidefinite(term.matrix) if term.basis else term.matrix[0][0] > 0
            require(good, self.step, _RULE, condition, "a coefficient is not positive, or a matrix not semidefinite")
            product, positive = self._quadratic(term), not term.basis
            for factor, times in Counter(term.factors).items():
                enclosure, own = self.factor(factor)
                good = times % 2 == 0 or is_nonnegative(enclosure)
                require(good, self.step, _RULE, condition, f"factor {factor} may be negative")
                enclosed = enclosed or (times % 2 == 1 and isinstance(factor, int))
                positive = positive and (
                    is_positive(enclosure) or (times % 2 == 0 and is_positive(negative(enclosure)))
                )
                product = self.algebra.multiply(product, self.algebra.power(own, times))
            form, above = self.algebra.add(form, product), above or positive
            certain = certain or (positive and not any(isinstance(factor, int) for factor in term.factors))
        return _Total(form, above, certain, enclosed)

    def _quadratic(self, term: _Term) -> Polynomial:
        """The coefficient, or the sum of M_ij z_i z_j, row by row."""
        if not term.basis:
            return constant(term.matrix[0][0])
        forms, parts = [self.factor(place)[1] for place in term.basis], list[Polynomial]()
        for place, (own, *row) in enumerate(term.matrix):
            weights = [own, *(2 * entry for entry in row)]
            weighted = [self.algebra.multiply(constant(w), z) for w, z in zip(weights, forms[place:], strict=True)]
            parts.append(self.algebra.multiply(forms[place], self.algebra.total(weighted)))
            if sum(map(len, parts)) > MAX_TERMS:
                parts = [self.algebra.total(parts)]
        return self.algebra.total(parts)

    def is_dense(self, form: Polynomial) -> bool:
        """Whether the points at which it is not zero come close to all others."""
        used = {part for monomial, _ in form for part, _ in monomial}
        return bool(form) and all(part[0] == "variable" and self.region[part[1]].is_wide() for part in used)

    def factor(self, factor: _Factor) -> tuple[Interval, Polynomial]:
        """An enclosure on the region, and a normal form."""
        if factor not in self.known:
            self.known[factor] = self._factor(factor)
        return self.known[factor]

    def _factor(self, factor: _Factor) -> tuple[Interval, Polynomial]:
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
