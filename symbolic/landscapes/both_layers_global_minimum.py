"""The global minimum of the loss of two trained layers."""

from __future__ import annotations

from sympy import Integer, Limit, cos, pi, sin

from relucert.symbolic.derivation import Calculus, Derivation, Identity, Result, Step
from relucert.symbolic.expressions import ONES, Apply, Dot, G, Norm
from relucert.symbolic.frames import Frame, between
from relucert.symbolic.landscapes.both_layers_profile import d, g, minimiser, profile, weights_frame
from relucert.symbolic.models.both_layers import (
    ABBREVIATIONS,
    INVARIANT_MEANINGS,
    LAW,
    NORMALISATION,
    SOURCE,
    VECTOR_MEANINGS,
    N,
    S,
    V,
    a_star,
    k,
    loss,
    output_gradient,
    output_hessian,
    phi,
    polar_frame,
    scalar_frame,
    w_star,
)
from relucert.symbolic.names import count, positive, real

D, y, m = positive("D"), positive("y"), count("m")


def derivation() -> Derivation:
    """L = 0 exactly for v along w* and a = |w*| a*; the Hessian there has one zero eigenvalue, along v.

    Z_j ~ N(0, I_p) independent, p >= 2; v, w_star: (p,); a, a_star: (k,); L with the factor 1/2 (Du et al. 2018).
    """
    base, scalars = polar_frame(3), scalar_frame()
    first, second = (real("a_1"), real("a_2"))
    balanced = base.extended(vectors={d: (first, second, -first - second)})
    teacher = Norm(w_star) * a_star
    # every g in [0, pi) is pi y/(1 + y); every k >= 2 is 1 + m; N - S²/k >= 0 by both-layers-profile
    ranges = Frame(
        definitions={N: S**2 / k + D, g: pi * y / (1 + y), k: 1 + m},
        domains={S: between(-2, 2)},
    )
    factored = (
        (pi - g)
        / (4 * pi)
        * (S**2 / k * (2 * k + pi + g - 2) / (k + pi - 1) + (N - S**2 / k) * (pi + g - 2) / (pi - 1))
    )
    visible = (
        pi
        / (1 + y)
        / (4 * pi)
        * (S**2 / (1 + m) * (2 * m + pi + pi * y / (1 + y)) / (m + pi) + D * ((pi - 2) + pi * y / (1 + y)) / (pi - 1))
    )
    return Derivation(
        name="both-layers-global-minimum",
        title="The global minimum of the loss of two trained layers",
        source=f"{SOURCE} for the model; the eigenvalues are derived here",
        law=LAW,
        normalisation=NORMALISATION,
        frame=base,
        meanings={
            **VECTOR_MEANINGS,
            **INVARIANT_MEANINGS,
            g: "`G(phi)`, from 0 to `pi`",
            D: "`N - S**2 / k`, not negative by both-layers-profile",
            y: "a positive number: `g` runs through all values between 0 and `pi` as `pi * y / (1 + y)`",
            m: "`k - 1`",
            d: "any vector with `k` coordinates; in the last step with `Eq(Dot(ones, d), 0)`",
        },
        results=(
            Result(
                "tangent_eigenvalue",
                Limit((pi - phi) * N * cos(phi) / (2 * pi * V), phi, 0, "+"),
                N / (2 * V),
                (N, V),
                "eigenvalue for turns of the filter at the global minimum",
            ),
        ),
        steps=(
            Step(
                "no loss",
                loss(a=teacher, angle=Integer(0)),
                Integer(0) * k,
                "for equal directions and `Eq(a, Norm(w_star) * a_star)` student and teacher are the same function",
            ),
            Step(
                "best weights at the teacher's direction",
                minimiser(G(Integer(0))),
                teacher,
                "by both-layers-profile, with `pi` for `G(0)`",
            ),
            Step(
                "profile in factors",
                profile(g),
                factored,
                "differences of two squares; `2 * k + pi + g - 2` and `pi + g - 2` are positive",
                Identity(),
                scalars,
            ),
            Step(
                "no other global minimum",
                profile(g),
                Integer(0) * k,
                "every angle `phi > 0` has `g < pi`, and its least loss is positive unless the teacher is zero; here "
                "`k >= 2` and `D > 0`, the steps that follow show `Eq(k, 1)` and `Eq(D, 0)`",
                Identity(witness=visible),
                ranges,
                relation=">",
            ),
            Step(
                "one patch",
                profile(g).subs({k: 1, N: S**2}, simultaneous=True),
                S**2 * (pi**2 - g**2) / (4 * pi**2),
                "for `Eq(k, 1)`, where `Eq(N, S**2)`: positive for `g < pi`, since `S` is not zero",
                Identity(),
                scalars,
            ),
            Step(
                "equal output weights of the teacher",
                profile(g).subs(N, S**2 / k),
                (pi - g) / (4 * pi) * S**2 / k * (2 * k + pi + g - 2) / (k + pi - 1),
                "for `Eq(D, 0)`, where `S` is not zero: positive for `g < pi`",
                Identity(),
                scalars,
            ),
            Step(
                "no gradient in the output weights",
                Dot(output_gradient(a=teacher, g=pi), d),
                Integer(0) * k,
                "by both-layers-gradient, with `pi` for `G(phi)`; for every `d`",
                Identity(),
                weights_frame(3),
            ),
            Step(
                "no gradient in the filter",
                Limit((N * (pi - phi) * sin(phi) / (2 * pi)) ** 2 / V, phi, 0, "+"),
                Integer(0) * phi,
                "its squared length in both-layers-reduced, with `N` for `s`",
                Calculus(),
                scalars,
            ),
            Step(
                "out of the plane",
                Limit(N * (pi - phi) * cos(phi) / (2 * pi * V), phi, 0, "+"),
                N / (2 * V),
                "the eigenvalue in both-layers-hessian, with `N` for `s`",
                Calculus(),
                scalars,
            ),
            Step(
                "in the plane",
                Limit(-N * (sin(phi) - (pi - phi) * cos(phi)) / (2 * pi * V), phi, 0, "+"),
                N / (2 * V),
                "the second derivative in both-layers-hessian: the same in all `p - 1` directions orthogonal to `v`",
                Calculus(),
                scalars,
            ),
            Step(
                "no mixed block",
                Limit(((pi - phi) * sin(phi) / (2 * pi)) ** 2 * N / V, phi, 0, "+"),
                Integer(0) * phi,
                "the squared size of the mixed block in both-layers-hessian: the teacher's direction orthogonal to `v` "
                "has length `sin(phi)`",
                Calculus(),
                scalars,
            ),
            Step(
                "eigenvalue of ones",
                Apply(output_hessian(), ONES),
                (k + pi - 1) / (2 * pi) * ONES,
                "by both-layers-hessian, once",
            ),
            Step(
                "eigenvalue of balanced output weights",
                Apply(output_hessian(), d),
                (pi - 1) / (2 * pi) * d,
                "by both-layers-hessian, `k - 1` times",
                Identity(),
                balanced,
            ),
        ),
        abbreviations=ABBREVIATIONS,
        conditions=(
            "`N > 0`: for a teacher that is zero every filter with `a` zero has no loss",
            "`v` is not zero",
        ),
        remarks=(
            "The one zero eigenvalue is along `v`, whose length does not matter: all other eigenvalues are positive",
        ),
    )
