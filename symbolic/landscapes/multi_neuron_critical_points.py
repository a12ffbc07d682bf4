"""Critical points of K symmetric neurons against an orthonormal teacher, for every K."""

from __future__ import annotations

from sympy import Expr, Integral, S, atan, pi, sqrt

from relucert.symbolic.derivation import Argument, Derivation, Identity, Result, Step
from relucert.symbolic.expressions import Dot, Norm
from relucert.symbolic.frames import Frame
from relucert.symbolic.models.multi_neuron_loss import NORMALISATION
from relucert.symbolic.models.symmetric_descent import EQUAL, balanced, m, x_plus
from relucert.symbolic.models.symmetric_multi_neuron import (
    ANY,
    LAW,
    MEANINGS,
    alpha,
    e_1,
    e_2,
    other_component,
    own_component,
    phi_star,
    restricted_loss,
    theta,
    total,
    u,
    v,
    x,
    y,
)
from relucert.symbolic.models.two_layer_loss import K
from relucert.symbolic.names import positive, real

t, b = positive("t"), positive("b")
x_minus = real("x_minus")


def opposed() -> Expr:
    """The common component, negative, of the other critical network of equal neurons."""
    return -(sqrt(K - 1) - atan(sqrt(K - 1))) / (pi * K)


# All neurons equal and on the other side of the teacher's sum; their norm is sqrt(K) r.
OPPOSED = EQUAL.extended(
    definitions={
        x: -m,
        y: -m,
        theta: pi - atan(sqrt(K - 1)),
        phi_star: pi - atan(sqrt(K - 1)),
        x_minus: opposed(),
    }
)


def derivation() -> Derivation:
    """Zeros of a neuron's gradient at w_j = x e_j + y Σ_{i≠j} e_i: (1, 0), (x₊, x₊) and (x₋, x₋) (Tian 2017).

    z ~ N(0, I_d), orthonormal e_1, ..., e_K, d >= K >= 2; the gradient of the mean per sample, with 1/2.
    """
    teacher_point = ANY.extended(definitions={x: S.One, y: S.Zero})
    at_plus = EQUAL.extended(definitions={x: x_plus, y: x_plus, alpha: 1 / (sqrt(K) * x_plus)})
    at_minus = OPPOSED.extended(definitions={x: x_minus, y: x_minus, alpha: -1 / (sqrt(K) * x_minus)})
    mirrored = ANY.extended(definitions={x: -m, y: -m})
    return Derivation(
        name="multi-neuron-critical-points",
        title="Critical points of symmetric neurons",
        source="Tian 2017, the critical points on the diagonal; the negative one is our own statement",
        law=LAW,
        normalisation=NORMALISATION,
        frame=ANY,
        meanings={
            **MEANINGS,
            e_1: "the first neuron of the teacher",
            e_2: "the second",
            total: "the sum of all neurons of the teacher",
            u: "the first neuron, `x*e_1 + y*(s - e_1)`",
            v: "the second, `x*e_2 + y*(s - e_2)`",
            m: "the common component of equal neurons, or its negative, positive",
            x_plus: "the positive common component at which equal neurons are critical",
            x_minus: "the negative one",
            b: "the number `sqrt(K - 1) - atan(sqrt(K - 1))`",
            t: "a positive number",
        },
        results=(
            Result("x_plus", x_plus, balanced(), (K,), "positive critical component of equal neurons"),
            Result("x_minus", x_minus, opposed(), (K,), "negative critical component of equal neurons"),
        ),
        steps=(
            Step(
                "the teacher: own component",
                own_component(),
                0 * x,
                "at `Eq(x, 1)`, `Eq(y, 0)` neurons and teachers are orthogonal unless they belong together",
                Identity(),
                teacher_point,
            ),
            Step(
                "the teacher: other component",
                other_component(),
                0 * x,
                "the angles `phi` and `phi_star` are both right",
                Identity(),
                teacher_point,
            ),
            Step(
                "the teacher: loss",
                restricted_loss(),
                0 * x,
                "the loss is never negative: these are its minima",
                Identity(),
                teacher_point,
            ),
            Step(
                "equal neurons: own component",
                own_component(),
                K * (m - x_plus) / 2,
                "by symmetric-descent: linear in the common component",
                Identity(),
                EQUAL,
            ),
            Step(
                "equal neurons: other component",
                other_component(),
                own_component(),
                "by symmetric-descent",
                Identity(),
                EQUAL,
            ),
            Step(
                "critical at x_plus",
                own_component(),
                0 * x,
                "so the only critical point with `Eq(x, y)` and positive `x` is `x_plus`",
                Identity(),
                at_plus,
            ),
            Step(
                "critical at x_plus in the other component",
                other_component(),
                0 * x,
                "the two components are the same there",
                Identity(),
                at_plus,
            ),
            Step(
                "an arctangent is less than its tangent",
                t - atan(t),
                Integral(b**2 / (1 + b**2), (b, 0, t)),
                "an integral of something positive",
                Argument(),
                Frame(),
            ),
            Step(
                "x_plus is positive",
                (b + pi) / (pi * K),
                S.Zero,
                "with `b` for `sqrt(K - 1) - atan(sqrt(K - 1))`, positive by the step before",
                Identity(witness=(b + pi) / (pi * K)),
                Frame(),
                relation=">",
            ),
            Step(
                "opposed neurons are parallel",
                Dot(u, v),
                Norm(u) * Norm(v),
                "also where the common component is `-r`, the angle `phi` is 0",
                Identity(),
                mirrored,
            ),
            Step(
                "opposed neurons and a teacher",
                Dot(u, e_1) / Norm(u),
                -1 / sqrt(K),
                "the angles with teachers are the complements to `pi` of those before",
                Identity(),
                mirrored,
            ),
            Step(
                "opposed neurons: own component",
                own_component(),
                K * (-m - x_minus) / 2,
                "again linear in the common component `-r`",
                Identity(),
                OPPOSED,
            ),
            Step(
                "opposed neurons: other component",
                other_component(),
                own_component(),
                "all angles with teachers are the same",
                Identity(),
                OPPOSED,
            ),
            Step(
                "x_minus is negative",
                -b / (pi * K),
                S.Zero,
                "the tangent is more than the angle: this point exists for every `K`",
                Identity(witness=b / (pi * K)),
                Frame(),
                relation="<",
            ),
            Step(
                "critical at x_minus",
                own_component(),
                0 * x,
                "so the only critical point with `Eq(x, y)` and negative `x` is `x_minus`",
                Identity(),
                at_minus,
            ),
            Step(
                "critical at x_minus in the other component",
                other_component(),
                0 * x,
                "the two components are the same there",
                Identity(),
                at_minus,
            ),
            Step(
                "loss at x_plus",
                restricted_loss(),
                K * (K - 1 + pi) / (4 * pi) - K**3 * x_plus**2 / 4,
                "by symmetric-descent",
                Identity(),
                at_plus,
            ),
            Step(
                "loss at x_minus",
                restricted_loss(),
                K * (K - 1 + pi) / (4 * pi) - K**3 * x_minus**2 / 4,
                "the same parabola with `x_minus`",
                Identity(),
                at_minus,
            ),
        ),
        conditions=("`K >= 2`: for one neuron `x_minus` is 0, where the loss has a kink",),
        remarks=(
            "There are more critical symmetric networks for `K >= 3`, with negative `x` and positive `y`; they have no "
            "closed form and are not part of this statement",
        ),
    )
