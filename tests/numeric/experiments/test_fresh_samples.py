"""Second moment, rates of the batches, growth with single samples; the same table in any chunks."""

from __future__ import annotations

import math

import numpy as np
import pytest
from matplotlib.figure import Figure

from relucert.numeric.experiment import Runner
from relucert.numeric.experiments import fresh_samples as experiment

SMALL = experiment.Settings(batches="1,4,32", starts=48, steps=160)


def test_second_moment() -> None:
    # k = 1: A = 2 · 1(x_1 > 0) x xᵀ, E uᵀA²u = 4 · E|x|²(u·x)²/2 = 2 (m + 2)
    settings = experiment.Settings(size=5, patches=1)
    assert experiment.second_moment(settings) == pytest.approx(14, rel=0.02)
    mean, size = experiment.factors(settings, 0, 14.0)
    assert (mean, size) == (0.8, 0.8)
    assert experiment.factors(settings, 4, 14.0)[1] == pytest.approx(math.sqrt(0.64 + 0.04 * 13 / 4))


def test_rates() -> None:
    table = experiment.run(SMALL, Runner())
    found = experiment.medians(table)
    moment = experiment.second_moment(SMALL)
    assert list(found) == [0, 1, 4, 32]
    assert experiment.seen_factor(found[0]) == pytest.approx(0.9, abs=1e-3)
    for batch in (4, 32):
        mean, size = experiment.factors(SMALL, batch, moment)
        assert mean < experiment.seen_factor(found[batch]) < size + 2e-3
    assert found[1][2, -1] > 3 * found[1][2, 0]
    assert experiment.factors(SMALL, 1, moment)[1] > 1
    assert "grows with batches of 1 (" in table.findings[2]


def test_recorded_steps_are_those_of_one_run() -> None:
    coarse = experiment.Settings(batches="4", starts=5, steps=25, every=10)
    fine = experiment.Settings(batches="4", starts=5, steps=25, every=5)
    assert coarse.times() == [0, 10, 20, 25]
    one, other = (experiment.descend(settings, 0, 4, 0, 5)["distance"] for settings in (coarse, fine))
    assert (np.asarray(one) == np.asarray(other)[:, [0, 2, 4, 5]]).all()


def test_table_depends_on_the_seed_alone() -> None:
    settings = experiment.Settings(batches="2", starts=300, steps=10)
    tight = Runner(memory=256 * 8 * 2 * 2 * 20)
    assert experiment.run(settings, Runner()).to_csv() == experiment.run(settings, tight).to_csv()
    assert experiment.run(settings, Runner()).to_csv() != experiment.run(settings, Runner(seed=1)).to_csv()


def test_picture() -> None:
    settings = experiment.Settings(batches="4", starts=4, steps=20)
    figure = Figure()
    experiment.draw(experiment.run(settings, Runner()), settings, figure)
    labels = [text.get_text() for text in figure.axes[0].get_legend().get_texts()]
    assert labels == ["batches of 4", "population's gradient"]


@pytest.mark.parametrize("values", [{"step": 1.5}, {"batches": "0"}, {"batches": "1.5"}, {"size": 1}, {"every": 0}])
def test_settings_refused(values: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="must"):
        experiment.Settings(**values)  # type: ignore[arg-type]
