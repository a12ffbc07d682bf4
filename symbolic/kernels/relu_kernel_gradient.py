"""The gradient of the ReLU kernel in one of its vectors."""

from __future__ import annotations

from sympy import Integral as Int
from sympy import Limit, Rational, cos, pi, sin

from relucert.symbolic.derivation import Argument, Calculus, Derivation, Identity, Result, Step
from relucert.symbolic.expressions import Angle, Dot, G, Gradient, Mean, Norm, relu, step
from relucert.symbolic.kernels.relu_kernel import (
    RADIAL,
    angle_frame,
    angle_gradient,
    kernel,
    kernel_gradient,
    phi,
    plane_frame,
    product,
    theta,
    u,
    v,
    x,
)
from relucert.symbolic.kernels.relu_kernel_hessian import n, normal

__all__ = ["angle_gradient", "derivation", "kernel_gradient"]  # the formulas' place is beside the kernel


def derivation() -> Derivation:
    """Gradient in u of E relu(u·x) relu(v·x) = E[step(u·x) relu(v·x) x]: x ~ N(0, I_d), d >= 2, no factor 1/2."""
    frame = plane_frame().extended(definitions={n: normal(u, v)})
    polar = angle_frame().extended(definitions={n: normal(u, v, theta)})
    loss = Mean(product(u, v, x), x)
    under = Mean(step(Dot(u, x)) * relu(Dot(v, x)) * x, x)
    start, stop = theta - pi / 2, pi / 2
    active = step(cos(phi)) * relu(cos(phi - theta))
    along, across = (Int(active * part, (phi, -pi, pi)) for part in (cos(phi), sin(phi)))
    along_arc, across_arc = (Int(cos(phi - theta) * part, (phi, start, stop)) for part in (cos(phi), sin(phi)))
    parts = Norm(v) / (2 * pi) * RADIAL * (along * u / Norm(u) + across * n)
    chain = (
        Norm(v)
        / (2 * pi)
        * (G(theta) * u / Norm(u) - Norm(u) * (pi - theta) * sin(theta) * angle_gradient(u, v, theta))
    )
    return Derivation(
        name="relu-kernel-gradient",
        title="The gradient of the kernel of two ReLU neurons",
        source="Brutzkus and Globerson 2017, Section 4; Tian 2017, where it is the vector F(e, w)",
        law="`x` is standard Gaussian in any dimension `d >= 2`",
        normalisation="no factor 1/2; twice it is the gradient of the arc-cosine kernel of order 1",
        frame=frame,
        meanings={
            u: "weights of the first neuron, not zero: the gradient is taken in them",
            v: "weights of the second neuron",
            theta: "the angle between `u` and `v`, in `[0, pi]`",
            n: "the unit vector orthogonal to `u` in the plane of `u` and `v`, on the side of `v`",
        },
        results=(
            Result("gradient", Gradient(loss, u), kernel_gradient(u, v, theta), (u, v), "gradient in the first vector"),
            Result(
                "diagonal_gradient",
                Gradient(Mean(relu(Dot(u, x)) ** 2, x), u),
                u,
                (u,),
                "gradient of the second moment of one neuron",
            ),
        ),
        steps=(
            Step(
                "under the mean",
                Gradient(loss, u),
                under,
                "differentiate under the mean: `relu` is Lipschitz, and its derivative is `step` where it has one, "
                "with probability 1",
                Argument(),
            ),
            Step(
                "polar coordinates",
                under,
                parts,
                "in the plane as in relu-kernel, `x` is `rho*(cos(phi)*u/Norm(u) + sin(phi)*n)`; "
                "by reflection the components of `x` off the plane have mean 0",
                Argument(),
            ),
            Step(
                "wedge along",
                along,
                along_arc,
                "both neurons are active exactly for `theta - pi/2 < phi`, `phi < pi/2`",
                Argument(),
                polar,
            ),
            Step(
                "component along the neuron",
                along_arc,
                G(theta) / 2,
                "the angular integral of relu-kernel",
                Calculus(primitive=phi * cos(theta) / 2 + sin(2 * phi - theta) / 4),
                polar,
            ),
            Step("wedge across", across, across_arc, "the same arc", Argument(), polar),
            Step(
                "component across",
                across_arc,
                (pi - theta) * sin(theta) / 2,
                "the addition theorem turns the product into `(sin(theta) + sin(2*phi - theta))/2`, "
                "whose second term is the same at both ends",
                Calculus(primitive=phi * sin(theta) / 2 - cos(2 * phi - theta) / 4),
                polar,
            ),
            Step(
                "radial integral",
                RADIAL,
                2 + 0 * theta,
                "by relu-kernel",
                Argument(),
                polar,
            ),
            Step(
                "assembly",
                parts,
                kernel_gradient(u, v, theta),
                "insert the three integrals and `n`, in which the terms with `(pi - theta)*cos(theta)` cancel",
                Identity(
                    inserting=(
                        "wedge along",
                        "component along the neuron",
                        "wedge across",
                        "component across",
                        "radial integral",
                    )
                ),
            ),
            Step(
                "turning the angle",
                Gradient(Angle(u, v), u),
                angle_gradient(u, v, theta),
                "now the other way, by the formula of relu-kernel: the angle is an arc cosine",
                Calculus(),
            ),
            Step(
                "chain rule",
                Gradient(kernel(u, v), u),
                chain,
                "`G` has the derivative `-(pi - theta)*sin(theta)`",
                Calculus(),
            ),
            Step("both ways agree", chain, kernel_gradient(u, v, theta), "`Norm(u)*sin(theta)` cancels"),
            Step(
                "at the angle 0",
                Limit(kernel_gradient(u, v, theta), theta, 0, "+"),
                Norm(v) / (2 * Norm(u)) * u,
                "the formula is continuous: there `v` is `Norm(v)/Norm(u)*u`, and the value is `v/2`",
                Calculus(),
                polar,
                digits=20,
            ),
            Step(
                "at the angle pi",
                Limit(Norm(kernel_gradient(u, v, theta)) ** 2, theta, pi, "-"),
                0 * theta,
                "the formula is continuous: opposite neurons are never active together",
                Calculus(),
                polar,
                digits=20,
            ),
            Step(
                "neuron with itself",
                kernel_gradient(u, u),
                Rational(1, 2) * u,
                "the angle is 0: each of the two slots gives half of `u`",
            ),
            Step(
                "diagonal",
                Gradient(Mean(relu(Dot(u, x)) ** 2, x), u),
                2 * kernel_gradient(u, u),
                "when both vectors are `u`, the two slots of the product rule give the same",
                Argument(),
            ),
            Step("diagonal gradient", 2 * kernel_gradient(u, u), u, "insert the neuron with itself"),
        ),
        conditions=("`Norm(u) > 0`: at 0 there is no gradient, the mean is positive in both directions of a line",),
    )
