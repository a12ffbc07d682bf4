"""All activation patterns of hidden units without bias, by the rays of the arrangement of hyperplanes `x_i . u = 0`."""

from __future__ import annotations

from itertools import combinations, product

import numpy as np
from numpy.typing import NDArray

from benchmarks.instances import FloatArray

NUDGE = 1e-7  # puts rows in general position; patterns listed in error cost time and change no optimum


def activation_patterns(features: FloatArray, seed: int = 0) -> NDArray[np.bool_]:
    """The patterns (k, n) of `features @ u > 0` over all u; features (n, d) with n >= d.

    In general position every cell has a ray among its edges, a ray is orthogonal to d - 1 rows, and the cells around it
    take all signs on these rows. There are `2 sum_{k<d} C(n-1, k)` cells.
    """
    n, d = features.shape
    generator = np.random.default_rng(seed)
    rows = features + NUDGE * np.abs(features).max() * generator.standard_normal(features.shape)
    found = set()
    for touched in combinations(range(n), d - 1):
        ray = np.linalg.svd(rows[list(touched)], full_matrices=True)[2][-1]
        base = rows @ ray > 0
        for pattern in (base, ~base):
            for signs in product((False, True), repeat=d - 1):
                pattern[list(touched)] = signs
                found.add(pattern.tobytes())
    return np.array([np.frombuffer(pattern, dtype=np.bool_) for pattern in sorted(found)])
