"""The mean of one ReLU neuron."""

from __future__ import annotations

from sympy import Expr, Integral, Rational, Symbol, oo, pi, sqrt

from relucert.symbolic.derivation import Argument, Calculus, Derivation, Identity, Result, Step
from relucert.symbolic.expressions import Dot, Gradient, Mean, Norm, normal_pdf, relu, step
from relucert.symbolic.frames import Frame, between
from relucert.symbolic.names import positive, real, vector

u, x, t = vector("u"), vector("x"), real("t")


def relu_mean(u: Expr) -> Expr:
    """E relu(u·x) = |u|/√(2π)."""
    return Norm(u) / sqrt(2 * pi)


def space_frame() -> Frame:
    """u in three coordinates."""
    us: tuple[Symbol, ...] = (real("u_1"), positive("u_2"), real("u_3"))
    return Frame(vectors={u: us}, dimensions={x: 3}, domains={us[0]: between(-2, 2), us[2]: between(-2, 2)})


def derivation() -> Derivation:
    """E relu(u·x) = |u|/√(2π), E relu(u·x)² = |u|²/2: x ~ N(0, I_d), d >= 1."""
    mean = Mean(relu(Dot(u, x)), x)
    line = Mean(relu(Norm(u) * t), t)
    half = Integral(t * normal_pdf(t), (t, 0, oo))
    square, other = Mean(relu(Dot(u, x)) ** 2, x), Mean(relu(-Dot(u, x)) ** 2, x)
    return Derivation(
        name="relu-mean",
        title="Mean and second moment of a ReLU neuron",
        source="half-normal law; used by Du, Lee, Tian, Póczos and Singh 2018 for the mean of a hidden layer",
        law="`x` is standard Gaussian in any dimension `d >= 1`",
        normalisation="no factor 1/2",
        frame=space_frame(),
        meanings={u: "weights of the neuron, not zero", t: "one standard normal variable"},
        results=(
            Result("mean", mean, relu_mean(u), (u,), "mean of the neuron"),
            Result("mean_gradient", Gradient(mean, u), u / (sqrt(2 * pi) * Norm(u)), (u,), "gradient of the mean"),
            Result("second_moment", square, Norm(u) ** 2 / 2, (u,), "mean of the neuron's square"),
        ),
        steps=(
            Step(
                "one coordinate",
                mean,
                line,
                "rotate `u` to the first axis: `Dot(u, x)` is normal with standard deviation `Norm(u)`",
                Argument(),
            ),
            Step(
                "homogeneity",
                relu(Norm(u) * t),
                Norm(u) * relu(t),
                "`relu` takes positive factors out",
            ),
            Step(
                "factor out",
                line,
                Norm(u) * Mean(relu(t), t),
                "the mean is linear",
                Argument(),
            ),
            Step(
                "density",
                Mean(relu(t), t),
                half,
                "the mean is the integral with the density; the integrand is zero for `t < 0`",
                Argument(),
            ),
            Step(
                "integral",
                half,
                1 / sqrt(2 * pi),
                "`-normal_pdf(t)` is a primitive",
                Calculus(primitive=-normal_pdf(t)),
            ),
            Step(
                "assembly",
                Norm(u) * Mean(relu(t), t),
                relu_mean(u),
                "insert the density and the integral",
                Identity(inserting=("density", "integral")),
            ),
            Step(
                "gradient",
                Gradient(relu_mean(u), u),
                u / (sqrt(2 * pi) * Norm(u)),
                "the gradient of the norm is the unit vector",
                Calculus(),
            ),
            Step(
                "gradient under the mean",
                Mean(step(Dot(u, x)) * x, x),
                u / (sqrt(2 * pi) * Norm(u)),
                "the same by another way: `relu` has the derivative `step` but at 0, which has probability 0",
                Argument(),
            ),
            Step(
                "both halves",
                relu(Dot(u, x)) ** 2 + relu(-Dot(u, x)) ** 2,
                Dot(u, x) ** 2,
                "one of the two is zero",
                Identity(),
                space_frame().extended(vectors={x: tuple(real(f"x_{i}") for i in (1, 2, 3))}),
            ),
            Step(
                "square of the whole",
                Mean(Dot(u, x) ** 2, x),
                Norm(u) ** 2,
                "the coordinates of `x` are uncorrelated with variance 1",
                Argument(),
            ),
            Step(
                "halves are equal",
                square,
                (square + other) / 2,
                "`-x` has the law of `x`",
                Argument(),
            ),
            Step(
                "second moment",
                (square + other) / 2,
                Rational(1, 2) * Norm(u) ** 2,
                "add the halves under the mean and insert the square of the whole",
                Argument(),
            ),
        ),
    )
