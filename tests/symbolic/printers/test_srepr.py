"""srepr is read back as the same expressions."""

from __future__ import annotations

import pytest

from relucert.symbolic import library
from relucert.symbolic.printers.srepr import read, srepr
from tests.symbolic.printers.test_markdown import load, passed


@pytest.mark.parametrize("name", library.names())
def test_formulas_are_read_back(name: str) -> None:
    derivation = load(name)
    lines = srepr(derivation, passed(derivation)).splitlines()
    found = [read(line) for line in lines if line.startswith(("left = ", "right = "))]
    parts = [*derivation.results, *derivation.steps]
    assert found == [side for part in parts for side in (part.left, part.right)]
    assert len(srepr(derivation, passed(derivation), steps=False)) < len("\n".join(lines))
