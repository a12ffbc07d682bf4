"""The way in for claims about real functions."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from relucert.certify.check.errors import CertificateError, require
from relucert.certify.check.real.algebra import as_rational
from relucert.certify.check.real.cover import cover
from relucert.certify.check.real.goal import Inequality, clauses, relation
from relucert.certify.check.real.interval import Arithmetic, is_positive, negative
from relucert.certify.check.real.leaves import Difference
from relucert.certify.check.real.region import End, Region, boxes, exact, face, number, whole
from relucert.certify.check.stream import Stream, decode_text, header
from relucert.certify.claim import ClaimError, parse_rational
from relucert.certify.formula import CONNECTIVES, RealFormula

LEAST_BITS, MOST_BITS = 16, 2000


@dataclass(frozen=True)
class FormulaVerdict:
    """VALID or INVALID.

    point : of a claim that fails: where.  Of one that holds: a point of the ranges with the hypothesis, so that it is
        not vacuous; ``None`` when none was shown.
    rules : how often each rule was applied.
    """

    kind: str
    reason: str = ""
    claim: RealFormula | None = None
    point: tuple[Fraction, ...] | None = None
    rules: dict[str, int] = field(default_factory=dict)

    @property
    def valid(self) -> bool:
        return self.kind == "VALID"

    @property
    def grade(self) -> str:
        """ "exact" when normal forms alone decide, "interval" when numbers were rounded outward."""
        exact = {"exact_form", "split", "cut", "point", "combination"}
        return "exact" if set(self.rules) <= exact else "interval"


def check_formula(data: bytes) -> FormulaVerdict:
    """Check a certificate (JSON text, possibly gzipped) of a claim about real functions."""
    try:
        return _check(decode_text(data))
    except CertificateError as error:
        return FormulaVerdict("INVALID", str(error))
    except RecursionError:  # only normal forms of deep expressions are made by recursion
        return FormulaVerdict("INVALID", "claim, rule format, S8: an expression is too deep for normal forms")


def _check(text: str) -> FormulaVerdict:
    stream = Stream(text)
    claim_json, evidence = header(stream)
    try:
        claim = RealFormula.from_json(claim_json)
    except ClaimError as error:
        raise CertificateError("claim", "format", "S8", str(error)) from None
    shaped = isinstance(evidence, dict) and list(evidence) == ["bits", "point"]
    require(shaped, "evidence", "format", "S9", "must be an object with the fields bits, point")
    bits = evidence["bits"]
    within = type(bits) is int and LEAST_BITS <= bits <= MOST_BITS
    require(within, "evidence", "format", "S9", f"bits must be from {LEAST_BITS} to {MOST_BITS}")
    arithmetic, tally = Arithmetic(bits), Counter[str]()
    region = whole(claim, arithmetic)
    point = None if evidence["point"] is None else _point(evidence["point"], len(region))
    if point is not None:
        tally["point"] += 1
        _check_point(claim, region, point, arithmetic)
    empty = any(side.is_empty() for side in region)
    require(claim.assertion != "holds" or not empty, "claim", "ranges", "S2", "they are empty: the claim is vacuous")
    require(claim.assertion != "fails" or point is not None, "evidence", "point", "S1", "no point is given")
    stream.expect("[")
    goals = [] if claim.assertion == "fails" else clauses(claim)
    for place, clause in enumerate(goals):
        if place:
            stream.expect(",")
        cover(claim.nodes, clause, region, arithmetic, stream.items(), tally, f"tree {place}")
    for token in ("]", "}"):
        stream.expect(token)
    require(stream.peek() == "", "file", "format", "S1", "text after the certificate")
    return FormulaVerdict("VALID", "", claim, point, dict(tally))


def _point(value: Any, variables: int) -> tuple[Fraction, ...]:
    shaped = isinstance(value, list) and len(value) == variables
    require(shaped, "evidence", "point", "S1", "the point must have a number for every variable")
    try:
        return tuple([parse_rational(entry, "point") for entry in value])
    except ClaimError as error:
        raise CertificateError("evidence", "point", "S1", str(error)) from None


def _check_point(claim: RealFormula, region: Region, point: tuple[Fraction, ...], arithmetic: Arithmetic) -> None:
    """
    S1  the point is a list of rationals, whole ones for whole variables
    S2  every number lies in its range
    S3  the hypothesis holds at the point
    S4  of a claim that fails: the conclusion is defined at the point and does not hold
    ------------------------------------------------------------------------------------
    the ranges and the hypothesis are not empty; and the claim fails
    """
    at = region
    for place, value in enumerate(point):
        step = f"point, variable {claim.variables[place].name}"
        whole_number = value.denominator == 1 or not region[place].integer
        require(whole_number, step, "point", "S1", "is not whole")
        at = face(at, place, number(value, arithmetic))
        side = region[place]
        low = side.low is None or beyond(side.low, value, arithmetic, above=True)
        high = side.high is None or beyond(side.high, value, arithmetic, above=False)
        require(low and high, step, "point", "S2", "is out of range, or that is not known")
    if claim.hypothesis is not None:
        holds = truth(claim, claim.hypothesis, at, arithmetic)
        require(holds is True, "point", "point", "S3", "the hypothesis does not hold there, or that is not known")
    if claim.assertion == "fails":
        holds = truth(claim, claim.conclusion, at, arithmetic)
        require(holds is False, "point", "point", "S4", "the conclusion holds there, or that is not known")


def beyond(end: End, value: Fraction, arithmetic: Arithmetic, *, above: bool) -> bool:
    """Whether a number lies above (below) an end, or at it when it belongs to the range."""
    known = None if end.exact is None else as_rational(end.exact)
    if known is not None:
        distance = value - known if above else known - value
        return distance > 0 or (distance == 0 and not end.out)
    here = arithmetic.rational(value)
    distance_box = arithmetic.add(here, negative(end.around))
    return is_positive(distance_box if above else negative(distance_box))


def truth(claim: RealFormula, place: int, region: Region, arithmetic: Arithmetic) -> bool | None:
    """Whether a formula holds on all of the region (at a point): yes, no, or not known."""
    known: dict[int, bool | None] = {}
    for part in range(place + 1):
        kind, *rest = claim.formulas[part]
        if kind not in CONNECTIVES:
            known[part] = _relation(claim, part, region, arithmetic)
            continue
        values = [known[i] for i in rest]
        if kind == "not":
            known[part] = None if values[0] is None else not values[0]
        elif (kind == "and" and False in values) or (kind == "or" and True in values):
            known[part] = kind == "or"
        else:
            known[part] = None if None in values else kind == "and"
    return known[place]


def _relation(claim: RealFormula, place: int, region: Region, arithmetic: Arithmetic) -> bool | None:
    for negated in (False, True):
        if all(any(_holds(claim, part, region, arithmetic) for part in clause)
               for clause in relation(claim, place, negated=negated)):  # fmt: skip
            return not negated
    return None


def _holds(claim: RealFormula, inequality: Inequality, region: Region, arithmetic: Arithmetic) -> bool:
    difference = Difference(claim.nodes, inequality, arithmetic)
    try:
        if difference.holds(difference.intervals.value(boxes(region))):
            return True
        value = as_rational(difference.forms().value(exact(region)))
    except (ArithmeticError, RecursionError):
        return False
    return value is not None and (value > 0 or (value == 0 and not difference.strict))
