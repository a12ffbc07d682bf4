"""The search over active patches: near formulas, without floats, and when floats mislead it."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from relucert.certify.non_overlap import NonOverlapInstance, Sample
from relucert.reductions.solve.hybrid import _Search, hybrid
from relucert.reductions.solve.proof import Proof
from relucert.reductions.solve.relaxation import Relaxation
from relucert.reductions.solve.system import System
from relucert.reductions.solve.transport import formula
from tests.reductions.solve.networks import FANO, direct, generic, native, progressions
from tests.reductions.solve.test_agreement import answer

pytest.importorskip("pysat")

NETWORKS = {
    "native, no": (native(7, FANO, 2), "no"),
    "native, yes": (native(8, progressions(8, 3), 2), "yes"),
    "direct, no": (direct(2, [[1, 2], [1, -2], [-1, 2], [-1, -2]]), "no"),
    "generic, no": (generic(3, 6, 2, 2, fits=False), "no"),
    "generic, yes": (generic(3, 6, 3, 1, fits=True), "yes"),
}


@pytest.mark.parametrize("name", NETWORKS)
def test_without_floats(name: str) -> None:
    instance, expected = NETWORKS[name]
    assert answer(instance, _Search(Proof(instance), lambda: None, careful=True).run()) == expected


@pytest.mark.parametrize("name", NETWORKS)
def test_floats_that_are_wrong(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first conflict of floats is made up: the answer is right all the same."""
    instance, expected = NETWORKS[name]
    honest, calls = System.conflict, []

    def wrong(self: System, lower: Any, upper: Any) -> Any:
        calls.append(1)
        found = honest(self, lower, upper)
        if len(calls) > 1 or found is not None:
            return found
        return {(place, True): 1.0 for place, end in enumerate(upper) if end == 0} or {(self.variables, False): 1.0}

    monkeypatch.setattr(System, "conflict", wrong)
    assert answer(instance, hybrid(instance)) == expected


def test_multipliers_that_cannot_be_repaired(monkeypatch: pytest.MonkeyPatch) -> None:
    """Then the exact simplex method finds others of the same bounds."""
    monkeypatch.setattr(System, "repaired", lambda *_: None)
    for instance, expected in NETWORKS.values():
        assert answer(instance, hybrid(instance)) == expected


def test_filters_that_cannot_be_rounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Relaxation, "filter_near", lambda *_: None)
    for instance, expected in NETWORKS.values():
        assert answer(instance, hybrid(instance)) == expected


def test_networks_close_to_a_formula() -> None:
    """A colouring with two more samples: no reduction made it, and its clauses of one row still count."""
    coloring = native(5, progressions(5, 3), 2)
    first: tuple[tuple[int, Fraction], ...] = ((0, Fraction(1)),)
    half = Sample((first, first), Fraction(1, 2))  # so w_0 = 1/2, and element 1 has both colours
    for extra, expected in (
        ((*coloring.samples[:2],), "yes"),
        ((half,), "yes"),
        ((half, Sample((((0, Fraction(1)), (5, Fraction(1))), ()), Fraction(1))), "no"),
    ):
        instance = NonOverlapInstance(2, coloring.p, (*coloring.samples, *extra))
        assert formula(instance) is None
        assert answer(instance, hybrid(instance)) == expected
