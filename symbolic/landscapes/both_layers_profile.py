"""The best output weights for a given angle, and the loss that they leave."""

from __future__ import annotations

from sympy import Derivative, Expr, Integer, pi, sin

from relucert.symbolic.derivation import Calculus, Derivation, Identity, Result, Step
from relucert.symbolic.expressions import IDENTITY, ONES, Apply, Dot, G, Norm, Outer
from relucert.symbolic.frames import Frame, between
from relucert.symbolic.models.both_layers import (
    ABBREVIATIONS,
    INVARIANT_MEANINGS,
    LAW,
    NORMALISATION,
    SOURCE,
    VECTOR_MEANINGS,
    N,
    S,
    a,
    a_star,
    k,
    loss,
    output_gradient,
    phi,
    polar_frame,
    reduced_loss,
    scalar_frame,
    signed,
    v,
    w_star,
)
from relucert.symbolic.models.both_layers_reduced import gram
from relucert.symbolic.names import real, vector

g = real("g")
d, a_best = vector("d"), vector("a_best")


def minimiser(g: Expr) -> Expr:
    """The output weights with the least loss, g = G(phi)."""
    return ((g - 1) * Norm(w_star) * a_star + S * (pi - g) / (k + pi - 1) * ONES) / (pi - 1)


def profile_s(g: Expr) -> Expr:
    """s of the minimiser: a straight line in g."""
    return ((g - 1) * N + S**2 * (pi - g) / (k + pi - 1)) / (pi - 1)


def profile_t(g: Expr) -> Expr:
    """t of the minimiser."""
    return (k + g - 1) * S / (k + pi - 1)


def profile_n(g: Expr) -> Expr:
    """n of the minimiser."""
    return gram(Integer(0), S * (pi - g) / ((k + pi - 1) * (pi - 1)), (g - 1) / (pi - 1))


def profile(g: Expr) -> Expr:
    """The least loss for an angle, g = G(phi)."""
    return (
        S**2 / k * ((k + pi - 1) - (k + g - 1) ** 2 / (k + pi - 1))
        + (N - S**2 / k) * ((pi - 1) - (g - 1) ** 2 / (pi - 1))
    ) / (4 * pi)


def square_form(d: Expr) -> Expr:
    """The loss above its minimum over a, where d is the distance from the minimiser."""
    return ((pi - 1) * Dot(d, d) + Dot(ONES, d) ** 2) / (4 * pi)


def weights_frame(size: int) -> Frame:
    """As many patches, and a vector d of as many coordinates."""
    coordinates = tuple(real(f"d_{place}") for place in range(1, size + 1))
    return polar_frame(size).extended(vectors={d: coordinates}, domains={**signed(d, size), g: between(0, 3)})


def derivation() -> Derivation:
    """a(φ) = ((G−1)|w*| a* + S(π−G)/(k+π−1) 1)/(π−1) and the profile P(φ) = L(v, a(φ)).

    Z_j ~ N(0, I_p) independent, p >= 2; v, w_star: (p,); a, a_star: (k,); L with the factor 1/2 (Du et al. 2018).
    """
    vectors = weights_frame(3).extended(definitions={a_best: minimiser(g)})
    scalars = scalar_frame().extended(domains={g: between(0, 3)})
    system = Outer(ONES, ONES) + (pi - 1) * IDENTITY
    right = Norm(w_star) * Apply(Outer(ONES, ONES) + (g - 1) * IDENTITY, a_star)
    inverse = (IDENTITY - Outer(ONES, ONES) / (k + pi - 1)) / (pi - 1)
    above = Norm(w_star) * a_star - S / k * ONES
    lever = ((k + pi - 1) * N - pi * S**2) - g * ((k + pi - 1) * N - S**2)
    arguments = (v, w_star, a_star)
    return Derivation(
        name="both-layers-profile",
        title="The best output weights for an angle",
        source=f"{SOURCE} for the model; the profile is derived here",
        law=LAW,
        normalisation=NORMALISATION,
        frame=vectors,
        meanings={
            **VECTOR_MEANINGS,
            **INVARIANT_MEANINGS,
            g: "`G(phi)`, between 0 and `pi`",
            a_best: "the output weights with the least loss for the value `g`",
            d: "any vector with `k` coordinates",
        },
        results=(
            Result(
                "minimiser",
                Apply(inverse, Norm(w_star) * Apply(Outer(ONES, ONES) + (G(phi) - 1) * IDENTITY, a_star)),
                minimiser(G(phi)),
                arguments,
                "output weights with the least loss for the angle of `v` and `w_star`",
            ),
            Result(
                "profile",
                loss(a=minimiser(G(phi)), angle=phi),
                profile(G(phi)),
                arguments,
                "the loss at these output weights",
            ),
        ),
        steps=(
            Step(
                "inverse of the system",
                Apply(system, Apply(inverse, d)),
                d,
                "by both-layers-gradient the gradient in `a` is zero exactly where this matrix, applied to `a`, is the "
                "right "
                "side; Sherman and Morrison: `Apply(Outer(ones, ones), ones)` is `k * ones`, shown for three patches",
            ),
            Step(
                "minimiser",
                Apply(inverse, right),
                minimiser(g),
                "apply the inverse to `Norm(w_star) * a_star` and to `ones`",
            ),
            Step(
                "no gradient",
                Dot(output_gradient(a=a_best, g=g), d),
                Integer(0) * k,
                "the output weights solve the system; for every `d`",
            ),
            Step(
                "quadratic loss",
                loss(a=a + d, angle=phi) - loss(angle=phi),
                Dot(output_gradient(), d) + square_form(d),
                "the loss is quadratic in `a`; where the gradient in `a` is zero only the square is left",
            ),
            Step(
                "unique minimiser",
                square_form(d),
                (pi - 1) * Dot(d, d) / (4 * pi),
                "equal only where `Dot(ones, d)` is zero, and then zero only for `d` zero: every other choice of `a` "
                "is worse",
                Identity(witness=Dot(ONES, d) ** 2 / (4 * pi)),
                relation=">=",
            ),
            Step(
                "s of the minimiser",
                Norm(w_star) * Dot(a_best, a_star),
                profile_s(g),
                "the inner product with `Norm(w_star) * a_star` gives `N` and `S`",
            ),
            Step(
                "t of the minimiser",
                Dot(ONES, a_best),
                profile_t(g),
                "the inner product with `ones` gives `S` and `k`",
            ),
            Step(
                "n of the minimiser",
                Dot(a_best, a_best),
                profile_n(g),
                "by the Gram form in both-layers-reduced",
            ),
            Step(
                "profile",
                reduced_loss(g, profile_s(g), profile_t(g), profile_n(g)),
                profile(g),
                "insert into both-layers-reduced; the invariants hold any number of patches",
                Identity(),
                scalars,
            ),
            Step(
                "N above its least value",
                N - S**2 / k,
                Dot(above, above),
                "Pythagoras: `S / k * ones` is the projection of `Norm(w_star) * a_star` to the line of `ones`, so "
                "that "
                "`S**2 <= k * N`",
            ),
            Step(
                "slope in the angle's function",
                Derivative(profile(g), g),
                -profile_s(g) / (2 * pi),
                "the same as the derivative of the loss for fixed `a`: at the minimiser a change of `a` counts in "
                "second "
                "order only",
                Calculus(),
                scalars,
            ),
            Step(
                "sign of the slope",
                -profile_s(g) / (2 * pi),
                lever / (2 * pi * (pi - 1) * (k + pi - 1)),
                "a straight line in `g`: the profile has at most one stationary value of `G(phi)` between its ends",
                Identity(),
                scalars,
            ),
            Step(
                "slope in the angle",
                Derivative(profile(G(phi)), phi),
                profile_s(G(phi)) * (pi - phi) * sin(phi) / (2 * pi),
                "chain rule: `G` decreases with the slope `-(pi - phi) * sin(phi)`",
                Calculus(),
                scalars,
            ),
            Step(
                "no loss at equal filters",
                profile(pi),
                Integer(0) * k,
                "`G(0)` is `pi`",
                Identity(),
                scalars,
            ),
        ),
        abbreviations=ABBREVIATIONS,
        conditions=("`v` is not zero",),
        remarks=(
            "The loss has no other critical points than those of the profile: at a critical point `a` is the minimiser",
        ),
    )
