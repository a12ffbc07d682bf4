"""The population loss of a general two-layer ReLU network against a network of the same kind."""

from __future__ import annotations

from sympy import Expr, Sum, Symbol

from relucert.symbolic.derivation import Argument, Derivation, Identity, Result, Step
from relucert.symbolic.expressions import Dot, Entry, Mean, Norm, ScalarFamily, VectorFamily, relu
from relucert.symbolic.frames import Domain, Frame, between, coordinate
from relucert.symbolic.kernels.relu_kernel import kernel
from relucert.symbolic.names import count, real, vector

K, K_star = count("K"), count("K_star")
i, j = count("i"), count("j")
w, w_star = VectorFamily("w", real=True), VectorFamily("w_star", real=True)
a, a_star = ScalarFamily("a", real=True), ScalarFamily("a_star", real=True)
x = vector("x")


def student(number: Expr) -> Expr:
    """Weights of a hidden neuron."""
    return Entry(w, number)


def teacher(number: Expr) -> Expr:
    """Weights of a hidden neuron of the teacher."""
    return Entry(w_star, number)


def residual(x: Expr) -> Expr:
    """The network's output minus the teacher's."""
    return Sum(Entry(a, j) * relu(Dot(student(j), x)), (j, 1, K)) - Sum(
        Entry(a_star, j) * relu(Dot(teacher(j), x)), (j, 1, K_star)
    )


def pair_sums(students: Expr, mixed: Expr, teachers: Expr) -> Expr:
    """Sum a_i a_j (students) − 2 sum a_i a*_j (mixed) + sum a*_i a*_j (teachers), each summand a formula in i and j."""
    return (
        Sum(Entry(a, i) * Entry(a, j) * students, (j, 1, K), (i, 1, K))
        - 2 * Sum(Entry(a, i) * Entry(a_star, j) * mixed, (j, 1, K_star), (i, 1, K))
        + Sum(Entry(a_star, i) * Entry(a_star, j) * teachers, (j, 1, K_star), (i, 1, K_star))
    )


def loss() -> Expr:
    """The closed form: the kernel of every pair of neurons."""
    return pair_sums(kernel(student(i), student(j)), kernel(student(i), teacher(j)), kernel(teacher(i), teacher(j)))


def signed(family: Symbol, members: int, dimension: int) -> dict[Symbol, Domain]:
    """Domains that give the members of a family coordinates of both signs, no two of them parallel."""
    return {
        coordinate(family, number, place): (between("1/4", 2) if (number + place) % 2 else between("-3/2", "-1/8"))
        for number in range(1, members + 1)
        for place in range(dimension)
    }


def plane(students: int, teachers: int) -> Frame:
    """So many students and teachers in the plane; in formulas about one pair i = 1 and j = 2."""
    return Frame(
        sizes={K: students, K_star: teachers, i: 1, j: 2},
        dimensions={w: 2, w_star: 2, x: 2},
        domains={**signed(w, students, 2), **signed(w_star, teachers, 2)},
    )


LAW = "`x` is standard Gaussian in any dimension `d >= 2`"
NORMALISATION = "no factor 1/2: the mean of the squared error; halve it for the convention with 1/2"
MEANINGS = {
    K: "number of hidden neurons",
    K_star: "number of hidden neurons of the teacher",
    w: "hidden weights `Entry(w, 1)`, ..., `Entry(w, K)`, none of them zero",
    a: "output weights `Entry(a, 1)`, ..., `Entry(a, K)`, any real numbers",
    w_star: "hidden weights of the teacher, none of them zero",
    a_star: "output weights of the teacher",
}


def derivation() -> Derivation:
    """E (Σ a_j relu(w_j·x) − Σ a*_j relu(w*_j·x))² in closed form.

    x ~ N(0, I_d), d >= 2; w: (K, d), a: (K,), w_star: (K_star, d), a_star: (K_star,); no factor 1/2.
    """
    squared = residual(x) ** 2
    of_products = pair_sums(
        relu(Dot(student(i), x)) * relu(Dot(student(j), x)),
        relu(Dot(student(i), x)) * relu(Dot(teacher(j), x)),
        relu(Dot(teacher(i), x)) * relu(Dot(teacher(j), x)),
    )
    of_means = pair_sums(
        Mean(relu(Dot(student(i), x)) * relu(Dot(student(j), x)), x),
        Mean(relu(Dot(student(i), x)) * relu(Dot(teacher(j), x)), x),
        Mean(relu(Dot(teacher(i), x)) * relu(Dot(teacher(j), x)), x),
    )
    at_point = plane(2, 2).extended(vectors={x: (real("x_1"), real("x_2"))})
    pairs = Sum(Entry(a, i) * Entry(a, j) * kernel(student(i), student(j)), (j, 1, K), (i, 1, K))
    off_diagonal = Sum(Entry(a, i) * Entry(a, j) * kernel(student(i), student(j)), (j, i + 1, K), (i, 1, K))
    perfect = plane(2, 2).extended(
        definitions={
            **{Entry(w, number): Entry(w_star, number) for number in (1, 2)},
            **{Entry(a, number): Entry(a_star, number) for number in (1, 2)},
        }
    )
    return Derivation(
        name="two-layer-loss",
        title="The loss of a two-layer ReLU network",
        source="Tian 2017 with output weights; Cho and Saul 2009 for the kernel",
        law=LAW,
        normalisation=NORMALISATION,
        frame=plane(2, 2),
        meanings=MEANINGS,
        results=(
            Result("loss", Mean(squared, x), loss(), (w, a, w_star, a_star), "mean squared error of the outputs"),
        ),
        steps=(
            Step(
                "square of the residual",
                squared,
                of_products,
                "a square of a sum is the sum over all pairs of terms; more neurons add pairs only",
                Identity(sizes=({K: 1, K_star: 2}, {K: 2, K_star: 2}, {K: 3, K_star: 1})),
                at_point,
            ),
            Step(
                "linearity of the mean",
                Mean(squared, x),
                of_means,
                "the mean of a sum is the sum of the means; all of them are finite",
                Argument(),
            ),
            Step(
                "a pair of neurons",
                Mean(relu(Dot(student(i), x)) * relu(Dot(student(j), x)), x),
                kernel(student(i), student(j)),
                "by relu-kernel, for a neuron and another one",
                Argument(),
            ),
            Step(
                "a neuron and a teacher",
                Mean(relu(Dot(student(i), x)) * relu(Dot(teacher(j), x)), x),
                kernel(student(i), teacher(j)),
                "by relu-kernel: student and teacher differ in name only",
                Argument(),
            ),
            Step(
                "a neuron with itself",
                Mean(relu(Dot(student(i), x)) ** 2, x),
                Norm(student(i)) ** 2 / 2,
                "by symmetry the positive part carries half of the mean square of `Dot(Entry(w, i), x)`",
                Argument(),
            ),
            Step(
                "the kernel on the diagonal",
                kernel(student(i), student(i)),
                Norm(student(i)) ** 2 / 2,
                "the angle of a vector with itself is 0 and `G(0)` is `pi`: the formula holds on the diagonal too",
            ),
            Step(
                "kernels inserted",
                of_means,
                loss(),
                "every mean is a kernel, the diagonal included; more neurons add pairs only",
                Argument(),
                plane(1, 1),
            ),
            Step(
                "diagonal and pairs",
                pairs,
                Sum(Entry(a, i) ** 2 * Norm(student(i)) ** 2 / 2, (i, 1, K)) + 2 * off_diagonal,
                "the kernel is symmetric: every pair of different neurons occurs twice",
                Identity(sizes=({K: 1}, {K: 2}, {K: 3})),
            ),
            Step(
                "no loss at the teacher",
                loss(),
                0 * K,
                "with the teacher's weights the three double sums cancel",
                Identity(),
                perfect,
            ),
        ),
        conditions=("`d >= 2`: on a line any two neurons are parallel or antiparallel and the same formula holds",),
        remarks=(
            "The sums are the same for every dimension: each kernel depends on two vectors only",
            "A neuron with zero weights contributes zero: leave it out",
        ),
    )
