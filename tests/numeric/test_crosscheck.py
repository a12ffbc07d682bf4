"""The four ways agree; a wrong sign in a printed function is seen by the comparison with it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sympy import Add, Expr

from relucert.numeric import crosscheck
from relucert.numeric.agreement import FEWEST
from relucert.numeric.crosscheck import UnknownModel, functions
from relucert.symbolic import library
from tests.numeric.checks import failing_comparisons


@pytest.mark.parametrize("model", crosscheck.names())
def test_all_agree(model: str) -> None:
    report = crosscheck.crosscheck([model], seed=1, samples=2 * FEWEST, points=1)
    assert report.agrees, [(row, row.disagreements(report.bound)) for row in report.rows]
    assert {row.quantity for row in report.rows} == {"loss", "gradient", "curvature"}
    assert all(row.points and row.score is not None for row in report.rows)
    assert all((row.difference is None) == (row.quantity == "loss") for row in report.rows)


def test_kinks_are_compared() -> None:
    report = crosscheck.crosscheck(samples=FEWEST, points=1)
    with_kinks = {row.model for row in report.rows if row.kinks}
    assert with_kinks == set(crosscheck.names()) - {"both-layers"}  # whose filter has no length
    assert [row.model for row in report.rows if row.ulps is None] == ["leaky-non-overlapping", "overlapping"]


def flipped(expression: Expr) -> Expr:
    """The formula with one sign changed: of the last term of a sum in it, or of the whole."""
    if isinstance(expression, Add):
        *kept, last = expression.as_ordered_terms()
        return Add(*kept, -last)
    return -expression


PRINTED = {
    "non-overlapping": ("non-overlapping-loss", "non-overlapping-gradient", "non-overlapping-hessian"),
    "leaky-non-overlapping": ("leaky-non-overlapping",),
    "overlapping": ("overlapping-loss", "overlapping-gradient"),
    "both-layers": ("both-layers-loss", "both-layers-gradient", "both-layers-hessian"),
    "two-layer": ("two-layer-loss", "two-layer-gradient", "two-layer-hessian"),
    "multi-neuron": ("multi-neuron-loss", "multi-neuron-gradient"),
}


@pytest.mark.parametrize(("model", "name"), [(model, name) for model, names in PRINTED.items() for name in names])
def test_a_wrong_sign_in_a_printed_function_is_seen(model: str, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    right = library.load(name)
    wrong = replace(right, results=tuple(replace(result, right=flipped(result.right)) for result in right.results))
    load = library.load
    try:
        functions.cache_clear()
        monkeypatch.setattr(library, "load", lambda asked: wrong if asked == name else load(asked))
        found = failing_comparisons(model)
    finally:
        functions.cache_clear()
    assert found
    assert all(place.endswith(": printed") for place in found)


def test_the_same_seed_gives_the_same_table_whatever_else_is_compared() -> None:
    alone = crosscheck.crosscheck(["overlapping"], seed=5, samples=FEWEST, points=1)
    together = crosscheck.crosscheck(["both-layers", "overlapping"], seed=5, samples=FEWEST, points=1)
    assert alone.rows == [row for row in together.rows if row.model == "overlapping"]
    assert alone.rows != crosscheck.crosscheck(["overlapping"], seed=6, samples=FEWEST, points=1).rows
    assert together.bound > alone.bound


def test_refusals() -> None:
    with pytest.raises(UnknownModel, match="'two layers': did you mean two-layer"):
        crosscheck.crosscheck(["two layers"])
    with pytest.raises(UnknownModel, match="choose from non-overlapping"):
        crosscheck.crosscheck(["zzz"])
    with pytest.raises(ValueError, match="at least 3200 samples"):
        crosscheck.crosscheck(samples=FEWEST - 1)
