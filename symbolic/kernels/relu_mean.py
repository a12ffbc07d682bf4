"""The mean of one ReLU neuron."""

from __future__ import annotations

from sympy import Expr, pi, sqrt

from relucert.symbolic.expressions import Norm


def relu_mean(u: Expr) -> Expr:
    """E relu(u·x) = |u|/√(2π)."""
    return Norm(u) / sqrt(2 * pi)
