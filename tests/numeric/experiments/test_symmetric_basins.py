"""The theorem's cone, the diagonal between the basins, the permuted teacher; the same table in any chunks."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.figure import Figure

from relucert.numeric.experiment import Runner
from relucert.numeric.experiments import symmetric_basins as experiment

SMALL = experiment.Settings(grid=24)


@pytest.mark.parametrize(("neurons", "other"), [(2, "permuted"), (3, "spurious"), (6, "spurious")])
def test_the_diagonal_separates_the_basins(neurons: int, other: str) -> None:
    table = experiment.run(experiment.Settings(neurons=neurons, grid=24), Runner())
    x, y, ends = (np.array(table.column(name)) for name in ("x", "y", "end"))
    assert (ends[x > y] == "teacher").all()
    assert (ends[x < y] == other).all()
    assert (x != y).all()
    assert 40 < ((0 <= y) & (y < x) & (x <= 1)).sum() < 60
    assert min(table.column("steps")) < max(table.column("steps")) < 2000


def test_findings() -> None:
    findings = experiment.run(SMALL, Runner()).findings
    assert "(-0.663397, 0.330710) with loss 0.055669" in findings[1]
    assert "0.224270" in findings[2]
    assert "finds 4 critical points" in findings[2]


def test_a_run_cut_short_has_no_end() -> None:
    table = experiment.run(experiment.Settings(grid=10, limit=1), Runner())
    assert set(table.column("end")) == {"neither"}


def test_table_does_not_depend_on_chunks() -> None:
    settings = experiment.Settings(grid=40)
    tight = Runner(memory=256 * 40 * 8)
    assert experiment.run(settings, Runner()).to_csv() == experiment.run(settings, tight).to_csv()


def test_picture() -> None:
    figure = Figure()
    experiment.draw(experiment.run(SMALL, Runner()), SMALL, figure)
    labels = [text.get_text() for text in figure.legends[0].get_texts()]
    assert labels[:2] == ["basin of the teacher", "basin of the spurious point"]


@pytest.mark.parametrize("values", [{"step": 1.1}, {"neurons": 1}, {"reach": 0.0}, {"grid": 0}])
def test_settings_refused(values: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"must"):
        experiment.Settings(**values)  # type: ignore[arg-type]
