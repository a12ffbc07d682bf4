"""Loss and gradient of a two-layer network of leaky ReLU neurons."""

from __future__ import annotations

from sympy import Derivative, Expr, Sum

from relucert.symbolic.derivation import Argument, Calculus, Derivation, Identity, Result, Step
from relucert.symbolic.expressions import Dot, Entry, Gradient, Mean, leaky_relu
from relucert.symbolic.frames import between
from relucert.symbolic.kernels.leaky_relu_kernel import leaky_relu_kernel
from relucert.symbolic.models.two_layer_gradient import hidden_gradient, output_derivative
from relucert.symbolic.models.two_layer_loss import (
    LAW,
    MEANINGS,
    NORMALISATION,
    K,
    K_star,
    a,
    a_star,
    i,
    j,
    loss,
    pair_sums,
    plane,
    student,
    teacher,
    w,
    w_star,
    x,
)
from relucert.symbolic.names import positive

alpha = positive("alpha")


def neuron(weights: Expr) -> Expr:
    """The output of one neuron."""
    return leaky_relu(Dot(weights, x), alpha)


def residual() -> Expr:
    """The network's output minus the teacher's."""
    return Sum(Entry(a, j) * neuron(student(j)), (j, 1, K)) - Sum(Entry(a_star, j) * neuron(teacher(j)), (j, 1, K_star))


def linear_excess() -> Expr:
    """The weights of the linear network that is left at alpha = 1."""
    return Sum(Entry(a, i) * student(i), (i, 1, K)) - Sum(Entry(a_star, i) * teacher(i), (i, 1, K_star))


def leaky_loss() -> Expr:
    """The closed form: the ReLU network's loss, and that of a linear network."""
    return (1 - alpha) ** 2 * loss() + alpha * Dot(linear_excess(), linear_excess())


def leaky_hidden_gradient() -> Expr:
    """In the hidden weights of neuron j."""
    return (1 - alpha) ** 2 * hidden_gradient() + 2 * alpha * Entry(a, j) * linear_excess()


def leaky_output_derivative() -> Expr:
    """In the output weight of neuron j."""
    return (1 - alpha) ** 2 * output_derivative() + 2 * alpha * Dot(student(j), linear_excess())


def derivation() -> Derivation:
    """E (Σ a_j leaky(w_j·x) − Σ a*_j leaky(w*_j·x))², leaky(t) = max(t, αt): x ~ N(0, I_d), no factor 1/2."""
    mean = Mean(residual() ** 2, x)
    of_means = pair_sums(
        Mean(neuron(student(i)) * neuron(student(j)), x),
        Mean(neuron(student(i)) * neuron(teacher(j)), x),
        Mean(neuron(teacher(i)) * neuron(teacher(j)), x),
    )
    of_kernels = pair_sums(
        leaky_relu_kernel(student(i), student(j), alpha),
        leaky_relu_kernel(student(i), teacher(j), alpha),
        leaky_relu_kernel(teacher(i), teacher(j), alpha),
    )
    products = pair_sums(
        Dot(student(i), student(j)),
        Dot(student(i), teacher(j)),
        Dot(teacher(i), teacher(j)),
    )
    slopes = {alpha: between("1/10", "9/10")}
    pair = plane(2, 1).extended(sizes={i: 1, j: 2}, domains=slopes)
    single = plane(1, 1).extended(sizes={i: 1, j: 1}, domains=slopes)
    return Derivation(
        name="leaky-two-layer",
        title="A two-layer network of leaky ReLU neurons",
        source="our own statement, from the kernel of two leaky ReLU neurons; the ReLU case is the model of Tian 2017",
        law=LAW,
        normalisation=NORMALISATION,
        frame=pair,
        meanings={**MEANINGS, alpha: "slope for negative inputs, in `[0, 1]`", j: "a neuron"},
        results=(
            Result("loss", mean, leaky_loss(), (w, a, w_star, a_star, alpha), "mean squared error of the outputs"),
            Result(
                "hidden_gradient",
                Gradient(mean, student(j)),
                leaky_hidden_gradient(),
                (w, a, w_star, a_star, alpha, j),
                "gradient in the hidden weights of neuron j",
            ),
            Result(
                "output_derivative",
                Derivative(mean, Entry(a, j)),
                leaky_output_derivative(),
                (w, a, w_star, a_star, alpha, j),
                "derivative in the output weight of neuron j",
            ),
        ),
        steps=(
            Step(
                "sums of means",
                mean,
                of_means,
                "multiply the square out; the mean is linear",
                Argument(),
            ),
            Step(
                "a pair of neurons",
                Mean(neuron(student(i)) * neuron(student(j)), x),
                leaky_relu_kernel(student(i), student(j), alpha),
                "by leaky-relu-kernel",
                Argument(),
            ),
            Step(
                "kernels inserted",
                of_means,
                of_kernels,
                "every mean is such a kernel; more neurons add pairs only",
                Argument(),
                single,
            ),
            Step(
                "two networks",
                of_kernels,
                (1 - alpha) ** 2 * loss() + alpha * products,
                "each kernel is `(1 - alpha)**2` times that of ReLU neurons, by two-layer-loss, plus `alpha` times an "
                "inner product",
                Identity(sizes=({K: 1, K_star: 1}, {K: 2, K_star: 1})),
            ),
            Step(
                "the linear part",
                products,
                Dot(linear_excess(), linear_excess()),
                "the inner product is bilinear",
                Identity(sizes=({K: 1, K_star: 1}, {K: 2, K_star: 2}, {K: 3, K_star: 2})),
            ),
            Step(
                "hidden weights: the linear part",
                Gradient(Dot(linear_excess(), linear_excess()), student(j)),
                2 * Entry(a, j) * linear_excess(),
                "differentiate a square",
                Calculus(),
            ),
            Step(
                "hidden weights",
                Gradient(leaky_loss(), student(j)),
                leaky_hidden_gradient(),
                "the ReLU network's part by two-layer-gradient",
                Calculus(),
                single,
            ),
            Step(
                "output weight: the linear part",
                Derivative(Dot(linear_excess(), linear_excess()), Entry(a, j)),
                2 * Dot(student(j), linear_excess()),
                "differentiate a square",
                Calculus(),
            ),
            Step(
                "output weight",
                Derivative(leaky_loss(), Entry(a, j)),
                leaky_output_derivative(),
                "the ReLU network's part by two-layer-gradient",
                Calculus(),
            ),
            Step(
                "one neuron with itself",
                leaky_relu_kernel(student(i), student(i), alpha),
                (1 + alpha**2) * Dot(student(i), student(i)) / 2,
                "half of the mean square on the positive side, `alpha**2` times that on the other; so the term with "
                "`alpha` must not be left out",
            ),
        ),
        conditions=("`alpha <= 1`: for larger slopes the maximum is the other branch",),
        remarks=("At `Eq(alpha, 0)` this is the ReLU network, at `Eq(alpha, 1)` a linear one",),
    )
