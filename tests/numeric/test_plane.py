"""Steps in the plane are the steps of the gradient, at every angle, row by row, in either precision."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from relucert.numeric import plane
from relucert.numeric.descent import Floats
from relucert.numeric.models.both_layers import BothLayers
from relucert.numeric.models.non_overlapping import NonOverlapping
from relucert.numeric.models.overlapping import Overlapping
from relucert.numeric.population import gradient_descent, near, unit_part

MODELS = {
    "one patch": NonOverlapping(np.array([0.5, -1.0]), 1),
    "eight patches": NonOverlapping(np.array([1.0, 0.5, -0.25, 2.0]), 8),
    "leaky": NonOverlapping(np.array([1.0, 0.5, -0.25]), 3, 0.3),
    "one coordinate": NonOverlapping(np.array([-2.0]), 3),
    "both layers": BothLayers(np.array([1.0, 0.5, -0.25]), np.array([1.0, -0.7, 0.2, 0.4])),
    "constant outputs": BothLayers(np.array([0.5, -1.0]), np.ones(3)),
}


def states(model: Any, count: int = 30) -> Floats:
    found = np.random.default_rng(1).standard_normal((count, model.size)) * np.geomspace(0.1, 10, count)[:, None]
    teacher = model.teacher if isinstance(model, NonOverlapping) else model.filter
    for row, factor in enumerate((1.0, 0.3, -1.0, -0.3)):  # exactly and nearly along the teacher, and opposite to it
        found[row, : len(teacher)] = factor * teacher
        found[4 + row, : len(teacher)] = factor * teacher + 1e-7 * found[4 + row, : len(teacher)]
    return found


def by_gradient(model: Any, start: Floats, sizes: list[float]) -> Floats:
    for size in sizes:
        start = start - size * model.gradient(start)
    return start


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("size", [0.05, 0.5, 7.0])
def test_steps_are_those_of_the_gradient(name: str, size: float) -> None:
    """Also a step size so large that students flip to the other side; few of those, for rounding grows with them."""
    model = MODELS[name]
    steps = plane.leap(model)
    assert steps is not None
    sizes = [size, 0.7 * size, size] * (4 if size < 1 else 1)
    found = steps(states(model), sizes)
    expected = by_gradient(model, states(model), sizes)
    assert found == pytest.approx(expected, rel=1e-9, abs=1e-9 * np.abs(expected).max())


@pytest.mark.parametrize("name", MODELS)
def test_one_step_to_the_last_digits(name: str) -> None:
    model, start = MODELS[name], states(MODELS[name])
    found, expected = plane.leap(model)(start, [0.1]), by_gradient(model, start, [0.1])  # type: ignore[misc]
    assert (np.abs(found - expected).max(axis=1) <= 1e-14 * (1 + np.abs(start).max(axis=1))).all()


@pytest.mark.parametrize("name", MODELS)
def test_rows_do_not_depend_on_the_batch(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    model, start = MODELS[name], states(MODELS[name])
    steps: Any = plane.leap(model)
    whole = steps(start, [0.3] * 5)
    for rows in (slice(0, 1), slice(3, 20), slice(29, 30)):
        assert steps(start[rows], [0.3] * 5).tobytes() == whole[rows].tobytes()
    monkeypatch.setattr(plane, "ROWS", 7)
    assert steps(start, [0.3] * 5).tobytes() == whole.tobytes()
    assert steps(start[:0], [0.3]).shape == (0, model.size)


def test_precision_is_kept() -> None:
    model = NonOverlapping(np.ones(3, dtype=np.float32), 4)
    both = BothLayers(np.ones(3, dtype=np.float32), np.array([1.0, 0.5], dtype=np.float32))
    for one in (model, both):
        start = states(one).astype(np.float32)
        found = plane.leap(one)(start, [0.1] * 3)  # type: ignore[misc]
        assert found.dtype == np.float32
        assert found == pytest.approx(by_gradient(one, start.astype(float), [0.1] * 3), rel=1e-3, abs=1e-4)
        assert gradient_descent(one, start, step=0.1, steps=3).parameters.dtype == np.float32


@pytest.mark.parametrize("name", MODELS)
def test_zero_vectors_are_refused(name: str) -> None:
    start = states(MODELS[name])
    start[5] = 0
    with pytest.raises(ValueError, match="not exist"):
        plane.leap(MODELS[name])(start, [0.1])  # type: ignore[misc]


def test_looks_do_not_change_where_a_run_ends() -> None:
    """Up to rounding: the coordinates are computed anew at each look."""
    model = MODELS["eight patches"]
    done = near(model.teacher, 1e-3)  # type: ignore[union-attr]
    often, seldom = (
        gradient_descent(model, states(model), step=0.5, steps=2000, done=done, every=every) for every in (1, 16)
    )
    assert (seldom.steps == -(-often.steps // 16) * 16).all()


def test_other_models_and_projections_go_step_by_step() -> None:
    assert plane.leap(Overlapping(np.array([1.0, -1.0]), 2)) is None
    both = MODELS["both layers"]
    start = states(both)
    found = gradient_descent(both, start, step=0.1, steps=5, project=unit_part(3)).parameters
    assert np.linalg.norm(found[:, :3], axis=1) == pytest.approx(np.ones(len(start)))
