"""Gradient descent on K neurons against an orthonormal teacher, from a symmetric start."""

from __future__ import annotations

from sympy import Expr, S, Sum, atan, cos, pi, sqrt

from relucert.symbolic.derivation import Derivation, Identity, Result, Step
from relucert.symbolic.expressions import Dot, Gradient, Norm
from relucert.symbolic.frames import Frame, between
from relucert.symbolic.models import multi_neuron_loss, two_layer_loss
from relucert.symbolic.models.multi_neuron_gradient import gradient
from relucert.symbolic.models.multi_neuron_loss import NORMALISATION
from relucert.symbolic.models.symmetric_multi_neuron import (
    ANY,
    DEFINITIONS,
    LAW,
    MEANINGS,
    Q,
    along_teachers,
    alpha,
    e_1,
    e_2,
    neurons,
    other_component,
    own_component,
    phi,
    phi_star,
    restricted_loss,
    theta,
    u,
    v,
    x,
    y,
    z,
)
from relucert.symbolic.models.two_layer_loss import K, i, j, student, teacher, w, w_star
from relucert.symbolic.names import positive

eta, m, rho = positive("eta"), positive("r"), positive("rho")
x_plus = positive("x_plus")


def balanced() -> Expr:
    """The common component of all neurons at which the symmetric network with x = y > 0 is critical."""
    return (sqrt(K - 1) - atan(sqrt(K - 1)) + pi) / (pi * K)


# All neurons equal: no angle between them, and one angle with every teacher.
EQUAL = Frame(
    definitions={
        x: m,
        y: m,
        alpha: 1 / (sqrt(K) * m),
        phi: S.Zero,
        theta: atan(sqrt(K - 1)),
        phi_star: atan(sqrt(K - 1)),
        Q: DEFINITIONS[Q],
        x_plus: balanced(),
    },
    domains={K: between(2, 9)},
)


def next_own() -> Expr:
    """x after a step."""
    return x - eta * own_component()


def next_other() -> Expr:
    """y after a step."""
    return y - eta * other_component()


def derivation() -> Derivation:
    """w_j ← w_j − η ∇_{w_j} ½ E (...)² from w_j = x e_j + y Σ_{i≠j} e_i: two numbers, exactly (Tian 2017).

    z ~ N(0, I_d), orthonormal e_1, ..., e_K, d >= K >= 2; x, y, eta numbers.
    """
    slope = Gradient(multi_neuron_loss.definition().xreplace({two_layer_loss.x: z}), student(1))
    moved = student(j) - eta * gradient()
    same = {x: m, y: m}
    equal_neurons = ANY.extended(definitions=same)
    shrink = 1 - eta * K / 2
    return Derivation(
        name="symmetric-descent",
        title="Gradient descent from a symmetric start",
        source="Tian 2017, the dynamics in two numbers for K neurons with orthonormal teacher",
        law=LAW,
        normalisation=NORMALISATION,
        frame=ANY,
        meanings={
            **MEANINGS,
            w: "weights of the neurons",
            w_star: "weights of the teacher, orthonormal; `e_1` and `e_2` are the first two, `s` is the sum of all",
            u: "the first neuron, `x*e_1 + y*(s - e_1)`",
            v: "the second, `x*e_2 + y*(s - e_2)`",
            eta: "step size",
            m: "the common component where `Eq(x, y)`, positive",
            x_plus: "the common component at which all equal neurons are critical",
            rho: "a positive number",
        },
        results=(
            Result(
                "next_own",
                Dot(student(1) - eta * slope, teacher(1)),
                next_own(),
                (x, y, K, eta),
                "component along the own teacher after a step",
            ),
            Result(
                "next_other",
                Dot(student(1) - eta * slope, teacher(2)),
                next_other(),
                (x, y, K, eta),
                "component along each other teacher after a step",
            ),
        ),
        steps=(
            Step(
                "a step of two neurons",
                moved,
                along_teachers(next_own(), next_other()),
                "the gradient by multi-neuron-gradient; its components by symmetric-multi-neuron",
                Identity(),
                neurons(2),
            ),
            Step(
                "a step of another neuron",
                moved,
                next_own() * teacher(2) + next_other() * (Sum(teacher(i), (i, 1, K)) - teacher(2)),
                "the second of three: the same two numbers, so the network stays symmetric, and so for any number",
                Identity(),
                neurons(3).extended(sizes={j: 2}),
            ),
            Step(
                "the difference after a step",
                next_own() - next_other(),
                (x - y) - eta * (theta - phi_star + (phi - Q) * (x - y)) / (2 * pi),
                "subtract; what the two components share drops out",
            ),
            Step(
                "equal neurons are parallel",
                Dot(u, v),
                Norm(u) * Norm(v),
                "where `Eq(x, y)` the angle `phi` is 0",
                Identity(),
                equal_neurons,
            ),
            Step(
                "equal neurons and a teacher",
                Dot(u, e_1) / Norm(u),
                1 / sqrt(K),
                "the sum of all teachers has norm `sqrt(K)`",
                Identity(),
                equal_neurons,
            ),
            Step(
                "equal neurons and another teacher",
                Dot(u, e_2) / Norm(u),
                1 / sqrt(K),
                "the same: `Eq(theta, phi_star)`",
                Identity(),
                equal_neurons,
            ),
            Step(
                "that angle as an arctangent",
                cos(atan(sqrt(K - 1))),
                1 / sqrt(K),
                "a right triangle with legs 1 and `sqrt(K - 1)`; so the angle is `atan(sqrt(K - 1))`",
                Identity(),
                EQUAL,
            ),
            Step(
                "equal neurons stay equal",
                next_own(),
                next_other(),
                "all angles of a neuron with teachers are the same and the difference is 0",
                Identity(),
                EQUAL,
            ),
            Step(
                "the component of equal neurons",
                own_component(),
                K * (m - x_plus) / 2,
                "with `Eq(phi, 0)` and the same angle for all teachers the component is linear in `r`",
                Identity(),
                EQUAL,
            ),
            Step(
                "a step of equal neurons",
                next_own() - x_plus,
                shrink * (m - x_plus),
                "insert; the distance to `x_plus` is multiplied by the same factor in every step",
                Identity(),
                EQUAL,
            ),
            Step(
                "contraction",
                (1 - (4 / (K * (1 + rho))) * K / 2) ** 2,
                S.One,
                "for `0 < eta`, `eta < 4/K`, written `Eq(eta, 4/(K*(1 + rho)))`, the factor's square is less than 1: "
                "the equal neurons converge to `x_plus`, not to the teacher",
                Identity(witness=4 * rho / (1 + rho) ** 2),
                Frame(),
                relation="<",
            ),
            Step(
                "loss of equal neurons",
                restricted_loss(),
                K**3 * (m - x_plus) ** 2 / 4 + K * (K - 1 + pi) / (4 * pi) - K**3 * x_plus**2 / 4,
                "a parabola in `r`, by symmetric-multi-neuron",
                Identity(),
                EQUAL,
            ),
        ),
        conditions=(
            "`K >= 2`: for one neuron there is no other direction",
            "`x**2 + y**2 > 0`: at zero weights the loss has a kink",
        ),
        remarks=("Of the components, `atan(sqrt(K - 1))` is the arccosine of `1/sqrt(K)` in Tian's formulas",),
    )
