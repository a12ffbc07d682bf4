"""A part of the ranges of a claim: every variable between two ends that are known exactly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

from relucert.certify.check.errors import CertificateError
from relucert.certify.check.real.algebra import Algebra, Polynomial, as_rational, constant
from relucert.certify.check.real.dyadic import fixed, less
from relucert.certify.check.real.evaluate import Program
from relucert.certify.check.real.interval import Arithmetic, Interval, at, negative
from relucert.certify.formula import Node, RealFormula, Variable


@dataclass(frozen=True)
class End:
    """An end of a range.

    around : an interval that holds it.  exact : its normal form, if it has one.  out : it does not belong to the range.
    """

    around: Interval
    exact: Polynomial | None
    out: bool


@dataclass(frozen=True)
class Side:
    """The range of one variable; an end that is ``None`` is infinite.  box : an interval that holds the range."""

    low: End | None
    high: End | None
    integer: bool
    box: Interval = field(init=False)

    def __post_init__(self) -> None:
        low, high = self.low, self.high
        box = Interval(
            None if low is None else low.around.low,
            None if high is None else high.around.high,
            low is None or low.out or low.around.low_open,
            high is None or high.out or high.around.high_open,
        )
        object.__setattr__(self, "box", box)

    def is_empty(self) -> bool:
        """No number belongs to the range, for sure."""
        low, high = self.box.low, self.box.high
        if low is None or high is None:
            return False
        return less(high, low) or (not less(low, high) and (self.box.low_open or self.box.high_open))

    def is_point(self) -> bool:
        """The two ends are the same number."""
        if self.low is None or self.high is None:
            return False
        known = self.integer and self.low.exact is not None
        return self.low is self.high or (known and self.low.exact == self.high.exact)

    def is_wide(self) -> bool:
        """There are real numbers between its ends, for sure."""
        low = None if self.low is None else self.low.around.high
        high = None if self.high is None else self.high.around.low
        return low is None or high is None or less(low, high)

    def holds(self, end: End) -> bool:
        """An end that is not outside of the range, for sure."""
        low, high = end.around.low, end.around.high
        least = (0, 0) if self.low is None else self.low.around.high
        most = (0, 0) if self.high is None else self.high.around.low
        if low is None or high is None or least is None or most is None:
            return False
        return (self.low is None or not less(low, least)) and (self.high is None or not less(most, high))

    def within(self, *, ends: bool) -> Interval:
        """The box with its ends, or without them."""
        low, high = self.box.low, self.box.high
        return Interval(low, high, low is None or not ends, high is None or not ends)


Region = tuple[Side, ...]


def whole(claim: RealFormula, arithmetic: Arithmetic) -> Region:
    """The ranges of the claim."""
    return tuple([_side(claim, variable, arithmetic) for variable in claim.variables])


def _side(claim: RealFormula, variable: Variable, arithmetic: Arithmetic) -> Side:
    low = _end(claim, variable.low, arithmetic, out=variable.low_open)
    high = _end(claim, variable.high, arithmetic, out=variable.high_open)
    side = Side(low, high, variable.integer)
    return _whole_numbers(side) if variable.integer else side


def _end(claim: RealFormula, place: int | None, arithmetic: Arithmetic, *, out: bool) -> End | None:
    if place is None:
        return None
    try:
        return replace(constant_end(claim.nodes[: place + 1], arithmetic), out=out)
    except ArithmeticError as error:
        raise CertificateError("claim", "ranges", "S1", f"an end of a range is not defined: {error}") from None


def constant_end(nodes: Sequence[Node], arithmetic: Arithmetic) -> End:
    """The last of some expressions, which has no variables, as an end that belongs to the range."""
    if not nodes:
        raise ArithmeticError("there is no expression")
    return End(Program(nodes, len(nodes) - 1, arithmetic).value(()), _normal_form(nodes, len(nodes) - 1), out=False)


def exact_value(claim: RealFormula, place: int) -> Polynomial | None:
    """The normal form of a constant expression, if it has one."""
    return _normal_form(claim.nodes, place)


def _normal_form(nodes: Sequence[Node], place: int) -> Polynomial | None:
    try:
        return Program(nodes, place, Algebra()).value(())
    except (ArithmeticError, RecursionError):
        return None


def number(value: Fraction, arithmetic: Arithmetic, *, times_pi: bool = False) -> End:
    """A rational, or one times pi, that belongs to the range it ends."""
    if not times_pi:
        return End(arithmetic.rational(value), constant(value), out=False)
    algebra = Algebra()
    around = arithmetic.multiply(arithmetic.rational(value), arithmetic.pi())
    return End(around, algebra.multiply(constant(value), algebra.pi()), out=False)


def _whole_numbers(side: Side) -> Side:
    """The least range with the same whole numbers."""
    ends: list[int | None] = []
    for box in (side.box, negative(side.box)):
        if box.low is None:
            ends.append(None)
            continue
        least = fixed(box.low, 0)
        least += box.low_open or less((least, 0), box.low)
        ends.append(least)
    low, turned = ends
    high = None if turned is None else -turned
    return Side(_whole_end(low), _whole_end(high), integer=True)


def _whole_end(value: int | None) -> End | None:
    return None if value is None else End(at((value, 0)), constant(value), out=False)


def split(region: Region, place: int, end: End) -> list[Region]:
    """Up to a number and from it on; whole numbers up to it and above it.  Parts without numbers are left out."""
    side = region[place]
    if side.integer:
        first = _whole_part(end)
        parts = [Side(side.low, _whole_end(first), integer=True), Side(_whole_end(first + 1), side.high, integer=True)]
    else:
        parts = [replace(side, high=end), replace(side, low=end)]
    return [(*region[:place], part, *region[place + 1 :]) for part in parts if not part.is_empty()]


def cut(region: Region, place: int, end: End) -> list[Region]:
    """Below a number, at it, and above it.  Parts without numbers are left out."""
    out = replace(end, out=True)
    below, above = replace(region[place], high=out), replace(region[place], low=out)
    parts = [(*region[:place], part, *region[place + 1 :]) for part in (below, above)]
    kept = [[part] if not part[place].is_empty() else [] for part in parts]
    return [*kept[0], face(region, place, end), *kept[1]]


def _whole_part(end: End) -> int:
    """The integer part of a rational; of another number that of its lower bound, for any whole number does."""
    known = None if end.exact is None else as_rational(end.exact)
    if known is not None:
        return known.numerator // known.denominator
    return 0 if end.around.low is None else fixed(end.around.low, 0)


def face(region: Region, place: int, end: End) -> Region:
    """Where the variable is at one of its ends."""
    point = Side(replace(end, out=False), replace(end, out=False), integer=False)
    point = replace(point, high=point.low)
    return (*region[:place], point, *region[place + 1 :])


def boxes(region: Region) -> list[Interval]:
    """What holds the region."""
    return [side.box for side in region]


def exact(region: Region) -> list[Polynomial]:
    """Normal forms of the variables: of a point its number, else the variable itself."""
    algebra = Algebra()
    values = []
    for place, side in enumerate(region):
        known = side.low.exact if side.is_point() and side.low is not None else None
        values.append(algebra.variable(place) if known is None else known)
    return values


def middle(x: Interval) -> Interval | None:
    """The number half way between finite ends."""
    if x.low is None or x.high is None:
        return None
    (m, e), (n, f) = x.low, x.high
    low = min(e, f)
    return at(((m << e - low) + (n << f - low), low - 1))
