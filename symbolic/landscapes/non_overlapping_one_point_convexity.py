"""The inner product of the gradient with the error, for the network without overlap: positive up to a right angle."""

from __future__ import annotations

from dataclasses import replace

from sympy import Expr, Integer, Integral, Rational, S, atan, cos, pi, sin

from relucert.symbolic.derivation import Argument, Derivation, Identity, Result, Step
from relucert.symbolic.expressions import Dot, Gradient, Norm
from relucert.symbolic.frames import Frame, between
from relucert.symbolic.models.non_overlapping_gradient import closed_gradient
from relucert.symbolic.models.non_overlapping_loss import LAW, NORMALISATION, definition, k, theta, w, w_star
from relucert.symbolic.models.non_overlapping_reduced import POLAR, REDUCED, REDUCED_MEANINGS, C, r
from relucert.symbolic.models.single_neuron import quadratic_form
from relucert.symbolic.names import nonnegative, positive

lag, sine, left, y, t = nonnegative("lag"), positive("s"), nonnegative("left"), nonnegative("y"), positive("t")
room, kappa = nonnegative("room"), positive("kappa")
LAG = (k - 1) * (1 - cos(theta)) + sin(theta) - theta * cos(theta)
KAPPA = (k - 1) / (k - 1 + pi)


def inner_product(w_star: Expr, r: Expr, theta: Expr, k: Expr, C: Expr, lag: Expr) -> Expr:
    """⟨∇ℓ(w), w − w*⟩ in (r, θ)."""
    along = r - cos(theta)
    return Norm(w_star) ** 2 * ((C * along - lag) * along + (pi - theta) * sin(theta) ** 2) / (pi * k)


def derivation() -> Derivation:
    """⟨∇ℓ(w), w − w*⟩ for ℓ = E (f(x; w) − f(x; w*))²: k iid N(0, I_m) patches, no 1/2; ours (model: B&G 2017)."""
    unit = Norm(w_star) ** 2
    product = inner_product(w_star, r, theta, k, C, lag)
    at_right_angle = unit * (C * r**2 - k * r + pi / 2) / (pi * k)
    frame = POLAR.extended(definitions={lag: LAG})
    # tan(theta/2) = 1/(1 + y) is at most 1: every angle up to a right one
    tangent = 1 / (1 + y)
    # the lag is k*sine - left, and pi - theta is pi/2 + room
    abstract = Frame(definitions={sine: (lag + left) / k, C: k - 1 + pi})
    spare = 64 - 14 * pi - 2 * pi**2  # of 64 over 2 pi C, for eight patches
    lead = pi * k / unit * 4 * C
    steps = (
        Step(
            "inner product",
            Dot(closed_gradient(), w - w_star),
            product,
            "non-overlapping-gradient in polar coordinates; `r - cos(theta)` is the component of `w - w_star` along "
            "the teacher when `w` is turned onto it, and `lag` collects what is left of the linear term",
        ),
        Step(
            "on the teacher's ray",
            product,
            unit * C * (r - 1) ** 2 / (pi * k),
            "at the angle zero: positive but for the teacher",
            frame=frame.extended(definitions={theta: S.Zero}),
        ),
        Step(
            "the lag",
            lag - (k - 1) * (1 - cos(theta)),
            Integral(t * sin(t), (t, 0, theta)),
            "an integral of something positive, so the lag is not negative",
            Argument(),
        ),
        Step(
            "complete the square",
            lead * product,
            (2 * C * (r - cos(theta)) - lag) ** 2 + 4 * C * (pi - theta) * sin(theta) ** 2 - lag**2,
            "so at an angle the inner product is positive for every length when what the square leaves is positive",
        ),
        Step(
            "the lag up to a right angle",
            k * sin(theta) - lag,
            S.Zero,
            "with `Eq(tan(theta/2), 1/(1 + y))`: there the cosine is not negative, and `1 - cos(theta)` is at most "
            "`sin(theta)`",
            Identity(
                witness=((k - 1) * 2 * tangent * y / (1 + y) + theta * y * (2 + y) / (1 + y) ** 2) / (1 + tangent**2)
            ),
            Frame(definitions={lag: LAG, k: 1 + room, theta: 2 * atan(tangent)}, domains={y: between(0, 8)}),
            ">=",
        ),
        Step(
            "what the square leaves",
            4 * C * (pi / 2 + room) * sine**2 - lag**2,
            (2 * pi * C - k**2) * sine**2,
            "with `s` for the sine, `Eq(pi - theta, pi/2 + room)` and `Eq(lag, k*s - left)`, where `room` and `left` "
            "are not negative by the step before",
            Identity(witness=4 * (k - 1 + pi) * room * (lag + left) ** 2 / k**2 + left * (2 * lag + left)),
            abstract,
            ">=",
        ),
        Step(
            "up to seven patches",
            2 * pi * C - k**2,
            S.Zero,
            "for `k <= 7`, written `Eq(k, 1 + 6/(1 + y))`: so the inner product is positive up to a right angle, but "
            "for the teacher",
            Identity(
                witness=(6 / (1 + y) + 8 - 2 * pi) * 6 * y / (1 + y) + 2 * pi**2 + 12 * pi - 49,
            ),
            Frame(definitions={k: 1 + 6 / (1 + y), C: k - 1 + pi}),
            ">",
        ),
        Step(
            "one patch",
            Dot(closed_gradient(), w - w_star).xreplace({k: Integer(1)}),
            quadratic_form(Norm(w), Norm(w_star)) / pi,
            "twice the inner product in single-neuron, which has the factor 1/2: positive for every angle",
            frame=POLAR.extended(definitions={C: pi, k: Integer(1)}),
        ),
        Step(
            "right angle",
            product,
            at_right_angle,
            "the lag is `k` there; a parabola in the length",
            frame=frame.extended(definitions={theta: pi / 2}),
        ),
        Step(
            "least at a right angle",
            at_right_angle.xreplace({r: k / (2 * C)}),
            unit * (2 * pi * C - k**2) / (4 * pi * k * C),
            "its lowest point is at `Eq(r, k/(2*C))`",
        ),
        Step(
            "eight patches and more",
            2 * pi * C - k**2,
            S.Zero,
            "for `k >= 8`, written `Eq(k, 8 + y)`: the statement for angles up to a right one is false for them",
            Identity(witness=spare * (1 + y * (16 - 2 * pi) / spare + y**2 / spare)),
            Frame(definitions={k: 8 + y, C: k - 1 + pi}),
            "<",
        ),
        Step(
            "eight patches",
            at_right_angle.xreplace({k: Integer(8), r: Rational(2, 5), C: 7 + pi}),
            unit * (Rational(33, 50) * pi - Rational(52, 25)) / (8 * pi),
            "a counterexample: at a right angle and two fifths of the teacher's length",
        ),
        Step(
            "negative for eight patches",
            Rational(33, 50) * pi,
            Rational(52, 25),
            "so the descent direction leads away from the teacher there",
            Identity(witness=Rational(52, 25) - Rational(33, 50) * pi),
            relation="<",
        ),
        Step(
            "opposite to the teacher",
            product,
            unit * C * (r + 1) * (r - kappa) / (pi * k),
            "at the angle `pi`: negative for `r < kappa`, which leaves no length for one patch only; so for `k >= 2` "
            "the inner product is not positive everywhere",
            frame=frame.extended(definitions={theta: pi, kappa: KAPPA}),
        ),
    )
    return Derivation(
        name="non-overlapping-one-point-convexity",
        title="The gradient of a convolutional network without overlap against the error",
        source="ours, for the model of Brutzkus and Globerson 2017",
        law=LAW,
        normalisation=NORMALISATION,
        frame=REDUCED.extended(definitions={lag: LAG}),
        meanings={
            **REDUCED_MEANINGS,
            lag: "`(k - 1)*(1 - cos(theta)) + sin(theta) - theta*cos(theta)`, not negative",
            t: "an angle",
            y: "a number that is not negative",
            sine: "the sine of `theta`, positive",
            room: "a number that is not negative",
            left: "a number that is not negative",
            kappa: "`(k - 1)/(k - 1 + pi)`",
        },
        results=(
            Result(
                "inner_product",
                Dot(Gradient(definition(), w), w - w_star),
                product,
                (w, w_star, k),
                "inner product of the gradient with `w - w_star`",
            ),
        ),
        steps=tuple(step if step.frame else replace(step, frame=frame) for step in steps),
        conditions=(
            "`Norm(w) > 0`: at zero there is no gradient",
            "for the sign: up to a right angle at most seven patches, for every angle one patch; with eight patches "
            "and more it is false at a right angle, with two and more near the angle `pi`",
        ),
        remarks=(
            "Where the inner product is positive, gradient flow comes nearer to the teacher: with up to seven patches "
            "from every start in the teacher's half space.",
        ),
    )
