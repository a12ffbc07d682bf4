"""The saddles of the loss of two trained layers, between the global minimum and the spurious one."""

from __future__ import annotations

from sympy import Derivative, Expr, Integer, Symbol, cos, pi, sin, sqrt

from relucert.symbolic.derivation import Calculus, Derivation, Identity, Result, Step
from relucert.symbolic.expressions import IDENTITY, ONES, Apply, Dot, G, Norm, Outer
from relucert.symbolic.frames import Frame, between
from relucert.symbolic.landscapes.both_layers_profile import (
    d,
    g,
    minimiser,
    profile,
    profile_s,
    weights_frame,
)
from relucert.symbolic.landscapes.both_layers_spurious_minimum import spurious_loss
from relucert.symbolic.models.both_layers import (
    ABBREVIATIONS,
    INVARIANT_MEANINGS,
    INVARIANTS,
    LAW,
    NORMALISATION,
    SOURCE,
    VECTOR_MEANINGS,
    N,
    S,
    V,
    a_star,
    k,
    output_gradient,
    output_hessian,
    phi,
    scalar_frame,
    towards_teacher,
    v,
    w_star,
)
from relucert.symbolic.models.both_layers_hessian import mixed_hessian
from relucert.symbolic.names import count, positive, real, vector

q, y, m = positive("q"), positive("y"), count("m")
z = Symbol("z", nonnegative=True)
xi, g_saddle, a_saddle = real("xi"), real("g_saddle"), vector("a_saddle")


def height() -> Expr:
    """G of the saddles' angle."""
    return ((k + pi - 1) * N - pi * S**2) / ((k + pi - 1) * N - S**2)


def saddle_loss() -> Expr:
    """The loss there."""
    return (pi - 1) * (k + pi - 1) * N**2 / (4 * pi * ((k + pi - 1) * N - S**2))


def derivation() -> Derivation:
    """G(φ_s) = ((k+π−1)N − πS²)/((k+π−1)N − S²), a = a(φ_s), s = 0: saddles of index 1, exactly if πS² < (k+π−1)N.

    Z_j ~ N(0, I_p) independent, p >= 2; v, w_star: (p,); a, a_star: (k,); L with the factor 1/2 (Du et al. 2018).
    """
    vectors, scalars = weights_frame(3), scalar_frame().extended(domains={g: between(0, 3)})
    vectors = vectors.extended(definitions={a_saddle: minimiser(g_saddle)})
    anywhere = between(-2, 2)
    # the condition with a slack q: (k + pi - 1) N = pi S² + q
    slack = Frame(definitions={N: (pi * S**2 + q) / (k + pi - 1)}, domains={S: anywhere})
    # its opposite: (k + pi - 1) N = S² + y and pi S² = S² + y + q, with S > 0
    opposite = Frame(
        definitions={S: sqrt((y + q) / (pi - 1)), N: ((y + q) / (pi - 1) + y) / (k + pi - 1), g: z, k: 1 + m},
    )
    first_weight = (Integer(1), Integer(0))
    example = Frame(
        vectors={w_star: first_weight, a_star: first_weight, ONES: (Integer(1), Integer(1))},
        definitions={name: INVARIANTS[name] for name in (S, N)},
        sizes={k: 2},
    )
    steepness = ((k + pi - 1) * N - S**2) / ((pi - 1) * (k + pi - 1))
    inverse = (IDENTITY - Outer(ONES, ONES) / (k + pi - 1)) / (pi - 1)
    teacher = Norm(w_star) * a_star
    coupling = (pi - phi) * sin(phi) / (2 * pi)
    e = towards_teacher() / sin(phi)
    response = 2 * pi * coupling / Norm(v) * xi * Apply(inverse, teacher)
    mixed_form = Dot(e, Apply(mixed_hessian(), d))
    form = 2 * xi * mixed_form + Dot(d, Apply(output_hessian(), d))
    free = weights_frame(2)
    return Derivation(
        name="both-layers-saddle",
        title="Saddles of the loss of two trained layers",
        source=f"{SOURCE} for the model; the saddles are derived here",
        law=LAW,
        normalisation=NORMALISATION,
        frame=vectors,
        meanings={
            **VECTOR_MEANINGS,
            **INVARIANT_MEANINGS,
            g: "`G(phi)`, between 0 and `pi`",
            g_saddle: "`G(phi)` at the saddles",
            a_saddle: "the output weights at the saddles",
            d: "any direction of the output weights",
            xi: "any number: a turn of the filter",
            q: "a positive number",
            y: "a positive number",
            z: "a number that is not negative",
            m: "`k - 1`",
        },
        results=(
            Result(
                "height",
                profile_s(Integer(0)) / (profile_s(Integer(0)) - profile_s(Integer(1))),
                height(),
                (S, N, k),
                "G of the angle of the saddles: the zero of a straight line through its values at 0 and 1",
            ),
            Result("loss", profile(height()), saddle_loss(), (S, N, k), "the loss at the saddles"),
        ),
        steps=(
            Step(
                "where s is zero",
                profile_s(g),
                steepness * (g - height()),
                "at a critical point `a` is the minimiser in both-layers-profile, whose `s` is a straight line in "
                "`G(phi)`; "
                "between the two ends the gradient in the filter is zero only where `s` is",
                Identity(),
                scalars,
            ),
            Step(
                "s at the saddles",
                profile_s(height()),
                Integer(0) * k,
                "so that by both-layers-gradient the gradient in `v` is zero",
                Identity(),
                scalars,
            ),
            Step(
                "no gradient in the output weights",
                Dot(output_gradient(a=a_saddle, g=g_saddle), d),
                Integer(0) * k,
                "the minimiser in both-layers-profile, for every `G(phi)` and every `d`",
                Identity(),
                vectors,
            ),
            Step(
                "height with the slack of the condition",
                height(),
                q / ((pi - 1) * S**2 + q),
                "write the condition as `Eq((k + pi - 1) * N, pi * S**2 + q)`",
                Identity(),
                slack,
            ),
            Step(
                "height above its least value",
                height(),
                Integer(0) * k,
                "`phi < pi`, because `G(pi)` is zero",
                Identity(witness=q / ((pi - 1) * S**2 + q)),
                slack,
                relation=">",
            ),
            Step(
                "height below its greatest value",
                height(),
                Integer(1) + 0 * k,
                "`G(phi)` decreases from `pi` to 0 and every value is taken once",
                Identity(witness=(pi - 1) * S**2 / ((pi - 1) * S**2 + q)),
                slack,
                relation="<=",
            ),
            Step(
                "height of a right angle",
                G(pi / 2),
                Integer(1) + 0 * phi,
                "so that `pi/2 <= phi` at the saddles; for `Eq(S, 0)` they are at the right angle",
            ),
            Step(
                "one angle only",
                Derivative(G(phi), phi),
                -(pi - phi) * sin(phi),
                "negative for `0 < phi` and `phi < pi`",
                Calculus(),
                scalars,
            ),
            Step(
                "none under the opposite condition",
                profile_s(g) + 0 * k,
                Integer(0) * k,
                "with `Eq((k + pi - 1) * N, S**2 + y)` and `Eq(pi * S**2, S**2 + y + q)` the condition fails, and `s` "
                "of the "
                "minimiser is positive for every `g >= 0`, here `z`: the profile increases from the teacher's "
                "direction to the opposite",
                Identity(witness=(q + z * y) / ((pi - 1) * (m + pi))),
                opposite,
                relation=">",
            ),
            Step(
                "second derivatives at the saddles",
                form,
                Dot(d, Apply(output_hessian(), d)) - 2 * xi * coupling / Norm(v) * Dot(teacher, d),
                "by both-layers-hessian the filter block is zero where `s` is: what is left of the quadratic form for "
                "a turn "
                "`xi` of the filter towards the teacher and the direction `d`",
                Identity(),
                free,
            ),
            Step(
                "best response",
                Apply(output_hessian(), response),
                coupling / Norm(v) * xi * teacher,
                "by the inverse in both-layers-profile: for fixed `xi` the form is least at this `d`",
                Identity(),
                free,
            ),
            Step(
                "Schur complement",
                -coupling / Norm(v) * xi * Dot(teacher, response),
                -(xi**2) * (pi - phi) ** 2 * sin(phi) ** 2 / (2 * pi * V) * steepness,
                "the least value of the form, negative for `xi` not zero: one negative eigenvalue, since the output "
                "block is "
                "positive definite; the other directions of the filter have the eigenvalue zero",
                Identity(),
                free,
            ),
            Step(
                "second derivative of the profile",
                Derivative(profile(G(phi)), phi, phi),
                -((pi - phi) ** 2) * sin(phi) ** 2 / (2 * pi) * steepness
                - profile_s(G(phi)) / (2 * pi) * (sin(phi) - (pi - phi) * cos(phi)),
                "the same number, times `V`, where `s` is zero: the profile has its only interior maximum there",
                Calculus(),
                scalars,
            ),
            Step(
                "loss at the saddles",
                profile(height()),
                saddle_loss(),
                "the profile in both-layers-profile; its slope in `g` is a straight line, so that it is a square about "
                "the saddles' `G(phi)`",
                Identity(),
                scalars,
            ),
            Step(
                "above the spurious minimum",
                saddle_loss(),
                spurious_loss(),
                "the barrier is the square of the slack `q` over positive numbers",
                Identity(witness=q**2 / (4 * pi * (pi - 1) * (m + pi) * ((pi - 1) * S**2 + q))),
                slack.extended(definitions={k: 1 + m}),
                relation=">",
            ),
            Step(
                "example",
                height(),
                1 / pi,
                "for `Eq(a_star, (1, 0))` and `Norm(w_star)` equal to 1",
                Identity(),
                example,
            ),
            Step(
                "an angle above 120 degrees",
                G(2 * pi / 3),
                1 / pi,
                "so that the saddle of the example has `phi > 2 * pi / 3`",
                Identity(witness=sqrt(3) / 2 - pi / 6 - 1 / pi),
                relation=">",
            ),
        ),
        abbreviations={**ABBREVIATIONS, g_saddle: height(), a_saddle: minimiser(g_saddle)},
        conditions=(
            "`pi * S**2 < (k + pi - 1) * N`: otherwise there are no saddles between the directions",
            "`k >= 2`: for one patch the inequality is never strict",
            "`v` is not zero",
        ),
        remarks=(
            "Turns around the teacher's direction and the length of `v` move a saddle through a family of saddles: "
            "these are "
            "its `p - 1` eigenvalues zero",
        ),
    )
