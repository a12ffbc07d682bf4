"""Equal neurons are unstable: the eigenvalue of the direction in which they become different."""

from __future__ import annotations

from sympy import Derivative, Expr, Limit, S, pi, sqrt

from relucert.symbolic.derivation import Argument, Calculus, Derivation, Identity, Result, Step
from relucert.symbolic.frames import Frame, between
from relucert.symbolic.landscapes.multi_neuron_critical_points import OPPOSED
from relucert.symbolic.models.multi_neuron_loss import NORMALISATION
from relucert.symbolic.models.symmetric_descent import EQUAL, m, x_plus
from relucert.symbolic.models.symmetric_multi_neuron import (
    ANY,
    DEFINITIONS,
    DOMAINS,
    LAW,
    MEANINGS,
    Q,
    alpha,
    other_component,
    own_component,
    phi,
    phi_star,
    theta,
    x,
    y,
)
from relucert.symbolic.models.two_layer_loss import K
from relucert.symbolic.names import count, positive

t, n = positive("t"), count("n")


def eigenvalue(x: Expr) -> Expr:
    """Of the direction x − y at equal neurons with common component x > 0, or −x < 0."""
    return -K / (2 * pi * x * sqrt(K - 1))


def derivation() -> Derivation:
    """d/d(x − y) of (own − other component of a neuron's gradient) at x = y: −K/(2π|x|√(K − 1)) < 0 (Tian 2017).

    z ~ N(0, I_d), orthonormal teacher, d >= K >= 2; the gradient of the mean per sample, with 1/2.
    """
    difference = own_component() - other_component()
    apart = Frame(definitions={**DEFINITIONS, x: m + t, y: m}, domains={K: between(2, 6), m: between("1/4", 1)})
    # K = n + 1, so that SymPy knows the sign of K - 1; y is positive
    positive_y = Frame(definitions={**DEFINITIONS, K: n + 1, y: m}, domains=DOMAINS)
    at_equal = Frame(definitions={**DEFINITIONS, K: n + 1, x: m, y: m})
    whole = {K: n + 1}
    slope_of_angles = -sqrt(K - 1) * y * alpha**2 - x * y * alpha**2 / sqrt(x**2 + (K - 2) * y**2)
    quotient = (theta - phi_star) / (x - y) + phi - Q
    return Derivation(
        name="multi-neuron-symmetry-breaking",
        title="Equal neurons are unstable",
        source="Tian 2017, the saddle on the diagonal; the eigenvalue is our own statement",
        law=LAW,
        normalisation=NORMALISATION,
        frame=ANY,
        meanings={
            **MEANINGS,
            m: "the common component of equal neurons (or its negative), positive",
            t: "the difference `x - y`, positive",
            x_plus: "the common component at which equal neurons are critical, see multi-neuron-critical-points",
            n: "the number `K - 1`",
        },
        results=(
            Result(
                "eigenvalue",
                Limit(difference / t, t, 0, "+"),
                eigenvalue(m),
                (m, K),
                "rate of the difference of components at equal neurons, negative: the difference grows",
            ),
        ),
        steps=(
            Step(
                "difference of the components",
                difference,
                (theta - phi_star + (phi - Q) * (x - y)) / (2 * pi),
                "subtract the two components of symmetric-multi-neuron: what they share drops out",
            ),
            Step(
                "over the difference of x and y",
                difference / (x - y),
                quotient / (2 * pi),
                "divide",
            ),
            Step(
                "slope of the angles",
                Derivative(theta - phi_star, x),
                slope_of_angles,
                "differentiate the two arccosines; for positive `y`",
                Calculus(),
                positive_y,
            ),
            Step(
                "slope at equal neurons",
                slope_of_angles,
                -1 / (m * sqrt(K - 1)),
                "where `Eq(x, y)` both angles are equal, so this slope is the limit of `(theta - phi_star)/(x - y)`",
                Identity(),
                at_equal,
            ),
            Step(
                "the angles' quotient in the limit",
                Limit((theta - phi_star) / t, t, 0, "+"),
                -1 / (m * sqrt(K - 1)),
                "the difference of the angles is 0 at equal neurons: the limit is the slope",
                Argument(),
                apart,
                digits=10,
            ),
            Step(
                "the rest at equal neurons",
                phi - Q,
                -sqrt(K - 1) / m,
                "neurons are parallel and all angles with teachers the same",
                Identity(),
                EQUAL.extended(definitions=whole),
            ),
            Step(
                "assembly",
                (-1 / (m * sqrt(K - 1)) - sqrt(K - 1) / m) / (2 * pi),
                eigenvalue(m),
                "a common denominator",
                Identity(),
                EQUAL.extended(definitions=whole),
            ),
            Step(
                "limit",
                Limit(difference / t, t, 0, "+"),
                eigenvalue(m),
                "the difference of a neuron's components, over that of `x` and `y`, as they become equal",
                Argument(),
                apart,
                digits=10,
            ),
            Step(
                "at the critical point",
                eigenvalue(m),
                -(K**2) / (2 * sqrt(K - 1) * (sqrt(K - 1) - EQUAL.definitions[theta] + pi)),
                "insert `x_plus`",
                Identity(),
                EQUAL.extended(definitions={m: x_plus}),
            ),
            Step(
                "negative",
                eigenvalue(m),
                S.Zero,
                "for every number of neurons from two on: a saddle, gradient descent drives the neurons apart",
                Identity(witness=(n + 1) / (2 * pi * m * sqrt(n))),
                EQUAL.extended(definitions=whole),
                relation="<",
            ),
            Step(
                "opposed neurons: the rest",
                phi - Q,
                -sqrt(K - 1) / m,
                "the angles with teachers are the complements to `pi`; their sines are the same",
                Identity(),
                OPPOSED.extended(definitions=whole),
            ),
            Step(
                "opposed neurons: limit",
                Limit(difference / t, t, 0, "+"),
                eigenvalue(m),
                "the same with `-r` for the common component: that critical point is unstable too",
                Argument(),
                apart.extended(definitions={x: t - m, y: -m}),
                digits=10,
            ),
        ),
        conditions=("`K >= 2`: for one neuron there is nothing to break",),
    )
