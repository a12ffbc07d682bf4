"""One step of gradient descent on the network without overlap as a map of two numbers: length and angle."""

from __future__ import annotations

from dataclasses import replace

from sympy import Expr, Integer, Limit, S, acos, atan, cos, pi, sin, sqrt

from relucert.symbolic.derivation import Argument, Calculus, Derivation, Identity, Result, Step
from relucert.symbolic.expressions import Angle, Dot, G, Gradient, Norm
from relucert.symbolic.frames import Frame, between
from relucert.symbolic.landscapes.non_overlapping_radial_angular import best, best_radius
from relucert.symbolic.models.non_overlapping_descent import (
    DESCENT,
    POLAR_STEP,
    SINE,
    SMALL_STEP,
    e,
    learning_rate,
    mu,
    next_filter,
    others,
    slack,
)
from relucert.symbolic.models.non_overlapping_descent import t as tangent
from relucert.symbolic.models.non_overlapping_gradient import closed_gradient
from relucert.symbolic.models.non_overlapping_loss import LAW, NORMALISATION, definition, k, theta, w, w_star
from relucert.symbolic.models.non_overlapping_reduced import REDUCED_MEANINGS, C, r
from relucert.symbolic.names import positive

along, across, h = positive("p"), positive("q"), positive("h")


def along_filter(r: Expr, theta: Expr, k: Expr, C: Expr, mu: Expr) -> Expr:
    """The part of the next filter along the filter, over the teacher's length."""
    return (1 - mu * C) * r + mu * (k - 1 + G(theta))


def across_filter(theta: Expr, mu: Expr) -> Expr:
    """The part of the next filter across the filter, towards the teacher, over the teacher's length."""
    return mu * (pi - theta) * sin(theta)


def derivation() -> Derivation:
    """(r, θ) → (r⁺, θ⁺) for w⁺ = w − λ∇ℓ(w), ℓ = E (f(x; w) − f(x; w*))², no 1/2; ours (model: B&G 2017)."""
    after = next_filter(w, w_star, k, r, theta, C, mu)
    unit = Norm(w_star)
    parts = {along: along_filter(r, theta, k, C, mu), across: across_filter(theta, mu)}
    frame = POLAR_STEP.extended(definitions={**parts, best: best_radius(k, theta, C)})
    free = Frame(domains={theta: between("1/10", 3), h: between("1/20", 1)})
    rest = (slack * pi * k + (pi - 1) * others) / ((1 + slack) * pi * k)
    next_angle = theta - atan(across / along)
    on_axis = {angle: frame.extended(definitions={theta: angle}) for angle in (S.Zero, pi)}
    moved = w - learning_rate * Gradient(definition(), w)
    steps = (
        Step(
            "gradient step",
            w - learning_rate * closed_gradient(),
            after,
            "by non-overlapping-descent",
        ),
        Step(
            "length after the step",
            Dot(after, after),
            unit**2 * (along**2 + across**2),
            "by non-overlapping-descent: `p` is the part along the filter and `q` the part across, over the teacher's "
            "length",
        ),
        Step(
            "part along the teacher",
            Dot(after, w_star) / unit**2,
            along * cos(theta) + across * sin(theta),
            "the two directions have the inner products `cos(theta)` and `sin(theta)` with the teacher's",
        ),
        Step(
            "part across the teacher",
            Dot(after, e) / unit,
            along * sin(theta) - across * cos(theta),
            "`e` is the unit vector orthogonal to the teacher on the side of `w`",
        ),
        Step(
            "the part along the filter is positive",
            along_filter(r, theta, k, C, mu) - mu * G(theta),
            S.Zero,
            "for a learning rate up to 1; `G(theta)` is positive below `pi`, by non-overlapping-descent",
            Identity(witness=rest * r + mu * others),
            SMALL_STEP,
            ">=",
        ),
        Step(
            "the part across is positive",
            across_filter(theta, mu),
            S.Zero,
            "strictly between the angles 0 and `pi`, where `Eq(sin(theta), 2*t/(1 + t**2))`",
            Identity(witness=mu * 2 * atan(tangent) * SINE),
            SMALL_STEP,
            ">",
        ),
        Step(
            "a single cosine",
            (cos(theta) + h * sin(theta)) / sqrt(1 + h**2),
            cos(theta - atan(h)),
            "addition theorem: with `Eq(h, q/p)` it is the cosine of the angle after the step",
            Identity(),
            free,
        ),
        Step(
            "angle after the step",
            acos((along * cos(theta) + across * sin(theta)) / sqrt(along**2 + across**2)),
            next_angle,
            "the cosine is one to one on `[0, pi]`; the filter turns by less than a right angle towards the teacher "
            "and, by non-overlapping-descent, not past it",
            Argument(
                special_cases=(
                    {theta: pi / 2, along: S.One, across: S.One},
                    {theta: pi / 3, along: sqrt(3), across: S.One},
                    {theta: 2 * pi / 3, along: S.One, across: sqrt(3)},
                    {theta: 3 * pi / 4, along: S.One, across: S.One},
                )
            ),
            Frame(domains={theta: between("8/5", 3), along: between(1, 2), across: between("1/10", 1)}),
        ),
        Step(
            "pull on the length",
            along - best,
            (1 - mu * C) * (r - best),
            "`r_best` is the length that minimises the loss at the angle, by non-overlapping-radial-angular: the part "
            "along the filter is nearer to it by the same factor at every angle",
        ),
        Step(
            "on the teacher's ray",
            along - 1,
            (1 - mu * C) * (r - 1),
            "at the angle zero the part across vanishes: a linear map with the teacher as its fixed point",
            frame=on_axis[S.Zero],
        ),
        Step(
            "opposite to the teacher",
            along - (k - 1) / C,
            (1 - mu * C) * (r - (k - 1) / C),
            "at the angle `pi` the part across vanishes too: the fixed point is the degenerate critical point",
            frame=on_axis[pi],
        ),
        Step(
            "turn near the teacher's ray",
            Limit(across_filter(theta, mu) / theta, theta, 0, "+"),
            mu * pi,
            "the part across is linear in small angles",
            Calculus(),
        ),
        Step(
            "rate of the angle at the teacher",
            1 - mu * pi,
            1 - learning_rate / k,
            "so with `Eq(r, 1)`, where the part along is 1, small angles shrink by this factor",
        ),
        Step(
            "a larger step expands",
            (1 - mu * C).xreplace({mu: 2 * (1 + slack) / C}) ** 2,
            S.One,
            "for a learning rate from `2*pi*k/C` on, written `Eq(mu*C, 2*(1 + slack))`, the length does not converge "
            "on the teacher's ray",
            Identity(witness=4 * slack * (1 + slack)),
            relation=">=",
        ),
        Step(
            "one step for one patch",
            (1 - mu * C).xreplace({C: k - 1 + pi}).xreplace({k: Integer(1), mu: learning_rate / pi}),
            1 - learning_rate,
            "for `Eq(k, 1)` and the learning rate 1 the part along the filter is `r_best` after one step",
        ),
    )
    return Derivation(
        name="non-overlapping-reduced-descent",
        title="Gradient descent without overlap as a map of length and angle",
        source="ours, for the model of Brutzkus and Globerson 2017",
        law=LAW,
        normalisation=NORMALISATION,
        frame=DESCENT.extended(definitions={**parts, best: best_radius(k, theta, C)}),
        meanings={
            **REDUCED_MEANINGS,
            learning_rate: "the factor of the gradient in one step",
            mu: "`learning_rate/(pi*k)`",
            along: "the part of the next filter along the filter, over `Norm(w_star)`",
            across: "the part of the next filter across the filter, towards the teacher, over `Norm(w_star)`",
            h: "`q/p`, the tangent of the turn",
            best: "the length, over `Norm(w_star)`, that minimises the loss at the angle `theta`",
            e: "the unit vector orthogonal to `w_star` on the side of `w`",
            tangent: "`theta` is `pi - 2*atan(t)`",
            slack: "a number that is not negative; the learning rate is `1/(1 + slack)` for small steps",
            others: "`k - 1`",
        },
        results=(
            Result(
                "next_square",
                Dot(moved, moved) / unit**2,
                along**2 + across**2,
                (w, w_star, k, learning_rate),
                "square of `r` after a step",
            ),
            Result(
                "next_angle",
                Angle(w - learning_rate * closed_gradient(), w_star),
                next_angle,
                (w, w_star, k, learning_rate),
                "angle after a step",
            ),
        ),
        steps=tuple(step if step.frame else replace(step, frame=frame) for step in steps),
        conditions=(
            "`Norm(w) > 0`: at zero there is no gradient",
            "`learning_rate <= 1`: larger steps may turn the filter over, and then the angle has another formula",
        ),
        remarks=("The two numbers after a step depend on nothing but the two numbers before it: a map of the plane.",),
    )
