"""The angular part G of the kernel of two ReLU neurons."""

from __future__ import annotations

from sympy import Derivative, Integral, Limit, Rational, atan, cos, pi, sin

from relucert.symbolic.derivation import Argument, Calculus, Derivation, Identity, Result, Step
from relucert.symbolic.expressions import G, Mean, Norm
from relucert.symbolic.frames import Frame, between
from relucert.symbolic.kernels.relu_kernel import kernel, plane_frame, product, theta, u, v, x
from relucert.symbolic.names import positive, real

delta, t, y = positive("delta"), positive("t"), real("y")


def derivation() -> Derivation:
    """Facts on G(θ) = sin θ + (π − θ) cos θ, 0 <= θ <= π, the angular part of E relu(u·x) relu(v·x)."""
    free = Frame(domains={theta: between("1/10", 3), delta: between("1/10", 3)})
    # every angle between 0 and pi, such that the sine and pi - theta are visibly positive
    inside = Frame(definitions={theta: pi - 2 * atan(t)}, domains={t: between("1/8", 4)})
    slope = -(pi - theta) * sin(theta)
    small = sin(delta) - delta * cos(delta)
    return Derivation(
        name="angle-function",
        title="The angular part of the kernel of two ReLU neurons",
        source="Cho and Saul 2009, order n = 1; the facts by calculus",
        law="`x` is standard Gaussian in any dimension `d >= 2`",
        normalisation="no factor 1/2: the value at 0 is `pi`",
        frame=free,
        meanings={
            theta: "an angle in `[0, pi]`",
            delta: "the angle's distance from `pi`",
            u: "weights of a neuron, not zero",
            v: "weights of another, not zero",
            t: "a positive number, any angle between 0 and `pi` being `pi - 2*atan(t)`",
            y: "the variable of integration",
        },
        results=(
            Result("slope", Derivative(G(theta), theta), slope, (theta,), "derivative"),
            Result(
                "second_derivative",
                Derivative(G(theta), theta, theta),
                sin(theta) - (pi - theta) * cos(theta),
                (theta,),
                "second derivative",
            ),
            Result("near_pi", G(pi - delta), small, (delta,), "the function in terms of the distance from pi"),
        ),
        steps=(
            Step(
                "from the kernel",
                2 * pi * Mean(product(u, v, x), x) / (Norm(u) * Norm(v)),
                2 * pi * kernel(u, v, theta) / (Norm(u) * Norm(v)),
                "by relu-kernel",
                Argument(),
                plane_frame(),
            ),
            Step(
                "angular part",
                2 * pi * kernel(u, v, theta) / (Norm(u) * Norm(v)),
                G(theta),
                "lengths cancel",
                Identity(),
                plane_frame(),
            ),
            Step("definition", G(theta), sin(theta) + (pi - theta) * cos(theta), "in elementary functions"),
            Step("slope", Derivative(G(theta), theta), slope, "two terms `cos(theta)` cancel", Calculus()),
            Step(
                "second derivative",
                Derivative(slope, theta),
                sin(theta) - (pi - theta) * cos(theta),
                "product rule",
                Calculus(),
            ),
            Step("at the angle 0", G(0 * theta), pi + 0 * theta, "equal directions"),
            Step("at a right angle", G(pi / 2), 1 + 0 * theta, "orthogonal weights"),
            Step("at the angle pi", G(pi), 0 * theta, "opposite weights: never active together"),
            Step(
                "decreasing",
                slope,
                0 * theta,
                "between 0 and `pi`, where `theta` is `pi - 2*atan(t)`, both factors are positive",
                Identity(witness=4 * t * atan(t) / (1 + t**2)),
                inside,
                relation="<",
            ),
            Step(
                "integral of the slope",
                Integral((pi - y) * sin(y), (y, theta, pi)),
                G(theta),
                "the function vanishes at `pi`, and minus the function is a primitive of minus its slope",
                Calculus(primitive=-G(y)),
            ),
            Step(
                "positive",
                Integral((pi - y) * sin(y), (y, theta, pi)),
                0 * theta,
                "the integrand is minus the slope, so it is positive between `theta` and `pi`",
                Argument(),
                relation=">",
            ),
            Step(
                "reflection",
                G(theta) - G(pi - theta),
                pi * cos(theta),
                "the sines are equal, the cosines opposite",
            ),
            Step("distance from pi", G(pi - delta), small, "the sines are equal, the cosines opposite"),
            Step(
                "order at pi",
                Limit(small / delta**3, delta, 0, "+"),
                Rational(1, 3),
                "the terms of first order cancel: computed as it stands the formula loses all digits here",
                Calculus(),
                digits=20,
            ),
            Step(
                "next order at pi",
                Limit((small - delta**3 / 3) / delta**5, delta, 0, "+"),
                -Rational(1, 30),
                "the next term of the expansion",
                Calculus(),
                digits=15,
            ),
            Step(
                "order at 0",
                Limit((G(theta) - pi) / theta**2, theta, 0, "+"),
                -pi / 2,
                "the slope vanishes at 0 and the second derivative is `-pi` there",
                Calculus(),
                digits=20,
            ),
        ),
    )
