"""The mean of a product of two ReLU neurons with a common Gaussian input."""

from __future__ import annotations

from sympy import Derivative, Expr, Integral, cos, exp, oo, pi, sin

from relucert.symbolic.derivation import Argument, Calculus, Derivation, Identity, Result, Step
from relucert.symbolic.expressions import Angle, Apply, Dot, G, Gradient, Matrix, Mean, Norm, relu
from relucert.symbolic.frames import Frame, between
from relucert.symbolic.names import positive, real, vector

u, v, x, z = vector("u"), vector("v"), vector("x"), vector("z")
p, q, Q = vector("p"), vector("q"), Matrix("Q")
theta, phi, rho = positive("theta"), real("phi"), positive("rho")
RADIAL = Integral(rho**3 * exp(-(rho**2) / 2), (rho, 0, oo))


def kernel(u: Expr, v: Expr, angle: Expr | None = None) -> Expr:
    """E relu(u·x) relu(v·x) = |u||v| G(θ)/(2π), with the angle of u and v or a name for it."""
    theta = Angle(u, v) if angle is None else angle
    return Norm(u) * Norm(v) * G(theta) / (2 * pi)


def angle_gradient(u: Expr, v: Expr, angle: Expr | None = None) -> Expr:
    """Gradient of the angle of u and v in u, where 0 < θ < π: −(v/|v| − cos θ u/|u|)/(|u| sin θ)."""
    theta = Angle(u, v) if angle is None else angle
    return -(v / Norm(v) - cos(theta) * u / Norm(u)) / (Norm(u) * sin(theta))


def kernel_gradient(u: Expr, v: Expr, angle: Expr | None = None) -> Expr:
    """Gradient of E relu(u·x) relu(v·x) in u, u not zero: (|v| sin θ u/|u| + (π − θ) v)/(2π)."""
    theta = Angle(u, v) if angle is None else angle
    return (Norm(v) * sin(theta) / Norm(u) * u + (pi - theta) * v) / (2 * pi)


def product(one: Expr, two: Expr, point: Expr) -> Expr:
    """relu(one·point) relu(two·point)."""
    return relu(Dot(one, point)) * relu(Dot(two, point))


def plane_frame() -> Frame:
    """u and v in their plane, v on the first axis; that this loses nothing is a step of the kernel's derivation."""
    u1, u2, v1 = real("u_1"), positive("u_2"), positive("v_1")
    return Frame(
        vectors={u: (u1, u2), v: (v1, 0 * v1)},
        definitions={theta: Angle(u, v)},
        dimensions={x: 2, z: 2},
        domains={u1: between("-2", 2), u2: between("1/10", 2)},
    )


def angle_frame() -> Frame:
    """Polar coordinates: u on the first axis, v at the angle theta from it, z at phi."""
    r, s = positive("r"), positive("s")
    arm = (s * cos(theta), s * sin(theta))
    return Frame(
        vectors={u: (r, 0 * r), v: arm, p: (r, 0 * r), q: arm, z: (rho * cos(phi), rho * sin(phi))},
        domains={theta: between("1/10", 3), phi: between("-3", 3)},
    )


def _space_frame() -> Frame:
    """u and v anywhere in three coordinates; p and q are their coordinates in their plane; Q turns space."""
    us, vs, xs = (tuple(real(f"{name}_{i}") for i in (1, 2, 3)) for name in "uvx")
    a, b, c = (real(f"q_{i}") for i in (1, 2, 3))
    scale = 1 + a**2 + b**2 + c**2
    turned = (
        (1 + a**2 - b**2 - c**2, 2 * (a * b - c), 2 * (a * c + b)),
        (2 * (a * b + c), 1 - a**2 + b**2 - c**2, 2 * (b * c - a)),
        (2 * (a * c - b), 2 * (b * c + a), 1 - a**2 - b**2 + c**2),
    )
    bare = Frame(vectors={u: us, v: vs, x: xs})
    long, wide, angle = (bare.scalar(entry) for entry in (Norm(u), Norm(v), Angle(u, v)))
    return Frame(
        vectors={u: us, v: vs, p: (long, 0 * a), q: (wide * cos(angle), wide * sin(angle))},
        matrices={Q: tuple(tuple(entry / scale for entry in row) for row in turned)},
        definitions={theta: Angle(u, v)},
        dimensions={x: 3, z: 2},
        domains={symbol: between("-2", 2) for symbol in (*us, *vs, a, b, c)},
    )


def derivation() -> Derivation:
    """E relu(u·x) relu(v·x) = |u||v| G(θ)/(2π): x ~ N(0, I_d), d >= 2, no factor 1/2 (Cho & Saul 2009, n = 1)."""
    plane, polar, space = plane_frame(), angle_frame(), _space_frame()
    scale = Norm(u) * Norm(v)
    arc = Integral(relu(cos(phi)) * relu(cos(phi - theta)), (phi, -pi, pi))
    wedge = Integral(cos(phi) * cos(phi - theta), (phi, theta - pi / 2, pi / 2))
    integrals = scale / (2 * pi) * RADIAL * arc
    by_parts = (Norm(v) * G(theta) * u / Norm(u) - scale * (pi - theta) * sin(theta) * angle_gradient(u, v, theta)) / (
        2 * pi
    )
    return Derivation(
        name="relu-kernel",
        title="The kernel of two ReLU neurons",
        source="Cho and Saul 2009, arc-cosine kernel of order 1; Brutzkus and Globerson 2017, Section 4",
        law="`x` is standard Gaussian in any dimension `d >= 2`",
        normalisation="no factor 1/2; the arc-cosine kernel of order 1 is twice this mean",
        frame=plane,
        meanings={
            u: "weights of the first neuron, not zero",
            v: "weights of the second neuron, not zero",
            theta: "the angle between `u` and `v`, in `[0, pi]`",
            p: "the coordinates of `u` in an orthonormal basis of the plane of `u` and `v`, the first along `u`",
            q: "the coordinates of `v` in the same basis",
            z: "a standard Gaussian vector of the plane",
            Q: "any rotation",
        },
        results=(
            Result("kernel", Mean(product(u, v, x), x), kernel(u, v, theta), (u, v), "mean of the product"),
            Result(
                "gradient",
                Gradient(Mean(product(u, v, x), x), u),
                kernel_gradient(u, v, theta),
                (u, v),
                "gradient in the first vector",
            ),
        ),
        remarks=("the formula for the kernel is also right when one of the vectors is zero: the mean is then 0",),
        steps=(
            Step(
                "inner products under rotation",
                Dot(Apply(Q, u), Apply(Q, x)),
                Dot(u, x),
                "a rotation keeps inner products, so it keeps lengths, and with them the density `exp(-Norm(x)**2/2)`"
                " of the Gaussian law up to its constant",
                Identity(),
                _with_point(space),
            ),
            Step(
                "rotation",
                Mean(product(u, v, x), x),
                Mean(product(Apply(Q, u), Apply(Q, v), x), x),
                "substitute `Apply(Q, x)`, which has the law of `x`, for `x`; shown for three coordinates",
                Argument(),
                space,
            ),
            Step(
                "into the plane",
                Mean(product(u, v, x), x),
                Mean(product(p, q, z), z),
                "choose the rotation that takes `u` to the first axis and `v` into the plane of the first two: "
                "the other coordinates of `x` do not enter, and the first two are standard Gaussian",
                Argument(),
                space,
            ),
            Step(
                "along a ray",
                product(p, q, z),
                scale * rho**2 * relu(cos(phi)) * relu(cos(phi - theta)),
                "with `z` at the distance `rho` and the angle `phi`: `relu` takes positive factors out",
                Identity(),
                polar,
            ),
            Step(
                "polar coordinates",
                Mean(product(p, q, z), z),
                integrals,
                "the density is `exp(-rho**2/2)/(2*pi)`, and the area element brings one more `rho`: "
                "the distance and the angle part",
                Argument(),
                space,
            ),
            Step(
                "radial integral",
                RADIAL,
                2 + 0 * rho,
                "integrate by parts",
                Calculus(primitive=-(rho**2 + 2) * exp(-(rho**2) / 2)),
                polar,
            ),
            Step(
                "wedge",
                arc,
                wedge,
                "both cosines are positive exactly for `theta - pi/2 < phi`, `phi < pi/2`",
                Argument(),
                polar,
            ),
            Step(
                "product of cosines",
                cos(phi) * cos(phi - theta),
                (cos(theta) + cos(2 * phi - theta)) / 2,
                "addition theorem",
                Identity(),
                polar,
            ),
            Step(
                "angular integral",
                wedge,
                G(theta) / 2,
                "integrate the sum: between the limits the first term gives `(pi - theta)*cos(theta)/2`, "
                "the second `sin(theta)/2`",
                Calculus(primitive=phi * cos(theta) / 2 + sin(2 * phi - theta) / 4),
                polar,
            ),
            Step(
                "assembly",
                integrals,
                kernel(u, v, theta),
                "insert the radial integral, the wedge and the angular integral",
                Identity(inserting=("radial integral", "wedge", "angular integral")),
            ),
            Step(
                "derivative of the angular part",
                Derivative(G(theta), theta),
                -(pi - theta) * sin(theta),
                "product rule: two terms `cos(theta)` cancel",
                Calculus(),
                polar,
            ),
            Step(
                "derivative of the angle",
                Gradient(Angle(u, v), u),
                angle_gradient(u, v, theta),
                "differentiate the arc cosine of `Dot(u, v)/(Norm(u)*Norm(v))`: it turns away from `v`",
                Calculus(),
            ),
            Step(
                "product rule",
                Gradient(kernel(u, v), u),
                by_parts,
                "differentiate `Norm(u)`, with the gradient `u/Norm(u)`, and `G(theta)`, by the chain rule",
                Calculus(),
            ),
            Step(
                "gradient",
                by_parts,
                kernel_gradient(u, v, theta),
                "the terms with `(pi - theta)*cos(theta)` cancel, and so does `Norm(u)*sin(theta)`",
            ),
        ),
    )


def _with_point(frame: Frame) -> Frame:
    """The same, with coordinates for x as a point instead of a Gaussian vector."""
    return frame.extended(vectors={x: tuple(real(f"x_{i}") for i in (1, 2, 3))})
