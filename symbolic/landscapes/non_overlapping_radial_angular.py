"""The loss of the network without overlap falls with the angle at every length, and is a parabola in the length."""

from __future__ import annotations

from dataclasses import replace

from sympy import Derivative, Expr, Integral, S, atan, pi, sin

from relucert.symbolic.derivation import Argument, Calculus, Derivation, Identity, Result, Step
from relucert.symbolic.expressions import G, Norm
from relucert.symbolic.models.non_overlapping_loss import LAW, NORMALISATION, definition, k, theta, w, w_star
from relucert.symbolic.models.non_overlapping_reduced import POLAR, REDUCED, REDUCED_MEANINGS, C, r, reduced_loss
from relucert.symbolic.names import nonnegative, positive, real

best, phi, t, others = positive("r_best"), real("phi"), positive("t"), nonnegative("others")


def best_radius(k: Expr, theta: Expr, C: Expr) -> Expr:
    """The length, in units of the teacher's, that minimises the loss at an angle."""
    return (k - 1 + G(theta)) / C


def profile(k: Expr, theta: Expr, w_star: Expr, C: Expr) -> Expr:
    """The least loss at an angle."""
    return Norm(w_star) ** 2 * (C - (k - 1 + G(theta)) ** 2 / C) / (2 * pi * k)


def derivation() -> Derivation:
    """ℓ(r, θ) of E (f(x; w) − f(x; w*))²: parabola in r, increasing in θ; k iid N(0, I_m) patches, no 1/2 (ours)."""
    loss = reduced_loss(r, theta, k, w_star, C)
    least = profile(k, theta, w_star, C)
    scale = Norm(w_star) ** 2 / (pi * k)
    slope = scale * (pi - theta) * sin(theta)
    missing = Integral((pi - phi) * sin(phi), (phi, 0, theta))
    # theta = pi - 2*atan(t) runs through the open interval from 0 to pi, and there sin(theta) = 2*t/(1 + t**2)
    interior = POLAR.extended(definitions={theta: pi - 2 * atan(t), k: 1 + others, best: (others + G(theta)) / C})
    steps = (
        Step(
            "complete the square",
            loss,
            least + Norm(w_star) ** 2 * C * (r - best) ** 2 / (2 * pi * k),
            "non-overlapping-reduced gives the loss; as a function of `r` it is a parabola with its lowest point at "
            "`r_best`",
        ),
        Step(
            "above the profile",
            loss,
            least,
            "the square is not negative",
            Identity(witness=Norm(w_star) ** 2 * C * (r - best) ** 2 / (2 * pi * k)),
            relation=">=",
        ),
        Step("slope in the angle", Derivative(loss, theta) / r, slope, "differentiate", Calculus()),
        Step("free of the length", Derivative(slope, r), S.Zero, "`r` does not occur", Calculus()),
        Step(
            "increasing in the angle",
            slope,
            S.Zero,
            "strictly between the angles 0 and `pi` both factors are positive",
            Identity(witness=scale * 2 * atan(t) * 2 * t / (1 + t**2)),
            interior,
            ">",
        ),
        Step(
            "slope of the profile",
            Derivative(least, theta),
            best * slope,
            "differentiate: the profile has the slope of the loss at the best length",
            Calculus(),
        ),
        Step(
            "what G misses",
            missing,
            pi - G(theta),
            "`Eq(Derivative(G(phi), phi), -(pi - phi)*sin(phi))` and `Eq(G(0), pi)`",
            Calculus(primitive=-G(phi)),
        ),
        Step(
            "profile as a product",
            least,
            Norm(w_star) ** 2 * (pi - G(theta)) * (C + k - 1 + G(theta)) / (2 * pi * k * C),
            "a difference of squares, with `Eq(C, k - 1 + pi)`",
        ),
        Step(
            "positive off the teacher's ray",
            missing,
            S.Zero,
            "the integrand is positive: so the profile vanishes at angle zero only, and the loss at the teacher only",
            Argument(),
            relation=">",
        ),
    )
    return Derivation(
        name="non-overlapping-radial-angular",
        title="Length and angle in the landscape of a convolutional network without overlap",
        source="ours, for the model of Brutzkus and Globerson 2017",
        law=LAW,
        normalisation=NORMALISATION,
        frame=REDUCED.extended(definitions={best: best_radius(k, theta, C)}),
        meanings={
            **REDUCED_MEANINGS,
            best: "the length, over `Norm(w_star)`, that minimises the loss at the angle `theta`",
            t: "`theta` is `pi - 2*atan(t)`",
            others: "`k - 1`",
        },
        results=(
            Result(
                "loss",
                definition(),
                least + Norm(w_star) ** 2 * C * (r - best) ** 2 / (2 * pi * k),
                (w, w_star, k),
                "least loss at the angle plus a square",
            ),
            Result(
                "profile", reduced_loss(best, theta, k, w_star, C), least, (w, w_star, k), "least loss at the angle"
            ),
        ),
        steps=tuple(
            step if step.frame else replace(step, frame=POLAR.extended(definitions={best: best_radius(k, theta, C)}))
            for step in steps
        ),
        conditions=("`Norm(w) > 0`: at zero there is no angle",),
        remarks=(
            "The slope in the angle vanishes at the angles 0 and `pi` only, so all critical points but zero lie on the "
            "line through the teacher.",
        ),
    )
