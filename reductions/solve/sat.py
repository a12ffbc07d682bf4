"""Propositional satisfiability by python-sat."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from relucert.reductions.solve.decision import Unavailable
from relucert.reductions.solve.elaborate import ElaborationError, Lrat, elaborate

SOLVERS = ("cadical195", "glucose4")  # for proofs, in this order; the second learns nothing but RUP clauses


def backend() -> Any:
    """The module pysat.solvers; Unavailable if it is not installed."""
    try:
        from pysat import solvers
    except ImportError:
        raise Unavailable("python-sat is not installed", cure="pip install 'relucert[reduce]'") from None
    return solvers


def cardinality() -> Any:
    """The module pysat.card, encodings of cardinality; Unavailable if it is not installed."""
    backend()
    from pysat import card

    return card


def model(clauses: Sequence[Sequence[int]]) -> set[int] | None:
    """The true literals of a model; ``None``: the solver says that there is none."""
    if any(not clause for clause in clauses):
        return None
    with backend().Solver(name=SOLVERS[0], bootstrap_with=clauses) as solver:
        return set(solver.get_model()) if solver.solve() else None


def solve(clauses: Sequence[Sequence[int]], tick: Callable[[], None] = lambda: None) -> tuple[set[int], Lrat | None]:
    """(true literals of a model, None), or (nothing, a refutation with hints)."""
    for number, clause in enumerate(clauses):
        if not clause:
            return set(), Lrat((number,), (((), (0,)),))
    failure: ElaborationError | None = None
    for name in SOLVERS:
        with backend().Solver(name=name, bootstrap_with=clauses, with_proof=True) as solver:
            if solver.solve():
                return set(solver.get_model()), None
            lines = [line.split() for line in solver.get_proof()]
        learnt = [[int(word) for word in line[:-1]] for line in lines if line[0] != "d"]
        try:
            return set(), elaborate(clauses, learnt, tick)
        except ElaborationError as error:
            failure = error
    raise failure or ElaborationError("no solver gave a proof")
