"""Descents are certified, and what is certified agrees with runs; what cannot be certified is undecided."""

from __future__ import annotations

import json
from fractions import Fraction

import numpy as np
import pytest

from relucert.certify.check.real.descent import check_descent
from relucert.certify.language.descent import DescentProblem, descent_problem
from relucert.certify.search.descent import DescentProved, DescentUndecided, search_descent
from relucert.certify.search.descent_model import Model


def problem(
    name: str, starts: list[str], step: str = "1/2", target: str | None = None, **settings: str
) -> DescentProblem:
    return descent_problem(name, starts, step=Fraction(step), settings=settings, target=target)


def proved(asked: DescentProblem, steps: int | None = None) -> DescentProved:
    outcome = search_descent(
        asked.claim, asked.centre, converges=asked.descent.converges, steps=steps, time=600, pieces=2000
    )
    assert isinstance(outcome, DescentProved), outcome
    assert outcome.verdict.valid
    assert check_descent(outcome.certificate).claim == outcome.claim
    return outcome


def test_a_box_of_starts_with_a_rate() -> None:
    outcome = proved(problem("non-overlapping", ["r in [9/10, 1]", "theta in [0, 1/5]"], k="2"))
    assert outcome.sampled <= outcome.claim.steps <= outcome.sampled + 3
    trap = outcome.claim.trap
    assert trap is not None and trap.rate is not None
    # the eigenvalues at the teacher are 1 - 1/4 and 1 - (1 + pi)/(4 pi)
    assert Fraction(3, 4) < trap.rate < Fraction(4, 5)
    assert max(trap.widths) < Fraction(1, 100)


def test_steps_are_those_of_runs() -> None:
    """One start: the enclosures follow it, and the number of steps is exact."""
    asked = problem("non-overlapping", ["r = 1/2", "theta = 1"], target="r^2 - 2*r*cos(theta) + 1 <= 1/10^4", k="2")
    outcome = proved(asked)
    point, steps = np.array([0.5, 1.0]), 0
    while point[0] ** 2 - 2 * point[0] * np.cos(point[1]) + 1 > 1e-4:
        point = _next(float(point[0]), float(point[1]), 2)
        steps += 1
    assert outcome.claim.steps == steps


def _next(r: float, theta: float, k: int) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    c, mu = k - 1 + np.pi, 0.5 / (np.pi * k)
    along = (1 - mu * c) * r + mu * (k - 1 + np.sin(theta) + (np.pi - theta) * np.cos(theta))
    across = mu * (np.pi - theta) * np.sin(theta)
    return np.array([np.hypot(along, across), theta - np.arctan(across / along)])


def test_a_trap_without_a_rate() -> None:
    """Near the spurious minimum: delta falls, but not geometrically."""
    starts = ["v = (-50, 1)", "w* = (1, 0)", "a = (-9/20, 7/20)", "a* = (1, -4/5)"]
    asked = descent_problem("both-layers-spurious", starts, step=Fraction(1, 2), settings={}, radius=Fraction(1, 2))
    trap = proved(asked).claim.trap
    assert trap is not None and trap.rate is None


@pytest.mark.parametrize(
    ("asked", "steps", "reason"),
    [
        (problem("non-overlapping", ["r = 1", "theta = 2"], k="2"), 3, "a sampled start is not in the target"),
        (problem("non-overlapping", ["r = 1", "theta = 1"], step="9", k="2"), None, "no box round the limit"),
        (problem("symmetric", ["x in [3/4, 1]", "y in [2, 3]"]), None, "the starts are empty"),
        (problem("non-overlapping", ["r = 0", "theta = 1"]), None, "the starts are empty"),
        (
            problem("symmetric", ["x = 1/2", "y = 1/2"], target="x >= 9/10"),
            None,
            "a sampled start is not in the target",
        ),
    ],
)
def test_undecided(asked: DescentProblem, steps: int | None, reason: str) -> None:
    outcome = search_descent(asked.claim, asked.centre, converges=asked.descent.converges, steps=steps)
    assert isinstance(outcome, DescentUndecided)
    assert outcome.reason.startswith(reason)


def test_a_limit_of_time() -> None:
    asked = problem("non-overlapping", ["r in [1/20, 2]", "theta in [0, 3]"], k="2")
    outcome = search_descent(asked.claim, asked.centre, time=0)
    assert isinstance(outcome, DescentUndecided)
    assert "time" in outcome.reason


def test_images_hold_what_points_become() -> None:
    asked = problem("symmetric", ["x in [1/2, 1]", "y in [0, 1/10]"])
    model, random = Model(asked.claim), np.random.default_rng(3)
    low = np.array([0.4, 0.0]) + random.random((50, 2)) * np.array([0.4, 0.2])
    high = low + random.random((50, 2)) * 0.1
    least, most, good = model.images(low, high)
    assert good.sum() > 10
    from relucert.certify.search.descent_images import at_points

    for part in random.random((20, 50, 2)):
        moved = at_points(model.map, low + part * (high - low))
        assert ((least <= moved) & (moved <= most))[good].all()


def test_the_search_is_repeatable() -> None:
    asked = problem("non-overlapping", ["r in [9/10, 1]", "theta in [0, 1/10]"], k="1")
    first, second = proved(asked), proved(asked)
    assert first.certificate == second.certificate
    assert json.loads(first.certificate)["evidence"] == {"bits": 64}
