"""Perturbed descent: the published step, laws of the noise, epochs, escape from the spurious minimum."""

from __future__ import annotations

import math

import numpy as np
import pytest

from relucert.numeric import annealing
from relucert.numeric.annealing import Epoch, large_then_small, perturbation, perturbed_descent
from relucert.numeric.models.both_layers import BothLayers
from relucert.numeric.population import gradient_descent, unit_part
from relucert.numeric.seeds import generator

OUTPUTS = np.array([1.0, -1.0, 0.5])
MODEL = BothLayers(np.array([1.0, 0.0, 0.0]), OUTPUTS)
C = math.pi - 1
SPURIOUS = np.concatenate([-MODEL.filter, (-OUTPUTS + math.pi * OUTPUTS.sum() / (3 + C)) / C])
START = np.random.default_rng(0).standard_normal((300, 6))
QUIET = Epoch(0.0, 0.0, 0.4, 30)


def test_without_noise_this_is_projected_descent() -> None:
    start = unit_part(3)(START)
    outcome = perturbed_descent(MODEL, start, [QUIET], first=0, seed=1)[-1]
    plain = gradient_descent(MODEL, start, step=0.4, steps=30, project=unit_part(3))
    assert outcome.parameters == pytest.approx(plain.parameters, rel=1e-12, abs=1e-13)


def test_one_step_is_the_formula() -> None:
    start, epoch = unit_part(3)(START[:4]), Epoch(2.0, 0.5, 0.3, 1)
    found = perturbed_descent(MODEL, start, [epoch], first=0, seed=7)[0].parameters
    slope = MODEL.gradient(start + perturbation(generator(7, 0, 0), 3, 3, epoch)[:4])
    after = start - 0.3 * slope
    assert found[:, 3:] == pytest.approx(after[:, 3:], rel=1e-14)
    assert found[:, :3] == pytest.approx(after[:, :3] / np.linalg.norm(after[:, :3], axis=1)[:, None], rel=1e-14)


def test_unit_gradient_is_longer_by_the_length() -> None:
    start, epoch = unit_part(3)(START[:4]), Epoch(5.0, 0.0, 0.01, 1)
    moved = start + perturbation(generator(7, 0, 0), 3, 3, epoch)[:4]
    found = perturbed_descent(MODEL, start, [epoch], first=0, seed=7, projected=False, unit_gradient=True)[0]
    change = (start - found.parameters)[:, :3] / 0.01
    length = np.linalg.norm(moved[:, :3], axis=1)[:, None]
    assert change == pytest.approx(length * MODEL.gradient(moved)[:, :3], abs=1e-12)


def test_noise_is_uniform_in_its_balls() -> None:
    drawn = np.concatenate([perturbation(generator(0, block), 3, 2, Epoch(4.0, 0.5, 1.0, 1)) for block in range(40)])
    for part, radius in ((drawn[:, :3], 4.0), (drawn[:, 3:], 0.5)):
        lengths = np.linalg.norm(part, axis=1) / radius
        assert lengths.max() <= 1
        share = 0.5 ** part.shape[1]
        assert abs((lengths <= 0.5).mean() - share) < 4 * math.sqrt(share * (1 - share) / len(part))


def test_runs_do_not_depend_on_their_company() -> None:
    epochs = [Epoch(1.0, 0.1, 0.3, 5), Epoch(0.1, 0.0, 0.3, 5)]
    whole = perturbed_descent(MODEL, START, epochs, first=0, seed=2)
    part = perturbed_descent(MODEL, START[200:], epochs, first=200, seed=2)
    for all_runs, some in zip(whole, part, strict=True):
        assert (some.parameters == all_runs.parameters[200:]).all()


def test_epochs_do_not_share_their_noise() -> None:
    epoch = Epoch(1.0, 0.1, 0.3, 4)
    twice = perturbed_descent(MODEL, START[:3], [epoch, epoch], first=0, seed=2)
    once = perturbed_descent(MODEL, START[:3], [Epoch(1.0, 0.1, 0.3, 8)], first=0, seed=2)
    assert (twice[1].parameters == once[0].parameters).all()
    assert not np.allclose(twice[0].parameters, once[0].parameters)


def test_noise_leads_out_of_the_spurious_minimum() -> None:
    start = np.tile(SPURIOUS, (20, 1))
    calm = perturbed_descent(MODEL, start, [Epoch(0.0, 0.0, 0.5, 3000)], first=0, seed=3)[-1]
    assert (MODEL.loss(calm.parameters) > 0.1).all()
    epochs = large_then_small(Epoch(6.0, 0.3, 0.5, 3000), 0.5, 8, 200)
    noisy = perturbed_descent(MODEL, start, epochs, first=0, seed=3, unit_gradient=True)
    assert (MODEL.split(noisy[0].parameters)[1] @ OUTPUTS > 0).mean() > 0.9
    assert (MODEL.loss(noisy[-1].parameters) < 1e-2).all()


def test_annealed_radii() -> None:
    epochs = large_then_small(Epoch(8.0, 1.0, 0.1, 100), 0.5, 3, 10)
    assert [epoch.noise_filter for epoch in epochs] == [8, 4, 2, 1]
    assert [epoch.noise_output for epoch in epochs] == [1, 0.5, 0.25, 0.125]
    assert [epoch.steps for epoch in epochs] == [100, 10, 10, 10]
    with pytest.raises(ValueError, match=r"factor must lie in \[0, 1\)"):
        large_then_small(annealing.Epoch(1, 1, 0.1, 1), 1.0, 2, 2)


@pytest.mark.parametrize("values", [(-1.0, 0, 0.1, 1), (0, math.inf, 0.1, 1), (0, 0, 0.0, 1), (0, 0, 0.1, -1)])
def test_epochs_refused(values: tuple[float, float, float, int]) -> None:
    with pytest.raises(ValueError, match="must"):
        Epoch(*values)
