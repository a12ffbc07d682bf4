"""The critical points at which the student's filter is opposite to the teacher's: local minima under a condition."""

from __future__ import annotations

from sympy import Expr, Integer, Limit, Symbol, cos, pi, sin

from relucert.symbolic.derivation import Calculus, Derivation, Identity, Result, Step
from relucert.symbolic.expressions import ONES, Dot, G, Norm
from relucert.symbolic.frames import Frame, between
from relucert.symbolic.landscapes.both_layers_profile import (
    d,
    g,
    minimiser,
    profile,
    profile_n,
    profile_t,
    square_form,
    weights_frame,
)
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
    loss,
    output_gradient,
    phi,
    reduced_loss,
    s,
    scalar_frame,
    t,
    w_star,
)
from relucert.symbolic.names import count, positive, vector

a_spurious = vector("a_spurious")
delta, q, y, m = positive("delta"), positive("q"), positive("y"), count("m")
z = Symbol("z", nonnegative=True)


def spurious() -> Expr:
    """The best output weights for the direction opposite to the teacher's."""
    return (pi * S / (k + pi - 1) * ONES - Norm(w_star) * a_star) / (pi - 1)


def spurious_s() -> Expr:
    """s of these output weights."""
    return (pi * S**2 / (k + pi - 1) - N) / (pi - 1)


def spurious_loss() -> Expr:
    """The loss there."""
    return (S**2 / k * (2 * k + pi - 2) / (k + pi - 1) + (N - S**2 / k) * (pi - 2) / (pi - 1)) / 4


def at_point(size: int) -> Frame:
    """As many patches, and the output weights of the point."""
    return weights_frame(size).extended(definitions={a_spurious: spurious()})


def derivation() -> Derivation:
    """v along −w*, a = (−|w*| a* + πS/(k+π−1) 1)/(π−1): a local minimum exactly if πS² < (k+π−1)N.

    Z_j ~ N(0, I_p) independent, p >= 2; v, w_star: (p,); a, a_star: (k,); L with the factor 1/2 (Du et al. 2018).
    """
    vectors, scalars = at_point(3), scalar_frame()
    anywhere = between(-2, 2)
    slack = Frame(definitions={N: pi * S**2 / (k + pi - 1) + q}, domains={S: anywhere})
    negative = Frame(definitions={s: -y, g: z}, domains={S: anywhere, t: anywhere})
    positive_s = Frame(definitions={s: y, g: q}, domains={S: anywhere, t: anywhere})
    ones = (Integer(1), Integer(1))
    example = Frame(
        vectors={w_star: (Integer(1), Integer(0)), a_star: ones, ONES: ones},
        definitions={name: INVARIANTS[name] for name in (S, N)},
        sizes={k: 2},
    )
    one_patch = Frame(definitions={S: y, N: y**2, g: q}, sizes={k: 1})
    equal_weights = Frame(definitions={N: S**2 / k, k: 1 + m}, domains={S: anywhere})
    needed = (k + pi - 1) * N
    return Derivation(
        name="both-layers-spurious-minimum",
        title="Spurious local minima of the loss of two trained layers",
        source=f"{SOURCE} for the point; the condition and its necessity are derived here",
        law=LAW,
        normalisation=NORMALISATION,
        frame=vectors,
        meanings={
            **VECTOR_MEANINGS,
            **INVARIANT_MEANINGS,
            g: "`G(phi)`, between 0 and `pi`",
            a_spurious: "the output weights of the point",
            d: "any vector with `k` coordinates",
            delta: "`pi - phi`, the distance from the opposite direction",
            q: "a positive number",
            y: "a positive number",
            z: "a number that is not negative",
            m: "`k - 1`",
        },
        results=(
            Result("weights", minimiser(G(pi)), spurious(), (w_star, a_star), "output weights of the spurious point"),
            Result(
                "loss", loss(a=a_spurious, angle=pi), spurious_loss(), (w_star, a_star), "loss of the spurious point"
            ),
        ),
        steps=(
            Step("opposite directions", G(pi), Integer(0) * phi, "both terms of `G(pi)` are zero"),
            Step(
                "best output weights",
                minimiser(G(pi)),
                spurious(),
                "the minimiser in both-layers-profile",
            ),
            Step(
                "no gradient in the output weights",
                Dot(output_gradient(a=a_spurious, g=Integer(0)), d),
                Integer(0) * k,
                "by both-layers-gradient; for every `d`",
            ),
            Step(
                "no gradient in the filter",
                Limit(s * (pi - phi) * sin(phi) / (2 * pi), phi, pi, "-"),
                Integer(0) * s,
                "its length times `Norm(v)` in both-layers-reduced, whatever `s` is: the gradient is continuous",
                Calculus(),
                scalars,
            ),
            Step(
                "s at the point",
                Norm(w_star) * Dot(a_spurious, a_star),
                spurious_s(),
                "the inner product with `Norm(w_star) * a_star`",
            ),
            Step(
                "sign of s",
                spurious_s(),
                Integer(0) * k,
                "exactly the condition: with `Eq(N, pi * S**2 / (k + pi - 1) + q)` the number is `-q / (pi - 1)`",
                Identity(witness=q / (pi - 1)),
                slack,
                relation="<",
            ),
            Step(
                "loss at the point",
                profile(Integer(0)),
                spurious_loss(),
                "the profile at `G(pi)`, its differences of squares in factors",
                Identity(),
                scalars,
            ),
            Step(
                "less turn is worse where s is not positive",
                reduced_loss(g),
                reduced_loss(Integer(0)),
                "`G(phi)` is not negative, here `z`, and `s` is `-y`: in the half space `s <= 0` no angle is better "
                "than "
                "`pi`, and only `pi` is as good where `s < 0`",
                Identity(witness=y * z / (2 * pi)),
                negative,
                relation=">=",
            ),
            Step(
                "other output weights are worse",
                loss(a=spurious(), angle=pi) + square_form(d),
                loss(a=spurious(), angle=pi),
                "by both-layers-profile the left side is the loss at `a + d`; equal for `d` zero only.  Together: the "
                "point "
                "is the minimum over the half space `s <= 0`, and a local minimum where its own `s` is negative",
                Identity(witness=square_form(d)),
                relation=">=",
            ),
            Step(
                "degenerate",
                Limit(-s * (sin(phi) - (pi - phi) * cos(phi)) / (2 * pi * V), phi, pi, "-"),
                Integer(0) * s,
                "the second derivatives in both-layers-hessian vanish in all directions of the filter",
                Calculus(),
                scalars,
            ),
            Step(
                "cubic growth",
                Limit((sin(delta) - delta * cos(delta)) / delta**3, delta, 0, "+"),
                Integer(1) / 3 + 0 * s,
                "the fraction is `G(pi - delta) / delta**3`: turning the filter changes the loss by `-s * delta**3 / "
                "(6 * pi)`",
                Calculus(),
                scalars,
                digits=12,
            ),
            Step(
                "descent without the condition",
                reduced_loss(g),
                reduced_loss(Integer(0)),
                "where `s > 0`, here `y`, every turn away from `pi` lowers the loss; under the opposite strict "
                "inequality "
                "the point is a degenerate saddle",
                Identity(witness=q * y / (2 * pi)),
                positive_s,
                relation="<",
            ),
            Step(
                "counterexample: the condition",
                pi * S**2,
                needed,
                "for `Eq(a_star, (1, 1))` and `Norm(w_star)` equal to 1 the condition fails",
                Identity(witness=2 * (pi - 1)),
                example,
                relation=">",
            ),
            Step(
                "counterexample: s",
                spurious_s(),
                2 / (pi + 1),
                "so that the point is no local minimum: the loss falls by about `delta**3 / (3 * pi * (pi + 1))`",
                Identity(),
                example,
            ),
            Step(
                "one patch: no output weights",
                Dot(a_spurious, d),
                Integer(0) * k,
                "for `Eq(k, 1)` the condition is an equality, never strict, and the point is `a` zero",
                Identity(),
                at_point(1),
            ),
            Step(
                "one patch: descent",
                profile(g),
                profile(Integer(0)),
                "the profile is below its value at `pi` for every other angle: for `Eq(k, 1)` there is no spurious "
                "local "
                "minimum; `S` and `-S` have the same profile",
                Identity(witness=q**2 * y**2 / (4 * pi**2)),
                one_patch,
                relation="<",
            ),
            Step(
                "equal output weights of the teacher",
                needed,
                pi * S**2,
                "where `Eq(N, S**2 / k)` the condition fails for every `k`",
                Identity(witness=(pi - 1) * m * S**2 / (1 + m)),
                equal_weights,
                relation="<=",
            ),
            Step(
                "below the loss of no student",
                reduced_loss(Integer(0), Integer(0), Integer(0), Integer(0)) - profile(Integer(0)),
                ((pi - 1) * profile_n(Integer(0)) + profile_t(Integer(0)) ** 2) / (4 * pi),
                "the square form at the distance from `a` zero: the point is better than `a` zero unless it is that",
                Identity(),
                scalars,
            ),
        ),
        abbreviations={**ABBREVIATIONS, a_spurious: spurious()},
        conditions=(
            "`pi * S**2 < (k + pi - 1) * N`: otherwise the point is no local minimum but a degenerate saddle, for "
            "example "
            "for `Eq(a_star, (1, 1))`",
            "`k >= 2`: for one patch the inequality is never strict and there is no spurious local minimum",
            "`v` is not zero",
        ),
        remarks=(
            "At equality `s` of the point is zero: the profile is increasing up to `pi`, and again there is descent",
            "The point is a local minimum up to the length of `v`, on which the loss does not depend",
        ),
    )
