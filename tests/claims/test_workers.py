"""Workers that die: the task is named, the others are done all the same."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time

import pytest

from relucert.claims.workers import Died, Workers


def work(task: str) -> str:
    """What a task says it does."""
    if task == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    if task == "exit":
        os._exit(7)
    if task == "sleep":
        time.sleep(60)
    return task.upper()


def answers(tasks: list[str], jobs: int = 2, seconds: float = 60.0) -> dict[int, str | Died]:
    return dict(Workers(work, jobs, seconds=lambda _: seconds).run(tasks))


@pytest.mark.parametrize("jobs", [1, 2, 5])
def test_all_tasks_are_answered(jobs: int) -> None:
    tasks = [f"t{number}" for number in range(12)]
    assert answers(tasks, jobs) == {number: task.upper() for number, task in enumerate(tasks)}


def test_nothing_to_do() -> None:
    assert answers([]) == {}


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_killed_worker_loses_its_task_only(jobs: int) -> None:
    found = answers(["a", "kill", "b", "exit", "c", "kill"], jobs)
    assert [found[place] for place in (0, 2, 4)] == ["A", "B", "C"]
    killed, left = found[1], found[3]
    assert isinstance(killed, Died) and "SIGKILL" in killed.reason
    assert isinstance(left, Died) and "code 7" in left.reason
    assert isinstance(found[5], Died)


def test_a_task_that_does_not_end_is_stopped() -> None:
    found = answers(["sleep", "a"], jobs=1, seconds=0.2)
    assert isinstance(found[0], Died) and "did not end" in found[0].reason
    assert found[1] == "A"


def test_leaving_early_ends_the_processes() -> None:
    running = Workers(work, 2, seconds=lambda _: 60.0).run(["a", "sleep", "sleep"])
    assert next(running) == (0, "A")
    assert multiprocessing.active_children()
    running.close()
    assert not multiprocessing.active_children()
