"""What was printed is read back."""

from __future__ import annotations

import re

import pytest
from sympy import Expr, Integral, Symbol, cos, pi, sqrt

from relucert.symbolic.expressions import Dot, G, Matrix, Mean, Norm, Outer, VectorFamily, relu
from relucert.symbolic.library import names
from relucert.symbolic.names import count, positive, real, vector
from relucert.symbolic.printers.latex import latex
from relucert.symbolic.printers.latex_scanner import LatexError
from relucert.symbolic.printers.notation import NOTATIONS, notation
from relucert.symbolic.printers.parse_latex import parse_latex
from tests.symbolic.printers.round_trip import Reading, formulas, library, same
from tests.symbolic.printers.test_latex import WRITTEN

u, v, x = vector("u"), vector("v"), vector("x")
theta, t, k = real("theta"), positive("t"), count("k")
ALL = (u, v, x, theta, t, k, VectorFamily("w"), Matrix("A"))


@pytest.mark.parametrize("place", range(len(names())), ids=names())
def test_every_formula_of_the_library_is_read_back(place: int) -> None:
    derivation = library()[place]
    found = formulas(derivation)
    assert len(found) > len(derivation.steps)
    for entry in NOTATIONS.values():
        reading = Reading(derivation, entry)
        for number, formula in enumerate(found):
            # broken over lines in one notation, and in turn in the others
            read = reading.back(formula, broken=entry.name == "relucert" or number % 4 == 0)
            assert same(read, formula), f"{entry.name}: {formula} printed as {latex(formula, entry)} is read as {read}"


@pytest.mark.parametrize("expression", WRITTEN.values(), ids=list(WRITTEN))
def test_every_kind_of_formula_is_read_back(expression: Expr) -> None:
    known = expression.atoms(Symbol)
    for entry in NOTATIONS.values():
        assert same(parse_latex(latex(expression, entry), known, entry, ["f"]), expression)


CHANGES = {
    "a parenthesis moved": (r"(\pi - \theta) \cos", r"\pi - (\theta) \cos"),
    "an exponent changed": (r"^{2}", r"^{3}"),
    "a sign changed": (" - ", " + "),
    "a number changed": (r"2 \pi", r"3 \pi"),
    "a function changed": (r"\cos", r"\sin"),
    "the wrong vector": (r"\lVert u", r"\lVert v"),
    "a factor lost": (r"\pi", ""),
}


@pytest.mark.parametrize(("before", "after"), CHANGES.values(), ids=list(CHANGES))
def test_a_change_in_the_text_is_seen(before: str, after: str) -> None:
    expression = Norm(u) ** 2 * ((pi - theta) * cos(theta) + 1) / (2 * pi)
    text = latex(expression)
    assert before in text
    try:
        read = parse_latex(text.replace(before, after, 1), ALL)
    except LatexError:
        return
    assert not same(read, expression)


def test_a_lost_parenthesis_is_an_error_or_another_formula() -> None:
    expression = Mean(relu(Dot(u, x)) * relu(Dot(v, x)), x) - t * (k - 1) * G(theta)
    text = latex(expression)
    brackets = [found.span() for found in re.finditer(r"[()\[\]]|\\langle|\\rangle", text)]
    assert len(brackets) >= 12
    for start, end in brackets:
        try:
            read = parse_latex(text[:start] + text[end:], ALL)
        except LatexError:
            continue
        assert not same(read, expression)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (r"\theta + y", r"unknown symbol y at position 9: \\theta \+  >>> y"),
        (r"(\theta", r"expected \), found the end at position 7"),
        (r"\frac{1}{2", r"expected }, found the end"),
        (r"\theta)", r"expected the end, found \)"),
        ("u v", "two vectors or matrices"),
        (r"u^{\top}", "no partner"),
        (r"\operatorname{foo}(t)", "unknown function foo"),
        ("", "expected a formula"),
        (r"\mathbb{P}_{x}\left[ t \right]", "expected E, found P"),
        (r"\frac{\mathrm{d}^{2}}{\mathrm{d} t} t", "orders of the derivative"),
        (r"\int t", r"expected \\mathrm"),
        (r"t_{", "a brace is not closed"),
    ],
)
def test_errors_show_where(text: str, problem: str) -> None:
    with pytest.raises(LatexError, match=problem):
        parse_latex(text, ALL)


def test_layout_means_nothing() -> None:
    text = "\\begin{split}\n\\theta &= \\Bigl( t \\\\\n& \\quad {}+ \\theta \\Bigr) \\, k\n\\end{split}"
    read = parse_latex(text, ALL)
    assert read.lhs == theta
    assert read.rhs == (t + theta) * k


def test_products_of_vectors_in_transpose_notation() -> None:
    du = notation("du")
    for expression in (Dot(u, x) * Outer(v, x), Outer(u, v), Dot(u, x) * Dot(v, x) * u):
        assert parse_latex(latex(expression, du), ALL, du) == expression


def test_equality_is_not_too_generous() -> None:
    assert same(sqrt(2) / 2, 1 / sqrt(2))
    assert same((t + 1) ** 2, t**2 + 2 * t + 1)
    assert not same(theta, t)
    assert not same(Norm(u), Norm(v))
    assert not same(Integral(t, (t, 0, 1)), Integral(t, (t, 0, 2)))
