"""The gradient of the loss of K ReLU neurons against K ReLU neurons."""

from __future__ import annotations

from sympy import Expr, Sum, pi, sin

from relucert.symbolic.derivation import Argument, Calculus, Derivation, Identity, Result, Step
from relucert.symbolic.expressions import Angle, Dot, Entry, Gradient, Mean, Norm, relu, step
from relucert.symbolic.kernels.relu_kernel_gradient import kernel_gradient
from relucert.symbolic.models.multi_neuron_loss import LAW, MEANINGS, NORMALISATION, definition, loss, network, ones
from relucert.symbolic.models.two_layer_gradient import hidden_gradient
from relucert.symbolic.models.two_layer_loss import K, K_star, i, j, student, teacher, w, w_star, x


def over_pairs(of_student: Expr, of_teacher: Expr) -> Expr:
    """Sum over the neurons i of (of student i − of teacher i)."""
    return Sum(of_student - of_teacher, (i, 1, K))


def gradient() -> Expr:
    """In the weights of neuron j, closed form; the summand of student i = j is w_j/2."""
    return over_pairs(kernel_gradient(student(j), student(i)), kernel_gradient(student(j), teacher(i)))


def derivation() -> Derivation:
    """Gradient of ½ E (Σ relu(w_j·x) − Σ relu(w*_j·x))² in w_j, shape (d,): the mean per sample (Tian 2017)."""
    active = step(Dot(student(j), x))
    with_student = Mean(active * relu(Dot(student(i), x)) * x, x)
    with_teacher = Mean(active * relu(Dot(teacher(i), x)) * x, x)
    under_the_mean = Mean((network(w, x) - network(w_star, x)) * active * x, x)
    of_means = over_pairs(with_student, with_teacher)
    angle = Angle(student(j), student(i))
    by_angle = ((pi - angle) * student(i) + Norm(student(i)) * sin(angle) * student(j) / Norm(student(j))) / (2 * pi)
    pair = ones(2).extended(sizes={j: 1, i: 2})
    alone = ones(1).extended(sizes={K: 1, K_star: 1, j: 1, i: 1})
    perfect = pair.extended(definitions={Entry(w, number): Entry(w_star, number) for number in (1, 2)})
    return Derivation(
        name="multi-neuron-gradient",
        title="The gradient of K neurons against K neurons",
        source="Tian 2017, the population gradient of the network with K ReLU neurons",
        law=LAW,
        normalisation=NORMALISATION,
        frame=pair,
        meanings={**MEANINGS, j: "the neuron in whose weights the derivative is taken"},
        results=(
            Result(
                "gradient",
                Gradient(definition(), student(j)),
                gradient(),
                (w, w_star, j),
                "gradient in the weights of neuron j",
            ),
        ),
        steps=(
            Step(
                "derivative under the mean",
                Gradient(definition(), student(j)),
                under_the_mean,
                "the derivative of `relu` is `step` but for a set of measure 0, and the integrand is dominated; shown "
                "for one neuron, the others' outputs are constants for this derivative",
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
                "by relu-kernel-gradient: this mean is Tian's function F of the two vectors",
                Argument(),
            ),
            Step(
                "by the angle",
                kernel_gradient(student(j), student(i)),
                by_angle,
                "the two parts in Tian's order: along the second vector and along the direction of the first",
            ),
            Step(
                "a neuron and a teacher",
                with_teacher,
                kernel_gradient(student(j), teacher(i)),
                "by relu-kernel-gradient",
                Argument(),
            ),
            Step(
                "a neuron with itself",
                kernel_gradient(student(j), student(j)),
                student(j) / 2,
                "the angle is 0",
            ),
            Step(
                "all means inserted",
                of_means,
                gradient(),
                "every mean is a gradient of the kernel in its first vector, the diagonal included",
                Argument(),
                alone,
            ),
            Step(
                "the general network",
                hidden_gradient() / 2,
                gradient(),
                "the same by two-layer-gradient: output weights 1, half of it",
                Identity(sizes=({K: 1, K_star: 1, j: 1}, {K: 2, K_star: 2, j: 2})),
            ),
            Step(
                "the same from the closed loss",
                Gradient(loss(), student(j)),
                gradient(),
                "differentiate the result of multi-neuron-loss",
                Calculus(),
                alone,
            ),
            Step(
                "no gradient at the teacher",
                Sum(kernel_gradient(student(j), student(i)), (i, 1, K)),
                Sum(kernel_gradient(student(j), teacher(i)), (i, 1, K)),
                "with the teacher's weights the two parts of the gradient cancel",
                Identity(),
                perfect,
            ),
        ),
        conditions=("`Norm(Entry(w, j)) > 0`: at zero weights the loss has a kink",),
    )
