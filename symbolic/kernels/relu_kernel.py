"""The mean of a product of two ReLU neurons with a common Gaussian input."""

from __future__ import annotations

from sympy import Expr, Integral, cos, exp, oo, pi, sin

from relucert.symbolic.derivation import Argument, Calculus, Derivation, Identity, Result, Step
from relucert.symbolic.expressions import Angle, Dot, G, Mean, Norm, relu
from relucert.symbolic.frames import Frame, between
from relucert.symbolic.names import positive, real, vector

u, v, x = vector("u"), vector("v"), vector("x")
u1, u2, v1 = real("u_1"), positive("u_2"), positive("v_1")
theta, phi, rho = positive("theta"), real("phi"), positive("rho")

# v on the first axis: by the first step nothing is lost
PLANE = Frame(
    vectors={u: (u1, u2), v: (v1, 0 * v1)},
    definitions={theta: Angle(u, v)},
    dimensions={x: 2},
    domains={u1: between("-2", 2), u2: between("1/10", 2)},
)
POLAR = Frame(vectors={}, domains={theta: between("1/10", 3), phi: between("-1", 1)})


def kernel(u: Expr, v: Expr, angle: Expr | None = None) -> Expr:
    """E relu(u·x) relu(v·x) = |u||v| G(θ)/(2π), with the angle of u and v or a name for it."""
    theta = Angle(u, v) if angle is None else angle
    return Norm(u) * Norm(v) * G(theta) / (2 * pi)


def derivation() -> Derivation:
    """E relu(u·x) relu(v·x) = |u||v| G(θ)/(2π): x ~ N(0, I_d), d >= 2, no factor 1/2 (Cho & Saul 2009, n = 1)."""
    product = relu(Dot(u, x)) * relu(Dot(v, x))
    arc = Integral(relu(cos(phi)) * relu(cos(phi - theta)), (phi, -pi, pi))
    radial = Integral(rho**3 * exp(-(rho**2) / 2), (rho, 0, oo))
    scale = Norm(u) * Norm(v)
    wedge = Integral(cos(phi) * cos(phi - theta), (phi, theta - pi / 2, pi / 2))
    half = Integral((cos(theta) + cos(2 * phi - theta)) / 2, (phi, theta - pi / 2, pi / 2))
    return Derivation(
        name="relu-kernel",
        title="The kernel of two ReLU neurons",
        source="Cho and Saul 2009, arc-cosine kernel of order 1; Brutzkus and Globerson 2017, Section 4",
        law="`x` is standard Gaussian in any dimension `d >= 2`",
        normalisation="no factor 1/2; the arc-cosine kernel of order 1 is twice this mean",
        frame=PLANE,
        meanings={
            u: "weights of the first neuron, not zero",
            v: "weights of the second neuron, not zero",
            theta: "the angle between `u` and `v`, in `[0, pi]`",
        },
        results=(Result("kernel", Mean(product, x), scale * G(theta) / (2 * pi), (u, v), "mean of the product"),),
        steps=(
            Step(
                "polar coordinates",
                Mean(product, x),
                scale / (2 * pi) * radial * arc,
                "only the component of `x` in the plane of `u` and `v` enters, and it is standard Gaussian there",
                Argument(),
            ),
            Step(
                "radial integral",
                radial,
                2 + 0 * rho,
                "integrate by parts",
                Calculus(primitive=-(rho**2 + 2) * exp(-(rho**2) / 2)),
                POLAR,
            ),
            Step(
                "wedge",
                arc,
                wedge,
                "both cosines are positive exactly for `theta - pi/2 < phi`, `phi < pi/2`",
                Argument(),
                POLAR,
            ),
            Step(
                "product of cosines",
                cos(phi) * cos(phi - theta),
                (cos(theta) + cos(2 * phi - theta)) / 2,
                "addition theorem",
                Identity(),
                POLAR,
            ),
            Step(
                "angular integral",
                half,
                G(theta) / 2,
                "integrate",
                Calculus(primitive=phi * cos(theta) / 2 + sin(2 * phi - theta) / 4),
                POLAR,
            ),
            Step(
                "assembly", scale / (2 * pi) * 2 * (G(theta) / 2), scale * G(theta) / (2 * pi), "insert both integrals"
            ),
        ),
    )
