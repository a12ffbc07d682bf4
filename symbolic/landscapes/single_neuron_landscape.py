"""Critical points of one ReLU neuron against one."""

from __future__ import annotations

from sympy import Derivative, Expr, S, cos, pi, sin

from relucert.symbolic.derivation import Argument, Calculus, Derivation, Identity, Result, Step
from relucert.symbolic.expressions import IDENTITY, Apply, Dot, G, Hessian, Norm
from relucert.symbolic.frames import Frame, between
from relucert.symbolic.kernels.relu_kernel_hessian import kernel_hessian
from relucert.symbolic.models.single_neuron import (
    LAW,
    NORMALISATION,
    PLANE,
    c,
    definition,
    gradient,
    loss,
    r,
    r_star,
    theta,
    u_1,
    u_2,
    w,
    w_star,
)
from relucert.symbolic.names import positive, vector

n, o = vector("v"), vector("o")
rho = positive("rho")

# In space: the direction orthogonal to both vectors stands for all of them in more dimensions.
POLAR = Frame(
    vectors={
        w: (r * cos(theta), r * sin(theta), S.Zero),
        w_star: (r_star, S.Zero, S.Zero),
        n: (sin(theta), -cos(theta), S.Zero),
        o: (S.Zero, S.Zero, S.One),
    },
    domains={theta: between("1/10", "31/10")},
)


def polar_loss() -> Expr:
    """The loss by the norms and the angle."""
    return r**2 / 4 + r_star**2 / 4 - r * r_star * G(theta) / (2 * pi)


def hessian() -> Expr:
    """The closed form, 0 < θ < π."""
    return IDENTITY / 2 - kernel_hessian(w, w_star, theta)


def derivation() -> Derivation:
    """Critical points of ½ E (relu(w·x) − relu(w*·x))²: w* only; 0 is neither minimum nor maximum (Tian 2017, K = 1).

    x ~ N(0, I_d), d >= 2; w, w_star of shape (d,); mean per sample, with 1/2.
    """
    radial = (pi * r - r_star * G(theta)) / (2 * pi)
    turning = r * r_star * (pi - theta) * sin(theta) / (2 * pi)
    aligned = POLAR.extended(definitions={theta: S.Zero})
    opposite = POLAR.extended(definitions={theta: pi})
    least = r_star**2 / 4 - r_star**2 * G(theta) ** 2 / (4 * pi**2)
    back = PLANE.extended(vectors={w: (-c / 10, S.Zero)}, definitions={theta: pi})
    return Derivation(
        name="single-neuron-landscape",
        title="Landscape of one ReLU neuron",
        source="Tian 2017, the case of one ReLU neuron; the polar form is our own",
        law=LAW,
        normalisation=NORMALISATION,
        frame=POLAR,
        meanings={
            w: "weights, not zero",
            w_star: "weights of the teacher, not zero",
            theta: "the angle between them",
            r: "the norm of `w`",
            r_star: "the norm of `w_star`",
            n: "the unit vector orthogonal to `w` in the plane of `w` and `w_star`, on the side of `w_star`",
            o: "a unit vector orthogonal to both",
            rho: "a positive number",
        },
        results=(
            Result("polar_loss", definition(), polar_loss(), (r, r_star, theta), "loss by norms and angle"),
            Result("hessian", Hessian(definition(), w), hessian(), (w, w_star), "Hessian, weights not parallel"),
        ),
        steps=(
            Step(
                "the loss",
                definition(),
                loss(),
                "by single-neuron",
                Argument(),
                PLANE,
            ),
            Step(
                "polar coordinates",
                loss(),
                polar_loss(),
                "the loss depends on the norms and the angle",
            ),
            Step(
                "radial derivative",
                Derivative(polar_loss(), r),
                radial,
                "differentiate",
                Calculus(),
            ),
            Step(
                "derivative in the angle",
                Derivative(polar_loss(), theta),
                turning,
                "differentiate; positive for `0 < theta`, `theta < pi`: a critical point is parallel or antiparallel "
                "to the teacher",
                Calculus(),
            ),
            Step(
                "parallel to the teacher",
                radial,
                (r - r_star) / 2,
                "`G(0)` is `pi`: zero at the teacher only",
                Identity(),
                aligned,
            ),
            Step(
                "opposite to the teacher",
                radial,
                r / 2,
                "`G(pi)` is 0: never zero",
                Identity(),
                opposite,
            ),
            Step(
                "best norm at an angle",
                polar_loss(),
                (r - r_star * G(theta) / pi) ** 2 / 4 + least,
                "complete the square in the norm",
            ),
            Step(
                "near zero",
                polar_loss() - r_star**2 / 4,
                -r * (r_star * G(theta) / (2 * pi) - r / 4),
                "so the loss falls from zero in every direction with `G(theta) > 0`, that is `theta < pi`",
            ),
            Step(
                "zero is no maximum",
                loss(),
                Norm(w_star) ** 2 / 4,
                "at a tenth of the teacher's negative the loss is larger than at zero",
                Identity(witness=c**2 / 400),
                back,
                relation=">",
            ),
            Step(
                "second derivative",
                Hessian(loss(), w),
                hessian(),
                "the kernel's part by relu-kernel-hessian",
                Argument(),
                PLANE.extended(domains={u_1: between("-3/2", 2), u_2: between("1/4", 2)}),
            ),
            Step(
                "curvature along the weights",
                Apply(hessian(), w),
                w / 2,
                "the kernel is homogeneous of degree 1: its Hessian does not see this direction",
            ),
            Step(
                "curvature in the plane",
                Apply(hessian(), n),
                (S.Half - r_star * sin(theta) / (pi * r)) * n,
                "an eigenvector, by the form of the kernel's Hessian",
            ),
            Step(
                "curvature out of the plane",
                Apply(hessian(), o),
                (S.Half - r_star * sin(theta) / (2 * pi * r)) * o,
                "an eigenvector; there are as many as there are dimensions beyond the plane",
            ),
            Step(
                "no kernel's part at the teacher",
                Dot(o, Apply(hessian(), o)) + Dot(n, Apply(hessian(), n)) + Dot(w, Apply(hessian(), w)) / r**2,
                S(3) / 2 - 3 * r_star * sin(theta) / (2 * pi * r),
                "the sum of the eigenvalues in space; the kernel's Hessian is positive semidefinite and its trace "
                "tends to 0 with the angle, so the Hessian at the teacher is `I/2`",
            ),
            Step(
                "gradient at the teacher",
                Dot(gradient(), w) / r,
                radial,
                "by single-neuron: along the weights the gradient is the radial derivative",
            ),
            Step(
                "not convex",
                (S.Half - r_star / (pi * r)).subs(r, r_star / (pi * (1 + rho))),
                S.Zero,
                "at a right angle and a norm of less than `r_star/pi`, written `r_star/(pi*(1 + rho))`, the curvature "
                "in the plane is negative",
                Identity(witness=S.Half + rho),
                relation="<",
            ),
        ),
        conditions=(
            "`d >= 2`: on a line the antiparallel weights are not connected with the teacher except through zero",
            "`Norm(w) > 0`: at zero the loss is not differentiable",
        ),
        remarks=(
            "Zero is neither a local minimum nor a local maximum; for more than one patch with shared weights it is a "
            "local maximum, see the network without overlap",
        ),
    )
