"""Proofs of a SAT solver with hints: replayed by the checker's own rule."""

from __future__ import annotations

from random import Random

import pytest

from relucert.certify.check.decision.lrat import lrat
from relucert.reductions.solve import elaborate as module
from relucert.reductions.solve.elaborate import ElaborationError, Lrat, elaborate
from relucert.reductions.solve.sat import solve

pytest.importorskip("pysat")


def replay(clauses: list[list[int]], proof: Lrat) -> None:
    atoms = max((abs(literal) for clause in clauses for literal in clause), default=0)
    known = [clauses[number] for number in proof.axioms]
    for clause, hints in proof.steps:
        known.append(lrat(atoms, known, ["lrat", list(clause), list(hints)], "step"))
    assert known[-1] == []


def pigeons(n: int) -> list[list[int]]:
    """n + 1 pigeons in n holes."""
    at = [[pigeon * n + hole + 1 for hole in range(n)] for pigeon in range(n + 1)]
    return [*at, *([-at[a][h], -at[b][h]] for h in range(n) for b in range(n + 1) for a in range(b))]


@pytest.mark.parametrize("block", [2, 16, 4096])
def test_pigeons(block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BLOCK", block)
    model, proof = solve(pigeons(4))
    assert proof is not None and not model
    assert proof.axioms == tuple(range(len(pigeons(4))))  # all are needed
    replay(pigeons(4), proof)


def test_random_formulas() -> None:
    random, seen = Random(3), set[bool]()
    for _ in range(60):
        clauses = [
            [v * random.choice((1, -1)) for v in random.sample(range(1, 9), random.randint(1, 3))] for _ in range(20)
        ]
        model, proof = solve(clauses)
        seen.add(proof is None)
        if proof is None:
            assert all(model & set(clause) for clause in clauses)
        else:
            replay(clauses, proof)
    assert seen == {False, True}


def test_unneeded_clauses_are_left_out() -> None:
    given = [[1, 2], [3], [-1], [-2]]
    proof = elaborate(given, [[3, 1], [1], []])
    assert proof.axioms == (0, 2, 3)
    assert (3, 1) not in [clause for clause, _ in proof.steps]
    replay(given, proof)


def test_an_empty_clause_is_given() -> None:
    proof = elaborate([[1], []], [])
    assert (proof.axioms, proof.steps) == ((1,), (((), (0,)),))
    replay([[1], []], proof)


def test_what_does_not_follow() -> None:
    for learnt in ([], [[1]], [[1], [-1], []]):
        with pytest.raises(ElaborationError):
            elaborate([[1, 2], [-1, -2]], learnt)


def test_repeated_literals() -> None:
    given = [[1, 1, 2], [-1], [-2, -2]]
    proof = elaborate(given, [])
    assert proof.axioms == (0, 1, 2)
