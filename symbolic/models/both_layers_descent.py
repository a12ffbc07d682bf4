"""A step of gradient descent on both layers, as a map of the angle and the invariants."""

from __future__ import annotations

from sympy import Expr, Integer, acos, atan, cos, pi, sin, sqrt

from relucert.symbolic.derivation import Argument, Derivation, Identity, Result, Step
from relucert.symbolic.expressions import ONES, Angle, Dot, G, Norm
from relucert.symbolic.frames import Frame, between
from relucert.symbolic.models.both_layers import (
    ABBREVIATIONS,
    INVARIANT_MEANINGS,
    INVARIANTS,
    LAW,
    NORMALISATION,
    SOURCE,
    VECTOR_MEANINGS,
    N,
    S,
    V,
    a,
    a_star,
    filter_gradient,
    k,
    output_gradient,
    phi,
    polar_frame,
    s,
    t,
    towards_teacher,
    v,
    w_star,
)
from relucert.symbolic.models.both_layers_reduced import filter_gradient_square
from relucert.symbolic.names import positive, real

eta, h = positive("eta"), real("h")
m = positive("m")


def turn() -> Expr:
    """The tangent of the angle by which a step of size eta turns the filter."""
    return eta * s * (pi - phi) * sin(phi) / (2 * pi * V)


def next_angle(h: Expr) -> Expr:
    """The angle after the step."""
    return phi - atan(h)


def next_square(h: Expr) -> Expr:
    """The squared length of the filter after the step."""
    return V * (1 + h**2)


def next_s(g: Expr) -> Expr:
    """s after the step, g = G(phi)."""
    return (1 - eta * (pi - 1) / (2 * pi)) * s + eta / (2 * pi) * ((g - 1) * N + S * (S - t))


def next_t(g: Expr) -> Expr:
    """t after the step."""
    return (1 - eta * (k + pi - 1) / (2 * pi)) * t + eta / (2 * pi) * (k + g - 1) * S


def derivation() -> Derivation:
    """φ⁺ = φ − arctan h, V⁺ = V (1 + h²), s⁺ and t⁺ linear in s and t: a closed system of four numbers.

    v⁺ = v − η ∇_v L, a⁺ = a − η ∇_a L; Z_j ~ N(0, I_p) independent, p >= 2; v, w_star: (p,); a, a_star: (k,);
    L with the factor 1/2 (Du et al. 2018).
    """
    base = polar_frame(3)
    step = base.extended(definitions={h: turn()})
    # in these frames h is a free number, for a step of any size
    free = Frame(
        vectors={v: base.vectors[v], w_star: base.vectors[w_star]},
        definitions={V: INVARIANTS[V]},
        domains={phi: between("3/2", "5/2"), h: between("-1/2", 1)},
    )
    no_vectors = Frame(domains={phi: between("3/2", "5/2"), h: between("-1/2", 1)})
    moved = v + h * Norm(v) / sin(phi) * towards_teacher()
    next_v, next_a = v - eta * filter_gradient(), a - eta * output_gradient()
    coefficients = (
        (1 - eta * (pi - 1) / (2 * pi)) * a
        + eta / (2 * pi) * (G(phi) - 1) * Norm(w_star) * a_star
        + eta / (2 * pi) * (S - t) * ONES
    )
    arguments = (v, a, w_star, a_star, eta)
    return Derivation(
        name="both-layers-descent",
        title="Gradient descent on both layers as a map of four numbers",
        source=f"{SOURCE} for the iteration; the closed system is derived here",
        law=LAW,
        normalisation=NORMALISATION,
        frame=step,
        abbreviations=ABBREVIATIONS,
        meanings={
            **VECTOR_MEANINGS,
            **INVARIANT_MEANINGS,
            eta: "the step size, for both layers",
            h: "`eta * s * (pi - phi) * sin(phi) / (2 * pi * V)`, the tangent of the angle by which the filter turns",
            m: "`1 / cos(phi) - 1`, positive for `phi < pi/2`",
        },
        results=(
            Result("next_angle", Angle(next_v, w_star), next_angle(h), arguments, "angle after a step"),
            Result("next_square", Dot(next_v, next_v), next_square(h), arguments, "|v|² after a step"),
            Result("next_s", Norm(w_star) * Dot(next_a, a_star), next_s(G(phi)), arguments, "s after a step"),
            Result("next_t", Dot(ONES, next_a), next_t(G(phi)), arguments, "t after a step"),
        ),
        steps=(
            Step(
                "the filter turns",
                next_v,
                moved,
                "by both-layers-gradient the step is along the unit vector `1 / sin(phi)` times the part of the "
                "teacher's "
                "direction orthogonal to `v`",
            ),
            Step(
                "Pythagoras",
                Dot(moved, moved),
                next_square(h),
                "the step is orthogonal to `v` and has length `Abs(h) * Norm(v)`",
                Identity(),
                free,
            ),
            Step(
                "length after the step",
                V + eta**2 * filter_gradient_square(),
                next_square(h),
                "the same from the length of the gradient in both-layers-reduced",
            ),
            Step(
                "inner product with the teacher",
                Dot(moved, w_star) / (Norm(w_star) * Norm(v)),
                cos(phi) + h * sin(phi),
                "the unit vector of the step has the inner product `sin(phi)` with the teacher's direction",
                Identity(),
                free,
            ),
            Step(
                "a single cosine",
                (cos(phi) + h * sin(phi)) / sqrt(1 + h**2),
                cos(phi - atan(h)),
                "addition theorem: the cosine and sine of `atan(h)` are 1 and `h` over `sqrt(1 + h**2)`",
                Identity(),
                no_vectors,
            ),
            Step(
                "angle after the step",
                acos((cos(phi) + h * sin(phi)) / sqrt(1 + h**2)),
                next_angle(h),
                "the cosine is one to one on `[0, pi]`, and the new angle lies there when the step does not pass the "
                "teacher or its opposite",
                Argument(
                    special_cases=(
                        {phi: pi / 2, h: Integer(1)},
                        {phi: pi / 2, h: Integer(-1)},
                        {phi: pi / 3, h: 1 / sqrt(3)},
                        {phi: 2 * pi / 3, h: sqrt(3)},
                        {phi: 3 * pi / 4, h: Integer(-1)},
                    )
                ),
                no_vectors,
            ),
            Step(
                "no step past the teacher",
                1 + m,
                (pi - phi) / pi,
                "for `eta * s <= 2 * V` and `phi < pi/2`: times `sin(phi)` the left side is `tan(phi)` and the right "
                "side a "
                "bound of `h`, so that `atan(h) < phi`; for `s < 0` its mirror image in `pi - phi`",
                Identity(witness=m + phi / pi),
                relation=">",
            ),
            Step(
                "output weights",
                next_a,
                coefficients,
                "by both-layers-gradient, ordered by vectors",
            ),
            Step(
                "s after the step",
                Norm(w_star) * Dot(next_a, a_star),
                next_s(G(phi)),
                "the inner product with `Norm(w_star) * a_star` is linear: `a` gives `s`, `Norm(w_star) * a_star` "
                "gives "
                "`N` and `ones` gives `S`, for any number of patches",
            ),
            Step(
                "t after the step",
                Dot(ONES, next_a),
                next_t(G(phi)),
                "the inner product with `ones` is linear: `a` gives `t`, `Norm(w_star) * a_star` gives `S` and `ones` "
                "gives "
                "`k`; shown for three patches",
            ),
        ),
        conditions=(
            "`v` is not zero",
            "`eta * Abs(s) <= 2 * V`: a larger step may pass the teacher's direction or its opposite, and the new "
            "angle is "
            "then `phi - atan(h)` reflected into `[0, pi]`",
        ),
        remarks=(
            "The filter turns towards the teacher while `s > 0` and away from it while `s < 0`; its length never "
            "decreases",
            "With `v` projected to the sphere after each step `V` stays 1 and the other three formulas are the same",
        ),
    )
