"""The laws of a reduction, checked at one instance."""

from __future__ import annotations

import json
from random import Random
from typing import Any

from relucert.reductions.problem import Problem
from relucert.reductions.problems.graph_coloring import GraphColoring
from relucert.reductions.reduction import Reduction
from relucert.reductions.text import load_json
from tests.reductions import brute


def require_laws(
    reduction: Reduction[Any, Any, Any, Any],
    instance: Problem[Any],
    random: Random,
    *,
    exact_round_trip: bool = True,
    fuzzed: int = 3,
) -> bool:
    """Forward on all source witnesses, backward on fuzzed target witnesses, same answer, bounds; returns the answer."""
    assert isinstance(instance, reduction.source)
    target = reduction.apply(instance)
    assert type(target) is reduction.target
    assert reduction.apply(instance) == target
    require_bounds(reduction, instance, target)
    require_round_trip(target)
    sources = list(brute.witnesses(instance))
    for witness in sources:
        image = reduction.forward(instance, witness)
        assert target.is_witness(image), (instance, witness, image)
        assert target.witness_from_json(target.witness_to_json(image)) == image
        back = reduction.backward(instance, image)
        assert back == witness if exact_round_trip else instance.is_witness(back), (instance, witness, back)
    if isinstance(target, brute.FINITE) and not isinstance(target, GraphColoring):
        targets = list(brute.witnesses(target))
        if reduction.parsimonious:
            assert len(targets) == len(sources), instance
    else:
        targets = [found for _ in range(fuzzed if sources else 1) if (found := brute.find(target, random)) is not None]
    assert bool(targets) == bool(sources), (instance, targets[:1])
    for witness in targets:
        assert target.is_witness(witness), (instance, witness)
        back = reduction.backward(instance, witness)
        assert instance.is_witness(back), (instance, witness, back)
    return bool(sources)


def require_bounds(reduction: Reduction[Any, Any, Any, Any], instance: Problem[Any], target: Problem[Any]) -> None:
    """The bound has the parameters of the target, and none of them is exceeded."""
    size, bound = target.size(), reduction.bounded_size(instance)
    assert bound.keys() == size.keys()
    assert all(size[name] <= bound[name] for name in size), (instance, size, bound)


def require_round_trip(problem: Problem[Any]) -> None:
    """JSON text and back gives an equal instance."""
    text = spelled(problem.to_json())
    assert type(problem).parse(text, "test") == problem


def spelled(value: Any) -> str:
    text = json.dumps(value, allow_nan=False)
    assert load_json(text, "test") == value
    return text
