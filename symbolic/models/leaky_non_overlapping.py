"""The convolutional network without overlap with leaky ReLU activation."""

from __future__ import annotations

from sympy import Expr, Integer, Sum, pi, sqrt

from relucert.symbolic.derivation import Argument, Calculus, Derivation, Identity, Result, Step
from relucert.symbolic.expressions import Dot, Entry, Gradient, Mean, Norm, leaky_relu
from relucert.symbolic.frames import between
from relucert.symbolic.kernels.leaky_relu_kernel import leaky_relu_kernel
from relucert.symbolic.models.non_overlapping_gradient import closed_gradient
from relucert.symbolic.models.non_overlapping_loss import (
    LAW,
    MEANINGS,
    NORMALISATION,
    PLANE,
    closed_loss,
    i,
    k,
    theta,
    w,
    w_star,
    x,
    z,
)
from relucert.symbolic.names import positive

alpha = positive("alpha")
SLOPE = {alpha: between("1/20", "19/20")}
FRAME = PLANE.extended(domains=SLOPE)


def leaky_definition() -> Expr:
    """The mean that defines the loss."""

    def network(filter_weights: Expr) -> Expr:
        return Sum(leaky_relu(Dot(filter_weights, Entry(x, i)), alpha), (i, 1, k)) / k

    return Mean((network(w) - network(w_star)) ** 2, x)


def leaky_loss() -> Expr:
    """The closed form: the loss with ReLU activation, and the square of the distance to the teacher."""
    return (1 - alpha) ** 2 * closed_loss() + alpha / k * Norm(w - w_star) ** 2


def leaky_gradient() -> Expr:
    """The gradient in w, not zero."""
    return (1 - alpha) ** 2 * closed_gradient() + 2 * alpha / k * (w - w_star)


def derivation() -> Derivation:
    """E (f(x; w) − f(x; w*))²: f averages leaky_α(w·x_i) over k iid N(0, I_m) patches, no 1/2; model: B&G 2017."""
    own, teacher = (leaky_relu(Dot(u, z), alpha) for u in (w, w_star))
    diagonal, cross = Mean((own - teacher) ** 2, z), Mean(own - teacher, z)
    by_patches = (k * diagonal + (k**2 - k) * cross**2) / k**2
    bare = (1 - alpha) ** 2
    squares = {u: bare * Norm(u) ** 2 / 2 + alpha * Norm(u) ** 2 for u in (w, w_star)}
    distance = Norm(w) ** 2 - 2 * Dot(w, w_star) + Norm(w_star) ** 2
    collected = bare * closed_loss() + alpha / k * distance
    return Derivation(
        name="leaky-non-overlapping",
        title="A convolutional network without overlap with leaky ReLU activation",
        source="ours, for the model of Brutzkus and Globerson 2017",
        law=LAW,
        normalisation=NORMALISATION,
        frame=FRAME,
        meanings={**MEANINGS, alpha: "the slope of the activation on the negative side, in `[0, 1]`"},
        results=(
            Result("loss", leaky_definition(), leaky_loss(), (w, w_star, k, alpha), "population loss"),
            Result(
                "gradient", Gradient(leaky_definition(), w), leaky_gradient(), (w, w_star, k, alpha), "gradient in `w`"
            ),
        ),
        steps=(
            Step(
                "patches are independent",
                leaky_definition(),
                by_patches,
                "the mean is linear; of the `k**2` ordered pairs of patches `k` are equal, in the others the factors "
                "are independent with the same law; confirmed by cubature over two patches",
                Argument(),
                FRAME.extended(sizes={k: 2}),
            ),
            Step(
                "equal patches",
                diagonal,
                Mean(own**2, z) - 2 * Mean(own * teacher, z) + Mean(teacher**2, z),
                "the mean is linear",
                Argument(),
            ),
            Step("student with itself", Mean(own**2, z), squares[w], "by leaky-relu-kernel, at angle zero", Argument()),
            Step("teacher with itself", Mean(teacher**2, z), squares[w_star], "by leaky-relu-kernel", Argument()),
            Step(
                "student with teacher",
                Mean(own * teacher, z),
                leaky_relu_kernel(w, w_star, alpha, theta),
                "by leaky-relu-kernel",
                Argument(),
            ),
            Step(
                "different patches",
                cross,
                (1 - alpha) * (Norm(w) - Norm(w_star)) / sqrt(2 * pi),
                "the activation is `1 - alpha` times ReLU plus `alpha` times its argument, and the argument has mean "
                "zero; then relu-mean",
                Argument(),
            ),
            Step(
                "insert",
                by_patches,
                collected,
                "the parts with `(1 - alpha)**2` are those of non-overlapping-loss",
                Identity(
                    inserting=(
                        "equal patches",
                        "student with itself",
                        "teacher with itself",
                        "student with teacher",
                        "different patches",
                    )
                ),
            ),
            Step("square of the distance", distance, Norm(w - w_star) ** 2, "multiply out"),
            Step("collect", collected, leaky_loss(), "by the step before"),
            Step(
                "gradient",
                Gradient(leaky_loss(), w),
                leaky_gradient(),
                "by non-overlapping-gradient, and the gradient of the square of the distance",
                Calculus(),
            ),
            Step(
                "linear network",
                leaky_loss().xreplace({alpha: Integer(1)}),
                Norm(w - w_star) ** 2 / k,
                "for the slope 1 the activation is linear: the patches are independent with mean zero",
            ),
        ),
        conditions=(
            "`alpha <= 1`, from zero on: zero is ReLU, one is the linear network",
            "`Norm(w) > 0`: at zero the angle is not defined",
        ),
    )
