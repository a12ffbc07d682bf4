"""Nodes of the cone search: the facets of a cone, and cones that have none in floating point."""

from __future__ import annotations

import numpy as np

from relucert.certify.search.cone_frontier import facet_normals


def test_normals_are_dual_to_the_generators() -> None:
    generators = np.random.default_rng(0).normal(size=(5, 4, 4))
    normals, wide = facet_normals(generators)
    assert wide.all()
    assert np.allclose(np.einsum("bki,bji->bkj", generators, normals), np.eye(4))


def test_dependent_generators_are_told_from_the_others() -> None:
    """Exactly dependent ones make NumPy refuse the whole batch; nearly dependent ones give useless numbers."""
    generators = np.tile(np.eye(3), (4, 1, 1))
    generators[1, 2] = generators[1, 0]
    generators[2, 1] = generators[2, 0] + [0.0, 1e-15, 0.0]
    normals, wide = facet_normals(generators)
    assert wide.tolist() == [True, False, False, True]
    assert (normals[wide] == np.eye(3)).all()
    assert facet_normals(generators[:0])[1].shape == (0,)
