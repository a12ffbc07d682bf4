"""The second derivatives of the loss of a two-layer ReLU network, block by block."""

from __future__ import annotations

from sympy import Derivative, Expr, Sum

from relucert.symbolic.derivation import Argument, Calculus, Derivation, Identity, Result, Step
from relucert.symbolic.expressions import IDENTITY, Apply, Dot, Entry, Gradient, Hessian, Mean, Norm
from relucert.symbolic.frames import Frame
from relucert.symbolic.kernels.relu_kernel import kernel
from relucert.symbolic.kernels.relu_kernel_gradient import kernel_gradient
from relucert.symbolic.kernels.relu_kernel_hessian import kernel_hessian, kernel_mixed_hessian
from relucert.symbolic.models.two_layer_gradient import output_derivative, over_neurons
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
    signed,
    student,
    teacher,
    w,
    w_star,
    x,
)
from relucert.symbolic.names import count

h = count("h")  # a neuron other than j

# Two students and a teacher in space span it; in more dimensions the direction orthogonal to all of them repeats.
SPACE = Frame(
    sizes={K: 2, K_star: 1, j: 1, h: 2, i: 1},
    dimensions={w: 3, w_star: 3, x: 2},
    domains={**signed(w, 2, 3), **signed(w_star, 1, 3)},
)


def others(summand: Expr) -> Expr:
    """The sum over the students i other than j."""
    return Sum(summand, (i, 1, j - 1)) + Sum(summand, (i, j + 1, K))


def hidden_block() -> Expr:
    """Second derivative in the hidden weights of neuron j."""
    students = others(Entry(a, i) * kernel_hessian(student(j), student(i)))
    teachers = Sum(Entry(a_star, i) * kernel_hessian(student(j), teacher(i)), (i, 1, K_star))
    return Entry(a, j) ** 2 * IDENTITY + 2 * Entry(a, j) * (students - teachers)


def mixed_block() -> Expr:
    """Second derivative in the hidden weights of the neurons j (rows) and h, not the same."""
    return 2 * Entry(a, j) * Entry(a, h) * kernel_mixed_hessian(student(j), student(h))


def own_output_block() -> Expr:
    """Second derivative in the output and the hidden weights of neuron j."""
    return Entry(a, j) * student(j) + 2 * over_neurons(
        kernel_gradient(student(j), student(i)), kernel_gradient(student(j), teacher(i))
    )


def derivation() -> Derivation:
    """Blocks of the Hessian of E (Σ a_j relu(w_j·x) − Σ a*_j relu(w*_j·x))²: (d, d), (d,) and numbers; no 1/2."""
    mean = Mean(residual(x) ** 2, x)
    g = kernel(student(j), student(h))
    with_j = (
        Entry(a, j) ** 2 * Norm(student(j)) ** 2 / 2
        + 2 * Entry(a, j) * others(Entry(a, i) * kernel(student(j), student(i)))
        - 2 * Entry(a, j) * Sum(Entry(a_star, i) * kernel(student(j), teacher(i)), (i, 1, K_star))
    )
    single = plane(1, 1).extended(sizes={j: 1, h: 1, i: 1})
    pair = plane(2, 1).extended(sizes={j: 1, h: 2, i: 1})
    return Derivation(
        name="two-layer-hessian",
        title="The Hessian of a two-layer ReLU network",
        source="Tian 2017 with output weights; blocks from the Hessian of the kernel",
        law=LAW,
        normalisation=NORMALISATION,
        frame=pair,
        meanings={**MEANINGS, j: "a neuron", h: "another neuron"},
        results=(
            Result(
                "hidden_block",
                Hessian(mean, student(j)),
                hidden_block(),
                (w, a, w_star, a_star, j),
                "second derivative in the hidden weights of neuron j",
            ),
            Result(
                "mixed_block",
                Hessian(mean, student(j), student(h)),
                mixed_block(),
                (w, a, j, h),
                "second derivative in the hidden weights of neurons j (rows) and h",
            ),
            Result(
                "output_block",
                Derivative(mean, Entry(a, j), Entry(a, h)),
                2 * g,
                (w, j, h),
                "second derivative in the output weights of neurons j and h",
            ),
            Result(
                "own_output_block",
                Gradient(Derivative(mean, Entry(a, j)), student(j)),
                own_output_block(),
                (w, a, w_star, a_star, j),
                "derivative of the output derivative of neuron j in its hidden weights",
            ),
            Result(
                "other_output_block",
                Gradient(Derivative(mean, Entry(a, h)), student(j)),
                2 * Entry(a, j) * kernel_gradient(student(j), student(h)),
                (w, a, j, h),
                "derivative of the output derivative of neuron h in the hidden weights of neuron j",
            ),
        ),
        steps=(
            Step(
                "the loss in closed form",
                mean,
                loss(),
                "by two-layer-loss",
                Argument(),
                single,
            ),
            Step(
                "terms with neuron j",
                Gradient(loss(), student(j)),
                Gradient(with_j, student(j)),
                "the kernel is symmetric; all other terms are constants for this derivative",
                Calculus(),
            ),
            Step(
                "the neuron's own term",
                Hessian(Norm(student(j)) ** 2 / 2, student(j)),
                IDENTITY + 0 * Hessian(Norm(student(j)) ** 2, student(j)),
                "differentiate twice",
                Calculus(),
                SPACE,
            ),
            Step(
                "the kernel with another neuron",
                Hessian(g, student(j)),
                kernel_hessian(student(j), student(h)),
                "by relu-kernel-hessian; checked in space, so with the direction out of the plane of the two",
                Argument(),
                SPACE,
            ),
            Step(
                "hidden block",
                Hessian(loss(), student(j)),
                hidden_block(),
                "the second derivative of the terms with neuron j; the teacher's kernels are of the same form",
                Argument(),
            ),
            Step(
                "the kernel in both vectors",
                Hessian(g, student(j), student(h)),
                kernel_mixed_hessian(student(j), student(h)),
                "by relu-kernel-hessian",
                Argument(),
            ),
            Step(
                "mixed block",
                Hessian(loss(), student(j), student(h)),
                mixed_block(),
                "only the kernel of neurons `j` and `h` has both, and it occurs twice",
                Argument(),
            ),
            Step(
                "output weights",
                Derivative(loss(), Entry(a, j), Entry(a, h)),
                2 * g,
                "the loss is quadratic in the output weights",
                Calculus(),
            ),
            Step(
                "output derivative",
                Derivative(loss(), Entry(a, j)),
                output_derivative(),
                "by two-layer-gradient",
                Calculus(),
            ),
            Step(
                "output and own hidden weights",
                Gradient(output_derivative(), student(j)),
                own_output_block(),
                "the neuron's own kernel depends on its weights through both vectors: once more "
                "`Entry(a, j)*Entry(w, j)`",
                Argument(),
            ),
            Step(
                "output and another neuron's hidden weights",
                Gradient(output_derivative().xreplace({j: h}), student(j)),
                2 * Entry(a, j) * kernel_gradient(student(j), student(h)),
                "only the kernel of the neurons `j` and `h` depends on `Entry(w, j)`",
                Calculus(),
            ),
            Step(
                "curvature along a neuron",
                Apply(hidden_block(), student(j)),
                Entry(a, j) ** 2 * student(j),
                "each kernel is homogeneous of degree 1 in the neuron's weights: its Hessian does not see their "
                "direction, and only the neuron's own term bends along it",
                Identity(),
                single,
            ),
            Step(
                "the gradient along a neuron",
                Dot(own_output_block(), student(j)),
                output_derivative() + Entry(a, j) * Norm(student(j)) ** 2,
                "Euler's identity for the kernels, which are homogeneous of degree 1",
                Identity(),
                single,
            ),
        ),
        conditions=(
            "`Norm(Entry(w, j)) > 0`: at zero weights the loss has a kink",
            "no two of the weights that occur in a kernel are parallel; as they become parallel the kernel's Hessian "
            "in one vector tends to 0",
        ),
    )
