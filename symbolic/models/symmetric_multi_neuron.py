"""K neurons against an orthonormal teacher, with weights x on their own direction and y on all others."""

from __future__ import annotations

from sympy import Derivative, Expr, S, Sum, Symbol, acos, pi, sin, sqrt

from relucert.symbolic.derivation import Calculus, Derivation, Identity, Result, Step
from relucert.symbolic.expressions import Angle, Dot, Entry, G, Gradient, Norm
from relucert.symbolic.frames import Frame, between
from relucert.symbolic.kernels.relu_kernel import kernel
from relucert.symbolic.kernels.relu_kernel_gradient import kernel_gradient
from relucert.symbolic.models import multi_neuron_loss, two_layer_loss
from relucert.symbolic.models.multi_neuron_gradient import gradient
from relucert.symbolic.models.multi_neuron_loss import NORMALISATION
from relucert.symbolic.models.two_layer_loss import K, i, j, student, teacher, w, w_star
from relucert.symbolic.names import positive, real, vector

x, y = real("x"), real("y")
theta, phi, phi_star = positive("theta"), positive("phi"), positive("phi_star")
alpha, Q = positive("alpha"), real("Q")
z = vector("z")
e_1, e_2, total = vector("e_1"), vector("e_2"), vector("s")
u, v = vector("u"), vector("v")

DEFINITIONS: dict[Symbol, Expr] = {
    alpha: 1 / sqrt(x**2 + (K - 1) * y**2),
    theta: acos(alpha * x),
    phi_star: acos(alpha * y),
    phi: acos(alpha**2 * (2 * x * y + (K - 2) * y**2)),
    Q: (K - 1) * (alpha * sin(phi_star) - sin(phi)) + alpha * sin(theta),
}
DOMAINS = {x: between("-3/2", 2), y: between("1/8", "3/2")}
LAW = "the inputs are standard Gaussian in any dimension `d >= K`, the teacher's weights orthonormal"
MEANINGS = {
    K: "number of neurons, and of the teacher's",
    x: "the component of each neuron along its own teacher",
    y: "its component along every other teacher",
    alpha: "one over the norm of a neuron",
    theta: "the angle between a neuron and its own teacher",
    phi_star: "the angle between a neuron and another's teacher",
    phi: "the angle between two neurons",
    Q: "what all angles contribute along the neuron itself",
}
# Any number of neurons: two teachers and the sum of all span what one formula is about.
ANY = Frame(
    vectors={
        e_1: (S.One, S.Zero, S.Zero),
        e_2: (S.Zero, S.One, S.Zero),
        total: (S.One, S.One, sqrt(K - 2)),
    },
    definitions={**DEFINITIONS, u: (x - y) * e_1 + y * total, v: (x - y) * e_2 + y * total},
    domains={**DOMAINS, K: between(3, 9)},
)


def neurons(number: int) -> Frame:
    """So many neurons in coordinates along their teachers."""
    places = range(number)
    return Frame(
        vectors={
            **{Entry(w, S(n + 1)): tuple(x if place == n else y for place in places) for n in places},
            **{Entry(w_star, S(n + 1)): tuple(S(int(place == n)) for place in places) for n in places},
        },
        definitions=DEFINITIONS,
        dimensions={w: number, w_star: number, z: number},
        sizes={K: number, j: 1},
        domains=DOMAINS,
    )


def own_component() -> Expr:
    """Of a neuron's gradient along its own teacher."""
    return ((pi - phi) * (x - 1 + (K - 1) * y) + theta + phi * (x - 1) - Q * x) / (2 * pi)


def other_component() -> Expr:
    """Of a neuron's gradient along every other teacher."""
    return ((pi - phi) * (x - 1 + (K - 1) * y) + phi_star - phi + phi * y - Q * y) / (2 * pi)


def restricted_loss() -> Expr:
    """The loss as a function of x and y."""
    students = K / (2 * alpha**2) + K * (K - 1) * G(phi) / (2 * pi * alpha**2)
    mixed = (K * G(theta) + K * (K - 1) * G(phi_star)) / (2 * pi * alpha)
    return (students - 2 * mixed + K / S(2) + K * (K - 1) / (2 * pi)) / 2


def along_teachers(own: Expr, other: Expr) -> Expr:
    """The vector with these components along the neuron's own teacher (the first) and along each other one."""
    return own * teacher(1) + other * Sum(teacher(i), (i, 2, K))


def derivation() -> Derivation:
    """Loss and gradient of ½ E (Σ relu(w_j·z) − Σ relu(e_j·z))² at w_j = x e_j + y Σ_{i≠j} e_i, as in Tian 2017.

    z ~ N(0, I_d), e_1, ..., e_K orthonormal, d >= K >= 2; x, y numbers; mean per sample, with 1/2.
    """
    others = (x - y) * (total - e_1) + (K - 1) * y * total
    summed = (
        pi * u
        + (pi - phi) * others
        + (K - 1) * sin(phi) * u
        - (pi - theta) * e_1
        - alpha * sin(theta) * u
        - (pi - phi_star) * (total - e_1)
        - (K - 1) * alpha * sin(phi_star) * u
    ) / (2 * pi)
    defined = multi_neuron_loss.definition().xreplace({two_layer_loss.x: z})
    slope = Gradient(defined, student(1))
    three_second = neurons(3).extended(sizes={j: 2})
    return Derivation(
        name="symmetric-multi-neuron",
        title="K neurons against an orthonormal teacher: the symmetric case",
        source="Tian 2017, the theorem on K neurons with orthonormal teacher and symmetric start",
        law=LAW,
        normalisation=NORMALISATION,
        frame=ANY,
        meanings={
            **MEANINGS,
            w: "weights of the neurons",
            u: "the first neuron, `x*e_1 + y*(s - e_1)`",
            v: "the second, `x*e_2 + y*(s - e_2)`",
            w_star: "weights of the teacher, orthonormal; `e_1` and `e_2` are the first two, `s` is the sum of all",
        },
        results=(
            Result("loss", defined, restricted_loss(), (x, y, K), "loss of the symmetric network"),
            Result(
                "own_component",
                Dot(slope, teacher(1)),
                own_component(),
                (x, y, K),
                "component of a neuron's gradient along its own teacher",
            ),
            Result(
                "other_component",
                Dot(slope, teacher(2)),
                other_component(),
                (x, y, K),
                "component of a neuron's gradient along each other teacher",
            ),
        ),
        steps=(
            Step(
                "two neurons: the gradient",
                gradient(),
                along_teachers(own_component(), other_component()),
                "the gradient of multi-neuron-gradient at the symmetric weights, in coordinates",
                Identity(),
                neurons(2),
            ),
            Step(
                "three neurons: the gradient",
                gradient(),
                along_teachers(own_component(), other_component()),
                "the same with a third neuron; the following steps are for any number",
                Identity(),
                neurons(3),
            ),
            Step(
                "norm of a neuron",
                Norm(u),
                1 / alpha,
                "one coordinate is `x` and `K - 1` are `y`",
            ),
            Step(
                "two neurons",
                Dot(u, v),
                2 * x * y + (K - 2) * y**2,
                "their own coordinates meet `y`, `K - 2` times `y` meets `y`",
            ),
            Step(
                "angle between two neurons",
                Angle(u, v),
                phi,
                "inner product over the product of the norms, which are equal",
            ),
            Step("angle with the own teacher", Angle(u, e_1), theta, "the component is `x`"),
            Step("angle with another teacher", Angle(u, e_2), phi_star, "the component is `y`"),
            Step(
                "force between two neurons",
                kernel_gradient(u, v),
                ((pi - phi) * v + sin(phi) * u) / (2 * pi),
                "by relu-kernel-gradient: their norms are equal",
            ),
            Step(
                "force of the own teacher",
                kernel_gradient(u, e_1),
                ((pi - theta) * e_1 + alpha * sin(theta) * u) / (2 * pi),
                "by relu-kernel-gradient: its norm is 1",
            ),
            Step(
                "force of another teacher",
                kernel_gradient(u, e_2),
                ((pi - phi_star) * e_2 + alpha * sin(phi_star) * u) / (2 * pi),
                "by relu-kernel-gradient: its norm is 1",
            ),
            Step(
                "sum of the other neurons",
                Sum(student(i), (i, 2, K)),
                (x - y) * Sum(teacher(i), (i, 2, K)) + (K - 1) * y * Sum(teacher(i), (i, 1, K)),
                "each of them is `x - y` times its teacher and `y` times the sum of all teachers",
                Identity(),
                neurons(4),
            ),
            Step(
                "all forces on a neuron",
                summed,
                own_component() * e_1 + other_component() * (total - e_1),
                "the neuron itself counts `u/2`; the `K - 1` others have equal angles, and so have their teachers",
            ),
            Step(
                "another neuron",
                gradient(),
                own_component() * teacher(2) + other_component() * (teacher(1) + teacher(3)),
                "exchanging two neurons and their teachers changes nothing: the gradient of every neuron has the same "
                "two components",
                Identity(),
                three_second,
            ),
            Step(
                "kernel of two neurons",
                kernel(u, v),
                G(phi) / (2 * pi * alpha**2),
                "by relu-kernel",
            ),
            Step(
                "the loss",
                multi_neuron_loss.loss(),
                restricted_loss(),
                "multi-neuron-loss has `K` diagonal and `K**2 - K` other pairs of each kind",
                Identity(),
                neurons(3),
            ),
            Step(
                "derivative of the loss in x",
                Derivative(restricted_loss(), x),
                K * own_component(),
                "chain rule: `x` is a coordinate of each of `K` neurons",
                Calculus(),
                neurons(3),
            ),
            Step(
                "derivative of the loss in y",
                Derivative(restricted_loss(), y),
                K * (K - 1) * other_component(),
                "chain rule: `y` is a coordinate of each of `K` neurons `K - 1` times",
                Calculus(),
                neurons(3),
            ),
        ),
        conditions=(
            "`K >= 2`: for one neuron there is no other direction",
            "`x**2 + y**2 > 0`: at zero weights the loss has a kink",
        ),
        remarks=(
            "The components are those of one neuron's gradient; the derivatives of the restricted loss are `K` times "
            "the first and `K*(K - 1)` times the second",
        ),
    )
