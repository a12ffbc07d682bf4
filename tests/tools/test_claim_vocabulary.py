"""The named functions of claims are what the formulas of the derivations print."""

from __future__ import annotations

import runpy
from typing import Any

import pytest
from sympy import Symbol

from tests.house.tree import ROOT

TOOL: dict[str, Any] = runpy.run_path(str(ROOT / "tools" / "claim_vocabulary.py"))


def test_the_file_is_what_the_tool_writes() -> None:
    assert TOOL["TARGET"] == ROOT / "certify" / "language" / "vocabulary.py"
    assert TOOL["TARGET"].read_text(encoding="utf-8") == TOOL["vocabulary"](), "run tools/claim_vocabulary.py"


def test_a_formula_with_other_names_is_refused() -> None:
    x, y = Symbol("x"), Symbol("y")
    with pytest.raises(ValueError, match="f depends on y too"):
        TOOL["entry"](TOOL["Named"]("f", (x,), x + y, "angle-function", "a sum"), ())


def test_long_texts_are_broken_at_spaces() -> None:
    text = " ".join(["word"] * 60)
    literal = TOOL["_string"](text)
    assert max(map(len, literal.splitlines())) <= TOOL["WIDTH"]
    assert eval(literal) == text
