"""The rules that prove one inequality on a whole region; each is an inference with numbered side conditions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from relucert.certify.check.errors import CertificateError, require
from relucert.certify.check.real.algebra import Algebra, Polynomial, as_rational
from relucert.certify.check.real.evaluate import Program
from relucert.certify.check.real.goal import Inequality
from relucert.certify.check.real.interval import Arithmetic, Interval, is_nonnegative, is_positive, is_zero, negative
from relucert.certify.check.real.region import End, Region, boxes, exact, middle
from relucert.certify.formula import Node

MAX_ORDER = 12


class Difference:
    """upper - lower of one inequality, as a program for intervals and one for normal forms.

    inside : with what is known on the region, and only there; positive : the places of parts known to be above zero.
    """

    def __init__(
        self,
        nodes: Sequence[Node],
        inequality: Inequality,
        arithmetic: Arithmetic,
        positive: frozenset[int] = frozenset(),
    ) -> None:
        extended = [*nodes, ("sub", inequality.upper, inequality.lower)]
        self.strict, self.arithmetic, self.positive = inequality.strict, arithmetic, positive
        self.nodes, self.place = extended, len(nodes)
        self.intervals: Program[Interval] = Program(extended, len(nodes), arithmetic)
        self.inside = Program(extended, len(nodes), arithmetic, positive=positive) if positive else self.intervals
        self.forms: Callable[[], Program[Polynomial]] = lambda: Program(extended, len(nodes), Algebra())

    def holds(self, value: Interval) -> bool:
        """What the inequality asks of the difference."""
        return is_positive(value) if self.strict else is_nonnegative(value)


def evaluated(step: str, rule: str, condition: str, evaluate: Callable[[], Any]) -> Any:
    """A value, or the failure of a side condition where it is not known to be defined."""
    try:
        return evaluate()
    except (ArithmeticError, RecursionError) as error:
        raise CertificateError(step, rule, condition, f"not known to be defined: {error}") from None


def interval(difference: Difference, region: Region, step: str) -> None:
    """
    S1  g is defined on the box, and its enclosure there satisfies the inequality
    ------------------------------------------------------------------------------
    the inequality holds on the region
    """
    value = evaluated(step, "interval", "S1", lambda: difference.inside.value(boxes(region)))
    require(difference.holds(value), step, "interval", "S1", "the enclosure does not have the sign")


def mean_value(difference: Difference, region: Region, step: str) -> None:
    """
    S1  the box is bounded
    S2  g and its derivatives are defined on the box with its ends
    S3  g(c) + sum of d_i g(box) (x_i - c_i) satisfies the inequality, c the centre
    -------------------------------------------------------------------------------
    the inequality holds on the region
    """
    arithmetic = difference.arithmetic
    box = [side.within(ends=True) for side in region]
    centres = [middle(x) for x in box]
    centre = [c for c in centres if c is not None]
    require(len(centre) == len(box), step, "mean_value", "S1", "the box is not bounded")
    total = evaluated(step, "mean_value", "S2", lambda: difference.intervals.value(centre))
    for place, (x, c) in enumerate(zip(box, centre, strict=True)):
        distance = arithmetic.add(x, negative(c))
        if is_zero(distance):
            continue
        slopes = evaluated(step, "mean_value", "S2", partial(difference.intervals.taylor, box, place, 1))
        if len(slopes) > 1:
            total = arithmetic.add(total, arithmetic.multiply(slopes[1], distance))
    require(difference.holds(total), step, "mean_value", "S3", "the mean value form does not have the sign")


def exact_form(difference: Difference, region: Region, step: str) -> None:
    """
    S1  g is defined on the region
    S2  the normal form of g, with the numbers of the variables that are fixed, is a number with the sign; or zero
    --------------------------------------------------------------------------------------------------------------
    the inequality holds on the region
    """
    evaluated(step, "exact_form", "S1", lambda: difference.inside.value(boxes(region)))
    form = evaluated(step, "exact_form", "S2", lambda: difference.forms().value(exact(region)))
    value = as_rational(form)
    holds = value is not None and (value > 0 or (value == 0 and not difference.strict))
    require(holds, step, "exact_form", "S2", "the normal form is no number with the sign")


def monotone(difference: Difference, region: Region, place: int, end: End, which: str, step: str) -> None:
    """
    S1  g is defined on the region with the end
    S2  inside, the derivative in the variable has no other sign than the one with which g is least at the end
    -----------------------------------------------------------------------------------------------------------
    g is nowhere on the region less than on the face where the variable is at the end
    """
    box = boxes(region)
    side = box[place]._replace(low_open=False) if which == "low" else box[place]._replace(high_open=False)
    closed = [*box[:place], side, *box[place + 1 :]]
    # what is known on the region is not known at an end outside of it, nor between whole numbers
    known = difference.intervals if end.out or region[place].integer else difference.inside
    evaluated(step, "monotone", "S1", lambda: known.value(closed))
    inside = [*box[:place], region[place].within(ends=False), *box[place + 1 :]]
    within = difference.intervals if region[place].integer else difference.inside
    slopes = evaluated(step, "monotone", "S2", lambda: within.taylor(inside, place, 1))
    if len(slopes) > 1:
        slope = slopes[1] if which == "low" else negative(slopes[1])
        require(is_nonnegative(slope), step, "monotone", "S2", "the derivative changes its sign, perhaps")


def taylor_touch(difference: Difference, region: Region, place: int, which: str, order: int, step: str) -> None:
    """
    S1  the variable's end c is known exactly
    S2  g has Taylor coefficients of the order on the box with c
    S3  the normal forms of the coefficients of orders below are zero at c, whatever the other variables
    S4  the coefficient of the order times (x - c)^order has the sign; strictly only if c is not in the range
    ----------------------------------------------------------------------------------------------------------
    the inequality holds on the region: g(x) = coefficient at a place between c and x, times (x - c)^order
    """
    side = region[place]
    end = side.low if which == "low" else side.high
    if end is None or end.exact is None:
        raise CertificateError(step, "taylor_touch", "S1", "the end is not known exactly")
    box = boxes(region)
    closed = [*box[:place], side.within(ends=True), *box[place + 1 :]]
    taken = evaluated(step, "taylor_touch", "S2", lambda: difference.intervals.taylor(closed, place, order))
    values = exact(region)
    values[place] = end.exact
    forms = evaluated(step, "taylor_touch", "S3", lambda: difference.forms().taylor(values, place, order - 1))
    require(not any(forms), step, "taylor_touch", "S3", "a coefficient is not known to be zero")
    if len(taken) <= order:
        require(not difference.strict, step, "taylor_touch", "S4", "the difference is zero")
        return
    leading = taken[order] if which == "low" or order % 2 == 0 else negative(taken[order])
    good = is_positive(leading) and end.out if difference.strict else is_nonnegative(leading) or is_zero(leading)
    require(good, step, "taylor_touch", "S4", "the leading coefficient does not have the sign")
