"""Clauses that are too many, and the parts of expressions."""

import pytest

from relucert.certify.language.parse import parse_claim
from relucert.certify.search.formula_goal import TooManyCasesError, clauses, needed


def test_too_many_cases_are_refused():
    text = " or ".join([f"(x < {k} and x > -{k})" for k in range(1, 14)])
    with pytest.raises(TooManyCasesError):
        clauses(parse_claim(text, ["x in [0, 1]"]))


def test_needed_parts_come_in_order():
    claim = parse_claim("sin(x) + 2 > cos(x)", ["x in [0, 1]"])
    found = needed(claim.nodes, (claim.formulas[0][2],))
    kinds = [claim.nodes[place][0] for place in found]
    assert found == sorted(found) and sorted(kinds) == ["add", "rational", "sin", "variable"]
