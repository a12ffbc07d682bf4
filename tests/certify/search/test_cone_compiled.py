"""The compiled bounds: same method, same kind of records, and the checker accepts them."""

from __future__ import annotations

from fractions import Fraction
from importlib.util import find_spec

import numpy as np
import pytest

from relucert.certify.search.cones import Limits, SphereTask, records, search_cones
from tests.certify.search.test_cones import check, instance, known_maximum, oracle

pytestmark = [
    pytest.mark.slow,  # the first run compiles for half a minute
    pytest.mark.skipif(find_spec("numba") is None, reason="numba is not installed"),
]


@pytest.mark.parametrize(("dim", "n", "seed"), [(1, 10, 0), (2, 30, 1), (3, 25, 3)])
def test_records_satisfy_the_rules_exactly(dim: int, n: int, seed: int) -> None:
    rows, nu, basis = instance(seed, n, dim)
    threshold = 1.0001 * known_maximum(seed, n, dim)
    result = search_cones(SphereTask(rows, nu, threshold, basis), compiled=True)
    assert result.status == "proved" and result.bound <= 1.0
    oracle(rows, nu, Fraction(threshold), basis, records(result))


@pytest.mark.parametrize(("dim", "n", "seed"), [(5, 40, 5), (6, 30, 6), (3, 300, 7)])
def test_the_tree_is_about_as_large_as_without(dim: int, n: int, seed: int) -> None:
    rows, nu, basis = instance(seed, n, dim)
    task = SphereTask(rows, nu, 1.000001 * known_maximum(seed, n, dim), basis)
    plain, compiled = search_cones(task), search_cones(task, compiled=True)
    assert plain.status == compiled.status == "proved"
    assert compiled.nodes <= 1.5 * plain.nodes + 50
    check(rows, nu, Fraction(task.threshold), basis, records(compiled))


def test_a_stopped_search_proves_the_bound_it_returns() -> None:
    rows, nu, basis = instance(10, 60, 4)
    task = SphereTask(rows, nu, 1.0001 * known_maximum(10, 60, 4), basis)
    result = search_cones(task, compiled=True, limits=Limits(nodes=100))
    assert result.status == "stopped" and np.isfinite(result.bound)
    check(rows, nu, Fraction(task.threshold) * Fraction(result.bound), basis, records(result, result.bound))
