"""With overlapping patches and a teacher of opposite weights there is a local minimum that is not global."""

from __future__ import annotations

from sympy import Derivative, Expr, Integer, Rational, S, acos, cos, pi, sin, sqrt

from relucert.symbolic.derivation import Argument, Calculus, Derivation, Identity, Result, Step
from relucert.symbolic.expressions import Dot, G, Norm
from relucert.symbolic.frames import between
from relucert.symbolic.models.non_overlapping_loss import k, theta, w, w_star
from relucert.symbolic.models.overlapping_gradient import LAW, MEANINGS, NORMALISATION, overlapping_gradient
from relucert.symbolic.models.overlapping_loss import overlapping_loss, windows, x
from relucert.symbolic.names import positive, real, vector

t, c, rho, psi, z = positive("t"), positive("c"), positive("rho"), positive("psi"), positive("z")
A, B, t_bad = positive("A"), positive("B"), positive("t_bad")
e_1, e_2 = vector("e_1"), vector("e_2")
h = real("h")

SQUARES = k * pi + (k - 1) * (2 * G(2 * pi / 3) + k - 2)
PRODUCTS = (k - 1) * (2 * G(pi / 3) + k - 2)
TEACHER = (c, -c)
# filters of two weights with stride 1 at up to three places, the first and the third of which are apart
STRIDE = windows(3, 2, 1).extended(
    vectors={w_star: TEACHER, e_1: (S.One, S.Zero), e_2: (S.Zero, S.One)},
    definitions={A: SQUARES, B: PRODUCTS, t_bad: B / A},
)
OPPOSITE = STRIDE.extended(vectors={w: (-t * c, t * c)})
PLACES = ({k: 2}, {k: 3})
TWO = STRIDE.extended(sizes={k: 2})
POLAR = TWO.extended(
    vectors={w: (rho * cos(psi), rho * sin(psi))}, domains={psi: between(0, 2), rho: between("1/2", 2)}
)


def ray_loss(scale: Expr) -> Expr:
    """The loss at −scale·w*, from A and B."""
    return Norm(w_star) ** 2 * (A * scale**2 - 2 * B * scale + A) / (2 * pi * k**2)


def polar_loss() -> Expr:
    """Two windows: the loss at ρ (cos ψ, sin ψ), for angles ψ between −π/4 (the teacher) and 3π/4 (its opposite)."""
    pair = G(acos(cos(psi) * sin(psi)))
    cross = 2 * G(psi + pi / 4) + G(acos(sin(psi) / sqrt(2))) + G(acos(-cos(psi) / sqrt(2)))
    return (
        rho**2 * (1 + pair / pi) - rho * Norm(w_star) * cross / pi + Norm(w_star) ** 2 * (1 + G(2 * pi / 3) / pi)
    ) / 4


def derivation() -> Derivation:
    """Spurious minimum −t_k w*, w* = c (1, −1), stride 1, m = 2, k windows of x ~ N(0, I_(k+1)), no 1/2; value ours."""
    unit = Norm(w_star) ** 2
    least = unit * (A - B**2 / A) / (2 * pi * k**2)
    sine, cosine = sin(psi) / sqrt(2), -cos(psi) / sqrt(2)
    both = cos(psi) * sin(psi)
    curved = (
        rho**2 / pi * (-2 * sin(2 * psi) * (pi - acos(both)) + cos(2 * psi) ** 2 / sin(acos(both)))
        - rho
        * Norm(w_star)
        / pi
        * (
            2 * (sin(psi + pi / 4) - (pi - psi - pi / 4) * cos(psi + pi / 4))
            - sine * (pi - acos(sine))
            + cos(psi) ** 2 / (2 * sin(acos(sine)))
            - cosine * (pi - acos(cosine))
            + sin(psi) ** 2 / (2 * sin(acos(cosine)))
        )
    ) / 4
    two_thirds = Rational(2, 3)
    across = (two_thirds + (two_thirds - 1 / (pi * sqrt(3))) / t) / 4
    steps = (
        Step("one third", G(pi / 3), sqrt(3) / 2 + pi / 3, "insert the angle"),
        Step("two thirds", G(2 * pi / 3), sqrt(3) / 2 - pi / 6, "insert the angle"),
        Step(
            "loss opposite to the teacher",
            overlapping_loss(),
            ray_loss(t),
            "at `Eq(w, -t*w_star)` all norms are equal up to `t`; filters at one place have angle 0 or `pi`, at the "
            "`2*(k - 1)` ordered pairs of neighbouring places `2*pi/3` between students and `pi/3` between student and "
            "teacher, farther apart they are orthogonal; shown for two and three places",
            Identity(sizes=PLACES),
            OPPOSITE,
        ),
        Step(
            "complete the square",
            ray_loss(t),
            least + unit * A * (t - t_bad) ** 2 / (2 * pi * k**2),
            "a parabola in `t`",
            frame=OPPOSITE,
        ),
        Step(
            "gradient opposite to the teacher",
            overlapping_gradient(),
            -(A * t - B) / (pi * k**2) * w_star,
            "overlapping-gradient with the same angles; it is along the teacher, because the loss is the same when the "
            "filter is reversed and negated",
            Identity(sizes=PLACES),
            OPPOSITE,
        ),
        Step("critical", A * t_bad - B, S.Zero, "so the gradient vanishes at `Eq(t, t_bad)`"),
        Step(
            "two places",
            t_bad.xreplace({t_bad: PRODUCTS / SQUARES}).xreplace({k: Integer(2)}),
            (sqrt(3) + 2 * pi / 3) / (sqrt(3) + 5 * pi / 3),
            "about 0.549",
        ),
        Step(
            "loss for two windows in polar coordinates",
            overlapping_loss(),
            polar_loss(),
            "insert `Eq(w, (rho*cos(psi), rho*sin(psi)))`",
            Argument(special_cases=({psi: S.Zero}, {psi: pi / 4}, {psi: pi / 2})),
            POLAR,
        ),
        Step(
            "second derivative in the angle",
            Derivative(polar_loss(), (psi, 2)),
            curved,
            "`G(acos(h))` has the derivatives `pi - acos(h)` and `1/sin(acos(h))` in `h`",
            Calculus(),
            POLAR,
        ),
        Step(
            "curvature across",
            curved.xreplace({psi: 3 * pi / 4, rho: t * Norm(w_star)}) / (t * Norm(w_star)) ** 2,
            across,
            "at `Eq(psi, 3*pi/4)`, where the first derivatives vanish, the second one over the square of the length is "
            "the eigenvalue of the Hessian orthogonal to the teacher",
            frame=TWO,
        ),
        Step(
            "positive across",
            across,
            S.Zero,
            "for two places the Hessian is positive definite: along the teacher its eigenvalue is `A/(pi*k**2)`",
            Identity(witness=across),
            TWO,
            ">",
        ),
        Step(
            "left edge",
            Dot(overlapping_gradient(), e_1),
            z / 8,
            "for two places at `Eq(w, z*e_2)`: gradient flow moves to the left there",
            frame=TWO.extended(vectors={w: (S.Zero, z)}),
        ),
        Step(
            "lower edge",
            Dot(overlapping_gradient(), e_2),
            -z / 8,
            "for two places at `Eq(w, -z*e_1)`: gradient flow moves up there; so it never leaves the quadrant of a "
            "negative first and a positive second weight, where the teacher is not",
            frame=TWO.extended(vectors={w: (-z, S.Zero)}),
        ),
        Step(
            "positive loss",
            A - B,
            S.Zero,
            "`Eq(A - B, pi)`, since `Eq(G(theta) - G(pi - theta), pi*cos(theta))`: so `t_bad` is below 1, and "
            "the loss there is positive",
            Identity(witness=pi),
            relation=">",
        ),
    )
    return Derivation(
        name="overlapping-bad-minimum",
        title="A spurious minimum of a convolutional network with overlap",
        source="after Brutzkus and Globerson 2017, on overlapping filters; the closed form is ours",
        law=LAW,
        normalisation=NORMALISATION,
        frame=STRIDE,
        meanings={
            **{name: meaning for name, meaning in MEANINGS.items() if name != x},
            theta: "any angle",
            A: "`k*pi + (k - 1)*(2*G(2*pi/3) + k - 2)`, from pairs of students and pairs of teachers",
            B: "`(k - 1)*(2*G(pi/3) + k - 2)`, from pairs of a student and a teacher",
            t_bad: "`B/A`: the minimum is `-t_bad*w_star`",
            t: "a length on the ray opposite to the teacher, over that of the teacher",
            rho: "length of the filter",
            psi: "angle of the filter with the first axis; the teacher is at `-pi/4`",
            e_1: "the first unit vector",
            e_2: "the second unit vector",
            h: "the cosine of an angle",
            z: "a length on an axis",
            c: "the teacher is `c*(e_1 - e_2)`",
        },
        results=(
            Result("spurious_point", -t_bad * w_star, -B / A * w_star, (w_star, k), "the spurious critical point"),
            Result("spurious_loss", ray_loss(t_bad), least, (w_star, k), "population loss at the spurious point"),
        ),
        steps=steps,
        conditions=(
            "`k >= 2`: with one place there is no overlap",
            "the filters have two weights, the stride is 1 and the teacher is `c*(e_1 - e_2)`; the Hessian and the "
            "quadrant are shown for two places",
        ),
        remarks=(
            "For two places gradient flow from a quarter of all directions never reaches the teacher.",
            "The result of non-overlapping-critical-points needs windows apart: there the point opposite to the "
            "teacher is a saddle.",
        ),
    )
