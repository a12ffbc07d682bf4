"""Write certify/language/vocabulary.py: the field's named functions, printed from the formulas in symbolic/.

    python tools/claim_vocabulary.py

A formula is written once, in symbolic/; claims read these texts without loading computer algebra.  A test compares the
file with what this writes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sympy import Expr, Integer, Symbol, pi, simplify, sqrt

from relucert.certify.language.from_sympy import from_sympy
from relucert.symbolic.expressions import G, Norm, unfold
from relucert.symbolic.kernels.arc_cosine_kernel_0 import arc_cosine_kernel_0
from relucert.symbolic.kernels.arc_cosine_kernel_1 import arc_cosine_kernel_1
from relucert.symbolic.kernels.arc_cosine_kernel_2 import arc_cosine_kernel_2
from relucert.symbolic.kernels.relu_kernel import theta, u, v
from relucert.symbolic.landscapes import non_overlapping_one_point_convexity as one_point
from relucert.symbolic.landscapes import overlapping_bad_minimum as overlapping
from relucert.symbolic.landscapes.both_layers_profile import profile
from relucert.symbolic.models import both_layers, both_layers_reduced, single_neuron
from relucert.symbolic.models import leaky_non_overlapping_reduced as leaky
from relucert.symbolic.models import non_overlapping_reduced as non_overlapping
from relucert.symbolic.models import symmetric_multi_neuron as symmetric

TARGET = Path(__file__).resolve().parents[1] / "certify" / "language" / "vocabulary.py"
WIDTH = 120
HEADER = '''"""The field's named functions, written by tools/claim_vocabulary.py from the formulas in symbolic/."""

from __future__ import annotations

from typing import NamedTuple


class NamedFunction(NamedTuple):
    """``text`` may use the parameters and the functions before it; ``source`` is a derivation (relucert derive)."""

    parameters: tuple[str, ...]
    text: str
    source: str
    meaning: str


VOCABULARY = {
'''
A_UNIT = {Norm(non_overlapping.w_star): Integer(1), non_overlapping.C: non_overlapping.k - 1 + pi}
KERNEL_UNIT = {Norm(u): Integer(1), Norm(v): Integer(1)}


@dataclass(frozen=True)
class Named:
    """A function to be written; its parameters are symbols, named as in symbolic/."""

    name: str
    parameters: tuple[Symbol, ...]
    expression: Expr
    source: str
    meaning: str


def named_functions() -> Iterator[Named]:
    """All of them; each may use those before it."""
    yield Named("G", (theta,), G(theta).unfolded(), "angle-function", "angular part of the kernel of two ReLU neurons")
    kernels = (arc_cosine_kernel_0, arc_cosine_kernel_1, arc_cosine_kernel_2)
    for order, kernel in enumerate(kernels):
        text = f"arc-cosine kernel of order {order} of unit vectors, normalised as by Cho and Saul"
        yield Named(f"kappa{order}", (theta,), kernel(u, v, theta).xreplace(KERNEL_UNIT),
                    f"arc-cosine-kernel-{order}", text)  # fmt: skip
    yield from _model_a()
    yield from _leaky()
    yield from _overlapping()
    yield from _model_b()
    yield from _model_c()


def _model_a() -> Iterator[Named]:
    k, r, angle = non_overlapping.k, non_overlapping.r, non_overlapping.theta
    rest = (non_overlapping.w_star, non_overlapping.C)
    formulas = (
        ("loss_A", (k, r, angle), non_overlapping.reduced_loss(r, angle, k, *rest), "loss"),
        ("radial_slope_A", (k, r, angle), non_overlapping.radial_slope(r, angle, k, *rest),
         "component of the gradient along the filter"),
        ("angular_slope_A", (k, angle), non_overlapping.angular_slope(angle, k, non_overlapping.w_star),
         "component of the gradient across the filter"),
    )  # fmt: skip
    for name, parameters, formula, meaning in formulas:
        setting = "k disjoint patches, filter of length r at the angle theta, teacher of length 1"
        yield Named(name, parameters, formula.xreplace(A_UNIT), "non-overlapping-reduced", f"{meaning}; {setting}")
    product = one_point.inner_product(non_overlapping.w_star, r, angle, k, non_overlapping.C, one_point.lag)
    yield Named("one_point_A", (k, r, angle), product.xreplace({**A_UNIT, one_point.lag: one_point.LAG}),
                "non-overlapping-one-point-convexity", "inner product of the gradient with w - w*")  # fmt: skip


def _leaky() -> Iterator[Named]:
    k, r, angle, alpha = non_overlapping.k, non_overlapping.r, non_overlapping.theta, leaky.alpha
    loss = _without(leaky.leaky_reduced_loss(), leaky.COEFFICIENTS).xreplace(A_UNIT)
    plain = unfold(loss)
    setting = "max(x, alpha*x) for ReLU; k disjoint patches, filter of length r at the angle theta, teacher of length 1"
    source = "leaky-non-overlapping-reduced"
    yield Named("loss_leaky_A", (k, alpha, r, angle), loss, source, f"loss; {setting}")
    yield Named("radial_slope_leaky_A", (k, alpha, r, angle), simplify(plain.diff(r)), source,
                "its derivative in r")  # fmt: skip
    yield Named("angular_slope_leaky_A", (k, alpha, angle), simplify(plain.diff(angle) / r), source,
                "its derivative in theta, divided by r")  # fmt: skip


def _overlapping() -> Iterator[Named]:
    length, angle = overlapping.rho, overlapping.psi
    loss = overlapping.polar_loss().xreplace({Norm(non_overlapping.w_star): sqrt(2)})
    plain = unfold(loss)
    source = "overlapping-bad-minimum"
    yield Named("loss_overlapping_A", (length, angle), plain, source,
                "loss; two windows of two of three inputs, filter rho*(cos(psi), sin(psi)), teacher (1, -1), psi from "
                "-pi/4 (the teacher) to 3*pi/4")  # fmt: skip
    yield Named("radial_slope_overlapping_A", (length, angle), plain.diff(length), source, "its derivative in rho")
    across = simplify(plain.diff(angle) / length)
    yield Named("angular_slope_overlapping_A", (length, angle), across, source, "its derivative in psi, divided by rho")


def _model_b() -> Iterator[Named]:
    b = both_layers
    source = "both-layers-reduced"
    yield Named("loss_B", (b.phi, b.s, b.t, b.n, b.S, b.N), b.reduced_loss(G(b.phi)), source,
                "loss; both layers trained, angle phi, s = a.a*, t = 1.a, n = |a|^2, S = 1.a*, N = |a*|^2")  # fmt: skip
    yield Named("filter_gradient_square_B", (b.phi, b.s, b.V), both_layers_reduced.filter_gradient_square(), source,
                "squared length of the gradient in the filter, V its squared length")  # fmt: skip
    square = both_layers_reduced.output_gradient_square(G(b.phi)) / (4 * pi**2)
    yield Named("output_gradient_square_B", (b.k, b.phi, b.s, b.t, b.n, b.S, b.N), square, source,
                "squared length of the gradient in the k output weights")  # fmt: skip
    yield Named("profile_B", (b.k, b.phi, b.S, b.N), profile(G(b.phi)), "both-layers-profile",
                "least loss over the output weights")  # fmt: skip


def _model_c() -> Iterator[Named]:
    K, x, y = symmetric.K, symmetric.x, symmetric.y
    meaning = "K neurons against an orthonormal teacher, weights x on the own direction and y on the others"
    formulas = (
        ("loss_C", symmetric.restricted_loss(), "loss"),
        ("own_slope_C", symmetric.own_component(), "component of a neuron's gradient along its own teacher"),
        ("other_slope_C", symmetric.other_component(), "component of a neuron's gradient along another teacher"),
    )
    for name, formula, what in formulas:
        # without G, whose angle is an arc cosine here: cos(acos(u)) is u
        plain = unfold(_without(formula, symmetric.DEFINITIONS))
        yield Named(name, (K, x, y), plain, "symmetric-multi-neuron", f"{what}; {meaning}")
    one = single_neuron
    yield Named("one_point_C", (one.r, one.theta), one.quadratic_form(one.r, Integer(1)) / (2 * pi), "single-neuron",
                "inner product of the gradient with w - w*; one neuron, |w| = r, |w*| = 1")  # fmt: skip
    yield Named("determinant_C", (one.theta,), one.determinant(), "single-neuron",
                "four times the determinant of the form in |w| and |w*| that this inner product is")  # fmt: skip


def _without(formula: Expr, abbreviations: dict[Symbol, Expr]) -> Expr:
    """The formula with its abbreviations, which may use each other, put in."""
    while formula.free_symbols & abbreviations.keys():
        formula = formula.xreplace(abbreviations)
    return formula


def entry(function: Named, known: tuple[str, ...]) -> str:
    """The lines of one function."""
    names = tuple(str(name) for name in function.parameters)
    unknown = {str(name) for name in function.expression.free_symbols} - {*names}
    if unknown:
        raise ValueError(f"{function.name} depends on {', '.join(sorted(unknown))} too")
    parameters = ", ".join(f'"{name}"' for name in names) + ("," if len(names) == 1 else "")
    parts = [f"({parameters})", _string(from_sympy(function.expression, known)), f'"{function.source}"',
             _string(function.meaning)]  # fmt: skip
    return "\n".join([f'    "{function.name}": NamedFunction(', *(f"        {part}," for part in parts), "    ),"])


def _string(text: str) -> str:
    """A string literal, of several lines if it is long, broken at spaces."""
    lines, room = [""], WIDTH - 16
    for word in text.split(" "):
        if len(lines[-1]) + len(word) + 1 > room:
            lines.append("")
        lines[-1] += word + " "
    lines[-1] = lines[-1][:-1]
    if len(lines) == 1:
        return f'"{lines[0]}"'
    return "\n".join(["(", *(f'            "{line}"' for line in lines), "        )"])


def vocabulary() -> str:
    """The whole file."""
    functions = list(named_functions())
    known = tuple(function.name for function in functions)
    entries = [entry(function, known[:place]) for place, function in enumerate(functions)]
    return HEADER + "\n".join(entries) + "\n}\n"


if __name__ == "__main__":
    TARGET.write_text(vocabulary(), encoding="utf-8")
