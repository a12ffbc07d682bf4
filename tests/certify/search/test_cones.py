"""The cone search: its records are replayed by a small exact oracle written from the rules, and by the checker."""

from __future__ import annotations

import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise
from math import isqrt
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from relucert.certify.check.rules.cone_cover import check_basis, cone_tree
from relucert.certify.check.sphere import SphereClaim
from relucert.certify.search import cones
from relucert.certify.search.cones import ConeResult, Limits, SphereTask, records, search_cones
from relucert.certify.search.deadline import NotWritten

FloatArray = NDArray[np.float64]
GRID = 2.0**16


def instance(seed: int, n: int, dim: int, rank: int | None = None) -> tuple[FloatArray, FloatArray, NDArray[np.int64]]:
    """Rows and nu on a dyadic grid, and a basis of the rows' span."""
    rng = np.random.default_rng(seed)
    rows = np.round(rng.standard_normal((n, rank or dim)) * 64) / 64
    nu = np.round(rng.standard_normal(n) * GRID) / GRID
    if rank is None:
        _, vectors = np.linalg.eigh((rows * np.abs(nu)[:, None]).T @ rows)
        return rows, nu, np.round(vectors.T * 64).astype(np.int64)
    directions = rng.integers(-3, 4, (rank, dim)).astype(np.int64)
    return rows @ directions, nu, directions


def ascend(rows: FloatArray, nu: FloatArray, u: FloatArray) -> float:
    """The largest phi(u) / |u| that normalised gradient steps from the rows of u find."""
    u = u / (np.linalg.norm(u, axis=1, keepdims=True) + 1e-300)
    value = np.maximum(u @ rows.T, 0.0) @ nu
    length = np.ones(len(u))
    for _ in range(300):
        gradient = ((u @ rows.T > 0) * nu) @ rows
        trial = u + length[:, None] * gradient / (np.linalg.norm(gradient, axis=1, keepdims=True) + 1e-300)
        trial /= np.linalg.norm(trial, axis=1, keepdims=True) + 1e-300
        new = np.maximum(trial @ rows.T, 0.0) @ nu
        better = new > value
        u[better], value[better] = trial[better], new[better]
        length = np.where(better, 1.5 * length, 0.5 * length)
    return max(0.0, float(value.max()))


def largest(rows: FloatArray, nu: FloatArray, basis: NDArray[np.int64]) -> float:
    """max phi(u) / |u| up to 1e-7: ascent from random starts, then from what the search finds."""
    rng = np.random.default_rng(0)
    value = ascend(rows, nu, np.vstack([rng.standard_normal((400, rows.shape[1])), rows]))
    while True:
        result = search_cones(SphereTask(rows, nu, value * (1.0 + 1e-7), basis))
        if result.status != "violated":
            return value
        value = ascend(rows, nu, result.violators)


def oracle(rows: FloatArray, nu: FloatArray, threshold: Fraction, basis: NDArray[np.int64], trees: list[Any]) -> None:
    """Replay in rationals, straight from the rules; slow and simple."""
    x = [[Fraction(v) for v in row] for row in rows.tolist()]
    weight = [Fraction(v) for v in nu.tolist()]
    assert len(trees) == 2 ** len(basis)

    def dot(a: Any, b: Any) -> Fraction:
        return sum((Fraction(p) * q for p, q in zip(a, b, strict=True)), Fraction(0))

    def root(value: Fraction, up: bool) -> Fraction:
        scaled = value.numerator * 2**200 // value.denominator
        return Fraction(isqrt(scaled) + (1 if up else 0), 2**100)

    def upper(a: Fraction, norm: Fraction, square: Fraction, tau: Fraction) -> Fraction:
        if a > 0 and a * a >= tau * tau * norm:
            return root(norm, True)
        return (a * tau + root(max(Fraction(0), (norm * square - a * a) * (square - tau * tau)), True)) / square

    for orthant, tree in enumerate(trees):
        cone = [[-int(v) if orthant >> k & 1 else int(v) for v in row] for k, row in enumerate(basis.tolist())]
        todo: list[tuple[Any, dict[int, int]]] = [(cone, {})]  # generators, decided samples -> sign
        secants: dict[int, tuple[Fraction, Fraction]] = {}
        for record in tree:
            cone, decided = todo[-1]
            if record[0] == "S":
                _, a, b, p, q = record
                assert a != b and p >= 1 and q >= 1
                middle = [p * s + q * t for s, t in zip(cone[a], cone[b], strict=True)]
                todo.pop()
                todo.append(([*cone[:b], middle, *cone[b + 1 :]], dict(decided)))
                todo.append(([*cone[:a], middle, *cone[a + 1 :]], dict(decided)))
                secants = {}
                continue
            _, shift, m, bits, listed = record[:5]
            z = [threshold * v / 2**shift for v in m]
            exceptions = dict(zip(listed[::2], listed[1::2], strict=True))
            need = [Fraction(0)] * len(cone)
            kappa = Fraction(0)
            for i, w in enumerate(weight):
                t = [dot(x[i], v) for v in cone]
                sign = decided.get(i, 1 if min(t) >= 0 else -1 if max(t) <= 0 else 0)
                if w == 0 or sign < 0:
                    continue
                if sign > 0:
                    part = [w * s for s in t]
                elif w > 0 and i in secants:
                    slope, constant = secants[i]
                    part, kappa = [slope * s for s in t], kappa + constant
                elif w > 0:
                    part = [w * max(s, Fraction(0)) for s in t]
                else:
                    share = Fraction(exceptions[i], 2**bits) if i in exceptions else Fraction(int(dot(x[i], m) > 0))
                    assert 0 <= share <= 1
                    part = [w * share * s for s in t]
                need = [a + b for a, b in zip(need, part, strict=True)]
            assert all(dot(z, v) >= h for v, h in zip(cone, need, strict=True))
            tau, square = threshold - kappa, dot(z, z)
            if record[0] == "L":
                assert tau >= 0 and square <= tau * tau
                todo.pop()
                secants = {}
                continue
            assert record[0] == "K" and tau > 0
            secants = {}
            for i, w in enumerate(weight):
                t = [dot(x[i], v) for v in cone]
                if w <= 0 or i in decided or min(t) >= 0 or max(t) <= 0:
                    continue
                a, norm = dot(x[i], z), dot(x[i], x[i])
                if a != 0 and a * a >= norm * (square - tau * tau):
                    decided[i] = 1 if a > 0 else -1
                elif i in record[5]:
                    high, low = upper(a, norm, square, tau), -upper(-a, norm, square, tau)
                    slope = Fraction((high * 2**32 / (high - low)).__floor__(), 2**32)
                    secants[i] = (w * slope, w * max(-slope * low, (1 - slope) * high, Fraction(0)))
        assert not todo


def check(
    rows: FloatArray, nu: FloatArray, threshold: Fraction, basis: NDArray[np.int64], trees: list[Any]
) -> Counter[str]:
    """Replay by the checker."""
    scale_x, scale_nu = 2**20, 2**20
    claim = SphereClaim(
        [[int(v * scale_x) for v in row] for row in rows.tolist()], [int(v * scale_nu) for v in nu.tolist()],
        threshold.numerator * scale_x * scale_nu, threshold.denominator, rows.shape[1], False,
    )  # fmt: skip
    tally: Counter[str] = Counter()
    checked = check_basis(claim, basis.tolist(), "basis")
    assert len(trees) == 2 ** len(basis)
    for orthant, tree in enumerate(trees):
        cone_tree(claim, checked, orthant, iter(tree), tally, f"tree {orthant}")
    return tally


@lru_cache
def known_maximum(seed: int, n: int, dim: int) -> float:
    return largest(*instance(seed, n, dim))


def solve(seed: int, n: int, dim: int, factor: float, **options: Any) -> tuple[Any, Fraction, ConeResult]:
    rows, nu, basis = instance(seed, n, dim)
    threshold = known_maximum(seed, n, dim) * factor
    result = search_cones(SphereTask(rows, nu, threshold, basis), **options)
    return (rows, nu, basis), Fraction(threshold), result


@pytest.mark.parametrize(("dim", "n", "seed"), [(1, 10, 0), (2, 30, 1), (2, 30, 2), (3, 25, 3), (4, 15, 4)])
@pytest.mark.parametrize("factor", [1.3, 1.0001])
def test_records_satisfy_the_rules_exactly(dim: int, n: int, seed: int, factor: float) -> None:
    (rows, nu, basis), threshold, result = solve(seed, n, dim, factor)
    assert result.status == "proved" and result.bound <= 1.0
    trees = records(result)
    oracle(rows, nu, threshold, basis, trees)
    check(rows, nu, threshold, basis, trees)


@pytest.mark.parametrize(("dim", "n", "seed"), [(5, 40, 5), (6, 30, 6), (3, 300, 7)])
def test_larger_trees_pass_the_checker(dim: int, n: int, seed: int) -> None:
    (rows, nu, basis), threshold, result = solve(seed, n, dim, 1.000001)
    assert result.status == "proved"
    tally = check(rows, nu, threshold, basis, records(result))
    assert tally["cap"] > 0 and tally["split"] > 0


@pytest.mark.parametrize("seed", range(6))
def test_a_threshold_below_the_maximum_is_refuted_with_witnesses(seed: int) -> None:
    (rows, nu, _), threshold, result = solve(seed, 40, 3, 0.999)
    assert result.status == "violated" and result.bound == np.inf
    values = np.maximum(result.violators @ rows.T, 0.0) @ nu
    assert np.allclose(np.linalg.norm(result.violators, axis=1), 1.0)
    assert (values > float(threshold)).all()
    with pytest.raises(ValueError, match="ratio"):
        records(result, 2.0)


def test_rows_of_lower_rank_and_samples_without_weight() -> None:
    rows, nu, basis = instance(8, 30, 5, rank=2)
    nu[3] = 0.0
    rows[4] = 0.0
    threshold = 1.001 * largest(rows, nu, basis)
    result = search_cones(SphereTask(rows, nu, threshold, basis))
    assert result.status == "proved"
    oracle(rows, nu, Fraction(threshold), basis, records(result))


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_one_sign_of_nu(sign: float) -> None:
    rows, nu, basis = instance(9, 20, 3)
    nu = sign * np.abs(nu)
    threshold = 1.001 * largest(rows, nu, basis) if sign > 0 else 0.001
    result = search_cones(SphereTask(rows, nu, threshold, basis))
    assert result.status == "proved"
    oracle(rows, nu, Fraction(threshold), basis, records(result))


def test_a_stopped_search_proves_the_bound_it_returns() -> None:
    (rows, nu, basis), threshold, result = solve(10, 60, 4, 1.0001, limits=Limits(nodes=100))
    assert result.status == "stopped" and 1.0 < result.bound < 100.0
    for ratio in (result.bound, 1.5 * result.bound):
        check(rows, nu, threshold * Fraction(ratio), basis, records(result, ratio))
    with pytest.raises(ValueError, match="below the proved bound"):
        records(result, 1.0)
    with pytest.raises(NotWritten):
        records(result, result.bound, deadline=time.monotonic() - 1.0)


def test_no_time_at_all_still_bounds_every_root() -> None:
    (rows, nu, basis), threshold, result = solve(10, 60, 4, 1.0001, limits=Limits(deadline=time.monotonic() - 1.0))
    assert result.status == "stopped" and np.isfinite(result.bound)
    check(rows, nu, threshold * Fraction(result.bound), basis, records(result, result.bound))


def test_the_bound_falls_and_a_search_can_be_resumed() -> None:
    bounds: list[float] = []
    (rows, nu, basis), threshold, stopped = solve(10, 60, 4, 1.0001, limits=Limits(nodes=200))
    trees = records(stopped, stopped.bound)
    task = SphereTask(rows, nu, float(threshold), basis)
    result = search_cones(task, start=trees, progress=lambda nodes, open_nodes, bound: bounds.append(bound))
    assert result.status == "proved"
    assert all(later <= earlier * (1 + 1e-12) for earlier, later in pairwise(bounds))
    check(rows, nu, threshold, basis, records(result))


def test_shifted_claims_are_proved_one_after_the_other() -> None:
    rows, nu, basis = instance(11, 12, 2)
    shifts = rows[:3]
    threshold = 1.01 * max(largest(rows - shift, nu, basis) for shift in shifts)
    result = search_cones(SphereTask(rows, nu, threshold, basis, shifts))
    assert result.status == "proved"
    trees = records(result)
    assert len(trees) == 3 * 4
    for j, shift in enumerate(shifts):
        oracle(rows - shift, nu, Fraction(threshold), basis, trees[4 * j : 4 * j + 4])


def test_records_do_not_depend_on_the_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cones, "WIDE", 16)
    (rows, nu, basis), threshold, alone = solve(6, 30, 6, 1.0001)
    with ThreadPoolExecutor(3) as executor:
        _, _, together = solve(6, 30, 6, 1.0001, executor=executor)
    trees = records(alone)
    assert alone.status == together.status == "proved" and alone.nodes > 64
    assert trees == records(together)
    check(rows, nu, threshold, basis, trees)


def test_cones_too_slender_for_floats_are_left_with_their_bound() -> None:
    """At the maximum itself the splits go on until two generators are the same unit vector in floats."""
    (rows, nu, basis), threshold, result = solve(1, 40, 2, 1.0 + 1e-13, limits=Limits(nodes=100_000))
    assert result.status == "stopped" and result.nodes < 20_000
    assert 1.0 < result.bound <= 1.0 + 1e-8
    check(rows, nu, threshold * Fraction(result.bound), basis, records(result, result.bound))


def test_too_many_roots_are_refused() -> None:
    with pytest.raises(ValueError, match="sign branching"):
        search_cones(SphereTask(np.eye(20), np.ones(20), 1.0, np.eye(20, dtype=np.int64)))
