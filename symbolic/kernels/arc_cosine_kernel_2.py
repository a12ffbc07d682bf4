"""The arc-cosine kernel of order 2."""

from __future__ import annotations

from sympy import Derivative, Expr, Integral, Rational, cos, exp, oo, pi, sin

from relucert.symbolic.derivation import Argument, Calculus, Derivation, Identity, Result, Step
from relucert.symbolic.expressions import Angle, Mean, Norm, relu
from relucert.symbolic.kernels.relu_kernel import angle_frame, p, phi, plane_frame, product, q, rho, theta, u, v, x, z

RADIAL = Integral(rho**5 * exp(-(rho**2) / 2), (rho, 0, oo))


def angular_part_2(theta: Expr) -> Expr:
    """J_2(θ) = 3 sin θ cos θ + (π − θ)(1 + 2 cos² θ)."""
    return 3 * sin(theta) * cos(theta) + (pi - theta) * (1 + 2 * cos(theta) ** 2)


def arc_cosine_kernel_2(u: Expr, v: Expr, angle: Expr | None = None) -> Expr:
    """2 E relu(u·x)² relu(v·x)² = |u|²|v|² J_2(θ)/π."""
    theta = Angle(u, v) if angle is None else angle
    return Norm(u) ** 2 * Norm(v) ** 2 * angular_part_2(theta) / pi


def derivation() -> Derivation:
    """k_2(u, v) = 2 E relu(u·x)² relu(v·x)² = |u|²|v|² J_2(θ)/π: x ~ N(0, I_d), d >= 2 (Cho & Saul 2009)."""
    plane, polar = plane_frame(), angle_frame()
    definition = 2 * Mean(product(u, v, x) ** 2, x)
    scale = Norm(u) ** 2 * Norm(v) ** 2
    arc = Integral(relu(cos(phi)) ** 2 * relu(cos(phi - theta)) ** 2, (phi, -pi, pi))
    squares = cos(phi) ** 2 * cos(phi - theta) ** 2
    sums = (cos(theta) ** 2 + 2 * cos(theta) * cos(2 * phi - theta) + (1 + cos(4 * phi - 2 * theta)) / 2) / 4
    wedge = Integral(squares, (phi, theta - pi / 2, pi / 2))
    integrals = scale / pi * RADIAL * arc
    kernel = arc_cosine_kernel_2(u, v, theta)
    ratio = (pi - theta) / sin(theta)
    return Derivation(
        name="arc-cosine-kernel-2",
        title="The arc-cosine kernel of order 2",
        source="Cho and Saul 2009, order n = 2",
        law="`x` is standard Gaussian in any dimension `d >= 2`",
        normalisation="the factor 2 of Cho and Saul",
        frame=plane,
        meanings={
            u: "the first vector, not zero",
            v: "the second vector, not zero",
            theta: "the angle between `u` and `v`, in `[0, pi]`",
        },
        results=(Result("kernel", definition, kernel, (u, v), "the kernel"),),
        steps=(
            Step(
                "along a ray",
                product(p, q, z) ** 2,
                scale * rho**4 * relu(cos(phi)) ** 2 * relu(cos(phi - theta)) ** 2,
                "in the plane of `u` and `v` as in relu-kernel, with `z` at the distance `rho` and the angle `phi`",
                Identity(),
                polar,
            ),
            Step(
                "polar coordinates",
                definition,
                integrals,
                "the density is `exp(-rho**2/2)/(2*pi)`, and the area element brings one more `rho`",
                Argument(),
            ),
            Step(
                "radial integral",
                RADIAL,
                8 + 0 * rho,
                "integrate by parts twice",
                Calculus(primitive=-(rho**4 + 4 * rho**2 + 8) * exp(-(rho**2) / 2)),
                polar,
            ),
            Step(
                "wedge",
                arc,
                wedge,
                "both cosines are positive exactly for `theta - pi/2 < phi`, `phi < pi/2`",
                Argument(),
                polar,
            ),
            Step(
                "squares of cosines",
                squares,
                sums,
                "the square of `(cos(theta) + cos(2*phi - theta))/2`, with the double angle",
                Identity(),
                polar,
            ),
            Step(
                "angular integral",
                wedge,
                angular_part_2(theta) / 8,
                "integrate the sum term by term: at the limits `2*phi - theta` is `pi - theta` and `theta - pi`",
                Calculus(
                    primitive=phi * (2 * cos(theta) ** 2 + 1) / 8
                    + cos(theta) * sin(2 * phi - theta) / 4
                    + sin(4 * phi - 2 * theta) / 32
                ),
                polar,
            ),
            Step(
                "assembly",
                integrals,
                kernel,
                "insert the three integrals",
                Identity(inserting=("radial integral", "wedge", "angular integral")),
            ),
            Step(
                "angular part by the formula for all orders",
                sin(theta) ** 5 * Derivative(Derivative(ratio, theta) / sin(theta), theta) / sin(theta),
                angular_part_2(theta),
                "by another way: the operator of order 1, `1/sin(theta)` times the derivative, applied twice",
                Calculus(),
                polar,
            ),
            Step(
                "vector with itself",
                arc_cosine_kernel_2(u, u),
                3 * Norm(u) ** 4,
                "at the angle 0: the fourth moment of the normal law",
            ),
            Step(
                "orthogonal vectors",
                angular_part_2(pi / 2),
                2 * pi * Rational(1, 4),
                "at a right angle the two factors are independent, each with the mean `Norm(u)**2/2`",
            ),
        ),
    )
