"""Exact matrices of sums of squares."""

from __future__ import annotations

import itertools
from fractions import Fraction
from time import monotonic

import pytest

from relucert.certify.check.real.semidefinite import is_semidefinite
from relucert.certify.search.formula_facts import Generator
from relucert.certify.search.formula_gram import Block, Found, Program
from relucert.certify.search.formula_monomials import times
from relucert.certify.search.formula_terms import ONE, Monomial, Polynomial, Symbol, constant

pytest.importorskip("clarabel")
X: Symbol = ("variable", 0)
UNIT = Generator((), constant(1), positive=True)


def power(n: int) -> Monomial:
    return frozenset({(X, n)}) if n else ONE


def polynomial(*coefficients: int) -> Polynomial:
    return {power(n): Fraction(c) for n, c in enumerate(coefficients) if c}


def written_out(found: Found) -> Polynomial:
    total: Polynomial = {}
    for block, gram in found.blocks:
        assert is_semidefinite([row[k:] for k, row in enumerate(gram)])
        for (i, a), (j, b) in itertools.product(enumerate(block.basis), repeat=2):
            for monomial, c in block.generator.polynomial.items():
                key = times(monomial, times(a, b))
                total[key] = total.get(key, Fraction(0)) + c * gram[i][j]
    return {monomial: c for monomial, c in total.items() if c}


def solved(target: Polynomial, *blocks: Block) -> Found | None:
    return Program(target, list(blocks), [], None).solve(monotonic() + 20)


@pytest.mark.parametrize(
    "target",
    [
        polynomial(2, 0, 3),
        polynomial(1, -2, 1),  # zero at 1
        polynomial(4, 0, -4, 0, 1),  # zero where x^2 = 2
        polynomial(1, -2, 3, -2, 1),  # zero at two points that are not real
        polynomial(0, 0, 1, -2, 1),
    ],
)
def test_squares_in_one_variable(target: Polynomial) -> None:
    found = solved(target, Block(UNIT, [power(n) for n in range(3)]))
    assert found is not None and written_out(found) == target


def test_generators() -> None:
    low = Generator((("side", 0, "low"),), polynomial(0, 1))
    target = polynomial(1, -2, 1, 1)  # (x - 1)^2 + x^3
    found = solved(target, Block(UNIT, [power(0), power(1)]), Block(low, [power(0), power(1)]))
    assert found is not None and written_out(found) == target
    assert solved(target, Block(UNIT, [power(0), power(1)])) is None


@pytest.mark.parametrize(
    "target", [polynomial(-1, 0, 1), polynomial(0, 1), polynomial(1, 0, 0, 1), polynomial(0, 1, 1)]
)
def test_what_is_no_sum_of_squares(target: Polynomial) -> None:
    assert solved(target, Block(UNIT, [power(n) for n in range(3)])) is None


def test_monomials_outside_of_half_the_newton_polytope_are_left_out() -> None:
    block = Block(UNIT, [power(n) for n in range(5)])
    Program(polynomial(0, 0, 1, 0, 1), [block], [], None)
    assert block.basis == [power(1), power(2)]


def test_squares_vanish_at_zeros() -> None:
    block = Block(UNIT, [power(0), power(1)])
    program = Program(polynomial(1, -2, 1), [block], [], None)
    program.touch([{X: Fraction(1)}])
    assert block.forms in ([[Fraction(-1), Fraction(1)]], [[Fraction(1), Fraction(-1)]])
    assert program.unknowns == 1


def test_nothing_is_solved_after_the_deadline() -> None:
    assert Program(polynomial(1), [Block(UNIT, [power(0)])], [], None).solve(monotonic() - 1) is None
