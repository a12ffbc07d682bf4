"""The smoothed kernel, its critical radius, escapes on both sides of it; the same table in any chunks."""

from __future__ import annotations

import math
from functools import partial

import numpy as np
import pytest
from matplotlib.figure import Figure

from relucert.numeric import initial
from relucert.numeric.experiment import Runner
from relucert.numeric.experiments import noise_annealing as experiment
from relucert.numeric.kernels import angular_kernel, supplement
from relucert.numeric.seeds import draw

SMALL = experiment.Settings(balance=1.0, radii="1,4", starts=24, steps=1500, halvings=4)


@pytest.mark.parametrize("size", [2, 3, 6])
def test_mean_kernel_against_samples_and_its_limit(size: int) -> None:
    drawn = draw(0, 0, 40_000, partial(initial.in_ball, size=size, radius=2.0))
    values = angular_kernel(supplement(drawn - np.eye(size)[0], np.eye(size)[0]))
    score = (values.mean() - experiment.mean_kernel(size, 2.0)) / (values.std() / 200)
    assert abs(score) < 4
    limit = size / 2 * math.gamma(size / 2) ** 2 / math.gamma((size + 1) / 2) ** 2
    assert experiment.mean_kernel(size, 1e6) == pytest.approx(limit, rel=1e-4)
    assert experiment.mean_kernel(size, 0.0) == 0


def test_critical_radius() -> None:
    model = experiment.Settings().model()
    critical = experiment.critical_radius(model)
    assert critical == pytest.approx(3.637, abs=1e-3)
    assert experiment.predicted_alignment(model, 0.99 * critical) < 0 < experiment.predicted_alignment(model, critical)


def test_only_large_noise_leads_out() -> None:
    table = experiment.run(SMALL, Runner())
    (small, small_loss), (large, large_loss) = experiment.by_radius(table).values()
    assert (small_loss > 0.1).all()
    assert (large_loss <= 1e-3).mean() > 0.8
    assert small.mean() == pytest.approx(experiment.predicted_alignment(SMALL.model(), 1.0), abs=0.03)
    assert large.mean() > 0.1
    assert "0 (1)" in table.findings[0]
    assert "from radius 1.992 on" in table.findings[1]


def test_without_noise_runs_stay_where_they_are() -> None:
    settings = experiment.Settings(radii="0", starts=5, steps=500, halvings=1)
    table = experiment.run(settings, Runner())
    model = settings.model()
    assert table.column("alignment") == pytest.approx([experiment.predicted_alignment(model, 0.0)] * 5, abs=1e-3)
    assert table.column("loss") == pytest.approx([0.17] * 5, abs=0.15)


def test_table_depends_on_the_seed_alone() -> None:
    settings = experiment.Settings(radii="4", starts=300, steps=10, halvings=1)
    tight = Runner(memory=256 * 24 * 8 * 6)
    assert experiment.run(settings, Runner()).to_csv() == experiment.run(settings, tight).to_csv()
    assert experiment.run(settings, Runner()).to_csv() != experiment.run(settings, Runner(seed=1)).to_csv()


def test_picture() -> None:
    settings = experiment.Settings(radii="0,4", starts=4, steps=10, halvings=1)
    figure = Figure()
    experiment.draw(experiment.run(settings, Runner()), settings, figure)
    assert len(figure.axes) == 2


@pytest.mark.parametrize(
    "values", [{"step": 1.3}, {"balance": 1.7}, {"radii": "1,-1"}, {"radii": ""}, {"size": 1}, {"output_noise": -1.0}]
)
def test_settings_refused(values: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"must|expected"):
        experiment.Settings(**values)  # type: ignore[arg-type]
