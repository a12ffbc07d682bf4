"""A certificate as a checkpoint: its splits are repeated, and nothing else is believed."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from relucert.certify import claim
from relucert.certify.search.gap import GapSearch
from relucert.certify.search.resume import read_start


def _problem(hidden_bias: str = "none") -> tuple[claim.TrainingProblem, claim.Network]:
    generator = np.random.default_rng(3)
    X = np.round(generator.standard_normal((24, 3)) * 64) / 64
    y = np.round(np.maximum(X @ [1.0, -1.0, 0.5], 0) * 16 - 8 + generator.standard_normal(24)) / 16
    output_bias = "none" if hidden_bias == "none" else "free"
    problem = claim.TrainingProblem(
        "half-sum", "sum-of-squares", Fraction(1, 4), Fraction(1, 4), hidden_bias, output_bias,
        tuple(tuple(Fraction(v) for v in row) for row in X.tolist()), tuple((Fraction(v),) for v in y.tolist()),
    )  # fmt: skip
    free = hidden_bias == "free"
    zero = (Fraction(0),)
    return problem, claim.Network(((Fraction(0),) * 3,), zero if free else None, (zero,), zero if free else None)


@pytest.mark.parametrize("hidden_bias", ["none", "free"])
def test_a_finished_search_is_repeated_with_fewer_or_equal_nodes(hidden_bias: str) -> None:
    problem, network = _problem(hidden_bias)
    first = GapSearch(problem, network).run()
    starts = read_start(first.certificate, problem)
    assert set(starts) == {1, -1}
    again = GapSearch(problem, network, starts=starts).run()
    assert again.verdict.valid and again.nodes <= first.nodes
    assert again.verdict.claim is not None and first.verdict.claim is not None
    assert float(again.verdict.claim.lower_bound) == pytest.approx(float(first.verdict.claim.lower_bound), rel=1e-9)


def test_a_stopped_search_goes_on() -> None:
    problem, network = _problem()
    full = GapSearch(problem, network).run()
    part = GapSearch(problem, network, nodes=20).run()
    assert part.status == "undecided"
    more = GapSearch(problem, network, starts=read_start(part.certificate, problem)).run()
    assert more.verdict.claim is not None and full.verdict.claim is not None
    assert float(more.verdict.claim.lower_bound) == pytest.approx(float(full.verdict.claim.lower_bound), rel=1e-8)


def test_other_data_and_other_files_are_refused() -> None:
    problem, network = _problem()
    certificate = GapSearch(problem, network).run().certificate
    with pytest.raises(ValueError, match="other data"):
        read_start(certificate, replace(problem, loss="mean"))
    for damaged in (b"", b"{}", b"[1]", b"\x1f\x8b12", certificate[: len(certificate) // 2]):
        with pytest.raises(ValueError, match="not a certificate"):
            read_start(damaged, problem)
