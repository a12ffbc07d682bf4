"""Data sets, the asymptotic distance, exact recovery; the same table in any chunks."""

from __future__ import annotations

import math

import numpy as np
import pytest
from matplotlib.figure import Figure

from relucert.numeric.experiment import Runner
from relucert.numeric.experiments import sample_complexity as experiment

SMALL = experiment.Settings(samples="4,64,512", starts=48, limit=300)


def test_prediction_is_the_inverse_hessian() -> None:
    for size, patches in ((4, 2), (3, 5)):
        settings = experiment.Settings(size=size, patches=patches, noise=0.3)
        model = settings.model()
        hessian = model.curvature(np.tile(model.teacher, (size, 1)), np.eye(size))
        expected = 0.3 * math.sqrt(2 * np.trace(np.linalg.inv(hessian)) / 100)
        assert experiment.predicted(settings, 100) == pytest.approx(expected)


def test_ends() -> None:
    table = experiment.run(SMALL, Runner())
    clean, noisy = experiment.distances(table, 0.0), experiment.distances(table, 0.1)
    assert list(clean) == list(noisy) == [4, 64, 512]
    assert (clean[4] <= 1e-6).mean() < 0.2
    assert (clean[512] <= 1e-6).all()
    assert math.sqrt((noisy[512] ** 2).mean()) == pytest.approx(experiment.predicted(SMALL, 512), rel=0.2)
    assert np.median(noisy[64]) > 1.5 * np.median(noisy[512])
    assert "from n = 64 on all do" in table.findings[0] or "from n = 512 on all do" in table.findings[0]


def test_runs_have_their_own_data() -> None:
    first, second = (experiment.data_set(SMALL, 0, 64, number) for number in (0, 1))
    assert [part.shape for part in first] == [(4,), (64, 8), (64,)]
    assert not np.allclose(first[1], second[1])
    assert (experiment.data_set(SMALL, 0, 64, 0)[2] == first[2]).all()
    assert np.linalg.norm(first[0]) == pytest.approx(1)


def test_table_depends_on_the_seed_alone() -> None:
    settings = experiment.Settings(samples="8", starts=300, limit=20)
    tight = Runner(memory=256 * 8 * 8 * 2 * 8)
    assert experiment.run(settings, Runner()).to_csv() == experiment.run(settings, tight).to_csv()
    assert experiment.run(settings, Runner()).to_csv() != experiment.run(settings, Runner(seed=1)).to_csv()


def test_picture() -> None:
    settings = experiment.Settings(samples="8,16", starts=4, limit=20)
    figure = Figure()
    experiment.draw(experiment.run(settings, Runner()), settings, figure)
    assert len(figure.axes) == 2


@pytest.mark.parametrize("values", [{"step": 1.5}, {"samples": "0,4"}, {"samples": "x"}, {"noise": 0.0}, {"size": 0}])
def test_settings_refused(values: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"must|expected"):
        experiment.Settings(**values)  # type: ignore[arg-type]
