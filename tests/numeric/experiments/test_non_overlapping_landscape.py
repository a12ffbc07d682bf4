"""The saddle and its Hessian, recorded ways go downhill to the teacher; the same table in any chunks."""

from __future__ import annotations

import math

import numpy as np
import pytest
from matplotlib.figure import Figure

from relucert.numeric.experiment import Runner
from relucert.numeric.experiments import non_overlapping_landscape as experiment

SMALL = experiment.Settings(starts=300, trajectories=8)


@pytest.mark.parametrize("k", [2, 4, 10])
def test_saddle(k: int) -> None:
    model = experiment.Settings(patches=k).model()
    point, loss = experiment.saddle(k)
    assert model.gradient(point) == pytest.approx(np.zeros(2), abs=1e-15)
    assert model.loss(point) == pytest.approx(loss)
    eigenvalue = (k - 1 + math.pi) / (math.pi * k)
    assert model.curvature(np.stack([point] * 2), np.eye(2)) == pytest.approx(np.diag([eigenvalue, 0]), abs=1e-15)


def test_ways_go_downhill_to_the_teacher() -> None:
    rows = np.array(experiment.trajectories(SMALL))
    assert set(rows[:, 0]) == set(range(8))
    slow = []
    for run in range(8):
        way = rows[rows[:, 0] == run]
        assert way[0, 1] == 0
        assert np.hypot(*way[0, 2:4]) == pytest.approx(1.35)
        assert (np.diff(way[:, 4]) < 0).all()
        assert np.hypot(way[-1, 2] - 1, way[-1, 3]) <= 0.01
        assert np.hypot(*np.diff(way[:-1, 2:4], axis=0).T).min() > 0.04
        slow.append(np.abs(way[:, 2:4] - experiment.saddle(4)[0]).sum(axis=1).min() < 0.05)
    assert slow == [False] * 6 + [True] * 2  # the two beside the opposite ray pass the saddle


def test_findings_and_chunks() -> None:
    table = experiment.run(SMALL, Runner())
    assert table.findings[0].startswith("300 of 300 starts on the circle reached the teacher")
    assert "Saddle (-0.488473, 0): loss 0.186059" in table.findings[2]
    tight = experiment.run(SMALL, Runner(memory=256 * 12 * 8 * 2))
    assert (tight.to_csv(), tight.findings) == (table.to_csv(), table.findings)
    assert experiment.run(SMALL, Runner(seed=1)).findings != table.findings


def test_picture() -> None:
    settings = experiment.Settings(starts=10, trajectories=4)
    figure = Figure()
    experiment.draw(experiment.run(settings, Runner()), settings, figure)
    assert len(figure.axes) == 2  # landscape and colour bar


@pytest.mark.parametrize("values", [{"step": 1.5}, {"trajectories": 2}, {"patches": 1}, {"starts": 0}])
def test_settings_refused(values: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="must"):
        experiment.Settings(**values)  # type: ignore[arg-type]
