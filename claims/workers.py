"""Worker processes that may die: the claim that one was on is named, and the others go on.

A pool of `concurrent.futures` gives up all its tasks when one process is killed; here every process has its own pipe.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from time import monotonic
from typing import Any, Generic, TypeVar

Task = TypeVar("Task")
Answer = TypeVar("Answer")
PATIENCE = 0.5  # seconds between looks at the clock


@dataclass(frozen=True)
class Died:
    """What became of a task whose process ended: by itself, by a signal, or because it took too long."""

    reason: str
    seconds: float


@dataclass
class _Worker:
    process: Any
    pipe: Connection
    task: int = -1
    since: float = 0.0
    deadline: float = float("inf")


class Workers(Generic[Task, Answer]):
    """Runs ``work(task)`` for every task in so many processes.

    Parameters
    ----------
    work : a function of a module that raises nothing; what it takes and gives can be pickled.
    jobs : processes.
    seconds : for a task after which its process is ended.
    """

    def __init__(
        self,
        work: Callable[[Task], Answer],
        jobs: int,
        *,
        seconds: Callable[[Task], float],
    ) -> None:
        self.work, self.jobs, self.seconds = work, jobs, seconds
        self._workers: list[_Worker] = []

    def run(self, tasks: Sequence[Task]) -> Generator[tuple[int, Answer | Died]]:
        """The numbers of the tasks with their answers, as they come; leaving the iteration ends the processes."""
        waiting = deque(range(len(tasks)))
        open_tasks = len(tasks)
        try:
            while open_tasks:
                while waiting and len(self._workers) < min(self.jobs, open_tasks):
                    self._workers.append(self._new())
                for worker in self._workers:
                    if worker.task < 0 and waiting:
                        self._give(worker, waiting.popleft(), tasks)
                for number, answer in self._answers():
                    open_tasks -= 1
                    yield number, answer
        finally:
            for worker in self._workers:
                _end(worker)
            self._workers.clear()

    def _new(self) -> _Worker:
        ours, theirs = multiprocessing.Pipe()
        process = multiprocessing.Process(target=_serve, args=(self.work, theirs), daemon=True)
        process.start()
        theirs.close()
        return _Worker(process, ours)

    def _give(self, worker: _Worker, number: int, tasks: Sequence[Task]) -> None:
        worker.task, worker.since = number, monotonic()
        worker.deadline = worker.since + self.seconds(tasks[number])
        with contextlib.suppress(OSError):  # it has died: the pipe says so when it is read
            worker.pipe.send(tasks[number])

    def _answers(self) -> list[tuple[int, Answer | Died]]:
        busy = {worker.pipe: worker for worker in self._workers if worker.task >= 0}
        found: list[tuple[int, Answer | Died]] = []
        for pipe in wait(list(busy), PATIENCE):
            worker = busy[pipe]  # type: ignore[index]
            try:
                answer: Answer | Died = worker.pipe.recv()
                number, worker.task, worker.deadline = worker.task, -1, float("inf")
            except (EOFError, OSError):
                worker.process.join(5)
                number, answer = worker.task, Died(_reason(worker.process.exitcode), monotonic() - worker.since)
                self._forget(worker)
            found.append((number, answer))
        for worker in [worker for worker in self._workers if monotonic() > worker.deadline]:
            seconds = monotonic() - worker.since
            found.append((worker.task, Died(f"it did not end within {seconds:.0f} s and was stopped", seconds)))
            self._forget(worker)
        return found

    def _forget(self, worker: _Worker) -> None:
        _end(worker)
        self._workers.remove(worker)


def _end(worker: _Worker) -> None:
    worker.process.kill() if worker.task >= 0 else worker.process.terminate()
    worker.pipe.close()
    worker.process.join(5)


def _reason(code: int | None) -> str:
    if code is not None and code < 0:
        try:
            name = signal.Signals(-code).name
        except ValueError:
            name = f"signal {-code}"
        memory = " (often: out of memory)" if name == "SIGKILL" else ""
        return f"its process was ended by {name}{memory}"
    return f"its process ended with code {code}"


def _serve(work: Callable[[Any], Any], pipe: Connection) -> None:
    """In the worker: tasks come and answers go until the other end is closed; Ctrl-C is left to the parent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    sys.stdout = sys.stderr  # what is printed here is no part of the report
    with contextlib.suppress(OSError):
        os.dup2(2, 1)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    with contextlib.suppress(EOFError, OSError):
        while True:
            pipe.send(work(pipe.recv()))


def _end_with_parent() -> None:
    """A killed parent cannot end its workers, and siblings hold copies of its end of the pipe."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)
