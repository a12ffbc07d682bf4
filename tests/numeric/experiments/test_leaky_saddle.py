"""Critical points of the leaky model, predicted times, the two laws; the same table in any chunks."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.figure import Figure

from relucert.numeric.experiment import Runner
from relucert.numeric.experiments import leaky_saddle as experiment
from relucert.numeric.models.non_overlapping import NonOverlapping

SMALL = experiment.Settings(leaks="0,0.01,0.05", distances="0.01,0.001", starts=3)


@pytest.mark.parametrize("k", [2, 5])
@pytest.mark.parametrize("part", [0.0, 0.3, 0.95])
def test_saddle(k: int, part: float) -> None:
    leak = part * experiment.largest_leak(k)
    model = NonOverlapping(np.eye(3)[0], k, leak)
    kappa = experiment.saddle_radius(leak, k)
    point = np.array([-kappa, 0, 0])
    assert kappa > 0
    assert model.gradient(point) == pytest.approx(np.zeros(3), abs=1e-14)
    bent = model.curvature(point, np.eye(3)[1])
    assert bent == pytest.approx(-2 * leak / (k * kappa) * np.eye(3)[1], abs=1e-13)


def test_largest_leak() -> None:
    assert experiment.largest_leak(2) == pytest.approx(0.1225393, abs=1e-7)
    assert experiment.saddle_radius(experiment.largest_leak(4), 4) == pytest.approx(0, abs=1e-14)


def test_steps() -> None:
    table = experiment.run(SMALL, Runner())
    assert table.column("left") == [3] * 6
    assert table.column("median_steps") == table.column("most_steps")
    assert table.column("median_steps") == pytest.approx(table.column("predicted"), abs=8)
    (_, far, _), (_, near, _) = (experiment.of_distance(table, distance) for distance in (0.01, 0.001))
    assert 9 < near[0] / far[0] < 10  # 1/distance
    assert near[2] / far[2] < 2.5  # log(1/distance)
    assert "within" in table.findings[2]


def test_limit_counts_as_not_left() -> None:
    settings = experiment.Settings(leaks="0", distances="0.01", starts=3, limit=20)
    assert experiment.run(settings, Runner()).column("left") == [0]


def test_table_does_not_depend_on_chunks() -> None:
    settings = experiment.Settings(leaks="0.03", distances="0.01", starts=600)
    tight = Runner(memory=256 * 12 * 8 * 4)
    assert experiment.run(settings, Runner()).to_csv() == experiment.run(settings, tight).to_csv()


def test_picture() -> None:
    for leaks in ("0,0.01", "0.01", "0"):
        settings = experiment.Settings(leaks=leaks, distances="0.01", starts=2)
        figure = Figure()
        experiment.draw(experiment.run(settings, Runner()), settings, figure)
        labels = [text.get_text() for text in figure.axes[0].get_legend().get_texts()]
        assert labels == ["starts at distance 0.01", "predicted"]


@pytest.mark.parametrize(
    "values", [{"step": 1.3}, {"leaks": "0.2"}, {"leaks": "-0.1"}, {"distances": "0"}, {"size": 1}, {"patches": 1}]
)
def test_settings_refused(values: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"must"):
        experiment.Settings(**values)  # type: ignore[arg-type]
