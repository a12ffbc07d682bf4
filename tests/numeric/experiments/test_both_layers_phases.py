"""Length of the slow phase per decade, rate of the fast one, the end of the phase; the same table in any chunks."""

from __future__ import annotations

import math

import numpy as np
import pytest
from matplotlib.figure import Figure

from relucert.numeric.experiment import Runner
from relucert.numeric.experiments import both_layers_phases as experiment
from relucert.numeric.population import gradient_descent

SMALL = experiment.Settings(balance=1e-14, curves=5, starts=1, limit=1500)


def test_slow_phase_costs_the_same_for_each_decade() -> None:
    found = experiment.curves(experiment.run(SMALL, Runner()))
    ends = np.array([found[decade]["end"] for decade in range(1, 6)])
    assert np.diff(ends)[1:] == pytest.approx(experiment.steps_per_decade(SMALL), abs=2)
    assert experiment.steps_per_decade(SMALL) == pytest.approx(87.1, abs=0.05)


def test_fast_phase_falls_as_the_hessian_says() -> None:
    data = experiment.curves(experiment.run(SMALL, Runner()))[2]
    assert (np.diff(data["loss"]) < 0).all()
    assert data["loss"][-1] <= 1e-12 < data["loss"][-2]
    factor = (data["loss"][-1] / data["loss"][-31]) ** (1 / 30)
    assert factor == pytest.approx(max(experiment.fast_factors(SMALL, float(data["length"]))), abs=2e-3)


def test_random_starts() -> None:
    settings = experiment.Settings(starts=60, curves=1)
    chunk = experiment.slow_phase(settings, 0, 0, 60)
    assert (np.asarray(chunk["cosine"]) > 0).all()
    assert (np.asarray(chunk["alignment"]) > 0).all()
    assert (np.asarray(chunk["step"]) < 0.05 * np.asarray(chunk["order"])).all()
    table = experiment.run(settings, Runner())
    assert "Slow phase of 60 random starts" in table.findings[1]
    # the recorded step is the first at which the phase is over
    states, model, end = first_curve(settings), settings.model(), int(experiment.curves(table)[1]["end"])
    for steps, over in ((end - 1, False), (end, True)):
        last = gradient_descent(model, states, step=settings.step, steps=steps).parameters
        assert experiment.ended(*experiment.observed(model, last)[1:])[0] == over


def first_curve(settings: experiment.Settings) -> np.ndarray:
    """The start with cos phi = a·a* = 1/10."""
    star = settings.model().output_weights
    across = star - star.mean()
    v = [0.1, math.sqrt(0.99), *np.zeros(settings.size - 2)]
    return np.concatenate([v, 0.1 * across / (across @ star)])[None]


def test_table_depends_on_the_seed_alone() -> None:
    settings = experiment.Settings(starts=600, curves=1, limit=60)
    tight = Runner(memory=256 * 16 * 8 * 10)
    assert experiment.run(settings, Runner()).to_csv() == experiment.run(settings, tight).to_csv()
    assert experiment.run(settings, Runner()).to_csv() != experiment.run(settings, Runner(seed=1)).to_csv()


def test_picture() -> None:
    settings = experiment.Settings(starts=20, curves=2, limit=300)
    figure = Figure()
    experiment.draw(experiment.run(settings, Runner()), settings, figure)
    assert len(figure.axes) == 2


@pytest.mark.parametrize("values", [{"step": 1.1}, {"curves": 10}, {"size": 1}, {"balance": 5.0}, {"balance": 0.0}])
def test_settings_refused(values: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"must"):
        experiment.Settings(**values)  # type: ignore[arg-type]
