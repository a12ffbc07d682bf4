"""The same bytes whatever the workers and the chunks; the memory budget; failures reach the caller."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from functools import partial
from typing import Any

import numpy as np
import pytest

from relucert.numeric import initial, population, stochastic
from relucert.numeric.models.non_overlapping import NonOverlapping
from relucert.numeric.parallel import CACHE, chunk_runs, in_order
from relucert.numeric.seeds import BLOCK, Floats, draw

MODEL = NonOverlapping(np.array([1.0, 0.5, -0.25]), 3)


def work(first: int, last: int) -> Floats:
    """Descent from random starts, then a few noisy steps: (runs, 3)."""
    start = draw(11, first, last, partial(initial.on_sphere, size=3))
    found = population.gradient_descent(MODEL, start, step=0.5, steps=40, done=population.near(MODEL.teacher, 0.1))
    return stochastic.stochastic_descent(MODEL, found.parameters, step=0.1, steps=5, first=first, seed=11).parameters


def failing(first: int, last: int) -> int:
    if first >= 20:
        raise RuntimeError(f"broken at {first}")
    return first


@pytest.fixture(scope="module")
def reference() -> bytes:
    return b"".join(part.tobytes() for part in in_order(work, 1000, 1000))


@pytest.mark.parametrize("chunk", [64, 256, 512, 999])
def test_chunks_do_not_change_a_bit(reference: bytes, chunk: int) -> None:
    assert b"".join(part.tobytes() for part in in_order(work, 1000, chunk)) == reference


@pytest.mark.parametrize("workers", [1, 2, 8])
def test_workers_do_not_change_a_bit(reference: bytes, workers: int) -> None:
    with ProcessPoolExecutor(workers) as executor:
        parts = list(in_order(work, 1000, 256, executor, workers))
    assert [len(part) for part in parts] == [256, 256, 256, 232]
    assert b"".join(part.tobytes() for part in parts) == reference


class Counting(Executor):
    """Works at once, and counts what was submitted."""

    def __init__(self) -> None:
        self.submitted = 0

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        future.set_result(fn(*args))
        self.submitted += 1
        return future


def test_results_come_in_order_and_few_wait() -> None:
    executor = Counting()
    found: list[int] = []
    for first in in_order(lambda first, last: first, 100, 10, executor, workers=2):
        found.append(first)
        assert executor.submitted - len(found) <= 4
    assert found == list(range(0, 100, 10))


def test_a_failure_reaches_the_caller_and_the_rest_is_cancelled() -> None:
    with ThreadPoolExecutor(1) as executor:
        results: Iterator[int] = in_order(failing, 100, 10, executor)
        assert [next(results), next(results)] == [0, 10]
        with pytest.raises(RuntimeError, match="broken at 20"):
            next(results)


def test_chunks_are_whole_blocks_within_budget_and_cache() -> None:
    assert chunk_runs(1000, 2**40) == CACHE // 1000 // BLOCK * BLOCK
    assert chunk_runs(1000, 2**40, workers=8) == chunk_runs(1000, 2**40)
    assert chunk_runs(10**6, 2**40) == BLOCK  # one block even where it exceeds the cache
    for bytes_per_run, memory, workers in [(64, 2**20, 1), (1000, 2**21, 2), (3000, 2**23, 3)]:
        chunk = chunk_runs(bytes_per_run, memory, workers)
        assert chunk % BLOCK == 0
        assert 0 < chunk * bytes_per_run * workers <= memory


def test_a_budget_below_one_block_names_the_least_that_is_enough() -> None:
    with pytest.raises(ValueError, match="allow at least 49 MB") as caught:
        chunk_runs(10**5, 2**20, workers=2)
    assert "2 workers" in str(caught.value)
    assert chunk_runs(10**5, 49 * 2**20, workers=2) == BLOCK


def peak(starts: int, memory: int) -> float:
    """Megabytes that a process has at most while it runs an experiment."""
    code = (
        "import resource, sys\n"
        "from relucert.cli.main import main\n"
        "main(sys.argv[1:])\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)\n"
    )
    words = ["descend", "non-overlapping-starts", "--set", "most_patches=1", "size=8", "limit=30"]
    words += ["--starts", str(starts), "--memory", str(memory)]
    ran = subprocess.run([sys.executable, "-c", code, *words], capture_output=True, text=True, check=True)
    return float(ran.stdout.splitlines()[-1])


@pytest.mark.skipif(sys.platform != "linux", reason="units of the peak")
@pytest.mark.parametrize("starts", [50_000, pytest.param(1_000_000, marks=pytest.mark.slow)])
def test_peak_memory_stays_within_the_budget(starts: int) -> None:
    """Over that of a process with 256 runs, which holds the libraries."""
    assert peak(starts, 32) - peak(256, 32) < 32
