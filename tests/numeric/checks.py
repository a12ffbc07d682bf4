"""What every model has to satisfy: derivatives against differences, closed forms against samples, refusals.

And the comparisons of the cross-check that fail, for tests that break something.
"""

from __future__ import annotations

import math
from dataclasses import fields, replace
from typing import Any

import numpy as np
import pytest

from relucert.numeric import crosscheck
from relucert.numeric.agreement import FEWEST
from relucert.numeric.arrays import Array
from relucert.numeric.models.base import Model

SAMPLES = 100_000


def states(model: Model, count: int = 20, seed: int = 0) -> Array:
    return np.random.default_rng(seed).standard_normal((count, model.size))


def gradient_is_the_derivative_of_the_loss(model: Model) -> None:
    at, direction, step = states(model), states(model, seed=1), 1e-5
    expected = (model.loss(at + step * direction) - model.loss(at - step * direction)) / (2 * step)
    assert np.einsum("ni,ni->n", model.gradient(at), direction) == pytest.approx(expected, rel=1e-6, abs=1e-8)


def curvature_is_the_derivative_of_the_gradient(model: Model) -> None:
    at, direction, step = states(model), states(model, seed=1), 1e-5
    expected = (model.gradient(at + step * direction) - model.gradient(at - step * direction)) / (2 * step)
    assert model.curvature(at, direction) == pytest.approx(expected, rel=1e-6, abs=1e-7)


def curvature_is_symmetric(model: Model) -> None:
    at, one, other = states(model), states(model, seed=1), states(model, seed=2)
    left = np.einsum("ni,ni->n", model.curvature(at, one), other)
    assert left == pytest.approx(np.einsum("ni,ni->n", model.curvature(at, other), one), rel=1e-9, abs=1e-12)


def samples_agree(model: Model, seed: int = 3) -> None:
    """Loss and gradient on fresh samples, in standard errors: all below 4 in absolute value."""
    at = states(model, 1, seed)[0]
    inputs = np.random.default_rng(seed).standard_normal((SAMPLES, 1, model.input_size))
    targets = model.target(inputs)
    # one sample at a time, so that the samples' spread is seen
    losses = model.sample_loss(np.broadcast_to(at, (SAMPLES, model.size)), inputs, targets)
    slopes = model.sample_gradient(np.broadcast_to(at, (SAMPLES, model.size)), inputs, targets)
    for seen, expected in ((losses[:, None], model.loss(at)), (slopes, model.gradient(at))):
        scores = (seen.mean(0) - expected) / (seen.std(0) / math.sqrt(SAMPLES))
        assert np.abs(scores).max() < 4


def sample_curvature_is_the_derivative(model: Model) -> None:
    """Away from kinks, which 30 samples and a step of 1e-7 do not meet."""
    at, direction, step = states(model), states(model, seed=1), 1e-7
    inputs = np.random.default_rng(2).standard_normal((30, model.input_size))
    targets = np.random.default_rng(3).standard_normal(30)
    slopes = [model.sample_gradient(at + sign * step * direction, inputs, targets) for sign in (1, -1)]
    found = model.sample_curvature(at, inputs, targets, direction)
    assert found == pytest.approx((slopes[0] - slopes[1]) / (2 * step), rel=1e-5, abs=1e-6)


def sample_gradient_is_the_derivative(model: Model) -> None:
    """Away from kinks, which 30 samples and a step of 1e-7 do not meet."""
    at, direction, step = states(model), states(model, seed=1), 1e-7
    inputs = np.random.default_rng(5).standard_normal((30, model.input_size))
    targets = model.target(inputs)
    up, down = (model.sample_loss(at + sign * step * direction, inputs, targets) for sign in (1, -1))
    found = np.einsum("ni,ni->n", model.sample_gradient(at, inputs, targets), direction)
    assert found == pytest.approx((up - down) / (2 * step), rel=1e-4, abs=1e-6)


def batches_broadcast(model: Model) -> None:
    """Rows are independent of each other, for shared and for own inputs."""
    at = states(model, 6)
    inputs = np.random.default_rng(4).standard_normal((6, 7, model.input_size))
    targets = model.target(inputs)
    assert targets.shape == (6, 7)
    assert model.output(at, inputs).shape == (6, 7)
    for row in range(6):
        assert model.loss(at)[row] == pytest.approx(model.loss(at[row]), rel=1e-12)
        assert model.gradient(at)[row] == pytest.approx(model.gradient(at[row]), rel=1e-12, abs=1e-14)
        own = model.sample_gradient(at[row], inputs[row], targets[row])
        assert model.sample_gradient(at, inputs, targets)[row] == pytest.approx(own, rel=1e-12, abs=1e-14)
        shared = model.sample_gradient(at[row], inputs[0], targets[0])
        assert model.sample_gradient(at, inputs[0], targets[0])[row] == pytest.approx(shared, rel=1e-12, abs=1e-14)
    assert model.loss(at.reshape(2, 3, -1)).shape == (2, 3)
    assert model.gradient(at.reshape(2, 3, -1)).shape == (2, 3, model.size)


def rows_do_not_depend_on_their_company(model: Model) -> None:
    """To the last bit: chunks and runs that have ended must not change the runs beside them."""
    at = states(model, 400)
    for call in (model.loss, model.gradient):
        whole = call(at)
        for first, last in ((0, 1), (3, 10), (100, 333), (1, 400)):
            assert (call(at[first:last]) == whole[first:last]).all()


def wrong_shapes_are_refused(model: Model) -> None:
    """The messages have the expected and the given shape."""
    long = np.ones((4, model.size + 1))
    message = rf"expected shape \(\.\.\., {model.size}\), got \(4, {model.size + 1}\)"
    for call in (model.loss, model.gradient):
        with pytest.raises(ValueError, match=message):
            call(long)
    with pytest.raises(ValueError, match=f"direction: {message}"):
        model.curvature(np.ones((4, model.size)), long)
    width = model.input_size
    with pytest.raises(ValueError, match=rf"inputs: expected shape \(\.\.\., {width}\), got \(3, {width + 2}\)"):
        model.output(np.ones(model.size), np.ones((3, width + 2)))
    with pytest.raises(ValueError, match=r"expected shape .*, got \(\)"):
        model.loss(np.float64(1))
    for call in (model.sample_loss, model.sample_gradient):
        with pytest.raises(ValueError, match=r"targets: expected shape \(\.\.\., 3\), got \(4,\)"):
            call(np.ones(model.size), np.ones((3, width)), np.ones(4))


def zero_vectors_are_refused(model: Model) -> None:
    """Where a weight vector is zero there is no gradient, and no curvature; one bad row is enough."""
    rows = states(model, 3)
    rows[1] = 0
    with pytest.raises(ValueError, match="not exist"):
        model.gradient(rows)
    with pytest.raises(ValueError, match="not exist"):
        model.curvature(rows, rows + 1)


def other_numbers(model: Model) -> None:
    """Whole numbers are converted; complex ones and text are refused."""
    whole = np.arange(1, model.size + 1)
    assert model.loss(whole) == model.loss(whole.astype(float))
    assert model.gradient(list(whole)).tolist() == model.gradient(whole.astype(float)).tolist()
    for bad in (whole + 1j, whole.astype(str)):
        with pytest.raises(ValueError, match="expected real numbers"):
            model.loss(bad)


def failing_comparisons(model: str) -> set[str]:
    """The comparisons that fail: few samples, one of the model's networks."""
    cases = tuple(replace(case, examples=lambda generator, case=case: case.examples(generator)[1:2])
                  for case in crosscheck.CASES)  # fmt: skip
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(crosscheck, "CASES", cases)
        report = crosscheck.crosscheck([model], samples=FEWEST, points=1)
    return {f"{row.quantity}: {name}" for row in report.rows for name in row.disagreements(report.bound)}


def strict_arrays_are_accepted(model: Model) -> None:
    _arrays_are_accepted(model, "array_api_strict")


def torch_arrays_are_accepted(model: Model) -> None:
    _arrays_are_accepted(model, "torch")


def _arrays_are_accepted(model: Any, name: str) -> None:
    """The same numbers in arrays of another library, for everything a model offers."""
    pytest.importorskip("array_api_compat")
    library: Any = pytest.importorskip(name)
    own = {entry.name: getattr(model, entry.name) for entry in fields(model)}
    other = replace(model, **{key: library.asarray(v) for key, v in own.items() if isinstance(v, np.ndarray)})
    at, move = states(model, 3), states(model, 3, seed=1)
    inputs = np.random.default_rng(2).standard_normal((3, 5, model.input_size))
    targets = model.target(inputs)
    for method, given in {
        "loss": (at,),
        "gradient": (at,),
        "curvature": (at, move),
        "output": (at, inputs),
        "target": (inputs,),
        "sample_loss": (at, inputs, targets),
        "sample_gradient": (at, inputs, targets),
    }.items():
        found = getattr(other, method)(*(library.asarray(array) for array in given))
        assert type(found) is type(library.asarray(at)), method
        assert np.asarray(found) == pytest.approx(getattr(model, method)(*given), rel=1e-12, abs=1e-13), method


ALL = (
    gradient_is_the_derivative_of_the_loss,
    curvature_is_the_derivative_of_the_gradient,
    curvature_is_symmetric,
    samples_agree,
    sample_gradient_is_the_derivative,
    sample_curvature_is_the_derivative,
    batches_broadcast,
    rows_do_not_depend_on_their_company,
    wrong_shapes_are_refused,
    zero_vectors_are_refused,
    other_numbers,
    strict_arrays_are_accepted,
    torch_arrays_are_accepted,
)
