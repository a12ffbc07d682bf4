"""Feasibility in floats and in rationals, with multipliers that prove the contrary; systems of equations."""

from __future__ import annotations

from fractions import Fraction
from random import Random
from typing import Any

import numpy as np
import pytest

from relucert.reductions.solve.rational import solve_exactly
from relucert.reductions.solve.simplex import Simplex
from relucert.reductions.solve.system import System

N, M = 3, 6
Bounds = list[int | None]


def random_system(random: Random) -> tuple[list[dict[int, int]], Bounds, Bounds]:
    rows = [{i: v for i in range(N) if (v := random.randint(-3, 3))} for _ in range(M)]
    lower: Bounds = [None] * N
    upper: Bounds = [None] * N
    for _ in range(M):
        low = random.choice([None, random.randint(-3, 2)])
        lower.append(low)
        upper.append(random.choice([None, random.randint(-2, 3), low]))
        if low is not None and (high := upper[-1]) is not None and high < low:
            upper[-1] = low
    return rows, lower, upper


def proves(system: System, multipliers: dict[tuple[int, bool], Any], lower: Bounds, upper: Bounds) -> bool:
    """Whether sum m (upper - form) + m (form - lower) is a negative constant, exactly."""
    total = [Fraction(0)] * N
    constant = Fraction(0)
    for (place, is_upper), m in multipliers.items():
        end = (upper if is_upper else lower)[place]
        assert m > 0 and end is not None
        for i, entry in system.forms[place].items():
            total[i] += (-m if is_upper else m) * entry
        constant += m * end if is_upper else -m * end
    return not any(total) and constant < 0


def test_random_systems() -> None:
    random, seen = Random(0), {True: 0, False: 0}
    for _ in range(150):
        rows, lower, upper = random_system(random)
        system = System(N, rows, lambda: None)
        exact = system.exact_conflict(lower, upper)
        seen[exact is None] += 1
        if exact is None:
            for form, low, high in zip(system.forms, lower, upper, strict=True):
                value = sum((entry * system.point[i] for i, entry in form.items()), Fraction(0))
                assert (low is None or value >= low) and (high is None or value <= high)
            assert system.decide(lower, upper) is None
        else:
            assert proves(system, exact, lower, upper)
            again = system.decide(lower, upper)  # by floats, then exact
            assert again is not None and proves(system, again, lower, upper)
    assert min(seen.values()) > 20


def test_bounds_change_between_calls() -> None:
    """x + y >= 2 with x, y <= 1, then x <= 0, then x <= 3: the basis stays."""
    system = System(2, [{0: 1, 1: 1}], lambda: None)
    lower: Bounds = [None, None, 2]
    for high, expected in ((1, True), (0, False), (3, True), (0, False)):
        found = system.conflict(lower, [high, 1, None])
        assert (found is None) is expected
    assert found is not None and set(found) == {(0, True), (1, True), (2, False)}


@pytest.mark.parametrize("exact", [True, False])
def test_no_rows(exact: bool) -> None:
    assert Simplex(np.zeros((0, 2)), exact=exact).feasible() is None


def test_systems_of_equations() -> None:
    x = solve_exactly([({0: 1, 1: 2}, 3), ({0: Fraction(1, 2), 1: -1}, 0)], [0.0, 0.0])
    assert x == [Fraction(3, 2), Fraction(3, 4)]
    assert solve_exactly([({0: 1}, 1), ({0: 2}, 3)], [0.0]) is None
    free = solve_exactly([({0: 1, 1: 1}, 1)], [0.1, 0.25])
    assert free == [Fraction(0.1).limit_denominator(1 << 20), 1 - Fraction(0.1).limit_denominator(1 << 20)]
    assert solve_exactly([], [0.5]) == [Fraction(1, 2)]
