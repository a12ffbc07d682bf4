"""Loss and gradient of the convolutional network without overlap in polar coordinates round the teacher's axis."""

from __future__ import annotations

from dataclasses import replace

from sympy import Derivative, Expr, Rational, S, cos, pi, sin

from relucert.symbolic.derivation import Argument, Calculus, Derivation, Identity, Result, Step
from relucert.symbolic.expressions import Angle, Dot, G, Gradient, Norm
from relucert.symbolic.frames import Frame, between
from relucert.symbolic.kernels.relu_kernel_hessian import normal
from relucert.symbolic.models.non_overlapping_gradient import closed_gradient
from relucert.symbolic.models.non_overlapping_loss import (
    ABBREVIATIONS,
    LAW,
    MEANINGS,
    NORMALISATION,
    PLANE,
    beta,
    closed_loss,
    definition,
    gamma,
    k,
    theta,
    w,
    w_star,
    w_star_1,
)
from relucert.symbolic.names import positive

r, C = positive("r"), positive("C")

REDUCED_MEANINGS = {
    **{name: meaning for name, meaning in MEANINGS.items() if name in (k, w, w_star, theta)},
    r: "`Norm(w)/Norm(w_star)`",
    C: "`k - 1 + pi`",
}
# the variables of the formulas, from the filters
REDUCED = PLANE.extended(definitions={r: Norm(w) / Norm(w_star), C: k - 1 + pi})
# the filter in polar coordinates: length r times the teacher's, angle theta with it
POLAR = Frame(
    vectors={w: (r * w_star_1 * cos(theta), r * w_star_1 * sin(theta)), w_star: (w_star_1, S.Zero)},
    definitions={**{name: ABBREVIATIONS[name] for name in (beta, gamma)}, C: k - 1 + pi},
    domains={theta: between("1/10", 3)},
)


def reduced_loss(r: Expr, theta: Expr, k: Expr, w_star: Expr, C: Expr) -> Expr:
    """The loss in (r, θ)."""
    return Norm(w_star) ** 2 * (C * (1 + r**2) - 2 * r * (k - 1 + G(theta))) / (2 * pi * k)


def radial_slope(r: Expr, theta: Expr, k: Expr, w_star: Expr, C: Expr) -> Expr:
    """The gradient's component along w."""
    return Norm(w_star) * (C * r - (k - 1 + G(theta))) / (pi * k)


def angular_slope(theta: Expr, k: Expr, w_star: Expr) -> Expr:
    """The gradient's component across w, in the direction away from the teacher; free of r."""
    return Norm(w_star) * (pi - theta) * sin(theta) / (pi * k)


def cartesian_gradient(w: Expr, w_star: Expr, k: Expr, r: Expr, theta: Expr, C: Expr) -> Expr:
    """The gradient as a combination of w and w*."""
    return ((C - (k - 1 + sin(theta)) / r) * w - (pi - theta) * w_star) / (pi * k)


def derivation() -> Derivation:
    """Loss and gradient of E (f(x; w) − f(x; w*))² in (r, θ): k iid N(0, I_m) patches, no 1/2 (after B&G 2017)."""
    loss = reduced_loss(r, theta, k, w_star, C)
    along, across = radial_slope(r, theta, k, w_star, C), angular_slope(theta, k, w_star)
    cartesian = cartesian_gradient(w, w_star, k, r, theta, C)
    inserted = Norm(w_star) ** 2 * (gamma * (1 + r**2) - 2 * r * (k * G(theta) / (2 * pi) + beta)) / k**2
    squared = along**2 + across**2
    angles = tuple({theta: pi * Rational(part)} for part in ("1/6", "1/4", "1/2", "2/3", "5/6", "1"))
    steps = (
        Step("length", Norm(w), r * Norm(w_star), "polar coordinates, with the teacher's length as the unit"),
        Step(
            "angle",
            Angle(w, w_star),
            theta,
            "the angle of polar coordinates, in `[0, pi]`",
            Argument(special_cases=angles),
        ),
        Step("insert", closed_loss(), inserted, "put `Eq(Norm(w), r*Norm(w_star))` into non-overlapping-loss"),
        Step("coefficient of the squares", gamma, k * C / (2 * pi), "by the meaning of `beta`, `gamma` and `C`"),
        Step(
            "coefficient of the product",
            k * G(theta) / (2 * pi) + beta,
            k * (k - 1 + G(theta)) / (2 * pi),
            "by the meaning of `beta`",
        ),
        Step("collect", inserted, loss, "one factor `k/(2*pi)` goes out"),
        Step("slope in the radius", Derivative(loss, r), Norm(w_star) * along, "differentiate", Calculus()),
        Step(
            "slope in the angle",
            Derivative(loss, theta) / r,
            Norm(w_star) * across,
            "differentiate; `Eq(Derivative(G(theta), theta), -(pi - theta)*sin(theta))`",
            Calculus(),
        ),
        Step(
            "gradient in the two filters",
            closed_gradient(),
            cartesian,
            "non-overlapping-gradient, with `Eq(Norm(w), r*Norm(w_star))` put in",
            Identity(),
        ),
        Step(
            "component along the filter",
            Dot(closed_gradient(), w) / Norm(w),
            along,
            "project the gradient; it agrees with the slope in the radius over `Norm(w_star)`",
        ),
        Step(
            "component across the filter",
            Dot(closed_gradient(), normal(w, w_star, theta)),
            -across,
            "project on the unit vector orthogonal to `w` towards `w_star`; it agrees with the slope in the angle",
        ),
        Step(
            "squared length of the gradient",
            Dot(closed_gradient(), closed_gradient()),
            squared,
            "the two components are orthogonal and there is no other",
        ),
    )
    return Derivation(
        name="non-overlapping-reduced",
        title="The convolutional network without overlap in polar coordinates",
        source="after Brutzkus and Globerson 2017, Section 5; the polar form is ours",
        law=LAW,
        normalisation=NORMALISATION,
        frame=REDUCED,
        meanings=REDUCED_MEANINGS,
        results=(
            Result("loss", definition(), loss, (w, w_star, k), "population loss by length and angle"),
            Result("gradient", Gradient(definition(), w), cartesian, (w, w_star, k), "gradient in `w`"),
            Result(
                "squared_gradient",
                Dot(Gradient(definition(), w), Gradient(definition(), w)),
                squared,
                (w, w_star, k),
                "squared length of the gradient",
            ),
        ),
        steps=tuple(replace(step, frame=POLAR) for step in steps),
        conditions=("`Norm(w) > 0`: at zero there is no angle",),
        remarks=("The component across the filter does not depend on `r`.",),
    )
