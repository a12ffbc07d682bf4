"""The second derivatives of the ReLU kernel."""

from __future__ import annotations

from sympy import Expr, Limit, Rational, cos, pi, sin

from relucert.symbolic.derivation import Argument, Calculus, Derivation, Identity, Result, Step
from relucert.symbolic.expressions import (
    IDENTITY,
    Angle,
    Apply,
    Dot,
    Gradient,
    Hessian,
    Mean,
    Norm,
    Outer,
    Transposed,
    step,
)
from relucert.symbolic.frames import Frame, between
from relucert.symbolic.kernels.relu_kernel import kernel_gradient, plane_frame, product, theta, u, v, x
from relucert.symbolic.names import positive, real, vector

n, m, y, e = vector("n"), vector("m"), vector("y"), vector("e")


def normal(u: Expr, v: Expr, angle: Expr | None = None) -> Expr:
    """The unit vector orthogonal to u in the plane of u and v, on the side of v: (v/|v| − cos θ u/|u|)/sin θ."""
    theta = Angle(u, v) if angle is None else angle
    return (v / Norm(v) - cos(theta) * u / Norm(u)) / sin(theta)


def kernel_hessian(u: Expr, v: Expr, angle: Expr | None = None) -> Expr:
    """Hessian of E relu(u·x) relu(v·x) in u, 0 < θ < π: |v| sin θ/(2π|u|) (I − u uᵀ/|u|² + n nᵀ)."""
    theta = Angle(u, v) if angle is None else angle
    n = normal(u, v, theta)
    return Norm(v) * sin(theta) / (2 * pi * Norm(u)) * (IDENTITY - Outer(u, u) / Norm(u) ** 2 + Outer(n, n))


def kernel_mixed_hessian(u: Expr, v: Expr, angle: Expr | None = None) -> Expr:
    """d²/du dv of E relu(u·x) relu(v·x), rows u, 0 < θ < π: ((π − θ) I + sin θ (û v̂ᵀ + n mᵀ))/(2π).

    n is `normal(u, v)` and m is `normal(v, u)`.
    """
    theta = Angle(u, v) if angle is None else angle
    n, m = normal(u, v, theta), normal(v, u, theta)
    return ((pi - theta) * IDENTITY + sin(theta) * (Outer(u, v) / (Norm(u) * Norm(v)) + Outer(n, m))) / (2 * pi)


def _space_frame() -> Frame:
    """u anywhere in three coordinates, v on the first axis."""
    us, v1 = (real("u_1"), positive("u_2"), real("u_3")), positive("v_1")
    zero = 0 * v1
    return Frame(
        vectors={u: us, v: (v1, zero, zero), e: (zero, us[2], -us[1])},
        definitions={theta: Angle(u, v), n: normal(u, v)},
        dimensions={x: 3},
        domains={us[0]: between(-2, 2), us[2]: between(-2, 2)},
    )


def _aligned_frame() -> Frame:
    """u on the first axis, v in the plane of the first two, y anywhere."""
    r, v1, v2 = positive("r"), real("v_1"), positive("v_2")
    ys, e3 = tuple(real(f"y_{i}") for i in (1, 2, 3)), real("e_3")
    zero = 0 * r
    return Frame(
        vectors={u: (r, zero, zero), v: (v1, v2, zero), y: ys, e: (zero, zero, e3)},
        definitions={theta: Angle(u, v), n: normal(u, v)},
        domains={v1: between(-2, 2)} | {symbol: between(-2, 2) for symbol in ys},
    )


def _turning_frame() -> Frame:
    """Polar coordinates in the plane of the first two coordinates: u on the first axis, v at the angle theta."""
    r, s = positive("r"), positive("s")
    return Frame(
        vectors={u: (r, 0 * r, 0 * r), v: (s * cos(theta), s * sin(theta), 0 * r)},
        domains={theta: between("1/10", 3)},
    )


def derivation() -> Derivation:
    """Hessians of E relu(u·x) relu(v·x) in u, and in u and v: x ~ N(0, I_d), d >= 2, no factor 1/2."""
    plane, space, aligned, turning = plane_frame(), _space_frame(), _aligned_frame(), _turning_frame()
    both = plane.extended(vectors={v: (real("v_1"), positive("v_2"))}, definitions={n: normal(u, v), m: normal(v, u)})
    ys, vs = aligned.vectors[y], (real("v_1"), positive("v_2"), real("v_3"))
    second = aligned.extended(vectors={v: vs}, definitions={m: normal(v, u)}, domains={vs[2]: between(-2, 2)})
    mean = Mean(product(u, v, x), x)
    scale = Norm(v) * sin(theta) / (2 * pi * Norm(u))
    projector = IDENTITY - Outer(u, u) / Norm(u) ** 2
    named = scale * (projector + Outer(n, n))  # `kernel_hessian` with a name for the normal
    by_parts = (
        Norm(v) * sin(theta) * projector / Norm(u) + Outer(v - Norm(v) * cos(theta) * u / Norm(u), n) / Norm(u)
    ) / (2 * pi)
    mixed = ((pi - theta) * IDENTITY + sin(theta) * (Outer(u, v) / (Norm(u) * Norm(v)) + Outer(n, m))) / (2 * pi)
    v2, y2, y3, r = positive("v_2"), real("y_2"), real("y_3"), positive("r")
    return Derivation(
        name="relu-kernel-hessian",
        title="The second derivatives of the kernel of two ReLU neurons",
        source="by differentiating the gradient of relu-kernel twice",
        law="`x` is standard Gaussian in any dimension `d >= 2`",
        normalisation="no factor 1/2",
        frame=space,
        meanings={
            u: "weights of the first neuron, not zero",
            v: "weights of the second neuron, not zero",
            theta: "the angle between `u` and `v`, in `(0, pi)`",
            n: "the unit vector orthogonal to `u` in the plane of `u` and `v`, on the side of `v`",
            m: "the unit vector orthogonal to `v` in the plane of `u` and `v`, on the side of `u`",
            e: "a vector orthogonal to `u` and `v`",
            y: "any vector",
        },
        results=(
            Result("hessian", Hessian(mean, u), named, (u, v), "second derivatives in the first vector"),
            Result("mixed", Hessian(mean, u, v), mixed, (u, v), "second derivatives in both vectors, rows the first"),
        ),
        steps=(
            Step(
                "times a vector",
                Apply(Hessian(mean, u), y),
                Gradient(Dot(kernel_gradient(u, v), y), u),
                "the Hessian times any fixed `y` is the gradient of the inner product of `y` and the gradient, "
                "which relu-kernel gives; shown in the plane",
                Argument(),
                plane.extended(vectors={y: ys[:2]}),
            ),
            Step(
                "turning the angle",
                Gradient(Angle(u, v), u),
                -n / Norm(u),
                "the gradient of the angle, by relu-kernel, with `n`",
                Calculus(),
            ),
            Step(
                "second derivatives of the norm",
                Hessian(Norm(u), u),
                projector / Norm(u),
                "differentiate `u/Norm(u)`: in its own direction it does not change",
                Calculus(),
            ),
            Step(
                "differentiate the gradient",
                Gradient(Dot(kernel_gradient(u, v), y), u),
                Apply(by_parts, y),
                "the gradient of relu-kernel is `(Norm(v)*sin(theta)*u/Norm(u) + (pi - theta)*v)/(2*pi)`; "
                "three coordinates show the plane of `u` and `v` and a direction off it, more repeat the last",
                Calculus(),
                space.extended(vectors={y: ys}),
            ),
            Step(
                "normal",
                v - Norm(v) * cos(theta) * u / Norm(u),
                Norm(v) * sin(theta) * n,
                "the component of `v` orthogonal to `u`; from here on with `u` on the first axis",
                Identity(),
                aligned,
            ),
            Step("collect", by_parts, named, "insert the normal", Identity(), aligned),
            Step(
                "unit normal",
                Norm(n) ** 2 + Dot(n, u) ** 2,
                1 + 0 * theta,
                "`n` is a unit vector orthogonal to `u`",
                Identity(),
                aligned,
            ),
            Step(
                "along the neuron",
                Dot(Apply(named, u), u),
                0 * theta,
                "the kernel is linear along rays from the origin",
                Identity(),
                aligned,
            ),
            Step(
                "in the plane",
                Dot(Apply(named, n), n),
                Norm(v) * sin(theta) / (pi * Norm(u)),
                "both terms act on `n`",
                Identity(),
                aligned,
            ),
            Step(
                "off the plane",
                Dot(Apply(named, e), e),
                scale * Norm(e) ** 2,
                "orthogonal to `u` and `n` only the identity acts",
                Identity(),
                aligned,
            ),
            Step(
                "positive semidefinite",
                Dot(Apply(named, y), y),
                0 * r,
                "with `u` and `v` in the plane of the first two coordinates the form is a sum of two squares: "
                "the kernel is convex in `u`",
                Identity(witness=v2 * (2 * y2**2 + y3**2) / (2 * pi * r)),
                aligned,
                relation=">=",
            ),
            Step(
                "both vectors",
                Apply(Transposed(Hessian(mean, u, v)), y),
                Gradient(Dot(kernel_gradient(u, v), y), v),
                "the same with the second derivative taken in `v`; shown in the plane",
                Argument(),
                both.extended(vectors={y: ys[:2]}),
            ),
            Step(
                "mixed block",
                Gradient(Dot(kernel_gradient(u, v), y), v),
                Apply(Transposed(mixed), y),
                "differentiate the gradient of relu-kernel in `v`, where the angle has the gradient `-m/Norm(v)`; "
                "with `u` on the first axis",
                Calculus(),
                second,
            ),
            Step(
                "active together",
                Mean(step(Dot(u, x)) * step(Dot(v, x)) * Outer(x, x), x),
                mixed,
                "the same by another way: under the mean, each `relu` has the derivative `step`",
                Argument(),
                both,
            ),
            Step(
                "mixed block off the plane",
                Mean(step(Dot(u, x)) * step(Dot(v, x)) * Dot(e, x) ** 2, x),
                Norm(e) ** 2 * (pi - theta) / (2 * pi),
                "orthogonal to the plane the component of `x` is independent of both neurons: by step-kernel",
                Argument(),
            ),
            Step(
                "equal directions",
                Limit(kernel_mixed_hessian(u, v, theta), theta, 0, "+"),
                Rational(1, 2) * IDENTITY,
                "when `v` has the direction of `u`, in particular for a neuron with itself",
                Calculus(),
                turning,
                digits=20,
            ),
            Step(
                "Hessian at equal directions",
                Limit(Norm(Apply(kernel_hessian(u, v, theta), y)) ** 2, theta, 0, "+"),
                0 * theta,
                "the block in `u` alone vanishes there, so the Hessian is continuous",
                Calculus(),
                turning.extended(vectors={y: ys}),
                digits=20,
            ),
        ),
        conditions=("`Norm(u) > 0`: at 0 the kernel has no gradient",),
        remarks=(
            "at the angles 0 and pi the Hessian in `u` is 0, the limit of the formula: "
            "away from zero weights the kernel has continuous second derivatives",
        ),
    )
