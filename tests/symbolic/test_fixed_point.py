"""Sums over nodes in whole numbers against the same sums in mpmath's floats."""

from __future__ import annotations

from itertools import product

import mpmath as mp
import pytest
from sympy import Expr, Rational, symbols

from relucert.symbolic.expressions import leaky_relu, relu, step
from relucert.symbolic.fixed_point import Node, weighted_sum

x, y, p, q, a, b = symbols("x y p q a b", real=True)
BLOCKS = ((x, y), (p, q))
CONSTANTS = {a: mp.mpf("0.3711"), b: mp.mpf("-2.25")}
RULES: list[list[Node]] = [
    [((mp.mpf("0.7"), mp.mpf("-1.3")), mp.mpf("0.25")), ((mp.mpf("-0.2"), mp.mpf("0.9")), mp.mpf("0.75"))],
    [((mp.mpf(number) / 7, mp.mpf(1) / number), mp.mpf(number) / 6) for number in (-1, 2, 5)],
]

FORMULAS = [
    x * p,
    (relu(a * x + b * y) - leaky_relu(p - q, a)) ** 3,
    step(x + y) * relu(p * b) * (x - Rational(2, 3) * q) ** 2 + 5,
    a * b,
    leaky_relu(leaky_relu(x, a) - p, b) * (x + p) * y,
    relu(x) - relu(x),
    Rational(-1, 3) * x * y + relu(-x * a),
]


@pytest.mark.parametrize("formula", FORMULAS, ids=str)
@pytest.mark.parametrize("digits", [42, 150])
def test_the_sum_has_all_digits(formula: Expr, digits: int) -> None:
    with mp.workdps(digits):
        expected = mp.mpf(0)
        for (one, share), (other, weight) in product(*RULES):
            values = dict(zip((*BLOCKS[0], *BLOCKS[1]), (*one, *other), strict=True)) | CONSTANTS
            expected += share * weight * _plain(formula, values)
        found = weighted_sum(formula, BLOCKS, CONSTANTS, RULES)
        assert abs(found - expected) < mp.mpf(10) ** (3 - digits)


def _plain(node: Expr, values: dict[Expr, mp.mpf]) -> mp.mpf:
    if node in values:
        return values[node]
    if node.is_Rational:
        return mp.mpf(int(node.p)) / int(node.q)
    parts = [_plain(part, values) for part in node.args]
    if node.is_Add or node.is_Mul:
        return mp.fsum(parts) if node.is_Add else mp.fprod(parts)
    if node.is_Pow:
        return parts[0] ** int(parts[1])
    if isinstance(node, step):
        return mp.mpf(parts[0] > 0)
    return parts[0] if parts[0] > 0 else parts[0] * (parts[1] if len(parts) > 1 else 0)


def test_other_functions_are_refused() -> None:
    with pytest.raises(TypeError, match="no polynomial"):
        weighted_sum(abs(x - p), BLOCKS, {}, RULES)
