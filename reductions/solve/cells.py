"""Enumeration of the cells of a network's patches, for filters of few coordinates.

The hyperplanes a_ts = 0 cut R^p into O((kN)^p) cells; in each the network is linear, and fitting is a linear program
(Arora, Basu, Mianjy and Mukherjee 2018, Theorem 4.1, use the same for training).  Samples are taken one after the
other, and a branch ends as soon as its program has no solution.  All arithmetic is rational.
"""

from __future__ import annotations

from collections.abc import Callable

from relucert.certify.non_overlap import NonOverlapInstance
from relucert.reductions.solve import certificate
from relucert.reductions.solve.decision import Decision
from relucert.reductions.solve.hybrid import negative_label
from relucert.reductions.solve.proof import Proof
from relucert.reductions.solve.relaxation import Known, Relaxation, Slot

NAME = "cells"


def cells(instance: NonOverlapInstance, tick: Callable[[], None] = lambda: None) -> Decision:
    """Decide a network by going through its cells; the time grows like (kN)^p."""
    found = negative_label(instance)
    if found is not None:
        return found
    proof = Proof(instance)
    relaxation = Relaxation(proof, tick)
    steps: list[int] = []
    todo: list[tuple[list[Slot], list[Slot]]] = [([], [])]
    while todo:
        tick()
        on, off = todo.pop()
        known = Known(set(on), set(off), set())
        conflict = relaxation.exact_conflict(known)
        if conflict is not None:
            steps.append(proof.farkas(*relaxation.rows(known, conflict)))
        elif len(on) + len(off) == len(relaxation.slots):
            return certificate.yes(instance, list(relaxation.system.point[: instance.p]), NAME)
        else:
            slot = relaxation.slots[len(on) + len(off)]
            todo += [([*on, slot], off), (on, [*off, slot])]
    return certificate.refuted(proof, steps, NAME, tick)
