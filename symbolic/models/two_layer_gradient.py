"""The gradient of the loss of a two-layer ReLU network, in the hidden and in the output weights."""

from __future__ import annotations

from sympy import Derivative, Expr, Sum

from relucert.symbolic.derivation import Argument, Calculus, Derivation, Identity, Result, Step
from relucert.symbolic.expressions import Dot, Entry, Gradient, Mean, relu, step
from relucert.symbolic.kernels.relu_kernel import kernel
from relucert.symbolic.kernels.relu_kernel_gradient import kernel_gradient
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
    plane,
    residual,
    student,
    teacher,
    w,
    w_star,
    x,
)


def over_neurons(of_student: Expr, of_teacher: Expr) -> Expr:
    """Sum a_i (of student i) − sum a*_i (of teacher i)."""
    return Sum(Entry(a, i) * of_student, (i, 1, K)) - Sum(Entry(a_star, i) * of_teacher, (i, 1, K_star))


def hidden_gradient() -> Expr:
    """In the hidden weights of neuron j, closed form; the summand i = j is the neuron's own weights halved."""
    return (
        2 * Entry(a, j) * over_neurons(kernel_gradient(student(j), student(i)), kernel_gradient(student(j), teacher(i)))
    )


def output_derivative() -> Expr:
    """In the output weight of neuron j, closed form."""
    return 2 * over_neurons(kernel(student(j), student(i)), kernel(student(j), teacher(i)))


def derivation() -> Derivation:
    """Gradients of E (Σ a_j relu(w_j·x) − Σ a*_j relu(w*_j·x))² in w_j, shape (d,), and a_j, a number.

    x ~ N(0, I_d), d >= 2; no factor 1/2, so twice the gradient of the convention with 1/2.
    """
    active = step(Dot(student(j), x))
    mean = Mean(residual(x) ** 2, x)
    under_the_mean = Mean(2 * residual(x) * Entry(a, j) * active * x, x)
    with_student = Mean(active * relu(Dot(student(i), x)) * x, x)
    with_teacher = Mean(active * relu(Dot(teacher(i), x)) * x, x)
    of_means = 2 * Entry(a, j) * over_neurons(with_student, with_teacher)
    own = Mean(active * relu(Dot(student(j), x)) * x, x)
    products = 2 * over_neurons(
        Mean(relu(Dot(student(j), x)) * relu(Dot(student(i), x)), x),
        Mean(relu(Dot(student(j), x)) * relu(Dot(teacher(i), x)), x),
    )
    pair, alone = plane(2, 1).extended(sizes={j: 1, i: 2}), plane(1, 1).extended(sizes={j: 1, i: 1})
    return Derivation(
        name="two-layer-gradient",
        title="The gradient of a two-layer ReLU network",
        source="Tian 2017 with output weights; Cho and Saul 2009 for the kernel",
        law=LAW,
        normalisation=NORMALISATION,
        frame=pair,
        meanings={**MEANINGS, j: "the neuron in whose weights the derivative is taken"},
        results=(
            Result(
                "hidden_gradient",
                Gradient(mean, student(j)),
                hidden_gradient(),
                (w, a, w_star, a_star, j),
                "gradient in the hidden weights of neuron j",
            ),
            Result(
                "output_derivative",
                Derivative(mean, Entry(a, j)),
                output_derivative(),
                (w, a, w_star, a_star, j),
                "derivative in the output weight of neuron j",
            ),
        ),
        steps=(
            Step(
                "derivative under the mean",
                Gradient(mean, student(j)),
                under_the_mean,
                "the derivative of `relu` is `step` but for a set of measure 0, and the integrand is dominated",
                Argument(),
                alone,
            ),
            Step(
                "linearity of the mean",
                under_the_mean,
                of_means,
                "the residual is a sum over neurons",
                Argument(),
            ),
            Step(
                "two different neurons",
                with_student,
                kernel_gradient(student(j), student(i)),
                "by relu-kernel-gradient: the mean is the gradient of the kernel in its first vector",
                Argument(),
            ),
            Step(
                "a neuron and a teacher",
                with_teacher,
                kernel_gradient(student(j), teacher(i)),
                "by relu-kernel-gradient",
                Argument(),
                alone,
            ),
            Step(
                "a neuron with itself",
                own,
                student(j) / 2,
                "by symmetry half of the mean of `Dot(Entry(w, j), x) * x`, which is `Entry(w, j)`",
                Argument(),
            ),
            Step(
                "the formula on the diagonal",
                kernel_gradient(student(j), student(j)),
                student(j) / 2,
                "the angle of a vector with itself is 0: the formula for pairs holds for a neuron with itself",
            ),
            Step(
                "hidden weights",
                of_means,
                hidden_gradient(),
                "every mean is a gradient of the kernel in its first vector, the diagonal included",
                Argument(),
                alone,
            ),
            Step(
                "the diagonal twice",
                Gradient(kernel(student(j), student(j)), student(j)),
                2 * kernel_gradient(student(j), student(j)),
                "in the loss a neuron's own term depends on its weights through both vectors of the kernel",
                Calculus(),
            ),
            Step(
                "the same from the closed loss",
                Gradient(loss(), student(j)),
                hidden_gradient(),
                "differentiate the result of two-layer-loss; the other neurons' kernels are "
                "differentiated as the teacher's",
                Calculus(),
                alone,
            ),
            Step(
                "output weight under the mean",
                Derivative(mean, Entry(a, j)),
                Mean(2 * residual(x) * relu(Dot(student(j), x)), x),
                "the residual is linear in the output weights",
                Argument(),
                alone,
            ),
            Step(
                "products of neurons",
                Mean(2 * residual(x) * relu(Dot(student(j), x)), x),
                products,
                "the mean is linear",
                Argument(),
                alone,
            ),
            Step(
                "output weights",
                products,
                output_derivative(),
                "by relu-kernel",
                Argument(),
                alone,
            ),
            Step(
                "output weight from the closed loss",
                Derivative(loss(), Entry(a, j)),
                output_derivative(),
                "differentiate the result of two-layer-loss: neuron j occurs in its own term and "
                "twice with every other",
                Calculus(),
            ),
            Step(
                "homogeneity of a neuron",
                Dot(student(j), hidden_gradient()),
                Entry(a, j) * output_derivative(),
                "scaling a neuron's hidden weights up and its output weight down does not change the network, "
                "so both derivatives balance",
                Identity(),
                alone,
            ),
        ),
        conditions=("`Norm(Entry(w, j)) > 0`: at zero weights the loss has a kink unless the output weight is zero",),
        remarks=("Half of these gradients belongs to the convention with the factor 1/2",),
    )
