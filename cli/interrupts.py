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
    """The first Ctrl-C asks the search to stop. A second one raises KeyboardInterrupt, and so does the first when
    there are worker processes, which cannot be asked: they are ended.
    """
    asked = False

    def stop(number: int, frame: FrameType | None) -> None:
        del number, frame
        nonlocal asked
        search.interrupt()
        if asked or pool is not None:
            if pool is not None:
                _end_workers(pool)
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


def _end_workers(pool: ProcessPoolExecutor) -> None:
    processes = list((getattr(pool, "_processes", None) or {}).values())
    pool.shutdown(wait=False, cancel_futures=True)
    for process in processes:  # a running task ends only with its process; public from Python 3.14 on
        process.terminate()
