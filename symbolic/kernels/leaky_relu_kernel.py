"""The mean of a product of two leaky ReLU neurons."""

from __future__ import annotations

from sympy import Expr, Rational, cos, pi

from relucert.symbolic.derivation import Argument, Derivation, Identity, Result, Step
from relucert.symbolic.expressions import Angle, Dot, G, Mean, Norm, leaky_relu, relu
from relucert.symbolic.frames import between
from relucert.symbolic.kernels.relu_kernel import angle_frame, kernel, plane_frame, theta, u, v, x
from relucert.symbolic.names import positive, real

alpha, t = positive("alpha"), real("t")


def leaky_relu_kernel(u: Expr, v: Expr, alpha: Expr, angle: Expr | None = None) -> Expr:
    """E leaky(u·x) leaky(v·x) = (1 − α)² g(u, v) + α u·v, with g the kernel of two ReLU neurons."""
    theta = Angle(u, v) if angle is None else angle
    return (1 - alpha) ** 2 * kernel(u, v, theta) + alpha * Dot(u, v)


def derivation() -> Derivation:
    """E leaky(u·x) leaky(v·x), slope α for negative inputs, 0 <= α <= 1: x ~ N(0, I_d), d >= 2, no factor 1/2."""
    frame = plane_frame()
    frame = frame.extended(domains={alpha: between("1/20", "19/20"), t: between(-2, 2)})
    polar = angle_frame().extended(domains={alpha: between("1/20", "19/20")})
    one, two = Dot(u, x), Dot(v, x)
    mean = Mean(leaky_relu(one, alpha) * leaky_relu(two, alpha), x)
    split = Mean((relu(one) - alpha * relu(-one)) * (relu(two) - alpha * relu(-two)), x)
    four = kernel(u, v) - alpha * kernel(u, -v) - alpha * kernel(-u, v) + alpha**2 * kernel(-u, -v)
    scale = Norm(u) * Norm(v) / (2 * pi)
    by_angles = scale * ((1 + alpha**2) * G(theta) - 2 * alpha * G(pi - theta))
    return Derivation(
        name="leaky-relu-kernel",
        title="The kernel of two leaky ReLU neurons",
        source="the kernel of Cho and Saul 2009 applied to the positive and negative parts",
        law="`x` is standard Gaussian in any dimension `d >= 2`",
        normalisation="no factor 1/2",
        frame=frame,
        meanings={
            u: "weights of the first neuron, not zero",
            v: "weights of the second neuron, not zero",
            theta: "the angle between `u` and `v`, in `[0, pi]`",
            alpha: "the slope for negative inputs",
            t: "any number",
        },
        results=(
            Result("kernel", mean, leaky_relu_kernel(u, v, alpha, theta), (u, v, alpha), "mean of the product"),
            Result("kernel_by_angles", mean, by_angles, (u, v, alpha), "the same in terms of the two angles"),
        ),
        steps=(
            Step(
                "positive and negative part",
                leaky_relu(t, alpha),
                relu(t) - alpha * relu(-t),
                "one of the two terms is zero",
            ),
            Step("split", mean, split, "both neurons into positive and negative part", Argument()),
            Step(
                "four kernels",
                split,
                four,
                "multiply out; `relu(-Dot(u, x))` is a neuron with weights `-u`: by relu-kernel",
                Argument(),
            ),
            Step(
                "one neuron turned round",
                kernel(u, -v),
                scale * G(pi - theta),
                "the angle between `u` and `-v` is `pi - theta`",
            ),
            Step("the other turned round", kernel(-u, v), scale * G(pi - theta), "the same angle"),
            Step("both turned round", kernel(-u, -v), scale * G(theta), "the angle is that of `u` and `v`"),
            Step(
                "in terms of two angles",
                four,
                by_angles,
                "insert the turned kernels",
                Identity(inserting=("one neuron turned round", "the other turned round", "both turned round")),
            ),
            Step(
                "opposite angles",
                G(theta) - G(pi - theta),
                pi * cos(theta),
                "the sines are equal, the cosines opposite",
                Identity(),
                polar,
            ),
            Step(
                "linear part",
                by_angles,
                leaky_relu_kernel(u, v, alpha, theta),
                "`G(pi - theta)` is `G(theta) - pi*cos(theta)`, and `Norm(u)*Norm(v)*cos(theta)` is `Dot(u, v)`",
            ),
            Step(
                "ReLU and identity",
                leaky_relu(t, alpha),
                (1 - alpha) * relu(t) + alpha * t,
                "by another way: slope 1 everywhere, and the rest",
            ),
            Step(
                "ReLU against identity",
                Mean(relu(one) * two, x),
                Rational(1, 2) * Dot(u, v),
                "`relu(Dot(u, x))` is half of `Dot(u, x)` and an even function, and `Dot(v, x)` is odd",
                Argument(),
            ),
            Step(
                "by another way",
                mean,
                (1 - alpha) ** 2 * kernel(u, v) + 2 * alpha * (1 - alpha) * Dot(u, v) / 2 + alpha**2 * Dot(u, v),
                "multiply out: the two mixed terms are ReLU against identity, the last one is the mean of "
                "`Dot(u, x)*Dot(v, x)`",
                Argument(),
            ),
            Step(
                "both ways agree",
                (1 - alpha) ** 2 * kernel(u, v) + 2 * alpha * (1 - alpha) * Dot(u, v) / 2 + alpha**2 * Dot(u, v),
                leaky_relu_kernel(u, v, alpha, theta),
                "collect `Dot(u, v)`",
            ),
        ),
        conditions=("`alpha <= 1`: for a greater slope the maximum of both branches is another function",),
        remarks=("slope 0 gives the kernel of two ReLU neurons, slope 1 the inner product",),
    )
