"""The arc-cosine kernel of order 1."""

from __future__ import annotations

from sympy import Derivative, Expr, pi, sin

from relucert.symbolic.derivation import Argument, Calculus, Derivation, Result, Step
from relucert.symbolic.expressions import Angle, Dot, G, Gradient, Mean, Norm
from relucert.symbolic.kernels.arc_cosine_kernel_0 import arc_cosine_kernel_0
from relucert.symbolic.kernels.relu_kernel import angle_frame, kernel, plane_frame, product, theta, u, v, x
from relucert.symbolic.names import positive

c = positive("c")


def arc_cosine_kernel_1(u: Expr, v: Expr, angle: Expr | None = None) -> Expr:
    """2 E relu(u·x) relu(v·x) = |u||v| G(θ)/π; G is the angular part J_1."""
    theta = Angle(u, v) if angle is None else angle
    return Norm(u) * Norm(v) * G(theta) / pi


def derivation() -> Derivation:
    """k_1(u, v) = 2 E relu(u·x) relu(v·x) = |u||v| J_1(θ)/π, J_1 = G: x ~ N(0, I_d), d >= 2 (Cho & Saul 2009)."""
    plane, polar = plane_frame(), angle_frame()
    definition = 2 * Mean(product(u, v, x), x)
    ratio = (pi - theta) / sin(theta)
    return Derivation(
        name="arc-cosine-kernel-1",
        title="The arc-cosine kernel of order 1",
        source="Cho and Saul 2009, order n = 1",
        law="`x` is standard Gaussian in any dimension `d >= 2`",
        normalisation="the factor 2 of Cho and Saul; without it this is relu-kernel",
        frame=plane,
        meanings={
            u: "the first vector, not zero",
            v: "the second vector, not zero",
            theta: "the angle between `u` and `v`, in `[0, pi]`",
            c: "any positive number",
        },
        results=(Result("kernel", definition, arc_cosine_kernel_1(u, v, theta), (u, v), "the kernel"),),
        steps=(
            Step("twice the mean", definition, 2 * kernel(u, v), "by relu-kernel", Argument()),
            Step("kernel", 2 * kernel(u, v), arc_cosine_kernel_1(u, v, theta), "the factors 2 cancel"),
            Step(
                "angular part by the formula for all orders",
                -(sin(theta) ** 3) * Derivative(ratio, theta) / sin(theta),
                G(theta),
                "Cho and Saul apply `1/sin(theta)` times the derivative once to `(pi - theta)/sin(theta)`",
                Calculus(),
                polar,
            ),
            Step(
                "from order 0",
                arc_cosine_kernel_1(u, v, theta),
                Norm(u) * Norm(v) * sin(theta) / pi + arc_cosine_kernel_0(u, v, theta) * Dot(u, v),
                "the linear part is the kernel of order 0 times the inner product",
            ),
            Step(
                "lengths",
                arc_cosine_kernel_1(c * u, v),
                c * arc_cosine_kernel_1(u, v, theta),
                "homogeneous of degree 1 in each vector",
            ),
            Step(
                "vector with itself",
                arc_cosine_kernel_1(u, u),
                Norm(u) ** 2,
                "the factor 2 makes this the squared norm",
            ),
            Step(
                "back to order 0",
                Derivative(G(theta), theta, theta) + G(theta),
                2 * sin(theta),
                "so `G` solves a linear equation of second order",
                Calculus(),
                polar,
            ),
            Step(
                "Euler's relation",
                Dot(Gradient(arc_cosine_kernel_1(u, v), u), u),
                arc_cosine_kernel_1(u, v, theta),
                "a function that is homogeneous of degree 1",
                Calculus(),
            ),
        ),
    )
