"""Work that stops: each task in a process of its own, which is ended after its time and kept below its memory."""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import resource
import signal
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from pathlib import Path
from time import monotonic
from typing import Any

_PARENT_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG
_EXTRA = 1 << 28  # address space for what a task loads before it works


@dataclass(frozen=True)
class Outcome:
    """What a task gave: a value, or a failure in words ("time", "memory", or the message of an exception)."""

    name: str
    value: Any = None
    failure: str = ""


@dataclass(frozen=True)
class Task:
    """`work` starts after `delay` seconds, unless the caller has stopped before."""

    work: Callable[[], Any]
    delay: float = 0.0


def run(tasks: Mapping[str, Task], *, time: float | None = None, memory: int | None = None) -> Iterator[Outcome]:
    """The outcomes of tasks that run at the same time, as they come in.

    A caller that has what it wants closes the iterator: the other processes are ended, with all that they started.
    After `time` seconds the rest fails with "time"; a task that needs more than `memory` bytes beyond what this
    process has, with "memory".
    """
    start = monotonic()
    waiting = sorted(tasks, key=lambda name: tasks[name].delay)
    running: dict[Connection, tuple[str, Any]] = {}
    context = multiprocessing.get_context("fork")
    try:
        while waiting or running:
            now = monotonic() - start
            if time is not None and now >= time:
                for name in [*[name for name, _ in running.values()], *waiting]:
                    yield Outcome(name, failure="time")
                return
            while waiting and (tasks[waiting[0]].delay <= now or not running):
                name = waiting.pop(0)
                receive, send = context.Pipe(duplex=False)
                process = context.Process(target=_child, args=(tasks[name].work, send, memory), daemon=False)
                process.start()
                send.close()
                running[receive] = (name, process)
            ends = [end for end in (time, tasks[waiting[0]].delay if waiting else None) if end is not None]
            ready = wait(list(running), None if not ends else max(0.0, start + min(ends) - monotonic()))
            for connection in ready:
                if isinstance(connection, Connection):
                    name, process = running.pop(connection)
                    yield _received(name, connection, process)
    finally:
        for connection, (_, process) in running.items():
            _end(process)
            connection.close()


def _child(work: Callable[[], Any], send: Connection, memory: int | None) -> None:
    with suppress(OSError):
        os.setpgid(0, 0)  # so that what this process starts is ended with it
    end_with_parent()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if memory is not None:
        size = _address_space() + memory + _EXTRA
        resource.setrlimit(resource.RLIMIT_AS, (size, size))
    try:
        send.send((work(), ""))
    except MemoryError:
        send.send((None, "memory"))
    except Exception as error:
        send.send((None, f"{type(error).__name__}: {error}"))


def end_with_parent() -> None:
    """Ask the system to end this process when its parent is killed, which then can end nothing itself.

    A thread that watches would have to wait for solvers that keep the interpreter's lock.  Where the system is not
    Linux, nothing happens.
    """
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PARENT_DEATH_SIGNAL, signal.SIGKILL)


def _address_space() -> int:
    try:
        return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * resource.getpagesize()
    except OSError:
        return 0


def _received(name: str, connection: Connection, process: Any) -> Outcome:
    try:
        value, failure = connection.recv()
    except EOFError:  # it ended without a word: a native library that could not allocate
        value, failure = None, "memory"
    connection.close()
    _end(process)
    return Outcome(name, value, failure)


def _end(process: Any) -> None:
    with suppress(OSError):
        os.killpg(process.pid, signal.SIGKILL)
    with suppress(OSError):
        process.kill()
    process.join()
