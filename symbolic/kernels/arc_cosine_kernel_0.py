"""The arc-cosine kernel of order 0."""

from __future__ import annotations

from sympy import Derivative, Expr, Rational, asin, cos, pi

from relucert.symbolic.derivation import Argument, Calculus, Derivation, Result, Step
from relucert.symbolic.expressions import Angle, Dot, Mean, step
from relucert.symbolic.frames import Frame, between
from relucert.symbolic.kernels.relu_kernel import plane_frame, theta, u, v, x
from relucert.symbolic.kernels.step_kernel import step_kernel
from relucert.symbolic.names import positive

c = positive("c")


def arc_cosine_kernel_0(u: Expr, v: Expr, angle: Expr | None = None) -> Expr:
    """2 P(u·x > 0, v·x > 0) = 1 − θ/π."""
    theta = Angle(u, v) if angle is None else angle
    return 1 - theta / pi


def derivation() -> Derivation:
    """k_0(u, v) = 2 E step(u·x) step(v·x) = J_0(θ)/π, J_0 = π − θ: x ~ N(0, I_d), d >= 2 (Cho & Saul 2009)."""
    plane = plane_frame()
    definition = 2 * Mean(step(Dot(u, x)) * step(Dot(v, x)), x)
    free = Frame(domains={theta: between("1/10", 3)})
    kernel = arc_cosine_kernel_0(u, v, theta)
    return Derivation(
        name="arc-cosine-kernel-0",
        title="The arc-cosine kernel of order 0",
        source="Cho and Saul 2009, order n = 0",
        law="`x` is standard Gaussian in any dimension `d >= 2`",
        normalisation="the factor 2 of Cho and Saul; without it this is step-kernel",
        frame=plane,
        meanings={
            u: "the first vector, not zero",
            v: "the second vector, not zero",
            theta: "the angle between `u` and `v`, in `[0, pi]`",
            c: "any positive number",
        },
        results=(Result("kernel", definition, kernel, (u, v), "the kernel"),),
        steps=(
            Step("both active", definition, 2 * step_kernel(u, v), "by step-kernel", Argument()),
            Step(
                "angular part",
                2 * step_kernel(u, v),
                (pi - theta) / pi,
                "the angular part of order 0 is `pi - theta`",
            ),
            Step("kernel", (pi - theta) / pi, kernel, "divide"),
            Step("lengths", arc_cosine_kernel_0(c * u, v), kernel, "the angle does not depend on the lengths"),
            Step(
                "opposite vectors",
                arc_cosine_kernel_0(u, v) + arc_cosine_kernel_0(u, -v),
                1 + 0 * theta,
                "one of the neurons with weights `v` and `-v` is active",
            ),
            Step(
                "slope",
                Derivative(kernel, theta),
                -1 / pi + 0 * theta,
                "linear in the angle",
                Calculus(),
                free,
            ),
            Step(
                "arc sine",
                (pi - theta) / pi,
                Rational(1, 2) + asin(cos(theta)) / pi,
                "in terms of the correlation `cos(theta)`: it is the sine of `pi/2 - theta`, which is in the range "
                "of the arc sine",
                Argument(special_cases=tuple({theta: angle} for angle in (0 * pi, pi / 3, pi / 2, pi))),
                free,
            ),
            Step(
                "slope of the arc sine",
                Derivative(Rational(1, 2) + asin(cos(theta)) / pi, theta) ** 2,
                1 / pi**2 + 0 * theta,
                "the derivative is `-sin(theta)/(pi*Abs(sin(theta)))`: the same slope up to its sign",
                Calculus(),
                free,
            ),
        ),
    )
