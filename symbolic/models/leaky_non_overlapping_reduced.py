"""The leaky network without overlap in polar coordinates: loss, gradient, Hessian and one step of gradient descent."""

from __future__ import annotations

from dataclasses import replace

from sympy import Derivative, Expr, S, atan, cos, pi, sin

from relucert.symbolic.derivation import Calculus, Derivation, Identity, Result, Step
from relucert.symbolic.expressions import IDENTITY, Apply, Dot, G, Gradient, Hessian, Norm
from relucert.symbolic.kernels.relu_kernel_hessian import normal
from relucert.symbolic.models.leaky_non_overlapping import SLOPE, alpha, leaky_definition, leaky_gradient, leaky_loss
from relucert.symbolic.models.non_overlapping_descent import POLAR_STEP, SINE, e, learning_rate, mu, others
from relucert.symbolic.models.non_overlapping_descent import t as tangent
from relucert.symbolic.models.non_overlapping_hessian import (
    POLAR_SPACE,
    hessian,
    normal_curvature,
    outer_curvature,
    radial_curvature,
)
from relucert.symbolic.models.non_overlapping_hessian import e as outward
from relucert.symbolic.models.non_overlapping_loss import LAW, NORMALISATION, k, theta, w, w_star, w_star_1
from relucert.symbolic.models.non_overlapping_reduced import REDUCED, REDUCED_MEANINGS, C, r, reduced_loss
from relucert.symbolic.names import positive

A, B, y = positive("A"), positive("B"), positive("y")  # the two coefficients that the slope changes
bare = (1 - alpha) ** 2
COEFFICIENTS = {A: bare * C + 2 * pi * alpha, B: bare * (pi - theta) + 2 * pi * alpha}
unit = Norm(w_star)


def leaky_reduced_loss() -> Expr:
    """The loss in (r, θ)."""
    product = bare * (k - 1 + G(theta)) + 2 * pi * alpha * cos(theta)
    return unit**2 * (A * (1 + r**2) - 2 * r * product) / (2 * pi * k)


def leaky_cartesian_gradient() -> Expr:
    """The gradient as a combination of w and w*."""
    return ((A - bare * (k - 1 + sin(theta)) / r) * w - B * w_star) / (pi * k)


def leaky_next_filter() -> Expr:
    """w − λ ∇ℓ(w)."""
    return (1 - mu * A + mu * bare * (k - 1 + sin(theta)) / r) * w + mu * B * w_star


def leaky_hessian() -> Expr:
    """Second derivatives, 0 < θ < π."""
    return bare * hessian(w, w_star, k, r, theta, C) + 2 * alpha / k * IDENTITY


def derivation() -> Derivation:
    """ℓ, ∇ℓ, ∇²ℓ and w − λ∇ℓ of E (f(x; w) − f(x; w*))², leaky_α(w·x_i) averaged over k patches, no 1/2; ours."""
    polar = POLAR_STEP.extended(definitions=COEFFICIENTS, domains=SLOPE)
    space = POLAR_SPACE.extended(definitions=COEFFICIENTS, domains=SLOPE)
    inserted = bare * reduced_loss(r, theta, k, w_star, C) + alpha / k * Norm(w - w_star) ** 2
    loss, gradient, after = leaky_reduced_loss(), leaky_cartesian_gradient(), leaky_next_filter()
    product = bare * (k - 1 + G(theta)) + 2 * pi * alpha * cos(theta)
    along, across = unit * (A * r - product) / (pi * k), unit * B * sin(theta) / (pi * k)
    next_along, next_across = (1 - mu * A) * r + mu * product, mu * B * sin(theta)
    n = normal(w, w_star, theta)
    outer = (A - bare * (k - 1 + sin(theta)) / r) / (pi * k)
    inside = pi - 2 * atan(tangent)
    # theta = pi - 2*atan(t) and mu*A = 1/(1 + y)
    interior = polar.extended(
        vectors={w: (r * w_star_1 * cos(inside), r * w_star_1 * sin(inside))},
        definitions={theta: inside, mu: 1 / ((1 + y) * A)},
    )
    own = 1 - mu * A + mu * bare * (k - 1 + sin(theta)) / r
    turn = mu * B
    steps = (
        Step("insert", leaky_loss(), inserted, "leaky-non-overlapping, with non-overlapping-reduced for ReLU"),
        Step(
            "square of the distance",
            Norm(w - w_star) ** 2,
            unit**2 * (1 + r**2 - 2 * r * cos(theta)),
            "law of cosines",
        ),
        Step(
            "collect",
            inserted,
            loss,
            "the slope adds `2*pi*alpha` to one coefficient and a cosine to the other",
            Identity(inserting=("square of the distance",)),
        ),
        Step("slope in the radius", Derivative(loss, r), unit * along, "differentiate", Calculus()),
        Step("slope in the angle", Derivative(loss, theta) / r, unit * across, "differentiate", Calculus()),
        Step(
            "gradient in the two filters",
            leaky_gradient(),
            gradient,
            "leaky-non-overlapping, with `Eq(Norm(w), r*Norm(w_star))` put in",
        ),
        Step(
            "component along the filter",
            Dot(leaky_gradient(), w) / Norm(w),
            along,
            "project; it agrees with the slope in the radius over `Norm(w_star)`",
        ),
        Step(
            "component across the filter",
            Dot(leaky_gradient(), n),
            -across,
            "project on the unit normal towards the teacher; it agrees with the slope in the angle",
        ),
        Step(
            "Hessian of the square of the distance",
            Hessian(Dot(w, w) - 2 * Dot(w, w_star) + Dot(w_star, w_star), w),
            2 * IDENTITY,
            "so the Hessian is `(1 - alpha)**2` times that of non-overlapping-hessian, plus `2*alpha/k`",
            Calculus(),
            REDUCED,
        ),
        Step(
            "along the filter",
            bare * radial_curvature(k, C) + 2 * alpha / k,
            A / (pi * k),
            "the identity does not change the eigenvectors of non-overlapping-hessian: `w` is one",
        ),
        Step(
            "across the filter in the plane",
            bare * normal_curvature(k, r, theta, C) + 2 * alpha / k,
            (A - bare * (k - 1 + 2 * sin(theta)) / r) / (pi * k),
            "the normal is another",
        ),
        Step(
            "out of the plane",
            bare * outer_curvature(k, r, theta, C) + 2 * alpha / k,
            outer,
            "the rest are orthogonal to both filters",
        ),
        Step(
            "out of the plane as a vector",
            Dot(outward, Apply(leaky_hessian(), outward)),
            outer,
            "the same from the matrix",
            frame=space,
        ),
        Step(
            "gradient step",
            w - learning_rate * leaky_gradient(),
            after,
            "insert the gradient",
        ),
        Step(
            "part along the filter",
            Dot(after, w) / Norm(w),
            unit * next_along,
            "project on `w`",
        ),
        Step(
            "part across the filter",
            Dot(after, n),
            unit * next_across,
            "project on the unit normal; there is no other part, so the two squares add up to that of the length",
        ),
        Step(
            "the filter's coefficient is positive",
            own,
            S.Zero,
            "for a step with `Eq(mu*A, 1/(1 + y))`, and `Eq(theta, pi - 2*atan(t))`",
            Identity(witness=y / (1 + y) + bare * (k - 1 + SINE) / (r * (1 + y) * (bare * C + 2 * pi * alpha))),
            interior.extended(definitions={k: 1 + others}),
            ">",
        ),
        Step(
            "cotangent of the angle after the step",
            Dot(after, w_star) / (unit * Dot(after, e)),
            cos(theta) / sin(theta) + turn / (own * r * sin(theta)),
            "`e` is the unit vector orthogonal to `w_star` on the side of `w`; both terms are positive, so the "
            "cotangent grows and the angle with the teacher falls, as for ReLU in non-overlapping-descent",
        ),
        Step(
            "the turn grows with the slope",
            B - (1 - alpha) ** 2 * (pi - theta),
            2 * pi * alpha,
            "at the angle `pi` the step of ReLU does not see the teacher, that of leaky ReLU does",
        ),
    )
    arguments = (w, w_star, k, alpha)
    return Derivation(
        name="leaky-non-overlapping-reduced",
        title="The leaky network without overlap in polar coordinates, and its gradient descent",
        source="ours, for the model of Brutzkus and Globerson 2017",
        law=LAW,
        normalisation=NORMALISATION,
        frame=REDUCED.extended(definitions={mu: learning_rate / (pi * k), **COEFFICIENTS}, domains=SLOPE),
        meanings={
            **REDUCED_MEANINGS,
            alpha: "the slope of the activation on the negative side, in `[0, 1]`",
            A: "`(1 - alpha)**2*C + 2*pi*alpha`",
            B: "`(1 - alpha)**2*(pi - theta) + 2*pi*alpha`",
            learning_rate: "the factor of the gradient in one step",
            mu: "`learning_rate/(pi*k)`",
            e: "a unit vector orthogonal to `w_star`: on the side of `w`, or for the Hessian orthogonal to `w` too",
            tangent: "`theta` is `pi - 2*atan(t)`",
            y: "a positive number",
            others: "`k - 1`",
        },
        results=(
            Result("loss", leaky_definition(), loss, arguments, "population loss by length and angle"),
            Result("gradient", Gradient(leaky_definition(), w), gradient, arguments, "gradient in `w`"),
            Result("hessian", Hessian(leaky_definition(), w), leaky_hessian(), arguments, "Hessian in `w`"),
            Result(
                "next_filter",
                w - learning_rate * Gradient(leaky_definition(), w),
                after,
                (*arguments, learning_rate),
                "the filter after one step of gradient descent",
            ),
        ),
        steps=tuple(step if step.frame else replace(step, frame=polar) for step in steps),
        conditions=(
            "`alpha <= 1`, from zero on: zero is ReLU, one is the linear network",
            "`Norm(w) > 0`: at zero there is no gradient",
            "for the Hessian the angle is neither 0 nor `pi`: there it is the limit",
        ),
        remarks=(
            "For the angle to fall in every step it is enough that `mu*A < 1`; for ReLU this is so for learning rates "
            "up to 1.",
        ),
    )
