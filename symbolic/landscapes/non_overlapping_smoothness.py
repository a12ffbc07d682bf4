"""How fast the gradient of the network without overlap can change: bounds of the Hessian away from zero."""

from __future__ import annotations

from sympy import Expr, Integer, Rational, S, atan, pi

from relucert.symbolic.derivation import Derivation, Identity, Result, Step
from relucert.symbolic.frames import Frame
from relucert.symbolic.models.non_overlapping_descent import others
from relucert.symbolic.models.non_overlapping_hessian import normal_curvature, outer_curvature, radial_curvature
from relucert.symbolic.models.non_overlapping_loss import LAW, NORMALISATION, k, theta
from relucert.symbolic.models.non_overlapping_reduced import REDUCED, REDUCED_MEANINGS, C, r
from relucert.symbolic.names import nonnegative, positive

M, t, y = positive("M"), positive("t"), nonnegative("y")
# every k = 1 + others, every r = M + y, every angle pi - 2*atan(t) strictly between 0 and pi
BALL = Frame(definitions={k: 1 + others, C: others + pi, r: M + y, theta: pi - 2 * atan(t)})
SINE = 2 * t / (1 + t**2)
MISSING = (1 - t) ** 2 / (1 + t**2)  # 1 - sin(theta)


def greatest(k: Expr, C: Expr) -> Expr:
    """An upper bound of all eigenvalues of the Hessian."""
    return C / (pi * k)


def least(M: Expr, k: Expr, C: Expr) -> Expr:
    """A lower bound of all eigenvalues of the Hessian where r >= M."""
    return (C - (k + 1) / M) / (pi * k)


def derivation() -> Derivation:
    """Eigenvalues of ∇²ℓ for |w| ≥ M |w*|: from (C − (k+1)/M)/(πk) to C/(πk); k iid patches, no 1/2; ours (B&G)."""
    normal, outer = normal_curvature(k, r, theta, C), outer_curvature(k, r, theta, C)
    numbers = Frame(definitions={C: k - 1 + pi})
    at_teacher = numbers.extended(definitions={r: S.One, theta: S.Zero})
    return Derivation(
        name="non-overlapping-smoothness",
        title="Bounds of the Hessian of a convolutional network without overlap",
        source="ours, for the model of Brutzkus and Globerson 2017, whose bound is recalled as `1 + 3/M`",
        law=LAW,
        normalisation=NORMALISATION,
        frame=REDUCED,
        meanings={
            **REDUCED_MEANINGS,
            M: "a positive lower bound of `r`",
            t: "`theta` is `pi - 2*atan(t)`",
            y: "`r - M`, not negative",
            others: "`k - 1`",
        },
        results=(
            Result("greatest", radial_curvature(k, C), greatest(k, C), (k,), "greatest eigenvalue of the Hessian"),
            Result(
                "least",
                normal_curvature(k, M, pi / 2, C),
                least(M, k, C),
                (M, k),
                "least eigenvalue of the Hessian where `r >= M`",
            ),
        ),
        steps=(
            Step(
                "greatest eigenvalue along the filter",
                radial_curvature(k, C),
                greatest(k, C),
                "by non-overlapping-hessian, everywhere the same",
                frame=numbers,
            ),
            Step(
                "across the filter from above",
                greatest(k, C),
                normal,
                "by non-overlapping-hessian: the other eigenvalues are smaller",
                Identity(witness=(others + 2 * SINE) / (pi * (1 + others) * (M + y))),
                BALL,
                ">=",
            ),
            Step(
                "out of the plane from above",
                greatest(k, C),
                outer,
                "the same",
                Identity(witness=(others + SINE) / (pi * (1 + others) * (M + y))),
                BALL,
                ">=",
            ),
            Step(
                "across the filter from below",
                normal,
                least(M, k, C),
                "the sine is at most 1, and `r >= M`",
                Identity(
                    witness=((others + 2) * y / (M * (M + y)) + 2 * MISSING / (M + y)) / (pi * (1 + others)),
                ),
                BALL,
                ">=",
            ),
            Step(
                "the lower bound is attained",
                normal_curvature(k, M, pi / 2, C),
                least(M, k, C),
                "at a right angle and `Eq(r, M)`",
                frame=numbers,
            ),
            Step(
                "out of the plane from below",
                outer,
                normal,
                "the sine is not negative: this eigenvalue lies between the other two",
                Identity(witness=SINE / (pi * (1 + others) * (M + y))),
                BALL,
                ">=",
            ),
            Step(
                "the greatest eigenvalue is at most 1",
                S.One,
                greatest(k, C),
                "`Eq(pi*k - C, (pi - 1)*(k - 1))`; equal for one patch",
                Identity(witness=(pi - 1) * others / (pi * (1 + others))),
                BALL,
                ">=",
            ),
            Step(
                "a simple bound of the other",
                1 + 3 / M,
                -least(M, k, C),
                "`(k + 1)/k` is at most 2, and 2 is less than `3*pi`: with the step before `1 + 3/M` is a Lipschitz "
                "constant too",
                Identity(
                    witness=1
                    + (others + pi) / (pi * (1 + others))
                    + (3 * pi - 2 + (3 * pi - 1) * others) / (pi * (1 + others) * M)
                ),
                BALL,
                ">",
            ),
            Step(
                "least eigenvalue at the teacher",
                normal,
                1 / k,
                "at `Eq(r, 1)` and the angle zero: near the teacher the loss is strongly convex",
                frame=at_teacher,
            ),
            Step(
                "on the teacher's ray",
                normal,
                (C - (k - 1) / r) / (pi * k),
                "at the angle zero: negative for `r < (k - 1)/C`",
                frame=numbers.extended(definitions={theta: S.Zero}),
            ),
            Step(
                "half of the teacher's filter",
                normal_curvature(k, Rational(1, 2), S.Zero, C).xreplace({k: Integer(5), C: 4 + pi}),
                (pi - 4) / (5 * pi),
                "a counterexample for five patches",
            ),
            Step(
                "not convex on the ball of half the teacher's length",
                (pi - 4) / (5 * pi),
                S.Zero,
                "so the loss is not convex on the ball round the teacher with half of its length",
                Identity(witness=(4 - pi) / (5 * pi)),
                relation="<",
            ),
        ),
        conditions=(
            "`M > 0`: near zero the Hessian is not bounded",
            "`Norm(w) > 0`: at zero there are no derivatives",
        ),
        remarks=(
            "On segments along which `r >= M` the greater modulus of the two bounds is a Lipschitz constant of the "
            "gradient.",
            "On the line through the teacher the bounds hold by continuity of the Hessian.",
        ),
    )
