"""Normal forms: known identities are seen, and a normal form always has the value of the expression."""

from __future__ import annotations

import math
import random
import re
from fractions import Fraction
from typing import Any

import mpmath
import pytest
from mpmath import mpf

from relucert.certify.check.real import algebra
from relucert.certify.check.real.algebra import ZERO, Algebra, Polynomial, as_rational, constant
from relucert.certify.check.real.evaluate import Program
from relucert.certify.language.errors import LanguageError
from tests.certify.check.real.claims import claim

RING = Algebra()

IDENTITIES = [
    "sin(x)^2 + cos(x)^2 = 1",
    "sin(pi - x) = sin(x)",
    "cos(pi - x) = -cos(x)",
    "sin(x + pi/2) = cos(x)",
    "cos(x - 7*pi) = -cos(x)",
    "sin(-x) = -sin(x)",
    "cos(-x) = cos(x)",
    "atan(-x) = -atan(x)",
    "exp(x + y) = exp(x)*exp(y)",
    "exp(2*x) = exp(x)^2",
    "exp(-x)*exp(x) = 1",
    "exp(2*log(x)) = x^2",
    "log(exp(3*x)) = 3*x",
    "cos(acos(x)) = x",
    "sin(acos(x))^2 = 1 - x^2",
    "sqrt(x)^2 = x",
    "cbrt(-8) = -2",
    "sqrt(1/2)^2 = 1/2",
    "sqrt(12) = 2*sqrt(3)",
    "sqrt(3/4) = sqrt(3)/2",
    "cbrt(54/5) = 3*cbrt(2/5)",
    "sin(pi/6) = 1/2",
    "cos(pi/4)^2 = 1/2",
    "sin(pi/3) = sqrt(3)/2",
    "cos(2*pi/3) = -1/2",
    "atan(1) = pi/4",
    "acos(-1) = pi",
    "acos(-1/2) = 2*pi/3",
    "(x + y)*(x - y) = x^2 - y^2",
    "(x*y)/(x*y) = 1",
    "G(pi) = 0",
    "G(0) = pi",
    "abs(-3) = 3",
    "min(2, 1/2) = 1/2",
    "max(x, x + 1) = x + 1",
]
NOT_SEEN = ["sin(x) = x", "sqrt(2) = 1.41421356", "pi = 355/113", "exp(1) = 2.718281828", "x = y", "sin(1)^2 = 0"]


def difference(text: str) -> Polynomial:
    names = [name for name in "xy" if re.search(rf"\b{name}\b", text)]
    formula = claim(text, *(f"{name} in [0, 1]" for name in names))
    values = [RING.variable(place) for place in range(len(names))]
    _, left, right = formula.formulas[formula.conclusion]
    sides = [Program(formula.nodes, place, RING).value(values) for place in (left, right)]
    return RING.add(sides[0], RING.negative(sides[1]))


@pytest.mark.parametrize("text", IDENTITIES)
def test_identities(text: str) -> None:
    assert difference(text) == ZERO


@pytest.mark.parametrize("text", NOT_SEEN)
def test_what_is_not_equal_is_not_zero(text: str) -> None:
    assert difference(text) != ZERO


@pytest.mark.parametrize(
    "text", ["log(x - x) = 0", "sqrt(x - x - 1) = 0", "1/(x - x) = 0", "abs(x) = x", "min(x, y) = x"]
)
def test_what_is_not_known_is_refused(text: str) -> None:
    with pytest.raises(ArithmeticError):
        difference(text)


def test_normal_forms_stay_small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(algebra, "MAX_TERMS", 30)
    with pytest.raises(algebra.TooLargeError):
        difference("(x + y + 1)^9 = 0")


def number(form: Polynomial, values: list[Any]) -> Any:
    total = mpf(0)
    for monomial, coefficient in form:
        factors = [power(part, exponent, values) for part, exponent in monomial]
        total += mpf(coefficient.numerator) / coefficient.denominator * math.prod(factors)
    return total


def power(part: Any, exponent: Fraction, values: list[Any]) -> Any:
    kind = part[0]
    if kind == "exp":
        return mpmath.exp(number(part[1], values) * exponent.numerator / exponent.denominator)
    if kind in ("variable", "pi"):
        base = values[part[1]] if kind == "variable" else +mpmath.pi
    else:
        inner = number(part[1], values)
        if kind == "root":
            base = mpmath.root(abs(inner), part[2]) * (1 if inner >= 0 else -1)
        else:
            names = {"arctan": mpmath.atan, "arccos": mpmath.acos, "inverse": lambda t: 1 / t}
            base = names.get(kind, getattr(mpmath, kind, None))(inner)
    return base ** int(exponent)


def random_text(generator: random.Random, depth: int) -> str:
    if depth == 0:
        return generator.choice(["x", "y", "pi", "(2/3)", "(-3)", "(1/2)", "1"])
    kind = generator.choice("+ - * / ^ sqrt cbrt exp log sin cos sin cos atan acos".split())  # noqa: SIM905
    a = random_text(generator, depth - 1)
    if kind in "+-*/":
        return f"({a} {kind} {random_text(generator, generator.randrange(depth))})"
    return f"({a})^{generator.randint(-2, 4)}" if kind == "^" else f"{kind}({a})"


@pytest.mark.parametrize("seed", range(8))
def test_normal_forms_have_the_value_of_the_expression(seed: int) -> None:
    generator, seen = random.Random(seed), 0
    with mpmath.workdps(120):
        for _ in range(150):
            text = random_text(generator, generator.randint(1, 4))
            try:
                formula = claim(f"{text} + x + y + x*y = 0", "x in [0, 1]", "y in [0, 1]")
            except LanguageError:  # a constant that is not defined
                continue
            values = [mpf(generator.randint(1, 999)) / 1000 for _ in range(2)]
            left = formula.formulas[formula.conclusion][1]
            try:
                form = Program(formula.nodes, left, RING).value([RING.variable(place) for place in range(2)])
                found = number(form, values)
                x, y = values
                expected = eval_text(text, x, y) + x + y + x * y
            except (ArithmeticError, ValueError, TypeError):
                continue
            if isinstance(expected, mpmath.mpc) or isinstance(found, mpmath.mpc) or not abs(expected) < 1e20:
                continue
            assert abs(found - expected) < 1e-20 * (1 + abs(expected)), (text, values)
            seen += 1
    assert seen > 40


def eval_text(text: str, x: Any, y: Any) -> Any:
    """Python reads the random texts like the grammar does, once powers and rationals are spelled for it."""

    def sqrt(t: Any) -> Any:
        if t < 0:
            raise ValueError
        return mpmath.sqrt(t)

    def cbrt(t: Any) -> Any:
        return mpmath.cbrt(abs(t)) * (1 if t >= 0 else -1)

    def log(t: Any) -> Any:
        if t <= 0:
            raise ValueError
        return mpmath.log(t)

    known = {"x": x, "y": y, "pi": +mpmath.pi, "sqrt": sqrt, "cbrt": cbrt, "log": log, "exp": mpmath.exp,
             "sin": mpmath.sin, "cos": mpmath.cos, "atan": mpmath.atan, "acos": mpmath.acos}  # fmt: skip
    spelled = re.sub(r"\d+", r"m(\g<0>)", text.replace("^", "**"))
    return eval(spelled, {"__builtins__": {}}, {**known, "m": mpf})


def test_rational_normal_forms() -> None:
    assert as_rational(constant(Fraction(2, 3))) == Fraction(2, 3)
    assert as_rational(ZERO) == 0
    assert as_rational(RING.pi()) is None


TOWERS = [
    "((2^1000)^1000)^1000 = x",
    "(log(x) + pi/7 + 1)^1000 = x",
    "cos(x)^1000 = x",
    "exp(1000000000*log(2)) = x",
    "cbrt(((2^1000)^100)*((2^1000)^40)) = x",
    "root(((2/3^1000)^100)*x^2, 1000) = root((2/3^1000)^90, 1000)",
    " + ".join(f"1/({n}^1000 + 1)" for n in range(2, 60)) + " = x",
]


@pytest.mark.parametrize("text", TOWERS)
def test_numbers_with_too_many_digits_are_refused_or_left_alone(text: str) -> None:
    try:
        form = difference(text)
    except algebra.TooLargeError:
        return
    sizes = [max(c.numerator.bit_length(), c.denominator.bit_length()) for _, c in form]
    assert max(sizes) <= algebra.MAX_BITS


def test_the_largest_number_of_digits() -> None:
    largest = constant(Fraction(1 << algebra.MAX_BITS - 1))
    with pytest.raises(algebra.TooLargeError):
        RING.add(largest, largest)
    with pytest.raises(algebra.TooLargeError):
        RING.multiply(largest, constant(Fraction(2)))


def test_equal_functions_of_functions_are_compared_at_once() -> None:
    forms = []
    for _ in range(2):  # the second time from objects of its own
        form = RING.variable(0)
        for _ in range(200):
            form = RING.sin(RING.add(form, RING.multiply(form, form)))
        forms.append(form)
    assert RING.add(forms[0], RING.negative(forms[1])) == ZERO
    turned = RING.sin(RING.negative(RING.add(forms[0], constant(1))))
    assert RING.add(turned, RING.sin(RING.add(forms[0], constant(1)))) == ZERO


@pytest.mark.parametrize("degree", [2, 3, 5, 30, 200])
def test_whole_roots(degree: int) -> None:
    powers = {k**degree: k for k in range(300)}
    for n in [*range(300), *(k**degree + d for k in (7, 10**9, 2**70 + 1) for d in (-1, 0, 1))]:
        expected = powers.get(n) if n < 300 or n in powers else None
        found = algebra._whole_root(n, degree)
        assert found == expected or (found is not None and found**degree == n)
    assert algebra._whole_root((2**70 + 1) ** degree, degree) == 2**70 + 1
