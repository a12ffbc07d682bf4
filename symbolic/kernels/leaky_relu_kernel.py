"""The mean of a product of two leaky ReLU neurons."""

from __future__ import annotations

from sympy import Expr

from relucert.symbolic.expressions import Angle, Dot
from relucert.symbolic.kernels.relu_kernel import kernel


def leaky_relu_kernel(u: Expr, v: Expr, alpha: Expr, angle: Expr | None = None) -> Expr:
    """E leaky(u·x) leaky(v·x) = (1 − α)² g(u, v) + α u·v, with g the kernel of two ReLU neurons."""
    theta = Angle(u, v) if angle is None else angle
    return (1 - alpha) ** 2 * kernel(u, v, theta) + alpha * Dot(u, v)
