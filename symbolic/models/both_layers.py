"""Names and formulas of the model in which both layers are trained (Du, Lee, Tian, Póczos and Singh 2018).

A student sum_j a_j relu(v·Z_j)/|v| learns a teacher sum_j a*_j relu(w*·Z_j) on k independent Gaussian patches Z_j; the
loss is half the mean squared error.  Every formula of the model depends on the angle phi of v and w* and on six
numbers: S, N (teacher), s, t, n (output weights) and V = |v|².  The length of w* enters only through |w*| a*, the
output weights of the same teacher with a filter of length 1, so S, N and s carry it.
"""

from __future__ import annotations

from sympy import Expr, Integer, Sum, Symbol, cos, pi, sin

from relucert.symbolic.expressions import (
    IDENTITY,
    ONES,
    Angle,
    Dot,
    Entry,
    G,
    Mean,
    Norm,
    Outer,
    VectorFamily,
    relu,
)
from relucert.symbolic.frames import Domain, Frame, between, coordinate
from relucert.symbolic.names import count, positive, real, vector

k, i, j = count("k"), count("i"), count("j")
v, w_star = vector("v"), vector("w_star")
a, a_star = vector("a"), vector("a_star")
Z = VectorFamily("Z", real=True)
phi = positive("phi")
S, N, s, t, n, V = real("S"), positive("N"), real("s"), real("t"), positive("n"), positive("V")

LAW = "the patches `Entry(Z, 1)`, ..., `Entry(Z, k)` are independent, each standard Gaussian in any dimension `p >= 2`"
NORMALISATION = (
    "with the factor 1/2, no factor `1/k`; the student's filter is divided by its length, the teacher's is not"
)
SOURCE = "Du, Lee, Tian, Poczos and Singh 2018"
FREE_PATCH_DIMENSION = (
    "one plane holds `v` and `w_star`: patches of more than two dimensions add nothing to these numbers"
)

VECTOR_MEANINGS: dict[Symbol, str] = {
    k: "number of patches",
    v: "the student's filter, not zero",
    a: "the student's output weights, one for each patch",
    w_star: "the teacher's filter, not zero",
    a_star: "the teacher's output weights",
    ONES: "the vector of `k` ones",
    Z: "the patches of an input",
    phi: "the angle between `v` and `w_star`, in `[0, pi]`",
}
INVARIANT_MEANINGS: dict[Symbol, str] = {
    S: "`Norm(w_star) * Dot(ones, a_star)`, the sum of the teacher's output weights times the length of its filter",
    N: "`Norm(w_star)**2 * Norm(a_star)**2`, positive",
    s: "`Norm(w_star) * Dot(a, a_star)`",
    t: "`Dot(ones, a)`, the sum of the student's output weights",
    n: "`Norm(a)**2`",
    V: "`Norm(v)**2`",
}
INVARIANTS: dict[Symbol, Expr] = {
    S: Norm(w_star) * Dot(ONES, a_star),
    N: Norm(w_star) ** 2 * Dot(a_star, a_star),
    s: Norm(w_star) * Dot(a, a_star),
    t: Dot(ONES, a),
    n: Dot(a, a),
    V: Dot(v, v),
}
# of what polar coordinates and vectors of a fixed length have as numbers
ABBREVIATIONS: dict[Symbol, Expr] = {phi: Angle(v, w_star), k: Dot(ONES, ONES)}


def output(v: Expr, a: Expr, index: Symbol = j) -> Expr:
    """The student: filter divided by its length."""
    return Sum(Entry(a, index) * relu(Dot(v, Entry(Z, index))), (index, 1, k)) / Norm(v)


def target(w_star: Expr, a_star: Expr, index: Symbol = j) -> Expr:
    """The teacher: filter of any length."""
    return Sum(Entry(a_star, index) * relu(Dot(w_star, Entry(Z, index))), (index, 1, k))


def defined_loss() -> Expr:
    """Half the mean squared error: the definition."""
    return Mean((output(v, a) - target(w_star, a_star)) ** 2, Z) / 2


def loss(a: Expr = a, angle: Expr | None = None) -> Expr:
    """The loss in closed form, with the angle of v and w* or a name for it."""
    turn = Angle(v, w_star) if angle is None else angle
    length = Norm(w_star)
    return (
        (pi - 1) * (length**2 * Dot(a_star, a_star) + Dot(a, a))
        - 2 * (G(turn) - 1) * length * Dot(a, a_star)
        + (length * Dot(ONES, a_star) - Dot(ONES, a)) ** 2
    ) / (4 * pi)


def reduced_loss(g: Expr, s: Expr = s, t: Expr = t, n: Expr = n) -> Expr:
    """The loss in the invariants, g = G(phi)."""
    return ((pi - 1) * (N + n) - 2 * (g - 1) * s + (S - t) ** 2) / (4 * pi)


def towards_teacher(angle: Expr = phi) -> Expr:
    """The part of w*/|w*| orthogonal to v; its length is sin(phi)."""
    return w_star / Norm(w_star) - cos(angle) * v / Norm(v)


def filter_gradient(angle: Expr = phi, s: Expr = s) -> Expr:
    """Gradient of the loss in v."""
    return -s * (pi - angle) / (2 * pi * Norm(v)) * towards_teacher(angle)


def output_gradient(a: Expr = a, g: Expr | None = None) -> Expr:
    """Gradient of the loss in a, g = G(phi)."""
    height = G(phi) if g is None else g
    difference = (Dot(ONES, a) - Norm(w_star) * Dot(ONES, a_star)) * ONES
    return ((pi - 1) * a - (height - 1) * Norm(w_star) * a_star + difference) / (2 * pi)


def output_hessian() -> Expr:
    """Second derivatives of the loss in a: the same everywhere."""
    return (Outer(ONES, ONES) + (pi - 1) * IDENTITY) / (2 * pi)


def signed(name: Symbol, size: int) -> dict[Symbol, Domain]:
    """Domains of a vector's coordinates, of both signs and all different."""
    places = range(1, size + 1)
    return {coordinate(name, place): between(-1, 2) if place % 2 else between(-2, 1) for place in places}


def output_vectors(size: int) -> dict[Symbol, tuple[Expr, ...]]:
    """Coordinates of a, a* and 1: as many as patches."""
    weights = {name: tuple(coordinate(name, place) for place in range(1, size + 1)) for name in (a, a_star)}
    return {**weights, ONES: (Integer(1),) * size}


def frame(size: int, dimension: int = 2) -> Frame:
    """k = size patches of the given dimension, w* on the first axis, v anywhere off it."""
    b = positive("b")
    first, *others = (real(f"v_{place}") for place in range(1, dimension + 1))
    return Frame(
        vectors={
            v: (first, positive("v_2"), *others[1:]),
            w_star: (b, *(Integer(0) for _ in others)),
            **output_vectors(size),
        },
        definitions={phi: Angle(v, w_star), **INVARIANTS},
        sizes={k: size},
        dimensions={Z: dimension},
        domains={first: between(-2, 2), **signed(a, size), **signed(a_star, size)},
    )


def polar_frame(size: int) -> Frame:
    """k = size patches, w* on the first axis, v in polar coordinates: for formulas without derivatives in v."""
    b, r = positive("b"), positive("r")
    return Frame(
        vectors={v: (r * cos(phi), r * sin(phi)), w_star: (b, Integer(0)), **output_vectors(size)},
        definitions=INVARIANTS,
        sizes={k: size},
        domains={phi: between("1/10", 3), **signed(a, size), **signed(a_star, size)},
    )


def scalar_frame() -> Frame:
    """The invariants as free numbers: what is proved here holds for every number of patches."""
    anywhere = between(-2, 2)
    return Frame(domains={phi: between("1/10", 3), S: anywhere, s: anywhere, t: anywhere})
