"""The negative slope of leaky ReLU turns the degenerate saddle into a strict one, or removes it."""

from __future__ import annotations

from dataclasses import replace

from sympy import Derivative, Integer, Rational, S, atan, cos, pi, sin, sqrt

from relucert.symbolic.derivation import Calculus, Derivation, Identity, Result, Step
from relucert.symbolic.expressions import IDENTITY, Dot, Hessian, Norm
from relucert.symbolic.frames import between
from relucert.symbolic.models.leaky_non_overlapping import SLOPE, alpha, leaky_definition, leaky_gradient, leaky_loss
from relucert.symbolic.models.non_overlapping_hessian import normal_curvature, radial_curvature
from relucert.symbolic.models.non_overlapping_loss import (
    LAW,
    MEANINGS,
    NORMALISATION,
    PLANE,
    beta,
    gamma,
    k,
    theta,
    w,
    w_star,
    w_star_1,
    z,
)
from relucert.symbolic.models.non_overlapping_reduced import POLAR, REDUCED, C, r, reduced_loss
from relucert.symbolic.names import positive

s, t, kappa = positive("s"), positive("t"), positive("kappa_alpha")
bare = (1 - alpha) ** 2
PULL, PUSH = bare * C + 2 * pi * alpha, bare * (k - 1) - 2 * pi * alpha
KAPPA = PUSH / PULL

FRAME = POLAR.extended(definitions={kappa: KAPPA}, domains=SLOPE)
ON_THE_RAY = PLANE.extended(vectors={w: (-s * w_star_1, S.Zero)}, definitions={C: k - 1 + pi}, domains=SLOPE)


def derivation() -> Derivation:
    """Critical point −κ_α w* of the leaky network: k iid N(0, I_m) patches, average, no 1/2; ours (model: B&G 2017)."""
    scale, unit = Norm(w_star) / (pi * k), Norm(w_star) ** 2
    reduced = bare * reduced_loss(r, theta, k, w_star, C) + alpha / k * unit * (r**2 - 2 * r * cos(theta) + 1)
    across = bare * normal_curvature(k, kappa, pi, C) + 2 * alpha / k
    along = bare * radial_curvature(k, C) + 2 * alpha / k
    angular = (bare * (pi - theta) + 2 * pi * alpha) * sin(theta)
    threshold = 1 + pi - sqrt((1 + pi) ** 2 - 1)
    on_ray = unit / (2 * pi * k) * (PULL * (1 + s**2) - 2 * s * PUSH)
    spurious_loss = unit * (PULL - PUSH**2 / PULL) / (2 * pi * k)
    interior = FRAME.extended(definitions={theta: pi - 2 * atan(t)})
    steps = (
        Step(
            "distance in polar coordinates",
            Norm(w - w_star) ** 2,
            unit * (r**2 - 2 * r * cos(theta) + 1),
            "law of cosines",
        ),
        Step("reduced loss", leaky_loss(), reduced, "leaky-non-overlapping with non-overlapping-reduced put in"),
        Step(
            "slope in the angle", Derivative(reduced, theta) / r, unit * angular / (pi * k), "differentiate", Calculus()
        ),
        Step(
            "no critical points off the axis",
            angular,
            S.Zero,
            "strictly between the angles 0 and `pi` every factor is positive or a square",
            Identity(witness=(bare * 2 * atan(t) + 2 * pi * alpha) * 2 * t / (1 + t**2)),
            interior,
            ">",
        ),
        Step(
            "slope towards the teacher",
            Derivative(reduced, r).xreplace({theta: S.Zero}),
            unit * PULL * (r - 1) / (pi * k),
            "on the positive ray only the teacher is critical",
            Calculus(),
        ),
        Step(
            "slope on the negative ray",
            -Dot(leaky_gradient(), w_star) / Norm(w_star),
            scale * (PULL * s - PUSH),
            "leaky-non-overlapping gives the gradient; at `Eq(w, -s*w_star)` it is along the teacher",
            Identity(),
            ON_THE_RAY,
        ),
        Step(
            "critical length",
            (PULL * s - PUSH).xreplace({s: kappa}),
            S.Zero,
            "solve for `s`; a length needs to be positive",
        ),
        Step(
            "by the numbers of pairs",
            kappa,
            (bare * beta - alpha * k) / (bare * gamma + alpha * k),
            "multiply above and below by `k/(2*pi)`",
        ),
        Step("loss on the negative ray", leaky_loss(), on_ray, "at `Eq(w, -s*w_star)`", Identity(), ON_THE_RAY),
        Step(
            "loss at the critical length",
            on_ray.xreplace({s: kappa}),
            spurious_loss,
            "the lowest point of the parabola",
        ),
        Step(
            "Hessian of the distance",
            Hessian(Norm(w - w_star) ** 2, w),
            2 * IDENTITY,
            "so the Hessian is `(1 - alpha)**2` times that of non-overlapping-hessian, plus `2*alpha/k`",
            Calculus(),
            PLANE,
        ),
        Step(
            "curvature across",
            across,
            -2 * alpha / (k * kappa),
            "at `Eq(w, -kappa_alpha*w_star)`, where the sine is zero",
        ),
        Step(
            "strict saddle",
            -2 * alpha / (k * kappa),
            S.Zero,
            "for a positive slope and a positive length: a strict saddle for `m >= 2`",
            Identity(witness=2 * alpha / (k * kappa)),
            PLANE.extended(domains=SLOPE),
            "<",
        ),
        Step(
            "curvature along",
            along,
            S.Zero,
            "on the ray the point is a minimum",
            Identity(witness=bare * (k - 1 + pi) / (pi * k) + 2 * alpha / k),
            FRAME,
            ">",
        ),
        Step(
            "threshold for two patches",
            PUSH.xreplace({k: Integer(2)}),
            (alpha - threshold) * (alpha - 1 / threshold),
            "the two roots have the product 1: the point exists for slopes below the smaller root",
        ),
        Step(
            "the threshold is positive",
            threshold,
            S.Zero,
            "it is the inverse of the larger root: small slopes keep the point",
            Identity(witness=1 / (1 + pi + sqrt((1 + pi) ** 2 - 1))),
            relation=">",
        ),
        Step(
            "two patches and slope 1/8",
            PUSH.xreplace({k: Integer(2)}).xreplace({alpha: Rational(1, 8)}),
            S.Zero,
            "a counterexample: here the condition fails, and the teacher is the only critical point but zero",
            Identity(witness=pi / 4 - Rational(49, 64)),
            relation="<",
        ),
    )
    return Derivation(
        name="leaky-critical-point",
        title="The spurious critical point with leaky ReLU activation",
        source="ours, for the model of Brutzkus and Globerson 2017",
        law=LAW,
        normalisation=NORMALISATION,
        frame=REDUCED.extended(
            definitions={beta: PLANE.definitions[beta], gamma: PLANE.definitions[gamma], kappa: KAPPA},
            domains={alpha: between("1/50", "1/10")},
        ),
        meanings={
            **{name: meaning for name, meaning in MEANINGS.items() if name != z},
            alpha: "the slope of the activation on the negative side",
            C: "`k - 1 + pi`",
            r: "`Norm(w)/Norm(w_star)`",
            kappa: "`-kappa_alpha*w_star` is the critical point opposite to the teacher",
            s: "a length on the negative ray, over that of the teacher",
            t: "`theta` is `pi - 2*atan(t)`",
        },
        results=(
            Result(
                "spurious_point", -kappa * w_star, -KAPPA * w_star, (w_star, k, alpha), "the spurious critical point"
            ),
            Result(
                "spurious_loss",
                leaky_definition().xreplace({w: -KAPPA.xreplace({C: k - 1 + pi}) * w_star}),
                spurious_loss,
                (w_star, k, alpha),
                "population loss at the spurious critical point",
            ),
            Result(
                "curvature_across",
                across,
                -2 * alpha / (k * kappa),
                (k, alpha),
                "eigenvalue of the Hessian orthogonal to the teacher, at the spurious critical point",
            ),
        ),
        steps=tuple(step if step.frame else replace(step, frame=FRAME) for step in steps),
        conditions=(
            "`2*pi*alpha < (1 - alpha)**2*(k - 1)`: otherwise there is no critical point on the negative ray",
            "`alpha > 0`: for the slope zero the saddle is degenerate, see non-overlapping-critical-points",
            "`m >= 2`: for `Eq(m, 1)` there is no direction across, and the point is a local minimum",
        ),
        remarks=("For two patches the condition reads `alpha < 1 + pi - sqrt((1 + pi)**2 - 1)`, about 0.1225.",),
    )
