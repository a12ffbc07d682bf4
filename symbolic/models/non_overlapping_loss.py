"""The population loss of the convolutional network with disjoint patches and one shared filter."""

from __future__ import annotations

from sympy import Expr, S, Sum, pi

from relucert.symbolic.derivation import Argument, Derivation, Identity, Result, Step
from relucert.symbolic.expressions import Angle, Dot, Entry, Mean, Norm, VectorFamily, relu
from relucert.symbolic.frames import Frame, between
from relucert.symbolic.kernels.relu_kernel import kernel
from relucert.symbolic.kernels.relu_mean import relu_mean
from relucert.symbolic.names import count, positive, real, vector

w, w_star, z = vector("w"), vector("w_star"), vector("z")
x = VectorFamily("x", real=True)
k, i, j = count("k"), count("i"), count("j")
theta, beta, gamma = positive("theta"), real("beta"), positive("gamma")
w_1, w_2, w_star_1 = real("w_1"), positive("w_2"), positive("w_star_1")

ABBREVIATIONS: dict[Expr, Expr] = {theta: Angle(w, w_star), beta: (k**2 - k) / (2 * pi), gamma: beta + k / 2}
MEANINGS = {
    k: "number of patches (hidden neurons)",
    w: "the filter, not zero; `m` weights",
    w_star: "the teacher's filter, not zero",
    theta: "the angle between `w` and `w_star`, in `[0, pi]`",
    beta: "`(k**2 - k)/(2*pi)`, from pairs of different patches",
    gamma: "`beta + k/2`",
    z: "one patch, standard Gaussian",
}
LAW = "the patches `Entry(x, 1)` to `Entry(x, k)` are independent, each standard Gaussian in `m` dimensions"
NORMALISATION = "the network averages over its `k` patches (factor 1/k); the loss has no factor 1/2"

# the teacher on the first axis: all means are invariant under rotations of every patch
PLANE = Frame(
    vectors={w: (w_1, w_2), w_star: (w_star_1, S.Zero)},
    definitions=ABBREVIATIONS,
    dimensions={x: 2, z: 2},
    domains={w_1: between(-2, 2), w_2: between("1/10", 2)},
)
TWO_PATCHES = PLANE.extended(sizes={k: 2})


def network(filter_weights: Expr, inputs: VectorFamily = x, patches: Expr = k) -> Expr:
    """The mean over the patches of the filter's ReLU response."""
    return Sum(relu(Dot(filter_weights, Entry(inputs, i))), (i, 1, patches)) / patches


def loss(w: Expr, w_star: Expr, k: Expr, theta: Expr, beta: Expr, gamma: Expr) -> Expr:
    """The closed form: E (f(x; w) − f(x; w*))²."""
    cross = 2 * k * kernel(w, w_star, theta) + 2 * beta * Norm(w) * Norm(w_star)
    return (gamma * Norm(w) ** 2 - cross + gamma * Norm(w_star) ** 2) / k**2


def closed_loss() -> Expr:
    """The closed form in this module's symbols."""
    return loss(w, w_star, k, theta, beta, gamma)


def definition() -> Expr:
    """The mean that defines the loss."""
    return Mean((network(w) - network(w_star)) ** 2, x)


def derivation() -> Derivation:
    """E (f(x; w) − f(x; w*))²: f averages relu(w·x_i) over k iid N(0, I_m) patches; no 1/2 (B&G 2017, Sec. 4)."""
    excess = relu(Dot(w, z)) - relu(Dot(w_star, z))
    one, other = (relu(Dot(w, Entry(x, n))) - relu(Dot(w_star, Entry(x, n))) for n in (i, j))
    pairs = Sum(Sum(one * other, (j, 1, k)), (i, 1, k)) / k**2
    diagonal, cross = Mean(excess**2, z), Mean(excess, z)
    by_patches = (k * diagonal + (k**2 - k) * cross**2) / k**2
    student, product, teacher = (
        Mean(relu(Dot(w, z)) ** 2, z),
        Mean(relu(Dot(w, z)) * relu(Dot(w_star, z)), z),
        Mean(relu(Dot(w_star, z)) ** 2, z),
    )
    g = kernel(w, w_star, theta)
    inserted = k * (Norm(w) ** 2 / 2 - 2 * g + Norm(w_star) ** 2 / 2) + (k**2 - k) * (Norm(w) - Norm(w_star)) ** 2 / (
        2 * pi
    )
    return Derivation(
        name="non-overlapping-loss",
        title="Population loss of a convolutional network without overlap",
        source="Brutzkus and Globerson 2017, Section 4",
        law=LAW,
        normalisation=NORMALISATION,
        frame=PLANE,
        meanings=MEANINGS,
        results=(Result("loss", definition(), closed_loss(), (w, w_star, k), "population loss"),),
        steps=(
            Step(
                "square of a sum",
                (network(w) - network(w_star)) ** 2,
                pairs,
                "multiply out: one term for each ordered pair of patches; shown for one, two and three patches, more "
                "patches repeat the pattern",
                Identity(sizes=({k: 1}, {k: 2}, {k: 3})),
            ),
            Step(
                "patches are independent",
                definition(),
                by_patches,
                "the mean is linear; the `k` terms with `Eq(i, j)` have the same mean, and in each of the `k**2 - k` "
                "others the two factors are independent with the same law; confirmed by cubature over two patches",
                Argument(),
                TWO_PATCHES,
            ),
            Step(
                "equal patches",
                diagonal,
                student - 2 * product + teacher,
                "the mean is linear",
                Argument(),
            ),
            Step(
                "student with itself",
                student,
                Norm(w) ** 2 / 2,
                "`relu(Dot(w, z))**2` and `relu(-Dot(w, z))**2` have the same mean and add up to `Dot(w, z)**2`; also "
                "relu-kernel at angle zero",
                Argument(),
            ),
            Step("teacher with itself", teacher, Norm(w_star) ** 2 / 2, "the same for the teacher", Argument()),
            Step("student with teacher", product, g, "by relu-kernel", Argument()),
            Step(
                "different patches",
                cross,
                Mean(relu(Dot(w, z)), z) - Mean(relu(Dot(w_star, z)), z),
                "the mean is linear",
                Argument(),
            ),
            Step("mean of one neuron", Mean(relu(Dot(w, z)), z), relu_mean(w), "by relu-mean", Argument()),
            Step(
                "mean of a teacher's neuron",
                Mean(relu(Dot(w_star, z)), z),
                relu_mean(w_star),
                "by relu-mean",
                Argument(),
            ),
            Step(
                "insert",
                by_patches,
                inserted / k**2,
                "put the means into the sum over pairs; the square of `1/sqrt(2*pi)` is `1/(2*pi)`",
                Identity(
                    inserting=(
                        "equal patches",
                        "student with itself",
                        "teacher with itself",
                        "student with teacher",
                        "different patches",
                        "mean of one neuron",
                        "mean of a teacher's neuron",
                    )
                ),
            ),
            Step(
                "collect",
                inserted / k**2,
                closed_loss(),
                "the squares of both norms have the coefficient `gamma/k**2`, their product `-2*beta/k**2`",
            ),
            Step(
                "zero at the teacher",
                closed_loss(),
                S.Zero,
                "at `Eq(w, w_star)` the angle is zero and `Eq(G(0), pi)`",
                frame=PLANE.extended(vectors={w: (w_star_1, S.Zero)}),
            ),
        ),
        conditions=(
            "`k >= 1`: any number of patches; the formula holds for any `m >= 1`",
            "`Norm(w) > 0`: at zero the angle is not defined; there the loss is `gamma*Norm(w_star)**2/k**2`",
        ),
        remarks=(
            "The loss depends on `w` only through its norm and its angle with `w_star`.",
            "With a factor 1/2 in the loss multiply by `1/2`; for a sum instead of an average over patches, by `k**2`.",
        ),
    )
