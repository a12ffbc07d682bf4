"""Chains of reductions, and bounds on sizes."""

from __future__ import annotations

from typing import Any

import pytest

from relucert.reductions.graph import REDUCTIONS
from relucert.reductions.maps.apexes import Apexes
from relucert.reductions.maps.clique import CliqueToCopositivity, CnfToClique
from relucert.reductions.maps.direct import Direct
from relucert.reductions.maps.half_spaces import SetSplittingToHalfSpaces
from relucert.reductions.maps.nae import CnfToNae, NaeToWidth3
from relucert.reductions.maps.nae_to_set_splitting import NaeToSetSplitting
from relucert.reductions.maps.native import Native
from relucert.reductions.maps.padding import Padding
from relucert.reductions.maps.set_cover import SetCoverToSingleRelu
from relucert.reductions.problem import ProblemError
from relucert.reductions.problems.clique import Clique
from relucert.reductions.problems.cnf import CNF
from relucert.reductions.problems.graph import make_graph
from relucert.reductions.problems.set_cover import SetCover
from relucert.reductions.problems.set_splitting import SetSplitting
from relucert.reductions.reduction import Chain
from relucert.reductions.size_bound import evaluate, substitute

FULL = Chain((CnfToNae(), NaeToWidth3(), NaeToSetSplitting(), Apexes(3), Native()))


def test_a_chain_is_a_reduction() -> None:
    formula = CNF(3, ((1, 2, 3), (-1, -2), (1, -3)))
    instances = FULL.instances(formula)
    assert [instance.name for instance in instances] == [
        "cnf", "nae-sat", "nae-sat", "set-splitting", "set-splitting", "k-non-overlap",
    ]  # fmt: skip
    image = FULL.forward(formula, (True, False, True))
    assert instances[-1].is_witness(image)
    assert FULL.backward(formula, image) == (True, False, True)
    assert FULL.source is CNF and FULL.target is instances[-1].__class__
    assert not FULL.parsimonious and FULL.citation.count("Schaefer 1978") == 1


def test_bounds_compose() -> None:
    formula = CNF(3, ((1, 2, 3), (-1, -2), (1, -3)))
    size, bound = FULL.apply(formula).size(), FULL.bounded_size(formula)
    assert all(size[name] <= bound[name] for name in size)
    assert size["k"] == bound["k"] == 3
    assert FULL.size_bound["p"] == "3 * (2 * (variables + 1 + (literals + clauses)) + 3)"


def test_chains_that_do_not_fit() -> None:
    with pytest.raises(ValueError, match="native does not start at nae-sat, where cnf-to-nae ends"):
        Chain((CnfToNae(), Native()))
    with pytest.raises(ValueError, match="needs a link"):
        Chain(())


def test_formulas() -> None:
    assert evaluate("2 * (a + b) + max(a, 3)", {"a": 1, "b": 4}) == 13
    assert evaluate(substitute("a * b", {"a": "x + 1"}), {"x": 2, "b": 5}) == 15
    for text in ("a - b", "a / 2", "2 ** a", "len(a)", "True", "1.5", "max()", "-a", "a.b"):
        with pytest.raises(ValueError, match="is not built from"):
            evaluate(text, {"a": 1, "b": 1})
    with pytest.raises(KeyError):
        evaluate("c", {})


@pytest.mark.parametrize("kind", REDUCTIONS, ids=lambda kind: kind.name)
def test_bounds_are_monotone_formulas(kind: type) -> None:
    for formula in kind.size_bound.values():  # type: ignore[attr-defined]
        assert "-" not in formula and "/" not in formula


@pytest.mark.parametrize(
    ("reduction", "instance"),
    [
        (Native(), SetSplitting(10_000, (), 10_000)),
        (Apexes(1_000_000), SetSplitting(100, (), 2)),
        (Padding(1_000_000), Native().apply(SetSplitting(100, (), 2))),
        (Direct(1_000_000), CNF(100, ())),
        (CnfToClique(), CNF(10_000, (tuple(range(1, 10_001)),))),
        (CliqueToCopositivity(), Clique(make_graph(10_000, []), 2)),
        (SetSplittingToHalfSpaces(), SetSplitting(10_000, (), 2)),
        (SetCoverToSingleRelu(), SetCover(10_000, ((1,),) * 10_000, 2)),
    ],
    ids=lambda value: getattr(value, "name", ""),
)
def test_images_that_would_fill_the_memory_are_refused(reduction: Any, instance: Any) -> None:
    with pytest.raises(ProblemError, match="ask for less, at most 20000000 are made"):
        reduction.apply(instance)
