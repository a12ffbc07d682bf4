"""The Hessian at an orthonormal teacher: every solution is a strict minimum, uniformly in the number of neurons."""

from __future__ import annotations

from sympy import Expr, Integer, Limit, Rational, S, Sum, pi, sin

from relucert.symbolic.derivation import Argument, Derivation, Identity, Result, Step
from relucert.symbolic.expressions import IDENTITY, Angle, Apply, Dot, Entry, Norm, Outer, Trace, VectorFamily
from relucert.symbolic.frames import Frame, between, coordinate
from relucert.symbolic.kernels.relu_kernel_hessian import kernel_hessian, kernel_mixed_hessian
from relucert.symbolic.models import multi_neuron_loss
from relucert.symbolic.models.multi_neuron_loss import NORMALISATION
from relucert.symbolic.models.symmetric_multi_neuron import LAW
from relucert.symbolic.models.two_layer_loss import K, i, j, signed, teacher, w, w_star
from relucert.symbolic.names import positive, real, vector

z = VectorFamily("z", real=True)
e_1, e_2, u, v = vector("e_1"), vector("e_2"), vector("u"), vector("v")
t, theta = positive("t"), positive("theta")
BOUND = Rational(1, 4) - 1 / (2 * pi)


def moved(number: Expr) -> Expr:
    """The direction in which a neuron is moved."""
    return Entry(z, number)


def pairs(summand: Expr) -> Expr:
    """The sum over all ordered pairs of two different neurons i and j."""
    before = Sum(summand, (j, 1, i - 1), (i, 1, K))
    return before + Sum(summand, (j, i + 1, K), (i, 1, K))


def square_of_sum() -> Expr:
    """|Σ z_i|²."""
    return Dot(Sum(moved(i), (i, 1, K)), Sum(moved(i), (i, 1, K)))


def squares() -> Expr:
    """Σ |z_i|²."""
    return Sum(Norm(moved(i)) ** 2, (i, 1, K))


def own(number: Expr) -> Expr:
    """A neuron's movement along its own teacher."""
    return Dot(moved(number), teacher(number))


def curvature() -> Expr:
    """The second derivative of the loss in the direction z, at the teacher."""
    crossed = Sum(Dot(moved(i), teacher(j)) * Dot(moved(j), teacher(i)), (j, 1, K), (i, 1, K))
    inner = Sum(own(i), (i, 1, K)) ** 2 - 2 * Sum(own(i) ** 2, (i, 1, K)) + crossed
    return square_of_sum() / 4 + squares() / 4 + inner / (2 * pi)


def orthonormal(number: int, dimension: int) -> Frame:
    """So many teachers on the axes of a space of some dimension, and neurons at t times z from them."""
    places = range(dimension)
    teachers = {Entry(w_star, Integer(n + 1)): tuple(S(int(p == n)) for p in places) for n in range(number)}
    neurons = {Entry(w, Integer(n + 1)): teacher(Integer(n + 1)) + t * moved(Integer(n + 1)) for n in range(number)}
    return Frame(
        vectors=teachers,
        definitions=neurons,
        dimensions={w: dimension, w_star: dimension, z: dimension},
        sizes={K: number},
        domains=signed(z, number, dimension),
    )


def rest() -> Expr:
    """What the curvature has beyond the bound, a sum of squares: K = 2 in three dimensions."""
    components = {(n, p): coordinate(z, n, p) for n in (1, 2) for p in range(3)}
    total = [components[1, p] + components[2, p] for p in range(3)]
    turned = (components[1, 1] + components[2, 0]) ** 2
    outside = components[1, 2] ** 2 + components[2, 2] ** 2
    trace = (components[1, 0] + components[2, 1]) ** 2
    return sum((entry**2 for entry in total), S.Zero) / 4 + (trace + turned + outside) / (2 * pi)


def derivation() -> Derivation:
    """d²/dt² ½ E (Σ relu((e_j + t z_j)·x) − Σ relu(e_j·x))² at t = 0, at least (1/4 − 1/(2π)) Σ |z_j|².

    x ~ N(0, I_d), orthonormal e_1, ..., e_K, d >= K >= 2; z of shape (K, d); mean per sample, with 1/2.
    """
    symmetric = pairs((Dot(moved(i), teacher(j)) + Dot(moved(j), teacher(i))) ** 2)
    off_own = squares() - Sum(own(i) ** 2, (i, 1, K)) - pairs(Dot(moved(i), teacher(j)) ** 2)
    beyond = square_of_sum() / 4 + (Sum(own(i), (i, 1, K)) ** 2 + off_own + symmetric / 2) / (2 * pi)
    block = kernel_mixed_hessian(teacher(i), teacher(j))
    blocks = squares() / 2 + pairs(Dot(moved(i), Apply(block, moved(j))))
    two, three = orthonormal(2, 3), orthonormal(3, 3)
    e1, e2, e3 = (teacher(Integer(n)) for n in (1, 2, 3))
    turning = three.extended(
        definitions={Entry(z, Integer(1)): e2 - e3, Entry(z, Integer(2)): e3 - e1, Entry(z, Integer(3)): e1 - e2}
    )
    basis = Frame(vectors={e_1: (S.One, S.Zero, S.Zero), e_2: (S.Zero, S.One, S.Zero)})
    space = Frame(
        vectors={u: (real("u_1"), positive("u_2"), S.Zero), v: (positive("v_1"), S.Zero, S.Zero)},
        definitions={theta: Angle(u, v)},
        domains={real("u_1"): between(-1, 2)},
    )
    return Derivation(
        name="multi-neuron-teacher-hessian",
        title="The Hessian at an orthonormal teacher",
        source="our own statement; model of Tian 2017, and Safran and Shamir 2018 for orthonormal teachers",
        law=LAW,
        normalisation=NORMALISATION,
        frame=two,
        meanings={
            K: "number of neurons, and of the teacher's",
            w: "weights, `Entry(w_star, i) + t*Entry(z, i)` for neuron `i`",
            w_star: "weights of the teacher, orthonormal",
            z: "the direction in which the neurons are moved",
            t: "how far they are moved, positive",
            e_1: "one of the teacher's neurons",
            e_2: "another",
            u: "a neuron",
            v: "another, not parallel to `u`",
            theta: "the angle between `u` and `v`",
        },
        results=(
            Result(
                "curvature",
                Limit(2 * multi_neuron_loss.definition() / t**2, t, 0, "+"),
                curvature(),
                (z, w_star),
                "second derivative of the loss at the teacher in the direction z",
            ),
        ),
        steps=(
            Step(
                "a neuron's own teacher",
                Trace(kernel_hessian(u, v, theta)),
                3 * Norm(v) * sin(theta) / (2 * pi * Norm(u)),
                "the kernel's Hessian, by relu-kernel-hessian, is positive semidefinite; its trace, here in space, "
                "tends to 0 with the angle: at its teacher a neuron does not feel it in the second derivative",
                Identity(),
                space,
            ),
            Step(
                "two orthogonal neurons",
                kernel_mixed_hessian(e_1, e_2),
                IDENTITY / 4 + (Outer(e_1, e_2) + Outer(e_2, e_1)) / (2 * pi),
                "by relu-kernel-hessian at a right angle",
                Identity(),
                basis,
            ),
            Step(
                "curvature from the blocks",
                blocks,
                curvature(),
                "a neuron's own block is half the identity, as its kernels with the other neurons and with their "
                "teachers cancel; the block of two neurons is the one before",
                Identity(sizes=({K: 2}, {K: 3})),
                three,
            ),
            Step(
                "second derivative of the loss",
                Limit(2 * multi_neuron_loss.loss() / t**2, t, 0, "+"),
                curvature(),
                "loss and gradient are zero at the teacher: the loss grows like half the second derivative times "
                "`t**2`",
                Argument(),
                two,
                digits=8,
            ),
            Step(
                "beyond the bound",
                curvature() - BOUND * squares(),
                beyond,
                "the bound takes the square norms that the negative terms need",
                Identity(sizes=({K: 2}, {K: 3})),
                three,
            ),
            Step(
                "what is left is not negative",
                curvature(),
                BOUND * squares(),
                "the square norms are at least the sum of the squares of all components along teachers: what is left "
                "is a sum of squares; shown for two neurons and a direction orthogonal to both",
                Identity(witness=rest()),
                two,
                relation=">=",
            ),
            Step(
                "the bound is positive",
                BOUND,
                S.Zero,
                "because `pi > 2`: all solutions are strict minima, and the curvature does not fade with the number of "
                "neurons",
                Identity(witness=(pi - 2) / (4 * pi)),
                relation=">",
            ),
            Step(
                "the bound is attained",
                curvature(),
                BOUND * squares(),
                "for three neurons that are turned about the sum of the teachers: all squares beyond the bound vanish",
                Identity(),
                turning,
            ),
        ),
        conditions=("`K >= 2`: for one neuron the Hessian at the teacher is half the identity",),
        remarks=(
            "Every solution is such a point, up to the order of the neurons; this does not exclude other local minima: "
            "Safran and Shamir 2018 found some for 6 to 20 neurons",
        ),
    )
