"""Regions that are not left, the limit above which nothing is spurious; the same table in any chunks."""

from __future__ import annotations

import pytest
from matplotlib.figure import Figure

from relucert.numeric.experiment import Runner
from relucert.numeric.experiments import both_layers_split as experiment

SMALL = experiment.Settings(sizes="3,24", teachers=6, starts=300, limit=1500)


def test_split() -> None:
    table = experiment.run(SMALL, Runner())
    rows = [dict(zip(table.columns, row, strict=True)) for row in table.rows]
    assert [row["balance"] for row in rows[:7]] == pytest.approx([4 * (i / 6) ** 2 for i in range(7)])
    for row in rows:
        assert row["good_teacher"] == row["in_good"]
        assert row["bad_spurious"] == row["in_bad"]
        assert row["teacher"] + row["spurious"] + row["undecided"] == 300
        if float(row["balance"]) > 1.96:
            assert row["spurious"] == 0
            assert int(row["teacher"]) >= 299
        if 0 < float(row["balance"]) < 0.2:
            assert 120 < int(row["spurious"]) < 160
            assert row["undecided"] == 0
    assert sum(int(row["in_bad"]) for row in rows) > 50
    at_one = {row["size"]: row["spurious"] for row in rows if row["balance"] == 1}
    assert at_one[3] > 2 * at_one[24] > 0
    assert table.findings[2].startswith("From (1·a*)²/|a*|² = (k + pi - 1)/pi = 1.9549 on there is no spurious")


def test_table_depends_on_the_seed_alone() -> None:
    settings = experiment.Settings(sizes="8", teachers=2, starts=600, limit=300)
    tight = Runner(memory=256 * 16 * 8 * 12)
    assert experiment.run(settings, Runner()).to_csv() == experiment.run(settings, tight).to_csv()
    assert experiment.run(settings, Runner()).to_csv() != experiment.run(settings, Runner(seed=1)).to_csv()


def test_picture() -> None:
    settings = experiment.Settings(sizes="2", teachers=1, starts=20, limit=50)
    figure = Figure()
    experiment.draw(experiment.run(settings, Runner()), settings, figure)
    assert figure.axes[0].get_legend().get_texts()[0].get_text() == "at the teacher, p = 2"


@pytest.mark.parametrize("values", [{"step": 1.1}, {"outputs": 1}, {"sizes": "1,3"}, {"sizes": "a"}, {"starts": 0}])
def test_settings_refused(values: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"must|expected"):
        experiment.Settings(**values)  # type: ignore[arg-type]
