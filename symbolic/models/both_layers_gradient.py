"""The gradient of the loss in both layers."""

from __future__ import annotations

from sympy import Integer, pi, sin

from relucert.symbolic.derivation import Calculus, Derivation, Identity, Result, Step
from relucert.symbolic.expressions import IDENTITY, ONES, Angle, Apply, Dot, G, Gradient, Norm, Outer
from relucert.symbolic.kernels.relu_kernel_gradient import angle_gradient
from relucert.symbolic.models.both_layers import (
    ABBREVIATIONS,
    INVARIANT_MEANINGS,
    LAW,
    NORMALISATION,
    SOURCE,
    VECTOR_MEANINGS,
    a,
    a_star,
    defined_loss,
    filter_gradient,
    frame,
    loss,
    output_gradient,
    phi,
    polar_frame,
    s,
    towards_teacher,
    v,
    w_star,
)


def derivation() -> Derivation:
    """∇_v L = −(s (π−φ)/(2π|v|)) (w*/|w*| − cos φ v/|v|) and ∇_a L = ((π−1) a − (G−1)|w*| a* + (t−S) 1)/(2π).

    Z_j ~ N(0, I_p) independent, p >= 2; v, w_star: (p,); a, a_star: (k,); L with the factor 1/2 (Du et al. 2018).
    """
    space, polar = frame(2, 3), polar_frame(3)
    through_angle = -Norm(w_star) * Dot(a, a_star) / (2 * pi) * Gradient(G(Angle(v, w_star)), v)
    difference = Dot(ONES, a) - Norm(w_star) * Dot(ONES, a_star)
    parts = (
        (pi - 1) / 2 * Gradient(Dot(a, a), a)
        - (G(phi) - 1) * Norm(w_star) * Gradient(Dot(a, a_star), a)
        + difference * Gradient(Dot(ONES, a), a)
    ) / (2 * pi)
    matrices = (
        Apply(Outer(ONES, ONES) + (pi - 1) * IDENTITY, a)
        - Norm(w_star) * Apply(Outer(ONES, ONES) + (G(phi) - 1) * IDENTITY, a_star)
    ) / (2 * pi)
    size = s * (pi - phi) * sin(phi) / (2 * pi * Norm(v))
    gradient = filter_gradient()
    return Derivation(
        name="both-layers-gradient",
        title="The gradient of the loss of a network whose two layers are trained",
        source=f"{SOURCE}, Section 3",
        law=LAW,
        normalisation=NORMALISATION,
        frame=polar,
        meanings={**VECTOR_MEANINGS, **INVARIANT_MEANINGS},
        results=(
            Result(
                "filter_gradient",
                Gradient(defined_loss(), v),
                filter_gradient(),
                (v, a, w_star, a_star),
                "gradient of the loss in the filter",
            ),
            Result(
                "output_gradient",
                Gradient(defined_loss(), a),
                output_gradient(),
                (v, a, w_star, a_star),
                "gradient of the loss in the output weights",
            ),
        ),
        steps=(
            Step(
                "only the angle depends on the filter",
                Gradient(loss(), v),
                through_angle,
                "by both-layers-loss the filter enters through the angle only; three coordinates show the direction "
                "out of "
                "the plane of `v` and `w_star`, more repeat it",
                Calculus(),
                space,
            ),
            Step(
                "chain rule",
                Gradient(G(Angle(v, w_star)), v),
                -(pi - phi) * sin(phi) * Gradient(Angle(v, w_star), v),
                "the derivative of `G(phi)` is `-(pi - phi) * sin(phi)`",
                Calculus(),
                space,
            ),
            Step(
                "gradient of the angle",
                Gradient(Angle(v, w_star), v),
                angle_gradient(v, w_star),
                "the angle is the arc cosine of the normalised inner product; `0 < phi` and `phi < pi`",
                Calculus(),
                space,
            ),
            Step(
                "filter gradient",
                s / (2 * pi) * (pi - phi) * sin(phi) * angle_gradient(v, w_star, phi),
                filter_gradient(),
                "insert; `sin(phi)` cancels, so that the formula is continuous at 0 and at `pi`, where it is zero",
            ),
            Step(
                "projection",
                towards_teacher(),
                Apply(IDENTITY - Outer(v, v) / Norm(v) ** 2, w_star) / Norm(w_star),
                "the inner product of `v` and `w_star` is `Norm(v) * Norm(w_star) * cos(phi)`",
            ),
            Step(
                "tangent to the sphere",
                Dot(v, gradient),
                Integer(0) * phi,
                "the loss does not depend on the length of the filter: a gradient step never shortens it",
            ),
            Step(
                "length of the filter gradient",
                Dot(gradient, gradient),
                size**2,
                "the projection of a unit vector at the angle `phi` has length `sin(phi)`",
            ),
            Step(
                "terms in the output weights",
                Gradient(loss(), a),
                parts,
                "the derivative of a square is twice its root times the derivative of the root; shown for three "
                "patches",
                Calculus(),
                frame(3),
            ),
            Step(
                "gradients of the invariants",
                parts,
                output_gradient(),
                "the gradients of `Dot(a, a)`, `Dot(a, a_star)` and `Dot(ones, a)` are `2 * a`, `a_star` and `ones`",
                Calculus(),
                frame(3),
            ),
            Step(
                "matrix form",
                output_gradient(),
                matrices,
                "`Apply(Outer(ones, ones), a)` is `Dot(ones, a) * ones`",
                Identity(),
            ),
        ),
        abbreviations=ABBREVIATIONS,
        conditions=("`v` is not zero",),
        remarks=(
            "Where `Eq(phi, 0)` or `Eq(phi, pi)` the angle has no derivative but the loss has: its gradient in `v` is "
            "zero",
            "The length of `w_star` and `a_star` enter only through their product: a filter of length 1 is no loss",
        ),
    )
