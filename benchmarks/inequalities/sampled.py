"""Looks for points at which the stated truth of a problem is wrong, without the package that is measured.

::

    python benchmarks/inequalities/sampled.py

The text of a claim is evaluated as Python, in doubles and then, where these say no, with 50 digits of mpmath.  A true
problem must hold at every point, a false one must fail at one.
"""

from __future__ import annotations

import itertools
import math
import random
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import mpmath

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benchmarks.inequalities.problems import Problem, problems

POINTS = 40_000
TRIED_CLOSELY = 400  # points that are evaluated with 50 digits
STARTS, STEPS = 12, 3000  # lowest points from which steps go downhill
SMALL = mpmath.mpf(10) ** -40  # a comparison that is missed by less is one of equal numbers
FLOATS: dict[str, Any] = {name: getattr(math, name) for name in (
    "exp", "log", "sqrt", "sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh", "pi", "e", "inf")} | {
    "cbrt": math.cbrt, "relu": lambda x: max(x, 0.0), "abs": abs, "N": float}  # fmt: skip
DIGITS: dict[str, Any] = {name: getattr(mpmath, name) for name in (
    "exp", "log", "sqrt", "sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh", "pi", "e", "inf")} | {
    "cbrt": lambda x: mpmath.sign(x) * mpmath.cbrt(abs(x)), "relu": lambda x: max(x, mpmath.mpf(0)), "abs": abs,
    "N": mpmath.mpf}  # fmt: skip
RANGE = re.compile(r"(?P<names>[\w, ]+) in (?P<left>[\[(])(?P<low>.*), (?P<high>[^,]*)(?P<right>[\])])$")
ONE_SIDED = re.compile(r"(?P<name>\w+) (?P<relation><=|>=|<|>) (?P<end>.*)$")


def as_python(text: str) -> str:
    """The text with Python's power and exact numbers; `^` binds as `**` does there."""
    return re.sub(r"(?<![\w.])(\d+\.?\d*)", r"N('\1')", text).replace("^", "**")


def margin(text: str) -> list[tuple[str, str]]:
    """The relations of a conjunction, as expressions of the difference that should not be negative."""
    found = []
    for part in text.split(" and "):
        left, relation, right = re.split(r" (<=|>=|<|>|!=) ", part)
        first, second = (as_python(left), as_python(right))
        difference = f"({second}) - ({first})" if relation.startswith("<") else f"({first}) - ({second})"
        found.append((relation, difference))
    return found


def ranges(problem: Problem) -> Iterator[tuple[str, float, float]]:
    """Names with the ends of their ranges."""
    for text in problem.ranges:
        match, half = RANGE.match(text), ONE_SIDED.match(text)
        if match is not None:
            for name in match["names"].split(","):
                yield name.strip(), _number(match["low"]), _number(match["high"])
        elif half is not None:
            end = _number(half["end"])
            yield (half["name"], end, math.inf) if ">" in half["relation"] else (half["name"], -math.inf, end)
        else:
            for name in text.removesuffix(" real").split(","):
                yield name.strip(), -math.inf, math.inf


def _number(text: str) -> float:
    return float(eval(as_python(text), {}, FLOATS))


def corners(problem: Problem) -> Iterator[dict[str, float]]:
    """The corners of the ranges at ends in floats that belong to them."""
    ends: dict[str, list[float]] = {}
    for text in problem.ranges:
        match = RANGE.match(text)
        if match is None:
            return
        low = [_number(match["low"])] * (match["left"] == "[")
        high = [_number(match["high"])] * (match["right"] == "]")
        ends |= {name.strip(): low + high for name in match["names"].split(",")}
    for corner in itertools.product(*ends.values()):
        yield dict(zip(ends, corner, strict=True))


def points(problem: Problem, count: int, seed: int = 0) -> Iterator[dict[str, float]]:
    """Inner points: everywhere, near the ends at all scales, and for two variables and more near the diagonal."""
    source = random.Random(seed)
    sides = list(ranges(problem))
    for number in range(count):
        point: dict[str, float] = {}
        for name, low, high in sides:
            if math.isinf(low) or math.isinf(high):
                size = 10.0 ** source.uniform(-4, 3 if number % 4 == 0 else 0.7)
                sign = source.choice((-1.0, 1.0)) if math.isinf(low) and math.isinf(high) else 1.0
                value = low + size if math.isfinite(low) else high - size if math.isfinite(high) else sign * size
            else:
                share = source.random() if number % 3 else 10.0 ** source.uniform(-5, 0)
                value = low + (high - low) * (share if number % 2 else 1.0 - share)
                before = next(iter(point.values()), None)
                if number % 5 == 0 and before is not None and low < before < high:
                    value = before * (1.0 + 10.0 ** source.uniform(-6, -1) * source.choice((-1.0, 1.0)))
            if not low < value < high:
                break
            point[name] = value
        if len(point) == len(sides):
            yield point


def compiled(parts: list[tuple[str, str]]) -> Callable[[dict[str, Any], dict[str, Any]], list[Any]]:
    codes = [compile(difference, "claim", "eval") for _, difference in parts]
    return lambda names, point: [eval(code, names, point) for code in codes]


def descent(
    lowest: Callable[[dict[str, float]], float], point: dict[str, float], seed: int, steps: int = STEPS
) -> tuple[float, dict[str, float]]:
    """Random steps downhill at all scales."""
    source = random.Random(seed)
    best = lowest(point)
    for _ in range(steps):
        size = 10.0 ** source.uniform(-6, -0.5)
        other = {name: place + size * max(1.0, abs(place)) * source.gauss(0, 1) for name, place in point.items()}
        value = lowest(other)
        if value < best:
            best, point = value, other
    return best, point


def counterexample(problem: Problem, count: int = POINTS) -> dict[str, float] | None:
    """A point of the ranges at which the claim fails, or None when none was met."""
    conditions = [part for text in problem.where for part in margin(text)]
    differences, allowed = compiled(margin(problem.claim)), compiled(conditions)
    sides = list(ranges(problem))

    def lowest(point: dict[str, float]) -> float:
        """The least difference of the claim; infinite where it says nothing."""
        try:
            if not all(low <= point[name] <= high for name, low, high in sides) or any(
                value < 0 for (relation, _), value in zip(conditions, allowed(FLOATS, point), strict=True)
                if relation != "!="
            ):  # fmt: skip
                return math.inf
            return float(min(differences(FLOATS, point)))
        except (OverflowError, ValueError, ZeroDivisionError):
            return math.inf

    found = sorted(
        ((lowest(point), point) for point in [*corners(problem), *points(problem, count)]), key=lambda pair: pair[0]
    )
    suspects = [pair for pair in found if pair[0] <= 1e-9]
    refined = [descent(lowest, point, seed) for seed, (value, point) in enumerate(found[:STARTS]) if value < math.inf]
    step = max(1, len(suspects) // TRIED_CLOSELY)
    with mpmath.workdps(50):
        for value, point in [*sorted(refined, key=lambda pair: pair[0]), *suspects[:TRIED_CLOSELY], *suspects[::step]]:
            exact = {name: mpmath.mpf(number) for name, number in point.items()}
            if value <= 1e-9 and min(differences(DIGITS, exact)) < -SMALL:
                return point
    return None


def main() -> int:
    wrong = 0
    for problem in problems():
        point = counterexample(problem)
        if (point is None) != problem.truth:
            wrong += 1
            print(f"{problem.name}: said to be {str(problem.truth).lower()}, counterexample: {point}", flush=True)
    print(f"{wrong} problems with a wrong truth")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
