"""Finished chunks of a long experiment in a folder, so that an interrupted one loses nothing finished."""

from __future__ import annotations

import hashlib
import os
import zipfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Chunk = Mapping[str, NDArray[np.generic]]


class Checkpoint:
    """Chunks by their place in the experiment: ``<what>-<call>-<first>-<last>.npz``.

    Parameters
    ----------
    folder : Path
        Made when it is missing.  May hold the chunks of several experiments.
    what : str
        Everything that a result depends on: experiment, settings, seed, version.  Chunks of anything else are ignored.
    """

    def __init__(self, folder: Path, what: str) -> None:
        self.folder = folder
        self.key = hashlib.sha256(what.encode()).hexdigest()[:16]
        folder.mkdir(parents=True, exist_ok=True)

    def _path(self, call: int, first: int, last: int) -> Path:
        return self.folder / f"{self.key}-{call}-{first}-{last}.npz"

    def load(self, call: int, first: int, last: int) -> Chunk | None:
        """The chunk, or None when it is not there; a damaged file counts as not there."""
        try:
            with np.load(self._path(call, first, last), allow_pickle=False) as archive:
                return {name: archive[name] for name in archive.files}
        except (OSError, EOFError, ValueError, KeyError, zipfile.BadZipFile):
            return None

    def store(self, call: int, first: int, last: int, chunk: Chunk) -> None:
        """Write the chunk; it appears complete or not at all."""
        path = self._path(call, first, last)
        temporary = path.with_suffix(f".{os.getpid()}.tmp")
        with temporary.open("wb") as file:
            np.savez(file, **chunk)  # type: ignore[arg-type]  # the stub takes the names for options
        temporary.replace(path)
