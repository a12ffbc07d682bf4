"""DIMACS and JSON formulas: what is read, and what is refused with file, line and cure."""

from __future__ import annotations

import pytest

from relucert.reductions.problem import ProblemError
from relucert.reductions.problems.clauses import is_tautology
from relucert.reductions.problems.cnf import CNF
from relucert.reductions.problems.nae_sat import NaeSat


def test_dimacs_with_comments_and_clauses_over_lines() -> None:
    text = "c a comment\np cnf 3 4\n1 -2\n 3 0 -1 0\nc another\n2 2 -2 0\n0\n"
    assert CNF.parse(text, "f.cnf") == CNF(3, ((1, -2, 3), (-1,), (2, -2), ()))


def test_the_end_marker_of_satlib() -> None:
    assert CNF.parse("p cnf 2 1\n 1 2 0\n%\n0\n\n", "uf20.cnf") == CNF(2, ((1, 2),))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no line 'p cnf' (f.cnf): begin with"),
        ("c only\n", "no line 'p cnf' (f.cnf): begin with"),
        ("1 2 0\n", "'1' before the line 'p cnf' (f.cnf:1): begin with"),
        ("p cnf 3\n", "'p cnf 3' is not a header (f.cnf:1): write 'p cnf"),
        ("p dnf 3 1\n", "'p dnf 3 1' is not a header (f.cnf:1): write 'p cnf"),
        ("p cnf -1 1\n", "'p cnf -1 1' is not a header (f.cnf:1): write 'p cnf"),
        ("p cnf 99999999 1\n", "'p cnf 99999999 1' is not a header (f.cnf:1): write 'p cnf"),
        ("p cnf 2 1\np cnf 2 1\n", "a second line 'p cnf' (f.cnf:2): keep one"),
        ("p cnf 2 1\n\n1 3 0\n", "literal '3' of a formula in 2 variables (f.cnf:3): correct"),
        ("p cnf 2 1\n1 -3 0\n", "literal '-3' of a formula in 2 variables (f.cnf:2): correct"),
        ("p cnf 2 1\n1 x 0\n", "'x' is not a literal (f.cnf:2): clauses are"),
        ("p cnf 2 1\n1 1_0 0\n", "'1_0' is not a literal (f.cnf:2): clauses are"),
        ("p cnf 2 1\n1 ١ 0\n", "'١' is not a literal (f.cnf:2): clauses are"),
        ("p cnf 2 1\n1 1.5 0\n", "'1.5' is not a literal (f.cnf:2): clauses are"),
        ("p cnf 2 1\n1 +-1 0\n", "'+-1' is not a literal (f.cnf:2): clauses are"),
        ("p cnf 2 1\n1 " + "9" * 5000 + " 0\n", "is not a literal (f.cnf:2): clauses are"),
        ("p cnf 2 1\n1 2\n", "the last clause does not end in 0 (f.cnf:2): write 0"),
        ("p cnf 2 2\n1 2 0\n", "1 clauses where 'p cnf' promises 2 (f.cnf): write 'p cnf 2 1'"),
        ("p cnf 2 1\n1 0 2 0\n", "2 clauses where 'p cnf' promises 1 (f.cnf): write 'p cnf 2 2'"),
    ],
)
def test_malformed_dimacs(text: str, message: str) -> None:
    with pytest.raises(ProblemError) as error:
        CNF.parse(text, "f.cnf")
    assert message in str(error.value)
    assert "\n" not in str(error.value) and error.value.cure


def test_a_clause_of_a_million_literals() -> None:
    literals = " ".join(f"{x} -{x}" for x in range(1, 500_001))
    formula = CNF.parse(f"p cnf 500000 2\n{literals} 0 1 0\n", "long.cnf")
    assert dict(formula.size()) == {"variables": 500_000, "clauses": 2, "literals": 1_000_001, "width": 1_000_000}


def test_dimacs_round_trip() -> None:
    formula = CNF(4, ((1, -2), (), (4, -4, 3)))
    assert CNF.parse(formula.to_dimacs(), "again") == formula


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"variables": 2, "clauses": [[1, 3]]}', "3 is not a whole number from -2 to 2 (f, clause 1)"),
        ('{"variables": 2, "clauses": [[0]]}', "the literal 0 (f, clause 1)"),
        ('{"variables": 2, "clauses": [[1.5]]}', "3/2 is not a whole number from -2 to 2 (f, clause 1)"),
        ('{"variables": 2, "clauses": [1]}', "1 where an array is needed (f, clause 1)"),
        ('{"variables": true, "clauses": []}', "true is not a whole number from 0 to"),
        ('{"variables": 2}', "the field 'clauses' is missing (f)"),
        ('{"variables": 2, "clauses": [], "x": 1}', "unknown field 'x' (f)"),
        ('{"variables": 2, "variables": 2, "clauses": []}', "'variables' is given twice"),
        ('{"variables": 2, "clauses": [[1,]]}', "not JSON"),
        ('{"variables": NaN, "clauses": []}', "NaN is not a number (f:1): write 3"),
        ('{"variables": 1e999999999, "clauses": []}', "the exponent of '1e999999999' is too large (f:1)"),
        ("[" * 100_000, "nested too deeply (f)"),
    ],
)
def test_malformed_json(text: str, message: str) -> None:
    with pytest.raises(ProblemError) as error:
        CNF.parse(text, "f")
    assert message in str(error.value)


def test_repeated_literals_are_dropped_by_readers_and_refused_by_the_class() -> None:
    assert CNF.parse('{"variables": 1, "clauses": [[1, 1, -1]]}', "f") == CNF(1, ((1, -1),))
    with pytest.raises(ProblemError, match="a literal is repeated"):
        CNF(1, ((1, 1),))
    with pytest.raises(ProblemError, match="literal 2 of a formula in 1 variables"):
        CNF(1, ((2,),))


def test_witnesses() -> None:
    formula = CNF(2, ((1, 2), (-1, 1)))
    assert formula.is_witness((False, True)) and not formula.is_witness((False, False))
    assert not CNF(1, ((),)).is_witness((True,)) and CNF(0, ()).is_witness(())
    with pytest.raises(ProblemError, match="an assignment to 1 of 2 variables"):
        formula.is_witness((True,))
    assert formula.witness_from_json([-2, 1]) == (True, False)
    for wrong in ([1], [1, -1], [1, 2, 2], [0, 1]):
        with pytest.raises(ProblemError):
            formula.witness_from_json(wrong, "w")


def test_not_all_equal_witnesses() -> None:
    formula = NaeSat(2, ((1, 2),))
    assert formula.is_witness((True, False)) and not formula.is_witness((True, True))
    assert NaeSat(1, ((1, -1),)).is_witness((True,))
    assert not NaeSat(1, ((1,),)).is_witness((True,)) and not NaeSat(1, ((),)).is_witness((False,))


def test_tautologies() -> None:
    assert is_tautology((1, 2, -1)) and not is_tautology((1, 2, -3)) and not is_tautology(())
