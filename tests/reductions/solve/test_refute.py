"""Proofs about the source become certificates about the network, for native and direct networks."""

from __future__ import annotations

import json
from itertools import product

import pytest

from relucert.certify.check.decision.kernel import check_decision
from relucert.reductions.maps.direct import Direct
from relucert.reductions.maps.native import Native
from relucert.reductions.problem import ProblemError
from relucert.reductions.problems.cnf import CNF
from relucert.reductions.problems.set_splitting import SetSplitting
from relucert.reductions.solve.elaborate import ElaborationError
from relucert.reductions.solve.refute import color_clauses, refute_direct, refute_native
from tests.reductions.solve.networks import FANO, progressions

pysat = pytest.importorskip("pysat.solvers")


def learnt(clauses: list[tuple[int, ...]], solver: str) -> list[list[int]]:
    """What a solver learnt until the empty clause."""
    with pysat.Solver(name=solver, bootstrap_with=clauses, with_proof=True) as found:
        assert not found.solve()
        return [[int(w) for w in line.split()[:-1]] for line in found.get_proof() if not line.startswith("d")]


@pytest.mark.parametrize("solver", ["glucose4", "lingeling"])
def test_native(solver: str) -> None:
    for instance in (SetSplitting(7, tuple(FANO), 2), SetSplitting(9, tuple(progressions(9, 3)), 2)):
        certificate = refute_native(instance, learnt(color_clauses(instance), solver))
        verdict = check_decision(certificate)
        assert verdict.valid and verdict.claim is not None
        assert verdict.claim.instance == Native().apply(instance).instance
        rows = [step[2] for step in json.loads(certificate)["steps"] if step[0] == "farkas"]
        assert rows and all(len(row) == 1 for row in rows)  # no linear program: one row each


@pytest.mark.parametrize("k", [2, 3])
def test_direct(k: int) -> None:
    clauses = tuple(product((1, -1), (2, -2), (3, -3)))
    instance = CNF(3, (*clauses, (1, -1)))
    verdict = check_decision(refute_direct(instance, learnt(list(clauses), "glucose4"), k))
    assert verdict.valid and verdict.claim is not None
    assert verdict.claim.instance == Direct(k).apply(instance).instance


def test_what_is_no_proof() -> None:
    instance = CNF(2, ((1, 2), (-1, -2)))
    with pytest.raises(ElaborationError):
        refute_direct(instance, [[1], []])
    with pytest.raises(ProblemError, match="variable 3"):
        refute_direct(instance, [[3]])
