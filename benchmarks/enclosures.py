"""The checker's enclosures against python-flint's balls, at random points and where enclosures go wrong.

::

    python benchmarks/enclosures.py --points 1000000

A point is one value that must lie in the enclosure that the checker computes for a number or an interval round it:
numbers of all sizes, subnormal and huge ones, next to the ends of domains, to 0 and 1, to multiples of pi/2.
python-flint computes the value with more and more digits until it is certain on which side of the ends it lies.
"""

from __future__ import annotations

import argparse
import random
import struct
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from flint import arb, ctx, fmpz

from benchmarks import markdown
from benchmarks.measure import Row
from relucert.certify.check.real import functions
from relucert.certify.check.real.dyadic import ONE, ZERO, Bound, Dyadic, less, minus, plus, times
from relucert.certify.check.real.interval import Arithmetic, Interval, UndefinedError

POINTS = 1_000_000
BITS = (24, 53, 64, 128)
DIGITS = (300, 1200, 5000)  # binary, of the values; the next number where one does not decide
ABOUT = 40  # points of a case for one choice of `bits`, then the next case


# ---- numbers


def anywhere(source: random.Random) -> Dyadic:
    """A number of any size and length, doubles and neighbours of simple numbers and of multiples of pi/2 among them."""
    kind = source.randrange(7)
    if kind == 0:
        return sized(source, -60, 20)
    if kind == 1:  # every finite double is as likely as any other
        value = struct.unpack("<d", struct.pack("<Q", source.getrandbits(64)))[0]
        if abs(value) <= sys.float_info.max:
            numerator, denominator = value.as_integer_ratio()
            return numerator, 1 - denominator.bit_length()
    if kind == 2:  # subnormal
        return source.choice((-1, 1)) * source.getrandbits(source.randint(1, 52)), -1074
    if kind == 3:
        return plus((source.randint(-3, 3), 0), sized(source, -400, -1))
    if kind == 4:
        return source.randint(-40, 40), source.randint(-3, 3)
    if kind == 5:
        return near_quarter_turn(source)
    return sized(source, 900, 1100)


def sized(source: random.Random, least: int, most: int) -> Dyadic:
    """2^least <= |a| < 2^most, with few or many digits."""
    digits = source.getrandbits(source.choice((1, 3, 10, 53, 64, 120))) | 1
    return source.choice((-1, 1)) * digits, source.randint(least, most) - digits.bit_length()


def near_quarter_turn(source: random.Random) -> Dyadic:
    """A multiple of pi/2 to 10 and more digits: sine or cosine is almost zero, or almost turns."""
    scale = source.randint(10, 200)
    times_half_pi = source.choice((source.randint(-9, 9), source.randint(-(10**6), 10**6), source.getrandbits(60)))
    with_digits = ctx.prec
    ctx.prec = scale + 80
    nearest = (arb.pi() * times_half_pi * arb(2) ** (scale - 1)).mid().floor().unique_fmpz()
    ctx.prec = with_digits
    return int(nearest if nearest is not None else fmpz(0)) + source.randint(-2, 2), -scale


def up_to_one(source: random.Random) -> Dyadic:
    """-1 <= a <= 1."""
    a = sized(source, -300, 0) if source.random() < 0.5 else plus(ONE, minus(absolute(sized(source, -200, 0))))
    return (
        source.choice((ZERO, ONE, minus(ONE))) if source.random() < 0.02 else a if source.random() < 0.5 else minus(a)
    )


def positive(source: random.Random) -> Dyadic:
    a = absolute(anywhere(source))
    return a if a[0] else ONE


def absolute(a: Dyadic) -> Dyadic:
    return abs(a[0]), a[1]


def interval(source: random.Random, draw: Callable[[random.Random], Dyadic]) -> Interval:
    """Narrow, wide, or a number; open or closed ends."""
    low, high = draw(source), draw(source)
    if source.random() < 0.5:
        high = plus(low, (source.getrandbits(20), low[1] - source.randint(0, 30)))
    if less(high, low):
        low, high = high, low
    if not less(low, high):
        return Interval(low, low, False, False)
    x = Interval(low, high, source.random() < 0.3, source.random() < 0.3)
    if source.random() < 0.05:
        x = x._replace(low=None, low_open=True)
    return x._replace(high=None, high_open=True) if source.random() < 0.05 else x


def member(source: random.Random, x: Interval) -> Dyadic:
    """A number of the interval, often an end or next to one."""
    low = x.low if x.low is not None else plus(x.high or ZERO, (-source.getrandbits(30) - 1, source.randint(-40, 40)))
    high = x.high if x.high is not None else plus(low, (source.getrandbits(30) + 1, source.randint(-40, 40)))
    kind = source.randrange(5)
    if kind == 0 and not x.low_open:
        return low
    if kind == 1 and not x.high_open:
        return high
    part = (1, -source.randint(1, 90)) if kind == 2 else (source.randint(1, (1 << 60) - 1), -60)
    width = plus(high, minus(low))
    return plus(low, times(part, width)) if kind != 3 else plus(high, minus(times(part, width)))


# ---- what is compared


class Case(NamedTuple):
    """`enclose` gets numbers (of `functions`) or intervals (of `interval`); `value` is python-flint's."""

    name: str
    enclose: Callable[..., Any]
    value: Callable[..., arb]
    draw: Callable[[random.Random], Dyadic]
    arguments: int = 1
    defined: Callable[[Interval], bool] = lambda x: True


def _sine(which: int) -> Callable[[Dyadic, int], tuple[Bound, Bound]]:
    return lambda a, bits: functions.sin_cos(a, bits)[which]


AT_NUMBERS = (
    Case("exp", functions.exp, arb.exp, anywhere),
    Case("log", functions.log, arb.log, positive),
    Case("arctan", functions.arctan, arb.atan, anywhere),
    Case("arccos", functions.arccos, arb.acos, up_to_one),
    Case("sin", _sine(0), arb.sin, anywhere),
    Case("cos", _sine(1), arb.cos, anywhere),
)


def _above(x: Interval) -> bool:
    return x.low is not None and (x.low[0] > 0 or (x.low[0] == 0 and x.low_open))


def _from_zero(x: Interval) -> bool:
    return x.low is not None and x.low[0] >= 0


def _without_zero(x: Interval) -> bool:
    return _above(x) or (x.high is not None and (x.high[0] < 0 or (x.high[0] == 0 and x.high_open)))


def _in_unit(x: Interval) -> bool:
    return x.low is not None and x.high is not None and not less(x.low, minus(ONE)) and not less(ONE, x.high)


def _root(degree: int) -> Callable[[arb], arb]:
    def root(x: arb) -> arb:
        return -((-x).root(degree)) if x < 0 else x.root(degree)

    return root


def _by(operation: str, *further: int) -> Callable[..., Interval]:
    def enclose(arithmetic: Arithmetic, *x: Interval) -> Interval:
        found: Interval = getattr(arithmetic, operation)(*x, *further)
        return found

    return enclose


ON_INTERVALS = (
    Case("exp", _by("exp"), arb.exp, anywhere),
    Case("log", _by("log"), arb.log, anywhere, defined=_above),
    Case("arctan", _by("arctan"), arb.atan, anywhere),
    Case("arccos", _by("arccos"), arb.acos, up_to_one, defined=_in_unit),
    Case("arccos, also outside", _by("arccos"), arb.acos, anywhere, defined=_in_unit),
    Case("sin", _by("sin"), arb.sin, anywhere),
    Case("cos", _by("cos"), arb.cos, anywhere),
    Case("square root", _by("root", 2), arb.sqrt, anywhere, defined=_from_zero),
    Case("cube root", _by("root", 3), _root(3), anywhere),
    Case("inverse", _by("inverse"), lambda x: 1 / x, anywhere, defined=_without_zero),
    Case("power 3", _by("power", 3), lambda x: x**3, anywhere),
    Case("power 6", _by("power", 6), lambda x: x**6, anywhere),
    Case("absolute value", _by("absolute"), abs, anywhere),
    Case("sum", _by("add"), lambda x, y: x + y, anywhere, 2),
    Case("product", _by("multiply"), lambda x, y: x * y, anywhere, 2),
    Case("minimum", _by("minimum"), lambda x, y: x.min(y), anywhere, 2),
    Case("maximum", _by("maximum"), lambda x, y: x.max(y), anywhere, 2),
)


def ball(a: Dyadic) -> arb:
    return arb(a[0]) * arb(2) ** a[1]


def inside(value: Callable[[], arb], box: Interval) -> bool | None:
    """Whether a value lies in an interval, for certain; ``None``: not known with the most digits."""
    for digits in DIGITS:
        ctx.prec = digits
        found = value()
        sides = [_beyond(found, box.low, box.low_open, 1), _beyond(found, box.high, box.high_open, -1)]
        if False in sides:
            return False
        if None not in sides:
            return True
    return None


def _beyond(value: arb, end: Bound, is_open: bool, sign: int) -> bool | None:
    if end is None:
        return True
    distance = (value - ball(end)) * sign
    if distance > 0:
        return True
    if distance < 0:
        return False
    return not is_open if distance.is_zero() else None


def compare(points: int, seed: int = 0) -> Iterator[Row]:
    """One row for every case: how many points, how many of them lie outside (with the first), how many are not known;
    and how often a function was refused where it is not defined, and (wrongly) was not.
    """
    cases = [("at numbers", case) for case in AT_NUMBERS] + [("on intervals", case) for case in ON_INTERVALS]
    for place, (kind, case) in enumerate(cases):
        share = points * (place + 1) // len(cases) - points * place // len(cases)
        source = random.Random(f"{seed} {kind} {case.name}")
        row: Row = {
            "kind": kind,
            "name": case.name,
            "points": 0,
            "outside": 0,
            "unknown": 0,
            "refused": 0,
            "first": None,
        }
        start = time.process_time()
        while row["points"] < share:
            bits = source.choice(BITS)
            for _ in range(min(ABOUT, share - row["points"])):
                problem = _at_number(case, source, bits, row) if kind == "at numbers" else _on(case, source, bits, row)
                row["points"] += 1
                row["outside"] += problem is not None
                row["first"] = row["first"] or problem
        yield row | {"seconds": time.process_time() - start}


def _at_number(case: Case, source: random.Random, bits: int, row: Row) -> str | None:
    a = case.draw(source)
    low, high = case.enclose(a, bits)
    known = inside(lambda: case.value(ball(a)), Interval(low, high, False, False))
    row["unknown"] += known is None
    return f"{case.name} at {a} with {bits} bits" if known is False else None


def _on(case: Case, source: random.Random, bits: int, row: Row) -> str | None:
    boxes = [interval(source, case.draw) for _ in range(case.arguments)]
    try:
        box = case.enclose(Arithmetic(bits), *boxes)
    except UndefinedError:
        row["refused"] += 1
        return f"{case.name} is refused on {boxes}" if all(map(case.defined, boxes)) else None
    if not all(map(case.defined, boxes)):
        return f"{case.name} is not refused on {boxes}"
    numbers = [member(source, x) for x in boxes]
    known = inside(lambda: case.value(*map(ball, numbers)), box)
    row["unknown"] += known is None
    return f"{case.name} at {numbers} in {boxes} with {bits} bits" if known is False else None


def rows() -> Iterator[Row]:
    """A million points."""
    return compare(POINTS)


def report(rows: list[Row]) -> str:
    total = {key: sum(row[key] for row in rows) for key in ("points", "outside", "unknown")}
    text = f"{total['points']} points: {total['outside']} outside of the enclosure, {total['unknown']} not known."
    head = ("", "function", "points", "outside", "not known", "not defined, refused", "CPU s")
    lines = [
        (row["kind"], row["name"], row["points"], row["outside"], row["unknown"], row["refused"],
         markdown.seconds(row["seconds"])) for row in rows
    ]  # fmt: skip
    return f"{text}\n\n{markdown.table(head, lines)}"


def main() -> int:
    parser = argparse.ArgumentParser(description="compare the checker's enclosures with python-flint")
    parser.add_argument("--points", type=int, default=POINTS)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    wrong = 0
    for row in compare(options.points, options.seed):
        wrong += row["outside"]
        print(row, flush=True)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
