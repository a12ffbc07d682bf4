"""The same network with leaky ReLU: the saddle becomes strict, or disappears."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from math import pi

from relucert.certify.landscapes.theorem import BOUND, ZEROS, Chart, CriticalPoint, Landscape, Parameter, Part, Sentence

SUMMARY = "disjoint patches with leaky ReLU of slope alpha, one shared filter, |w*| = 1: polar coordinates r, theta"
PARAMETERS = (
    Parameter("k", "2..4", "numbers of patches", least=Fraction(2), most=Fraction(1000)),
    Parameter("alpha", "1/20", "slopes on the negative side, with commas", "rationals", Fraction(1, 1000),
              Fraction(999, 1000)),
    Parameter("delta", "1/10", "radius of the balls round the critical points", "rational", Fraction(1, 1000)),
)  # fmt: skip
DERIVATIONS = ("leaky-non-overlapping-reduced", "leaky-critical-point", "non-overlapping-hessian")
LENGTH, ANGLE, SLOPE, PATCHES = "r in (0, inf)", "theta in [0, pi]", "alpha in (0, 1)", "k in 2..inf"
LOSS = "loss(k, alpha, r, theta) = (1 - alpha)^2*loss_A(k, r, theta) + alpha/k*(r^2 - 2*r*cos(theta) + 1)"
RADIAL = "radial(k, alpha, r, theta) = (1 - alpha)^2*radial_slope_A(k, r, theta) + 2*alpha/k*(r - cos(theta))"
ANGULAR = "angular(k, alpha, theta) = (1 - alpha)^2*angular_slope_A(k, theta) + 2*alpha/k*sin(theta)"
PULL, PUSH = "((1 - alpha)^2*(k - 1 + pi) + 2*pi*alpha)", "((1 - alpha)^2*(k - 1) - 2*pi*alpha)"

GENERAL = (
    Part(
        "slope-across",
        "between the angles 0 and pi the gradient has a component across the filter: this one times sin(theta)",
        "(1 - alpha)^2*(pi - theta) + 2*pi*alpha > 0",
        (SLOPE, "theta in (0, pi)"),
    ),
    Part("sine", "which is positive", "sin(theta) > 0", ("theta in (0, pi)",)),
    Part(
        "slope-across-k",
        "over pi*k",
        "pi*k*angular(k, alpha, theta) = ((1 - alpha)^2*(pi - theta) + 2*pi*alpha)*sin(theta)",
        (PATCHES, SLOPE, ANGLE),
        let=(ANGULAR,),
    ),
    Part(
        "ray-of-the-teacher",
        "on the ray of the teacher the slope vanishes at r = 1 only",
        f"pi*k*radial(k, alpha, r, 0) = {PULL}*(r - 1)",
        (PATCHES, SLOPE, LENGTH),
        let=(RADIAL,),
    ),
    Part("pull", "for this factor is positive", f"{PULL} > 0", (PATCHES, SLOPE)),
    Part(
        "opposite-ray",
        "on the opposite ray it vanishes at the quotient r = push/pull only, if push is positive, else nowhere",
        f"pi*k*radial(k, alpha, r, pi) = {PULL}*r - {PUSH}",
        (PATCHES, SLOPE, LENGTH),
        let=(RADIAL,),
    ),
    Part(
        "loss-above-zero",
        "the loss is a sum of three terms that are not negative",
        "2*pi*k*loss(k, alpha, r, theta) = (1 - alpha)^2*((k - 1 + pi)*(r - 1)^2 + 2*r*(pi - G(theta))) + "
        "2*pi*alpha*((r - 1)^2 + 2*r*(1 - cos(theta)))",
        (PATCHES, SLOPE, "r in [0, inf)", ANGLE),
        let=(LOSS,),
    ),
    Part(
        "only-one-teacher",
        "and which are zero at angle 0 only: the teacher is the only global minimum",
        "G(theta) < pi",
        ("theta in (0, pi]",),
    ),
)


def landscapes(values: Mapping[str, tuple[Fraction, ...]]) -> Iterator[Landscape]:
    """First the theorem for every k and slope, then those that are given."""
    yield Landscape(
        "every-k",
        (
            Sentence(
                "For every k >= 2 and slope 0 < alpha < 1, with push = (1 - alpha)^2*(k - 1) - 2*pi*alpha and pull = "
                "(1 - alpha)^2*(k - 1 + pi) + 2*pi*alpha: away from w = 0 the critical points are the teacher w*, "
                "the only minimum, and, only if push > 0, the point -(push/pull)*w*.",
                tuple(part.name for part in GENERAL),
            ),
        ),
        GENERAL,
        derivations=DERIVATIONS,
    )
    (delta,) = values["delta"]
    for k in values["k"]:
        for alpha in values["alpha"]:
            yield _with(int(k), alpha, delta)


def _with(k: int, alpha: Fraction, delta: Fraction) -> Landscape:
    pull, push = (text.replace("alpha", f"({alpha})").replace("(k ", f"({k} ") for text in (PULL, PUSH))
    exists = float((1 - alpha) ** 2 * (k - 1)) > 2 * 3.14159265 * float(alpha)
    quotient = f"kappa = {push}/{pull}"
    away = [f"r^2 - 2*r*cos(theta) + 1 >= ({delta})^2"]
    if exists:
        away.append(f"r^2 + 2*r*kappa*cos(theta) + kappa^2 >= ({delta})^2")
    parts = [
        Part("push", "this number decides whether there is a second point", f"{push} {'>' if exists else '<'} 0"),
        Part("teacher", "one zero on the ray of the teacher", f"radial({k}, {alpha}, r, 0) != 0", (LENGTH,),
             let=(RADIAL,), kind=ZEROS, expected=1, signs=True),
        Part("opposite", "zeros on the opposite ray", f"radial({k}, {alpha}, r, pi) != 0", (LENGTH,), let=(RADIAL,),
             kind=ZEROS, expected=int(exists), signs=True),
        Part("gradient", f"the gradient at least {delta} away from the critical points and from w = 0",
             f"radial({k}, {alpha}, r, theta)^2 + angular({k}, {alpha}, theta)^2", (f"r in [{delta}, inf)", ANGLE),
             tuple(away), (RADIAL, ANGULAR, *([quotient] if exists else [])), kind=BOUND),
    ]  # fmt: skip
    loss, let = f"loss({k}, {alpha}, r, theta)", (LOSS,)
    points = [
        CriticalPoint("teacher", "w = w*", "global minimum", ("loss-above-zero", "only-one-teacher"),
                      (("theta", "0"),), ("teacher",), (1.0,), "0")
    ]  # fmt: skip
    if exists:
        parts.append(
            Part("curvature-across", "the curvature across the filter at the second point, times pi*k, is negative: "
                 "(1 - alpha)^2*(C - (k - 1)/kappa) + 2*pi*alpha, C = k - 1 + pi",
                 f"(1 - {alpha})^2*({k} - 1 + pi - ({k} - 1)/kappa) + 2*pi*{alpha} < 0", let=(quotient,))
        )  # fmt: skip
        points.append(
            CriticalPoint("opposite", f"w = -kappa*w*, {quotient}", "strict saddle", ("curvature-across", "opposite"),
                          (("theta", "pi"),), ("opposite",), (0.3,), loss, let)
        )  # fmt: skip
    every = (*(part.name for part in GENERAL), "push", "teacher", "opposite")
    says = (
        Sentence(f"For k = {k} and alpha = {alpha}: every critical point of the loss but w = 0 is one of the two in "
                 "the table.", every, ("teacher", "opposite"))
        if exists
        else Sentence(f"For k = {k} and alpha = {alpha}: the teacher is the only critical point but w = 0.", every,
                      ("teacher",)),
        Sentence(f"At least {delta} away from the critical points and from w = 0 the gradient is no shorter than the "
                 "bound.", ("gradient",)),
    )  # fmt: skip
    chart = Chart(loss, "r", "theta", 0.0, pi, let, 0.0)
    name = f"k{k}-alpha{alpha.numerator}over{alpha.denominator}"
    return Landscape(name, says, tuple(parts), tuple(points), DERIVATIONS,
                     {"k": str(k), "alpha": str(alpha)}, (chart,))  # fmt: skip
