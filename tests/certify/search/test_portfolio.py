"""Proofs over the sphere: which search is used, what it bounds, and how it ends."""

from __future__ import annotations

import time
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from relucert.certify.search import portfolio
from relucert.certify.search.cones import Limits
from relucert.certify.search.portfolio import OutOfTime, Search, prove_sphere, singular_value_proofs

GENERATOR = np.random.default_rng(0)
ROWS = GENERATOR.normal(size=(12, 3))
NU = GENERATOR.normal(size=12)


def largest(rows: Any, nu: Any, free: bool) -> float:
    """max |phi_nu(u)| by brute force."""
    u = GENERATOR.normal(size=(20_000, rows.shape[1]))
    heights = (u / np.linalg.norm(u, axis=1, keepdims=True)) @ rows.T
    if not free:
        return float(np.abs(np.maximum(heights, 0) @ nu).max())
    return max(float(np.abs(np.maximum(heights - heights[:, [j]], 0) @ nu).max()) for j in range(len(nu)))


def prove(threshold: float, free: bool = False, nu: Any = NU, rows: Any = ROWS, **options: Any) -> Search:
    nu = nu - nu.mean() if free else nu
    return prove_sphere(rows, nu, threshold, free_hidden_bias=free, limits=Limits(), **options)


@pytest.mark.parametrize("free", [False, True])
def test_proved_above_the_maximum_and_violated_below(free: bool) -> None:
    top = largest(ROWS, NU - NU.mean() if free else NU, free)
    assert prove(1.05 * top, free).bound <= 1.0
    below = prove(0.9 * top, free)
    assert below.violators is not None and len(below.violators)
    nu = NU - NU.mean() if free else NU
    rows = np.hstack([ROWS, np.ones((12, 1))]) if free else ROWS
    values = np.abs(np.maximum(below.violators @ rows.T, 0) @ nu)
    assert (values > 0.9 * top * np.linalg.norm(below.violators[:, :3], axis=1) * (1 - 1e-9)).all()


def test_a_kink_for_every_negative_entry() -> None:
    nu = NU - NU.mean()
    search = prove(100.0, True)
    plus, minus = search.emit(1.0)[0]
    assert [part["kink"] for part in plus["parts"]] == np.flatnonzero(nu < 0).tolist()
    assert [part["kink"] for part in minus["parts"]] == np.flatnonzero(nu > 0).tolist()


def test_cones_in_few_dimensions_and_signs_in_many() -> None:
    (plus, minus), trees = prove(100.0).emit(1.0)
    assert plus["rule"] == minus["rule"] == "cone_cover" and len(trees) == 2 * 2**3
    rows = GENERATOR.normal(size=(4, 20))
    (plus, minus), trees = prove(1000.0, nu=NU[:4], rows=rows).emit(1.0)
    assert plus["rule"] == "cone_cover" and len(plus["basis"]) == 4  # four rows span few dimensions
    rows = GENERATOR.normal(size=(20, 20))
    (plus, minus), trees = prove(1000.0, nu=GENERATOR.normal(size=20), rows=rows).emit(1.0)
    assert plus["rule"] == minus["rule"] == "sign_tree" and len(trees) == 2


def test_samples_that_do_not_matter_need_no_search() -> None:
    for rows, nu in ((np.zeros((3, 2)), np.ones(3)), (np.ones((3, 2)), np.zeros(3))):
        for free in (False, True):
            search = prove(1.0, free, nu, rows)
            assert search.bound == 0.0 and search.nodes == 0 and not search.stopped
            search.emit(1.0)


def test_a_stopped_search_bounds_the_maximum() -> None:
    top = largest(ROWS, NU, False)
    search = prove_sphere(ROWS, NU, 1.02 * top, free_hidden_bias=False, limits=Limits(deadline=time.monotonic()))
    assert search.violators is None and search.stopped
    assert np.isfinite(search.bound) and search.bound * 1.02 * top >= top


def test_patience_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every statement gets some bound after the deadline, unless that takes far too long."""
    monkeypatch.setattr(portfolio, "LEAST_GRACE", -1e9)
    with pytest.raises(OutOfTime):
        prove_sphere(ROWS, NU, 1.0, free_hidden_bias=False, limits=Limits(deadline=time.monotonic() - 1))


@pytest.mark.parametrize("free", [False, True])
def test_singular_values_bound_the_maximum(free: bool) -> None:
    nu = NU - NU.mean() if free else NU
    (plus, minus), threshold = singular_value_proofs(ROWS, nu, free)
    assert threshold >= Fraction(largest(ROWS, nu, free))
    assert plus["rule"] == minus["rule"] == ("free_bias_split" if free else "singular_value")


def test_progress_counts_both_halves() -> None:
    seen: list[tuple[str, int]] = []
    search = prove(1.02 * largest(ROWS, NU, False), progress=lambda half, nodes, *_: seen.append((half, nodes)))
    assert [half for half, _ in seen] == sorted(half for half, _ in seen)  # "+" comes before "-"
    assert [nodes for _, nodes in seen] == sorted(nodes for _, nodes in seen)
    assert seen[-1][1] == search.nodes
