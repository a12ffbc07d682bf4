"""The gradient of the population loss of the convolutional network with disjoint patches."""

from __future__ import annotations

from sympy import Expr, S, Sum, pi, sin, sqrt

from relucert.symbolic.derivation import Argument, Calculus, Derivation, Identity, Result, Step
from relucert.symbolic.expressions import Dot, Entry, Gradient, Mean, Norm, relu, step
from relucert.symbolic.frames import between
from relucert.symbolic.kernels.relu_kernel_gradient import kernel_gradient
from relucert.symbolic.models.non_overlapping_loss import (
    LAW,
    MEANINGS,
    NORMALISATION,
    PLANE,
    closed_loss,
    definition,
    i,
    k,
    network,
    theta,
    w,
    w_1,
    w_2,
    w_star,
    w_star_1,
    x,
    z,
)
from relucert.symbolic.names import real

w_3 = real("w_3")

# the plane of both filters and one direction out of it: more dimensions repeat the third
SPACE = PLANE.extended(
    vectors={w: (w_1, w_2, w_3), w_star: (w_star_1, S.Zero, S.Zero)},
    domains={w_3: between(-1, 1)},
)
# patches of one coordinate: enough for what only concerns the pairs of patches
LINES = PLANE.extended(vectors={w: (w_1,), w_star: (w_star_1,)}, dimensions={x: 1, z: 1}, sizes={k: 3})


def gradient(w: Expr, w_star: Expr, k: Expr, theta: Expr) -> Expr:
    """The closed form of the gradient, w not zero."""
    pairs = (k**2 - k) / pi
    radial = k + pairs - k * Norm(w_star) * sin(theta) / (pi * Norm(w)) - pairs * Norm(w_star) / Norm(w)
    return (radial * w - k / pi * (pi - theta) * w_star) / k**2


def closed_gradient() -> Expr:
    """The closed form in this module's symbols."""
    return gradient(w, w_star, k, theta)


def derivation() -> Derivation:
    """∇ E (f(x; w) − f(x; w*))², w ∈ R^m: f averages over k iid N(0, I_m) patches, no 1/2 (B&G 2017, Sec. 5)."""
    pairs = (k**2 - k) / pi
    slope = Sum(step(Dot(w, Entry(x, i))) * Entry(x, i), (i, 1, k)) / k
    excess = relu(Dot(w, z)) - relu(Dot(w_star, z))
    active = step(Dot(w, z)) * z
    under_the_mean = Mean(2 * (network(w) - network(w_star)) * slope, x)
    same, own, other = (Mean(value * active, z) for value in (excess, relu(Dot(w, z)), relu(Dot(w_star, z))))
    by_patches = (2 * k * same + 2 * (k**2 - k) * Mean(excess, z) * Mean(active, z)) / k**2
    mean_excess = (Norm(w) - Norm(w_star)) / sqrt(2 * pi)
    direction = w / (sqrt(2 * pi) * Norm(w))
    inserted = (2 * k * (w / 2 - kernel_gradient(w, w_star, theta)) + pairs * (w - Norm(w_star) / Norm(w) * w)) / k**2
    return Derivation(
        name="non-overlapping-gradient",
        title="Gradient of the population loss of a convolutional network without overlap",
        source="Brutzkus and Globerson 2017, Section 5",
        law=LAW,
        normalisation=NORMALISATION,
        frame=PLANE,
        meanings=MEANINGS,
        results=(Result("gradient", Gradient(definition(), w), closed_gradient(), (w, w_star, k), "gradient in `w`"),),
        steps=(
            Step(
                "differentiate under the mean",
                Gradient(definition(), w),
                under_the_mean,
                "the square is Lipschitz in `w` on bounded sets, so the derivative goes under the mean; `relu` has the "
                "derivative `step` except at 0, which has probability zero; confirmed with three patches of one "
                "coordinate each",
                Argument(),
                LINES,
            ),
            Step(
                "patches are independent",
                under_the_mean,
                by_patches,
                "of the `k**2` pairs of patches `k` are equal and have the same mean; in the others the factors are "
                "independent; confirmed with three patches of one coordinate each",
                Argument(),
                LINES,
            ),
            Step("equal patches", same, own - other, "the mean is linear", Argument()),
            Step(
                "student with itself",
                own,
                w / 2,
                "half of `Mean(Dot(w, z)*z, z)`, which is `w`: the integrand is even in `z`",
                Argument(),
            ),
            Step(
                "student with teacher", other, kernel_gradient(w, w_star, theta), "by relu-kernel-gradient", Argument()
            ),
            Step("mean of the difference", Mean(excess, z), mean_excess, "by relu-mean, twice", Argument()),
            Step(
                "mean of an active patch",
                Mean(active, z),
                direction,
                "the gradient of relu-mean: the part of `z` along `w` has the mean `1/sqrt(2*pi)` times the direction "
                "of `w`, the parts orthogonal to `w` are independent of `Dot(w, z)` and have mean zero",
                Argument(),
            ),
            Step(
                "insert",
                by_patches,
                inserted,
                "put the means in; the two roots multiply to `1/(2*pi)`",
                Identity(
                    inserting=(
                        "equal patches",
                        "student with itself",
                        "student with teacher",
                        "mean of the difference",
                        "mean of an active patch",
                    )
                ),
            ),
            Step("collect", inserted, closed_gradient(), "collect `w`", frame=SPACE),
            Step(
                "derivative of the closed loss",
                Gradient(closed_loss(), w),
                closed_gradient(),
                "the same by another way: differentiate the result of non-overlapping-loss",
                Calculus(),
                SPACE,
            ),
            Step(
                "zero at the teacher",
                Norm(closed_gradient()),
                S.Zero,
                "at `Eq(w, w_star)` both coefficients are the same, with opposite signs",
                frame=PLANE.extended(vectors={w: (w_star_1, S.Zero)}),
            ),
        ),
        conditions=("`Norm(w) > 0`: at zero the loss has a cone, not a gradient",),
        remarks=(
            "The gradient is continuous at angle 0 and `pi`: the loss is continuously differentiable away from zero.",
            "The gradient lies in the plane of `w` and `w_star`.",
        ),
    )
