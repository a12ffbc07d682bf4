"""The mean of one ReLU neuron with a bias."""

from __future__ import annotations

from sympy import Expr

from relucert.symbolic.expressions import Norm, normal_cdf, normal_pdf


def biased_relu_mean(u: Expr, b: Expr) -> Expr:
    """E relu(u·x + b) = |u| pdf(b/|u|) + b cdf(b/|u|) with the standard normal pdf and cdf, u not zero."""
    return Norm(u) * normal_pdf(b / Norm(u)) + b * normal_cdf(b / Norm(u))
