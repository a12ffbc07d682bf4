"""The gradient of the ReLU kernel in one of its vectors."""

from __future__ import annotations

from sympy import Expr, cos, pi, sin

from relucert.symbolic.expressions import Angle, Norm


def kernel_gradient(u: Expr, v: Expr, angle: Expr | None = None) -> Expr:
    """Gradient of E relu(u·x) relu(v·x) in u, u not zero: (|v| sin θ u/|u| + (π − θ) v)/(2π)."""
    theta = Angle(u, v) if angle is None else angle
    return (Norm(v) * sin(theta) / Norm(u) * u + (pi - theta) * v) / (2 * pi)


def angle_gradient(u: Expr, v: Expr, angle: Expr | None = None) -> Expr:
    """Gradient of the angle of u and v in u, where 0 < θ < π: −(v/|v| − cos θ u/|u|)/(|u| sin θ)."""
    theta = Angle(u, v) if angle is None else angle
    return -(v / Norm(v) - cos(theta) * u / Norm(u)) / (Norm(u) * sin(theta))
