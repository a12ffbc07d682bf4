"""The field's named functions, written by tools/claim_vocabulary.py from the formulas in symbolic/."""

from __future__ import annotations

from typing import NamedTuple


class NamedFunction(NamedTuple):
    """``text`` may use the parameters and the functions before it; ``source`` is a derivation (relucert derive)."""

    parameters: tuple[str, ...]
    text: str
    source: str
    meaning: str


VOCABULARY = {
    "G": NamedFunction(
        ("theta",),
        "(pi - theta)*cos(theta) + sin(theta)",
        "angle-function",
        "angular part of the kernel of two ReLU neurons",
    ),
    "kappa0": NamedFunction(
        ("theta",),
        "-theta/pi + 1",
        "arc-cosine-kernel-0",
        "arc-cosine kernel of order 0 of unit vectors, normalised as by Cho and Saul",
    ),
    "kappa1": NamedFunction(
        ("theta",),
        "G(theta)/pi",
        "arc-cosine-kernel-1",
        "arc-cosine kernel of order 1 of unit vectors, normalised as by Cho and Saul",
    ),
    "kappa2": NamedFunction(
        ("theta",),
        "((pi - theta)*(2*cos(theta)^2 + 1) + 3*sin(theta)*cos(theta))/pi",
        "arc-cosine-kernel-2",
        "arc-cosine kernel of order 2 of unit vectors, normalised as by Cho and Saul",
    ),
    "loss_A": NamedFunction(
        ("k", "r", "theta"),
        "(-2*r*(k + G(theta) - 1) + (r^2 + 1)*(k - 1 + pi))/(2*pi*k)",
        "non-overlapping-reduced",
        "loss; k disjoint patches, filter of length r at the angle theta, teacher of length 1",
    ),
    "radial_slope_A": NamedFunction(
        ("k", "r", "theta"),
        "(-k + r*(k - 1 + pi) - G(theta) + 1)/(pi*k)",
        "non-overlapping-reduced",
        (
            "component of the gradient along the filter; k disjoint patches, filter of length r at the angle theta, "
            "teacher of length 1"
        ),
    ),
    "angular_slope_A": NamedFunction(
        ("k", "theta"),
        "(pi - theta)*sin(theta)/(pi*k)",
        "non-overlapping-reduced",
        (
            "component of the gradient across the filter; k disjoint patches, filter of length r at the angle theta, "
            "teacher of length 1"
        ),
    ),
    "one_point_A": NamedFunction(
        ("k", "r", "theta"),
        (
            "((pi - theta)*sin(theta)^2 + (r - cos(theta))*(theta*cos(theta) - (1 - cos(theta))*(k - 1) + (r - "
            "cos(theta))*(k - 1 + pi) - sin(theta)))/(pi*k)"
        ),
        "non-overlapping-one-point-convexity",
        "inner product of the gradient with w - w*",
    ),
    "loss_leaky_A": NamedFunction(
        ("k", "alpha", "r", "theta"),
        (
            "(-2*r*(2*pi*alpha*cos(theta) + (1 - alpha)^2*(k + G(theta) - 1)) + (r^2 + 1)*(2*pi*alpha + (1 - "
            "alpha)^2*(k - 1 + pi)))/(2*pi*k)"
        ),
        "leaky-non-overlapping-reduced",
        (
            "loss; max(x, alpha*x) for ReLU; k disjoint patches, filter of length r at the angle theta, teacher of "
            "length 1"
        ),
    ),
    "radial_slope_leaky_A": NamedFunction(
        ("k", "alpha", "r", "theta"),
        (
            "(-2*pi*alpha*cos(theta) + r*(2*pi*alpha + (alpha - 1)^2*(k - 1 + pi)) + (alpha - 1)^2*(-k + (theta - "
            "pi)*cos(theta) - sin(theta) + 1))/(pi*k)"
        ),
        "leaky-non-overlapping-reduced",
        "its derivative in r",
    ),
    "angular_slope_leaky_A": NamedFunction(
        ("k", "alpha", "theta"),
        "(2*pi*alpha - (alpha - 1)^2*(theta - pi))*sin(theta)/(pi*k)",
        "leaky-non-overlapping-reduced",
        "its derivative in theta, divided by r",
    ),
    "loss_overlapping_A": NamedFunction(
        ("rho", "psi"),
        (
            "rho^2*(((pi - acos(sin(psi)*cos(psi)))*sin(psi)*cos(psi) + sqrt(-sin(psi)^2*cos(psi)^2 + 1))/pi + 1)/4 "
            "- sqrt(2)*rho*(sqrt(1 - sin(psi)^2/2) + sqrt(1 - cos(psi)^2/2) + sqrt(2)*(pi - "
            "acos(sqrt(2)*sin(psi)/2))*sin(psi)/2 - sqrt(2)*(pi - acos(-sqrt(2)*cos(psi)/2))*cos(psi)/2 + 2*(-psi + "
            "3*pi/4)*cos(psi + pi/4) + 2*sin(psi + pi/4))/(4*pi) + (-pi/6 + sqrt(3)/2)/(2*pi) + 1/2"
        ),
        "overlapping-bad-minimum",
        (
            "loss; two windows of two of three inputs, filter rho*(cos(psi), sin(psi)), teacher (1, -1), psi from "
            "-pi/4 (the teacher) to 3*pi/4"
        ),
    ),
    "radial_slope_overlapping_A": NamedFunction(
        ("rho", "psi"),
        (
            "rho*(((pi - acos(sin(psi)*cos(psi)))*sin(psi)*cos(psi) + sqrt(-sin(psi)^2*cos(psi)^2 + 1))/pi + 1)/2 - "
            "sqrt(2)*(sqrt(1 - sin(psi)^2/2) + sqrt(1 - cos(psi)^2/2) + sqrt(2)*(pi - "
            "acos(sqrt(2)*sin(psi)/2))*sin(psi)/2 - sqrt(2)*(pi - acos(-sqrt(2)*cos(psi)/2))*cos(psi)/2 + 2*(-psi + "
            "3*pi/4)*cos(psi + pi/4) + 2*sin(psi + pi/4))/(4*pi)"
        ),
        "overlapping-bad-minimum",
        "its derivative in rho",
    ),
    "angular_slope_overlapping_A": NamedFunction(
        ("rho", "psi"),
        (
            "(-4*sqrt(2)*psi*sin(psi + pi/4) - 2*rho*cos(2*psi)*acos(sin(2*psi)/2) + 2*pi*rho*cos(2*psi) + "
            "2*sin(psi)*acos(-sqrt(2)*cos(psi)/2) + sqrt(2)*pi*sin(psi + pi/4) + "
            "2*cos(psi)*acos(sqrt(2)*sin(psi)/2))/(8*pi)"
        ),
        "overlapping-bad-minimum",
        "its derivative in psi, divided by rho",
    ),
    "loss_B": NamedFunction(
        ("phi", "s", "t", "n", "S", "N"),
        "(-s*(2*G(phi) - 2) + (-1 + pi)*(N + n) + (S - t)^2)/(4*pi)",
        "both-layers-reduced",
        "loss; both layers trained, angle phi, s = a.a*, t = 1.a, n = |a|^2, S = 1.a*, N = |a*|^2",
    ),
    "filter_gradient_square_B": NamedFunction(
        ("phi", "s", "V"),
        "s^2*(pi - phi)^2*sin(phi)^2/(4*pi^2*V)",
        "both-layers-reduced",
        "squared length of the gradient in the filter, V its squared length",
    ),
    "output_gradient_square_B": NamedFunction(
        ("k", "phi", "s", "t", "n", "S", "N"),
        (
            "(N*(G(phi) - 1)^2 - S*(-S + t)*(2*G(phi) - 2) + k*(-S + t)^2 + n*(-1 + pi)^2 - s*(-2 + 2*pi)*(G(phi) - "
            "1) + t*(-2 + 2*pi)*(-S + t))/(4*pi^2)"
        ),
        "both-layers-reduced",
        "squared length of the gradient in the k output weights",
    ),
    "profile_B": NamedFunction(
        ("k", "phi", "S", "N"),
        (
            "(S^2*(k - 1 + pi - (k + G(phi) - 1)^2/(k - 1 + pi))/k + (N - S^2/k)*(-(G(phi) - 1)^2/(-1 + pi) - 1 + "
            "pi))/(4*pi)"
        ),
        "both-layers-profile",
        "least loss over the output weights",
    ),
    "loss_C": NamedFunction(
        ("K", "x", "y"),
        (
            "K*(K - 1)*(x^2 + y^2*(K - 1))*(sqrt(1 - (2*x*y + y^2*(K - 2))^2/(x^2 + y^2*(K - 1))^2) + (pi - "
            "acos((2*x*y + y^2*(K - 2))/(x^2 + y^2*(K - 1))))*(2*x*y + y^2*(K - 2))/(x^2 + y^2*(K - 1)))/(4*pi) + "
            "K*(K - 1)/(4*pi) + K*(x^2 + y^2*(K - 1))/4 + K/4 - sqrt(x^2 + y^2*(K - 1))*(K*(K - 1)*(y*(pi - "
            "acos(y/sqrt(x^2 + y^2*(K - 1))))/sqrt(x^2 + y^2*(K - 1)) + sqrt(-y^2/(x^2 + y^2*(K - 1)) + 1)) + "
            "K*(x*(pi - acos(x/sqrt(x^2 + y^2*(K - 1))))/sqrt(x^2 + y^2*(K - 1)) + sqrt(-x^2/(x^2 + y^2*(K - 1)) + "
            "1)))/(2*pi)"
        ),
        "symmetric-multi-neuron",
        "loss; K neurons against an orthonormal teacher, weights x on the own direction and y on the others",
    ),
    "own_slope_C": NamedFunction(
        ("K", "x", "y"),
        (
            "(-x*((K - 1)*(-sqrt(1 - (2*x*y + y^2*(K - 2))^2/(x^2 + y^2*(K - 1))^2) + sqrt(-y^2/(x^2 + y^2*(K - 1)) "
            "+ 1)/sqrt(x^2 + y^2*(K - 1))) + sqrt(-x^2/(x^2 + y^2*(K - 1)) + 1)/sqrt(x^2 + y^2*(K - 1))) + (pi - "
            "acos((2*x*y + y^2*(K - 2))/(x^2 + y^2*(K - 1))))*(x + y*(K - 1) - 1) + (x - 1)*acos((2*x*y + y^2*(K - "
            "2))/(x^2 + y^2*(K - 1))) + acos(x/sqrt(x^2 + y^2*(K - 1))))/(2*pi)"
        ),
        "symmetric-multi-neuron",
        (
            "component of a neuron's gradient along its own teacher; K neurons against an orthonormal teacher, "
            "weights x on the own direction and y on the others"
        ),
    ),
    "other_slope_C": NamedFunction(
        ("K", "x", "y"),
        (
            "(-y*((K - 1)*(-sqrt(1 - (2*x*y + y^2*(K - 2))^2/(x^2 + y^2*(K - 1))^2) + sqrt(-y^2/(x^2 + y^2*(K - 1)) "
            "+ 1)/sqrt(x^2 + y^2*(K - 1))) + sqrt(-x^2/(x^2 + y^2*(K - 1)) + 1)/sqrt(x^2 + y^2*(K - 1))) + "
            "y*acos((2*x*y + y^2*(K - 2))/(x^2 + y^2*(K - 1))) + (pi - acos((2*x*y + y^2*(K - 2))/(x^2 + y^2*(K - "
            "1))))*(x + y*(K - 1) - 1) + acos(y/sqrt(x^2 + y^2*(K - 1))) - acos((2*x*y + y^2*(K - 2))/(x^2 + y^2*(K "
            "- 1))))/(2*pi)"
        ),
        "symmetric-multi-neuron",
        (
            "component of a neuron's gradient along another teacher; K neurons against an orthonormal teacher, "
            "weights x on the own direction and y on the others"
        ),
    ),
    "one_point_C": NamedFunction(
        ("r", "theta"),
        "(pi*r^2 - r*((-theta + 2*pi)*cos(theta) + sin(theta)) - theta + sin(2*theta)/2 + pi)/(2*pi)",
        "single-neuron",
        "inner product of the gradient with w - w*; one neuron, |w| = r, |w*| = 1",
    ),
    "determinant_C": NamedFunction(
        ("theta",),
        "-((-theta + 2*pi)*cos(theta) + sin(theta))^2 + 2*pi*(-2*theta + sin(2*theta) + 2*pi)",
        "single-neuron",
        "four times the determinant of the form in |w| and |w*| that this inner product is",
    ),
}
