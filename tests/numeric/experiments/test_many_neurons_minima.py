"""Gradient and loss against the general model, ends that are minima, none below six; the same table in any chunks."""

from __future__ import annotations

import math

import numpy as np
import pytest
from matplotlib.figure import Figure

from relucert.numeric.experiment import Runner
from relucert.numeric.experiments import many_neurons_minima as experiment
from relucert.numeric.models.two_layer import multi_neuron


@pytest.mark.parametrize("k", [2, 5, 8])
def test_gradient_and_loss_are_those_of_the_model(k: int) -> None:
    states, model = np.random.default_rng(0).standard_normal((20, k * k)), multi_neuron(np.eye(k))
    assert experiment.gradient(states, k) == pytest.approx(model.gradient(states), abs=1e-12)
    assert experiment.loss_of(states, k) == pytest.approx(model.loss(states), rel=1e-12)
    assert np.abs(experiment.gradient(np.eye(k).reshape(1, -1), k)).max() < 1e-7


def test_spurious_ends_are_minima_of_known_losses() -> None:
    settings = experiment.Settings(least=9, most=9, starts=100)
    chunk = experiment.descend(settings, 0, 9, 0, 100)
    loss, end = np.asarray(chunk["loss"]), np.asarray(chunk["end"])
    spurious = end == "spurious"
    assert 10 < spurious.sum() < 40
    assert set(loss[spurious].round(4)) <= {0.0200, 0.0375}
    assert (loss[end == "teacher"] <= 1e-5).all()
    assert (end != "undecided").all()
    assert experiment.least_eigenvalue(np.asarray(chunk["states"])[spurious][0], 9) > 0.005


def test_few_neurons_always_find_the_teacher() -> None:
    table = experiment.run(experiment.Settings(least=3, most=4, starts=100), Runner())
    assert set(table.column("end")) == {"teacher"}
    assert table.findings[0] == "K <= 5: 0 runs ended in a spurious minimum."
    assert table.column("run")[:3] == [0, 1, 2]


def test_symmetric_losses() -> None:
    assert experiment.symmetric_loss(6) == pytest.approx(0.0557, abs=5e-5)
    assert experiment.symmetric_loss(10) == pytest.approx(0.0766, abs=5e-5)


def test_least_eigenvalue_at_the_teacher() -> None:
    assert experiment.least_eigenvalue(np.eye(3).reshape(-1), 3) == pytest.approx(1 / 4 - 1 / (2 * math.pi))


def test_table_depends_on_the_seed_alone() -> None:
    settings = experiment.Settings(least=4, most=5, starts=600, limit=30)
    tight = Runner(memory=256 * 12 * 8 * 25)
    assert experiment.run(settings, Runner()).to_csv() == experiment.run(settings, tight).to_csv()
    assert experiment.run(settings, Runner()).to_csv() != experiment.run(settings, Runner(seed=1)).to_csv()


def test_cut_short_and_picture() -> None:
    settings = experiment.Settings(least=6, most=7, starts=10, limit=10)
    table = experiment.run(settings, Runner())
    assert set(table.column("end")) == {"undecided"}
    assert all(math.isnan(value) for value in table.column("least_eigenvalue"))
    figure = Figure()
    experiment.draw(table, settings, figure)
    assert len(figure.axes) == 2


@pytest.mark.parametrize("values", [{"step": 4.1}, {"least": 1}, {"least": 5, "most": 4}, {"starts": 0}])
def test_settings_refused(values: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"must"):
        experiment.Settings(**values)  # type: ignore[arg-type]
