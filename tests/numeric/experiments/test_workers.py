"""Every experiment: the same bytes from one process and from eight workers, whose chunks are the smallest there are."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor

import pytest

from relucert.numeric.experiment import Experiment, Runner, Table, load, names, settings_of

# small, and where the runs are what is counted more than one block of 256
REDUCED: dict[str, dict[str, str]] = {
    "non-overlapping-landscape": {"starts": "600", "trajectories": "3", "limit": "300"},
    "non-overlapping-starts": {"starts": "600", "most_patches": "2"},
    "overlapping-shares": {"most_size": "2", "teachers": "2", "starts": "300", "limit": "50"},
    "overlapping-quadrant": {"starts": "600", "trajectories": "2", "steps": "50"},
    "both-layers-split": {"sizes": "6", "teachers": "2", "starts": "600", "limit": "100"},
    "both-layers-phases": {"starts": "600", "curves": "1", "limit": "60"},
    "both-layers-restarts": {"teachers": "2", "starts": "600", "limit": "60"},
    "symmetric-basins": {"grid": "26"},
    "many-neurons-minima": {"least": "5", "most": "6", "starts": "600", "limit": "20"},
    "noise-annealing": {"radii": "4", "starts": "300", "steps": "10", "halvings": "1"},
    "leaky-saddle": {"leaks": "0.01,0.03", "distances": "0.01", "starts": "600"},
    "sample-complexity": {"samples": "8", "starts": "300", "limit": "20"},
    "fresh-samples": {"batches": "2", "starts": "300", "steps": "10"},
}


@pytest.fixture(scope="module")
def pool() -> Iterator[Executor]:
    with ProcessPoolExecutor(2) as executor:
        yield executor


def test_all_experiments_are_here() -> None:
    assert set(REDUCED) == set(names())


def with_least_memory(experiment: Experiment, settings: object, pool: Executor) -> Table:
    """With eight workers and the smallest power of two of megabytes that holds a block of runs for each."""
    for power in range(10):
        try:
            return experiment.run(settings, Runner(seed=5, executor=pool, workers=8, memory=2 ** (20 + power)))
        except ValueError as error:
            assert "memory budget" in str(error)
    raise AssertionError("needs more than half a gigabyte")


@pytest.mark.parametrize("name", names())
def test_workers_do_not_change_a_byte(name: str, pool: Executor) -> None:
    experiment = load(name)
    settings = settings_of(experiment, REDUCED[name])
    one, eight = experiment.run(settings, Runner(seed=5)), with_least_memory(experiment, settings, pool)
    assert eight.to_csv() == one.to_csv()
    assert list(eight.findings) == list(one.findings)
