"""Normal forms spelled as expressions: the same normal form again, in a shape of which enclosures make much."""

import pytest

from relucert.certify.check.real.algebra import Algebra, constant
from relucert.certify.check.real.evaluate import Program
from relucert.certify.check.real.interval import Arithmetic, Interval, is_positive
from relucert.certify.language.parse import parse_claim
from relucert.certify.search.formula_spell import Speller, content, depends, divided, quotient, without_root

TEXTS = [
    "x^2 - x",
    "3*x^2*y - 2*y + 1/2",
    "exp(x^2 - x)*sin(x) + exp(-x)",
    "log(1 + x)*(x + 1) - x/(x + y)",
    "sqrt(2)*x + pi*x^3 - pi^2",
    "arctan(x)^2 - arccos(y/9)*exp(2*x)",
    "0*x",
]


def normal_form(text):
    claim = parse_claim(f"{text} >= x + y", ["x in [1, 2]", "y in [1, 2]"])
    place = claim.formulas[claim.conclusion][2]
    algebra = Algebra()
    return Program(claim.nodes, place, algebra).value([algebra.variable(0), algebra.variable(1)])


@pytest.mark.parametrize("text", TEXTS)
def test_the_spelled_expression_has_the_same_normal_form(text):
    algebra, nodes = Algebra(), []
    form = normal_form(text)
    place = Speller(nodes).expression(form)
    again = Program(nodes, place, algebra).value([algebra.variable(0), algebra.variable(1)])
    assert again == form


@pytest.mark.parametrize("text", ["x^2 - x", "exp(x^2 - x) - 1", "x^3 - 3*x^2 + 1"])
def test_signs_far_out(text):
    nodes = []
    place = Speller(nodes).expression(normal_form(text))
    far = Interval((4, 0), None, False, True)
    assert is_positive(Program(nodes, place, Arithmetic(64)).value([far, far]))


def test_content():
    form = normal_form("x^2*exp(-y) + x*exp(y)")
    powers = content(form)
    assert {(part[0], exponent) for part, exponent in powers.items()} == {("variable", 1), ("exp", -1)}
    assert divided(form, powers) == normal_form("x + exp(2*y)")
    assert depends(form) == {0, 1} and depends(normal_form("sin(y)")) == {1}


def test_negative_powers_of_variables():
    algebra, nodes = Algebra(), []
    form = algebra.multiply(normal_form("x^2 - 3*x + 1"), algebra.inverse(normal_form("x^2")))
    place = Speller(nodes).expression(form)
    assert Program(nodes, place, algebra).value([algebra.variable(0), algebra.variable(1)]) == form


def test_roots_that_divide():
    (((root, _),),) = [monomial for monomial, _ in normal_form("sqrt(1 + x^2)")]
    assert without_root(normal_form("2*(1 + x^2) - 2*sqrt(1 + x^2)"), root) == normal_form("2*sqrt(1 + x^2) - 2")
    assert without_root(normal_form("x*sqrt(1 + x^2)"), root) == normal_form("x")
    assert without_root(normal_form("x + sqrt(1 + x^2)"), root) is None


def test_quotients():
    assert quotient(normal_form("x^2 - y^2"), normal_form("x - y")) == normal_form("x + y")
    assert quotient(normal_form("(x - 1)^2*log(y)"), normal_form("x - 1")) == normal_form("(x - 1)*log(y)")
    assert quotient(normal_form("x^2 + y^2"), normal_form("x - y")) is None
    assert quotient(normal_form("x"), normal_form("x^2")) is None
    assert quotient(constant(0), normal_form("x - y")) == constant(0)
