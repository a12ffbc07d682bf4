"""The way in for claims about zero sets: a cover outside of boxes, and one zero in each box."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from typing import Any

from relucert.certify.check.errors import CertificateError, require
from relucert.certify.check.real.cover import cover
from relucert.certify.check.real.goal import clauses
from relucert.certify.check.real.interval import Arithmetic
from relucert.certify.check.real.jacobian import System
from relucert.certify.check.real.kernel import LEAST_BITS, MOST_BITS, beyond, truth
from relucert.certify.check.real.krawczyk import krawczyk, negative_eigenvalues
from relucert.certify.check.real.region import Region, Side, number, whole
from relucert.certify.check.real.theorem import TheoremVerdict
from relucert.certify.check.stream import Stream, decode_text, header
from relucert.certify.claim import ClaimError, parse_rational
from relucert.certify.zero_set import Box, ZeroSet, box_from_json

FIELDS = ["bits", "wide", "inverses"]


def check_zero_set(data: bytes) -> TheoremVerdict:
    """Check a certificate (JSON text, possibly gzipped) of a claim about a zero set."""
    try:
        return _check(decode_text(data))
    except CertificateError as error:
        return TheoremVerdict("INVALID", str(error))
    except RecursionError:  # only normal forms of deep expressions are made by recursion
        return TheoremVerdict("INVALID", "claim, rule format, S8: an expression is too deep for normal forms")


def _check(text: str) -> TheoremVerdict:
    """
    Every box of the claim has a wider one in the evidence, which may be the same.

    S1  evidence: bits, and for every box a wider box and a square matrix of rational numbers
    S2  the ranges are not empty; every box lies in them, and the hypothesis holds on it
    S3  a box lies in its wide box, and two boxes of the claim are apart
    S4  krawczyk holds for the box and for the wide box: the zero in the wide box is the one in the box
    S5  as many eigenvalues are negative as the claim says
    S6  cover: at every point of the ranges outside of the wide boxes some equation does not hold
    -------------------------------------------------------------------------------------------------
    the equations hold together at one point of each box, and nowhere else in the ranges
    """
    stream = Stream(text)
    claim_json, evidence = header(stream)
    try:
        claim = ZeroSet.from_json(claim_json)
    except ClaimError as error:
        raise CertificateError("claim", "format", "S8", str(error)) from None
    wide, inverses, arithmetic = _evidence(claim, evidence)
    tally = Counter[str]()
    region = whole(claim.formula, arithmetic)
    require(not any(side.is_empty() for side in region), "claim", "zeros", "S2", "the ranges are empty")
    nodes = [*claim.formula.nodes, *[("sub", a, b) for a, b in claim.equations()]]
    system = System(nodes, range(len(claim.formula.nodes), len(nodes)), arithmetic)
    for place, box in enumerate(claim.boxes):
        step = f"box {place}"
        _require_within(claim, region, box, arithmetic, step)
        nested = all(a <= c and d <= b for (a, b), (c, d) in zip(wide[place], box, strict=True))
        require(nested, step, "zeros", "S3", "does not lie in its wide box")
        for other in claim.boxes[:place]:
            apart = any(b < c or d < a for (a, b), (c, d) in zip(box, other, strict=True))
            require(apart, step, "zeros", "S3", "is not apart from another box")
        slopes = krawczyk(system, box, inverses[place], step)
        if wide[place] != box:
            krawczyk(system, wide[place], inverses[place], f"{step}, wide")
        tally["krawczyk"] += 1
        if claim.negative[place] is not None:
            count = negative_eigenvalues(slopes, arithmetic, step)
            require(count == claim.negative[place], step, "zeros", "S5", f"{count} eigenvalues are negative")
            tally["eigenvalues"] += 1
    outside = claim.outside(wide)
    stream.expect("[")
    for place, clause in enumerate(clauses(outside)):
        if place:
            stream.expect(",")
        cover(outside.nodes, clause, region, arithmetic, stream.items(), tally, f"tree {place}")
    for token in ("]", "}"):
        stream.expect(token)
    require(stream.peek() == "", "file", "format", "S1", "text after the certificate")
    return TheoremVerdict("VALID", "", claim, dict(tally))


def _evidence(claim: ZeroSet, evidence: Any) -> tuple[list[Box], list[list[list[Fraction]]], Arithmetic]:
    shaped = isinstance(evidence, dict) and list(evidence) == FIELDS
    require(shaped, "evidence", "zeros", "S1", f"must be an object with the fields {', '.join(FIELDS)}")
    bits, boxes, matrices = (evidence[name] for name in FIELDS)
    within = type(bits) is int and LEAST_BITS <= bits <= MOST_BITS
    require(within, "evidence", "zeros", "S1", f"bits must be from {LEAST_BITS} to {MOST_BITS}")
    n = len(claim.formula.variables)
    for name, entries in (("wide", boxes), ("inverses", matrices)):
        right = isinstance(entries, list) and len(entries) == len(claim.boxes)
        right = right and all(isinstance(entry, list) and len(entry) == n for entry in entries)
        require(right, "evidence", "zeros", "S1", f"{name} needs an entry for every box, with {n} rows")
    square = all(isinstance(row, list) and len(row) == n for matrix in matrices for row in matrix)
    require(square, "evidence", "zeros", "S1", "inverses: a matrix is not square")
    try:
        wide = [box_from_json(box, "wide") for box in boxes]
        inverses = [[[parse_rational(entry, "inverses") for entry in row] for row in matrix] for matrix in matrices]
    except ClaimError as error:
        raise CertificateError("evidence", "zeros", "S1", str(error)) from None
    return wide, inverses, Arithmetic(bits)


def _require_within(claim: ZeroSet, region: Region, box: Box, arithmetic: Arithmetic, step: str) -> None:
    for side, ends in zip(region, box, strict=True):
        low = side.low is None or beyond(side.low, ends[0], arithmetic, above=True)
        high = side.high is None or beyond(side.high, ends[1], arithmetic, above=False)
        require(low and high, step, "zeros", "S2", "does not lie in the ranges, or that is not known")
    hypothesis = claim.formula.hypothesis
    if hypothesis is not None:
        sides = [Side(number(low, arithmetic), number(high, arithmetic), integer=False) for low, high in box]
        holds = truth(claim.formula, hypothesis, tuple(sides), arithmetic)
        require(holds is True, step, "zeros", "S2", "the hypothesis does not hold on the box, or that is not known")
