"""Limits that stop, backends by name, and problems other than networks."""

from __future__ import annotations

import os
import time
from fractions import Fraction
from multiprocessing import Pipe, get_context
from multiprocessing.connection import Connection

import pytest

from relucert.certify.check.decision.kernel import check_decision
from relucert.certify.non_overlap import NonOverlapInstance, Sample
from relucert.reductions.problem import Problem
from relucert.reductions.problems.clique import Clique
from relucert.reductions.problems.cnf import CNF
from relucert.reductions.problems.copositivity import Copositivity
from relucert.reductions.problems.graph import Graph
from relucert.reductions.problems.graph_coloring import GraphColoring
from relucert.reductions.problems.half_spaces import HalfSpaceIntersection
from relucert.reductions.problems.nae_sat import NaeSat
from relucert.reductions.problems.relu_reachability import Neuron, ReluReachability
from relucert.reductions.problems.set_cover import SetCover
from relucert.reductions.problems.set_splitting import SetSplitting
from relucert.reductions.problems.single_relu import SingleReluTraining
from relucert.reductions.solve import smt
from relucert.reductions.solve.decision import Unavailable
from relucert.reductions.solve.limits import Task, run
from relucert.reductions.solve.portfolio import decide
from tests.reductions.solve.networks import generic

pytest.importorskip("pysat")

ONE = Fraction(1)
TRIANGLE = Graph(3, ((1, 2), (1, 3), (2, 3)))


def sleeping() -> str:
    time.sleep(1000)
    return "woken"


def greedy() -> int:
    return len(bytearray(1 << 40))


def failing() -> None:
    raise ValueError("what is wrong")


def test_time_and_memory_stop_a_task() -> None:
    outcomes = {
        o.name: o.failure
        for o in run({"s": Task(sleeping), "g": Task(greedy), "f": Task(failing)}, time=1.0, memory=1 << 28)
    }
    assert outcomes == {"s": "time", "g": "memory", "f": "ValueError: what is wrong"}


def test_the_first_answer_ends_the_others() -> None:
    outcomes = run({"slow": Task(sleeping), "late": Task(sleeping, 500.0), "pid": Task(os.getpid)})
    first = next(outcomes)
    assert first.name == "pid" and first.value != os.getpid()
    outcomes.close()  # type: ignore[attr-defined]


def test_undecided_within_the_time() -> None:
    found = decide(generic(30, 60, 2, 1, fits=False), "hybrid", time=0.5)
    assert (found.answer, found.certificate) == ("undecided", None)
    assert "the time is over" in found.reason


def test_backends() -> None:
    with pytest.raises(Unavailable, match="no backend simplex: the backends are auto, "):
        decide(CNF(0, ()), "simplex")
    for backend in ("structure", "linear"):
        with pytest.raises(Unavailable, match=rf"\(backend {backend}\): leave the backend out"):
            decide(generic(2, 4, 2, 1, fits=True), backend)
    for problem in (Clique(TRIANGLE, 3), Copositivity(())):
        with pytest.raises(Unavailable, match="leave the backend out"):
            decide(problem, "hybrid")


def test_what_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smt, "find_spec", lambda name: None)
    with pytest.raises(Unavailable, match=r"z3 is not installed: pip install 'relucert\[smt\]'"):
        decide(generic(2, 4, 2, 1, fits=True), "z3")
    assert decide(generic(2, 4, 2, 1, fits=True)).answer == "yes"
    with pytest.raises(Unavailable, match="no SMT solver is installed"):
        decide(Copositivity(()))


NETWORKS: list[tuple[Problem, str]] = [
    (CNF(2, ((1, 2), (-1, 2), (-2, 1))), "yes"),
    (CNF(1, ((1,), (-1,))), "no"),
    (CNF(1, ((), (1,))), "no"),
    (CNF(2, ((1, -1),)), "yes"),
    (NaeSat(3, ((1, 2, 3), (-1, 2, 3))), "yes"),
    (NaeSat(2, ((1, 2), (1, -2))), "no"),
    (NaeSat(1, ((1,),)), "no"),
    (SetSplitting(3, ((1, 2), (2, 3)), 2), "yes"),
    (SetSplitting(3, ((1, 2), (1, 3), (2, 3)), 2), "no"),
    (SetSplitting(2, ((1, 2),), 1), "no"),
    (GraphColoring(TRIANGLE, 3), "yes"),
    (GraphColoring(TRIANGLE, 2), "no"),
    (GraphColoring(Graph(1, ((1, 1),)), 3), "no"),
]


@pytest.mark.parametrize(("problem", "expected"), NETWORKS, ids=str)
def test_problems_that_become_networks(problem: Problem, expected: str) -> None:
    found = decide(problem)
    assert found.answer == expected
    assert found.certificate is not None and check_decision(found.certificate).valid
    if expected == "yes":
        assert problem.is_witness(found.witness)


WORDS: list[tuple[Problem, str]] = [
    (Clique(TRIANGLE, 3), "yes"),
    (Clique(TRIANGLE, 4), "no"),
    (Clique(Graph(3, ((1, 2),)), 3), "no"),
    (Clique(TRIANGLE, 0), "yes"),
    (SetCover(3, ((1, 2), (2, 3), (3,)), 2), "yes"),
    (SetCover(3, ((1,), (2,), (3,)), 2), "no"),
    (SetCover(1, (), 0), "no"),
    (SetCover(0, (), 0), "yes"),
]
SMT: list[tuple[Problem, str]] = [
    (HalfSpaceIntersection(1, 1, ((ONE,),), ((-ONE,),)), "yes"),
    (HalfSpaceIntersection(1, 1, ((ONE,), (-ONE,)), ((0 * ONE,),)), "no"),
    (HalfSpaceIntersection(2, 1, ((0 * ONE,),), ((ONE,), (-ONE,))), "yes"),
    (ReluReachability(1, (Neuron(ONE, -ONE, ((0, ONE),)), Neuron(-ONE, 0 * ONE, ((0, ONE),))), -ONE), "yes"),
    (ReluReachability(1, (Neuron(ONE, -ONE, ((0, ONE),)), Neuron(-ONE, 0 * ONE, ((0, ONE),))), -2 * ONE), "no"),
    (Copositivity(((ONE, -2 * ONE), (-2 * ONE, ONE))), "yes"),
    (Copositivity(((ONE, -ONE), (-ONE, ONE))), "no"),
    (Copositivity(()), "no"),
    (SingleReluTraining(1, ((ONE,), (-ONE,)), (ONE, ONE), ONE), "yes"),
    (SingleReluTraining(1, ((ONE,), (-ONE,)), (ONE, ONE), ONE / 2), "no"),
]


@pytest.mark.parametrize(("problem", "expected"), WORDS, ids=str)
def test_a_no_of_a_sat_solver_is_undecided(problem: Problem, expected: str) -> None:
    _a_word(problem, expected)


@pytest.mark.skipif(not smt.installed(), reason="no SMT solver")
@pytest.mark.parametrize(("problem", "expected"), SMT, ids=str)
def test_a_no_of_an_smt_solver_is_undecided(problem: Problem, expected: str) -> None:
    _a_word(problem, expected)


def _a_word(problem: Problem, expected: str) -> None:
    found = decide(problem)
    if expected == "yes":
        assert found.answer == "yes" and problem.is_witness(found.witness)
    else:
        assert found.answer == "undecided" and found.oracle.endswith("unsat") and found.certificate is None


def killed_while_it_waits(send: Connection) -> None:
    """A process whose task says its number and then sleeps; it is killed, so that it can end nothing."""

    def work() -> None:
        send.send(os.getpid())
        time.sleep(1000)

    next(run({"sleeper": Task(work)}))


def test_a_task_ends_when_its_parent_is_killed() -> None:
    receive, send = Pipe(duplex=False)
    parent = get_context("fork").Process(target=killed_while_it_waits, args=(send,))
    parent.start()
    send.close()
    assert receive.poll(20)
    receive.recv()
    parent.kill()
    parent.join()
    assert receive.poll(20)  # all ends are closed: the task has ended too
    with pytest.raises(EOFError):
        receive.recv()


def test_numbers_beyond_all_floats_are_no_infinity() -> None:
    tiny = Fraction(1, 2**1074)
    instance = NonOverlapInstance(1, 1, (Sample((((0, tiny),),), ONE),))
    assert decide(instance, time=20.0).witness == (Fraction(2**1074),)
