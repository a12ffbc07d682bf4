"""Monomials, symmetries of signs, zeros."""

from __future__ import annotations

from fractions import Fraction

from relucert.certify.search.formula_monomials import classes, is_homogeneous, monomials, signs, times, value, zeros
from relucert.certify.search.formula_terms import ONE, Monomial, Polynomial, Symbol

X: Symbol = ("variable", 0)
Y: Symbol = ("variable", 1)


def monomial(x: int, y: int) -> Monomial:
    return frozenset({(name, e) for name, e in ((X, x), (Y, y)) if e})


def test_products_and_values() -> None:
    assert times(monomial(1, 2), monomial(1, 0)) == monomial(2, 2)
    assert times(ONE, ONE) == ONE
    assert value({monomial(2, 1): Fraction(3), ONE: Fraction(1)}, {X: Fraction(1, 2), Y: Fraction(2)}) == Fraction(5, 2)


def test_monomials_up_to_a_degree() -> None:
    found = monomials([X, Y], 2, {X: 4, Y: 4})
    assert len(found) == len(set(found)) == 6
    assert monomial(0, 2) not in monomials([X, Y], 2, {X: 4, Y: 2})


def test_monomials_that_change_their_signs_together() -> None:
    even: Polynomial = {monomial(4, 2): Fraction(1), monomial(1, 1): Fraction(1)}
    turned = signs([X, Y], [even])
    assert turned == [frozenset({X, Y})]
    assert classes([ONE, monomial(1, 0), monomial(0, 1), monomial(1, 1)], turned) == [
        [ONE, monomial(1, 1)],
        [monomial(1, 0), monomial(0, 1)],
    ]


def test_zeros_of_a_form_are_one_for_each_ray() -> None:
    form: Polynomial = {monomial(2, 0): Fraction(1), monomial(1, 1): Fraction(-2), monomial(0, 2): Fraction(1)}
    assert is_homogeneous(form)
    found = zeros(form, [X, Y], [], [])
    assert {X: Fraction(1), Y: Fraction(1)} in found
    assert all(value(form, point) == 0 for point in found)
    assert {max(map(abs, point.values())) for point in found} == {Fraction(0), Fraction(1)}
    above: Polynomial = {monomial(1, 0): Fraction(1), ONE: Fraction(-1)}  # x >= 1
    assert zeros(form, [X, Y], [above], []) == [{X: Fraction(1), Y: Fraction(1)}]


def test_points_that_were_tried_count_if_they_are_zeros() -> None:
    p: Polynomial = {monomial(1, 0): Fraction(1), ONE: Fraction(-7, 11)}
    tried = [{X: Fraction(7, 11)}, {X: Fraction(1, 5)}]
    assert zeros(p, [X], [], tried) == tried[:1]
