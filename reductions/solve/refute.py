"""The map of refutations: a SAT solver's proof about the source becomes a certificate about the network, with no LP.

A proof is the list of clauses that a solver learnt from the source's formula, each following by unit propagation from
the ones before it (RUP; the lines of a DRUP proof without the deletions).  The clauses of the formula are steps of a
certificate about the network with the same numbering, so the proof is used as it is; hints are added and what the
empty clause does not need is left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from relucert.reductions.maps.direct import Direct
from relucert.reductions.maps.native import Native
from relucert.reductions.problem import ProblemError
from relucert.reductions.problems.cnf import CNF
from relucert.reductions.problems.set_splitting import SetSplitting
from relucert.reductions.solve.transport import Formula, formula

Clauses = Sequence[Sequence[int]]


def color_clauses(instance: SetSplitting) -> list[tuple[int, ...]]:
    """Set splitting as clauses: the variable (element - 1) k + colour + 1 says that the element may have the colour."""
    k = instance.k
    some = [tuple(range(i * k + 1, i * k + k + 1)) for i in range(instance.elements)]
    none = [tuple(-((i - 1) * k + color + 1) for i in members) for members in instance.sets for color in range(k)]
    return [*some, *none]


def refute_native(instance: SetSplitting, learnt: Clauses) -> bytes:
    """The certificate that no filter fits the network of an instance, from clauses learnt from `color_clauses`.

    The clause of an element is the rule max of its sample; that a set is not of one colour is one Farkas step of one
    row: sum_{i in C} w[l, i] <= 0 against w[l, i] >= 1/k for all i in C.  Raises ElaborationError, ProblemError.
    """
    network = _formula(Native(), instance)
    number = {
        element * instance.k + color + 1: network.proof.atom("max", element, color)
        for element in range(instance.elements)
        for color in range(instance.k)
    }
    return network.refuted(_renamed(learnt, number))


def refute_direct(instance: CNF, learnt: Clauses, k: int = 2) -> bytes:
    """The certificate that no filter fits the network of a formula, from clauses learnt from the formula.

    The variable x is the atom w_x >= 0.  Two steps per variable say that exactly one of its two patches is active, and
    one step per clause is the clause in both kinds of atoms.  Raises ElaborationError, ProblemError.
    """
    network = _formula(Direct(k), instance)
    return network.refuted(
        _renamed(learnt, {x: network.proof.atom("on", x, 0) for x in range(1, instance.variables + 1)})
    )


def _formula(reduction: Native | Direct, instance: SetSplitting | CNF) -> Formula:
    found = formula(reduction.apply(instance).instance)  # type: ignore[arg-type]
    if found is None:
        raise ProblemError(f"the network of {reduction.name} is no formula", cure="decide it without a proof")
    return found


def _renamed(clauses: Clauses, number: Mapping[int, int]) -> list[list[int]]:
    try:
        return [[number[abs(literal)] * (1 if literal > 0 else -1) for literal in clause] for clause in clauses]
    except KeyError as error:
        raise ProblemError(f"variable {error} is not in the formula", "the proof", "prove this formula") from None
