"""The second derivatives of the ReLU kernel."""

from __future__ import annotations

from sympy import Expr, cos, pi, sin

from relucert.symbolic.expressions import IDENTITY, Angle, Norm, Outer


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
