"""Polynomial inequalities: what is found is replayed by the checker; what is false is not found."""

from __future__ import annotations

from fractions import Fraction
from time import monotonic

import pytest

from relucert.certify.search import formula_polynomial
from relucert.certify.search.formula_cells import Ranges
from relucert.certify.search.formula_goal import clauses
from relucert.certify.search.formula_polynomial import combination
from tests.certify.check.real.claims import checked, claim

HALF = Fraction(1, 2)
REALS = ("x in (-inf, inf)", "y in (-inf, inf)", "z in (-inf, inf)")
TRUE: list[tuple[str, tuple[str, ...], tuple[str, ...], list[list[Fraction]]]] = [
    ("x^2 + y^2 >= 2*x*y", REALS[:2], (), []),
    ("x*y <= 1/4", ("x in [0, 1]", "y in [0, 1]"), ("x + y <= 1",), [[HALF, HALF]]),
    ("x^2 + 1 > 0", REALS[:1], (), []),
    ("x < x + 1", ("x in [0, 1]",), (), []),
    ("x^2 <= 4", ("x in [-2, 2]",), (), []),
    ("x^2 + y^2 + z^2 >= x*y + y*z + z*x", REALS, (), []),
    ("x*(1 - x) <= 1/4", REALS[:1], (), [[HALF]]),
    ("x^4 - 2*x^2 + 1 >= 0", REALS[:1], (), [[Fraction(1)], [Fraction(-1)]]),
    ("x^3 + y^3 + z^3 >= 3*x*y*z", ("x >= 0", "y >= 0", "z >= 0"), (), []),
    ("x^4 + y^4 >= x^3*y + x*y^3", REALS[:2], (), []),
]
FALSE = [
    ("x^2 + y^2 >= 3*x*y", REALS[:2]),
    ("x^2 > 0", REALS[:1]),
    ("x^3 >= 0", REALS[:1]),
    ("x*y <= 1/5", ("x in [0, 1]", "y in [0, 1]")),
]


@pytest.mark.parametrize(("text", "ranges", "where", "touching"), TRUE)
def test_what_is_found_is_valid_and_exact(
    text: str, ranges: tuple[str, ...], where: tuple[str, ...], touching: list[list[Fraction]]
) -> None:
    formula = claim(text, *ranges, where=where)
    (clause,) = clauses(formula)
    record = combination(formula, clause, Ranges(formula), touching)
    assert record is not None
    verdict = checked(formula, [[record]])
    assert (verdict.kind, verdict.reason, verdict.grade) == ("VALID", "", "exact")


@pytest.mark.parametrize(("text", "ranges"), FALSE)
def test_nothing_is_found_for_what_is_false(text: str, ranges: tuple[str, ...]) -> None:
    formula = claim(text, *ranges)
    assert [combination(formula, clause, Ranges(formula)) for clause in clauses(formula)] == [None]


WITH_ATOMS = [
    ("(k - 1)/(k - 1 + pi) < 1", ("k in [2, inf)",), []),
    ("k/(k + pi) <= (k + 1)/(k + 1 + pi)", ("k >= 1",), []),
    ("1/x + x >= 2", ("x in (0, inf)",), [[Fraction(1)]]),
    ("sin(t)*cos(t) <= 1/2", ("t in (-inf, inf)",), []),
    ("sqrt(x) <= (1 + x)/2", ("x in [0, inf)",), []),
    ("exp(x)^2 - 2*exp(x) + 1 >= 0", ("x in (-inf, inf)",), []),
    ("(a + b)/2 >= sqrt(a*b)", ("a in (0, inf)", "b in (0, inf)"), []),
    ("(x^2 + y^2)*(z^2 + 1) >= (x*z + y)^2", REALS, []),
]


@pytest.mark.parametrize(("text", "ranges", "touching"), WITH_ATOMS)
def test_atoms_denominators_and_roots(text: str, ranges: tuple[str, ...], touching: list[list[Fraction]]) -> None:
    formula = claim(text, *ranges)
    (clause,) = clauses(formula)
    record = combination(formula, clause, Ranges(formula), touching)
    assert record is not None
    assert checked(formula, [[record]]).valid


@pytest.mark.parametrize("text", ["sin(x) <= 1/2", "1/x > 1", "exp(x) <= 1 + x", "sqrt(x) >= x", "x >= pi"])
def test_nothing_is_found_for_false_claims_with_atoms(text: str) -> None:
    formula = claim(text, "x in [1, 2]")
    assert [combination(formula, clause, Ranges(formula)) for clause in clauses(formula)] == [None]


def test_the_number_of_candidates_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(formula_polynomial, "MOST_CANDIDATES", 3)
    formula = claim("x^3 + y^3 + z^3 >= 3*x*y*z", "x >= 0", "y >= 0", "z >= 0")
    assert combination(formula, clauses(formula)[0], Ranges(formula)) is None


def test_a_deadline_that_has_passed_ends_it() -> None:
    formula = claim("x^2 + y^2 >= 2*x*y", *REALS[:2])
    clause, ranges = clauses(formula)[0], Ranges(formula)
    assert combination(formula, clause, ranges) is not None
    assert combination(formula, clause, ranges, deadline=monotonic() - 1) is None
