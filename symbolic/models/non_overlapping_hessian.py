"""The second derivatives of the loss of the convolutional network without overlap."""

from __future__ import annotations

from dataclasses import replace

from sympy import Derivative, Expr, S, cos, pi, sin

from relucert.symbolic.derivation import Argument, Calculus, Derivation, Result, Step
from relucert.symbolic.expressions import IDENTITY, Apply, Hessian, Norm, Outer, Trace
from relucert.symbolic.kernels.relu_kernel_hessian import normal
from relucert.symbolic.models.non_overlapping_gradient import SPACE, closed_gradient
from relucert.symbolic.models.non_overlapping_loss import (
    LAW,
    NORMALISATION,
    closed_loss,
    definition,
    k,
    theta,
    w,
    w_star,
    w_star_1,
)
from relucert.symbolic.models.non_overlapping_reduced import POLAR, REDUCED, REDUCED_MEANINGS, C, r
from relucert.symbolic.names import real, vector

e, phi = vector("e"), real("phi")

# polar coordinates, turned by phi round the teacher's axis; e points where phi grows
POLAR_SPACE = POLAR.extended(
    vectors={
        w: (
            r * w_star_1 * cos(theta),
            r * w_star_1 * sin(theta) * cos(phi),
            r * w_star_1 * sin(theta) * sin(phi),
        ),
        w_star: (w_star_1, S.Zero, S.Zero),
        e: (S.Zero, -sin(phi), cos(phi)),
    }
)


def radial_curvature(k: Expr, C: Expr) -> Expr:
    """The second derivative along w."""
    return C / (pi * k)


def normal_curvature(k: Expr, r: Expr, theta: Expr, C: Expr) -> Expr:
    """The second derivative across w in the plane of w and w*."""
    return (C - (k - 1 + 2 * sin(theta)) / r) / (pi * k)


def outer_curvature(k: Expr, r: Expr, theta: Expr, C: Expr) -> Expr:
    """The second derivative in a direction orthogonal to w and w*."""
    return (C - (k - 1 + sin(theta)) / r) / (pi * k)


def hessian(w: Expr, w_star: Expr, k: Expr, r: Expr, theta: Expr, C: Expr) -> Expr:
    """The matrix: across w, reduced along the normal in the plane."""
    n = normal(w, w_star, theta)
    across = IDENTITY - Outer(w, w) / Norm(w) ** 2
    return (C * IDENTITY - (k - 1 + sin(theta)) / r * across - sin(theta) / r * Outer(n, n)) / (pi * k)


def derivation() -> Derivation:
    """∇² E (f(x; w) − f(x; w*))², w ∈ R^m: f averages over k iid N(0, I_m) patches, no 1/2; ours (model: B&G 2017)."""
    n = normal(w, w_star, theta)
    matrix = hessian(w, w_star, k, r, theta, C)
    radial, outer = radial_curvature(k, C), outer_curvature(k, r, theta, C)
    in_plane = normal_curvature(k, r, theta, C)
    unit = Norm(w_star)
    steps = (
        Step(
            "move along the filter",
            Derivative(closed_gradient(), r) / unit,
            radial * w / Norm(w),
            "by non-overlapping-gradient; when `r` grows, `w` moves along itself at speed `Norm(w_star)`",
            Calculus(),
        ),
        Step(
            "move across the filter in the plane",
            Derivative(closed_gradient(), theta) / (r * unit),
            -in_plane * n,
            "when `theta` grows, `w` moves against the normal at speed `r*Norm(w_star)`",
            Calculus(),
        ),
        Step(
            "move out of the plane",
            Derivative(closed_gradient(), phi) / (r * unit * sin(theta)),
            outer * e,
            "when `phi` grows, `w` turns round the axis of `w_star`, along `e` at speed `r*Norm(w_star)*sin(theta)`",
            Calculus(),
        ),
        Step("along the filter", Apply(matrix, w), radial * w, "`w` is orthogonal to the normal"),
        Step(
            "across the filter in the plane",
            Apply(matrix, n),
            in_plane * n,
            "the normal is a unit vector orthogonal to `w`",
        ),
        Step("out of the plane", Apply(matrix, e), outer * e, "`e` is orthogonal to `w` and `w_star`"),
        Step(
            "Hessian",
            Hessian(closed_loss(), w),
            matrix,
            "the two matrices agree on an orthogonal basis, by the steps before; coordinates: the plane of both "
            "filters and one direction out of it, which stands for all the others",
            Argument(),
            SPACE.extended(definitions=REDUCED.definitions),
        ),
        Step(
            "sum of the eigenvalues",
            Trace(matrix),
            radial + in_plane + outer,
            "in three dimensions there are no others; in `m` dimensions the last one has multiplicity `m - 2`",
        ),
    )
    return Derivation(
        name="non-overlapping-hessian",
        title="Hessian of the population loss of a convolutional network without overlap",
        source="ours, for the model of Brutzkus and Globerson 2017",
        law=LAW,
        normalisation=NORMALISATION,
        frame=REDUCED,
        meanings={
            **REDUCED_MEANINGS,
            e: "a unit vector orthogonal to `w` and `w_star`",
            phi: "the angle by which `w` is turned round the axis of `w_star`",
        },
        results=(
            Result("hessian", Hessian(definition(), w), matrix, (w, w_star, k), "Hessian in `w`"),
            Result("radial_curvature", Apply(Hessian(definition(), w), w), radial * w, (w, w_star, k), "along `w`"),
        ),
        steps=tuple(step if step.frame else replace(step, frame=POLAR_SPACE) for step in steps),
        conditions=(
            "`theta > 0`, and `theta < pi`: on the axis the Hessian is the limit, where the last two eigenvalues agree",
            "`Norm(w) > 0`: at zero there are no derivatives",
        ),
        remarks=("The matrix is diagonal in an orthonormal basis of `w`, the normal in the plane, and the rest.",),
    )
