"""The clauses are those of the checker, in its order."""

import pytest

from relucert.certify.check.real import goal
from relucert.certify.language.parse import parse_claim
from relucert.certify.search.formula_goal import TooManyCasesError, clauses, needed

CLAIMS = [
    ("x > y", []),
    ("x = 1 or x < 3 and not x <= y", ["x != y"]),
    ("not (x < 0 or x > 1) or x^2 > x", ["x + y = 1", "x <= y or y < 2"]),
    ("x != 1", ["not (x = 2 and y = 3)"]),
]


@pytest.mark.parametrize("assertion", ["holds", "vacuous"])
@pytest.mark.parametrize(("text", "where"), CLAIMS)
def test_the_clauses_are_the_checkers(text, where, assertion):
    claim = parse_claim(text, ["x in [0, 1]", "y in [0, 1]"], where, assertion=assertion)
    assert [[tuple(atom) for atom in clause] for clause in clauses(claim)] == [
        [tuple(atom) for atom in clause] for clause in goal.clauses(claim)
    ]


def test_too_many_cases_are_refused():
    text = " or ".join([f"(x < {k} and x > -{k})" for k in range(1, 14)])
    with pytest.raises(TooManyCasesError):
        clauses(parse_claim(text, ["x in [0, 1]"]))


def test_needed_parts_come_in_order():
    claim = parse_claim("sin(x) + 2 > cos(x)", ["x in [0, 1]"])
    found = needed(claim.nodes, (claim.formulas[0][2],))
    kinds = [claim.nodes[place][0] for place in found]
    assert found == sorted(found) and sorted(kinds) == ["add", "rational", "sin", "variable"]
