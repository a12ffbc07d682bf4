"""Regions that gradient descent on both layers does not leave: one leads towards the teacher, one away from it."""

from __future__ import annotations

from sympy import Derivative, Expr, Integer, atan, pi, sin

from relucert.symbolic.derivation import Calculus, Derivation, Identity, Result, Step
from relucert.symbolic.expressions import G
from relucert.symbolic.frames import Frame
from relucert.symbolic.landscapes.both_layers_profile import g
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
    k,
    phi,
    s,
    scalar_frame,
    t,
)
from relucert.symbolic.models.both_layers_descent import eta, next_s, next_t, turn
from relucert.symbolic.names import nonnegative, positive

c, m, x, y, z, q = (nonnegative(name) for name in ("c", "m", "x", "y", "z", "q"))
d, b, u = positive("d"), positive("b"), positive("u")
# every k = 1 + m, every step size 2 pi/((k + pi - 1)(1 + y)) and, by the mirror image, S = c
STEP = {k: 1 + m, eta: 2 * pi / ((m + pi) * (1 + y)), S: c}
SHARE = 1 / ((m + pi) * (1 + y))  # eta/(2 pi)
KEPT = (1 + m + y * (m + pi)) / ((m + pi) * (1 + y))  # 1 - eta (pi - 1)/(2 pi)


def region(**entries: Expr) -> Frame:
    """Numbers in a region: s, t, g or N in terms of numbers that are not negative."""
    names = {"s": s, "t": t, "g": g, "N": N}
    return Frame(definitions={**STEP, **{names[name]: entry for name, entry in entries.items()}})


def derivation() -> Derivation:
    """{φ < π/2, s > 0, |t| ≤ |S|} and {s < 0, |t| ≤ |S|, G(φ) ≤ 1 − 2S²/N} are kept by steps 0 < η ≤ 2π/(k+π−1).

    Z_j ~ N(0, I_p) independent, p >= 2; v, w_star: (p,); a, a_star: (k,); L with the factor 1/2 (Du et al. 2018).
    """
    share = eta * (k + pi - 1) / (2 * pi)
    scalars = scalar_frame()
    mirrored = {S: -S, t: -t}
    ceiling = N + 2 * S**2 / (pi - 1)
    inside = pi - 2 * atan(u)
    return Derivation(
        name="both-layers-invariant-regions",
        title="Regions that gradient descent on both layers does not leave",
        source=f"{SOURCE} for the two kinds of starts; the regions with these constants are ours",
        law=LAW,
        normalisation=NORMALISATION,
        frame=scalars,
        abbreviations=ABBREVIATIONS,
        meanings={
            **VECTOR_MEANINGS,
            **INVARIANT_MEANINGS,
            eta: "the step size, for both layers",
            g: "`G(phi)`, from 0 to `pi`",
            c: "`S`, not negative",
            m: "`k - 1`",
            y: "a number that is not negative: the step size is `2*pi/((k + pi - 1)*(1 + y))`",
            x: "a number that is not negative",
            z: "a number that is not negative",
            q: "a number that is not negative",
            d: "a positive number",
            b: "a positive number, a bound of `s`",
            u: "`phi` is `pi - 2*atan(u)`",
        },
        results=(
            Result(
                "next_t",
                next_t(g),
                (1 - share) * t + share * (k + g - 1) / (k + pi - 1) * S,
                (t, g, S, k, eta),
                "t after a step as a mean of t and a multiple of S",
            ),
        ),
        steps=(
            Step(
                "t after a step as a mean",
                next_t(g),
                (1 - share) * t + share * (k + g - 1) / (k + pi - 1) * S,
                "by both-layers-descent; the weight of the second is at most 1 for `eta <= 2*pi/(k + pi - 1)`",
            ),
            Step(
                "mirror image",
                next_t(g).subs(mirrored, simultaneous=True),
                -next_t(g),
                "with `-a` and `-a_star` instead of `a` and `a_star` the signs of `S` and `t` change and nothing else: "
                "it is enough to look at `S >= 0`",
            ),
            Step(
                "mirror image of s",
                next_s(g).subs(mirrored, simultaneous=True),
                next_s(g),
                "the same for `s`",
            ),
            Step(
                "t stays below",
                S,
                next_t(g),
                "for `t <= S`, here `Eq(t, S - x)`, and `g <= pi`, here `Eq(g, pi/(1 + z))`",
                Identity(witness=y / (1 + y) * x + c * pi * z / (1 + z) * SHARE),
                region(t=c - x, g=pi / (1 + z)),
                ">=",
            ),
            Step(
                "t stays above",
                next_t(g),
                -S,
                "for `-S <= t`, here `Eq(t, x - S)`, and `g >= 0`: so the modulus of `t` stays below that of `S`",
                Identity(witness=y / (1 + y) * x + c * (2 * m + pi + z) * SHARE),
                region(t=x - c, g=z),
                ">=",
            ),
            Step(
                "s stays positive",
                next_s(g),
                Integer(0) * k,
                "for `s > 0`, `t <= S` and `phi < pi/2`, where `g > 1`, here `Eq(g, 1 + z)`",
                Identity(witness=KEPT * d + SHARE * (z * N + c * x)),
                region(s=d, t=c - x, g=1 + z),
                ">",
            ),
            Step(
                "the filter turns towards the teacher",
                turn(),
                Integer(0) * k,
                "for `s > 0`: by both-layers-descent the angle falls by the arctangent of this number",
                Identity(witness=eta * d * 2 * atan(u) * 2 * u / (1 + u**2) / (2 * pi * V)),
                Frame(definitions={s: d, phi: inside}),
                ">",
            ),
            Step(
                "G falls with the angle",
                Derivative(G(phi), phi),
                -(pi - phi) * sin(phi),
                "so `G(phi)` grows while the angle falls: the first region, `phi < pi/2`, `s > 0` and the modulus of "
                "`t` up to that of `S`, is kept",
                Calculus(),
            ),
            Step(
                "lower bound of s",
                next_s(g),
                b,
                "for a bound `b` of `s` and of `(g - 1)*N/(pi - 1)`; as `G(phi)` grows, `s` stays above the "
                "smaller one of its first value and `(G(phi) - 1)*N/(pi - 1)` at the start",
                Identity(witness=KEPT * x + SHARE * ((pi - 1) * z + c * q)),
                region(s=b + x, g=1 + (pi - 1) * (b + z) / N, t=c - q),
                ">=",
            ),
            Step(
                "upper bound of s",
                ceiling + z,
                next_s(g),
                "for an upper bound of `s` that is at least `N + 2*S**2/(pi - 1)`, here larger by `z`",
                Identity(witness=KEPT * x + SHARE * ((pi - 1) * z + pi * u / (1 + u) * N + c * q)),
                region(s=N + 2 * c**2 / (pi - 1) + z - x, g=pi / (1 + u), t=q - c),
                ">=",
            ),
            Step(
                "s stays negative",
                next_s(g),
                Integer(0) * k,
                "for `s < 0`, `-S <= t` and `g <= 1 - 2*S**2/N`, here `Eq(g, 1 - (2*S**2 + z)/N)`",
                Identity(witness=KEPT * d + SHARE * (z + c * x)),
                region(s=-d, t=x - c, g=1 - (2 * c**2 + z) / N),
                "<",
            ),
            Step(
                "the filter turns away from the teacher",
                turn(),
                Integer(0) * k,
                "for `s < 0`: the angle grows and `G(phi)` falls, so the second region is kept, and the teacher, where "
                "`Eq(s, N)`, is never reached",
                Identity(witness=eta * d * 2 * atan(u) * 2 * u / (1 + u**2) / (2 * pi * V)),
                Frame(definitions={s: -d, phi: inside}),
                "<",
            ),
            Step(
                "when the second region is not empty",
                (k + pi - 1) * N - pi * S**2,
                Integer(0) * k,
                "as `G(phi)` is positive below `pi` the second region needs `2*S**2 < N`, here `Eq(N, 2*S**2 + d)`; "
                "then the condition of both-layers-spurious-minimum holds",
                Identity(witness=(2 * m + pi) * c**2 + (m + pi) * d),
                region(N=2 * c**2 + d),
                ">",
            ),
            Step(
                "counterexample for larger steps",
                next_t(Integer(1)).subs({k: 20, eta: 1, S: 1, t: -1}, simultaneous=True),
                (39 - pi) / (2 * pi),
                "twenty patches, step size 1 and a right angle, with `Eq(S, 1)` and `Eq(t, -1)`",
            ),
            Step(
                "the counterexample leaves the region",
                (39 - pi) / (2 * pi),
                Integer(1),
                "the modulus of `t` is larger than that of `S` after the step: the bound on the step size is needed",
                Identity(witness=3 * (13 - pi) / (2 * pi)),
                relation=">",
            ),
        ),
        conditions=(
            "the step size is at most `2*pi/(k + pi - 1)`: larger steps may leave the regions",
            "for the angle the step size is also at most `2 * V` over the modulus of `s`: larger steps may pass the "
            "teacher's direction",
            "`v` is not zero",
        ),
        remarks=(
            "The second region is a part of the starts with negative `s`; others with negative `s` may reach the "
            "teacher",
        ),
    )
