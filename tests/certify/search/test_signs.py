"""Sign trees: every proof is replayed exactly, every violator is evaluated, and nothing false is proved."""

from __future__ import annotations

import importlib.util
import math
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from numpy.typing import NDArray

from relucert.certify.check.numbers import common_exponent, scaled
from relucert.certify.check.rules.sign_tree import sign_tree
from relucert.certify.check.sphere import SphereClaim
from relucert.certify.search.cones import Limits
from relucert.certify.search.deadline import NotWritten
from relucert.certify.search.signs import SignResult, records, search_signs


def _oracle() -> ModuleType:
    path = Path(__file__).with_name("sign_replay_oracle.py")
    spec = importlib.util.spec_from_file_location("sign_replay_oracle", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


ORACLE = _oracle()


def instance(seed: int, n: int, d: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Dyadic rows and dual variable, with a duplicate row, a zero row and a zero weight."""
    rng = np.random.default_rng(seed)
    rows = np.round(rng.standard_normal((n, d)) * 2**12) / 2**12
    nu = np.round(rng.standard_normal(n) * 2**12) / 2**12
    rows[1], rows[2], nu[3] = rows[0], 0.0, 0.0
    return rows, nu


def value(rows: NDArray[np.float64], nu: NDArray[np.float64], units: NDArray[np.float64]) -> NDArray[np.float64]:
    units = units / np.linalg.norm(units, axis=1, keepdims=True)
    heights: NDArray[np.float64] = np.maximum(units @ rows.T, 0.0) @ nu
    return heights


def largest(rows: NDArray[np.float64], nu: NDArray[np.float64]) -> float:
    """max phi on the sphere, by letting the search refute lower and lower claims."""
    threshold = 1e-3 * float(np.abs(nu) @ np.linalg.norm(rows, axis=1))
    while True:
        result = search_signs(rows, nu, threshold * (1 + 1e-6))
        if result.status == "proved":
            return threshold
        assert result.status == "violated"
        threshold = max(threshold * 1.000001, float(value(rows, nu, result.violators).max()))


def check_exactly(
    rows: NDArray[np.float64], nu: NDArray[np.float64], threshold: Fraction, result: SignResult, ratio: float = 1.0
) -> None:
    """Replay the records with the oracle and with the trusted rules."""
    tree = records(result, ratio)
    ORACLE.replay(rows, nu, threshold, tree)
    exact = [[Fraction(float(v)) for v in row] for row in rows]
    weights = [Fraction(float(v)) for v in nu]
    a, b = common_exponent(v for row in exact for v in row), common_exponent(weights)
    limit = threshold * 2 ** (a + b)
    claim = SphereClaim(
        [scaled(row, a) for row in exact], scaled(weights, b), limit.numerator, limit.denominator, rows.shape[1], False
    )
    sign_tree(claim, iter(tree), Counter(), "tree")


@pytest.mark.parametrize("seed", range(1, 13))
def test_proofs_replay_and_refutations_refute(seed: int) -> None:
    rows, nu = instance(seed, n=6 + seed, d=2 + seed % 4)
    peak = largest(rows, nu)
    for factor in (1.00001, 1.01, 1.5):
        result = search_signs(rows, nu, peak * factor)
        assert result.status == "proved"
        assert result.bound <= 1.0
        check_exactly(rows, nu, Fraction(peak * factor), result)
    for factor in (0.999999, 0.99, 0.5):
        result = search_signs(rows, nu, peak * factor)
        assert result.status == "violated"
        assert (value(rows, nu, result.violators) > peak * factor).all()
        assert result.violators.shape[1] == rows.shape[1]


@pytest.mark.parametrize("nodes", [0, 1, 5, 20])
def test_a_stopped_search_proves_its_bound(nodes: int) -> None:
    rows, nu = instance(11, 40, 7)
    threshold = largest(rows, nu) * 1.0001
    result = search_signs(rows, nu, threshold, limits=Limits(nodes=nodes))
    assert result.status == "stopped"
    assert 1.0 < result.bound < math.inf
    assert result.nodes <= nodes
    ratio = result.bound * (1 + 1e-9)
    check_exactly(rows, nu, Fraction(math.nextafter(threshold * ratio, math.inf)), result, ratio)


def test_a_proof_adapts_to_any_higher_threshold() -> None:
    rows, nu = instance(4, 20, 4)
    threshold = largest(rows, nu) * 1.001
    result = search_signs(rows, nu, threshold)
    for ratio in (1 + 1e-9, 1.001, 1.3):
        check_exactly(rows, nu, Fraction(math.nextafter(threshold * ratio, math.inf)), result, ratio)
    with pytest.raises(NotWritten):
        records(result, 1.3, deadline=0.0)


def test_the_result_does_not_depend_on_the_executor() -> None:
    rows, nu = instance(5, 30, 5)
    threshold = largest(rows, nu) * 1.0001
    alone = search_signs(rows, nu, threshold)
    for workers in (1, 2):
        with ThreadPoolExecutor(workers) as pool:
            shared = search_signs(rows, nu, threshold, executor=pool)
        assert (shared.nodes, shared.steps, shared.bound) == (alone.nodes, alone.steps, alone.bound)
        assert records(shared, 1.0) == records(alone, 1.0)


def test_the_scale_of_the_data_does_not_matter() -> None:
    rows, nu = instance(6, 16, 3)
    threshold = largest(rows, nu) * 1.001
    plain = search_signs(rows, nu, threshold)
    for a, b in ((2.0**-30, 2.0**20), (2.0**40, 2.0**-60)):
        result = search_signs(rows * a, nu * b, threshold * a * b)
        assert records(result, 1.0) == records(plain, 1.0)


def test_rows_of_very_different_length() -> None:
    rows, nu = instance(7, 14, 3)
    rows *= 2.0 ** np.round(np.linspace(-12, 12, 14))[:, None]
    threshold = largest(rows, nu) * 1.0001
    result = search_signs(rows, nu, threshold)
    assert result.status == "proved"
    check_exactly(rows, nu, Fraction(threshold), result)


def test_more_dimensions_than_samples() -> None:
    rows, nu = instance(8, 6, 15)
    threshold = largest(rows, nu) * 1.0001
    result = search_signs(rows, nu, threshold)
    check_exactly(rows, nu, Fraction(threshold), result)
    assert search_signs(rows, nu, threshold * 0.99).violators.shape[1] == 15


def test_nothing_to_prove() -> None:
    result = search_signs(np.zeros((3, 2)), np.ones(3), 1.0)
    assert result.status == "proved"
    check_exactly(np.zeros((3, 2)), np.ones(3), Fraction(1), result)


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_weights_of_one_sign(sign: float) -> None:
    rows, nu = instance(9, 10, 3)
    nu = sign * np.abs(nu)
    threshold = largest(rows, nu) * 1.001
    result = search_signs(rows, nu, threshold)
    assert result.status == "proved"
    check_exactly(rows, nu, Fraction(threshold), result)


def test_limits_are_respected() -> None:
    rows, nu = instance(10, 40, 8)
    late = search_signs(rows, nu, 1.0, limits=Limits(deadline=time.monotonic() - 1))
    assert late.status == "stopped" and late.nodes == 0 and math.isfinite(late.bound)


def test_little_memory_changes_the_order_only() -> None:
    rows, nu = instance(11, 40, 7)
    threshold = largest(rows, nu) * 1.0001
    scarce = search_signs(rows, nu, threshold, limits=Limits(memory_bytes=1))
    assert scarce.status == "proved"
    check_exactly(rows, nu, Fraction(threshold), scarce)


def test_progress_never_worsens() -> None:
    rows, nu = instance(11, 40, 7)
    seen: list[tuple[int, float]] = []
    threshold = largest(rows, nu) * 1.0001
    search_signs(rows, nu, threshold, progress=lambda _, waiting, bound: seen.append((waiting, bound)))
    assert seen and seen[-1][0] == 0
    assert all(later[1] <= earlier[1] for earlier, later in pairwise(seen))


def test_a_threshold_that_is_not_positive_is_refused() -> None:
    rows, nu = instance(0, 6, 2)
    with pytest.raises(ValueError, match="positive"):
        search_signs(rows, nu, 0.0)


def test_violators_leave_nothing_to_write() -> None:
    rows, nu = instance(1, 8, 3)
    result = search_signs(rows, nu, 1e-3)
    with pytest.raises(ValueError, match="violators"):
        records(result, 1.0)
