"""One ReLU neuron against one: the gradient, and that it always points away from the teacher's weights."""

from __future__ import annotations

from sympy import Expr, Integral, S, cos, pi, sin

from relucert.symbolic.derivation import Argument, Calculus, Derivation, Identity, Result, Step
from relucert.symbolic.expressions import Angle, Dot, Gradient, Mean, Norm, relu, step
from relucert.symbolic.frames import Frame, between
from relucert.symbolic.kernels.relu_kernel import kernel
from relucert.symbolic.kernels.relu_kernel_gradient import kernel_gradient
from relucert.symbolic.names import positive, real, vector

w, w_star, x = vector("w"), vector("w_star"), vector("x")
theta, r, r_star, t = positive("theta"), positive("r"), positive("r_star"), positive("t")
u_1, u_2, c = real("u_1"), positive("u_2"), positive("c")
psi = positive("psi")  # pi - theta
# positive numbers that stand for parts of the form where the sign of its discriminant is shown
delta, eta, zeta, xi, tau, mu = (positive(name) for name in ("delta", "eta", "zeta", "xi", "tau", "mu"))

# The teacher on the first axis: nothing is lost, because the law of x is invariant under rotations.
PLANE = Frame(
    vectors={w: (u_1, u_2), w_star: (c, S.Zero)},
    definitions={theta: Angle(w, w_star)},
    dimensions={x: 2},
    domains={u_1: between("-3/2", 2)},
)
LAW = "`x` is standard Gaussian in any dimension `d >= 2`"
NORMALISATION = "with the factor 1/2, the mean per sample"


def definition() -> Expr:
    """Half of the mean squared error."""
    return Mean((relu(Dot(w, x)) - relu(Dot(w_star, x))) ** 2, x) / 2


def loss() -> Expr:
    """The closed form."""
    return Norm(w) ** 2 / 4 + Norm(w_star) ** 2 / 4 - kernel(w, w_star, theta)


def gradient() -> Expr:
    """The closed form of the gradient."""
    return (w - w_star) / 2 + (theta * w_star - Norm(w_star) * sin(theta) * w / Norm(w)) / (2 * pi)


def quadratic_form(r: Expr, r_star: Expr) -> Expr:
    """2 pi times the inner product of the gradient with w − w*, as a form in the norms r and r*."""
    diagonal = sin(2 * theta) / 2 + pi - theta
    return diagonal * r_star**2 - ((2 * pi - theta) * cos(theta) + sin(theta)) * r * r_star + pi * r**2


def determinant() -> Expr:
    """Of the matrix of the quadratic form, times 4."""
    return 2 * pi * (sin(2 * theta) + 2 * pi - 2 * theta) - ((2 * pi - theta) * cos(theta) + sin(theta)) ** 2


def derivation() -> Derivation:
    """∇ ½ E (relu(w·x) − relu(w*·x))² = ½(w − w*) + ..., and ⟨∇, w − w*⟩ > 0 wherever w ≠ 0, w* (Tian 2017, K = 1).

    x ~ N(0, I_d), d >= 2; w, w_star of shape (d,).
    """
    active = step(Dot(w, x))
    polar = Frame(
        vectors={w: (r * cos(theta), r * sin(theta)), w_star: (r_star, S.Zero)},
        domains={theta: between("1/10", "31/10")},
    )
    angles = Frame(domains={theta: between("1/10", "31/10"), psi: between("1/10", "3/2"), t: between("1/10", 3)})
    lag = sin(theta) - theta * cos(theta)
    centred = pi * (r - cos(theta)) ** 2 - lag * (r - cos(theta)) + (pi - theta) * sin(theta) ** 2
    # Beyond a right angle: sin(psi) is at most 1 and less than psi.
    blunt = Frame(definitions={tau: 1 / (1 + eta), mu: 1 / (1 + zeta), psi: 1 / (1 + eta) + xi})
    slack = (
        4 * pi * xi
        + 4 * tau**2 * mu * psi / (pi + psi)
        + 4 * tau * (pi - 1)
        + 4 * eta * tau**2
        + tau**2 * zeta * mu * (3 + mu)
    )
    return Derivation(
        name="single-neuron",
        title="One ReLU neuron: gradient and distance to the teacher",
        source="Tian 2017, the theorem on one ReLU neuron (its matrix M and the gradient's closed form)",
        law=LAW,
        normalisation=NORMALISATION,
        frame=PLANE,
        meanings={
            w: "weights, not zero",
            w_star: "weights of the teacher, not zero",
            theta: "the angle between them",
            r: "the norm of `w`",
            r_star: "the norm of `w_star`",
            psi: "`pi - theta`",
            t: "an angle that is integrated over",
            delta: "the lag `sin(theta) - theta*cos(theta)`",
            xi: "a positive number, as `eta` and `zeta`",
            tau: "the sine of `psi`",
            mu: "the share of `sin(psi)` that `(pi + psi)*cos(psi)` is",
        },
        results=(
            Result("loss", definition(), loss(), (w, w_star), "half of the mean squared error"),
            Result("gradient", Gradient(definition(), w), gradient(), (w, w_star), "gradient in the weights"),
            Result(
                "one_point_convexity",
                Dot(Gradient(definition(), w), w - w_star),
                quadratic_form(Norm(w), Norm(w_star)) / (2 * pi),
                (w, w_star),
                "inner product of the gradient with w - w_star; positive unless w is 0 or w_star",
            ),
        ),
        steps=(
            Step(
                "the loss",
                definition(),
                loss(),
                "multiply the square out; relu-kernel gives the three means",
                Argument(),
            ),
            Step(
                "derivative under the mean",
                Gradient(definition(), w),
                Mean((relu(Dot(w, x)) - relu(Dot(w_star, x))) * active * x, x),
                "the derivative of `relu` is `step` but for a set of measure 0, and the integrand is dominated",
                Argument(),
            ),
            Step(
                "kernels",
                Mean((relu(Dot(w, x)) - relu(Dot(w_star, x))) * active * x, x),
                w / 2 - kernel_gradient(w, w_star, theta),
                "by relu-kernel-gradient; the neuron with itself gives `w/2`",
                Argument(),
            ),
            Step(
                "gradient",
                w / 2 - kernel_gradient(w, w_star, theta),
                gradient(),
                "separate `pi` from the angle",
            ),
            Step(
                "the gradient of the closed loss",
                Gradient(loss(), w),
                gradient(),
                "the same by differentiation",
                Calculus(),
            ),
            Step(
                "inner product with the error",
                Dot(gradient(), w - w_star),
                quadratic_form(Norm(w), Norm(w_star)) / (2 * pi),
                "a quadratic form in the two norms, with coefficients that depend on the angle",
                Identity(),
                polar,
            ),
            Step(
                "determinant",
                4 * (pi * (sin(2 * theta) / 2 + pi - theta)) - ((2 * pi - theta) * cos(theta) + sin(theta)) ** 2,
                determinant(),
                "four times the determinant of the form's matrix; where it is positive the form is positive definite",
                Identity(),
                angles,
            ),
            Step(
                "positive definite at a right angle",
                determinant().subs(theta, pi / 2),
                S.Zero,
                "exactly `2*pi**2 - 1`",
                Identity(witness=2 * pi**2 - 1),
                relation=">",
            ),
            Step(
                "not positive definite at three quarters of pi",
                determinant().subs(theta, 3 * pi / 4),
                S.Zero,
                "so the form is not positive for all real `r` and `r_star`, and positivity needs that norms are "
                "positive",
                Identity(witness=-determinant().subs(theta, 3 * pi / 4)),
                relation="<",
            ),
            Step(
                "centred form",
                quadratic_form(r, S.One),
                centred,
                "for a teacher of norm 1, which is no restriction as the form is homogeneous; the shift is the "
                "component of `w` along the teacher",
                Identity(),
                angles,
            ),
            Step(
                "square completed",
                4 * pi * centred,
                (2 * pi * (r - cos(theta)) - lag) ** 2 + 4 * pi * (pi - theta) * sin(theta) ** 2 - lag**2,
                "times `4*pi`",
                Identity(),
                angles,
            ),
            Step(
                "the lag is not negative",
                lag,
                Integral(t * sin(t), (t, 0, theta)),
                "an integral of something positive: `sin(theta) >= theta*cos(theta)` up to `pi`",
                Argument(),
                angles,
            ),
            Step(
                "angles up to a right one",
                4 * pi * (pi / 2 + eta) * (delta + xi) ** 2,
                delta**2,
                "with `delta` for the lag, `xi` for `theta*cos(theta)`, so `delta + xi` for the sine, and `pi/2 + eta` "
                "for `pi - theta`, none of them negative: what the square leaves is positive",
                Identity(
                    witness=(2 * pi**2 - 1) * delta**2
                    + 4 * pi * eta * (delta + xi) ** 2
                    + 2 * pi**2 * (2 * delta * xi + xi**2)
                ),
                Frame(),
                relation=">",
            ),
            Step(
                "larger angles",
                quadratic_form(r, S.One).subs(theta, pi - psi),
                pi * r**2 + ((pi + psi) * cos(psi) - sin(psi)) * r + psi - sin(psi) * cos(psi),
                "in the angle's complement to `pi`, at most a right angle",
                Identity(),
                angles,
            ),
            Step(
                "the constant term is positive",
                psi - sin(psi) * cos(psi),
                Integral(2 * sin(t) ** 2, (t, 0, psi)),
                "so for a linear coefficient that is not negative, all three terms are positive or zero, the last "
                "positive",
                Argument(),
                angles,
            ),
            Step(
                "the linear coefficient negative",
                4 * pi * (psi - tau * mu * tau / (pi + psi)),
                (tau * (1 - mu)) ** 2,
                "then `(pi + psi)*cos(psi)` is less than `sin(psi)`: write `mu*tau` for it and `tau` for the sine, "
                "where `Eq(tau, 1/(1 + eta))`, `Eq(mu, 1/(1 + zeta))` and `Eq(psi, tau + xi)`, because a sine is "
                "at most 1 and less than its angle; the discriminant of the form is negative",
                Identity(witness=slack),
                blunt,
                relation=">",
            ),
        ),
        conditions=(
            "`Norm(w) > 0`: at 0 the loss is not differentiable",
            "`theta <= pi`: the inner product is positive for every angle, so along the gradient flow the distance to "
            "the teacher decreases from every start but 0",
        ),
        remarks=(
            "Tian's theorem has the matrix positive definite up to a right angle; as norms are positive the inner "
            "product is positive for all angles, although the matrix is not positive definite for large ones",
        ),
    )
