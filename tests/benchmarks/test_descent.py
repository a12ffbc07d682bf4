"""The methods of the descent benchmark compute the same thing; the report says what is missing and what is not met."""

from __future__ import annotations

from importlib.util import find_spec

import numpy as np
import pytest

from benchmarks import descent


@pytest.mark.parametrize("name", ["A", "B"])
@pytest.mark.parametrize("title", [title for title, *_ in descent.METHODS])
def test_methods_compute_the_same(name: str, title: str) -> None:
    make, package = next((make, package) for method, make, package, *_ in descent.METHODS if method == title)
    if package is not None and find_spec(package) is None:
        pytest.skip(f"{package} is not installed")
    model, size = descent.models()[name]
    start = np.random.default_rng(3).standard_normal((7, model.size))
    expected = start
    for _ in range(12):
        expected = expected - size * model.gradient(expected)
    assert make(model, size)(start, 12) == pytest.approx(expected, rel=1e-9, abs=1e-10)


def test_report() -> None:
    rows: list[descent.Row] = [
        {"model": "A", "method": "relucert", "runs": 10_000, "steps": 1_000, "nanoseconds": 40.0, "ratio": 1.0,
         "least": 1.0, "most": 1.0},
        {"model": "A", "method": "PyTorch", "runs": 10_000, "steps": 50, "version": "2", "nanoseconds": 160.0,
         "ratio": 4.0, "least": 3.0, "most": 5.0},
        {"model": "A", "method": "JAX", "missing": "jax"},
        {"limits": {"arctan2_ns": 20.0, "cache_gb": 24.0, "memory_gb": 10.0}},
        {"memory": {"runs": 10**6, "budget": 64, "libraries": 40.0, "more": 20.0, "seconds": 5.0}},
    ]  # fmt: skip
    text = descent.report(rows)
    assert "| A | PyTorch 2 | 10000 × 50, scaled up | 160 | 1.6 s | 4 (3 to 5) | 5 | **no** |" in text
    assert "| A | JAX | not installed |" in text
    assert "40 ns are 1.0 times that floor of 39 ns" in text
    assert "take 20 MB more than 256 runs" in text
