"""The second derivatives of the loss in both layers."""

from __future__ import annotations

from sympy import Derivative, Expr, Integer, cos, pi, sin

from relucert.symbolic.derivation import Calculus, Derivation, Identity, Result, Step
from relucert.symbolic.expressions import IDENTITY, ONES, Angle, Apply, Dot, G, Gradient, Hessian, Norm, Outer
from relucert.symbolic.frames import between
from relucert.symbolic.models.both_layers import (
    ABBREVIATIONS,
    INVARIANT_MEANINGS,
    LAW,
    NORMALISATION,
    SOURCE,
    VECTOR_MEANINGS,
    V,
    a,
    a_star,
    defined_loss,
    filter_gradient,
    frame,
    k,
    loss,
    output_gradient,
    output_hessian,
    output_vectors,
    phi,
    polar_frame,
    s,
    signed,
    towards_teacher,
    v,
    w_star,
)
from relucert.symbolic.names import positive, real, vector

o, d, q = vector("o"), vector("d"), vector("q")
e, v_hat = vector("e"), vector("v_hat")
DIRECTIONS = {e: towards_teacher() / sin(phi), v_hat: v / Norm(v)}


def tangent() -> Expr:
    """The projection orthogonal to v."""
    return IDENTITY - Outer(v, v) / V


def filter_hessian() -> Expr:
    """Second derivatives of the loss in v."""
    return (
        -s
        / (2 * pi * V)
        * (
            sin(phi) * Outer(e, e)
            - (pi - phi) * cos(phi) * tangent()
            - (pi - phi) * sin(phi) * (Outer(v_hat, e) + Outer(e, v_hat))
        )
    )


def mixed_hessian() -> Expr:
    """Second derivatives of the loss, rows in v, columns in a."""
    return -(pi - phi) * Norm(w_star) / (2 * pi * Norm(v)) * Outer(towards_teacher(), a_star)


def derivation() -> Derivation:
    """The blocks of the Hessian of L in (v, a) and its eigenvectors.

    Z_j ~ N(0, I_p) independent, p >= 2; v, w_star: (p,); a, a_star: (k,); L with the factor 1/2 (Du et al. 2018).
    """
    angle = Angle(v, w_star)
    # v off the axis of w* and off the third direction; all derivatives in v are taken here
    anything = (real("q_1"), real("q_2"), real("q_3"))
    space = frame(1, 3).extended(vectors={q: anything}, definitions=DIRECTIONS)
    # the block in v and a is square where there are as many patches as coordinates
    square = frame(3, 3)
    polar = polar_frame(3).extended(definitions=DIRECTIONS)
    b, r = positive("b"), positive("r")
    outside = polar.extended(
        vectors={
            v: (r * cos(phi), r * sin(phi), Integer(0)),
            w_star: (b, Integer(0), Integer(0)),
            o: (Integer(0), Integer(0), Integer(1)),
            q: anything,
        },
        domains={phi: between("1/10", 3)},
    )
    first, second = output_vectors(3)[a][:2]
    balanced = polar.extended(vectors={d: (first, second, -first - second)}, domains=signed(a, 3))
    turned = sin(phi) * (Dot(e, q) * v_hat + Dot(v_hat, q) * e) + cos(phi) * Apply(tangent(), q)
    return Derivation(
        name="both-layers-hessian",
        title="The Hessian of the loss of a network whose two layers are trained",
        source=f"{SOURCE} for the model; the formulas are derived here",
        law=LAW,
        normalisation=NORMALISATION,
        frame=polar,
        meanings={
            **VECTOR_MEANINGS,
            **INVARIANT_MEANINGS,
            v_hat: "the direction of `v`",
            e: "the unit vector in the plane of `v` and `w_star`, orthogonal to `v`, towards the teacher",
            o: "a unit vector orthogonal to `v` and `w_star`",
            q: "any fixed vector, a direction of the filter",
            d: "a vector with `Eq(Dot(ones, d), 0)`",
        },
        results=(
            Result(
                "filter_hessian",
                Hessian(defined_loss(), v),
                filter_hessian(),
                (v, a, w_star, a_star),
                "second derivatives in the filter",
            ),
            Result(
                "output_hessian",
                Hessian(defined_loss(), a),
                output_hessian(),
                (v, a, w_star, a_star),
                "second derivatives in the output weights",
            ),
            Result(
                "mixed_hessian",
                Hessian(defined_loss(), v, a),
                mixed_hessian(),
                (v, a, w_star, a_star),
                "second derivatives, rows in the filter, columns in the output weights",
            ),
        ),
        steps=(
            Step(
                "second derivative of G",
                Derivative(G(phi), phi, phi),
                sin(phi) - (pi - phi) * cos(phi),
                "differentiate twice",
                Calculus(),
            ),
            Step(
                "filter block in the plane",
                Hessian(loss(), v),
                filter_hessian(),
                "by both-layers-loss the output weights enter through `s` only: one patch, and a filter with two "
                "coordinates, "
                "show the block of the plane of `v` and `w_star`; the next steps show it in all directions",
                Calculus(),
                frame(1).extended(definitions=DIRECTIONS),
            ),
            Step(
                "gradient of the angle",
                Gradient(pi - angle, v),
                e / Norm(v),
                "by both-layers-gradient; three coordinates show the direction out of the plane, more repeat it",
                Calculus(),
                space,
            ),
            Step(
                "derivative of the direction",
                Gradient(Dot(towards_teacher(angle), q) / Norm(v), v),
                -turned / V,
                "`cos(phi)` is the inner product of the two unit vectors; the direction `q` is kept fixed",
                Calculus(),
                space,
            ),
            Step(
                "filter block",
                -s / (2 * pi) * (sin(phi) * Dot(e, q) * e / V - (pi - phi) * turned / V),
                Apply(filter_hessian(), q),
                "product rule for the gradient `-s / (2 * pi) * (pi - phi)` times the direction; for every `q`, so "
                "that the "
                "matrix is the Hessian",
                Identity(),
                outside,
            ),
            Step(
                "along the filter",
                Apply(filter_hessian(), v),
                -filter_gradient(),
                "the gradient is inversely proportional to the length of `v`",
            ),
            Step(
                "out of the plane",
                Apply(filter_hessian(), o),
                s * (pi - phi) * cos(phi) / (2 * pi * V) * o,
                "an eigenvector; there are `p - 2` such directions",
                Identity(),
                outside,
            ),
            Step(
                "in the plane",
                Dot(e, Apply(filter_hessian(), e)),
                -s * (sin(phi) - (pi - phi) * cos(phi)) / (2 * pi * V),
                "the second derivative along the circle is that of `-s * G(phi) / (2 * pi)`",
            ),
            Step(
                "mixed block",
                Hessian(loss(), v, a),
                mixed_hessian(),
                "the gradient in `v` is linear in `s`, whose gradient in `a` is `Norm(w_star) * a_star`",
                Calculus(),
                square,
            ),
            Step(
                "output block",
                Hessian(loss(), a),
                output_hessian(),
                "the loss is quadratic in `a`: differentiate the gradient in both-layers-gradient",
                Calculus(),
                frame(3),
            ),
            Step(
                "eigenvector of ones",
                Apply(output_hessian(), ONES),
                (k + pi - 1) / (2 * pi) * ONES,
                "`Dot(ones, ones)` is `k`, shown for three patches",
            ),
            Step(
                "other eigenvectors of the output block",
                Apply(output_hessian(), d),
                (pi - 1) / (2 * pi) * d,
                "`Apply(Outer(ones, ones), d)` is zero; there are `k - 1` such directions",
                Identity(),
                balanced,
            ),
            Step(
                "linear gradient",
                output_gradient(a=a + d) - output_gradient(),
                Apply(output_hessian(), d),
                "the Hessian in `a` does not depend on `a`: the loss is convex in the output weights",
                Identity(),
                balanced,
            ),
        ),
        abbreviations={**ABBREVIATIONS, **DIRECTIONS},
        conditions=(
            "`0 < phi`: at equal directions the filter block is the limit of the formula",
            "`phi < pi`: at opposite directions the filter block is the limit of the formula, zero",
            "`v` is not zero",
        ),
        remarks=(
            "The block in `a` is positive definite; only the filter's directions can make a critical point a saddle",
        ),
    )
