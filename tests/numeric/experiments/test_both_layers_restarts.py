"""One sign choice always arrives; all four above the limit; the same table in any chunks."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.figure import Figure

from relucert.numeric.experiment import Runner
from relucert.numeric.experiments import both_layers_restarts as experiment

SMALL = experiment.Settings(teachers=4, starts=300, limit=1500)


def test_one_of_four_arrives() -> None:
    table = experiment.run(SMALL, Runner())
    counts = np.array([table.column(name) for name in experiment.REACHED]).T
    assert (counts.sum(axis=1) == 300).all()
    assert sum(table.column("reached_0")) == sum(table.column("reached_1")) == 0
    assert table.column("good_sign_reached") == [300] * 4
    assert counts[0, 2] > 200 > 100 > counts[0, 4] > 0
    assert table.column("reached_4")[2:] == [300, 300]  # balances 2.25 and 4 are above the limit 1.95
    assert "from 1200 of 1200 starts" in table.findings[0]


def test_a_run_that_is_cut_short_is_not_counted_as_arrived() -> None:
    table = experiment.run(experiment.Settings(teachers=1, starts=50, limit=3), Runner())
    assert table.column("reached_0")[0] + table.column("reached_1")[0] > 0
    assert table.column("undecided")[0] > 100


def test_table_depends_on_the_seed_alone() -> None:
    settings = experiment.Settings(teachers=2, starts=600, limit=200)
    tight = Runner(memory=256 * 4 * 16 * 8 * 10)
    assert experiment.run(settings, Runner()).to_csv() == experiment.run(settings, tight).to_csv()
    assert experiment.run(settings, Runner()).to_csv() != experiment.run(settings, Runner(seed=1)).to_csv()


def test_picture() -> None:
    settings = experiment.Settings(teachers=3, starts=20, limit=500)
    figure = Figure()
    experiment.draw(experiment.run(settings, Runner()), settings, figure)
    assert [text.get_text() for text in figure.axes[0].get_xticklabels()] == ["0.444", "1.78", "4"]


@pytest.mark.parametrize("values", [{"step": 1.1}, {"outputs": 1}, {"size": 1}, {"limit": 0}])
def test_settings_refused(values: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"must"):
        experiment.Settings(**values)  # type: ignore[arg-type]
