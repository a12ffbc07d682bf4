"""The population loss of K ReLU neurons against K ReLU neurons, all output weights one."""

from __future__ import annotations

from sympy import Expr, S, Sum, pi

from relucert.symbolic.derivation import Argument, Derivation, Identity, Result, Step
from relucert.symbolic.expressions import Angle, Dot, Entry, G, Mean, Norm, relu
from relucert.symbolic.frames import Frame, coordinate
from relucert.symbolic.kernels.relu_kernel import kernel
from relucert.symbolic.models import two_layer_loss
from relucert.symbolic.models.two_layer_loss import K, i, j, plane, student, teacher, w, w_star, x

LAW = "`x` is standard Gaussian in any dimension `d >= 2`"
NORMALISATION = "with the factor 1/2, the mean per sample; Tian 2017 sums over N samples, which multiplies by N"
MEANINGS = {
    K: "number of hidden neurons, the same in both networks",
    w: "weights `Entry(w, 1)`, ..., `Entry(w, K)`, none of them zero",
    w_star: "weights of the teacher, none of them zero",
}


def network(weights: Expr, x: Expr) -> Expr:
    """The output: the sum of the neurons of a family."""
    return Sum(relu(Dot(Entry(weights, j), x)), (j, 1, K))


def pairs(students: Expr, mixed: Expr, teachers: Expr) -> Expr:
    """Half of the double sum over i and j of (students − 2 mixed + teachers)."""
    return Sum(students - 2 * mixed + teachers, (j, 1, K), (i, 1, K)) / 2


def loss() -> Expr:
    """The closed form."""
    return pairs(kernel(student(i), student(j)), kernel(student(i), teacher(j)), kernel(teacher(i), teacher(j)))


def definition() -> Expr:
    """The mean that defines the loss."""
    return Mean((network(w, x) - network(w_star, x)) ** 2, x) / 2


def ones(neurons: int) -> Frame:
    """So many students and teachers with all output weights one."""
    weights = {
        Entry(family, number): S.One
        for family in (two_layer_loss.a, two_layer_loss.a_star)
        for number in range(1, neurons + 1)
    }
    return plane(neurons, neurons).extended(definitions=weights)


def derivation() -> Derivation:
    """½ E (Σ relu(w_j·x) − Σ relu(w*_j·x))²: x ~ N(0, I_d), d >= 2, w and w_star (K, d) (Tian 2017, model)."""
    products = pairs(
        relu(Dot(student(i), x)) * relu(Dot(student(j), x)),
        relu(Dot(student(i), x)) * relu(Dot(teacher(j), x)),
        relu(Dot(teacher(i), x)) * relu(Dot(teacher(j), x)),
    )
    of_means = pairs(
        Mean(relu(Dot(student(i), x)) * relu(Dot(student(j), x)), x),
        Mean(relu(Dot(student(i), x)) * relu(Dot(teacher(j), x)), x),
        Mean(relu(Dot(teacher(i), x)) * relu(Dot(teacher(j), x)), x),
    )
    one = ones(1).extended(sizes={K: 1, two_layer_loss.K_star: 1})
    at_point = ones(2).extended(vectors={x: (coordinate(x, 1), coordinate(x, 2))})
    single = Norm(student(1)) ** 2 / 4 + Norm(teacher(1)) ** 2 / 4 - kernel(student(1), teacher(1))
    angle = Angle(student(i), student(j))
    return Derivation(
        name="multi-neuron-loss",
        title="The loss of K neurons against K neurons",
        source="Tian 2017, the network with K ReLU neurons",
        law=LAW,
        normalisation=NORMALISATION,
        frame=ones(2),
        meanings=MEANINGS,
        results=(Result("loss", definition(), loss(), (w, w_star), "half of the mean squared error"),),
        steps=(
            Step(
                "square of the residual",
                (network(w, x) - network(w_star, x)) ** 2 / 2,
                products,
                "multiply out: one term for every ordered pair of neurons; shown for one, two and three neurons, more "
                "neurons repeat the pattern",
                Identity(sizes=({K: 1}, {K: 2}, {K: 3})),
                at_point,
            ),
            Step(
                "linearity of the mean",
                definition(),
                of_means,
                "the mean of a sum is the sum of the means",
                Argument(),
            ),
            Step(
                "a pair of neurons",
                Mean(relu(Dot(student(i), x)) * relu(Dot(student(j), x)), x),
                Norm(student(i)) * Norm(student(j)) * G(angle) / (2 * pi),
                "by relu-kernel",
                Argument(),
            ),
            Step(
                "kernels inserted",
                of_means,
                loss(),
                "every mean is a kernel, by relu-kernel; more neurons add pairs only",
                Argument(),
                one,
            ),
            Step(
                "the general network",
                two_layer_loss.loss() / 2,
                loss(),
                "the same by two-layer-loss: the output weights are 1, the teacher has as many neurons, half of it",
                Identity(sizes=tuple({K: number, two_layer_loss.K_star: number} for number in (1, 2, 3))),
                ones(3),
            ),
            Step(
                "one neuron",
                loss(),
                single,
                "for one neuron the diagonal kernels are `Norm(Entry(w, 1))**2/2` and the teacher's",
                Identity(),
                one,
            ),
            Step(
                "no loss at the teacher",
                loss(),
                0 * K,
                "with the teacher's weights the three kernels cancel",
                Identity(),
                ones(2).extended(definitions={Entry(w, number): Entry(w_star, number) for number in (1, 2)}),
            ),
            Step(
                "no loss at the permuted teacher",
                loss(),
                0 * K,
                "the order of the neurons does not enter: there are as many solutions as orders",
                Identity(),
                ones(2).extended(definitions={Entry(w, number): Entry(w_star, 3 - number) for number in (1, 2)}),
            ),
        ),
        conditions=("`d >= 2`: on a line any two neurons are parallel or antiparallel",),
        remarks=("Brutzkus and Globerson average over the neurons and have no factor 1/2: multiply by `2/K**2`",),
    )
