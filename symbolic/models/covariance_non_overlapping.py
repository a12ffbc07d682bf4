"""The convolutional network without overlap on patches with any covariance."""

from __future__ import annotations

from sympy import Expr, S, Sum, acos, pi, sin, sqrt

from relucert.symbolic.derivation import Argument, Derivation, Result, Step
from relucert.symbolic.expressions import Angle, Apply, Dot, Entry, G, Gradient, Matrix, Mean, Norm, Transposed, relu
from relucert.symbolic.frames import between
from relucert.symbolic.models.non_overlapping_gradient import gradient
from relucert.symbolic.models.non_overlapping_loss import (
    MEANINGS,
    NORMALISATION,
    PLANE,
    beta,
    definition,
    gamma,
    i,
    k,
    loss,
    theta,
    w,
    w_star,
    w_star_1,
    x,
    z,
)
from relucert.symbolic.names import positive, real

L, Sigma = Matrix("L"), Matrix("Sigma")
deviation, deviation_star = positive("tau"), positive("tau_star")
l_11, l_21, l_22 = positive("l_11"), real("l_21"), positive("l_22")


def inner(u: Expr, v: Expr) -> Expr:
    """The covariance of u·x and v·x for a patch x."""
    return Dot(u, Apply(Sigma, v))


def back(u: Expr) -> Expr:
    """The filter that has the response of u on the standard Gaussian patch."""
    return Apply(Transposed(L), u)


# a triangular factor and the teacher on the first axis: all pairs of vectors and covariances up to rotation
FRAME = PLANE.extended(
    matrices={L: ((l_11, S.Zero), (l_21, l_22)), Sigma: ((l_11**2, l_11 * l_21), (l_11 * l_21, l_21**2 + l_22**2))},
    definitions={
        deviation: sqrt(inner(w, w)),
        deviation_star: sqrt(inner(w_star, w_star)),
        theta: acos(inner(w, w_star) / (deviation * deviation_star)),
    },
    domains={l_21: between(-1, 1)},
)


def covariance_definition() -> Expr:
    """The mean that defines the loss; the patches are L times standard Gaussian ones."""

    def network(u: Expr) -> Expr:
        return Sum(relu(Dot(u, Apply(L, Entry(x, i)))), (i, 1, k)) / k

    return Mean((network(w) - network(w_star)) ** 2, x)


def covariance_loss() -> Expr:
    """The closed form: standard deviations of the responses in place of norms."""
    cross = 2 * beta * deviation * deviation_star + k * deviation * deviation_star * G(theta) / pi
    return (gamma * deviation**2 - cross + gamma * deviation_star**2) / k**2


def covariance_gradient() -> Expr:
    """The gradient in w."""
    pairs = (k**2 - k) / pi
    ratio = deviation_star / deviation
    own = k + pairs - k * ratio * sin(theta) / pi - pairs * ratio
    return (own * Apply(Sigma, w) - k / pi * (pi - theta) * Apply(Sigma, w_star)) / k**2


def derivation() -> Derivation:
    """E (f(x; w) − f(x; w*))²: f averages relu(w·x_i) over k iid N(0, Σ) patches, no 1/2; ours (model: B&G 2017)."""
    turned = {w: back(w), w_star: back(w_star)}
    standard = definition().xreplace(turned)
    angle = Angle(back(w), back(w_star))
    by_substitution = loss(back(w), back(w_star), k, angle, beta, gamma)
    chain = Apply(L, gradient(back(w), back(w_star), k, angle))
    kappa = positive("kappa")
    at_degenerate = FRAME.extended(
        vectors={w: (-kappa * w_star_1, S.Zero)},
        definitions={k: 1 + pi * kappa / (1 - kappa)},
        domains={kappa: between("1/10", "9/10")},
    )
    return Derivation(
        name="covariance-non-overlapping",
        title="A convolutional network without overlap on correlated Gaussian patches",
        source="ours, for the model of Brutzkus and Globerson 2017",
        law="the patches `Apply(L, Entry(x, i))` are independent and Gaussian with mean 0 and covariance `Sigma`",
        normalisation=NORMALISATION,
        frame=FRAME,
        meanings={
            k: MEANINGS[k],
            w: MEANINGS[w],
            w_star: MEANINGS[w_star],
            L: "an invertible factor of the covariance, e.g. its Cholesky factor",
            Sigma: "the covariance of a patch, the factor times its transpose",
            deviation: "`sqrt(Dot(w, Apply(Sigma, w)))`, the standard deviation of the response of `w`",
            deviation_star: "the standard deviation of the response of `w_star`",
            theta: "the arc cosine of the correlation of the two responses, in `[0, pi]`",
            beta: MEANINGS[beta],
            gamma: MEANINGS[gamma],
            kappa: "`(k - 1)/(k - 1 + pi)`",
        },
        results=(
            Result("loss", covariance_definition(), covariance_loss(), (w, w_star, k, L, Sigma), "population loss"),
            Result(
                "gradient",
                Gradient(covariance_definition(), w),
                covariance_gradient(),
                (w, w_star, k, L, Sigma),
                "gradient in `w`",
            ),
        ),
        steps=(
            Step(
                "responses",
                Dot(w, Apply(L, z)),
                Dot(back(w), z),
                "the transpose moves the factor to the filter",
                frame=FRAME.extended(vectors={z: (real("z_1"), real("z_2"))}),
            ),
            Step(
                "standard Gaussian patches",
                covariance_definition(),
                standard,
                "by the step before, for both filters and every patch: the two integrands are the same function; "
                "confirmed with one patch",
                Argument(),
                FRAME.extended(sizes={k: 1}),
            ),
            Step(
                "loss of the changed filters",
                standard,
                by_substitution,
                "non-overlapping-loss for the changed filters",
                Argument(),
                FRAME.extended(sizes={k: 2}),
            ),
            Step("standard deviation", Norm(back(w)), deviation, "the covariance is the factor times its transpose"),
            Step("standard deviation of the teacher", Norm(back(w_star)), deviation_star, "the same"),
            Step("covariance of the responses", Dot(back(w), back(w_star)), inner(w, w_star), "the same"),
            Step("angle", angle, theta, "so the angle of the changed filters is that of the correlation"),
            Step("insert", by_substitution, covariance_loss(), "put norms and angle in"),
            Step(
                "chain rule",
                Gradient(by_substitution, w),
                chain,
                "the gradient of non-overlapping-gradient at the changed filters, brought back by the factor",
                Argument(),
            ),
            Step(
                "gradient", chain, covariance_gradient(), "put norms and angle in, and the factor times its transpose"
            ),
            Step(
                "teacher",
                Norm(covariance_gradient()),
                S.Zero,
                "at `Eq(w, w_star)` the gradient vanishes",
                frame=FRAME.extended(vectors={w: (w_star_1, S.Zero)}),
            ),
            Step(
                "degenerate point",
                Dot(covariance_gradient(), w_star),
                S.Zero,
                "at `Eq(w, -kappa*w_star)`: the factor is invertible, so the critical points are those for identity "
                "covariance; the gradient there is along `Apply(Sigma, w_star)`",
                frame=at_degenerate,
            ),
        ),
        conditions=(
            "`Norm(w) > 0`: at zero the angle is not defined",
            "the covariance is positive definite: else filters without response are critical",
        ),
    )
