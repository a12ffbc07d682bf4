"""Theorems in examples/descents: well formed, and the quick ones certified with the steps that they name."""

from __future__ import annotations

import pytest

from relucert.certify.search.descent import DescentProved
from tools.descents import KEYS, PAGE, row, settle, theorems

ALL = {theorem.entry["name"]: theorem for theorem in theorems()}


@pytest.mark.parametrize("name", [name for name, theorem in ALL.items() if theorem.entry.get("quick")])
@pytest.mark.slow
def test_quick_theorems_are_certified(name: str) -> None:
    outcome = settle(ALL[name])
    assert isinstance(outcome, DescentProved), outcome
    assert outcome.claim.steps == ALL[name].entry["steps"]
    assert f"| {outcome.claim.steps} | {outcome.sampled} |" in row(ALL[name], outcome, 1.0)


def test_every_theorem_is_on_the_page_and_none_is_undecided() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert len(ALL) > 8
    for name, theorem in ALL.items():
        assert {"name", "descent", "from"} <= theorem.entry.keys() <= KEYS
        assert f"| `{name}` |" in text
    assert "undecided" not in text
