"""Finished chunks are found again, those of anything else and damaged ones are not."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from relucert.numeric.checkpoint import Checkpoint, Chunk
from relucert.numeric.experiment import Runner


def chunk(first: int, last: int) -> Chunk:
    return {"x": np.arange(first, last) / 7, "status": np.zeros(last - first, dtype=np.int8)}


def test_a_chunk_comes_back_as_it_was(tmp_path: Path) -> None:
    kept = Checkpoint(tmp_path / "deep" / "folder", "experiment 1")
    assert kept.load(0, 0, 5) is None
    kept.store(0, 0, 5, chunk(0, 5))
    found = kept.load(0, 0, 5)
    assert found is not None
    for name, values in chunk(0, 5).items():
        assert found[name].dtype == values.dtype
        assert found[name].tobytes() == values.tobytes()
    assert [path.suffix for path in kept.folder.iterdir()] == [".npz"]  # nothing half-written stays


def test_chunks_of_anything_else_are_not_taken(tmp_path: Path) -> None:
    Checkpoint(tmp_path, "seed 1").store(0, 0, 5, chunk(0, 5))
    assert Checkpoint(tmp_path, "seed 2").load(0, 0, 5) is None
    same = Checkpoint(tmp_path, "seed 1")
    for place in [(1, 0, 5), (0, 0, 4), (0, 1, 5)]:
        assert same.load(*place) is None
    assert same.load(0, 0, 5) is not None


@pytest.mark.parametrize("damage", [b"", b"not an archive", b"PK\x03\x04 cut"])
def test_a_damaged_file_counts_as_missing(tmp_path: Path, damage: bytes) -> None:
    kept = Checkpoint(tmp_path, "x")
    kept.store(0, 0, 5, chunk(0, 5))
    (path,) = tmp_path.iterdir()
    path.write_bytes(damage)
    assert kept.load(0, 0, 5) is None
    kept.store(0, 0, 5, chunk(0, 5))
    assert kept.load(0, 0, 5) is not None


def test_a_cut_archive_counts_as_missing(tmp_path: Path) -> None:
    kept = Checkpoint(tmp_path, "x")
    kept.store(0, 0, 500, chunk(0, 500))
    (path,) = tmp_path.iterdir()
    path.write_bytes(path.read_bytes()[:-100])
    assert kept.load(0, 0, 500) is None


def test_an_interrupted_experiment_goes_on(tmp_path: Path) -> None:
    """Only what is missing is computed, and the results are those of an uninterrupted run."""
    done: list[int] = []

    def work(first: int, last: int) -> Chunk:
        if first == 512 and len(done) == 2:
            raise KeyboardInterrupt
        done.append(first)
        return chunk(first, last)

    def results(kept: Checkpoint | None) -> list[bytes]:
        runner = Runner(memory=256 * 4096, checkpoint=kept)
        return [found["x"].tobytes() for found in runner.over_runs(work, 1000, 4096)]

    with pytest.raises(KeyboardInterrupt):
        results(Checkpoint(tmp_path, "experiment"))
    assert done == [0, 256]
    done.append(-1)
    resumed = results(Checkpoint(tmp_path, "experiment"))
    assert done == [0, 256, -1, 512, 768]
    assert resumed == results(None)
