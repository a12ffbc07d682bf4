"""K neurons against an orthonormal teacher: the symmetric plane, and one of its points in the whole space."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import acos, asin, atan, pi, sin, sqrt

from relucert.certify.landscapes.profile import G, around, away, critical, decimal
from relucert.certify.landscapes.symmetric_blocks import block_parts
from relucert.certify.landscapes.symmetric_whole import LARGEST, whole_space
from relucert.certify.landscapes.theorem import (
    BOUND,
    ZEROS,
    Chart,
    CriticalPoint,
    Landscape,
    Parameter,
    Part,
    Sentence,
)

SUMMARY = (
    "K neurons, orthonormal teacher, w_j = x e_j + y (sum of the others): r = |w_j|, psi with x = r cos(psi), "
    "y sqrt(K - 1) = r sin(psi)"
)
PARAMETERS = (
    Parameter("K", "2..8", "numbers of neurons", least=Fraction(2), most=Fraction(50)),
    Parameter("delta", "1/10", "radius of the balls round the critical points (distance of one neuron)", "rational",
              Fraction(1, 1000)),
)  # fmt: skip
DERIVATIONS = ("symmetric-multi-neuron", "multi-neuron-critical-points", "multi-neuron-symmetry-breaking")
MARGIN = "1/50"
MINIMUM_FROM = 6  # neurons on the point with x < 0 < y is a minimum in all weights
NARROW = Fraction(1, 100_000)  # half width of the box on which the blocks are studied


@dataclass(frozen=True)
class Arc:
    """Angles between which nothing but analytic functions occurs, a little beyond the ends, too.

    low, high : the ends.  own, pair, far : the angles of a neuron with its own teacher, with another neuron, with
    another teacher.  slopes : the derivatives of these in psi, times the sines of the angles.
    """

    name: str
    low: str
    high: str
    own: str
    pair: str
    far: str
    slopes: tuple[str, str, str]


def arcs(K: int) -> tuple[Arc, ...]:
    """Arcs that make up the circle, for K = 2 the half of which the other is the mirror image."""
    if K == 2:
        below, above = "3*pi/2 + 2*psi", "pi/2 - 2*psi"
        return tuple(
            Arc(name, low, high, own, pair, far,
                (f"({own[:-3]}1)*sin({own})", f"({'2' if pair == below else '-2'})*sin({pair})",
                 f"({'1' if far[0] == '3' else '-1'})*sin({far})"))
            for name, low, high, own, pair, far in (
                ("diagonal-to-axis", "-3*pi/4", "-pi/2", "-psi", below, "3*pi/2 + psi"),
                ("axis-to-opposite-neurons", "-pi/2", "-pi/4", "-psi", below, "pi/2 - psi"),
                ("opposite-neurons-to-teacher", "-pi/4", "0", "-psi", above, "pi/2 - psi"),
                ("teacher-to-diagonal", "0", "pi/4", "psi", above, "pi/2 - psi"),
            )
        )  # fmt: skip
    one, d = K - 1, f"atan(sqrt({K - 1}))"
    slope = f"-(2*cos(2*psi)/sqrt({one}) + {K - 2}*sin(2*psi)/{one})"
    far = f"acos(sin(psi)/sqrt({one}))"
    return tuple(
        Arc(name, low, high, own, f"{sign}2*asin(sqrt({K}/{2 * one})*sin(psi - {d}))", far,
            (f"({own[:-3]}1)*sin({own})", slope, f"-cos(psi)/sqrt({one})"))
        for name, low, high, own, sign in (
            ("teacher-to-diagonal", "0", d, "psi", "-"),
            ("diagonal-to-opposite", d, "pi", "psi", ""),
            ("opposite-to-diagonal", "-pi", f"{d} - pi", "-psi", ""),
            ("diagonal-to-teacher", f"{d} - pi", "0", "-psi", "-"),
        )
    )  # fmt: skip


def definitions(K: int, arc: Arc) -> tuple[str, ...]:
    """2 pi/K times the loss is A r^2/2 - B r + constant."""
    one = K - 1
    own, pair, far = arc.slopes
    return (
        f"own(psi) = {arc.own}",
        f"pair(psi) = {arc.pair}",
        f"other(psi) = {arc.far}",
        f"A(psi) = pi + {one}*G(pair(psi))",
        f"B(psi) = G(own(psi)) + {one}*G(other(psi))",
        f"A_slope(psi) = -{one}*(pi - pair(psi))*({pair})",
        f"B_slope(psi) = -{one}*(pi - other(psi))*({far}) - (pi - own(psi))*({own})",
        "radial(r, psi) = A(psi)*r - B(psi)",
        "angular(r, psi) = A_slope(psi)*r^2/2 - B_slope(psi)*r",
        f"loss(r, psi) = {K}*(A(psi)*r^2/2 - B(psi)*r + (pi + {one})/2)/(2*pi)",
    )


def landscapes(values: Mapping[str, tuple[Fraction, ...]]) -> Iterator[Landscape]:
    """One theorem for each number of neurons."""
    (delta,) = values["delta"]
    for K in values["K"]:
        yield _with_neurons(int(K), delta)


def _with_neurons(K: int, delta: Fraction) -> Landscape:
    one, diagonal, sides = K - 1, atan(sqrt(K - 1)), arcs(K)
    let = [definitions(K, arc) for arc in sides]
    teacher, equal, across = (1.0, 0.0), (0.6, diagonal), (0.1, diagonal - pi)
    fourth = _opposite(K) if K > 2 else None
    # the lengths and angles of the points, and the arcs that have them
    plus, minus = (f"(sqrt({one}) - acos(1/sqrt({K})){s})/(sqrt({K})*pi)" for s in (" + pi", ""))
    d = f"atan(sqrt({one}))"
    balls = [("1", "0"), (plus, d), (minus, f"{d} - pi")]
    on = [(2,), (), (0,), (0, 1)] if fourth is None else [(0, 1), (1, 3), (2,), (0, 2)]
    if fourth is not None:
        balls.append((decimal(fourth[0]), decimal(fourth[1])))
    parts = []
    for place, arc in enumerate(sides):
        parts.append(Part(
            arc.name, "all points of the arc where both slopes vanish",
            "radial(r, psi) != 0 or angular(r, psi) != 0",
            ("r in (0, inf)", f"psi in ({arc.low} - {MARGIN}, {arc.high} + {MARGIN})"), let=let[place], kind=ZEROS,
            expected=len(on[place]), signs=True))  # fmt: skip
    for place, arc in enumerate(sides):
        parts.append(Part(
            f"gradient-{arc.name}", f"on the arc, the gradient where a neuron is at least {delta} away from the points",
            f"{K}*(radial(r, psi)^2 + (A_slope(psi)*r/2 - B_slope(psi))^2)/(2*pi)^2",
            ("r in (0, inf)", f"psi in [{arc.low}, {arc.high}]"),
            tuple(away("r", "psi", *balls[number], delta) for number in on[place]),
            let[place], kind=BOUND))  # fmt: skip
    loss = "loss(r, psi)"

    def indices(number: int) -> tuple[tuple[str, int], ...]:
        kind = (0, 1, 1, 0)[number]
        return tuple((arc.name, kind) for arc, points in zip(sides, on, strict=True) if number in points)

    def holder(number: int) -> int:
        return next(place for place, points in enumerate(on) if number in points)

    def closed(sign: str) -> str:
        return f"{sign}(sqrt({one}) - arccos(1/sqrt({K})){' + pi' if not sign else ''})/({K}*pi)"

    points = [
        CriticalPoint("teacher", "x = 1, y = 0", "global minimum", tuple(n for n, _ in indices(0)), (),
                      (sides[holder(0)].name,), teacher, "0", (), indices(0)),
        CriticalPoint("equal", f"x = y = {closed('')}", "saddle", tuple(n for n, _ in indices(1)), (),
                      (sides[holder(1)].name,), equal, loss, let[holder(1)], indices(1)),
        CriticalPoint("equal-opposite", f"x = y = {closed('-')}", "saddle", tuple(n for n, _ in indices(2)), (),
                      (sides[holder(2)].name,), across, loss, let[holder(2)], indices(2)),
    ]  # fmt: skip
    half = "" if K > 2 else ", up to exchanging x and y, which exchanges the neurons,"
    arc_names = tuple(arc.name for arc in sides)
    names = tuple(point.name for point in points)
    says = []
    if fourth is not None:
        minimum = K >= MINIMUM_FROM
        box = around(fourth, NARROW)
        ranges = tuple(f"{name} in [{low}, {high}]" for name, (low, high) in zip(("r", "psi"), box, strict=True))
        blocks = block_parts(K, let[1], ranges, 1 if minimum else -1)
        parts += blocks
        index = 0 if minimum else one * (K - 2) // 2
        whole: tuple[tuple[str, int], ...] = ()
        if K <= LARGEST:
            parts.append(whole_space(K))
            whole = (("whole-space", index),)
        by = tuple(part.name for part in blocks)
        points.append(
            CriticalPoint("opposite", "x < 0 < y", "local minimum" if minimum else "saddle", by, (), (sides[1].name,),
                          fourth, loss, let[1], (*indices(3), *whole), box)
        )  # fmt: skip
        kind = "a spurious local minimum" if minimum else f"a saddle of index {index}"
        says.append(
            Sentence(f"In the whole space of {K * K} weights the point with x < 0 < y is {kind}.",
                     (sides[1].name, *by), ("opposite",))
        )  # fmt: skip
        names = (*names, "opposite")
    says.insert(0, Sentence(
        f"For K = {K}: every critical point of the population loss in the symmetric plane, but the origin,{half} is "
        f"one of the {len(points)} in the table.", arc_names, names))  # fmt: skip
    says.append(Sentence(
        f"In the plane, where each neuron is at least {delta} away from these points, the gradient in all weights is "
        "no shorter than the least of the bounds.", tuple(f"gradient-{name}" for name in arc_names)))  # fmt: skip
    ends = [(-3 * pi / 4, -pi / 2), (-pi / 2, -pi / 4), (-pi / 4, 0.0), (0.0, pi / 4)] if K == 2 else [
        (0.0, diagonal), (diagonal, pi), (-pi, diagonal - pi), (diagonal - pi, 0.0)]  # fmt: skip
    mirrored = pi / 4 if K == 2 else None
    charts = tuple(Chart(loss, "r", "psi", *end, each, mirrored) for each, end in zip(let, ends, strict=True))
    return Landscape(f"K{K}", tuple(says), tuple(parts), tuple(points), DERIVATIONS,
                     {"K": str(K), "delta": str(delta)}, charts)  # fmt: skip


def _opposite(K: int) -> tuple[float, float]:
    """The point with x < 0 < y, nearly."""
    one, diagonal = K - 1, atan(sqrt(K - 1))

    def squares(psi: float) -> float:
        return pi + one * G(2 * asin(sqrt(K / (2 * one)) * sin(psi - diagonal)))

    def products(psi: float) -> float:
        return G(psi) + one * G(acos(sin(psi) / sqrt(one)))

    return critical(squares, products, diagonal + 0.05, pi - 0.01)
