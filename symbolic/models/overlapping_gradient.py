"""The gradient of the loss of the convolutional network whose patches may overlap."""

from __future__ import annotations

from sympy import Expr, S, Sum

from relucert.symbolic.derivation import Argument, Calculus, Derivation, Identity, Result, Step
from relucert.symbolic.expressions import Apply, Dot, Entry, Gradient, Mean, Transposed, relu, step
from relucert.symbolic.kernels.relu_kernel import kernel
from relucert.symbolic.kernels.relu_kernel_gradient import kernel_gradient
from relucert.symbolic.models.non_overlapping_gradient import closed_gradient
from relucert.symbolic.models.non_overlapping_loss import ABBREVIATIONS, i, j, k, w, w_2, w_star, w_star_1
from relucert.symbolic.models.overlapping_loss import (
    CYCLIC,
    at_place,
    network,
    overlapping_definition,
    overlapping_loss,
    shift,
    windows,
    x,
)

MEANINGS = {
    k: "number of windows (hidden neurons)",
    w: "the filter, not zero; `m` weights",
    w_star: "the teacher's filter, not zero",
    shift: "the family of the `k` matrices that put a filter at its place in the input, zero elsewhere",
    x: "the input",
}
LAW = "`x` is standard Gaussian in `d` dimensions; the patches are windows of it, which may overlap"
NORMALISATION = "the network averages over its `k` windows (factor 1/k); the loss has no factor 1/2"


# two windows on one coordinate, one of them reflected: enough for sums over pairs of places
LINE = CYCLIC.extended(
    vectors={w: (w_2,), w_star: (w_star_1,)},
    matrices={Entry(shift, S(1)): ((S.One,),), Entry(shift, S(2)): ((S.NegativeOne,),)},
    dimensions={shift: 1, x: 1},
)
# the first and the second of two windows, the teacher on an axis
PAIR = CYCLIC.extended(vectors={w_star: (w_star_1, S.Zero)}, sizes={i: 1, j: 2})


def overlapping_gradient() -> Expr:
    """The closed form: at each place the kernels' gradients, brought back to the filter."""
    place = at_place(w, i)
    row = kernel_gradient(place, at_place(w, j)) - kernel_gradient(place, at_place(w_star, j))
    return 2 * Sum(Apply(Transposed(Entry(shift, i)), Sum(row, (j, 1, k))), (i, 1, k)) / k**2


def derivation() -> Derivation:
    """∇ E (f(x; w) − f(x; w*))² in w ∈ R^m: f averages over k windows of x ~ N(0, I_d), no 1/2 (after B&G 2017)."""
    return Derivation(
        name="overlapping-gradient",
        title="Gradient of the population loss of a convolutional network with any stride",
        source="after Brutzkus and Globerson 2017, on overlapping filters",
        law=LAW,
        normalisation=NORMALISATION,
        frame=CYCLIC,
        meanings=MEANINGS,
        results=(
            Result(
                "gradient",
                Gradient(overlapping_definition(), w),
                overlapping_gradient(),
                (w, w_star, shift, k),
                "gradient in `w`",
            ),
        ),
        steps=_steps(),
        conditions=(
            "`Norm(w) > 0`: at zero there is no gradient",
            "`k >= 1`: the matrices may be any isometries, such as shifts by a stride from 1 on",
        ),
        remarks=(
            "Where two shifted filters are antiparallel or parallel the kernel has the same gradient from all sides: "
            "the loss is continuously differentiable away from zero.",
        ),
    )


def _steps() -> tuple[Step, ...]:
    back = Transposed(Entry(shift, i))
    excess = network(w) - network(w_star)
    slope = Sum(step(Dot(at_place(w, i), x)) * Apply(back, x), (i, 1, k)) / k
    under_the_mean = Mean(2 * excess * slope, x)
    active = step(Dot(at_place(w, i), x)) * x
    own, teacher = (Mean(relu(Dot(at_place(u, j), x)) * active, x) for u in (w, w_star))
    pairs = 2 * Sum(Apply(back, Sum(own - teacher, (j, 1, k))), (i, 1, k)) / k**2
    first, second, other = at_place(w, i), at_place(w, j), at_place(w_star, j)
    apart = windows(2, 2, 2).extended(vectors={w_star: (w_star_1, S.Zero)}, definitions=ABBREVIATIONS)
    return (
        Step(
            "differentiate under the mean",
            Gradient(overlapping_definition(), w),
            under_the_mean,
            "the square is Lipschitz in `w` on bounded sets; `relu` has the derivative `step` except at 0; confirmed "
            "with two windows on one coordinate, one of them reflected",
            Argument(),
            LINE,
        ),
        Step(
            "pairs of places",
            under_the_mean,
            pairs,
            "multiply out; the mean is linear; confirmed in the same way",
            Argument(),
            LINE,
        ),
        Step(
            "student and teacher",
            teacher,
            kernel_gradient(first, other),
            "by relu-kernel-gradient; confirmed for the first and second of two windows that go round an input of two "
            "coordinates",
            Argument(),
            PAIR,
        ),
        Step("two students", own, kernel_gradient(first, second), "the same", Argument(), PAIR),
        Step(
            "insert",
            pairs,
            overlapping_gradient(),
            "put the two means in",
            Identity(inserting=("student and teacher", "two students")),
            LINE,
        ),
        Step(
            "chain rule",
            Gradient(kernel(first, other), w),
            Apply(back, kernel_gradient(first, other)),
            "the same by another way: a kernel of a shifted filter with a teacher's has the kernel's gradient, brought "
            "back to the filter",
            Calculus(),
            PAIR,
        ),
        Step(
            "chain rule for two students",
            Gradient(kernel(first, second), w),
            Apply(back, kernel_gradient(first, second))
            + Apply(Transposed(Entry(shift, j)), kernel_gradient(second, first)),
            "both move: so in the sum over ordered pairs each kernel of two students counts twice",
            Calculus(),
            PAIR,
        ),
        Step(
            "derivative of the closed loss",
            Gradient(overlapping_loss(), w),
            overlapping_gradient(),
            "overlapping-loss differentiated term by term, by the two steps before",
            Argument(),
        ),
        Step(
            "windows apart",
            overlapping_gradient(),
            closed_gradient(),
            "with a stride of the filter's size it is the gradient of non-overlapping-gradient; shown for two windows",
            Identity(),
            apart,
        ),
    )
