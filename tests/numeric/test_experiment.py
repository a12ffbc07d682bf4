"""Tables, settings given as text, names, and the runner's order."""

from __future__ import annotations

import csv
import io
import pickle
from dataclasses import dataclass, field, fields, is_dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from relucert.numeric import experiment
from relucert.numeric.experiment import Runner, Table, UnknownExperiment, load, names, settings_of


@dataclass(frozen=True)
class Settings:
    patches: int = field(default=4, metadata={"help": "k"})
    step: float = field(default=0.5, metadata={"help": "lambda"})
    teacher: str = field(default="1,0", metadata={"help": "w*"})

    def __post_init__(self) -> None:
        if self.patches < 1:
            raise ValueError("patches must be at least 1")


FAKE: Any = SimpleNamespace(Settings=Settings)


def test_table_to_csv_and_back() -> None:
    table = Table(["k", "loss", "name"], [[1, 0.1, "a,b"], [2, 1e-300, 'c"d']])
    text = table.to_csv()
    assert "\r" not in text
    rows = list(csv.reader(io.StringIO(text)))
    assert rows[0] == ["k", "loss", "name"]
    assert [float(row[1]) for row in rows[1:]] == [0.1, 1e-300]
    assert rows[2][2] == 'c"d'
    assert table.column("loss") == [0.1, 1e-300]
    with pytest.raises(ValueError):
        table.column("missing")


def test_csv_of_numpy_numbers_is_the_same() -> None:
    assert Table(["x"], [[np.float64(0.1)]]).to_csv() == Table(["x"], [[0.1]]).to_csv() == "x\n0.1\n"


def test_settings_from_text() -> None:
    assert settings_of(FAKE, {}) == Settings()
    assert settings_of(FAKE, {"patches": "7", "step": "1e-2", "teacher": "1,-1"}) == Settings(7, 0.01, "1,-1")


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"k": "3"}, "unknown setting 'k': choose from patches, step, teacher"),
        ({"patches": "2.5"}, "patches=2.5: expected a whole number"),
        ({"step": "fast"}, "step=fast: expected a number"),
        ({"patches": "0"}, "patches must be at least 1"),
    ],
)
def test_settings_refused(given: dict[str, str], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        settings_of(FAKE, given)


def test_lists_in_settings() -> None:
    assert experiment.numbers("0, 0.5,2e1", "leaks") == [0, 0.5, 20]
    assert experiment.whole_numbers("3,24", "sizes") == [3, 24]
    for text in ("", "1,,2", "a", "1;2", "inf"):
        with pytest.raises(ValueError, match=r"leaks=.*: expected numbers"):
            experiment.numbers(text, "leaks")
    for text in ("0,1", "2.5", "-1"):
        with pytest.raises(ValueError, match=r"sizes=.*must be whole"):
            experiment.whole_numbers(text, "sizes")


def spans(first: int, last: int) -> tuple[int, int]:
    return first, last


def test_runner_covers_all_runs_in_order_and_reports_progress() -> None:
    seen: list[tuple[int, int]] = []
    runner = Runner(memory=256 * 4000, progress=lambda finished, total: seen.append((finished, total)))
    found = list(runner.over_runs(spans, 1000, 4000))
    assert found == [(0, 256), (256, 512), (512, 768), (768, 1000)]
    assert seen == [(256, 1000), (512, 1000), (768, 1000), (1000, 1000)]


def test_runner_covers_all_cases_in_order() -> None:
    seen: list[tuple[int, int]] = []
    runner = Runner(memory=256 * 4000, progress=lambda finished, total: seen.append((finished, total)))
    found = runner.over_cases(lambda case, first, last: {"x": case * np.arange(first, last)}, [1, 2], 300, 4000)
    assert [(case, chunk["x"].tolist()) for case, chunk in found] == [
        (case, [case * run for run in span]) for case in (1, 2) for span in (range(256), range(256, 300))
    ]
    assert seen == [(256, 600), (300, 600), (556, 600), (600, 600)]


def test_unknown_names() -> None:
    with pytest.raises(UnknownExperiment, match="relucert descend --list"):
        load("zzzzzz")
    for name in names():
        with pytest.raises(UnknownExperiment, match=name):
            load(name[:-1] + "x")


@pytest.mark.parametrize("name", names())
def test_every_listed_experiment_is_complete(name: str) -> None:
    found: Any = load(name)
    assert isinstance(found.SUMMARY, str)
    assert found.SUMMARY.strip()
    assert is_dataclass(found.Settings)
    kind: Any = found.Settings
    assert all(entry.metadata.get("help") for entry in fields(found.Settings))
    assert settings_of(found, {entry.name: str(entry.default) for entry in fields(found.Settings)}) == kind()
    assert pickle.loads(pickle.dumps(kind())) == kind()
    assert callable(found.run)
    assert callable(found.draw)


def test_modules_are_listed_once() -> None:
    assert len(set(experiment.MODULES)) == len(experiment.MODULES)
