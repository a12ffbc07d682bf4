"""One step of gradient descent on the loss of the convolutional network without overlap."""

from __future__ import annotations

from dataclasses import replace

from sympy import Expr, Integral, S, atan, cos, pi, sin

from relucert.symbolic.derivation import Argument, Calculus, Derivation, Identity, Result, Step
from relucert.symbolic.expressions import Dot, G, Gradient, Norm
from relucert.symbolic.kernels.relu_kernel_hessian import normal
from relucert.symbolic.models.non_overlapping_gradient import closed_gradient
from relucert.symbolic.models.non_overlapping_loss import LAW, NORMALISATION, definition, k, theta, w, w_star, w_star_1
from relucert.symbolic.models.non_overlapping_reduced import POLAR, REDUCED, REDUCED_MEANINGS, C, r
from relucert.symbolic.names import nonnegative, positive, real, vector

learning_rate, mu, unit = positive("learning_rate"), positive("mu"), Norm(w_star)
a, b, e = positive("a"), positive("b"), vector("e")
phi, radius, goal, share = real("phi"), positive("radius"), positive("goal"), positive("share")
# what the witnesses of the inequalities are written in
t, slack, gap, others = positive("t"), nonnegative("slack"), nonnegative("gap"), nonnegative("others")

DESCENT = REDUCED.extended(definitions={mu: learning_rate / (pi * k)})
POLAR_STEP = POLAR.extended(definitions={mu: learning_rate / (pi * k)}, vectors={e: (S.Zero, S.One)})
# theta = pi - 2*atan(t) runs through the open interval from 0 to pi, and there sin(theta) = 2*t/(1 + t**2)
INSIDE = pi - 2 * atan(t)
INTERIOR = POLAR_STEP.extended(
    definitions={theta: INSIDE},
    vectors={w: (r * w_star_1 * cos(INSIDE), r * w_star_1 * sin(INSIDE))},
)
SINE = 2 * t / (1 + t**2)
# every number of patches k = 1 + others and every learning rate 1/(1 + slack) up to 1
SMALL_STEP = INTERIOR.extended(definitions={k: 1 + others, learning_rate: 1 / (1 + slack)})


def filter_coefficient(k: Expr, r: Expr, theta: Expr, C: Expr, mu: Expr) -> Expr:
    """The coefficient of w in the next filter."""
    return 1 - mu * C + mu * (k - 1 + sin(theta)) / r


def next_filter(w: Expr, w_star: Expr, k: Expr, r: Expr, theta: Expr, C: Expr, mu: Expr) -> Expr:
    """w − λ ∇ℓ(w)."""
    return filter_coefficient(k, r, theta, C, mu) * w + mu * (pi - theta) * w_star


def derivation() -> Derivation:
    """w − λ∇ℓ(w), ℓ = E (f(x; w) − f(x; w*))²: k iid N(0, I_m) patches, average, no 1/2; ours (model: B&G 2017)."""
    after = next_filter(w, w_star, k, r, theta, C, mu)
    own = filter_coefficient(k, r, theta, C, mu)
    along = unit * ((1 - mu * C) * r + mu * (k - 1 + G(theta)))
    across = unit * mu * (pi - theta) * sin(theta)
    rest = (slack * pi * k + (pi - 1) * others) / ((1 + slack) * pi * k)
    mixed = a * w + b * w_star
    steps = (
        Step(
            "gradient step",
            w - learning_rate * closed_gradient(),
            after,
            "non-overlapping-gradient gives the gradient; `Eq(Norm(w), r*Norm(w_star))`",
        ),
        Step("part along the filter", Dot(after, w) / Norm(w), along, "project on `w`; the two last terms make up `G`"),
        Step(
            "part across the filter",
            Dot(after, normal(w, w_star, theta)),
            across,
            "project on the unit normal towards the teacher",
        ),
        Step(
            "squared length",
            Dot(after, after),
            along**2 + across**2,
            "the next filter lies in the plane of `w` and `w_star`, where the two parts are orthogonal",
        ),
        Step(
            "size of the step",
            S.One,
            mu * C,
            "for a learning rate up to 1, since `Eq(pi*k - C, (pi - 1)*(k - 1))` is not negative",
            Identity(witness=rest),
            SMALL_STEP,
            ">=",
        ),
        Step(
            "the filter's coefficient is positive",
            own,
            S.Zero,
            "by the step before, and `sin(theta)` is positive between 0 and `pi`",
            Identity(witness=rest + mu * (others + SINE) / r),
            SMALL_STEP,
            ">",
        ),
        Step(
            "cotangent of a combination",
            Dot(mixed, w_star) / (unit * Dot(mixed, e)),
            cos(theta) / sin(theta) + b / (a * r * sin(theta)),
            "for coefficients `a > 0` and `b > 0`; `e` is the unit vector orthogonal to `w_star` on the side of `w`",
        ),
        Step(
            "the combination stays on its side",
            Dot(mixed, e),
            S.Zero,
            "so the cotangent of its angle with the teacher is the quotient of the step before",
            Identity(witness=a * r * unit * SINE),
            INTERIOR,
            ">",
        ),
        Step(
            "the angle decreases",
            Dot(mixed, w_star) / (unit * Dot(mixed, e)),
            cos(theta) / sin(theta),
            "the cotangent grows, so the angle with the teacher falls; for the gradient step `a` is the filter's "
            "coefficient and `Eq(b, mu*(pi - theta))`, both positive for a learning rate up to 1",
            Identity(witness=b / (a * r * SINE)),
            INTERIOR,
            ">",
        ),
        Step(
            "G as an integral",
            Integral((pi - phi) * sin(phi), (phi, theta, pi)),
            G(theta),
            "`Eq(Derivative(G(phi), phi), -(pi - phi)*sin(phi))` and `Eq(G(pi), 0)`",
            Calculus(primitive=-G(phi)),
        ),
        Step(
            "G is positive",
            Integral((pi - phi) * sin(phi), (phi, theta, pi)),
            S.Zero,
            "the integrand is positive between `theta` and `pi`",
            Argument(),
            relation=">",
        ),
        Step(
            "convex combination",
            along / unit - mu * G(theta),
            (1 - mu * C) * r + mu * C * ((k - 1) / C),
            "without the positive term in `G`, the part along the filter lies between `r` and `(k - 1)/C`",
        ),
        Step(
            "below the goal",
            (1 - share) * radius + share * goal,
            radius,
            "when `radius <= goal`, with a share in `[0, 1]`",
            Identity(witness=share * gap),
            POLAR.extended(definitions={goal: radius + gap}),
            ">=",
        ),
        Step(
            "above the goal",
            (1 - share) * radius + share * goal,
            goal,
            "when `radius >= goal`",
            Identity(witness=slack / (1 + slack) * gap),
            POLAR.extended(definitions={radius: goal + gap, share: 1 / (1 + slack)}),
            ">=",
        ),
        Step(
            "length from the part along the filter",
            Dot(after, after),
            along**2,
            "the part across only adds; so the next length over `Norm(w_star)` is at least the smaller one of `r` and "
            "`(k - 1)/C`",
            Identity(witness=across**2),
            relation=">=",
        ),
    )
    return Derivation(
        name="non-overlapping-descent",
        title="Gradient descent for a convolutional network without overlap",
        source="ours, for the model of Brutzkus and Globerson 2017",
        law=LAW,
        normalisation=NORMALISATION,
        frame=DESCENT,
        meanings={
            **REDUCED_MEANINGS,
            learning_rate: "the factor of the gradient in one step",
            mu: "`learning_rate/(pi*k)`",
            a: "a positive coefficient",
            b: "a positive coefficient",
            e: "the unit vector orthogonal to `w_star` on the side of `w`",
            share: "a number in `[0, 1]`, here `mu*C`",
            radius: "here `r`",
            goal: "here `(k - 1)/C`",
            t: "`theta` is `pi - 2*atan(t)`",
            slack: "the learning rate, or the share, is `1/(1 + slack)`",
            others: "`k - 1`",
            gap: "the distance of `radius` and `goal`",
        },
        results=(
            Result(
                "next_filter",
                w - learning_rate * Gradient(definition(), w),
                after,
                (w, w_star, k, learning_rate),
                "the filter after one step of gradient descent",
            ),
        ),
        steps=tuple(step if step.frame else replace(step, frame=POLAR_STEP) for step in steps),
        conditions=(
            "`Norm(w) > 0`: at zero there is no gradient",
            "`learning_rate <= 1`: for the angle to decrease and the length to stay above the smaller one of `r` and "
            "`(k - 1)/C`",
        ),
        remarks=(
            "A start with `theta < pi` keeps an angle below `pi`, and its angle decreases in every step.",
            "For `Eq(k, 1)` the bound on the length is zero: it says nothing.",
        ),
    )
