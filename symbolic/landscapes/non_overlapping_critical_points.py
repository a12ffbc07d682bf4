"""The critical points of the convolutional network without overlap: zero, the teacher, one degenerate point."""

from __future__ import annotations

from dataclasses import replace

from sympy import Derivative, Integer, Integral, Limit, Rational, S, cos, pi, sin

from relucert.symbolic.derivation import Argument, Calculus, Derivation, Identity, Result, Step
from relucert.symbolic.expressions import Dot, G, Norm
from relucert.symbolic.frames import between
from relucert.symbolic.models.non_overlapping_gradient import closed_gradient
from relucert.symbolic.models.non_overlapping_hessian import normal_curvature, outer_curvature, radial_curvature
from relucert.symbolic.models.non_overlapping_loss import (
    LAW,
    NORMALISATION,
    PLANE,
    closed_loss,
    definition,
    k,
    theta,
    w,
    w_star,
    w_star_1,
)
from relucert.symbolic.models.non_overlapping_reduced import (
    POLAR,
    REDUCED,
    REDUCED_MEANINGS,
    C,
    angular_slope,
    r,
    radial_slope,
    reduced_loss,
)
from relucert.symbolic.names import positive, real

kappa, delta, phi = positive("kappa"), positive("delta"), real("phi")
KAPPA = (k - 1) / (k - 1 + pi)
FRAME = POLAR.extended(definitions={kappa: KAPPA})
# the points themselves; kappa = (k - 1)/(k - 1 + pi) solved for k covers every number of patches
AT_TEACHER = PLANE.extended(vectors={w: (w_star_1, S.Zero)})
AT_DEGENERATE = PLANE.extended(
    vectors={w: (-kappa * w_star_1, S.Zero)},
    definitions={k: 1 + pi * kappa / (1 - kappa)},
    domains={kappa: between("1/10", "9/10")},
)


def derivation() -> Derivation:
    """Critical points of E (f(x; w) − f(x; w*))²: k iid N(0, I_m) patches, average, no 1/2 (B&G 2017, Section 5)."""
    unit = Norm(w_star) ** 2
    scale = Norm(w_star) / (pi * k)
    at_degenerate = unit * (2 * k - 2 + pi) / (2 * k * (k - 1 + pi))
    loss, antiparallel = reduced_loss(r, theta, k, w_star, C), reduced_loss(r, pi, k, w_star, C)
    off_axis = reduced_loss(kappa, pi - delta, k, w_star, C) - reduced_loss(kappa, pi, k, w_star, C)
    cube = Limit((sin(delta) - delta * cos(delta)) / delta**3, delta, 0, "+")
    arc = Integral(phi * sin(phi), (phi, 0, delta))
    missing = Integral((pi - phi) * sin(phi), (phi, theta, pi))
    near_zero = (loss - unit * C / (2 * pi * k)) / r
    k_1, k_3 = ({k: Integer(number)} for number in (1, 3))
    steps = (
        Step(
            "slope in the angle",
            Derivative(loss, theta) / r,
            Norm(w_star) * angular_slope(theta, k, w_star),
            "by non-overlapping-radial-angular it is positive inside 0 and `pi`: critical points have angle 0 or `pi`",
            Calculus(),
        ),
        Step(
            "angle zero",
            radial_slope(r, S.Zero, k, w_star, C),
            scale * C * (r - 1),
            "`Eq(G(0), pi)`: it vanishes at 1 only",
        ),
        Step(
            "angle pi",
            radial_slope(r, pi, k, w_star, C),
            scale * C * (r - kappa),
            "`Eq(G(pi), 0)`: it vanishes at `kappa` only",
        ),
        Step("gradient at the teacher", Norm(closed_gradient()), S.Zero, "at `Eq(w, w_star)`", Identity(), AT_TEACHER),
        Step("loss at the teacher", closed_loss(), S.Zero, "at `Eq(w, w_star)`", Identity(), AT_TEACHER),
        Step(
            "gradient at the degenerate point",
            Dot(closed_gradient(), w_star),
            S.Zero,
            "at `Eq(w, -kappa*w_star)`, for every `k >= 2`; the gradient is along the teacher, like the filter",
            Identity(),
            AT_DEGENERATE,
        ),
        Step(
            "loss at the degenerate point",
            closed_loss(),
            at_degenerate,
            "at `Eq(w, -kappa*w_star)`, for every `k >= 2`",
            Identity(),
            AT_DEGENERATE,
        ),
        Step(
            "curvature across at the teacher",
            normal_curvature(k, S.One, S.Zero, C),
            1 / k,
            "by non-overlapping-hessian; out of the plane it is the same, along the teacher it is `C/(pi*k)`",
        ),
        Step(
            "curvature along at the teacher",
            radial_curvature(k, C),
            1 / k + (1 - 1 / k) / pi,
            "so all eigenvalues at the teacher are at least `1/k`: a strict minimum",
        ),
        Step(
            "curvature across at the degenerate point",
            normal_curvature(k, kappa, pi, C),
            S.Zero,
            "by non-overlapping-hessian: no eigenvalue is negative there, so the point is no strict saddle",
        ),
        Step(
            "curvature out of the plane at the degenerate point",
            outer_curvature(k, kappa, pi, C),
            S.Zero,
            "the same: the eigenvalues are `C/(pi*k)` once and zero `m - 1` times",
        ),
        Step("G near the angle pi", G(pi - delta), sin(delta) - delta * cos(delta), "by the meaning of `G`"),
        Step(
            "off the axis",
            off_axis,
            -unit * kappa * (sin(delta) - delta * cos(delta)) / (pi * k),
            "turn the filter by `delta` at the same length; `Eq(G(pi), 0)`",
        ),
        Step(
            "G as an integral",
            arc,
            sin(delta) - delta * cos(delta),
            "integrate by parts",
            Calculus(primitive=sin(phi) - phi * cos(phi)),
            POLAR.extended(domains={delta: POLAR.domains[theta]}),
        ),
        Step(
            "the loss falls off the axis",
            arc,
            S.Zero,
            "the integrand is positive for `delta <= pi`; so for `k >= 2` and `m >= 2` the point is no minimum",
            Argument(),
            POLAR.extended(domains={delta: POLAR.domains[theta]}),
            ">",
        ),
        Step(
            "cubic descent",
            cube,
            Rational(1, 3),
            "the first terms of the series of sine and cosine; so the loss off the axis over `delta**3` tends to "
            "`-kappa*Norm(w_star)**2/(3*pi*k)`",
            Calculus(),
            digits=12,
        ),
        Step(
            "cone at zero",
            Limit(near_zero, r, 0, "+"),
            -unit * (k - 1 + G(theta)) / (pi * k),
            "the slope of the loss in the direction of angle `theta`; the loss at zero is `C/(2*pi*k)*Norm(w_star)**2`",
            Calculus(),
        ),
        Step(
            "zero is a strict maximum",
            k - 1 + missing,
            S.Zero,
            "for `k >= 2` the slope is negative in every direction, since `G(theta)` is the integral, by "
            "non-overlapping-descent",
            Argument(),
            relation=">",
        ),
        Step(
            "one weight per patch",
            antiparallel - reduced_loss(kappa, pi, k, w_star, C),
            unit * C * (r - kappa) ** 2 / (2 * pi * k),
            "for `Eq(m, 1)` there are no other angles than 0 and `pi`: the third point is then a local minimum",
        ),
        Step(
            "one weight and three patches",
            reduced_loss(kappa, pi, k, w_star, C).xreplace({kappa: KAPPA}).xreplace({C: k - 1 + pi}).xreplace(k_3),
            unit * (4 + pi) / (6 * (2 + pi)),
            "a counterexample for `Eq(m, 1)`: a local minimum with positive loss",
        ),
        Step(
            "one patch, away from the teacher",
            reduced_loss(Rational(1, 10), pi, k, w_star, pi).xreplace(k_1),
            unit * Rational(101, 200),
            "for `Eq(k, 1)`, at `Eq(w, -w_star/10)`: more than the loss at zero, which is `Norm(w_star)**2/2`",
        ),
        Step(
            "one patch, towards the teacher",
            reduced_loss(Rational(1, 10), S.Zero, k, w_star, pi).xreplace(k_1),
            unit * Rational(81, 200),
            "for `Eq(k, 1)`, at `Eq(w, w_star/10)`: less; so zero is neither a maximum nor a minimum",
        ),
    )
    point = definition().xreplace({w: -KAPPA * w_star})
    return Derivation(
        name="non-overlapping-critical-points",
        title="All critical points of a convolutional network without overlap",
        source="Brutzkus and Globerson 2017, Section 5; eigenvalues and the cubic descent are ours",
        law=LAW,
        normalisation=NORMALISATION,
        frame=REDUCED.extended(definitions={kappa: KAPPA}),
        meanings={
            **REDUCED_MEANINGS,
            kappa: "`(k - 1)/(k - 1 + pi)`: the third critical point is `-kappa*w_star`",
            delta: "an angle between 0 and `pi`",
        },
        results=(
            Result("spurious_point", -kappa * w_star, -KAPPA * w_star, (w_star, k), "the degenerate critical point"),
            Result("spurious_loss", point, at_degenerate, (w_star, k), "population loss at the degenerate point"),
            Result(
                "cubic_descent",
                -unit * kappa / (pi * k) * cube,
                -unit * kappa / (3 * pi * k),
                (w_star, k),
                "rate of the loss in the cube of the angle, off the degenerate point",
            ),
        ),
        steps=tuple(step if step.frame else replace(step, frame=FRAME) for step in steps),
        conditions=(
            "`m >= 2`: for `Eq(m, 1)` the third point is a local minimum that is not global",
            "`k >= 2`: for `Eq(k, 1)` the third point falls into zero, which is then neither maximum nor minimum",
        ),
        remarks=(
            "Zero is a strict local maximum, the teacher the only minimum, and `-kappa*w_star` is a saddle "
            "with a positive semidefinite Hessian: the loss descends from it with the cube of the angle.",
        ),
    )
