"""Loss and gradient of a two-layer ReLU network on correlated Gaussian inputs."""

from __future__ import annotations

from sympy import Derivative, Expr, Sum

from relucert.symbolic.derivation import Argument, Calculus, Derivation, Identity, Result, Step
from relucert.symbolic.expressions import (
    Apply,
    Dot,
    Entry,
    Gradient,
    Matrix,
    Mean,
    Norm,
    Transposed,
    relu,
)
from relucert.symbolic.frames import Frame, between
from relucert.symbolic.kernels.relu_kernel import kernel
from relucert.symbolic.kernels.relu_kernel_gradient import kernel_gradient
from relucert.symbolic.models.two_layer_loss import (
    MEANINGS,
    NORMALISATION,
    K,
    K_star,
    a,
    a_star,
    i,
    j,
    pair_sums,
    plane,
    residual,
    student,
    teacher,
    w,
    w_star,
)
from relucert.symbolic.names import positive, real, vector

L, Sigma = Matrix("L"), Matrix("Sigma")
z = vector("z")
lower = ((positive("l_1"), 0 * positive("l_1")), (real("l_2"), positive("l_3")))


def whitened(weights: Expr) -> Expr:
    """The weights that a neuron has for the standard Gaussian z with x = L z."""
    return Apply(Transposed(L), weights)


def correlated_loss() -> Expr:
    """The closed form."""
    return pair_sums(
        kernel(whitened(student(i)), whitened(student(j))),
        kernel(whitened(student(i)), whitened(teacher(j))),
        kernel(whitened(teacher(i)), whitened(teacher(j))),
    )


def correlated_gradient() -> Expr:
    """In the hidden weights of neuron j."""
    whitened_gradient = Sum(Entry(a, i) * kernel_gradient(whitened(student(j)), whitened(student(i))), (i, 1, K)) - Sum(
        Entry(a_star, i) * kernel_gradient(whitened(student(j)), whitened(teacher(i))), (i, 1, K_star)
    )
    return 2 * Entry(a, j) * Apply(L, whitened_gradient)


def correlated_output_derivative() -> Expr:
    """In the output weight of neuron j."""
    own = Sum(Entry(a, i) * kernel(whitened(student(j)), whitened(student(i))), (i, 1, K))
    return 2 * (own - Sum(Entry(a_star, i) * kernel(whitened(student(j)), whitened(teacher(i))), (i, 1, K_star)))


def correlated(frame: Frame) -> Frame:
    """The frame with a lower triangular factor of the covariance."""
    (l_1, _), (l_2, l_3) = lower
    return frame.extended(
        matrices={
            L: lower,
            Sigma: ((l_1**2, l_1 * l_2), (l_1 * l_2, l_2**2 + l_3**2)),
        },
        dimensions={z: 2},
        domains={l_2: between(-1, 1), l_1: between("1/2", 2), l_3: between("1/2", 2)},
    )


def derivation() -> Derivation:
    """E (Σ a_j relu(w_j·x) − Σ a*_j relu(w*_j·x))² for x ~ N(0, Σ), Σ = L Lᵀ (d, d) positive definite; no 1/2."""
    x = Apply(L, z)
    mean = Mean(residual(x) ** 2, z)
    seen = Sum(Entry(a, j) * relu(Dot(whitened(student(j)), z)), (j, 1, K)) - Sum(
        Entry(a_star, j) * relu(Dot(whitened(teacher(j)), z)), (j, 1, K_star)
    )
    u, v = student(i), student(j)
    single = correlated(plane(1, 1).extended(sizes={i: 1, j: 1}))
    pair = correlated(plane(2, 1))
    own = Entry(a, j) ** 2 * Apply(Sigma, student(j))
    return Derivation(
        name="covariance-two-layer",
        title="A two-layer network on correlated Gaussian inputs",
        source="our own statement, by whitening; the white case is the model of Tian 2017 with output weights",
        law="`Apply(L, z)` is the input and `z` is standard Gaussian, so the covariance `Sigma` is `L` times its "
        "transpose",
        normalisation=NORMALISATION,
        frame=pair,
        meanings={
            **MEANINGS,
            L: "a square root of the covariance, e.g. its Cholesky factor",
            Sigma: "the covariance of the inputs, positive definite",
            j: "a neuron",
        },
        results=(
            Result("loss", mean, correlated_loss(), (w, a, w_star, a_star, L), "mean squared error of the outputs"),
            Result(
                "hidden_gradient",
                Gradient(mean, student(j)),
                correlated_gradient(),
                (w, a, w_star, a_star, L, j),
                "gradient in the hidden weights of neuron j",
            ),
            Result(
                "output_derivative",
                Derivative(mean, Entry(a, j)),
                correlated_output_derivative(),
                (w, a, w_star, a_star, L, j),
                "derivative in the output weight of neuron j",
            ),
        ),
        steps=(
            Step(
                "a neuron on white inputs",
                Dot(v, x),
                Dot(whitened(v), z),
                "move the factor to the other side of the inner product",
                Identity(),
                pair.extended(vectors={z: (real("z_1"), real("z_2"))}),
            ),
            Step(
                "the network on white inputs",
                mean,
                Mean(seen**2, z),
                "each neuron sees white inputs with other weights",
                Argument(),
            ),
            Step(
                "closed form",
                Mean(seen**2, z),
                correlated_loss(),
                "by two-layer-loss with these weights",
                Argument(),
                single,
            ),
            Step(
                "inner products of the covariance",
                Dot(whitened(u), whitened(v)),
                Dot(u, Apply(Sigma, v)),
                "the factor times its transpose is the covariance: norms and angles depend on nothing else",
            ),
            Step(
                "a neuron with itself",
                kernel(whitened(v), whitened(v)),
                Dot(v, Apply(Sigma, v)) / 2,
                "the angle is 0",
            ),
            Step(
                "chain rule for the neuron's own term",
                Gradient(Norm(whitened(v)) ** 2 / 2, v),
                Apply(Sigma, v),
                "differentiate a quadratic form",
                Calculus(),
            ),
            Step(
                "chain rule for a pair",
                Gradient(kernel(whitened(v), whitened(u)), v),
                Apply(L, kernel_gradient(whitened(v), whitened(u))),
                "the kernel depends on the weights through the whitened ones; by relu-kernel-gradient",
                Argument(),
            ),
            Step(
                "the own term in the gradient",
                2 * Entry(a, j) ** 2 * Apply(L, kernel_gradient(whitened(v), whitened(v))),
                own,
                "the angle is 0, and the own kernel has the gradient `Apply(Sigma, Entry(w, j))/2` in each vector",
            ),
            Step(
                "gradient",
                Gradient(correlated_loss(), student(j)),
                correlated_gradient(),
                "sum over the neurons and the teacher's, as in two-layer-gradient",
                Argument(),
                single,
            ),
            Step(
                "output weight",
                Derivative(correlated_loss(), Entry(a, j)),
                correlated_output_derivative(),
                "the loss is quadratic in the output weights: neuron j occurs in its own term and twice with every "
                "other",
                Calculus(),
            ),
        ),
        conditions=(
            "the covariance is positive definite; where it is only semidefinite the whitened weights must not vanish",
        ),
    )
