"""The quadrant is not left, critical points are critical, ends of the recorded trajectories."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from matplotlib.figure import Figure

from relucert.numeric.experiment import Runner, Table
from relucert.numeric.experiments import overlapping_quadrant as experiment

SMALL = experiment.Settings(starts=400, trajectories=12, steps=400)


@pytest.fixture(scope="module")
def table() -> Table:
    return experiment.run(SMALL, Runner())


def test_no_start_of_the_quadrant_reaches_the_teacher(table: Table) -> None:
    found: Any = experiment.from_circle(SMALL, 0, 0, 400)["first_and_last"]
    start, ends = found[:, :2], experiment.end_of(found[:, 2:])
    inside = (start[:, 0] < 0) & (start[:, 1] > 0)
    assert 60 < inside.sum() < 140
    assert (ends[inside] == "spurious").all()
    assert 0.7 < (ends[~inside] == "teacher").mean() < 0.95
    findings = table.findings
    assert f"0 of {inside.sum()} reached the teacher" in findings[0]
    assert "(-0.549142, 0.549142) with loss 0.387286" in findings[1]


def test_trajectories_go_downhill_and_stay_in_the_quadrant(table: Table) -> None:
    rows = np.array([row[:5] for row in table.rows], dtype=float)
    for number in range(12):
        way = rows[rows[:, 0] == number]
        assert (np.diff(way[:, 1]) > 0).all()
        assert way[-1, 1] == 400
        assert (np.diff(way[:, 4]) <= 1e-12).all()
        if way[0, 2] < 0 < way[0, 3]:
            assert ((way[:, 2] < 0) & (way[:, 3] > 0)).all()


def test_saddles() -> None:
    found = experiment.saddles()
    assert np.abs(experiment.MODEL.gradient(found)).max() < 1e-9
    assert np.abs(found[0]) == pytest.approx(
        np.abs(found[1][::-1]), abs=1e-8
    )  # the symmetry (w_1, w_2) -> (-w_2, -w_1)
    assert len(found) == 2


def test_picture() -> None:
    figure = Figure()
    settings = experiment.Settings(starts=10, trajectories=8, steps=50)
    experiment.draw(experiment.run(settings, Runner()), settings, figure)
    assert len(figure.axes) == 2  # landscape and colour bar


@pytest.mark.parametrize("values", [{"step": 3.0}, {"trajectories": 0}])
def test_settings_refused(values: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="must"):
        experiment.Settings(**values)  # type: ignore[arg-type]
