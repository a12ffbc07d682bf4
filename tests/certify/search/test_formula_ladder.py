"""Which identities are tried."""

from __future__ import annotations

from time import monotonic

import pytest

from relucert.certify.search.formula_cells import Ranges
from relucert.certify.search.formula_facts import Facts
from relucert.certify.search.formula_goal import clauses
from relucert.certify.search.formula_ladder import Ladder
from relucert.certify.search.formula_terms import Terms, add
from tests.certify.check.real.claims import claim

pytest.importorskip("clarabel")


def ladder(text: str, *ranges: str) -> Ladder:
    formula = claim(text, *ranges)
    ((atom,),) = clauses(formula)
    terms = Terms(formula.nodes, (atom.upper, atom.lower))
    facts = Facts(formula, (atom,), Ranges(formula), terms)
    target = add(terms.known[atom.upper], terms.known[atom.lower], -1)
    sides = facts.sides()
    low = [g for g in sides if g.factors[0][2] == "low"]  # type: ignore[index]
    return Ladder(facts, target, sides, low, [], tried=(), strict=atom.strict, dense=True, reduced=None)


def test_cheap_attempts_come_first() -> None:
    rungs = ladder("x*y*(x + y) <= 2", "x, y in [0, 1]").rungs()
    assert [rung.cost for rung in rungs] == sorted(rung.cost for rung in rungs)
    assert {len(rung.generators) for rung in rungs if rung.multiplier.terms is None} >= {1, 5, 11}


def test_multipliers() -> None:
    assert [r.multiplier.terms for r in ladder("x^4 + y^4 >= x*y", "x, y real").rungs()].count(None) >= 2
    form = ladder("x^2 + y^2 >= x*y", "x, y real")._definite(1)
    other = ladder("x^2 + y^2 + 1 >= x*y", "x, y real")._definite(1)
    assert form.terms is not None and other.terms is not None and len(other.terms) == len(form.terms) + 1 == 3
    assert ladder("x^2 >= x*y", "x in [0, 1]", "y real")._linear() is None
    linear = ladder("x^2 >= x*y", "x in [0, 1]", "y in [0, 2]")._linear()
    assert linear is not None and linear.terms == ((("side", 0, "low"),), (("side", 1, "low"),))


def test_products_of_facts_have_at_most_the_degree() -> None:
    own = ladder("x*y <= 1", "x, y in [0, 1]")
    assert len(own.generators(2, 1)) == 5
    assert len(own.generators(2, 2)) == 11
    assert len(own.generators(2, 3)) == 11
    assert len(own.generators(3, 3)) == 15


def test_a_multiplier_is_found() -> None:
    """Robinson's form in four variables: no fixed multiplier of degree 2 will do."""
    text = "x^2*(x - w)^2 + y^2*(y - w)^2 + z^2*(z - w)^2 + 2*x*y*z*(x + y + z - 2*w) >= 0"
    own = ladder(text, "x, y, z, w real")
    rung = next(rung for rung in own.rungs() if rung.sought)
    program = own.program(rung)
    found = None if program is None else program.solve(monotonic() + 20)
    assert found is not None
    assert any(block.scaled and any(map(any, gram)) for block, gram in found.blocks)
