"""Disjoint patches that share one filter: the teacher, one degenerate saddle, and nothing else away from zero."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from math import pi

from relucert.certify.landscapes.theorem import BOUND, ZEROS, Chart, CriticalPoint, Landscape, Parameter, Part, Sentence

SUMMARY = "disjoint patches, one shared filter w, |w*| = 1: polar coordinates r = |w|, theta = angle(w, w*)"
PARAMETERS = (
    Parameter("k", "2..10", "numbers of patches", least=Fraction(2), most=Fraction(1000)),
    Parameter("delta", "1/10", "radius of the balls round the critical points", "rational", Fraction(1, 1000)),
)
DERIVATIONS = (
    "non-overlapping-reduced",
    "non-overlapping-radial-angular",
    "non-overlapping-hessian",
    "non-overlapping-critical-points",
)
PATCHES, LENGTH, ANGLE = "k in 2..inf", "r in (0, inf)", "theta in [0, pi]"

GENERAL = (
    Part(
        "slope-across",
        "between the angles 0 and pi the gradient has a component across the filter, (pi - theta)*sin(theta) > 0",
        "(pi - theta)*sin(theta) > 0",
        ("theta in (0, pi)",),
    ),
    Part(
        "slope-across-k",
        "and this is it, up to the factor pi*k",
        "pi*k*angular_slope_A(k, theta) = (pi - theta)*sin(theta)",
        (PATCHES, ANGLE),
    ),
    Part(
        "ray-of-the-teacher",
        "on the ray of the teacher the slope vanishes at r = 1 only",
        "pi*k*radial_slope_A(k, r, 0) = (k - 1 + pi)*(r - 1)",
        (PATCHES, LENGTH),
    ),
    Part(
        "opposite-ray",
        "on the opposite ray it vanishes where (k - 1 + pi)*r = k - 1 only",
        "pi*k*radial_slope_A(k, r, pi) = (k - 1 + pi)*r - (k - 1)",
        (PATCHES, LENGTH),
    ),
    Part("kappa", "that is at a length between 0 and 1", "0 < (k - 1)/(k - 1 + pi) < 1", (PATCHES,)),
    Part(
        "loss-above-zero",
        "the loss is a sum of two terms that are not negative",
        "2*pi*k*loss_A(k, r, theta) = (k - 1 + pi)*(r - 1)^2 + 2*r*(pi - G(theta))",
        (PATCHES, "r in [0, inf)", ANGLE),
    ),
    Part(
        "only-one-teacher",
        "the second one is zero at angle 0 only: the teacher is the only global minimum",
        "G(theta) < pi",
        ("theta in (0, pi]",),
    ),
    Part(
        "turning-away",
        "turning the filter away from the opposite ray changes the loss by -2*r*G(theta)/(2*pi*k)",
        "2*pi*k*(loss_A(k, r, theta) - loss_A(k, r, pi)) = -2*r*G(theta)",
        (PATCHES, LENGTH, ANGLE),
    ),
    Part(
        "descent-by-turning",
        "which is a descent: the point opposite to the teacher is no minimum (for filters of at least two weights)",
        "G(theta) > 0",
        ("theta in [0, pi)",),
    ),
    Part(
        "cubic-descent",
        "of third order in delta = pi - theta",
        "delta^3/3 - delta^5/30 <= G(pi - delta) <= delta^3/3",
        ("delta in [0, pi]",),
    ),
    Part(
        "minimum-along",
        "along its ray that point is a minimum: it is no maximum",
        "(k - 1 + pi)/(pi*k) > 0",
        (PATCHES,),
    ),
    Part(
        "zero-is-a-maximum",
        "at zero the loss falls in every direction, by the slope -(k - 1 + G(theta))/(pi*k): a maximum where the loss "
        "is not differentiable",
        "k - 1 + G(theta) > 0",
        (PATCHES, ANGLE),
    ),
)  # fmt: skip


def landscapes(values: Mapping[str, tuple[Fraction, ...]]) -> Iterator[Landscape]:
    """First the theorem for every k, then boxes and a bound of the gradient for each."""
    yield Landscape(
        "every-k",
        (
            Sentence(
                "For every k >= 2 and filters of at least two weights: away from w = 0 the population loss has exactly "
                "two critical points, the teacher w*, its only minimum, and -kappa*w*, kappa = (k - 1)/(k - 1 + pi), "
                "a saddle with a positive semidefinite Hessian from which the loss falls with the third power of the "
                "angle.",
                tuple(part.name for part in GENERAL if part.name != "zero-is-a-maximum"),
            ),
            Sentence("At w = 0 the loss is not differentiable and has a strict local maximum.", ("zero-is-a-maximum",)),
        ),
        GENERAL,
        derivations=DERIVATIONS,
    )
    (delta,) = values["delta"]
    for k in values["k"]:
        yield _with_patches(int(k), delta)


def _with_patches(k: int, delta: Fraction) -> Landscape:
    kappa = f"kappa = ({k} - 1)/({k} - 1 + pi)"
    away = (f"r^2 - 2*r*cos(theta) + 1 >= ({delta})^2", f"r^2 + 2*r*kappa*cos(theta) + kappa^2 >= ({delta})^2")
    parts = (
        Part("teacher", "one zero on the ray of the teacher", f"radial_slope_A({k}, r, 0) != 0", (LENGTH,), kind=ZEROS,
             expected=1, signs=True),
        Part("opposite", "one zero on the opposite ray", f"radial_slope_A({k}, r, pi) != 0", (LENGTH,), kind=ZEROS,
             expected=1, signs=True),
        Part("gradient", f"the gradient at least {delta} away from both points",
             f"radial_slope_A({k}, r, theta)^2 + angular_slope_A({k}, theta)^2", (LENGTH, ANGLE), away, (kappa,),
             kind=BOUND),
    )  # fmt: skip
    minimum, saddle = ("loss-above-zero", "only-one-teacher"), ("turning-away", "descent-by-turning", "minimum-along")
    points = (
        CriticalPoint("teacher", "w = w*", "global minimum", minimum, (("theta", "0"),), ("teacher",), (1.0,), "0"),
        CriticalPoint("opposite", f"w = -kappa*w*, {kappa}", "degenerate saddle", saddle, (("theta", "pi"),),
                      ("opposite",), ((k - 1) / (k - 1 + 3.14159),), f"loss_A({k}, r, theta)"),
    )  # fmt: skip
    every = ("slope-across", "slope-across-k", "ray-of-the-teacher", "opposite-ray", "teacher", "opposite")
    says = (
        Sentence(f"For k = {k}: every critical point of the population loss but w = 0 is one of the two in the table.",
                 every, ("teacher", "opposite")),
        Sentence(f"At least {delta} away from both the gradient is no shorter than the bound.", ("gradient",)),
    )  # fmt: skip
    chart = Chart(f"loss_A({k}, r, theta)", "r", "theta", 0.0, pi, mirrored=0.0)
    return Landscape(f"k{k}", says, parts, points, DERIVATIONS,
                     {"k": str(k), "delta": str(delta)}, (chart,))  # fmt: skip
