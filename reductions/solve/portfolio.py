"""Deciding an instance: which backends are asked, in which order, and whose answer counts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from time import monotonic
from typing import Any

from relucert.certify.non_overlap import NonOverlapInstance
from relucert.reductions.problem import Problem
from relucert.reductions.problems.clique import Clique
from relucert.reductions.problems.k_non_overlap import KNonOverlap
from relucert.reductions.problems.set_cover import SetCover
from relucert.reductions.solve import smt
from relucert.reductions.solve.cells import cells
from relucert.reductions.solve.certificate import Refused
from relucert.reductions.solve.decision import Decision, Unavailable
from relucert.reductions.solve.hybrid import hybrid
from relucert.reductions.solve.limits import Task, run
from relucert.reductions.solve.linear import linear
from relucert.reductions.solve.others import by_solver, to_network
from relucert.reductions.solve.structure import UNKNOWN_FORM, by_structure

BACKENDS = ("auto", "structure", "hybrid", "cells", "linear", "z3", "cvc5")
LEAVE = "leave the backend out"
SECOND_OPINION = 1.0  # seconds after which other solvers are asked too


def tasks(instance: NonOverlapInstance, backend: str) -> dict[str, Task]:
    """What is asked about a network that is no formula, or by a backend."""
    single: dict[str, Callable[[NonOverlapInstance], Decision]] = {
        "hybrid": hybrid,
        "cells": cells,
        "linear": linear,
        "z3": partial(smt.by_smt, solver="z3"),
        "cvc5": partial(smt.by_smt, solver="cvc5"),
    }
    if backend == "linear" and instance.k > 1:
        raise Unavailable(
            f"a network with {instance.k} patches per sample is no linear program", "backend linear", LEAVE
        )
    if backend != "auto":
        return {backend: Task(partial(single[backend], instance))}
    if instance.k == 1:
        return {"linear": Task(partial(linear, instance))}
    others = {name: Task(partial(single[name], instance), SECOND_OPINION) for name in smt.installed()}
    return {"hybrid": Task(partial(hybrid, instance)), **others}


def decide(
    instance: Problem[Any] | NonOverlapInstance,
    backend: str = "auto",
    *,
    time: float | None = None,
    memory: int | None = None,
) -> Decision:
    """Decide an instance of any problem.

    Parameters
    ----------
    instance
        Of a problem, or a network alone.
    backend : str
        "auto", or one of BACKENDS for networks.
    time, memory
        Seconds and bytes; the work is done in processes that are ended at these limits.

    Returns
    -------
    Decision
        A yes has a witness of the instance, checked exactly.  A no has a certificate that the trusted checker found
        valid, about the network itself or about the network that a reduction makes of the instance.  All else is
        undecided.

    Raises Unavailable when the backend is not installed, is unknown, or is not for this instance.
    """
    if backend not in BACKENDS:
        raise Unavailable(f"no backend {backend}", cure=f"the backends are {', '.join(BACKENDS)}")
    start = monotonic()
    network = instance.instance if isinstance(instance, KNonOverlap) else instance
    if isinstance(network, NonOverlapInstance):
        found = _network(network, backend, time, memory)
    elif (reduction := to_network(network)) is not None:
        found = _network(reduction.apply(network).instance, backend, time, memory)
        if found.answer == "yes":
            found = replace(found, witness=reduction.backward(network, found.witness))
            if not network.is_witness(found.witness):
                raise Refused(f"{reduction.name} gave no witness")
    else:
        asked = ["sat"] if isinstance(network, Clique | SetCover) else list(smt.installed())
        asked = asked if backend == "auto" else [backend]
        if backend not in ("auto", *smt.SOLVERS) or (backend != "auto" and isinstance(network, Clique | SetCover)):
            raise Unavailable(f"no way to decide {network.name}", f"backend {backend}", LEAVE)
        if not asked:
            raise Unavailable("no SMT solver is installed", cure="pip install 'relucert[smt]'")
        found = _first({name: Task(partial(by_solver, network, name)) for name in asked}, time, memory)
    return replace(found, seconds=monotonic() - start)


def _network(instance: NonOverlapInstance, backend: str, time: float | None, memory: int | None) -> Decision:
    start = monotonic()
    if backend == "structure" or (backend == "auto" and instance.k > 1):
        found = _first({"structure": Task(partial(by_structure, instance))}, time, memory)
        if found != UNKNOWN_FORM:
            return found
        if backend == "structure":
            raise Unavailable(found.reason, "backend structure", LEAVE)
    left = None if time is None else max(0.0, time - (monotonic() - start))
    return _first(tasks(instance, backend), left, memory)


def _first(asked: dict[str, Task], time: float | None, memory: int | None) -> Decision:
    """The first answer; otherwise all that was said."""
    reasons: list[str] = []
    oracles: list[str] = []
    outcomes = run(asked, time=time, memory=memory)
    try:
        for outcome in outcomes:
            if isinstance(outcome.value, Decision):
                if outcome.value.answer != "undecided":
                    return outcome.value
                reasons.append(outcome.value.reason)
                oracles += [outcome.value.oracle] if outcome.value.oracle else []
            elif outcome.failure.startswith("Refused: "):
                raise Refused(outcome.failure.partition(": ")[2])
            elif outcome.failure.startswith("Unavailable: "):
                if len(asked) == 1:
                    raise Unavailable(outcome.failure.partition(": ")[2])
                reasons.append(outcome.failure.partition(": ")[2])
            else:
                limit = {"time": "the time is over", "memory": "the memory is used up"}
                reasons.append(f"{outcome.name}: {limit.get(outcome.failure, outcome.failure)}")
    finally:
        outcomes.close()  # type: ignore[attr-defined]
    return Decision("undecided", reason="; ".join(dict.fromkeys(reasons)), oracle="; ".join(oracles))
