"""Facts about a clause, and further expressions of a record."""

from __future__ import annotations

from fractions import Fraction

from relucert.certify.search.formula_cells import Ranges
from relucert.certify.search.formula_facts import Facts, spelled
from relucert.certify.search.formula_goal import clauses
from relucert.certify.search.formula_terms import ONE, Polynomial, Symbol, Terms
from tests.certify.check.real.claims import claim

X: Symbol = ("variable", 0)
FORMULA = claim("exp(x) >= 1 + x", "x in [0, 2)", "y in (-inf, inf)", where=["y > x"])
(CLAUSE,) = clauses(FORMULA)


def facts() -> Facts:
    places = tuple({place for atom in CLAUSE for place in (atom.upper, atom.lower)})
    return Facts(FORMULA, CLAUSE, Ranges(FORMULA), Terms(FORMULA.nodes, places))


def test_distances_from_ends() -> None:
    low, high = facts().sides()
    x = frozenset({(X, 1)})
    assert (low.factors, low.polynomial, low.positive) == ((("side", 0, "low"),), {x: Fraction(1)}, False)
    assert (high.polynomial, high.positive) == ({x: Fraction(-1), ONE: Fraction(2)}, True)


def test_opposites_of_the_other_inequalities() -> None:
    p: Polynomial = {frozenset({(X, 1)}): Fraction(3)}
    (only,) = facts().assumed(1, [p, {}])
    assert only.factors == (("assume", 0),) and only.polynomial == {frozenset({(X, 1)}): Fraction(-3)}
    assert only.positive is not CLAUSE[0].strict


def test_functions_lie_between_bounds_that_are_rounded_outward() -> None:
    place = FORMULA.nodes.index(next(node for node in FORMULA.nodes if node[0] == "exp"))
    low, high = facts().atoms([place])
    assert low.polynomial[ONE] == -1 and high.polynomial[ONE] > Fraction("7.389")
    assert facts().atoms([]) == []


def test_only_the_expressions_that_are_used_are_kept() -> None:
    own, first = facts(), len(FORMULA.nodes)
    square = own.monomial(frozenset({(X, 2)}))
    other = own.monomial(frozenset({(X, 1), (("variable", 1), 1)}))
    assert own.monomial(frozenset({(X, 2)})) == square
    nodes, places = own.used([other, ("side", 0, "low")])
    assert ["power", first, 2] not in nodes and nodes[-1][0] == "mul"
    assert spelled(other, places) == first + len(nodes) - 1
    assert spelled(("side", 0, "low"), places) == ["side", 0, "low"]
