"""Settles the parts of a theorem on a landscape: certificates, boxes of critical points, bounds of gradients."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from math import ceil, floor, isfinite, sqrt
from time import monotonic, perf_counter

import numpy as np
from numpy.typing import NDArray

from relucert.certify.check.real.kernel import check_formula
from relucert.certify.claim import spell_rational
from relucert.certify.formula import RealFormula
from relucert.certify.landscapes.theorem import BOUND, ZEROS, CriticalPoint, Landscape, Part
from relucert.certify.language.parse import parse_claim
from relucert.certify.search.formula_cells import Ranges
from relucert.certify.search.formula_goal import clauses
from relucert.certify.search.formula_limits import Stuck
from relucert.certify.search.formula_oracle import certificate, point_text
from relucert.certify.search.formula_points import Samples, hypothesis_holds
from relucert.certify.search.formula_proof import Proved, Refuted, Undecided, inhabited, search_formula
from relucert.certify.search.formula_values import Expressions
from relucert.certify.search.zero_cover import ClauseCover
from relucert.certify.search.zero_set import ZeroProved, search_zero_set
from relucert.certify.zero_set import Box, ZeroSet

SHARES = (0.9, 0.7, 0.5, 0.3, 0.1)  # of the least length that was seen, as a bound
POINTS, ROUNDS, KEPT = 40_000, 40, 60
LOSS_DIGITS, COVER_BITS = 8, 128


@dataclass(frozen=True)
class SettledPart:
    """A part and what became of it.

    verdict : "proved", "refuted" or "undecided" (why: reason).  zeros : the claim with the boxes.  bound : of a length;
    least : the least length that samples found, in floats.
    """

    part: Part
    verdict: str
    seconds: float
    reason: str = ""
    certificate: bytes | None = None
    statement: str = ""
    sha256: str = ""
    grade: str = ""
    zeros: ZeroSet | None = None
    bound: Fraction | None = None
    least: float | None = None


@dataclass(frozen=True)
class SettledPoint:
    """A critical point with enclosures; `proved`: all of its parts are."""

    point: CriticalPoint
    box: tuple[tuple[str, Fraction, Fraction], ...]
    loss: tuple[Fraction, Fraction] | None
    proved: bool


@dataclass(frozen=True)
class SettledLandscape:
    """A theorem, settled."""

    landscape: Landscape
    parts: tuple[SettledPart, ...]
    points: tuple[SettledPoint, ...]

    @property
    def proved(self) -> bool:
        return all(part.verdict == "proved" for part in self.parts) and all(point.proved for point in self.points)


def settle(
    landscapes: Iterable[Landscape], *, time: float = 30.0, progress: Callable[[str], None] = lambda _: None
) -> list[SettledLandscape]:
    """All theorems in order; a point may name parts of its own theorem and of the first one.

    Parameters
    ----------
    landscapes : iterable of Landscape
    time : float
        Seconds for one part.
    progress : callable
        Gets one line before each part.
    """
    found: list[SettledLandscape] = []
    for landscape in landscapes:
        parts: list[SettledPart] = []
        for part in landscape.parts:
            progress(f"{landscape.name}: {part.name}")
            parts.append(settle_part(part, time))
        general = found[0].parts if found else ()
        known = {entry.part.name: entry for entry in (*general, *parts)}
        points = []
        for point in landscape.points:
            progress(f"{landscape.name}: {point.name}")
            settled, loss = _settle_point(point, known, time)
            points.append(settled)
            parts += [] if loss is None else [loss]
        found.append(SettledLandscape(landscape, tuple(parts), tuple(points)))
    return found


def settle_part(part: Part, time: float) -> SettledPart:
    """One claim."""
    start = perf_counter()
    if part.kind == ZEROS:
        settled = _zeros(part, time)
    elif part.kind == BOUND:
        settled = _bound(part, time)
    else:
        settled = _formula(part, parse_claim(part.conclusion, part.ranges, part.where, part.let), time)
    return replace(settled, seconds=perf_counter() - start)


def _formula(part: Part, claim: RealFormula, time: float) -> SettledPart:
    outcome = search_formula(claim, time=time)
    if isinstance(outcome, Undecided):
        return SettledPart(part, "undecided", 0.0, outcome.reason, statement=claim.in_words())
    certificate, verdict = outcome.certificate, outcome.verdict
    name = "proved" if isinstance(outcome, Proved) else "refuted"
    reason = "" if isinstance(outcome, Proved | Refuted) else "the condition never holds"
    sha = "" if verdict.claim is None else verdict.claim.sha256()
    return SettledPart(part, name, 0.0, reason, certificate, claim.in_words(), sha, verdict.grade)


def _zeros(part: Part, time: float) -> SettledPart:
    claim = parse_claim(part.conclusion, part.ranges, part.where, part.let)
    outcome = search_zero_set(claim, time=time, signs=part.signs, guesses=part.guesses)
    if not isinstance(outcome, ZeroProved):
        return SettledPart(part, "undecided", 0.0, outcome.reason, statement=claim.in_words())
    count = len(outcome.claim.boxes)
    right = part.expected is None or count == part.expected
    reason = "" if right else f"{count} zeros where {part.expected} are expected"
    verdict, said = "proved" if right else "refuted", outcome.claim.in_words()
    sha, grade = outcome.claim.sha256(), outcome.verdict.grade
    return SettledPart(part, verdict, 0.0, reason, outcome.certificate, said, sha, grade, outcome.claim)


def _bound(part: Part, time: float) -> SettledPart:
    """Nine tenths of the least length that samples find, rounded down; if that is not proved, less."""
    claim = parse_claim(f"{part.conclusion} != 0", part.ranges, part.where, part.let)
    least = sqrt(max(0.0, _least(claim)))
    settled = SettledPart(part, "undecided", 0.0, "no bound above zero was found", statement=claim.in_words())
    for share in SHARES:
        bound = _rounded_down(share * least)
        if bound <= 0:
            break
        stated = parse_claim(f"{part.conclusion} >= ({bound})^2", part.ranges, part.where, part.let)
        settled = _covered(part, stated, time / 2) or _formula(part, stated, time / 2)
        settled = replace(settled, bound=bound, least=least)
        if settled.verdict == "proved":
            return settled
    return replace(settled, verdict="undecided", certificate=None, reason=settled.reason or "a bound that is too large")


def _covered(part: Part, claim: RealFormula, time: float) -> SettledPart | None:
    """Proved with room everywhere: boxes are halved until some inequality of each clause holds on them."""
    trees, deadline = [], monotonic() + time
    for clause in clauses(claim):
        records = ClauseCover(claim, clause, deadline).run()
        if isinstance(records, Stuck):
            return None
        trees.append(records)
    point = inhabited(claim, Samples(claim, Ranges(claim), deadline), deadline)
    data = certificate(claim, trees, None if point is None else point_text(point), COVER_BITS)
    verdict = check_formula(data)
    if not verdict.valid or verdict.claim is None:
        return None
    return SettledPart(part, "proved", 0.0, "", data, claim.in_words(), verdict.claim.sha256(), verdict.grade)


def _rounded_down(x: float) -> Fraction:
    """Three significant decimals."""
    if not 0 < x < 1e300:
        return Fraction(0)
    unit = Fraction(10) ** (floor(np.log10(x)) - 2)
    return Fraction(floor(Fraction(x) / unit) * unit)


def _least(claim: RealFormula) -> float:
    """The least value of the left side, in floats: samples, then smaller and smaller steps from the best of them."""
    samples = Samples(claim, Ranges(claim))
    place = claim.formulas[claim.conclusion][1]
    expressions = Expressions(claim.nodes, (place,))

    def values(points: NDArray[np.float64]) -> NDArray[np.float64]:
        found = np.broadcast_to(expressions.points(points)[place], len(points))
        if claim.hypothesis is not None:
            found = np.where(hypothesis_holds(claim, claim.hypothesis, points), found, np.inf)
        return np.where(np.isfinite(found), found, np.inf)

    points = samples.spread(POINTS)
    best = points[np.argsort(values(points), kind="stable")[:KEPT]]
    scale = np.maximum(1e-3, np.minimum(1.0, np.abs(best)))
    random = np.random.default_rng(1)
    for step in 0.3 * 0.75 ** np.arange(ROUNDS):
        tried = best[:, None] + step * scale[:, None] * random.standard_normal((len(best), 40, best.shape[1]))
        tried = np.concatenate([best[:, None], tried], axis=1)
        flat = values(samples.inside(tried.reshape(-1, best.shape[1]))).reshape(tried.shape[:2])
        best = samples.inside(tried[np.arange(len(best)), flat.argmin(axis=1)])
    return float(values(best).min())


def _settle_point(
    point: CriticalPoint, known: Mapping[str, SettledPart], time: float
) -> tuple[SettledPoint, SettledPart | None]:
    """Its box, and a claim that encloses the loss on all of the box."""
    proved = all(name in known and known[name].verdict == "proved" for name in (*point.by, *point.zeros))
    sides: list[tuple[str, Fraction, Fraction]] = []
    for name in point.zeros:
        zeros = known[name].zeros if name in known else None
        if zeros is None or not zeros.boxes:
            return SettledPoint(point, (), None, False), None
        box = min(zeros.boxes, key=lambda box: _distance(box, point.near[len(sides) :]))
        sides += [(v.name, low, high) for v, (low, high) in zip(zeros.formula.variables, box, strict=True)]
    if point.within:
        pairs = zip(sides, point.within, strict=True)
        proved = proved and all(low <= least and most <= high for (_, least, most), (low, high) in pairs)
    for name, count in point.negative:
        zeros = known[name].zeros if name in known else None
        proved = proved and zeros is not None and _negative(zeros, point.near) == count
    if point.loss == "0":
        return SettledPoint(point, tuple(sides), (Fraction(0), Fraction(0)), proved), None
    ranges = tuple(f"{name} in [{spell_rational(low)}, {spell_rational(high)}]" for name, low, high in sides)
    let = (*(f"{name} = {value}" for name, value in point.at), *point.let)
    start = perf_counter()
    claim = parse_claim(f"{point.loss} != 0", ranges, (), let)
    place = claim.formulas[claim.conclusion][1]
    middle = np.array([[float((low + high) / 2) for _, low, high in sides]])
    value = float(np.broadcast_to(Expressions(claim.nodes, (place,)).points(middle)[place], 1)[0])
    if not isfinite(value):
        return SettledPoint(point, tuple(sides), None, False), None
    unit = 10**LOSS_DIGITS
    low, high = Fraction(floor(value * unit - 0.2), unit), Fraction(ceil(value * unit + 0.2), unit)
    part = Part(f"loss-{point.name}", f"the loss at every point of the box of the point {point.name}",
                f"{low} <= {point.loss} <= {high}", ranges, (), let)  # fmt: skip
    settled = _formula(part, parse_claim(part.conclusion, ranges, (), let), time)
    settled = replace(settled, seconds=perf_counter() - start)
    enclosed = settled.verdict == "proved"
    return SettledPoint(point, tuple(sides), (low, high) if enclosed else None, proved and enclosed), settled


def _negative(zeros: ZeroSet, near: tuple[float, ...]) -> int | None:
    """Of the nearest box; of the only one."""
    pairs = zip(zeros.boxes, zeros.negative, strict=True)
    return min(pairs, key=lambda pair: _distance(pair[0], near), default=((), None))[1]


def _distance(box: Box, near: tuple[float, ...]) -> float:
    return max([abs(float(low + high) / 2 - x) for (low, high), x in zip(box, near, strict=False)], default=0.0)
