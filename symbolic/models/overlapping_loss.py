"""The population loss of the convolutional network whose patches may overlap, with any stride."""

from __future__ import annotations

from sympy import Expr, Integer, S, Sum

from relucert.symbolic.derivation import Argument, Derivation, Identity, Result, Step
from relucert.symbolic.expressions import Apply, Dot, Entry, MatrixFamily, Mean, Norm, Transposed, relu
from relucert.symbolic.frames import Frame, between
from relucert.symbolic.kernels.relu_kernel import kernel
from relucert.symbolic.models.non_overlapping_loss import (
    ABBREVIATIONS,
    closed_loss,
    i,
    j,
    k,
    w,
    w_1,
    w_2,
    w_star,
    w_star_1,
)
from relucert.symbolic.names import real, vector

x = vector("x")
shift = MatrixFamily("S")
w_star_2 = real("w_star_2")
Rows = tuple[tuple[Expr, ...], ...]


def shifts(places: int, size: int, stride: int) -> dict[Expr, Rows]:
    """The matrices that put a filter of `size` weights at its places in the input, `stride` coordinates apart."""
    length = size + (places - 1) * stride
    return {
        Entry(shift, S(place + 1)): tuple(
            tuple(S.One if row - place * stride == column else S.Zero for column in range(size))
            for row in range(length)
        )
        for place in range(places)
    }


def windows(places: int, size: int, stride: int) -> Frame:
    """Coordinates for filters of two weights at so many places."""
    length = size + (places - 1) * stride
    return Frame(
        vectors={w: (w_1, w_2), w_star: (w_star_1, w_star_2)},
        matrices=shifts(places, size, stride),
        sizes={k: places},
        dimensions={shift: length, x: length},
        domains={w_1: between(-2, 2), w_2: between("1/10", 2), w_star_2: between(-2, 2)},
    )


# two filters of two weights that overlap in one input; the input has three coordinates
OVERLAP = windows(2, 2, 1)
# the same with the second window going round an input of two coordinates: all means are in the plane
CYCLIC = windows(2, 2, 0).extended(matrices={Entry(shift, S(2)): ((S.Zero, S.One), (S.One, S.Zero))})


def at_place(u: Expr, place: Expr) -> Expr:
    """The filter shifted to a place of the input."""
    return Apply(Entry(shift, place), u)


def network(u: Expr) -> Expr:
    """The mean over the places of the filter's ReLU response to the window there."""
    return Sum(relu(Dot(u, Apply(Transposed(Entry(shift, i)), x))), (i, 1, k)) / k


def overlapping_definition() -> Expr:
    """The mean that defines the loss."""
    return Mean((network(w) - network(w_star)) ** 2, x)


def overlapping_loss() -> Expr:
    """The closed form: kernels of all pairs of shifted filters."""
    one, other = at_place(w, i), at_place(w, j)
    teacher, other_teacher = at_place(w_star, i), at_place(w_star, j)
    pair = kernel(one, other) - 2 * kernel(one, other_teacher) + kernel(teacher, other_teacher)
    return Sum(Sum(pair, (j, 1, k)), (i, 1, k)) / k**2


def derivation() -> Derivation:
    """E (f(x; w) − f(x; w*))²: f averages relu(w·window_i(x)), x ~ N(0, I_d), no 1/2 (after B&G 2017)."""
    on_input = {u: [relu(Dot(at_place(u, place), x)) for place in (i, j)] for u in (w, w_star)}
    own, teacher = on_input[w], on_input[w_star]
    responses = (Sum(own[0], (i, 1, k)) / k - Sum(teacher[0], (i, 1, k)) / k) ** 2
    products = own[0] * own[1] - 2 * own[0] * teacher[1] + teacher[0] * teacher[1]
    means = Mean(own[0] * own[1], x) - 2 * Mean(own[0] * teacher[1], x) + Mean(teacher[0] * teacher[1], x)
    linear = Sum(Sum(means, (j, 1, k)), (i, 1, k)) / k**2
    one, two, three = (at_place(w, place) for place in map(Integer, (1, 2, 3)))
    other = at_place(w_star, Integer(2))
    apart = windows(2, 2, 2).extended(vectors={w_star: (w_star_1, S.Zero)}, definitions=ABBREVIATIONS)
    point = OVERLAP.extended(vectors={x: (real("x_1"), real("x_2"), real("x_3"))})
    return Derivation(
        name="overlapping-loss",
        title="Population loss of a convolutional network with any stride",
        source="Brutzkus and Globerson 2017, on overlapping filters",
        law="`x` is standard Gaussian in `d` dimensions; the patches are windows of it, which may overlap",
        normalisation="the network averages over its `k` windows (factor 1/k); the loss has no factor 1/2",
        frame=CYCLIC,
        meanings={
            k: "number of windows (hidden neurons)",
            w: "the filter, not zero; `m` weights",
            w_star: "the teacher's filter, not zero",
            shift: "the family of the `k` matrices that put a filter at its place in the input, zero elsewhere",
            x: "the input",
        },
        results=(
            Result("loss", overlapping_definition(), overlapping_loss(), (w, w_star, shift, k), "population loss"),
        ),
        steps=(
            Step(
                "filters at their places",
                (network(w) - network(w_star)) ** 2,
                responses,
                "the response to a window is the response of the shifted filter to the whole input",
                Identity(),
                point,
            ),
            Step(
                "square of a sum",
                responses,
                Sum(Sum(products, (j, 1, k)), (i, 1, k)) / k**2,
                "multiply out; the two mixed products have the same sum over all ordered pairs",
                Identity(),
                point,
            ),
            Step(
                "linearity",
                overlapping_definition(),
                linear,
                "by the two steps before, and the mean is linear; confirmed with two windows that go round an input of "
                "two coordinates",
                Argument(),
            ),
            Step(
                "one pair",
                Mean(relu(Dot(one, x)) * relu(Dot(other, x)), x),
                kernel(one, other),
                "by relu-kernel; here the first and second of two windows that overlap in one input",
                Argument(),
                OVERLAP,
            ),
            Step("all pairs", linear, overlapping_loss(), "by relu-kernel for every pair", Argument()),
            Step(
                "only the distance of the places counts",
                Dot(one, two),
                Dot(two, three),
                "a shift of both filters leaves their inner product as it is; so kernels need computing for one row of "
                "pairs only",
                Identity(),
                windows(3, 2, 1),
            ),
            Step(
                "windows apart",
                overlapping_loss(),
                closed_loss(),
                "with a stride of the filter's size the shifted filters at different places are orthogonal, and the "
                "result is that of non-overlapping-loss; shown for two windows",
                Identity(),
                apart,
            ),
            Step(
                "one window",
                overlapping_loss(),
                Norm(w) ** 2 / 2 - 2 * kernel(w, w_star) + Norm(w_star) ** 2 / 2,
                "with one window the network is one neuron",
                Identity(),
                windows(1, 2, 1),
            ),
        ),
        conditions=(
            "`Norm(w) > 0`: at zero the angles are not defined",
            "`k >= 1`: the matrices may be any isometries, such as shifts by a stride from 1 on",
        ),
    )
