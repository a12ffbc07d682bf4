"""The ReLU kernel of Gaussian inputs with any covariance."""

from __future__ import annotations

from sympy import Expr, acos, cos, pi, sin, sqrt

from relucert.symbolic.derivation import Argument, Calculus, Derivation, Identity, Result, Step
from relucert.symbolic.expressions import (
    Angle,
    Apply,
    Dot,
    G,
    Gradient,
    Matrix,
    Mean,
    Norm,
    Outer,
    Transposed,
)
from relucert.symbolic.frames import Frame, between
from relucert.symbolic.kernels.relu_kernel import kernel, kernel_gradient, product, u, v
from relucert.symbolic.names import positive, real, vector

L, Sigma, theta, z = Matrix("L"), Matrix("Sigma"), positive("theta"), vector("z")


def covariance_inner(u: Expr, v: Expr) -> Expr:
    """The covariance uᵀΣv of u·x and v·x."""
    return Dot(u, Apply(Sigma, v))


def covariance_kernel(u: Expr, v: Expr, angle: Expr) -> Expr:
    """E relu(u·x) relu(v·x) for x ~ N(0, Σ), with θ the arc cosine of the correlation of u·x and v·x."""
    return sqrt(covariance_inner(u, u)) * sqrt(covariance_inner(v, v)) * G(angle) / (2 * pi)


def derivation() -> Derivation:
    """E relu(u·x) relu(v·x) for x = L z, Σ = L Lᵀ, z ~ N(0, I_d), d >= 2, no factor 1/2; and its gradient in u."""
    us, v1 = (real("u_1"), positive("u_2")), positive("v_1")
    l11, l21, l22 = positive("l_11"), real("l_21"), positive("l_22")
    deviation_u, deviation_v = sqrt(covariance_inner(u, u)), sqrt(covariance_inner(v, v))
    frame = Frame(
        vectors={u: us, v: (v1, 0 * v1)},
        matrices={L: ((l11, 0 * l11), (l21, l22)), Sigma: ((l11**2, l11 * l21), (l11 * l21, l21**2 + l22**2))},
        definitions={theta: acos(covariance_inner(u, v) / (deviation_u * deviation_v))},
        dimensions={z: 2},
        domains={us[0]: between(-2, 2), l21: between(-1, 1)},
    )
    point = frame.extended(vectors={z: (real("z_1"), real("z_2"))})
    turned_u, turned_v = Apply(Transposed(L), u), Apply(Transposed(L), v)
    mean = Mean(product(Apply(Transposed(L), u), Apply(Transposed(L), v), z), z)
    definition = Mean(product(u, v, Apply(L, z)), z)
    gradient = (deviation_v * sin(theta) / deviation_u * Apply(Sigma, u) + (pi - theta) * Apply(Sigma, v)) / (2 * pi)
    return Derivation(
        name="covariance-kernel",
        title="The kernel of two ReLU neurons for inputs with a covariance",
        source="the kernel of Cho and Saul 2009 after a linear substitution",
        law="`Apply(L, z)`, with `z` standard Gaussian, `d >= 2`: Gaussian with mean 0 and covariance `Sigma`",
        normalisation="no factor 1/2",
        frame=frame,
        meanings={
            u: "weights of the first neuron",
            v: "weights of the second neuron",
            L: "a factor of the covariance, e.g. its Cholesky factor",
            Sigma: "the covariance of the inputs",
            z: "a standard Gaussian vector",
            theta: "the arc cosine of the correlation of `Dot(u, Apply(L, z))` and `Dot(v, Apply(L, z))`",
        },
        results=(
            Result("kernel", definition, covariance_kernel(u, v, theta), (u, v, Sigma), "mean of the product"),
            Result("gradient", Gradient(definition, u), gradient, (u, v, Sigma), "gradient in the first vector"),
        ),
        steps=(
            Step(
                "covariance",
                Mean(Outer(Apply(L, z), Apply(L, z)), z),
                Sigma,
                "the covariance is `L` times its transpose; shown in the plane, with `v` on the first axis and "
                "the triangular `L` of Cholesky",
                Argument(),
            ),
            Step(
                "transpose",
                Dot(u, Apply(L, z)),
                Dot(turned_u, z),
                "move the matrix to the other side of the inner product",
                Identity(),
                point,
            ),
            Step(
                "standard Gaussian",
                definition,
                mean,
                "two neurons with weights `Apply(Transposed(L), u)` and `Apply(Transposed(L), v)` on standard inputs",
                Argument(),
            ),
            Step("by relu-kernel", mean, kernel(turned_u, turned_v), "insert these weights in relu-kernel", Argument()),
            Step(
                "standard deviation",
                Norm(turned_u) ** 2,
                covariance_inner(u, u),
                "the variance of the first neuron's input; the same for the second",
            ),
            Step(
                "correlation",
                cos(Angle(turned_u, turned_v)) * Norm(turned_u) * Norm(turned_v),
                covariance_inner(u, v),
                "the covariance of the two neurons' inputs: so the angle is `theta`",
            ),
            Step(
                "in terms of the covariance",
                kernel(turned_u, turned_v),
                covariance_kernel(u, v, theta),
                "insert the standard deviations and the angle: the factor `L` is not needed",
            ),
            Step(
                "chain rule",
                Gradient(kernel(turned_u, turned_v), u),
                Apply(L, kernel_gradient(turned_u, turned_v)),
                "the weights depend on `u` by the transpose of `L`, so `L` multiplies the gradient of relu-kernel",
                Calculus(),
            ),
            Step(
                "gradient",
                Apply(L, kernel_gradient(turned_u, turned_v)),
                gradient,
                "`L` times its transpose is `Sigma`",
            ),
        ),
        conditions=("`Dot(u, Apply(Sigma, u)) > 0`: the first neuron's input is not constant; nor is the second's",),
    )
