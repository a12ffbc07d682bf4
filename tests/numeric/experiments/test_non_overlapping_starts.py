"""All starts arrive; step counts of the grid as known; the same table for the same seed and any chunks."""

from __future__ import annotations

import pytest
from matplotlib.figure import Figure

from relucert.numeric.experiment import Runner
from relucert.numeric.experiments import non_overlapping_starts as experiment

SMALL = experiment.Settings(most_patches=4, starts=300)


def test_every_start_arrives_and_the_grid_takes_the_known_steps() -> None:
    table = experiment.run(SMALL, Runner())
    assert table.column("reached") == [300] * 4
    assert table.column("grid_reached") == [9600] * 4
    assert table.column("grid_most_steps") == [15, 56, 109, 169]
    median, most = table.column("median_steps"), table.column("most_steps")
    assert median == sorted(median)
    assert all(m < n <= g for m, n, g in zip(median, most, table.column("grid_most_steps"), strict=True))
    assert "1200 of 1200" in table.findings[0]


def test_table_depends_on_the_seed_alone() -> None:
    tight = Runner(memory=256 * 12 * 8 * SMALL.size)
    assert experiment.run(SMALL, Runner()).to_csv() == experiment.run(SMALL, tight).to_csv()
    assert experiment.run(SMALL, Runner()).to_csv() != experiment.run(SMALL, Runner(seed=1)).to_csv()


def test_picture() -> None:
    figure = Figure()
    experiment.draw(experiment.run(SMALL, Runner()), SMALL, figure)
    assert figure.axes[0].lines[0].get_label() == "random starts, median"


@pytest.mark.parametrize("values", [{"step": 1.5}, {"size": 1}, {"starts": 0}, {"distance": 2.0}])
def test_settings_refused(values: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="must"):
        experiment.Settings(**values)  # type: ignore[arg-type]
