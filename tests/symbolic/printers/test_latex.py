"""Formulas as they are written by hand."""

from __future__ import annotations

import pytest
from sympy import (
    Derivative,
    Expr,
    Function,
    Integral,
    Limit,
    Piecewise,
    Rational,
    Sum,
    acos,
    cos,
    exp,
    gamma,
    oo,
    pi,
    sin,
    sqrt,
)

from relucert.symbolic.expressions import (
    IDENTITY,
    Angle,
    Apply,
    Dot,
    Entry,
    G,
    Gradient,
    Hessian,
    Matrix,
    Mean,
    Norm,
    Outer,
    Trace,
    Transposed,
    VectorFamily,
    leaky_relu,
    normal_cdf,
    normal_pdf,
    relu,
    step,
)
from relucert.symbolic.names import count, positive, real, vector
from relucert.symbolic.printers.latex import latex
from relucert.symbolic.printers.notation import notation
from tests.symbolic.printers.round_trip import library

u, v, x, w_star = vector("u"), vector("v"), vector("x"), vector("w_star")
theta, phi, t, r, alpha, b_star = real("theta"), real("phi"), real("t"), positive("r"), real("alpha"), real("b_star")
k, i, j = count("k"), count("i"), count("j")
w = VectorFamily("w", real=True)
A = Matrix("A")

WRITTEN: dict[str, Expr] = {
    r"\frac{1}{2 \pi}": 1 / (2 * pi),
    r"\frac{1}{\sqrt{2 \pi}}": 1 / sqrt(2 * pi),
    r"\frac{\lVert u \rVert \, \lVert v \rVert G(\theta)}{2 \pi}": Norm(u) * Norm(v) * G(theta) / (2 * pi),
    r"(\pi - \theta) \cos \theta + \sin \theta": G(theta).unfolded(),
    r"-(\pi - \theta) \sin \theta": G(theta).fdiff(),
    r"\frac{\cos \theta + \cos(2 \phi - \theta)}{2}": (cos(theta) + cos(2 * phi - theta)) / 2,
    r"k^{2} - k": k**2 - k,
    r"\sin^{2} \theta": sin(theta) ** 2,
    r"r^{3/2}": r ** Rational(3, 2),
    r"\left(b^{*}\right)^{2}".replace(r"\left", "").replace(r"\right", ""): b_star**2,
    r"\langle u, x \rangle": Dot(u, x),
    r"\langle u, x \rangle^{2}": Dot(u, x) ** 2,
    r"\angle(u, v)": Angle(u, v),
    r"\mathbb{E}_{x}\left[ \operatorname{relu}(\langle u, x \rangle) \right]": Mean(relu(Dot(u, x)), x),
    r"\nabla_{u} \lVert u \rVert": Gradient(Norm(u), u),
    r"\nabla^{2}_{u, v} (\lVert u \rVert \, \lVert v \rVert)": Hessian(Norm(u) * Norm(v), u, v),
    r"u v^{\top}": Outer(u, v),
    r"w^{*} w^{*\top}": Outer(w_star, w_star),
    r"(u + v) (u + v)^{\top}": Outer(u + v, u + v),
    r"A^{\top} u": Apply(Transposed(A), u),
    r"\operatorname{tr}(A)": Trace(A),
    r"I - u u^{\top}": IDENTITY - Outer(u, u),
    r"\operatorname{relu}_{\alpha}(t)": leaky_relu(t, alpha),
    r"\mathbf{1}[t > 0]": step(t),
    r"\Phi(t) \varphi(t)": normal_pdf(t) * normal_cdf(t),
    r"\Gamma(k)": gamma(k),
    r"\arccos \theta": acos(theta),
    r"\sum_{i = 1}^{k} \operatorname{relu}(\langle w_{i}, x \rangle)": Sum(relu(Dot(Entry(w, i), x)), (i, 1, k)),
    r"\int_{0}^{\infty} r^{3} \mathrm{e}^{-r^{2}/2} \, \mathrm{d} r": Integral(r**3 * exp(-(r**2) / 2), (r, 0, oo)),
    r"\frac{\mathrm{d}}{\mathrm{d} \theta} G(\theta)": Derivative(G(theta), theta),
    r"\frac{\partial^{2}}{\partial t^{2}} f(t, r)": Derivative(Function("f")(t, r), (t, 2)),
    r"\lim_{t \to 0^{+}} G(t)": Limit(G(t), t, 0),
    r"\begin{cases} r & \text{if } t > 0 \\ 0 & \text{otherwise} \end{cases}": Piecewise((r, t > 0), (0, True)),
}


@pytest.mark.parametrize(("written", "expression"), WRITTEN.items())
def test_formulas_look_like_this(written: str, expression: Expr) -> None:
    assert latex(expression) == written


def test_inline_prefers_slashes() -> None:
    assert latex(pi / 2, inline=True) == r"\pi/2"
    assert latex(sin(theta) / 2, inline=True) == r"\sin(\theta)/2"
    assert latex((k**2 - k) / (2 * pi), inline=True) == r"(k^{2} - k)/(2 \pi)"


def test_papers_write_inner_products_and_the_relu_in_their_own_way() -> None:
    response = relu(Dot(u, x))
    assert latex(response, notation("du")) == r"\sigma(\mathbf{u}^{\top} \mathbf{x})"
    assert latex(response, notation("brutzkus-globerson")) == r"\sigma(\mathbf{u} \cdot \mathbf{x})"
    assert latex(Dot(u - v, x), notation("du")) == r"\langle \mathbf{u} - \mathbf{v}, \mathbf{x} \rangle"


def test_no_decimal_fractions_in_the_library() -> None:
    for derivation in library():
        for part in (*derivation.results, *derivation.steps):
            assert "." not in (latex(part.left) + latex(part.right)).replace(r"\.", ""), (derivation.name, part.name)
