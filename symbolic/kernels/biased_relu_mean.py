"""The mean of one ReLU neuron with a bias."""

from __future__ import annotations

from sympy import Derivative, Expr, Integral, oo

from relucert.symbolic.derivation import Argument, Calculus, Derivation, Identity, Result, Step
from relucert.symbolic.expressions import Dot, Gradient, Mean, Norm, normal_cdf, normal_pdf, relu
from relucert.symbolic.frames import Frame, between
from relucert.symbolic.kernels.relu_mean import relu_mean, t, u, x
from relucert.symbolic.names import positive, real

b, s = real("b"), positive("s")


def biased_relu_mean(u: Expr, b: Expr) -> Expr:
    """E relu(u·x + b) = |u| pdf(b/|u|) + b cdf(b/|u|) with the standard normal pdf and cdf, u not zero."""
    return Norm(u) * normal_pdf(b / Norm(u)) + b * normal_cdf(b / Norm(u))


def derivation() -> Derivation:
    """E relu(u·x + b) = |u| pdf(b/|u|) + b cdf(b/|u|): x ~ N(0, I_d), d >= 1, standard normal pdf and cdf."""
    u1, u2 = real("u_1"), positive("u_2")
    frame = Frame(
        vectors={u: (u1, u2)},
        definitions={s: Norm(u)},
        dimensions={x: 2},
        domains={u1: between(-2, 2), b: between(-3, 3), t: between(-2, 2)},
    )
    line = Frame(domains={b: between(-3, 3)})  # s is any positive number here
    mean = Mean(relu(Dot(u, x) + b), x)
    whole = Integral(relu(s * t + b) * normal_pdf(t), (t, -oo, oo))
    active = Integral((s * t + b) * normal_pdf(t), (t, -b / s, oo))
    between_limits = s * normal_pdf(b / s) + b * normal_cdf(b / s)
    return Derivation(
        name="biased-relu-mean",
        title="The mean of a ReLU neuron with a bias",
        source="mean of a rectified normal variable (folklore)",
        law="`x` is standard Gaussian in any dimension `d >= 1`",
        normalisation="no factor 1/2",
        frame=frame,
        meanings={
            u: "weights of the neuron, not zero",
            b: "its bias",
            s: "the norm of the weights",
            t: "one standard normal variable",
        },
        results=(
            Result("mean", mean, biased_relu_mean(u, b), (u, b), "mean of the neuron"),
            Result("mean_gradient", Gradient(mean, u), normal_pdf(b / Norm(u)) / Norm(u) * u, (u, b), "in the weights"),
            Result("bias_derivative", Derivative(mean, b), normal_cdf(b / Norm(u)), (u, b), "in the bias"),
        ),
        steps=(
            Step(
                "one coordinate",
                mean,
                Mean(relu(s * t + b), t),
                "rotate `u` to the first axis: `Dot(u, x)` is normal with standard deviation `s`",
                Argument(),
            ),
            Step(
                "density",
                Mean(relu(s * t + b), t),
                whole,
                "the mean is the integral with the density",
                Argument(),
                line,
            ),
            Step(
                "where the neuron is active",
                whole,
                active,
                "`s*t + b` is positive exactly for `t > -b/s`",
                Argument(),
                line,
            ),
            Step(
                "integral",
                active,
                between_limits,
                "`normal_pdf(t)` is even with derivative `-t*normal_pdf(t)`; `1 - normal_cdf(-t)` is `normal_cdf(t)`",
                Calculus(primitive=-s * normal_pdf(t) + b * normal_cdf(t)),
                line,
            ),
            Step("norm", between_limits, biased_relu_mean(u, b), "`s` is the norm of `u`"),
            Step(
                "assembly",
                whole,
                biased_relu_mean(u, b),
                "insert the last three steps",
                Identity(inserting=("where the neuron is active", "integral", "norm")),
            ),
            Step(
                "without a bias",
                biased_relu_mean(u, 0 * b),
                relu_mean(u),
                "the mean of relu-mean",
            ),
            Step(
                "opposite neuron",
                biased_relu_mean(u, b) - biased_relu_mean(u, -b),
                b,
                "`relu(t) - relu(-t)` is `t`, and `-Dot(u, x)` has the law of `Dot(u, x)`",
            ),
            Step(
                "gradient",
                Gradient(biased_relu_mean(u, b), u),
                normal_pdf(b / Norm(u)) / Norm(u) * u,
                "the terms from the arguments of density and distribution function cancel",
                Calculus(),
            ),
            Step(
                "derivative in the bias",
                Derivative(biased_relu_mean(u, b), b),
                normal_cdf(b / Norm(u)),
                "the same terms cancel: the probability that the neuron is active",
                Calculus(),
            ),
        ),
        conditions=("`Norm(u) > 0`: without weights the mean is `relu(b)`",),
    )
