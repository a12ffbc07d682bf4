"""The population loss of the model in which both layers are trained."""

from __future__ import annotations

from sympy import Expr, Integer, Sum, pi

from relucert.symbolic.derivation import Argument, Derivation, Identity, Result, Step
from relucert.symbolic.expressions import ONES, Dot, Entry, G, Mean, Norm, relu
from relucert.symbolic.kernels.relu_kernel import kernel
from relucert.symbolic.kernels.relu_mean import relu_mean
from relucert.symbolic.models.both_layers import (
    ABBREVIATIONS,
    FREE_PATCH_DIMENSION,
    LAW,
    NORMALISATION,
    SOURCE,
    VECTOR_MEANINGS,
    Z,
    a,
    a_star,
    defined_loss,
    frame,
    i,
    j,
    k,
    loss,
    output,
    phi,
    target,
    v,
    w_star,
)
from relucert.symbolic.names import vector

x = vector("x")


def pairs(same: Expr, different: Expr) -> Expr:
    """Sum over pairs of patches of a_i a*_j times `same` for i = j, times `different` otherwise."""
    diagonal = Sum(Entry(a, j) * Entry(a_star, j), (j, 1, k))
    everything = Sum(Sum(Entry(a, i) * Entry(a_star, j), (i, 1, k)), (j, 1, k))
    return diagonal * same + (everything - diagonal) * different


def derivation() -> Derivation:
    """½ E (Σ a_j relu(v·Z_j)/|v| − Σ a*_j relu(w*·Z_j))² in closed form.

    Z_j ~ N(0, I_p) independent, p >= 2; v, w_star: (p,); a, a_star: (k,); with the factor 1/2 (Du et al. 2018).
    """
    student, teacher = output(v, a), target(w_star, a_star)
    cross = Mean(student * target(w_star, a_star, i), Z)
    of_products = Mean(relu(Dot(v, x)) * relu(Dot(w_star, x)), x) / Norm(v)
    of_means = Mean(relu(Dot(v, x)), x) * Mean(relu(Dot(w_star, x)), x) / Norm(v)
    by_kernels = pairs(kernel(v, w_star) / Norm(v), relu_mean(v) * relu_mean(w_star) / Norm(v))
    length = Norm(w_star)
    sums, product = Dot(ONES, a) * Dot(ONES, a_star), Dot(a, a_star)
    crossed = length * ((G(phi) - 1) * product + sums) / (2 * pi)
    student_square = ((pi - 1) * Dot(a, a) + Dot(ONES, a) ** 2) / (2 * pi)
    teacher_square = length**2 * ((pi - 1) * Dot(a_star, a_star) + Dot(ONES, a_star) ** 2) / (2 * pi)
    base = frame(2)
    plane = base.extended(dimensions={x: 2})
    return Derivation(
        name="both-layers-loss",
        title="The loss of a network whose two layers are trained",
        source=f"{SOURCE}, Section 3",
        law=LAW,
        normalisation=NORMALISATION,
        frame=plane,
        meanings={**VECTOR_MEANINGS, x: "one patch"},
        results=(Result("loss", defined_loss(), loss(), (v, a, w_star, a_star), "half the mean squared error"),),
        steps=(
            Step(
                "three means",
                defined_loss(),
                Mean(student**2, Z) / 2 - cross + Mean(teacher**2, Z) / 2,
                "expand the square; the mean is linear",
                Argument(),
            ),
            Step(
                "independent patches",
                cross,
                pairs(of_products, of_means),
                "the product is a sum over pairs of patches: two different patches are independent, so that the mean "
                "of "
                "their product is the product of their means, and every patch has the law of `x`",
                Argument(),
            ),
            Step(
                "sums over pairs",
                pairs(Integer(1), Integer(0)) + pairs(Integer(0), Integer(1)),
                sums + 0 * k,
                "the sum over all pairs is the product of the two sums, whatever `k` is: shown for two patches, one "
                "more "
                "adds a row and a column",
            ),
            Step("diagonal", pairs(Integer(1), Integer(0)), product, "the pairs of a patch with itself"),
            Step(
                "same patch",
                Mean(relu(Dot(v, x)) * relu(Dot(w_star, x)), x),
                kernel(v, w_star),
                "by relu-kernel",
                Argument(),
            ),
            Step("one patch", Mean(relu(Dot(v, x)), x), relu_mean(v), "by relu-mean, for `w_star` too", Argument()),
            Step(
                "cross term",
                by_kernels,
                crossed,
                "insert both means: a patch with itself gives `G(phi)`, two patches give 1, times `Norm(w_star) / (2 * "
                "pi)`",
            ),
            Step("equal filters", G(Integer(0)), pi, "the angle of a filter with itself is 0"),
            Step(
                "student",
                Mean(student**2, Z),
                student_square,
                "the cross term with the student in the teacher's place: `G(0)` for `G(phi)`, and its filter has "
                "length 1 "
                "after the division",
                Argument(),
            ),
            Step(
                "teacher",
                Mean(teacher**2, Z),
                teacher_square,
                "the same with the teacher in the student's place, times `Norm(w_star)**2`",
                Argument(),
            ),
            Step(
                "assembly",
                student_square / 2 - crossed + teacher_square / 2,
                loss(),
                "half the two squares minus the cross term; the terms without `G(phi)` are a square of a difference",
                Identity(),
            ),
        ),
        abbreviations=ABBREVIATIONS,
        conditions=(
            "`p >= 2`: on a line the angle is 0 or `pi`, and the same formula holds",
            "`v` is not zero: the student is not defined there",
        ),
        remarks=(
            FREE_PATCH_DIMENSION,
            "The loss does not depend on the length of `v`",
            "Without the factor 1/2 the loss is twice as large",
        ),
    )
