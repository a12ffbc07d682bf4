"""Ctrl-C during a search: stop, and keep what is proved."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from types import FrameType
from typing import Protocol


class Interruptible(Protocol):
    """A search that :meth:`interrupt` ends soon, with its best bound."""

    def interrupt(self) -> None: ...


def worker_pool(jobs: int) -> ProcessPoolExecutor:
    """Worker processes that leave Ctrl-C, which the terminal sends to them too, to their parent."""
    return ProcessPoolExecutor(jobs, initializer=_ignore_interrupts)


def _ignore_interrupts() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)


@contextmanager
def interrupts_stop(search: Interruptible, pool: ProcessPoolExecutor | None) -> Iterator[None]:
    """The first Ctrl-C asks the search to stop, and ends the worker processes, which cannot be asked: the search then
    meets a broken executor. A second one raises KeyboardInterrupt.
    """
    asked = False

    def stop(number: int, frame: FrameType | None) -> None:
        del number, frame
        nonlocal asked
        search.interrupt()
        if pool is not None:
            end_workers(pool)
        if asked:
            raise KeyboardInterrupt
        asked = True

    try:
        before = signal.signal(signal.SIGINT, stop)
    except ValueError:  # only the main thread hears signals
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def end_workers(pool: ProcessPoolExecutor) -> None:
    """A running task ends only with its process; `terminate_workers` does this from Python 3.14 on."""
    for process in list((getattr(pool, "_processes", None) or {}).values()):
        process.terminate()
