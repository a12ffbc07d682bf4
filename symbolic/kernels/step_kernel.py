"""The probability that two neurons with a common Gaussian input are both active."""

from __future__ import annotations

from sympy import Expr, pi

from relucert.symbolic.expressions import Angle


def step_kernel(u: Expr, v: Expr, angle: Expr | None = None) -> Expr:
    """P(u·x > 0, v·x > 0) = (π − θ)/(2π)."""
    theta = Angle(u, v) if angle is None else angle
    return (pi - theta) / (2 * pi)
