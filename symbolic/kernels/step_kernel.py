"""The probability that two neurons with a common Gaussian input are both active."""

from __future__ import annotations

from sympy import Expr, Integral, cos, exp, oo, pi

from relucert.symbolic.derivation import Argument, Calculus, Derivation, Identity, Result, Step
from relucert.symbolic.expressions import Angle, Dot, Mean, step
from relucert.symbolic.kernels.relu_kernel import angle_frame, p, phi, plane_frame, q, rho, theta, u, v, x, z

RADIAL = Integral(rho * exp(-(rho**2) / 2), (rho, 0, oo))


def step_kernel(u: Expr, v: Expr, angle: Expr | None = None) -> Expr:
    """P(u·x > 0, v·x > 0) = (π − θ)/(2π)."""
    theta = Angle(u, v) if angle is None else angle
    return (pi - theta) / (2 * pi)


def derivation() -> Derivation:
    """P(u·x > 0, v·x > 0) = (π − θ)/(2π): x ~ N(0, I_d), d >= 2 (Cho & Saul 2009, n = 0; Sheppard 1899)."""
    plane, polar = plane_frame(), angle_frame()
    both = Mean(step(Dot(u, x)) * step(Dot(v, x)), x)
    opposite = Mean(step(Dot(u, x)) * step(-Dot(v, x)), x)
    arc = Integral(step(cos(phi)) * step(cos(phi - theta)), (phi, -pi, pi))
    wedge = Integral(1 + 0 * phi, (phi, theta - pi / 2, pi / 2))
    return Derivation(
        name="step-kernel",
        title="Two neurons active together",
        source="Cho and Saul 2009, arc-cosine kernel of order 0; the formula is older (Sheppard 1899)",
        law="`x` is standard Gaussian in any dimension `d >= 2`",
        normalisation="a probability; the arc-cosine kernel of order 0 is twice it",
        frame=plane,
        meanings={
            u: "weights of the first neuron, not zero",
            v: "weights of the second neuron, not zero",
            theta: "the angle between `u` and `v`, in `[0, pi]`",
        },
        results=(
            Result("both_active", both, step_kernel(u, v, theta), (u, v), "probability that both neurons are active"),
            Result("one_active", opposite, theta / (2 * pi), (u, v), "probability that only the first is active"),
        ),
        steps=(
            Step(
                "along a ray",
                step(Dot(p, z)) * step(Dot(q, z)),
                step(cos(phi)) * step(cos(phi - theta)),
                "in the plane of `u` and `v`, as in relu-kernel, with `z` at the distance `rho` and the angle `phi`: "
                "the distance does not matter",
                Identity(),
                polar,
            ),
            Step(
                "polar coordinates",
                both,
                RADIAL * arc / (2 * pi),
                "the density is `exp(-rho**2/2)/(2*pi)`, and the area element brings one `rho`",
                Argument(),
            ),
            Step(
                "radial integral",
                RADIAL,
                1 + 0 * rho,
                "the integrand is a derivative",
                Calculus(primitive=-exp(-(rho**2) / 2)),
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
            Step("length of the arc", wedge, pi - theta, "the length of the arc", Calculus(primitive=phi), polar),
            Step(
                "assembly",
                RADIAL * arc / (2 * pi),
                step_kernel(u, v, theta),
                "insert both integrals",
                Identity(inserting=("radial integral", "wedge", "length of the arc")),
            ),
            Step(
                "opposite neuron",
                opposite,
                step_kernel(u, -v),
                "`-Dot(v, x)` is `Dot(-v, x)`: the second neuron with its weights turned round",
                Argument(),
            ),
            Step(
                "opposite angle",
                step_kernel(u, -v),
                theta / (2 * pi),
                "the angle between `u` and `-v` is `pi - theta`",
            ),
        ),
        remarks=("the neurons differ in activity with probability `theta/pi`: twice the second result",),
    )
