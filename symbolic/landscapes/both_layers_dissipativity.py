"""Two trained layers: the gradient against the error, layer by layer, and what averaging over filters changes."""

from __future__ import annotations

from sympy import Derivative, Integer, Integral, atan, cos, pi, sin

from relucert.symbolic.derivation import Argument, Calculus, Derivation, Identity, Result, Step
from relucert.symbolic.expressions import Dot, G, Norm
from relucert.symbolic.frames import Frame, between
from relucert.symbolic.landscapes.both_layers_profile import g, profile_s
from relucert.symbolic.models.both_layers import (
    ABBREVIATIONS,
    INVARIANT_MEANINGS,
    LAW,
    NORMALISATION,
    VECTOR_MEANINGS,
    N,
    S,
    a,
    a_star,
    filter_gradient,
    k,
    output_gradient,
    phi,
    polar_frame,
    s,
    scalar_frame,
    t,
    v,
    w_star,
)
from relucert.symbolic.names import nonnegative, positive

u, d, m, y, x = positive("u"), positive("d"), nonnegative("m"), nonnegative("y"), positive("x")


def derivation() -> Derivation:
    """⟨∇_a L, a − |w*| a*⟩ and ⟨∇_v L, v − |v| w*/|w*|⟩; the mean of G over filters is above 1.

    Z_j ~ N(0, I_p) independent, p >= 2; v, w_star: (p,); a, a_star: (k,); L with the factor 1/2 (Du et al. 2018).
    """
    base, scalars = polar_frame(3), scalar_frame()
    error = a - Norm(w_star) * a_star
    missing = (pi - G(phi)) / (2 * (pi - 1))
    outputs = ((t - S) ** 2 + (pi - 1) * Dot(error, error) + (pi - G(phi)) * (s - N)) / (2 * pi)
    filters = s * (pi - phi) * sin(phi) ** 2 / (2 * pi)
    centre = error + missing * Norm(w_star) * a_star
    opposite = 2 * sin(phi) + (pi - 2 * phi) * cos(phi)
    plane, space = Integral(G(phi) / pi, (phi, 0, pi)), Integral(G(phi) * sin(phi) / 2, (phi, 0, pi))
    primitives = (
        ((pi - phi) * sin(phi) - 2 * cos(phi)) / pi,
        (phi - sin(2 * phi) / 2) / 4 + (-(pi - phi) * cos(2 * phi) / 4 - sin(2 * phi) / 8) / 2,
    )
    return Derivation(
        name="both-layers-dissipativity",
        title="The gradient of two trained layers against the error",
        source="ours, after the condition of Zhou et al. 2019 for the model of Du et al. 2018",
        law=LAW,
        normalisation=NORMALISATION,
        frame=base,
        abbreviations=ABBREVIATIONS,
        meanings={
            **VECTOR_MEANINGS,
            **INVARIANT_MEANINGS,
            g: "`G(phi)`, or its mean over filters",
            d: "a positive number",
            m: "`k - 1`",
            u: "`phi` is `pi - 2*atan(u)`",
            x: "an angle up to a right one",
            y: "a number that is not negative",
        },
        results=(
            Result(
                "output_error",
                Dot(output_gradient(), error),
                outputs,
                (v, a, w_star, a_star),
                "inner product of the gradient in the output weights with their error",
            ),
            Result(
                "filter_error",
                Dot(filter_gradient(), v - Norm(v) * w_star / Norm(w_star)),
                filters,
                (v, a, w_star, a_star),
                "inner product of the gradient in the filter with its error, for a teacher of the same length",
            ),
        ),
        steps=(
            Step(
                "output weights",
                Dot(output_gradient(), error),
                outputs,
                "by both-layers-gradient, with `(pi - 1)*a - (G(phi) - 1)*Norm(w_star)*a_star` split into `pi - 1` "
                "times the error and the rest; the error has the inner products `t - S` with `ones` and `s - N` with "
                "`Norm(w_star)*a_star`; shown for three patches",
            ),
            Step(
                "complete the square",
                (pi - 1) * Dot(error, error) + (pi - G(phi)) * (s - N),
                (pi - 1) * Dot(centre, centre) - (pi - G(phi)) ** 2 * N / (4 * (pi - 1)),
                "so the inner product is positive for errors longer than `(pi - G(phi))/(pi - 1)` times `sqrt(N)`, and "
                "at the teacher's direction, where `Eq(G(0), pi)`, for all",
            ),
            Step(
                "filter",
                Dot(filter_gradient(), v - Norm(v) * w_star / Norm(w_star)),
                filters,
                "the gradient is orthogonal to `v`, and the part of the teacher's direction orthogonal to `v` has "
                "length `sin(phi)`",
            ),
            Step(
                "sign for the filter",
                filters,
                Integer(0) * phi,
                "for `s > 0` and strictly between the angles 0 and `pi`",
                Identity(witness=d * 2 * atan(u) * (2 * u / (1 + u**2)) ** 2 / (2 * pi)),
                Frame(definitions={s: d, phi: pi - 2 * atan(u)}),
                ">",
            ),
            Step(
                "opposite sign for the filter",
                filters,
                Integer(0) * phi,
                "for `s < 0` the step leads away from the teacher: neither statement holds everywhere, as at the "
                "spurious minimum",
                Identity(witness=d * 2 * atan(u) * (2 * u / (1 + u**2)) ** 2 / (2 * pi)),
                Frame(definitions={s: -d, phi: pi - 2 * atan(u)}),
                "<",
            ),
            Step(
                "opposite directions",
                G(phi) + G(pi - phi),
                opposite,
                "the uniform law on the sphere gives `v` and `-v` the same weight: the mean of `G(phi)` is half of the "
                "mean of this sum",
                Identity(),
                scalars,
            ),
            Step(
                "the sum falls to a right angle",
                Derivative(opposite, phi),
                -(pi - 2 * phi) * sin(phi),
                "negative up to the right angle; the sum is the same for `pi - phi`",
                Calculus(),
                scalars,
            ),
            Step(
                "the sum at a right angle",
                opposite,
                Integer(2) + 0 * phi,
                "its least value: so for filters of uniform direction the mean of `G(phi)` is above 1 in every "
                "dimension",
                Identity(),
                scalars.extended(definitions={phi: pi / 2}),
            ),
            Step(
                "the sum above its least value",
                Integral((pi - 2 * phi) * sin(phi), (phi, x, pi / 2)),
                Integer(0) * x,
                "the integral is the sum at the angle `x` less its value at the right angle",
                Argument(),
                Frame(domains={x: between("1/10", "3/2")}),
                ">",
            ),
            Step(
                "mean in the plane",
                plane,
                4 / pi,
                "for `Eq(p, 2)` the angle is uniform",
                Calculus(primitive=primitives[0]),
                Frame(),
            ),
            Step(
                "mean in space",
                space,
                3 * pi / 8,
                "for `Eq(p, 3)` the angle has the density `sin(phi)/2`",
                Calculus(primitive=primitives[1]),
                Frame(),
            ),
            Step(
                "above 1 in space",
                3 * pi / 8,
                Integer(1),
                "and less than in the plane",
                Identity(witness=3 * pi / 8 - 1),
                relation=">",
            ),
            Step(
                "output weights under noise",
                profile_s(g),
                Integer(0) * k,
                "the gradient in `a` is linear in `G(phi)`: where the filter has a uniform direction the mean gradient "
                "vanishes at the minimiser in both-layers-profile with the mean for `G(phi)`, here `1 + (pi - 1)/"
                "(1 + y)`; there `s` is positive, so that the spurious minimum's sign of `s` does not survive",
                Identity(witness=(N + S**2 * y / (m + pi)) / (1 + y)),
                Frame(definitions={k: 1 + m, g: 1 + (pi - 1) / (1 + y)}, domains={S: between(-2, 2)}),
                ">",
            ),
        ),
        conditions=("`v` is not zero",),
        remarks=("The mean is for a filter that is noise only; around a filter the noise needs to be much longer",),
    )
