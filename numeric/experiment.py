"""What an experiment is: settings, a run that fills a table, and a picture of the table."""

from __future__ import annotations

import csv
import importlib
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field, fields
from difflib import get_close_matches
from typing import Any, Protocol, TypeVar

from relucert.numeric.parallel import DEFAULT_MEMORY, chunk_runs, in_order

Cell = int | float | str
Result = TypeVar("Result")

# In the order of the papers.  A module of relucert.numeric.experiments has SUMMARY, Settings, run and draw.
MODULES: tuple[str, ...] = ()


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
    """

    seed: int = 0
    executor: Executor | None = None
    workers: int = 1
    memory: int = DEFAULT_MEMORY
    progress: Callable[[int, int], None] = field(default=lambda finished, total: None)

    def over_runs(self, work: Callable[[int, int], Result], runs: int, bytes_per_run: int) -> Iterator[Result]:
        """``work(first, last)`` over all runs in chunks that fit the memory; results in the order of the runs."""
        chunk = chunk_runs(bytes_per_run, self.memory, self.workers)
        for number, result in enumerate(in_order(work, runs, chunk, self.executor, self.workers), start=1):
            self.progress(min(number * chunk, runs), runs)
            yield result


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
