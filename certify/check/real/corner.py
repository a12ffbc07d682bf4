"""The rule for inequalities that touch zero at a corner of a region, in several variables at once."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from relucert.certify.check.errors import CertificateError, require
from relucert.certify.check.real.algebra import Polynomial
from relucert.certify.check.real.dyadic import Bound
from relucert.certify.check.real.interval import Interval, is_nonnegative, negative
from relucert.certify.check.real.leaves import Difference, evaluated
from relucert.certify.check.real.region import End, Region, boxes, exact
from relucert.certify.check.real.semidefinite import is_semidefinite

_RULE = "corner_touch"


def corner_touch(difference: Difference, region: Region, ends: Sequence[str | None], step: str) -> None:
    """``["corner_touch", g, ends]``: for every variable "low", "high" or null; c has the named ends for coordinates,
    the other variables are parameters.

    S1  some end is named; the named ends are known exactly; g may be zero
    S2  g has first and second derivatives in the named variables on the box with the ends
    S3  the normal form of g at c is zero, whatever the parameters
    S4  the normal forms of the first derivatives at c are zero, or their enclosures there have the sign with which g
        does not decrease into the region
    S5  with the signs of x - c, the matrix of lower bounds of the second derivatives, those above zero off the diagonal
        left out, is positive semidefinite
    ---------------------------------------------------------------------------------------------------------------------
    the inequality holds on the region: g(x) = dg(c)(x - c) + d2g(a place between)(x - c, x - c)/2
    """
    named = {place: which for place, which in enumerate(ends) if which is not None}
    corner = {place: _end(region, place, which, step) for place, which in named.items()}
    require(bool(named) and not difference.strict, step, _RULE, "S1", "no end is named, or zero is not enough")
    box, forms = boxes(region), exact(region)
    at = list(box)
    for place, end in corner.items():
        box[place], at[place] = region[place].within(ends=True), end.around
        forms[place] = forms[place] if end.exact is None else end.exact
    form = evaluated(step, _RULE, "S3", lambda: difference.forms().value(forms))
    require(not form, step, _RULE, "S3", "the difference is not known to be zero at the corner")
    signs = {place: 1 if which == "low" else -1 for place, which in named.items()}
    for place, sign in signs.items():
        _slope(difference, at, forms, place, sign, step)
    second = {place: _second(difference, box, place, step) for place in named}
    rows = []
    for i in named:
        row = []
        for j in named:
            if i == j:
                low = _lower(second[i], step) * 2
            else:
                mixed = _second(difference, box, (i, j), step)
                sum_of_own = difference.arithmetic.add(second[i], second[j])
                entry = difference.arithmetic.add(mixed, negative(sum_of_own))
                low = min(Fraction(0), _lower(entry if signs[i] == signs[j] else negative(entry), step))
            row.append(low)
        rows.append(row)
    require(
        is_semidefinite([row[k:] for k, row in enumerate(rows)]),
        step,
        _RULE,
        "S5",
        "the second derivatives are perhaps indefinite",
    )


def _end(region: Region, place: int, which: str, step: str) -> End:
    end = region[place].low if which == "low" else region[place].high
    if end is None or end.exact is None:
        raise CertificateError(step, _RULE, "S1", "an end is not known exactly")
    return end


def _slope(
    difference: Difference, at: Sequence[Interval], forms: Sequence[Polynomial], place: int, sign: int, step: str
) -> None:
    exact_slope = evaluated(step, _RULE, "S4", lambda: difference.forms().taylor(forms, place, 1))
    if len(exact_slope) < 2 or not exact_slope[1]:
        return
    slope = evaluated(step, _RULE, "S4", lambda: difference.intervals.taylor(at, place, 1))[1]
    good = is_nonnegative(slope if sign > 0 else negative(slope))
    require(good, step, _RULE, "S4", "the difference decreases into the region, perhaps")


def _second(difference: Difference, box: Sequence[Interval], place: int | tuple[int, int], step: str) -> Interval:
    """The second Taylor coefficient: half of the second derivative."""
    taken = evaluated(step, _RULE, "S2", lambda: difference.intervals.taylor(box, place, 2))
    return taken[2] if len(taken) > 2 else Interval((0, 0), (0, 0), False, False)


def _lower(x: Interval, step: str) -> Fraction:
    bound: Bound = x.low
    if bound is None:
        raise CertificateError(step, _RULE, "S5", "a second derivative is unbounded")
    return bound[0] * Fraction(2) ** bound[1]
