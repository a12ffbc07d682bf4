"""Many runs in chunks: within a memory budget, over any executor, with results in the order of the runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from typing import Any, TypeVar

from relucert.numeric.seeds import BLOCK

Result = TypeVar("Result")

DEFAULT_MEMORY = 256 * 2**20  # bytes, of all workers together
CACHE = 2**20  # bytes of states per chunk: about what stays in a core's cache; larger chunks are slower, not faster


class BudgetTooSmall(ValueError):
    """The memory budget holds too few runs; the message says how much is enough."""


def chunk_runs(bytes_per_run: int, memory: int, workers: int = 1) -> int:
    """Runs per chunk: a whole number of blocks, within the memory budget and the cache.

    Parameters
    ----------
    bytes_per_run : int
        Peak of the working arrays for one run, temporaries included.
    memory : int
        Bytes that all workers together may use for them.

    Raises
    ------
    BudgetTooSmall
        The budget does not hold one block of 256 runs per worker.
    """
    room = memory // max(1, workers * bytes_per_run)
    if room < BLOCK:
        need = -(-BLOCK * bytes_per_run * workers // 2**20)
        who = "one worker" if workers == 1 else f"{workers} workers"
        raise BudgetTooSmall(f"the memory budget is too small for {who}: allow at least {need} MB")
    return max(1, min(room, max(BLOCK, CACHE // bytes_per_run)) // BLOCK) * BLOCK


def in_order(
    work: Callable[[int, int], Result], runs: int, chunk: int, executor: Executor | None = None, workers: int = 1
) -> Iterator[Result]:
    """``work(first, last)`` for consecutive ranges of runs; results in order, few of them waiting at a time.

    `work` must be picklable when the executor runs other processes.  The results do not depend on the executor, and
    with random numbers from `seeds.py` not on the chunks either.
    """
    ranges = [(first, min(first + chunk, runs)) for first in range(0, runs, chunk)]
    return calls_in_order(work, ranges, executor, workers)


def calls_in_order(
    work: Callable[..., Result], calls: Sequence[tuple[Any, ...]], executor: Executor | None = None, workers: int = 1
) -> Iterator[Result]:
    """``work(*arguments)`` for all the calls, as `in_order` does it."""
    if executor is None:
        yield from (work(*arguments) for arguments in calls)
        return
    waiting = [executor.submit(work, *arguments) for arguments in calls[: 2 * workers]]
    following = iter(calls[2 * workers :])
    try:
        while waiting:
            result = waiting.pop(0).result()
            arguments = next(following, None)
            if arguments is not None:
                waiting.append(executor.submit(work, *arguments))
            yield result
    finally:
        for future in waiting:
            future.cancel()
