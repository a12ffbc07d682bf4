"""Values and Taylor coefficients on boxes contain those that python-flint finds at points of the box."""

from __future__ import annotations

import random
from fractions import Fraction
from math import comb
from typing import Any

import pytest
from flint import arb, arb_series, ctx

from relucert.certify.check.real.evaluate import Program
from relucert.certify.check.real.interval import Arithmetic, Interval, at
from relucert.certify.formula import Node
from tests.certify.check.real.dyadics import ball

ORDER = 5
UNARY: dict[str, Any] = {
    "neg": lambda a: -a, "exp": lambda a: a.exp(), "log": lambda a: a.log(), "sin": lambda a: a.sin(),
    "cos": lambda a: a.cos(), "arctan": lambda a: a.atan(), "arccos": lambda a: a.acos(),
    "abs": lambda a: a if a[0] > 0 else -a,
}  # fmt: skip
BINARY: dict[str, Any] = {
    "add": lambda a, b: a + b, "sub": lambda a, b: a - b, "mul": lambda a, b: a * b, "div": lambda a, b: a / b,
    "min": lambda a, b: a if a[0] < b[0] else b, "max": lambda a, b: b if a[0] < b[0] else a,
}  # fmt: skip


def expression(generator: random.Random) -> list[Node]:
    nodes: list[Node] = [
        ("variable", 0),
        ("rational", Fraction(generator.randint(1, 5), generator.randint(1, 5))),
        ("pi",),
    ]
    for _ in range(generator.randint(1, 6)):
        kind = generator.choice([*UNARY, *BINARY, "power", "root"])
        last = len(nodes) - 1 if generator.random() < 0.6 else generator.randrange(len(nodes))
        if kind == "power":
            nodes.append((kind, last, generator.randint(-3, 5)))
        elif kind == "root":
            nodes.append((kind, last, generator.randint(2, 4)))
        else:
            nodes.append((kind, last, *([generator.randrange(len(nodes))] if kind in BINARY else [])))
    return nodes


def series(nodes: list[Node], x: arb) -> Any:
    values: list[Any] = []
    for kind, *rest in nodes:
        if kind == "variable":
            values.append(arb_series([x, 1]))
        elif kind == "rational":
            values.append(arb_series([arb(rest[0].numerator) / arb(rest[0].denominator)]))
        elif kind == "pi":
            values.append(arb_series([arb.pi()]))
        elif kind == "power":
            power = values[rest[0]] ** abs(rest[1])
            values.append(power if rest[1] >= 0 else 1 / power)
        elif kind == "root":
            a = values[rest[0]]
            sign = -1 if rest[1] % 2 and a[0] < 0 else 1
            values.append(sign * ((sign * a).log() / rest[1]).exp())
        else:
            values.append({**UNARY, **BINARY}[kind](*[values[place] for place in rest]))
    return values[-1]


def inside(x: Interval, a: arb) -> bool:
    return not (x.low is not None and a < ball(x.low)) and not (x.high is not None and a > ball(x.high))


@pytest.mark.parametrize("order", [1, 2, 3])
@pytest.mark.parametrize("exponent", [2, 3, 7, 12])
def test_powers_above_the_order(order: int, exponent: int) -> None:
    """(2 + t)^n at t = 0: binomial coefficients times powers of two."""
    coefficients = Program([("variable", 0), ("power", 0, exponent)], 1, Arithmetic(64)).taylor([at((2, 0))], 0, order)
    assert len(coefficients) == min(order, exponent) + 1
    for k, found in enumerate(coefficients):
        assert inside(found, arb(comb(exponent, k) * 2 ** (exponent - k)))


@pytest.mark.parametrize("seed", range(10))
def test_enclosures(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ctx, "cap", ORDER + 1)
    generator, seen = random.Random(seed), 0
    for _ in range(150):
        nodes, low, width = expression(generator), generator.randint(-300, 300), generator.choice([0, 1, 8, 30])
        box = [Interval((low, -7), (low + width, -7), False, False)]
        program = Program(nodes, len(nodes) - 1, Arithmetic(64))
        try:
            value, coefficients = program.value(box), program.taylor(box, 0, ORDER)
            true = series(nodes, ball((low * 64 + generator.randint(0, width * 64), -13)))
        except (ArithmeticError, ValueError):
            continue
        coefficients += [at((0, 0))] * (ORDER + 1 - len(coefficients))
        for k, coefficient in enumerate(coefficients):
            assert inside(coefficient, true[k]), (nodes, box, k)
        assert inside(value, true[0]), (nodes, box)
        seen += 1
    assert seen > 50


def test_constants_are_worked_out_once_and_other_variables_are_fixed() -> None:
    nodes: list[Node] = [("variable", 0), ("variable", 1), ("pi",), ("sin", 2), ("mul", 0, 1), ("add", 4, 3)]
    program = Program(nodes, 5, Arithmetic(64))
    assert set(program.constants) == {2, 3}
    box = [at((3, 0)), at((5, 0))]
    for place, other in ((0, 5), (1, 3)):
        slope = program.taylor(box, place, 2)[1]
        assert slope.low is not None
        assert Fraction(slope.low[0]) * Fraction(2) ** slope.low[1] == other
    assert len(program.taylor(box, 0, 9)) == 2
    assert len(Program(nodes, 1, Arithmetic(64)).taylor(box, 0, 9)) == 1


def test_a_constant_that_is_not_defined_is_found_when_it_is_used() -> None:
    nodes: list[Node] = [("rational", Fraction(-1)), ("log", 0), ("variable", 0), ("add", 1, 2)]
    program = Program(nodes, 3, Arithmetic(64))
    for evaluate in (lambda: program.value([at((1, 0))]), lambda: program.taylor([at((1, 0))], 0, 1)):
        with pytest.raises(ArithmeticError):
            evaluate()
