"""Overlapping patches, two weights, stride 1, w* = (1, -1): the teacher, saddles, and a spurious minimum."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from math import acos, cos, pi, sin, sqrt

from relucert.certify.landscapes.profile import G, away, critical, decimal
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
    "overlapping patches, filters (w1, w2) with stride 1, w* = (1, -1): rho = |w|, psi its angle, -pi/4 at the teacher"
)
PARAMETERS = (
    Parameter("k", "2..5", "numbers of patches", least=Fraction(2), most=Fraction(1000)),
    Parameter("delta", "1/10", "radius of the balls round the critical points", "rational", Fraction(1, 1000)),
)
DERIVATIONS = ("overlapping-loss", "overlapping-gradient", "overlapping-bad-minimum")
MARGIN = "1/20"
RANGES = ("rho in (0, inf)", f"psi in (-pi/4 - {MARGIN}, 3*pi/4 + {MARGIN})")


def definitions(k: int) -> tuple[str, ...]:
    """The loss times pi k^2 is A rho^2/2 - B rho + constant; its derivatives."""
    one, far = k - 1, (k - 1) * (k - 2)
    pair, first, second = "acos(cos(psi)*sin(psi))", "acos(sin(psi)/sqrt(2))", "acos(-cos(psi)/sqrt(2))"
    return (
        f"A(psi) = {k}*pi + 2*{one}*G({pair}) + {far}",
        f"B(psi) = sqrt(2)*({k}*G(psi + pi/4) + {one}*(G({first}) + G({second})) + {far})",
        f"A_slope(psi) = 2*{one}*(pi - {pair})*cos(2*psi)",
        f"B_slope(psi) = sqrt(2)*({one}*((pi - {first})*cos(psi)/sqrt(2) + (pi - {second})*sin(psi)/sqrt(2))"
        f" - {k}*(3*pi/4 - psi)*sin(psi + pi/4))",
        "radial(rho, psi) = A(psi)*rho - B(psi)",
        "angular(rho, psi) = A_slope(psi)*rho^2/2 - B_slope(psi)*rho",
        f"loss(rho, psi) = (A(psi)*rho^2/2 - B(psi)*rho + {k}*pi + 2*{one}*G(2*pi/3) + {far})/(pi*{k}^2)",
    )  # fmt: skip


def landscapes(values: Mapping[str, tuple[Fraction, ...]]) -> Iterator[Landscape]:
    """One theorem for each number of patches."""
    (delta,) = values["delta"]
    for k in values["k"]:
        yield _with_patches(int(k), delta)


def _with_patches(k: int, delta: Fraction) -> Landscape:
    let = definitions(k)
    squares = f"({k}*pi + {k - 1}*(2*G(2*pi/3) + {k - 2}))"
    products = f"({k - 1}*(2*G(pi/3) + {k - 2}))"
    length, between = _length(k), _between(k)
    opposite = f"({products}*sqrt(2)/{squares})"
    balls = (("sqrt(2)", "-pi/4"), (decimal(between[0]), decimal(between[1])), (opposite, "3*pi/4"))
    parts = (
        Part("symmetry", "on the line of the teacher the slope in the angle vanishes at the teacher's angle",
             "A_slope(-pi/4) = 0 and B_slope(-pi/4) = 0", let=let),
        Part("symmetry-opposite", "and at the opposite angle", "A_slope(3*pi/4) = 0 and B_slope(3*pi/4) = 0", let=let),
        Part("teacher-is-critical", "at the teacher the slope along it vanishes", "A(-pi/4)*sqrt(2) - B(-pi/4) = 0",
             let=let),
        Part("teacher-has-loss-zero", "at the teacher the loss is zero", "loss(sqrt(2), -pi/4) = 0", let=let),
        Part("zeros", "both slopes vanish at these points only", "radial(rho, psi) != 0 or angular(rho, psi) != 0",
             RANGES, let=let, kind=ZEROS, expected=3, signs=True, guesses=((sqrt(2), -pi / 4), (length, 3 * pi / 4))),
        Part("gradient", f"the gradient at least {delta} away from the points",
             f"(radial(rho, psi)^2 + (A_slope(psi)*rho/2 - B_slope(psi))^2)/(pi*{k}^2)^2",
             ("rho in (0, inf)", "psi in [-pi/4, 3*pi/4]"),
             tuple(away("rho", "psi", *ball, delta) for ball in balls), let, kind=BOUND),
        Part("length", "the closed form of the spurious minimum: A(3*pi/4)/2 and B(3*pi/4)/(2*sqrt(2))",
             f"A(3*pi/4) = {squares} and B(3*pi/4) = sqrt(2)*{products}", let=let),
    )  # fmt: skip
    spurious = f"w = -t*w*, t = {products}/{squares}"
    loss = "loss(rho, psi)"
    points = (
        CriticalPoint("teacher", "w = w*", "global minimum",
                      ("symmetry", "teacher-is-critical", "teacher-has-loss-zero"), (), ("zeros",),
                      (sqrt(2), -pi / 4), "0", (), (("zeros", 0),)),
        CriticalPoint("between", "between the teacher and its opposite", "saddle", (), (), ("zeros",), between, loss,
                      let, (("zeros", 1),)),
        CriticalPoint("opposite", spurious, "local minimum", ("symmetry-opposite", "length"), (), ("zeros",),
                      (length, 3 * pi / 4), loss, let, (("zeros", 0),)),
    )  # fmt: skip
    zeros = ("zeros", "symmetry", "symmetry-opposite", "teacher-is-critical", "length")
    says = (
        Sentence(
            f"For k = {k}, w* = (1, -1) and psi from -pi/4 to 3*pi/4: every critical point of the population loss with "
            "w != 0 is one of those in the table; the other half of the plane is its mirror image, "
            "(w1, w2) -> (-w2, -w1).", zeros, ("teacher", "between", "opposite")),
        Sentence("The one opposite to the teacher is a spurious local minimum.", ("zeros", "symmetry-opposite"),
                 ("opposite",)),
        Sentence(f"At least {delta} away from these points the gradient is no shorter than the bound.", ("gradient",)),
    )  # fmt: skip
    chart = Chart(loss, "rho", "psi", -pi / 4, 3 * pi / 4, let, -pi / 4)
    return Landscape(f"k{k}", says, parts, points, DERIVATIONS, {"k": str(k), "delta": str(delta)}, (chart,))


def _length(k: int) -> float:
    """sqrt(2) times t_k, nearly."""
    third, two_thirds = sqrt(3) / 2 + pi / 3, sqrt(3) / 2 - pi / 6
    return sqrt(2) * (k - 1) * (2 * third + k - 2) / (k * pi + (k - 1) * (2 * two_thirds + k - 2))


def _between(k: int) -> tuple[float, float]:
    """The saddle, nearly."""
    one, far = k - 1, (k - 1) * (k - 2)

    def squares(psi: float) -> float:
        return k * pi + 2 * one * G(acos(cos(psi) * sin(psi))) + far

    def products(psi: float) -> float:
        others = G(acos(sin(psi) / sqrt(2))) + G(acos(-cos(psi) / sqrt(2)))
        return sqrt(2) * (k * G(psi + pi / 4) + one * others + far)

    return critical(squares, products, -pi / 4 + 0.05, 3 * pi / 4 - 0.05)
