"""The loss and its gradient in the angle and the invariants of the output weights."""

from __future__ import annotations

from sympy import Derivative, Expr, Integer, Symbol, pi, sin

from relucert.symbolic.derivation import Calculus, Derivation, Identity, Result, Step
from relucert.symbolic.expressions import ONES, Dot, G, Gradient, Norm
from relucert.symbolic.models.both_layers import (
    ABBREVIATIONS,
    INVARIANT_MEANINGS,
    LAW,
    NORMALISATION,
    SOURCE,
    VECTOR_MEANINGS,
    N,
    S,
    V,
    a,
    a_star,
    defined_loss,
    filter_gradient,
    k,
    loss,
    n,
    output_gradient,
    phi,
    polar_frame,
    reduced_loss,
    s,
    scalar_frame,
    t,
    v,
    w_star,
)
from relucert.symbolic.names import real

alpha, beta, delta = real("alpha"), real("beta"), real("delta")


def gram(alpha: Expr, beta: Expr, delta: Expr) -> Expr:
    """Squared length of alpha a + beta 1 + delta |w*| a*."""
    return (
        alpha**2 * n + beta**2 * k + delta**2 * N + 2 * alpha * beta * t + 2 * alpha * delta * s + 2 * beta * delta * S
    )


def output_gradient_square(g: Expr) -> Expr:
    """4 pi² times the squared length of the gradient in a, g = G(phi)."""
    return (
        k * (t - S) ** 2
        + (pi - 1) ** 2 * n
        + (g - 1) ** 2 * N
        + 2 * (pi - 1) * t * (t - S)
        - 2 * (g - 1) * S * (t - S)
        - 2 * (pi - 1) * (g - 1) * s
    )


def filter_gradient_square() -> Expr:
    """Squared length of the gradient in v."""
    return (s * (pi - phi) * sin(phi) / (2 * pi)) ** 2 / V


def derivation() -> Derivation:
    """L = ((π−1)(N+n) − 2(G(φ)−1) s + (S−t)²)/(4π), its partial derivatives and the lengths of both gradients.

    Z_j ~ N(0, I_p) independent, p >= 2; v, w_star: (p,); a, a_star: (k,); L with the factor 1/2 (Du et al. 2018).
    """
    scalars, vectors = scalar_frame(), polar_frame(3)
    combination = alpha * a + beta * ONES + delta * Norm(w_star) * a_star
    by_partials = (
        2 * (pi - 1) / (4 * pi) * a + (t - S) / (2 * pi) * ONES - (G(phi) - 1) / (2 * pi) * Norm(w_star) * a_star
    )

    def partial(name: Symbol, right: Expr) -> Step:
        return Step(
            f"derivative in {name}",
            Derivative(reduced_loss(G(phi)), name),
            right,
            "`phi`, `s`, `t` and `n` vary independently here",
            Calculus(),
            scalars,
        )

    return Derivation(
        name="both-layers-reduced",
        title="The loss of a network whose two layers are trained, in an angle and three numbers",
        source=f"{SOURCE}, Section 3, for the loss; the invariants are chosen here",
        law=LAW,
        normalisation=NORMALISATION,
        frame=vectors,
        abbreviations=ABBREVIATIONS,
        meanings={
            **VECTOR_MEANINGS,
            **INVARIANT_MEANINGS,
            alpha: "any number",
            beta: "any number",
            delta: "any number",
        },
        results=(
            Result(
                "loss", defined_loss(), reduced_loss(G(phi)), (v, a, w_star, a_star), "the loss from the invariants"
            ),
            Result(
                "filter_gradient_square",
                Dot(Gradient(defined_loss(), v), Gradient(defined_loss(), v)),
                filter_gradient_square(),
                (v, a, w_star, a_star),
                "squared length of the gradient in the filter",
            ),
            Result(
                "output_gradient_square",
                Dot(Gradient(defined_loss(), a), Gradient(defined_loss(), a)),
                output_gradient_square(G(phi)) / (4 * pi**2),
                (v, a, w_star, a_star),
                "squared length of the gradient in the output weights",
            ),
        ),
        steps=(
            Step(
                "invariants",
                loss(angle=phi),
                reduced_loss(G(phi)),
                "the inner products in both-layers-loss are the invariants, for any number of patches",
            ),
            partial(phi, s * (pi - phi) * sin(phi) / (2 * pi)),
            partial(s, -(G(phi) - 1) / (2 * pi)),
            partial(t, (t - S) / (2 * pi)),
            partial(n, (pi - 1) / (4 * pi)),
            Step(
                "filter gradient from the angle",
                Dot(filter_gradient(), filter_gradient()),
                filter_gradient_square(),
                "by both-layers-gradient; it is the derivative in `phi`, divided by `Norm(v)`, as on a circle of that "
                "radius",
            ),
            Step(
                "output gradient from the invariants",
                by_partials,
                output_gradient(),
                "chain rule: the gradients of `s`, `t` and `n` in `a` are `Norm(w_star) * a_star`, `ones` and `2 * a`; "
                "the result is that of both-layers-gradient",
            ),
            Step(
                "Gram form",
                Dot(combination, combination),
                gram(alpha, beta, delta),
                "the inner product is bilinear and `Dot(ones, ones)` is `k`: shown for three patches, the inner "
                "products "
                "are all that enters",
            ),
            Step(
                "length of the output gradient",
                gram(pi - 1, t - S, -(G(phi) - 1)),
                output_gradient_square(G(phi)),
                "`2 * pi` times the gradient is the combination with these coefficients",
                Identity(),
                scalars,
            ),
            Step(
                "the two forms agree",
                4 * pi**2 * Dot(output_gradient(), output_gradient()),
                output_gradient_square(G(phi)),
                "the length of the vector of both-layers-gradient, for three patches",
            ),
            Step(
                "no gradient at the teacher",
                output_gradient_square(pi).subs({s: N, t: S, n: N}, simultaneous=True),
                Integer(0) * k,
                "for equal filters and `Eq(a, Norm(w_star) * a_star)`: `Eq(s, N)`, `Eq(t, S)`, `Eq(n, N)` and `G(0)` "
                "is `pi`",
                Identity(),
                scalars,
            ),
        ),
        conditions=("`v` is not zero",),
        remarks=(
            "`s`, `t` and `n` are inner products: the Gram matrix of `a`, `Norm(w_star) * a_star` and `ones` has no "
            "negative eigenvalue, which bounds `n` from below; for one patch they are functions of one number",
        ),
    )
