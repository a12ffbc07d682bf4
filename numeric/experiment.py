"""What an experiment is: settings, a run that fills a table, and a picture of the table."""

from __future__ import annotations

import csv
import functools
import importlib
import io
import itertools
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field, fields
from difflib import get_close_matches
from typing import Any, Protocol, TypeVar

from relucert.numeric.checkpoint import Checkpoint, Chunk
from relucert.numeric.parallel import DEFAULT_MEMORY, calls_in_order, chunk_runs, in_order

Cell = int | float | str
Case = TypeVar("Case")

# In the order of the papers.  A module of relucert.numeric.experiments has SUMMARY, Settings, run and draw.
MODULES: tuple[str, ...] = (
    "non_overlapping_landscape",
    "non_overlapping_starts",
    "overlapping_shares",
    "overlapping_quadrant",
    "both_layers_split",
    "both_layers_phases",
    "both_layers_restarts",
    "symmetric_basins",
    "many_neurons_minima",
    "noise_annealing",
    "leaky_saddle",
    "sample_complexity",
    "fresh_samples",
)


@dataclass(frozen=True)
class Table:
    """The result of an experiment: what the CSV holds and the plot shows.

    Attributes
    ----------
    columns : sequence of str
    rows : sequence of sequences of cells
    findings : sequence of str
        Sentences with the numbers that matter: what was seen, and what the theory says.
    """

    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    findings: Sequence[str] = ()

    def column(self, name: str) -> list[Any]:
        """The cells of one column."""
        place = list(self.columns).index(name)
        return [row[place] for row in self.rows]

    def to_csv(self) -> str:
        """The same bytes for the same numbers: shortest decimals that read back as the same floats, Unix line ends."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(self.columns)
        writer.writerows([repr(float(c)) if isinstance(c, float) else c for c in row] for row in self.rows)
        return text.getvalue()


@dataclass(frozen=True)
class Runner:
    """How the runs of an experiment are carried out; nothing here changes a result.

    Attributes
    ----------
    seed : int
        Not part of the settings, but of the result.
    executor : Executor, optional
        Where chunks run; this process by default.
    workers : int
    memory : int
        Bytes for the working arrays of all workers.
    progress : callable, optional
        ``progress(finished runs, all runs)``.
    checkpoint : Checkpoint, optional
        Where finished chunks are kept and found again.
    """

    seed: int = 0
    executor: Executor | None = None
    workers: int = 1
    memory: int = DEFAULT_MEMORY
    progress: Callable[[int, int], None] = field(default=lambda finished, total: None)
    checkpoint: Checkpoint | None = None
    _calls: Iterator[int] = field(default_factory=itertools.count, init=False, repr=False, compare=False)

    def over_runs(self, work: Callable[[int, int], Chunk], runs: int, bytes_per_run: int) -> Iterator[Chunk]:
        """``work(first, last)`` over all runs in chunks that fit the memory; results in the order of the runs.

        A result is a mapping of names to arrays.  `work` must be picklable for executors of other processes.
        """
        chunk = chunk_runs(bytes_per_run, self.memory, self.workers)
        call = next(self._calls)
        if self.checkpoint is not None:
            work = functools.partial(_kept, self.checkpoint, call, work)
        for number, result in enumerate(in_order(work, runs, chunk, self.executor, self.workers), start=1):
            self.progress(min(number * chunk, runs), runs)
            yield result

    def over_cases(
        self, work: Callable[[Case, int, int], Chunk], cases: Sequence[Case], runs: int, bytes_per_run: int
    ) -> Iterator[tuple[Case, Chunk]]:
        """``work(case, first, last)`` over all runs of all cases, as `over_runs`, but in one queue, case after case.

        Every result comes with its case; a case has several of them when its runs are several chunks.
        """
        chunk = chunk_runs(bytes_per_run, self.memory, self.workers)
        calls = [
            (case, next(self._calls), range(first, min(first + chunk, runs)))
            for case in cases
            for first in range(0, runs, chunk)
        ]
        results = calls_in_order(functools.partial(_case, self.checkpoint, work), calls, self.executor, self.workers)
        finished = 0
        for (case, _, span), result in zip(calls, results, strict=True):
            finished += len(span)
            self.progress(finished, runs * len(cases))
            yield case, result


def _case(
    checkpoint: Checkpoint | None, work: Callable[[Case, int, int], Chunk], case: Case, call: int, span: range
) -> Chunk:
    if checkpoint is None:
        return work(case, span.start, span.stop)
    return _kept(checkpoint, call, functools.partial(work, case), span.start, span.stop)


def _kept(checkpoint: Checkpoint, call: int, work: Callable[[int, int], Chunk], first: int, last: int) -> Chunk:
    """The chunk from an earlier run, or a new one that is then kept."""
    found = checkpoint.load(call, first, last)
    if found is None:
        found = work(first, last)
        checkpoint.store(call, first, last, found)
    return found


class Experiment(Protocol):
    """A module of relucert.numeric.experiments."""

    SUMMARY: str
    Settings: type[Any]  # a frozen dataclass; every field has a default and ``metadata={"help": ...}``

    def run(self, settings: Any, runner: Runner) -> Table: ...

    def draw(self, table: Table, settings: Any, figure: Any) -> None: ...


class UnknownExperiment(ValueError):
    """No experiment has this name; the message names the nearest ones."""

    def __init__(self, name: str) -> None:
        near = get_close_matches(name, names(), n=3, cutoff=0.4)
        cure = f"did you mean {' or '.join(near)}?" if near else "relucert descend --list shows all"
        super().__init__(f"unknown experiment {name!r}: {cure}")


def names() -> tuple[str, ...]:
    """All names: the modules', with hyphens."""
    return tuple(module.replace("_", "-") for module in MODULES)


def load(name: str) -> Experiment:
    """Import an experiment.

    Raises
    ------
    UnknownExperiment
        With the nearest names.
    """
    if name not in names():
        raise UnknownExperiment(name)
    module: Any = importlib.import_module(f"relucert.numeric.experiments.{name.replace('-', '_')}")
    return module  # type: ignore[no-any-return]


def numbers(text: str, name: str) -> list[float]:
    """The values of a setting that is a list: "0,0.5,2".

    Raises
    ------
    ValueError
        Anything but finite numbers with commas between them.
    """
    try:
        found = [float(part) for part in text.split(",")]
    except ValueError:
        found = []
    if not found or not all(math.isfinite(value) for value in found):
        raise ValueError(f"{name}={text}: expected numbers with commas between them")
    return found


def whole_numbers(text: str, name: str) -> list[int]:
    """As `numbers`, for numbers from 1 on without a fractional part."""
    found = numbers(text, name)
    if any(value < 1 or value != int(value) for value in found):
        raise ValueError(f"{name}={text}: every number must be whole and at least 1")
    return [int(value) for value in found]


def settings_of(experiment: Experiment, values: Mapping[str, str]) -> Any:
    """The experiment's settings with some fields given as text.

    Raises
    ------
    ValueError
        An unknown field (the message lists the fields) or a value that is no number of the field's type.
    """
    defaults: dict[str, Any] = {entry.name: entry.default for entry in fields(experiment.Settings)}
    given: dict[str, Any] = {}
    for name, text in values.items():
        if name not in defaults:
            raise ValueError(f"unknown setting {name!r}: choose from {', '.join(defaults)}")
        kind = type(defaults[name])
        try:
            given[name] = kind(text)
        except ValueError:
            noun = {int: "a whole number", float: "a number"}.get(kind, "a value")
            raise ValueError(f"{name}={text}: expected {noun}") from None
    return experiment.Settings(**given)
