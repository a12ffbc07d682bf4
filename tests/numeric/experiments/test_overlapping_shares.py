"""Disjoint patches always arrive, alternating taps do not; strides; the same table in any chunks."""

from __future__ import annotations

import pytest
from matplotlib.figure import Figure

from relucert.numeric.experiment import Runner
from relucert.numeric.experiments import overlapping_shares as experiment

SMALL = experiment.Settings(most_size=2, teachers=6, starts=20, limit=2000)


def test_shares() -> None:
    table = experiment.run(SMALL, Runner())
    found = experiment.shares(table)
    assert set(found) == {(2, 1), (2, 2)}
    assert sum(table.column("undecided")) == 0
    assert found[2, 2] == [1.0] * 6
    # about half of the random teachers have taps of opposite signs and then a basin that a quarter or more starts in
    assert 0 < sum(share < 1 for share in found[2, 1]) < 6
    assert min(found[2, 1]) > 1 / 17
    assert "120 of 120 runs" in table.findings[0]


def test_places() -> None:
    places = experiment.Settings(most_size=8).places()
    assert places == [(2, 1), (2, 2), (4, 1), (4, 2), (4, 4), (8, 1), (8, 2), (8, 4), (8, 8)]


def test_picture() -> None:
    settings = experiment.Settings(most_size=2, teachers=2, starts=5, limit=300)
    figure = Figure()
    experiment.draw(experiment.run(settings, Runner()), settings, figure)
    assert figure.axes[0].get_legend().get_texts()[0].get_text() == "filter size 2"


@pytest.mark.parametrize("values", [{"most_size": 1}, {"teachers": 0}, {"step": 0.0}])
def test_settings_refused(values: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="must"):
        experiment.Settings(**values)  # type: ignore[arg-type]
