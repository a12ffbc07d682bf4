"""Sums of squares: what is found is replayed by the checker and exact; what is false is not found."""

from __future__ import annotations

import json
import sys
from fractions import Fraction
from time import monotonic

import pytest

from relucert.certify.formula import RealFormula
from relucert.certify.search import formula_proof, formula_sos
from relucert.certify.search.formula_cells import Ranges
from relucert.certify.search.formula_goal import clauses
from relucert.certify.search.formula_proof import Proved, Refuted, Undecided, search_formula
from relucert.certify.search.formula_sos import squares
from tests.certify.check.real.claims import checked, claim

pytest.importorskip("clarabel")
XY, XYZ, ABC = ("x, y real",), ("x, y, z real",), ("a, b, c in [0, inf)",)
SCHUR = "a{0}*(a - b)*(a - c) + b{0}*(b - a)*(b - c) + c{0}*(c - a)*(c - b) >= 0"
TRUE: dict[str, tuple[str, tuple[str, ...], tuple[str, ...]]] = {
    "binomial": ("x^2 + y^2 >= 2*x*y", XY, ()),
    "strict": ("x^4 - x + 1 > 1/2", ("x real",), ()),
    "chebyshev": ("16*x^5 - 20*x^3 + 5*x <= 1", ("x in [-1, 1]",), ()),
    # not sums of squares
    "motzkin": ("x^4*y^2 + x^2*y^4 + 1 >= 3*x^2*y^2", XY, ()),
    "robinson": ("x^6 + y^6 + 1 + 3*x^2*y^2 >= x^4*y^2 + x^2*y^4 + x^4 + x^2 + y^4 + y^2", XY, ()),
    "choi-lam": ("x^4*y^2 + y^4*z^2 + z^4*x^2 >= 3*x^2*y^2*z^2", XYZ, ()),
    "choi-lam-quartic": ("1 + x^2*y^2 + y^2*z^2 + z^2*x^2 >= 4*x*y*z", XYZ, ()),
    # zero at points that are not rational
    "berg": ("x^2*y^2*(x^2 + y^2 - 1) + 1/27 >= 0", XY, ()),
    "vasc": ("(a^2 + b^2 + c^2)^2 >= 3*(a^3*b + b^3*c + c^3*a)", ("a, b, c real",), ()),
    # a multiplier that vanishes
    "schur": (SCHUR.format(""), ABC, ()),
    "means": ("a^3 + b^3 + c^3 >= 3*a*b*c", ABC, ()),
    # assumptions, one of them an equation
    "imo-1983": ("a^2*b*(a - b) + b^2*c*(b - c) + c^2*a*(c - a) >= 0", ABC, ("a < b + c", "b < c + a", "c < a + b")),
    "imo-1984": ("x*y + (x + y - 2*x*y)*(1 - x - y) <= 7/27", ("x, y in [0, 1]",), ("x + y <= 1",)),
    "equation": ("a*b + b*c + c*a <= 1/3", ("a, b, c real",), ("a + b + c = 1",)),
    # denominators, roots, functions
    "nesbitt": ("a/(b + c) + b/(c + a) + c/(a + b) >= 3/2", ("a, b, c in [1/2, 2]",), ()),
    "tail": ("x/(1 + x^2) <= 1/2", ("x real",), ()),
    "roots": ("sqrt(x*y) + sqrt(y*z) + sqrt(z*x) <= x + y + z", ("x, y, z in [0, inf)",), ()),
    "waves": ("sin(t)^4 + cos(t)^4 >= 1/2", ("t real",), ()),
}
FALSE: list[tuple[str, tuple[str, ...], tuple[str, ...]]] = [
    ("x^4*y^2 + x^2*y^4 + 1 >= 3.001*x^2*y^2", XY, ()),
    ("x^2 > 0", ("x real",), ()),
    ("x*y <= 1/5", ("x, y in [0, 1]",), ("x + y <= 1",)),
    ("a*b + b*c + c*a <= 1/4", ("a, b, c real",), ("a + b + c = 1",)),
    ("x^3 >= 0", ("x real",), ()),
    ("sin(t)^4 + cos(t)^4 >= 0.501", ("t real",), ()),
]


def found(formula: RealFormula) -> list[object]:
    own = Ranges(formula)
    return [squares(formula, clause, own, [], monotonic() + 20, (0, 2000)) for clause in clauses(formula)]


@pytest.mark.parametrize("name", TRUE)
def test_what_is_found_is_valid_and_exact(name: str) -> None:
    text, ranges, where = TRUE[name]
    formula = claim(text, *ranges, where=where)
    verdict = checked(formula, [[record] for record in found(formula)])
    assert (verdict.kind, verdict.reason, verdict.grade) == ("VALID", "", "exact")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "ranges"),
    [
        (SCHUR.format("^3"), ABC),
        ("x^2*(x - w)^2 + y^2*(y - w)^2 + z^2*(z - w)^2 + 2*x*y*z*(x + y + z - 2*w) >= 0", ("x, y, z, w real",)),
        (
            "(a - b)*(a - c)*(a - d)*(a - u) + (b - a)*(b - c)*(b - d)*(b - u) + (c - a)*(c - b)*(c - d)*(c - u)"
            " + (d - a)*(d - b)*(d - c)*(d - u) + (u - a)*(u - b)*(u - c)*(u - d) >= 0",
            ("a, b, c, d, u real",),
        ),
        ("(x + y + z + w)^4 >= 256*x*y*z*w", ("x, y, z, w in [0, inf)",)),
    ],
    ids=["schur-3", "robinson-quartic", "lax-lax", "means-4"],
)
def test_larger_ones(text: str, ranges: tuple[str, ...]) -> None:
    formula = claim(text, *ranges)
    assert checked(formula, [[record] for record in found(formula)]).grade == "exact"


@pytest.mark.parametrize(("text", "ranges", "where"), FALSE)
def test_nothing_is_found_for_what_is_false(text: str, ranges: tuple[str, ...], where: tuple[str, ...]) -> None:
    formula = claim(text, *ranges, where=where)
    own = Ranges(formula)
    assert [squares(formula, clause, own, [], monotonic() + 5, (0, 300)) for clause in clauses(formula)] == [None]


def test_a_denominator_that_may_vanish_is_not_tried() -> None:
    formula = claim("x^2/x >= x", "x in [-1, 1]")
    assert found(formula) == [None]


def test_denominators_are_shown_to_be_positive_exactly() -> None:
    """The multipliers are sums of terms, not enclosures."""
    formula = claim(*TRUE["nesbitt"][:1], *TRUE["nesbitt"][1])
    (record,) = found(formula)
    assert isinstance(record, list) and len(record[3]) >= 3
    assert all(isinstance(multiplier, list) for multiplier in record[3])


def test_nothing_is_done_after_the_deadline() -> None:
    formula = claim(*TRUE["motzkin"][:1], *XY)
    assert squares(formula, clauses(formula)[0], Ranges(formula), [], monotonic() - 1) is None


def test_without_the_solver_nothing_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(formula_sos, "is_installed", lambda: False)
    formula = claim("x^2 + y^2 >= 2*x*y", *XY)
    assert found(formula) == [None]
    assert "clarabel" in sys.modules


def test_the_search_proves_and_refutes() -> None:
    proved = search_formula(claim("x^4*y^2 + x^2*y^4 + 1 >= 3*x^2*y^2", *XY), time=20)
    assert isinstance(proved, Proved) and proved.verdict.grade == "exact"
    assert json.loads(proved.certificate)["trees"][0][0][0] == "combination"
    refuted = search_formula(claim("x^4*y^2 + x^2*y^4 + 1 >= 3.001*x^2*y^2", *XY), time=20)
    assert isinstance(refuted, Refuted)


def test_touching_points_may_be_given() -> None:
    formula = claim("(3*x - 7)^2 >= 0", "x real")
    point = [[Fraction(7, 3)]]
    (clause,) = clauses(formula)
    record = squares(formula, clause, Ranges(formula), point, monotonic() + 20)
    assert checked(formula, [[record]]).valid


@pytest.mark.parametrize(
    ("text", "ranges"),
    [
        ("a/(a + b) + b/(a + b) >= 1", ("a, b in (0, inf)",)),
        ("x*sin(pi) + cos(pi)/(x + 1) >= -1/(1 + x)", ("x in [0, inf)",)),
        ("x*cos(3*pi/2) + sin(pi/2) >= 1", ("x real",)),
    ],
)
def test_identities_have_no_terms(text: str, ranges: tuple[str, ...]) -> None:
    formula = claim(text, *ranges)
    (record,) = found(formula)
    assert isinstance(record, list) and record[4] == []
    assert checked(formula, [[record]]).valid


def test_what_is_missing_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (formula_sos, formula_proof):
        monkeypatch.setattr(module, "is_installed", lambda: False)
    outcome = search_formula(claim("x^4*y^2 + x^2*y^4 + 1 >= 3*x^2*y^2", *XY), time=2)
    assert isinstance(outcome, Undecided)
    assert "clarabel" in outcome.reason
